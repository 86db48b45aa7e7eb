"""Letters with their addressees and demands on one page, their preview and their status."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from parler.admin import TranslatableStackedInline, TranslatableTabularInline

from openletters import languages
from signatures import moments, periods, zones
from signatures.admin.documents.pages import FromDocument
from signatures.admin.dress import Dressed
from signatures.admin.editions import Deliverable
from signatures.admin.extending import ExtendAdmin, may_extend
from signatures.admin.filters import ChoicesFilter, ChosenRows
from signatures.admin.ledger import Ledger
from signatures.admin.marking import NotMarked, asked_by, keep_version
from signatures.admin.originals import OriginalForm, OriginalInline
from signatures.admin.standing import standing
from signatures.admin.zoned import use_zone, zoned_field
from signatures.models.letters import Addressee, Campaign, Demand, Letter
from signatures.pages.letters import letter_page
from signatures.phrases import enumerated

PAGE = "admin:signatures_letter_change"

STEPS = (
    "collect_privately",
    "stop_collecting",
    "publish",
    "lift_embargo",
    "close",
    "reopen",
    "unpublish",
)

OPEN_STEPS = {
    Letter.Status.DRAFT: ("collect_privately", "publish"),
    Letter.Status.PRIVATE: ("publish", "stop_collecting"),
    Letter.Status.OPEN: ("close", "unpublish"),
    Letter.Status.CLOSED: ("reopen", "unpublish"),
}
UNDER_EMBARGO = ("lift_embargo", "collect_privately", "unpublish")
"""Of a letter that is published, but not seen by the public yet."""

SHOWING = ("collect_privately", "publish")
"""Steps that show the letter to others for the first time: it has to be complete."""

OPENING = (*SHOWING, "lift_embargo", "reopen")
"""Steps after which it can be signed: its closing time must be to come."""

WORDS = {
    "collect_privately": {
        "label": gettext_lazy("Collect privately…"),
        "confirm": gettext_lazy("Collect privately now"),
        "means": gettext_lazy(
            "Only those with a secret link can read the letter and sign it. Nothing of it is "
            "public, not even that it exists."
        ),
        "done": gettext_lazy("Collected privately from now on."),
    },
    "stop_collecting": {
        "label": gettext_lazy("Back to draft…"),
        "confirm": gettext_lazy("Make it a draft again"),
        "means": gettext_lazy(
            "The secret links lead nowhere until it is opened again; the signatures are kept."
        ),
        "done": gettext_lazy("The letter is a draft again."),
    },
    "lift_embargo": {
        "label": gettext_lazy("Publish at once…"),
        "confirm": gettext_lazy("Publish it now"),
        "means": gettext_lazy(
            "The embargo ends: everybody can read the letter, and organisations can sign it."
        ),
        "done": gettext_lazy("Published."),
    },
    "publish": {
        "label": gettext_lazy("Publish…"),
        "confirm": gettext_lazy("Publish it now"),
        "means": gettext_lazy("Everybody can read the letter, and organisations can sign it."),
        "done": gettext_lazy("Published."),
    },
    "close": {
        "label": gettext_lazy("Close…"),
        "confirm": gettext_lazy("Close it now"),
        "means": gettext_lazy("Nobody can sign any more; the letter and its list stay public."),
        "done": gettext_lazy("Closed."),
    },
    "reopen": {
        "label": gettext_lazy("Reopen…"),
        "confirm": gettext_lazy("Reopen it now"),
        "means": gettext_lazy("Organisations can sign again."),
        "done": gettext_lazy("Open again."),
    },
    "unpublish": {
        "label": gettext_lazy("Unpublish…"),
        "confirm": gettext_lazy("Unpublish it now"),
        "means": gettext_lazy(
            "The letter and its list leave the public pages and become a draft; "
            "the signatures are kept."
        ),
        "done": gettext_lazy("Unpublished; the letter is a draft again."),
    },
}


class AddresseeInline(OriginalInline, TranslatableStackedInline):
    """To whom, in the order in which the letter prints them."""

    model = Addressee
    fields = (
        ("order", "kind", "country"),
        ("name", "position"),
        "institution",
        "postal_address",
    )

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """One to begin with."""
        return 0 if obj and obj.addressees.exists() else 1


class DemandInline(OriginalInline, TranslatableTabularInline):
    """What is asked for."""

    model = Demand
    fields = ("order", "text")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """One to begin with."""
        return 0 if obj and obj.demands.exists() else 1


class LetterForm(OriginalForm):
    """The letter itself; its times are those of the zone that is chosen beside them."""

    opens_at = zoned_field("opens_at", required=False)
    closes_at = zoned_field("closes_at", required=False)

    not_marked = False
    """Whether it has still to be said what kind of change of the text this is."""

    class Meta:
        model = Letter
        fields: ClassVar = (
            "campaign",
            "slug",
            "language",
            "dated",
            "opens_at",
            "closes_at",
            "time_zone",
            "contact_email",
            "title",
            "place",
            "summary",
            "salutation",
            "body",
            "demands_intro",
            "closing",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = str(self.data.get("time_zone", "")) if self.is_bound else self.instance.time_zone
        use_zone(self, zone if zone in zones.names() else self.instance.time_zone)
        slug = self.fields.get("slug")
        # Its versions and editions name it, and so do programs and other sites.
        if slug is not None and self.instance.text_version:
            slug.disabled = True
            slug.help_text = _("It stays, as others lead to it.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.not_marked:
            told = _(
                "Not saved yet. Say above what kind of change this is; what you have entered"
                " still stands here."
            )
            self.add_error(None, told)
        opens_at, closes_at = cleaned.get("opens_at"), cleaned.get("closes_at")
        if self.instance.is_published() and opens_at and opens_at > timezone.now():
            told = _("The letter is public already. To hide it again, use its button.")
            self.add_error("opens_at", told)
        if opens_at and closes_at and closes_at <= opens_at:
            # The database says so as well, but belongs to no field.
            self.add_error("closes_at", _("The closing time must be after the opening time."))
        elif closes_at and "closes_at" in self.changed_data and self._would_erase(closes_at):
            told = _(
                "This lies so far back that the contact data of the letter's sign-ons would be"
                " erased at once, for good. To close the letter, use its button."
            )
            self.add_error("closes_at", told)
        return cleaned

    def _would_erase(self, closes_at: datetime) -> bool:
        """Whether a mistyped date would cost what nobody can bring back."""
        since = periods.months_before(timezone.now(), settings.CONTACTS_KEPT)
        return closes_at <= since and bool(
            self.instance.pk and self.instance.sign_ons.with_contact().exists()
        )


def _steps_of(letter: Letter) -> tuple[str, ...]:
    """Return the steps that are open to a letter."""
    return UNDER_EMBARGO if letter.is_embargoed() else OPEN_STEPS[Letter.Status(letter.status)]


def missing(letter: Letter) -> list[str]:
    """Return what a letter needs before it can be published, in words; nothing when it is ready."""
    lacks = []
    texts = {text.language_code: text for text in letter.translations.all()}
    binding = texts.get(letter.language)
    if not binding or not binding.title.strip():
        lacks.append(_("a title in its authoritative language"))
    if not binding or not binding.body.strip():
        lacks.append(_("a text in its authoritative language"))
    if not letter.addressees.filter(kind=Addressee.Kind.TO).exists():
        lacks.append(_("an addressee"))
    return lacks


@admin.register(Letter)
class LetterAdmin(FromDocument, Deliverable, Ledger, ExtendAdmin):
    """Letters; their status changes by buttons only."""

    form = LetterForm
    preview_page = "admin:signatures_letter_preview"
    inlines = (AddresseeInline, DemandInline)
    list_display = (
        "title",
        "status",
        "campaign_title",
        "dated",
        "signatory_count",
        "translated_into",
    )
    list_filter = (("status", ChoicesFilter),)
    search_fields = ("translations__title", "slug")
    show_full_result_count = False
    list_select_related = ("campaign",)
    fieldsets = (
        (None, {"fields": ("title", "slug", "campaign", "summary")}),
        (
            gettext_lazy("The letter"),
            {"fields": (("place", "dated"), "salutation", "body", "demands_intro", "closing")},
        ),
        (
            gettext_lazy("Signing"),
            {"fields": (("opens_at", "closes_at"), "time_zone", "contact_email")},
        ),
        (gettext_lazy("Language"), {"fields": ("language",)}),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """The address follows the title of a new letter."""
        return {} if obj else {"slug": ("title",)}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the campaigns' titles."""
        return super().get_queryset(request).prefetch_related("campaign__translations")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Letters are deleted one by one, if at all."""
        return {}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A letter that the public knows is not deleted."""
        known = isinstance(obj, Letter) and obj.status != Letter.Status.DRAFT
        return not known and bool(super().has_delete_permission(request, obj))

    @admin.display(description=gettext_lazy("campaign"))
    def campaign_title(self, letter: Letter) -> str:
        """The campaign it belongs to."""
        return str(letter.campaign or "")

    # Saving

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Show the page once more, as it was filled in, if a change has still to be marked."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotMarked as not_marked:
            request.not_marked = True  # type: ignore[attr-defined]
            context = {**(extra_context or {}), "marking": not_marked.form}
            return super().changeform_view(request, object_id, form_url, context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """One that is not saved before a change of the text is marked."""
        made = super().get_form(request, obj, change=change, **kwargs)
        made.not_marked = getattr(request, "not_marked", False)
        return made

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store the form's own columns: status and revision may have moved on since it was read."""
        if change:
            # Taken by their keys before this one is written, as signing takes them.
            together = Letter.objects.naming(obj, form.initial.get("campaign"))
            list(together.order_by("pk").select_for_update(no_key=True))
        columns = {field.name for field in Letter._meta.concrete_fields}
        named = columns.intersection(form.cleaned_data) if change else None
        obj.save(update_fields=named)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Store addressees and demands; then the public pages are others, counted once."""
        super().save_related(request, form, formsets, change)
        if told := asked_by(keep_version(request, form.instance)):
            self.message_user(request, told)
        self.follow_language(request, form)
        named = Letter.objects.naming(form.instance, form.initial.get("campaign"))
        named.raise_revision()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """The other letters of its campaign named it."""
        Letter.objects.naming(obj).raise_revision()
        super().delete_model(request, obj)

    def get_urls(self) -> list[Any]:
        """A preview, and an address for each change of status."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", view(self.preview), name="signatures_letter_preview"),
            *(
                path(
                    f"<int:pk>/{step}/",
                    view(self.change_status),
                    {"step": step},
                    name=f"signatures_letter_{step}",
                )
                for step in STEPS
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Offer what can be done with the letter as it stands."""
        letter = kwargs.get("obj")
        if letter is not None and letter.pk:
            context["letter"] = letter
            context["lacks"] = missing(letter)
            context["may_extend"] = may_extend(letter)
            context["steps"] = self._steps(request, letter)
            context["texts"] = standing(letter)
        return super().render_change_form(request, context, *args, **kwargs)

    def _steps(self, request: HttpRequest, letter: Letter) -> list[dict[str, Any]]:
        if not self.has_change_permission(request, letter):
            return []
        waits = letter.opens_at is not None and letter.opens_at > timezone.now()
        return [
            {
                "name": step,
                "address": reverse(f"admin:signatures_letter_{step}", args=[letter.pk]),
                "is_embargo": step == "publish" and waits,
                **WORDS[step],
            }
            for step in _steps_of(letter)
        ]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the letter's page exactly as the public would see it, to staff alone."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        letter = get_object_or_404(Letter, pk=pk)
        if not self.has_view_permission(request, letter):
            raise PermissionDenied
        asked = request.GET.get("language", "")
        with languages.read_in(asked if asked in languages.codes() else letter.language):
            page = letter_page(letter)
            context = {
                "page": page,
                "letter": page.letter,
                "campaign": page.letter.campaign,
                "lacks": missing(letter),
                "steps": self._steps(request, letter),
            }
            return render(request, "admin/signatures/letter/preview.html", context)

    def change_status(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Take one of the steps with a letter, once; repeating it is harmless."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        letter = get_object_or_404(Letter, pk=pk)
        here = HttpResponseRedirect(reverse(PAGE, args=[pk]))
        if step in OPENING and letter.closed_at():
            told = _("Nothing was done: the closing time has passed. Set another one first.")
            self.message_user(request, told, messages.ERROR)
            return here
        if step in SHOWING and (lacks := missing(letter)):
            told = _("Nothing was done. The letter still needs: %(what)s.")
            self.message_user(request, told % {"what": enumerated(lacks)}, messages.ERROR)
            return here
        with transaction.atomic():
            if not getattr(letter, step)():
                told = _("Nothing was done: the letter is %(status)s.")
                status = letter.get_status_display()
                self.message_user(request, told % {"status": status}, messages.WARNING)
                return here
            self.log_change(request, letter, str(WORDS[step]["done"]))
        self.message_user(request, self._said(step, letter), messages.SUCCESS)
        return here

    def _said(self, step: str, letter: Letter) -> str:
        said = str(WORDS[step]["done"])
        if letter.is_published():
            address = letter.get_absolute_url()
            return format_html('{} <a href="{}">{}</a>', said, address, _("See the public page"))
        if letter.status == Letter.Status.OPEN and letter.opens_at:
            opens_at = moments.moment_in(letter.opens_at, letter.time_zone)
            visible = _("The public sees it from %(time)s.") % {"time": opens_at}
            return f"{said} {visible}"
        return said


@admin.register(Campaign)
class CampaignAdmin(ChosenRows, Dressed):
    """Campaigns: letters that were issued together."""

    list_display = ("title", "slug", "translated_into")
    search_fields = ("translations__title", "slug")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """The address follows the title of a new campaign."""
        return {} if obj else {"slug": ("title",)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The pages of its letters link to the campaign."""
        super().save_related(request, form, formsets, change)
        self.follow_language(request, form)
        Letter.objects.filter(campaign=form.instance).raise_revision()
