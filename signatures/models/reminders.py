"""Which moderator has been reminded of the queue on which day."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone

LEASE = timedelta(minutes=5)
"""How long one sender keeps a reminder to itself; after that, another may try again."""


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Sets of reminders."""

    def take(self, day: date, moderator: User) -> "Reminder | None":
        """Lease the day's reminder of one moderator, unless it was sent or is being sent.

        A reminder that could not be sent is free again after its lease.
        """
        self.bulk_create([Reminder(day=day, moderator=moderator)], ignore_conflicts=True)
        now = timezone.now()
        free = self.filter(Q(leased_until=None) | Q(leased_until__lt=now), sent_at=None)
        mine = free.filter(day=day, moderator=moderator)
        if not mine.update(leased_until=now + LEASE):
            return None
        return self.get(day=day, moderator=moderator)


class Reminder(models.Model):
    """One moderator's reminder of one day."""

    day = models.DateField()
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "moderator"], name="reminder_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} · {self.moderator}"

    def mark_sent(self) -> None:
        """Record that a mail server took it over."""
        self.sent_at = timezone.now()
        self.save(update_fields=["sent_at"])
