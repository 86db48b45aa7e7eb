"""Taking lists along: signatories as published, and sign-ons with their contacts, on record."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export import resources
from import_export.fields import Field

from openletters.read_only import OnRecord
from openletters.staff import confirming
from signatures import moments
from signatures.admin.filters import ChoicesFilter, OccurringFilter
from signatures.forms import LettersField
from signatures.models.exports import Export
from signatures.models.letters import Letter
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature
from signatures.resources import FORMATS, ListResource

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Export]
    SignatureAdminBase = admin.ModelAdmin[Signature]
else:
    ModelAdmin = admin.ModelAdmin
    SignatureAdminBase = object

Kind = Export.Kind
NEEDED = {
    Kind.SIGNATORIES: "signatures.view_signature",
    Kind.CONTACTS: "signatures.export_contacts",
}
"""What somebody has to be allowed for each kind of export."""


class ContactResource(resources.ModelResource):
    """Sign-ons as their contacts stated them."""

    organisation = Field(column_name="organisation", attribute="name")
    contact_position = Field(column_name="contact_position", attribute="contact_title")
    name_withheld = Field(column_name="name_withheld")
    country = Field(column_name="country")
    letters = Field(column_name="letters")
    submitted = Field(column_name="submitted")
    confirmed = Field(column_name="confirmed")

    class Meta:
        model = SignOn
        fields: ClassVar = (
            "organisation",
            "local_name",
            "acronym",
            "name_withheld",
            "country",
            "website",
            "contact_name",
            "contact_position",
            "email",
            "language",
            "status",
            "letters",
            "source",
            "provenance",
            "submitted",
            "confirmed",
        )
        export_order: ClassVar = fields

    def dehydrate_country(self, sign_on: SignOn) -> str:
        """The country's two letters (ISO 3166-1)."""
        return sign_on.country.code or ""

    def dehydrate_name_withheld(self, sign_on: SignOn) -> str:
        """Whether the name is published nowhere, and must not be."""
        return "yes" if sign_on.withhold_name else ""

    def dehydrate_letters(self, sign_on: SignOn) -> str:
        """The last parts of the letters' addresses."""
        return " ".join(letter.slug for letter in sign_on.letters.all())

    def dehydrate_submitted(self, sign_on: SignOn) -> str:
        """When it was submitted (ISO 8601)."""
        return sign_on.created_at.isoformat(timespec="seconds")

    def dehydrate_confirmed(self, sign_on: SignOn) -> str:
        """When its contact confirmed it (ISO 8601), or nothing."""
        at = sign_on.confirmed_at
        return at.isoformat(timespec="seconds") if at else ""


class ExportForm(forms.Form):
    """What to take along, and in which form."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), widget=forms.RadioSelect)
    letters = LettersField(
        queryset=Letter.objects.none(),
        label=gettext_lazy("Of which letters"),
        required=False,
        help_text=gettext_lazy("None ticked: of all."),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Sign-ons in which state"),
        choices=[("", gettext_lazy("all")), *SignOn.Status.choices],
        required=False,
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[
            ("csv", gettext_lazy("CSV (spreadsheets)")),
            ("xlsx", gettext_lazy("XLSX (Excel)")),
            ("json", gettext_lazy("JSON (programs; signatories only)")),
        ],
        initial="csv",
    )

    def __init__(
        self, data: Any = None, *, user: User | AnonymousUser, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        kind, letters = self.fields["kind"], self.fields["letters"]
        assert isinstance(kind, forms.ChoiceField)
        assert isinstance(letters, LettersField)
        kind.choices = [(one.value, one.label) for one in Kind if user.has_perm(NEEDED[one])]
        letters.queryset = Letter.objects.order_by("-pk").prefetch_related(
            "translations", "addressees__translations"
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Kind.CONTACTS and cleaned.get("format") == "json":
            self.add_error("format", ValidationError(_("Sign-ons come as CSV or XLSX.")))
        return cleaned


@transaction.atomic
def hand_out(
    request: HttpRequest, kind: str, rows: QuerySet[Any], scope: str, form: str, name: str
) -> HttpResponse:
    """Answer with a table of `rows`, and put on record who took it."""
    if not request.user.has_perm(NEEDED[Kind(kind)]):
        raise PermissionDenied
    if kind == Kind.CONTACTS:
        dataset = ContactResource().export(rows.prefetch_related("letters").order_by("pk"))
    else:
        listed = rows.current().order_by("letter", "list_key", "pk")  # type: ignore[attr-defined]
        dataset = ListResource().export(listed.select_related("organization", "letter"))
    write, content_type = FORMATS[form]
    content = write(dataset)
    Export.objects.create(
        kind=kind,
        format=form,
        scope=scope[:250],
        rows=len(dataset),
        actor=cast("User", request.user),
    )
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


@admin.register(Export)
class ExportAdmin(OnRecord, ModelAdmin):
    """The record of exports; adding a line to it is the export."""

    list_display = ("created_at", "kind", "scope", "format", "rows", "actor")
    list_display_links = None
    list_filter = (("kind", ChoicesFilter), ("actor", OccurringFilter))
    list_select_related = ("actor",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may take anything along."""
        return any(request.user.has_perm(needed) for needed in NEEDED.values())

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Ask what to take along, and hand it out."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        posted = request.method == "POST"
        asked = {"kind": Kind.SIGNATORIES, "letters": request.GET.getlist("letter")}
        form = ExportForm(request.POST if posted else None, user=request.user, initial=asked)
        if form.is_valid():
            contacts = form.cleaned_data["kind"] == Kind.CONTACTS
            if contacts and (question := confirming.ask(request)):
                return question
            return self._hand_out(request, form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Take a list along"),
            "subtitle": None,
            "form": form,
        }
        return TemplateResponse(
            request, "admin/signatures/export/ask.html", context, status=400 if posted else 200
        )

    def _hand_out(self, request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
        letters = list(asked["letters"])
        rows: QuerySet[Any]
        scope = ", ".join(letter.slug for letter in letters) or _("all letters")
        name = letters[0].slug if len(letters) == 1 else "letters"
        if asked["kind"] == Kind.CONTACTS:
            rows = SignOn.objects.all()
            if letters:
                rows = rows.filter(letters__in=letters).distinct()
            if asked["status"]:
                rows = rows.filter(status=asked["status"])
                scope += f" · {SignOn.Status(asked['status']).label}"
            name = f"sign-ons-{name}"
        else:
            rows = Signature.objects.all()
            if letters:
                rows = rows.filter(letter__in=letters)
            name = f"signatories-{name}"
        return hand_out(request, asked["kind"], rows, scope, asked["format"], name)


class ExportActions(SignatureAdminBase):
    """Actions of the list of signatures: take the ticked ones along."""

    @admin.action(permissions=["view"], description=gettext_lazy("Export the selected as CSV"))
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Signature]) -> HttpResponse:
        """For spreadsheets."""
        return self._selected(request, queryset, "csv")

    @admin.action(permissions=["view"], description=gettext_lazy("Export the selected as XLSX"))
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet[Signature]) -> HttpResponse:
        """For Excel."""
        return self._selected(request, queryset, "xlsx")

    @admin.action(permissions=["view"], description=gettext_lazy("Export the selected as JSON"))
    def export_json(self, request: HttpRequest, queryset: QuerySet[Signature]) -> HttpResponse:
        """For programs."""
        return self._selected(request, queryset, "json")

    def _selected(
        self, request: HttpRequest, queryset: QuerySet[Signature], form: str
    ) -> HttpResponse:
        number = queryset.count()
        scope = ngettext("%(count)s ticked", "%(count)s ticked", number) % {
            "count": moments.number(number)
        }
        return hand_out(request, Kind.SIGNATORIES, queryset, scope, form, "signatories")
