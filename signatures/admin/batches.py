"""Decisions about many sign-ons, after they were taken: which there were, and undoing them."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatures import moments
from signatures.admin import evidence
from signatures.admin.decisions import called, reason_field
from signatures.admin.queue import QUEUE, QueueAdmin, name_letters, staff
from signatures.models.history import SignOnEvent
from signatures.models.sign_ons import SignOn
from signatures.phrases import enumerated

Kind = SignOnEvent.Kind

UNDOING = (Kind.REOPEN, Kind.RESTORE)

RECENT = timedelta(days=14)
"""How long a decision about many is offered for undoing."""

SHOWN = 1000
"""Sign-ons that a page lists; of a clean-up there may be ten times as many."""

NAMED = 10
"""Names that a message spells out."""


class Undo(forms.Form):
    """Undo a decision about many."""

    reason = reason_field(gettext_lazy("Reason (optional, for the history)"), required=False)


def recent() -> list[dict[str, Any]]:
    """Return the decisions about many of the last days, the newest first, in one query."""
    decided = ~Q(kind__in=UNDOING)
    events = SignOnEvent.objects.filter(
        batch__isnull=False, created_at__gte=timezone.now() - RECENT
    )
    batches = (
        events.order_by()
        .values("batch")
        .annotate(
            step=Min("kind", filter=decided),
            who=Min("actor__username", filter=decided),
            at=Min("created_at"),
            number=Count("pk", filter=decided),
            undone=Count("pk", filter=~decided),
        )
        .filter(number__gt=0)
        .order_by("-at")
    )
    return [
        {
            **batch,
            "what": Kind(batch["step"]).label,
            "age": evidence.age_mark(batch["at"], waiting=False),
        }
        for batch in batches
    ]


def named(sign_ons: Sequence[SignOn]) -> str:
    """Return the names of sign-ons for a message, which has room for a few."""
    names = enumerated(called(sign_on) for sign_on in sign_ons[:NAMED])
    more = len(sign_ons) - NAMED
    if more <= 0:
        return names
    return ngettext("%(names)s and %(more)s more", "%(names)s and %(more)s more", more) % {
        "names": names,
        "more": moments.number(more),
    }


class BatchAdmin(QueueAdmin):
    """Decisions about many, to be looked at and undone."""

    batches_template = "admin/signatures/signon/batches.html"
    undo_template = "admin/signatures/signon/undo.html"

    def get_urls(self) -> list[Any]:
        """The list, and a page for each."""
        view = self.admin_site.admin_view
        return [
            path("bulk/", view(self.batches), name="signatures_signon_batches"),
            path("bulk/<uuid:batch>/", view(self.undo), name="signatures_signon_undo"),
            *super().get_urls(),
        ]

    def batches(self, request: HttpRequest) -> HttpResponse:
        """List the recent ones."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self._context(request),
            "title": _("Recent bulk decisions"),
            "batches": recent(),
            "days": RECENT.days,
        }
        return TemplateResponse(request, self.batches_template, context)

    def tell_outcome(
        self,
        request: HttpRequest,
        said: str,
        batch: uuid.UUID,
        done: Sequence[SignOn],
        left: Sequence[SignOn],
    ) -> None:
        """Say what was decided at once, with the way to undo it, and what was left alone."""
        if done:
            undo = ngettext("Undo it", "Undo all %(number)s", len(done))
            linked = format_html(
                '{} <a href="{}">{}</a>',
                said % {"count": moments.number(len(done))},
                reverse("admin:signatures_signon_undo", args=[batch]),
                undo % {"number": moments.number(len(done))},
            )
            self.message_user(request, linked, messages.SUCCESS)
        if left:
            told = _("Left alone, because they have changed meanwhile: %(names)s.")
            self.message_user(request, told % {"names": named(left)}, messages.WARNING)

    def undo(self, request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
        """Show what undoing would do to each, or do it."""
        may = self.has_change_permission(request)
        if not may and (request.method == "POST" or not self.has_view_permission(request)):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        decisions = SignOnEvent.objects.filter(batch=batch).exclude(kind__in=UNDOING)
        decision = decisions.select_related("actor").first()
        if decision is None:
            raise Http404
        form = Undo(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._undo(request, batch, form.cleaned_data["reason"])
        still = SignOn.objects.still_of_batch(batch).select_related("organization")
        rows: Any = list(evidence.with_letter_rows(still[:SHOWN]))
        number = still.count() if len(rows) == SHOWN else len(rows)
        letters = name_letters(request, rows)
        approved = decision.kind == Kind.APPROVE
        context = {
            **self._context(request),
            "title": _("Undo a bulk approval") if approved else _("Undo a bulk rejection"),
            "approved": approved,
            "letters": letters,
            "decision": decision,
            "age": evidence.age_mark(decision.created_at, waiting=False),
            "rows": rows,
            "number": number,
            "more": number - len(rows),
            "left": _left(batch),
            "form": form if may else None,
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, self.undo_template, context, status=status)

    def _undo(self, request: HttpRequest, batch: uuid.UUID, reason: str) -> HttpResponse:
        undone = SignOn.objects.undo(batch, actor=staff(request), reason=reason).decided
        if not undone:
            nothing = _("Nothing was done: there is nothing left to undo.")
            self.message_user(request, nothing, messages.WARNING)
            return HttpResponseRedirect(reverse(QUEUE))
        said = ngettext(
            "Undone: %(count)s sign-on waits for review again.",
            "Undone: %(count)s sign-ons wait for review again.",
            len(undone),
        )
        waiting = SignOn.objects.queue().filter(pk__in=[row.pk for row in undone]).count()
        if waiting < len(undone):
            said = _(
                "Undone: %(waiting)s of %(count)s sign-ons wait for review again, the others for "
                "their confirmation."
            )
        counts = {"count": moments.number(len(undone)), "waiting": moments.number(waiting)}
        self.message_user(request, said % counts, messages.SUCCESS)
        left = list(SignOn.objects.of_batch(batch).exclude(pk__in=[row.pk for row in undone]))
        if left:
            told = _("Left alone, because they have changed since: %(names)s.")
            self.message_user(request, told % {"names": named(left)}, messages.WARNING)
        return HttpResponseRedirect(reverse(QUEUE))


def _left(batch: uuid.UUID) -> list[tuple[SignOn, SignOnEvent]]:
    """Return the sign-ons of `batch` that took another step since, each with the newest."""
    still = SignOn.objects.still_of_batch(batch).values("pk")
    others = list(SignOn.objects.of_batch(batch).exclude(pk__in=still)[:SHOWN])
    steps = SignOnEvent.objects.steps().filter(sign_on__in=others)
    # The newest of each comes last, and stays.
    newest = {event.sign_on_id: event for event in steps.select_related("actor").order_by("pk")}
    return [(sign_on, newest[sign_on.pk]) for sign_on in others]
