"""The moderation desk: one sign-on, decisions on one or many, entries from paper."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from signatures import mail_domains
from signatures.admin import decisions, evidence, waiting
from signatures.admin.decisions import DecidedMeanwhile, Decision
from signatures.admin.entry import EntryForm
from signatures.admin.filters import all_letters
from signatures.admin.notes import InChargeFilter, NoteForm
from signatures.admin.offers import likely, offers, stated
from signatures.admin.queue import QueueAdmin
from signatures.candidates import find
from signatures.matching.lookalikes import lookalikes
from signatures.models.corrections import Correction
from signatures.models.distinctions import Distinction
from signatures.models.flags import Flag
from signatures.models.letters import Letter
from signatures.models.organizations import Organization
from signatures.models.presence import Presence
from signatures.models.sign_ons import SignOn
from signatures.names import comparison_key

Status = SignOn.Status
QUEUE = "admin:signatures_signon_changelist"
PAGE = "admin:signatures_signon_change"

MOST_LOOKED_UP = 8
"""How many of the organisations are shown that a moderator looks up by hand."""

_FLAGS = dict(Flag.choices)

STAYS = ("reopen", "tell_apart", "take_back")
"""Decisions after which the moderator looks at the same sign-on again."""

OPEN_STEPS = {
    Status.PENDING: ("approve", "reject", "withdraw"),
    Status.APPROVED: ("reopen", "withdraw"),
    Status.REJECTED: ("reopen",),
    Status.UNCONFIRMED: ("withdraw",),
    Status.WITHDRAWN: (),
}
"""Which decisions the page of a sign-on offers."""


@admin.register(SignOn)
class SignOnAdmin(QueueAdmin):
    """Sign-ons: read as a queue, decided through the model's verbs, never edited."""

    actions = ("approve_selected", "reject_selected")
    page_template = "admin/signatures/signon/page.html"
    bulk_template = "admin/signatures/signon/bulk.html"
    entry_template = "admin/signatures/signon/enter.html"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: the history would go with it. Retention is another thing, done elsewhere."""
        return False

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Also by who takes care."""
        return (*super().get_list_filter(request), InChargeFilter)

    def get_urls(self) -> list[Any]:
        """Every decision has an address of its own."""
        view = self.admin_site.admin_view
        return [
            *(
                path(
                    f"<int:pk>/{step}/",
                    view(self.decide),
                    {"step": step},
                    name=f"signatures_signon_{step}",
                )
                for step in decisions.DECISIONS
            ),
            path("desk/", view(self.desk), name="signatures_signon_desk"),
            path("<int:pk>/note/", view(self.note), name="signatures_signon_note"),
            *(
                path(
                    f"bulk/{step}/",
                    view(self.bulk),
                    {"step": step},
                    name=f"signatures_signon_bulk_{step}",
                )
                for step in ("approve", "reject")
            ),
            *super().get_urls(),
        ]

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "has_view_permission": self.has_view_permission(request),
        }

    # One sign-on

    def desk(self, request: HttpRequest) -> HttpResponse:
        """Go to what has waited longest."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        oldest = SignOn.objects.queue().first()
        return HttpResponseRedirect(reverse(PAGE, args=[oldest.pk]) if oldest else reverse(QUEUE))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The evidence for one sign-on, and the decisions open to it."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        sign_on = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, sign_on):
            raise PermissionDenied
        if sign_on is None:
            raise Http404
        return self._page(request, sign_on)

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Take one decision, then show what waits next."""
        sign_on = self._to_change(request, pk)
        form = self._form(step, sign_on, request.POST)
        here = reverse(PAGE, args=[pk])
        if not form.is_valid():
            if any(field.errors for field in form.hidden_fields()):
                changed = _("Nothing was done: this has changed meanwhile. Please look again.")
                self.message_user(request, changed, messages.WARNING)
                return _go(request, here)
            return self._page(request, sign_on, bound={step: form})
        try:
            done = form.take(_staff(request))
        except DecidedMeanwhile as faster:
            self.message_user(request, str(faster), messages.WARNING)
            return _go(request, here)
        if step in STAYS:
            self.message_user(request, done, messages.SUCCESS)
            return _go(request, here)
        more = _("Look at it, or undo") if step in {"approve", "reject"} else _("Look at it")
        linked = format_html('{} <a href="{}">{}</a>', done, here, more)
        self.message_user(request, linked, messages.SUCCESS)
        follower = waiting.follower(sign_on)
        return _go(request, reverse(PAGE, args=[follower.pk]) if follower else reverse(QUEUE))

    @method_decorator(require_POST)
    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add a note to the log of one sign-on."""
        sign_on = self._to_change(request, pk)
        form = NoteForm(request.POST, sign_on=sign_on)
        if not form.is_valid():
            return self._page(request, sign_on, note=form)
        form.save(_staff(request))
        self.message_user(request, _("Noted."), messages.SUCCESS)
        return _go(request, reverse(PAGE, args=[pk]))

    def _to_change(self, request: HttpRequest, pk: int) -> SignOn:
        """Return what the request is to change."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(SignOn, pk=pk)

    def _form(self, step: str, sign_on: SignOn, data: Any = None, **start: Any) -> Decision:
        return decisions.DECISIONS[step](data, sign_on=sign_on, **start)

    def _page(
        self,
        request: HttpRequest,
        sign_on: SignOn,
        bound: dict[str, Decision] | None = None,
        note: NoteForm | None = None,
    ) -> HttpResponse:
        may = self.has_change_permission(request)
        line = waiting.Line(sign_on)
        candidates = find([stated(one) for one in line.everybody])
        distinctions = list(
            Distinction.objects.about(sign_on).select_related("organization", "actor")
        )
        offered, looked_up = offers(sign_on, candidates[0], self._looked_up(request), distinctions)
        bound = bound or {}
        correction = sign_on.corrections.open().first()
        steps = OPEN_STEPS[Status(sign_on.status)] if may else ()
        if may and correction:
            steps = (*steps, "correction")
        forms_by_step = {step: self._form(step, sign_on) for step in steps}
        chosen = ""
        if "approve" in forms_by_step:
            chosen = likely(sign_on, offered)
            forms_by_step["approve"] = decisions.Approve(sign_on=sign_on, likely=chosen)
        rows = evidence.listed_by(sign_on)
        letters = list(
            Letter.objects.filter(pk__in=rows)
            .order_by("pk")
            .prefetch_related("translations", "addressees__translations")
        )
        context = {
            **self._context(request),
            "title": sign_on.listed_name,
            "subtitle": None,
            "sign_on": sign_on,
            "seen": evidence.seen(sign_on),
            "age": evidence.age_mark(
                waiting.since(sign_on), waiting=sign_on.status == Status.PENDING
            ),
            "letters": [(letter, rows[letter.pk].signature_id) for letter in letters],
            "offers": offered,
            "looked_up": looked_up,
            "find": request.GET.get("find", ""),
            "distinctions": distinctions,
            "domains_agree": evidence.domains_agree(sign_on),
            "provider": mail_domains.provider(sign_on.email_domain),
            "lookalikes": lookalikes(sign_on.listed_name),
            "flags": [_FLAGS.get(flag, flag) for flag in sign_on.flags],
            "others": evidence.claims_of_the_same(
                sign_on, [offer.organization.pk for offer in offered if offer.is_same]
            )[:20],
            "events": sign_on.events.select_related("actor"),
            "mails": sign_on.mails.order_by("created_at"),
            "notes": sign_on.notes.select_related("author", "assignee"),
            "note_form": (note or NoteForm(sign_on=sign_on)) if may else None,
            "correction": correction,
            "changes": self._changes(sign_on, correction) if correction else [],
            "forms": forms_by_step | bound,
            "stands": any(
                offer.stands_under_all and offer.value == chosen for offer in (*offered, *looked_up)
            ),
            "line": line,
            "rows": line.rows(candidates),
            "looking": self._looking(request, sign_on),
            "undo": self._undo(request) if may else None,
        }
        wrong = bound or (note and note.errors)
        return TemplateResponse(request, self.page_template, context, status=400 if wrong else 200)

    def _looked_up(self, request: HttpRequest) -> list[Organization]:
        """Return the known organisations that the moderator looked up by hand."""
        text = request.GET.get("find", "")
        if not comparison_key(text):
            return []
        known = self.admin_site.get_model_admin(Organization)
        found, _twice = known.get_search_results(request, Organization.objects.all(), text)
        return list(found.order_by("key", "pk")[:MOST_LOOKED_UP])

    def _looking(self, request: HttpRequest, sign_on: SignOn) -> list[tuple[User, str]]:
        """Return who else has the sign-on open, and for how long."""
        # A page that the browser fetches ahead is not being looked at, and may never be.
        ahead = request.method != "GET" or request.headers.get("X-Desk") == "ahead"
        if ahead or sign_on.status != Status.PENDING:
            return []
        looks = Presence.objects.arrive(sign_on, _staff(request))
        return [(look.moderator, evidence.age(look.since)) for look in looks]

    def _undo(self, request: HttpRequest) -> tuple[SignOn, str] | None:
        """Return what the moderator decided just now, and its state, to be undone."""
        last = waiting.last_decision(_staff(request))
        return (last, evidence.seen(last)) if last else None

    def _changes(self, sign_on: SignOn, correction: Correction) -> list[dict[str, Any]]:
        return [
            {
                "label": Correction._meta.get_field(field).verbose_name,  # type: ignore[union-attr]
                "old": getattr(sign_on, field),
                "new": getattr(correction, field),
                "changed": getattr(sign_on, field) != getattr(correction, field),
            }
            for field in SignOn.LISTED
        ]

    # Many at once

    @admin.action(permissions=["change"], description=gettext_lazy("Approve the selected…"))
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> HttpResponse:
        """Show what approving would do to each."""
        return self._bulk_page(request, self._selected(request, queryset), approve=True)

    @admin.action(permissions=["change"], description=gettext_lazy("Reject the selected…"))
    def reject_selected(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> HttpResponse:
        """Ask for the reason."""
        return self._bulk_page(request, self._selected(request, queryset), approve=False)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Only what waits can be decided."""
        waiting = request.GET.get("status", Status.PENDING) == Status.PENDING
        return super().get_actions(request) if waiting else {}

    def _selected(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> QuerySet[SignOn]:
        # The admin looks the ticked rows up among those that still wait; whoever ticked one that
        # was decided since shall read that, not find it missing.
        if request.POST.get("select_across") == "1":
            return queryset
        ticked = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        return SignOn.objects.filter(pk__in=[pk for pk in ticked if decisions.is_key(pk)])

    def _bulk_page(
        self,
        request: HttpRequest,
        queryset: QuerySet[SignOn],
        *,
        approve: bool,
        form: forms.Form | None = None,
    ) -> HttpResponse:
        rows = evidence.with_letter_rows(queryset.order_by("confirmed_at", "pk"))
        planned = decisions.plan(rows, approve=approve)
        for one in planned:
            one.sign_on.stated_letters = [  # type: ignore[attr-defined]
                all_letters(request)[row.letter_id] for row in one.sign_on.letter_rows.all()
            ]
        context = {
            **self._context(request),
            "title": _("Approve several") if approve else _("Reject several"),
            "approve": approve,
            "planned": [one for one in planned if not one.skipped],
            "skipped": [one for one in planned if one.skipped],
            "form": form or (None if approve else decisions.BulkReject()),
        }
        status = 400 if form is not None else 200
        return TemplateResponse(request, self.bulk_template, context, status=status)

    def bulk(self, request: HttpRequest, step: str) -> HttpResponse:
        """Do what the page before has shown, to exactly the rows it has shown."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        tickets = request.POST.getlist("ticket")
        rejection = None
        if step == "reject":
            rejection = decisions.BulkReject(request.POST)
            if not rejection.is_valid():
                chosen = [ticket.partition(":")[0] for ticket in tickets]
                rows = SignOn.objects.filter(pk__in=[pk for pk in chosen if decisions.is_key(pk)])
                return self._bulk_page(request, rows, approve=False, form=rejection)
        done, left = decisions.carry_out(tickets, _staff(request), rejection)
        if done:
            said = (
                ngettext("%(count)s sign-on rejected.", "%(count)s sign-ons rejected.", len(done))
                if rejection
                else ngettext(
                    "%(count)s sign-on approved.", "%(count)s sign-ons approved.", len(done)
                )
            )
            self.message_user(request, said % {"count": len(done)}, messages.SUCCESS)
        if left:
            told = _("Left alone, because they have changed meanwhile: %(names)s.")
            named = ", ".join(sign_on.listed_name for sign_on in left)
            self.message_user(request, told % {"names": named}, messages.WARNING)
        return HttpResponseRedirect(reverse(QUEUE))

    # Entered by staff

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Enter a sign-on that came on paper or by mail; its page shows it ready to approve."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EntryForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            sign_on = form.enter(_staff(request))
            entered = _("Entered. It waits for review like any other sign-on.")
            self.message_user(request, entered, messages.SUCCESS)
            return HttpResponseRedirect(reverse(PAGE, args=[sign_on.pk]))
        context = {
            **self._context(request),
            "title": _("Enter a sign-on received on paper or by mail"),
            "form": form,
            # Made for a ModelForm; a plain form has all that it asks for.
            "fieldsets": helpers.AdminForm(
                cast("Any", form), EntryForm.FIELDSETS, {}, model_admin=self
            ),
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, self.entry_template, context, status=status)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser on; the desk's script is only told where, and goes there itself.

    A redirect that the script followed would show messages in a page that nobody sees.
    """
    if request.headers.get("X-Desk"):
        return HttpResponse(status=204, headers={"X-Desk-Next": address})
    return HttpResponseRedirect(address)


def _staff(request: HttpRequest) -> User:
    """Return who acts; the admin's views admit nobody who is not logged in."""
    return cast("User", request.user)
