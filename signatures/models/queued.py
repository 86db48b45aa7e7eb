"""Mails that wait for a sender: leased to one at a time, tried again with growing pauses, given up.

Delivery is at least once. A row's key is the Message-ID of its mail, so that one which had to be
sent twice is recognised as one.
"""

import random
import uuid
from datetime import timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(minutes=5)
"""How long one sender keeps a mail to itself; longer than a send can take before it times out."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)
GIVE_UP_AFTER = timedelta(days=5)

AnyQueued = TypeVar("AnyQueued", bound="Queued")


class QueuedQuerySet(models.QuerySet[AnyQueued]):
    """Sets of mails."""

    def waiting(self) -> Self:
        """Mails that are still to be sent, now or later."""
        return self.filter(sent_at__isnull=True, failed_at__isnull=True)

    def done(self) -> Self:
        """Mails that were sent or given up."""
        return self.filter(Q(sent_at__isnull=False) | Q(failed_at__isnull=False))

    def due(self) -> Self:
        """Mails to send now, and those whose sender died on them."""
        now = timezone.now()
        return (
            self.waiting()
            .filter(
                Q(leased_until__isnull=True) | Q(leased_until__lt=now), next_attempt_at__lte=now
            )
            .order_by("next_attempt_at", "created_at")
        )

    def unsent(self) -> Self:
        """Waiting mails that no sender has taken yet, so that surely nobody has read them."""
        return self.waiting().filter(attempts=0)

    def take_next(self) -> "AnyQueued | None":
        """Lease the next due mail to this sender; two senders never get the same one."""
        rows = self.model._default_manager.all()
        assert isinstance(rows, QueuedQuerySet)
        while (pk := self.due().values_list("pk", flat=True).first()) is not None:
            # Asked of the row alone: what the database looks up elsewhere it does not look up anew
            # after it has waited for another sender.
            leased = rows.due().filter(pk=pk)
            if not leased.update(leased_until=timezone.now() + LEASE, attempts=F("attempts") + 1):
                continue
            if (row := self.filter(pk=pk).first()) is not None:  # it may have gone meanwhile
                return row
        return None


class Queued(models.Model):
    """One mail that is owed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    next_attempt_at = models.DateTimeField(
        _("next attempt"), default=timezone.now, editable=False, db_index=True
    )
    leased_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    last_error = models.CharField(_("last error"), max_length=200, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    failed_at = models.DateTimeField(_("given up"), null=True, editable=False)

    class Meta:
        abstract = True

    def _store(self, *fields: str) -> None:
        """Save these fields; nothing if the row went while it was worked on."""
        rows = type(self)._default_manager.filter(pk=self.pk)
        rows.update(**{name: getattr(self, name) for name in fields})

    def mark_sent(self) -> None:
        """Record that a mail server took the mail over."""
        self.sent_at, self.leased_until, self.last_error = timezone.now(), None, ""
        self._store("sent_at", "leased_until", "last_error")

    def give_up(self, reason: str) -> None:
        """Stop trying; the mail stays visible to staff."""
        self.failed_at, self.last_error, self.leased_until = timezone.now(), reason, None
        self._store("failed_at", "last_error", "leased_until")

    def mark_deferred(self, error: str) -> None:
        """Record a failed attempt; the pause doubles from attempt to attempt, up to two hours.

        After five days of failing the mail is given up, and stays visible to staff.
        """
        now = timezone.now()
        self.last_error, self.leased_until = error[:200], None
        if now - self.created_at > GIVE_UP_AFTER:
            self.failed_at = now
        pause = min(FIRST_PAUSE * 2 ** min(self.attempts - 1, 10), LONGEST_PAUSE)
        # Spread, so that a server that comes back is not met by everything at once.
        self.next_attempt_at = now + pause * random.uniform(0.75, 1.25)  # noqa: S311
        self._store("last_error", "leased_until", "failed_at", "next_attempt_at")

    def try_again(self) -> None:
        """Put a mail that was given up back among those to send."""
        self.failed_at, self.next_attempt_at = None, timezone.now()
        self.created_at = timezone.now()
        self._store("failed_at", "next_attempt_at", "created_at")
