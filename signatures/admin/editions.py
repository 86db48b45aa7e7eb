"""Delivering a letter, and the editions that came of it."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openletters import languages
from openletters.read_only import ReadOnly
from signatures.admin.filters import LetterFilter
from signatures.delivering import deliver
from signatures.models.editions import DeliveredMeanwhile, Edition, NotDeliverable
from signatures.models.letters import Addressee, Letter
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature
from signatures.pages.editions import Delivery, addressees_in, edition_page, title_of
from signatures.templatetags.open_letters import called

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Edition]
    LetterAdmin = admin.ModelAdmin[Letter]
    ChoiceField = forms.ModelMultipleChoiceField[Addressee]
else:
    ModelAdmin = LetterAdmin = admin.ModelAdmin
    ChoiceField = forms.ModelMultipleChoiceField

PAGE = "admin:signatures_edition_change"


class AddresseesField(ChoiceField):
    """Addressees of a letter, each in a line."""

    def label_from_instance(self, obj: Addressee) -> str:
        """Who it is, and whether they get a copy."""
        line = str(called(obj))
        return _("%(addressee)s (copy)") % {"addressee": line} if obj.kind == "copy" else line


class DeliveryForm(forms.Form):
    """To whom a letter goes. `after` is the last edition that the page has shown, or 0."""

    addressees = AddresseesField(
        queryset=Addressee.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("To whom it is delivered"),
        error_messages={"required": gettext_lazy("Choose at least one addressee.")},
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32767)

    def __init__(self, letter: Letter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Addressee.objects.filter(letter=letter).order_by("order", "pk")
        field: Any = self.fields["addressees"]
        field.queryset = rows.select_related("letter").prefetch_related("translations")
        first = rows.filter(kind=Addressee.Kind.TO)
        field.initial = list(first.values_list("pk", flat=True))


class Deliverable(LetterAdmin):
    """Mixin of the letters' admin: a page from which a letter is delivered."""

    def get_urls(self) -> list[Any]:
        """The page has an address of its own."""
        view = self.admin_site.admin_view(self.deliver)
        return [
            path("<int:pk>/deliver/", view, name="signatures_letter_deliver"),
            *super().get_urls(),
        ]

    def deliver(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what an edition would be; the button makes it. Pressing it twice makes one."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if not request.user.has_perm("signatures.add_edition"):
            raise PermissionDenied
        letter = get_object_or_404(Letter, pk=pk)
        last = Edition.objects.filter(letter=letter).light().order_by("-number").first()
        form = DeliveryForm(
            letter, request.POST or None, initial={"after": last.number if last else 0}
        )
        if request.method == "POST" and letter.is_published() and form.is_valid():
            edition = self._delivered(request, letter, form)
            address = reverse(PAGE, args=[edition.pk]) if edition else request.path
            return HttpResponseRedirect(address)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Deliver"),
            "letter": letter,
            "form": form,
            "last": last,
            "opts": self.opts,
            **_standing(letter),
        }
        status = 400 if request.method == "POST" else 200
        template = "admin/signatures/letter/deliver.html"
        return render(request, template, context, status=status)

    def _delivered(
        self, request: HttpRequest, letter: Letter, form: DeliveryForm
    ) -> Edition | None:
        to, after = list(form.cleaned_data["addressees"]), form.cleaned_data["after"]
        try:
            edition = deliver(letter, to, after=after)
        except DeliveredMeanwhile:
            told = _("Not delivered: somebody else has just delivered it, to others. Look again.")
        except NotDeliverable:
            told = _("Not delivered: the letter, or its addressees, have changed. Look again.")
        else:
            done = _("Delivered: edition %(number)s.") % {"number": edition.number}
            self.log_change(request, letter, done)
            self.message_user(request, done, messages.SUCCESS)
            return edition
        self.message_user(request, told, messages.ERROR)
        return None


def _standing(letter: Letter) -> dict[str, int]:
    """Return what the page tells of signatures that somebody may miss in the edition."""
    waiting = SignOnLetter.objects.filter(
        letter=letter,
        sign_on__status__in=[SignOn.Status.UNCONFIRMED, SignOn.Status.PENDING],
    )
    signed = Signature.objects.filter(letter=letter).current()
    older = signed.filter(text_version__gt=0, text_version__lt=letter.text_version)
    return {"waiting": waiting.count(), "older": older.count()}


@admin.register(Edition)
class EditionAdmin(ReadOnly, ModelAdmin):
    """Editions: made by delivering a letter, and never changed."""

    list_display = ("letter_title", "number", "delivered_at", "count")
    list_filter = (LetterFilter,)
    ordering = ("-delivered_at", "-pk")
    show_full_result_count = False
    change_form_template = "admin/signatures/edition/page.html"
    fields: ClassVar = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the fingerprints of the signatories, with the titles of the letters."""
        found: Any = super().get_queryset(request)
        return found.light().prefetch_related("letter__translations")

    @admin.display(description=gettext_lazy("letter"), ordering="letter")
    def letter_title(self, edition: Edition) -> SafeString:
        """What the letter was called."""
        return SafeString(title_of(edition.version.content))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the edition, its files, and a text to send them with."""
        edition = kwargs["obj"]
        page = edition_page(edition.letter, edition.number)
        context |= {"page": page, "covering": covering_text(edition)}
        return super().render_change_form(request, context, *args, **kwargs)


def covering_text(edition: Edition) -> str:
    """Return a text for the mail that takes an edition along, in the language of the letter."""
    text = edition.version.content
    with languages.read_in(text["language"]):
        delivery = Delivery(edition, addressees_in(text, edition.places))
        texts = text["texts"][text["language"]]
        context = {
            "delivery": delivery,
            "edition": edition,
            "texts": texts,
            "SITE_URL": settings.SITE_URL,
        }
        return render_to_string("admin/signatures/edition/covering.txt", context).strip() + "\n"
