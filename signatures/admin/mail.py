"""Outgoing mail: what is owed, what was sent, what was given up."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openletters.read_only import ReadOnly
from signatures import moments
from signatures.admin.filters import ChoicesFilter, ChosenRows
from signatures.models.mail import OutgoingMail

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[OutgoingMail]
else:
    ModelAdmin = admin.ModelAdmin


class StateFilter(admin.SimpleListFilter):
    """Waiting, sent, given up."""

    title = gettext_lazy("state")
    parameter_name = "state"
    template = "admin/signatures/filter.html"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, Any]]:
        """The three states."""
        return [("waiting", _("waiting")), ("sent", _("sent")), ("failed", _("given up"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        """Leave the others out."""
        match self.value():
            case "waiting":
                found: QuerySet[Any] = queryset.waiting()
            case "sent":
                found = queryset.filter(sent_at__isnull=False)
            case "failed":
                found = queryset.filter(failed_at__isnull=False)
            case _other:
                found = queryset
        return found


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnly, ChosenRows, ModelAdmin):
    """The outbox, without addresses: they stand on the sign-on's page only."""

    list_display = (
        "kind",
        "organisation",
        "state",
        "created_at",
        "attempts",
        "next_at",
        "last_error",
    )
    list_display_links = None
    list_filter = (StateFilter, ("kind", ChoicesFilter))
    list_select_related = ("sign_on",)
    search_fields = ("sign_on__key",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("send_again",)

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who may have a mail sent again."""
        return request.user.has_perm("signatures.change_outgoingmail")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may send may also look."""
        return super().has_view_permission(request, obj) or self.has_send_permission(request)

    @admin.display(description=gettext_lazy("organisation"))
    def organisation(self, mail: OutgoingMail) -> SafeString:
        """The sign-on that it is about."""
        address = reverse("admin:signatures_signon_change", args=[mail.sign_on_id])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, mail.sign_on.listed_name)

    @admin.display(description=gettext_lazy("state"))
    def state(self, mail: OutgoingMail) -> str:
        """Where the mail is."""
        return state(mail)

    @admin.display(description=gettext_lazy("next attempt"), ordering="next_attempt_at")
    def next_at(self, mail: OutgoingMail) -> Any:
        """When it is tried next, if it is."""
        return None if mail.sent_at or mail.failed_at else mail.next_attempt_at

    @admin.action(permissions=["send"], description=gettext_lazy("Send again what was given up"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        """Put mails that were given up back among those to send."""
        given_up = list(queryset.filter(failed_at__isnull=False))
        for mail in given_up:
            mail.try_again()
        if not given_up:
            said = _("None of these was given up; nothing was done.")
            self.message_user(request, said, messages.WARNING)
            return
        said = ngettext("%(n)s mail will be sent.", "%(n)s mails will be sent.", len(given_up))
        self.message_user(request, said % {"n": moments.number(len(given_up))}, messages.SUCCESS)


def state(mail: OutgoingMail) -> str:
    """Return in a word where a mail is."""
    if mail.sent_at:
        return _("sent")
    return _("given up") if mail.failed_at else _("waiting")
