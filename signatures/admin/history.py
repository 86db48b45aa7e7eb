"""The history of all sign-ons: who decided what, when and why. To be read only."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from openletters.read_only import ReadOnly
from signatures.admin.filters import ChoicesFilter, OccurringFilter
from signatures.models.history import SignOnEvent

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[SignOnEvent]
else:
    ModelAdmin = admin.ModelAdmin


@admin.register(SignOnEvent)
class SignOnEventAdmin(ReadOnly, ModelAdmin):
    """History lines."""

    list_display = ("created_at", "about", "kind", "actor", "told")
    list_display_links = None
    list_filter = (("kind", ChoicesFilter), ("actor", OccurringFilter))
    list_select_related = ("sign_on", "actor")
    ordering = ("-created_at", "-pk")
    search_fields = ("sign_on__key",)
    fields = ("about", "kind", "actor", "origin", "target", "told", "created_at")
    readonly_fields = ("about", "told")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description=gettext_lazy("sign-on"))
    def about(self, event: SignOnEvent) -> SafeString:
        """The sign-on, with the way to it."""
        address = reverse("admin:signatures_signon_change", args=[event.sign_on_id])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, event.sign_on.name)

    @admin.display(description=gettext_lazy("reason"))
    def told(self, event: SignOnEvent) -> str:
        """Why."""
        return event.told
