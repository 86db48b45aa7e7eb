"""The public lists as staff see them."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from signatures import names
from signatures.admin.exports import ExportActions
from signatures.admin.filters import ChosenRows, LetterFilter, SourceFilter
from signatures.admin.organization_page import may_see_sign_ons
from signatures.admin.standing import TextFilter
from signatures.forms import NameField
from signatures.models.letters import is_current
from signatures.models.reaffirming import can_be_asked, reaffirm_on_paper
from signatures.models.sign_ons import IllegalTransition, SignOn
from signatures.models.signatures import Signature
from signatures.models.withholding import withhold_listings

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Signature]
    ListingFormBase = forms.ModelForm[Signature]
else:
    ModelAdmin = admin.ModelAdmin
    ListingFormBase = forms.ModelForm

PAGE = "admin:signatures_signature_change"


class ListingForm(ListingFormBase):
    """How an organisation is listed."""

    name = NameField(
        label=gettext_lazy("Name as listed"),
        max_length=names.LONGEST_LISTED_NAME,
        widget=forms.TextInput(attrs={"class": "vTextField", "dir": "auto"}),
    )
    local_name = NameField(
        label=gettext_lazy("Name in its own language"),
        max_length=names.LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField", "dir": "auto"}),
    )

    class Meta:
        model = Signature
        fields: ClassVar = ("name", "local_name", "position")


class StandingFilter(admin.SimpleListFilter):
    """Listed, or withdrawn."""

    title = gettext_lazy("state")
    parameter_name = "state"
    template = "admin/signatures/filter.html"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, Any]]:
        """The two states."""
        return [("listed", _("listed")), ("withdrawn", _("withdrawn"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave the others out."""
        if self.value() in {"listed", "withdrawn"}:
            return queryset.filter(is_current() if self.value() == "listed" else ~is_current())
        return queryset


@admin.register(Signature)
class SignatureAdmin(ExportActions, ChosenRows, ModelAdmin):
    """Signatures: they come by approval, leave by withdrawal, and can be reworded here."""

    form = ListingForm
    fields = (
        "letter",
        "organization",
        "name",
        "local_name",
        "position",
        "signed_on",
        "text_version",
        "source",
        "withdrawn_at",
    )
    readonly_fields = (
        "letter",
        "organization",
        "signed_on",
        "text_version",
        "source",
        "withdrawn_at",
    )
    list_display = (
        "name",
        "local_name",
        "letter_title",
        "section",
        "signed_on",
        "source",
        "withdrawn_at",
    )
    list_filter = (LetterFilter, StandingFilter, SourceFilter, TextFilter)
    list_per_page = 100
    actions = ("export_csv", "export_xlsx", "export_json")
    search_fields = ("search_text",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "admin/signatures/signature/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: a signature comes from an approval or an import."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is withdrawn instead."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signature]:
        """With the titles of the letters."""
        found = super().get_queryset(request).select_related("letter", "organization")
        return found.prefetch_related("letter__translations")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Signature], bool]:
        """Find as readers do."""
        return queryset.search(search_term), False

    @admin.display(description=gettext_lazy("letter"), ordering="letter")
    def letter_title(self, signature: Signature) -> SafeString:
        """The title, cut short."""
        title = signature.letter.title
        return format_html('<span class="letter" dir="auto" title="{}">{}</span>', title, title)

    @admin.display(description=gettext_lazy("section"))
    def section(self, signature: Signature) -> str:
        """Whether it is an initiator, and which."""
        if signature.position is None:
            return ""
        return _("initiator %(position)s") % {"position": signature.position}

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Signature, form: Any, change: bool) -> None:
        """Reword the listing; the letter's page is another from then on."""
        obj.relist(obj.name, obj.local_name, obj.position)

    def get_urls(self) -> list[Any]:
        """Withdrawal, withholding the name, and another text have addresses of their own."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/withdraw/", view(self.withdraw), name="signatures_signature_withdraw"),
            path("<int:pk>/withhold/", view(self.withhold), name="signatures_signature_withhold"),
            path("<int:pk>/reaffirm/", view(self.reaffirm), name="signatures_signature_reaffirm"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Say where the listing came from: there it is withdrawn."""
        signature = kwargs.get("obj")
        context["sign_on"] = _sign_on_of(signature)
        context["may_see_sign_ons"] = may_see_sign_ons(request)
        context["may_withdraw"] = (
            self.has_change_permission(request, signature)
            and signature is not None
            and signature.withdrawn_at is None
            and context["sign_on"] is None
        )
        context["may_reaffirm"] = (
            self.has_change_permission(request, signature)
            and signature is not None
            and signature.withdrawn_at is None
            and signature.text_version < signature.letter.substance_version > 1
            and not can_be_asked(signature)
        )
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def reaffirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put a listing whose contact is not known under the present text, as staff were told."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        signature = get_object_or_404(Signature, pk=pk)
        here = HttpResponseRedirect(reverse(PAGE, args=[pk]))
        provenance = names.clean_display(request.POST.get("provenance", ""))
        if not provenance:
            asked = _("Say who told you so, and how; the history keeps it.")
            self.message_user(request, asked, messages.ERROR)
            return here
        number = request.POST.get("shown", "")
        shown = int(number) if number.isdecimal() and len(number) < 6 else 0
        actor = cast("User", request.user)
        try:
            with transaction.atomic():
                reaffirm_on_paper(signature, actor=actor, provenance=provenance, shown=shown)
                done = _("Stands by version %(number)s of the text: %(provenance)s")
                told = {"number": shown, "provenance": provenance}
                self.log_change(request, signature, done % told)
        except IllegalTransition:
            refused = _(
                "Nothing was done: the text was changed again, it is too late, or the contact can"
                " be asked."
            )
            self.message_user(request, refused, messages.ERROR)
            return here
        said = _("%(name)s stands under the present text.") % {"name": signature.name}
        self.message_user(request, said, messages.SUCCESS)
        return here

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a listing without a sign-on off the list."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        signature = get_object_or_404(Signature, pk=pk)
        here = HttpResponseRedirect(reverse(PAGE, args=[pk]))
        if _sign_on_of(signature):
            refused = _("This listing came from a sign-on; withdraw that instead.")
            self.message_user(request, refused, messages.ERROR)
            return here
        with transaction.atomic():
            signature.withdraw()
            self.log_change(request, signature, _("Withdrawn."))
        said = _("Withdrawn: %(name)s is off the list.") % {"name": signature.name}
        self.message_user(request, said, messages.SUCCESS)
        return here

    @method_decorator(require_POST)
    def withhold(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Count an organisation that came without a sign-on, and publish its name no more."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        signature = get_object_or_404(Signature, pk=pk)
        reason = names.clean_display(request.POST.get("reason", ""))
        if not reason:
            asked = _("Say who asked for it, and how; the history keeps it.")
            self.message_user(request, asked, messages.ERROR)
            return HttpResponseRedirect(reverse(PAGE, args=[pk]))
        actor = cast("User", request.user)
        try:
            sign_on = withhold_listings(signature.organization, actor=actor, reason=reason)
        except IllegalTransition:
            refused = _("This listing came from a sign-on; withhold the name there.")
            self.message_user(request, refused, messages.ERROR)
            return HttpResponseRedirect(reverse(PAGE, args=[pk]))
        said = _("Withheld: the name stands in no list any more; the organisation stays counted.")
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(
            reverse("admin:signatures_signon_change", args=[sign_on.pk])
            if request.user.has_perm("signatures.view_signon")
            else reverse("admin:signatures_signature_changelist")
        )


def _sign_on_of(signature: Signature | None) -> SignOn | None:
    if signature is None:
        return None
    return SignOn.objects.filter(letter_rows__signature=signature).first()
