"""Decisions about many sign-ons: a page says what becomes of each, its button does just that."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatures import candidates
from signatures.admin import evidence
from signatures.admin.batches import BatchAdmin
from signatures.admin.decisions import TELL, reason_field, words
from signatures.admin.evidence import Match
from signatures.admin.offers import NEW, stated
from signatures.admin.queue import QUEUE, name_letters, staff
from signatures.candidates import Candidate
from signatures.matching.parsing import parse
from signatures.matching.verdicts import Label, Verdict, verdict
from signatures.models.organizations import Organization
from signatures.models.sign_ons import SignOn

Status = SignOn.Status

MOST = 1000
"""Sign-ons that are decided at once; their page is still one that somebody can look through."""


@dataclass(frozen=True)
class Planned:
    """What will happen to one of the selected sign-ons, or why it is left alone."""

    sign_on: SignOn
    target: str = ""
    organization: Organization | None = None
    skipped: str = ""

    @property
    def ticket(self) -> str:
        """What the confirmation sends back: which sign-on, as seen, and what for."""
        return f"{self.sign_on.pk}:{evidence.seen(self.sign_on)}:{self.target}"


def plan(sign_ons: Iterable[SignOn], *, approve: bool) -> list[Planned]:
    """Work out what a decision on many sign-ons means for each of them."""
    sign_ons = list(sign_ons)
    if not approve:
        return [_plan(sign_on, [], approve) for sign_on in sign_ons]
    matches = evidence.exact_matches(sign_ons)
    same = {pk: [match.organization.pk for match in found] for pk, found in matches.items()}
    withheld = evidence.withheld_twins(sign_ons, same)
    return [
        Planned(sign_on, skipped=_("asked, through another sign-on, not to be named"))
        if withheld[sign_on.pk] and sign_on.status == Status.PENDING
        else _plan(sign_on, matches.get(sign_on.pk, []), approve)
        for sign_on in sign_ons
    ]


def _plan(sign_on: SignOn, matches: list[Match], approve: bool) -> Planned:
    if sign_on.status != Status.PENDING:
        state = sign_on.get_status_display()
        return Planned(sign_on, skipped=_("not waiting, but %(state)s") % {"state": state})
    if not approve:
        return Planned(sign_on, target="reject")
    if not matches:
        return Planned(sign_on, target=NEW)
    if any(match.told_apart for match in matches):
        return Planned(sign_on, skipped=_("decided not to be the organisation of this name"))
    if match := evidence.evident(matches):
        target = str(match.organization.pk)
        return Planned(sign_on, target=target, organization=match.organization)
    if len(matches) > 1:
        return Planned(sign_on, skipped=_("several organisations of this name are known"))
    return Planned(sign_on, skipped=_("an organisation of this name is known in another country"))


def spare_look_alikes(planned: Sequence[Planned]) -> list[Planned]:
    """Leave alone what somebody should look at: names close to another's, known or new."""
    found = candidates.find([stated(one.sign_on) for one in planned])
    spared = [_spare(one, close) for one, close in zip(planned, found, strict=True)]
    return list(_spare_each_other(spared))


def _spare(planned: Planned, close: Iterable[Candidate]) -> Planned:
    if planned.skipped:
        return planned
    for candidate in close:
        if candidate.organization != planned.organization:
            planned = _left(planned, str(candidate.organization), candidate.verdict)
        if planned.skipped:
            break
    return planned


def _spare_each_other(planned: Iterable[Planned]) -> Iterator[Planned]:
    """Leave alone new organisations that an earlier one of the same decision may be, too."""
    new: dict[str, SignOn] = {}
    for one in planned:
        claim = one.sign_on
        if one.target == NEW:
            name = parse(claim.name)
            first = new.setdefault(name.squashed, claim)
            if evidence.claim(first) != evidence.claim(claim):
                countries = first.country.code or "", claim.country.code or ""
                said = verdict(parse(first.name), name, *countries)
                yield _left(one, first.listed_name, said)
                continue
        yield one


def _left(planned: Planned, name: str, said: Verdict) -> Planned:
    """Leave a sign-on alone that may be the organisation called `name`."""
    if said.label == Label.DIFFERENT:
        return planned
    reason = _("may be %(name)s: %(reason)s") % {"name": name, "reason": said.reason}
    return replace(planned, target="", organization=None, skipped=reason)


class BulkReject(forms.Form):
    """One reason for all of them."""

    reason = reason_field(gettext_lazy("Reason, for all of them"), required=True)
    tell = forms.ChoiceField(
        label=gettext_lazy("Tell the contacts"),
        choices=TELL,
        initial="tell",
        widget=forms.RadioSelect,
    )


@transaction.atomic
def carry_out(
    tickets: Iterable[str],
    actor: User,
    *,
    batch: uuid.UUID,
    rejection: BulkReject | None = None,
) -> tuple[list[SignOn], list[SignOn]]:
    """Decide exactly what was confirmed; return the sign-ons decided and those left alone.

    A sign-on is decided only if the plan for it is still the one that was shown. Names that are
    close to another's are not looked for again: whoever confirmed has seen that there were none.
    """
    confirmed = {int(pk): ticket for ticket in tickets if (pk := _key(ticket))}
    locked = evidence.with_letter_rows(SignOn.objects.filter(pk__in=confirmed).locked())
    planned = {one.sign_on.pk: one for one in plan(locked, approve=rejection is None)}
    shown = [planned[pk] for pk in confirmed if pk in planned]
    kept = [one for one in shown if one.target and one.ticket == confirmed[one.sign_on.pk]]
    if rejection:
        outcome = SignOn.objects.reject(
            [one.sign_on for one in kept], actor=actor, batch=batch, **words(rejection)
        )
    else:
        outcome = SignOn.objects.approve(
            {one.sign_on: one.organization for one in kept}, actor=actor, batch=batch
        )
    done = set(outcome.decided)
    return outcome.decided, [one.sign_on for one in shown if one.sign_on not in done]


def _key(ticket: str) -> str:
    """Return the key of the ticket's sign-on, if it could be one in the reach of a database."""
    pk = ticket.partition(":")[0]
    return pk if pk.isascii() and pk.isdecimal() and len(pk) <= 18 else ""


class BulkAdmin(BatchAdmin):
    """What can be done to the ticked rows of the queue."""

    actions: tuple[str, ...] = ("approve_selected", "reject_selected")
    bulk_template = "admin/signatures/signon/bulk.html"

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

    def get_urls(self) -> list[Any]:
        """Every decision has an address of its own."""
        view = self.admin_site.admin_view(self.bulk)
        return [
            *(
                path(f"bulk/{step}/", view, {"step": step}, name=f"signatures_signon_bulk_{step}")
                for step in ("approve", "reject")
            ),
            *super().get_urls(),
        ]

    def _selected(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> QuerySet[SignOn]:
        # The admin looks the ticked rows up among those that still wait; whoever ticked one that
        # was decided since shall read that, not find it missing.
        if request.POST.get("select_across") == "1":
            return queryset
        ticked = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        return SignOn.objects.filter(pk__in=filter(None, map(_key, ticked)))

    def _bulk_page(
        self,
        request: HttpRequest,
        queryset: QuerySet[SignOn],
        *,
        approve: bool,
        form: forms.Form | None = None,
    ) -> HttpResponse:
        oldest = queryset.order_by("confirmed_at", "pk")[:MOST]
        rows: Any = list(evidence.with_letter_rows(oldest))
        letters = name_letters(request, rows)
        planned = plan(rows, approve=approve)
        if approve:
            planned = spare_look_alikes(planned)
        confirmed = [one for one in planned if not one.skipped]
        context = {
            **self._context(request),
            "title": _("Approve several") if approve else _("Reject several"),
            "approve": approve,
            "letters": letters,
            "planned": confirmed,
            # One field, because a form of a thousand is refused.
            "tickets": " ".join(one.ticket for one in confirmed),
            "skipped": [one for one in planned if one.skipped],
            "selected": queryset.count() if len(rows) == MOST else len(rows),
            "most": MOST,
            "form": form or (None if approve else BulkReject()),
        }
        status = 400 if form is not None else 200
        return TemplateResponse(request, self.bulk_template, context, status=status)

    def bulk(self, request: HttpRequest, step: str) -> HttpResponse:
        """Do what the page before has shown, to exactly the rows it has shown."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        tickets = request.POST.get("tickets", "").split()
        rejection = None
        if step == "reject":
            rejection = BulkReject(request.POST)
            if not rejection.is_valid():
                rows = SignOn.objects.filter(pk__in=filter(None, map(_key, tickets)))
                return self._bulk_page(request, rows, approve=False, form=rejection)
        batch = uuid.uuid4()
        done, left = carry_out(tickets, staff(request), batch=batch, rejection=rejection)
        said = (
            ngettext("%(count)s sign-on rejected.", "%(count)s sign-ons rejected.", len(done))
            if rejection
            else ngettext("%(count)s sign-on approved.", "%(count)s sign-ons approved.", len(done))
        )
        self.tell_outcome(request, said, batch, done, left)
        return HttpResponseRedirect(reverse(QUEUE))
