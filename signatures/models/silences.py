"""Addressees who have not answered in time, and whom of the staff was reminded of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone

from signatures.models.editions import Edition
from signatures.models.letters import Addressee, Letter
from signatures.models.reminders import LEASE
from signatures.models.responses import Response, ResponseAddressee
from signatures.models.translated import read_translated

OURS = (Response.Kind.SENT, Response.Kind.FOLLOW_UP)
"""Steps after which an answer is waited for; so is a delivery."""

THEIRS = (Response.Kind.REPLIED, Response.Kind.MEETING)
"""Steps that answer. An acknowledgement of receipt does not."""


@dataclass(frozen=True)
class Silence:
    """An addressee who has been waited for too long since our last step."""

    addressee: Addressee
    since: date

    @property
    def days(self) -> int:
        """For how many days they have been waited for."""
        return (timezone.localdate() - self.since).days


def silences() -> list[Silence]:
    """Return everybody who has not answered in time, the longest silence first, in four queries.

    In time is within ANSWER_EXPECTED_WITHIN days of our last step. It counts as an answer on the
    day of that step, too. Whoever gets a copy need not answer.
    """
    asked: dict[int, date] = {}
    answered: dict[int, date] = {}
    steps = ResponseAddressee.objects.filter(response__in=Response.objects.current())
    known = steps.values_list("addressee", "response__kind", "response__dated")
    delivered = Edition.objects.filter(delivered_to__isnull=False)
    for addressee, at in delivered.values_list("delivered_to", "delivered_at"):
        day = timezone.localdate(at)
        asked[addressee] = max(day, asked.get(addressee, day))
    for addressee, kind, day in known:
        if kind in OURS:
            asked[addressee] = max(day, asked.get(addressee, day))
        elif kind in THEIRS:
            answered[addressee] = max(day, answered.get(addressee, day))
    late = timezone.localdate() - timedelta(days=settings.ANSWER_EXPECTED_WITHIN)
    silent = {
        addressee: day
        for addressee, day in asked.items()
        if day <= late and answered.get(addressee, date.min) < day
    }
    if not silent:
        return []
    rows = Addressee.objects.filter(pk__in=silent, kind=Addressee.Kind.TO)
    letters = read_translated(Letter.objects.filter(addressees__in=rows))
    by_key = {letter.pk: letter for letter in letters}
    found = [one for one in read_translated(rows) if one.letter_id in by_key]
    for one in found:
        one.letter = by_key[one.letter_id]
    return sorted(
        (Silence(one, silent[one.pk]) for one in found),
        key=lambda one: (one.since, one.addressee.pk),
    )


class AnswerReminderQuerySet(models.QuerySet["AnswerReminder"]):
    """Sets of reminders."""

    def take(self, member: User, found: Iterable[Silence]) -> list["AnswerReminder"]:
        """Lease what a member of staff has not been reminded of yet, nor is just being.

        A silence is new when our last step is: nobody is reminded of the same one twice.
        """
        waiting = {(one.addressee.pk, one.since) for one in found}
        self.bulk_create(
            [AnswerReminder(addressee_id=pk, since=day, member=member) for pk, day in waiting],
            ignore_conflicts=True,
        )
        now = timezone.now()
        free = self.filter(Q(leased_until=None) | Q(leased_until__lt=now), sent_at=None)
        mine = free.filter(member=member, addressee__in=[pk for pk, _day in waiting])
        return [
            one
            for one in mine
            # Another sender may be faster.
            if (one.addressee_id, one.since) in waiting
            and free.filter(pk=one.pk).update(leased_until=now + LEASE)
        ]

    def mark_sent(self, taken: Iterable["AnswerReminder"]) -> None:
        """Record that a mail server took them over."""
        self.filter(pk__in=[one.pk for one in taken]).update(sent_at=timezone.now())


class AnswerReminder(models.Model):
    """That a member of staff is, or was, reminded of one silence."""

    addressee = models.ForeignKey(Addressee, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = AnswerReminderQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["addressee", "since", "member"], name="answer_reminded_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.since} · {self.member}"
