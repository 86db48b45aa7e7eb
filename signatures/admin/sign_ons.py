"""The moderation desk: one sign-on and the decision about it, entries from paper."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
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
from django.views.decorators.http import require_POST

from signatures import mail_domains
from signatures.admin import decisions, evidence, queue, waiting
from signatures.admin.clean_up import CleanUpAdmin
from signatures.admin.decisions import DecidedMeanwhile, Decision
from signatures.admin.entry import EntryForm
from signatures.admin.notes import InChargeFilter, NoteForm
from signatures.admin.offers import likely, offers, stated, twins
from signatures.admin.queue import QUEUE, staff
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
PAGE = "admin:signatures_signon_change"

MAY_ERASE = "signatures.erase_contacts"
MAY_MERGE = "signatures.change_organization"

MOST_LOOKED_UP = 8
"""How many of the organisations are shown that a moderator looks up by hand."""

_FLAGS = dict(Flag.choices)

STAYS = ("reopen", "tell_apart", "take_back", "withhold", "show_name", "erase")
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
class SignOnAdmin(CleanUpAdmin):
    """Sign-ons: read as a queue, decided through the model's verbs, never edited."""

    page_template = "admin/signatures/signon/page.html"
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
            *super().get_urls(),
        ]

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
        if step == "erase" and not request.user.has_perm(MAY_ERASE):
            raise PermissionDenied
        form = self._form(step, sign_on, request.POST)
        here = reverse(PAGE, args=[pk])
        if not form.is_valid():
            if any(field.errors for field in form.hidden_fields()):
                changed = _("Nothing was done: this has changed meanwhile. Please look again.")
                self.message_user(request, changed, messages.WARNING)
                return _go(request, here)
            return self._page(request, sign_on, bound={step: form})
        try:
            done = form.take(staff(request))
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
        form.save(staff(request))
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
        steps = (*OPEN_STEPS[Status(sign_on.status)], *_about_the_name(sign_on)) if may else ()
        if may and correction:
            steps = (*steps, "correction")
        if may and _can_erase(request, sign_on):
            steps = (*steps, "erase")
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
            "letters": [(letter, rows[letter.pk]) for letter in letters],
            "withheld_twins": evidence.counted_without_name(sign_on, offered),
            "offers": offered,
            "looked_up": looked_up,
            "twins": twins(offered) if request.user.has_perm(MAY_MERGE) else [],
            "find": request.GET.get("find", ""),
            "distinctions": distinctions,
            "domains_agree": evidence.domains_agree(sign_on),
            "provider": mail_domains.provider(sign_on.email_domain),
            "lookalikes": lookalikes(sign_on.listed_name),
            "flags": [_FLAGS.get(flag, flag) for flag in sign_on.flags],
            "same_network": evidence.same_network(sign_on) if may else 0,
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
            "number": queue.waiting(request)["number"],
            "rows": line.rows(candidates),
            "looking": self._looking(request, sign_on),
            # What a page says that nobody may ever see is said to nobody.
            "ahead": _is_ahead(request),
            "undo": self._just_decided(request) if may else None,
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
        unseen = request.method != "GET" or _is_ahead(request)
        if unseen or sign_on.status != Status.PENDING:
            return []
        looks = Presence.objects.arrive(sign_on, staff(request))
        return [(look.moderator, evidence.age(look.since)) for look in looks]

    def _just_decided(self, request: HttpRequest) -> tuple[SignOn, str] | None:
        """Return what the moderator decided just now, and its state, to be undone."""
        last = waiting.last_decision(staff(request))
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
            sign_on = form.enter(staff(request))
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


def _about_the_name(sign_on: SignOn) -> tuple[str, ...]:
    """Return the steps open to a sign-on that withhold its name, or publish it after all."""
    if sign_on.may_withhold:
        return ("withhold",)
    decided = {Status.REJECTED, Status.WITHDRAWN}
    return ("show_name",) if sign_on.withhold_name and sign_on.status not in decided else ()


def _can_erase(request: HttpRequest, sign_on: SignOn) -> bool:
    """Whether contact data is there to be erased, by somebody who may; what nobody confirmed goes
    by itself."""
    there = sign_on.erased_at is None and sign_on.status != Status.UNCONFIRMED
    return there and request.user.has_perm(MAY_ERASE)


def _is_ahead(request: HttpRequest) -> bool:
    """Whether the desk's script fetches a page that its moderator may come to later."""
    return request.headers.get("X-Desk") == "ahead"


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser on; the desk's script is only told where, and goes there itself.

    A redirect that the script followed would show messages in a page that nobody sees.
    """
    if request.headers.get("X-Desk"):
        return HttpResponse(status=204, headers={"X-Desk-Next": address})
    return HttpResponseRedirect(address)
