"""Updates to signatories: written, looked at, tried out, sent, watched, stopped."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import nh3
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openletters.languages import codes, direction, spoken
from openletters.languages import name as language_name
from openletters.staff import confirming
from signatures import moments, names, updates
from signatures.admin.filters import ChoicesFilter, ChosenRows
from signatures.admin.originals import OriginalAdmin, OriginalForm
from signatures.models.translating import with_texts
from signatures.models.update_mails import UpdateMail
from signatures.models.updates import NotAsShown, Update

PAGE = "admin:signatures_update_change"

SHOWN = {"h1", "h2", "h3", "h4", "p", "div", "ul", "ol", "li", "a", "em", "strong", "s", "br"}
SHOWN |= {"blockquote", "hr", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "span"}
"""What a preview shows of a mail's page: all it has but its dress, which our pages do not allow."""

SHOWN_WITH = {"a": {"href", "lang", "dir"}, "ol": {"start"}, "div": {"lang", "dir"}}
SHOWN_WITH |= {"span": {"lang", "dir"}}

LEVELS = {"h1": "h3", "h2": "h4", "h3": "h4", "h4": "h5"}
"""The headings of a mail's page, below those of the page that shows it."""


class UpdateForm(OriginalForm):
    """What is told, and to the signatories of what."""

    class Meta:
        model = Update
        fields: ClassVar = ("letter", "campaign", "language", "title", "body")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in {"letter", "campaign"} & {*self.fields}:  # who may not write it has neither
            choice = cast("forms.ModelChoiceField[Any]", self.fields[field])
            rows = choice.queryset
            assert rows is not None
            choice.queryset = rows.order_by("-pk").prefetch_related("translations")
            for button in ("add", "change", "delete", "view"):
                setattr(choice.widget, f"can_{button}_related", False)

    def clean_title(self) -> str:
        """One line, of what can be seen: it becomes the subject of a mail."""
        return names.clean_line(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and bool(cleaned.get("letter")) == bool(cleaned.get("campaign")):
            self.add_error("letter", _("Choose either a letter or a campaign."))
        return cleaned


class SendForm(forms.Form):
    """How many get it, typed by who has read the number; and which text that was."""

    number = forms.IntegerField(
        label=gettext_lazy("How many contacts get it?"),
        help_text=gettext_lazy("Type the number that stands above."),
        min_value=1,
        max_value=10**9,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


@dataclass(frozen=True)
class Readers:
    """Contacts who read in one language."""

    language: str
    number: int
    is_translated: bool


def readers(update: Update) -> list[Readers]:
    """Return how many would get it now, by language, most first."""
    numbers = Counter(one.language for one in update.contacts().values())
    written = update.text_languages()
    return [Readers(language, n, language in written) for language, n in numbers.most_common()]


@admin.register(Update)
class UpdateAdmin(ChosenRows, OriginalAdmin):
    """Updates; they are sent by buttons only, and are as they were sent from then on."""

    form = UpdateForm
    preview_page = "admin:signatures_update_preview"
    list_display = ("title", "about", "status", "recipients", "created_at", "translated_into")
    list_filter = (("status", ChoicesFilter),)
    search_fields = ("translations__title",)
    show_full_result_count = False
    list_select_related = ("letter", "campaign")
    fieldsets = (
        (None, {"fields": ("letter", "campaign")}),
        (gettext_lazy("The mail"), {"fields": ("title", "body")}),
        (gettext_lazy("Language"), {"fields": ("language",)}),
    )

    @admin.display(description=gettext_lazy("about"))
    def about(self, update: Update) -> str:
        """The letter or campaign."""
        return str(update.about)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the titles of what they are about."""
        along = ("letter__translations", "campaign__translations")
        return super().get_queryset(request).prefetch_related(*along)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing is done to many at once."""
        return {}

    # Who may

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was sent, or is being sent, is not written anew."""
        return _is_draft(obj) and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was sent stays on record."""
        return _is_draft(obj) and bool(super().has_delete_permission(request, obj))

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who decides that contacts are written to: those who answer for contacts."""
        return request.user.has_perm("signatures.send_update")

    def has_test_permission(self, request: HttpRequest) -> bool:
        """Who may have a test sent to themselves: whoever writes updates, or sends them."""
        return self.has_change_permission(request) or self.has_send_permission(request)

    # Writing

    @transaction.atomic
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Write nothing over what somebody sends at this moment."""
        if object_id and object_id.isdecimal() and request.method == "POST":
            list(Update.objects.filter(pk=object_id[:18]).locked())
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store the form's own columns; who begins it is its author."""
        if not change:
            obj.author = request.user
        columns = {field.name for field in Update._meta.concrete_fields}
        obj.save(update_fields=columns.intersection(form.cleaned_data) if change else None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The translations follow if another text was made the original."""
        super().save_related(request, form, formsets, change)
        self.follow_language(request, form)

    def _beside(self, about: Any, language: str) -> Any:
        found = super()._beside(about, language)
        if found and not _is_draft(found.about):  # sent since the page was opened
            raise PermissionDenied
        return found

    # Looking at it

    def get_urls(self) -> list[Any]:
        """A preview, a test, and the steps of sending."""
        view = self.admin_site.admin_view
        steps = ("preview", "preview_file", "test", "send", "stop", "resume")
        return [
            *(
                path(
                    f"<int:pk>/{step.replace('_file', '.eml')}{'' if 'file' in step else '/'}",
                    view(getattr(self, step)),
                    name=f"signatures_update_{step}",
                )
                for step in steps
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Tell how far it is."""
        update = kwargs.get("obj")
        if update is not None and update.pk:
            context |= self._standing(request, update)
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_safe)
    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the mail in one language, as a page and as plain text."""
        update = self._get(pk, may=self.has_view_permission(request))
        language = self._language_asked(request, update)
        message = updates.preview(update, language)
        title, _body = update.told_in(language)
        html = nh3.clean(str(message.alternatives[0][0]), tags=SHOWN, attributes=SHOWN_WITH)
        html = re.sub(r"<(/?)(h[1-4])>", lambda tag: f"<{tag[1]}{LEVELS[tag[2]]}>", html)
        context = {
            **self._context(request, update, _("Preview")),
            **self._standing(request, update),
            "message": message,
            "page": mark_safe(html),  # cleaned by nh3 above
            "language": language,
            "interface": spoken(language),
            "interface_direction": direction(spoken(language)),
            "languages": [(code, language_name(code)) for code in codes()],
            "is_translated": title.language == language,
            "readers": _named(readers(update)) if _is_draft(update) else [],
        }
        return TemplateResponse(request, "admin/signatures/update/preview.html", context)

    @method_decorator(require_safe)
    def preview_file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hand out the same mail as a file, which every mail program opens."""
        update = self._get(pk, may=self.has_view_permission(request))
        message = updates.preview(update, self._language_asked(request, update))
        return HttpResponse(
            message.message().as_bytes(),
            content_type="message/rfc822",
            headers={"Content-Disposition": f'attachment; filename="update-{pk}.eml"'},
        )

    @method_decorator(require_POST)
    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the mail to who presses the button, and to nobody else."""
        update = self._get(pk, may=self.has_test_permission(request))
        language = self._language_asked(request, update)
        actor = cast("User", request.user)
        if not actor.email:
            told, level = (
                _("Your account has no e-mail address. An administrator can enter one."),
                messages.ERROR,
            )
        elif update.send_test(actor, language):
            told = _("A test is on its way to %(address)s.") % {"address": actor.email}
            level = messages.SUCCESS
        else:
            told, level = _("The same test is on its way to you already."), messages.INFO
        self.message_user(request, told, level)
        here = reverse(self.preview_page, args=[pk], query={"language": language})
        return HttpResponseRedirect(here)

    # Sending

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show who gets it; send it once the number was typed and who it is was asked again."""
        update = self._get(pk, may=self.has_send_permission(request))
        if not _is_draft(update):
            return HttpResponseRedirect(reverse(PAGE, args=[pk]))
        form = SendForm(
            request.POST if request.method == "POST" else None,
            initial={"seen": update.fingerprint()},
            label_suffix="",
        )
        audience = readers(update)
        number = sum(one.number for one in audience)
        whole = update.language in update.text_languages()
        if whole and form.is_valid() and self._is_as_shown(form, update, number):
            if question := confirming.ask(request):
                return question
            if sent := self._send(request, update, form):
                return sent
        context = {
            **self._context(request, update, _("Send it")),
            "form": form,
            "number": number,
            "whole": whole,
            "readers": _named(audience),
            "lacking": sum(one.number for one in audience if not one.is_translated),
            "binding": language_name(update.language),
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(
            request, "admin/signatures/update/send.html", context, status=status
        )

    def _is_as_shown(self, form: SendForm, update: Update, number: int) -> bool:
        if form.cleaned_data["seen"] != update.fingerprint():
            told = _("Somebody has changed the text meanwhile. Look at the preview again.")
            form.add_error(None, told)
        if form.cleaned_data["number"] != number:
            told = _("This is not the number of contacts who would get it now: that is %(n)s.")
            form.add_error("number", told % {"n": moments.number(number)})
        return not form.errors

    def _send(self, request: HttpRequest, update: Update, form: SendForm) -> HttpResponse | None:
        actor = cast("User", request.user)
        try:
            with transaction.atomic():
                changed = update.send(
                    actor=actor, seen=form.cleaned_data["seen"], number=form.cleaned_data["number"]
                )
                if changed:
                    self.log_change(request, update, _("Sent."))
        except NotAsShown:
            told = _("Nothing was sent: text or contacts have changed at this very moment.")
            form.add_error(None, told)
            return None
        told = _("It is being sent.") if changed else _("It was being sent already.")
        self.message_user(request, told, messages.SUCCESS if changed else messages.INFO)
        return HttpResponseRedirect(reverse(PAGE, args=[update.pk]))

    @method_decorator(require_POST)
    def stop(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send no more of it for the time being."""
        return self._step(request, pk, "stop", _("Stopped."))

    @method_decorator(require_POST)
    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go on with those who have not got it."""
        return self._step(request, pk, "resume", _("It is being sent again."))

    def _step(self, request: HttpRequest, pk: int, step: str, done: str) -> HttpResponse:
        update = self._get(pk, may=self.has_send_permission(request))
        with transaction.atomic():
            changed = getattr(update, step)()
            if changed:
                self.log_change(request, update, done)
        if changed:
            self.message_user(request, done, messages.SUCCESS)
        else:
            told = _("Nothing was done: the update is %(status)s.")
            told %= {"status": update.get_status_display()}
            self.message_user(request, told, messages.WARNING)
        return HttpResponseRedirect(reverse(PAGE, args=[pk]))

    # What these have in common

    def _get(self, pk: int, *, may: bool) -> Update:
        """Return the update, as its pages read it. Raises PermissionDenied and Http404."""
        if not may:
            raise PermissionDenied
        along = ("letter__translations", "campaign__translations")
        found = with_texts(Update.objects.select_related("letter", "campaign", "author"))
        update: Update = get_object_or_404(found.prefetch_related(*along), pk=pk)
        return update

    def _language_asked(self, request: HttpRequest, update: Update) -> str:
        asked = request.POST.get("language") or request.GET.get("language")
        return asked if asked in codes() else str(update.language)

    def _context(self, request: HttpRequest, update: Update, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "update": update,
        }

    def _standing(self, request: HttpRequest, update: Update) -> dict[str, Any]:
        counts = update.counts()
        return {
            "update": update,
            "may_send": self.has_send_permission(request),
            "may_try": self.has_test_permission(request),
            "counts": [(state.label, counts[state], state.value) for state in UpdateMail.State],
            "counted": sum(counts.values()),
        }


def _is_draft(update: Any) -> bool:
    return not isinstance(update, Update) or update.status == Update.Status.DRAFT


def _named(audience: list[Readers]) -> list[dict[str, Any]]:
    return [
        {
            "language": language_name(one.language),
            "number": one.number,
            "is_translated": one.is_translated,
        }
        for one in audience
    ]
