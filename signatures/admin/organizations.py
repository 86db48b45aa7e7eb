"""Known organisations, under all the names they are known by."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures import names
from signatures.admin import evidence, organization_page
from signatures.admin.filters import CountryFilter, KeySelect, is_key
from signatures.admin.merging import MERGE, PAGE, MergingAdmin
from signatures.forms import NameField, WebsiteField
from signatures.models.letters import Letter, is_current
from signatures.models.merges import OrganizationMerge, lineage
from signatures.models.organizations import Organization, OrganizationName

if TYPE_CHECKING:
    NameInlineBase = admin.TabularInline[OrganizationName, Organization]
    NameFormSetBase = forms.BaseInlineFormSet[OrganizationName, Organization, forms.ModelForm[Any]]
    OrganizationFormBase = forms.ModelForm[Organization]
else:
    NameInlineBase = admin.TabularInline
    NameFormSetBase = forms.BaseInlineFormSet
    OrganizationFormBase = forms.ModelForm


class OrganizationForm(OrganizationFormBase):
    """An organisation's own names, country and website."""

    official_name = NameField(label=gettext_lazy("Official name"), max_length=names.LONGEST_NAME)
    local_name = NameField(
        label=gettext_lazy("Name in its own language"),
        max_length=names.LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    acronym = NameField(label=gettext_lazy("Acronym"), max_length=30, required=False)
    website = WebsiteField(label=gettext_lazy("Website"), max_length=200, required=False)

    class Meta:
        model = Organization
        fields: ClassVar = (
            "official_name",
            "local_name",
            "acronym",
            "country",
            "website",
            "parent",
        )

    def clean_parent(self) -> Organization | None:
        """Nobody is a branch of itself, or of one of its own branches."""
        parent: Organization | None = self.cleaned_data["parent"]
        if parent and self.instance.pk in {parent.pk, *lineage(parent)}:
            raise ValidationError(
                _("“%(parent)s” is this organisation, or one of its branches."),
                params={"parent": parent},
            )
        return parent


class NamesFormSet(NameFormSetBase):
    """The names, none of them twice."""

    def clean(self) -> None:
        super().clean()
        met: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("name", "") if form.is_valid() else ""
            if not name or form.cleaned_data.get("DELETE"):
                continue
            key = names.comparison_key(name)
            if key in met:
                form.add_error("name", ValidationError(_("This name is already on record.")))
            met.add(key)


class NameInline(NameInlineBase):
    """Names the organisation is known by."""

    model = OrganizationName
    formset = NamesFormSet
    fields = ("name", "kind")
    extra = 0


@admin.register(Organization)
class OrganizationAdmin(MergingAdmin):
    """Organisations, with what stands on them."""

    change_form_template = "admin/signatures/organization/change_form.html"
    actions = ("merge_selected",)
    form = OrganizationForm
    inlines = (NameInline,)
    list_display = ("official_name", "acronym", "country", "web", "letters")
    list_filter = (CountryFilter,)
    list_per_page = 100
    search_fields = ("names__key",)
    search_help_text = gettext_lazy("Any name it is known by; accents and case do not matter.")
    autocomplete_fields = ("parent",)
    ordering = ("key", "pk")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Search for the parent, whatever was sent in its place."""
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = KeySelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        """For whoever may only look, the website as a link that tells nobody."""
        fields = super().get_fields(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fields
        return ["web" if field == "website" else field for field in fields]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        """With the number of letters each stands under."""
        counted = Count("signatures", filter=is_current("signatures__"))
        return super().get_queryset(request).annotate(letter_count=counted)

    @admin.display(description=gettext_lazy("website"), ordering="website")
    def web(self, organization: Organization) -> str:
        """The host, as a link that tells nobody where it was followed."""
        return evidence.link(organization.website)

    @admin.display(description=gettext_lazy("letters"), ordering="letter_count")
    def letters(self, organization: Any) -> int:
        """How many letters it stands under."""
        return int(organization.letter_count)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Organization], search_term: str
    ) -> tuple[QuerySet[Organization], bool]:
        """Find by any name, whatever the accents and the case."""
        for word in names.comparison_key(search_term).split():
            known = OrganizationName.objects.filter(key__contains=word)
            queryset = queryset.filter(pk__in=known.values("organization"))
        return queryset, False

    @admin.action(permissions=["change"], description=gettext_lazy("Merge the two selected…"))
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Show what merging them would do; the one with more letters is kept."""
        two = list(queryset.order_by("-letter_count", "pk")[:3])
        if len(two) != 2:
            told = _("Tick exactly two organisations.")
            self.message_user(request, told, messages.WARNING)
            return None
        kept, removed = two
        return HttpResponseRedirect(reverse(MERGE, args=[kept.pk], query={"with": removed.pk}))

    # One organisation

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Edit it; while it is being saved nobody merges it away."""
        with transaction.atomic():
            if request.method == "POST" and object_id and is_key(object_id):
                list(Organization.objects.filter(pk=object_id).select_for_update(no_key=True))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show what stands on it."""
        organization = kwargs.get("obj")
        if organization is not None and organization.pk:
            may = self.has_change_permission(request, organization)
            context |= organization_page.panels(request, organization, may=may)
        return super().render_change_form(request, context, *args, **kwargs)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """An old address leads to the organisation into which this one was merged."""
        merges = OrganizationMerge.objects.filter(undone_at=None)
        merge = merges.filter(removed_key=object_id).first() if is_key(object_id) else None
        if merge is None:
            found: Any = super()  # Django documents no better place
            missing: HttpResponse = found._get_obj_does_not_exist_redirect(request, opts, object_id)
            return missing
        told = _("“%(name)s” was merged into this organisation.") % {"name": merge.removed_name}
        self.message_user(request, told, messages.INFO)
        return HttpResponseRedirect(reverse(PAGE, args=[merge.kept_id]))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Keep its own names among those it is known by, and the public search up to date."""
        super().save_related(request, form, formsets, change)
        organization = form.instance
        organization.remember_names()
        if change and {"acronym", "local_name", "country"}.intersection(form.changed_data):
            signatures = organization.signatures.select_related("organization")
            for signature in signatures:
                signature.save(update_fields=signature.OF_ORGANIZATION)
            Letter.objects.filter(signatures__in=signatures.current()).raise_revision()
