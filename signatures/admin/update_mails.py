"""Who gets which update, and what became of it."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from openletters.read_only import ReadOnly
from signatures.admin.filters import PathFilter
from signatures.models.translated import read_translated
from signatures.models.update_mails import UpdateMail
from signatures.models.updates import Update

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[UpdateMail]
else:
    ModelAdmin = admin.ModelAdmin


class UpdateFilter(PathFilter):
    """The mails of one update."""

    title = gettext_lazy("update")
    parameter_name = "update"
    path = "update"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, str]]:
        """Those that were sent."""
        sent = read_translated(Update.objects.exclude(status=Update.Status.DRAFT))
        return [(str(one.pk), str(one)) for one in sorted(sent, key=lambda one: -one.pk)]


class StateFilter(PathFilter):
    """The mails in one state."""

    title = gettext_lazy("state")
    parameter_name = "state"
    path = "state"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, Any]]:
        """All there are."""
        return list(UpdateMail.State.choices)


@admin.register(UpdateMail)
class UpdateMailAdmin(ReadOnly, ModelAdmin):
    """Who gets which update: organisations, without addresses."""

    list_display = ("organisation", "language", "where", "skipped", "sent_at", "last_error")
    list_display_links = None
    list_filter = (UpdateFilter, StateFilter)
    list_select_related = ("sign_on",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their states; the contacts of erased sign-ons are there, and nameless."""
        return UpdateMail.objects.to_contacts().with_state()

    @admin.display(description=gettext_lazy("organisation"))
    def organisation(self, mail: UpdateMail) -> SafeString:
        """The sign-on whose contact gets it."""
        address = reverse("admin:signatures_signon_change", args=[mail.sign_on_id])
        called = mail.sign_on.listed_name if mail.sign_on else ""
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, called)

    @admin.display(description=gettext_lazy("state"))
    def where(self, mail: Any) -> str:
        """Where it is."""
        return str(UpdateMail.State(mail.state).label)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may see the sign-ons."""
        return request.user.has_perm("signatures.view_signon")
