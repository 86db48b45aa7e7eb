"""Remind the moderators of what waits too long."""

from typing import Any

from django.core.management.base import BaseCommand

from signatures import reminders


class Command(BaseCommand):
    """Send today's reminders that have not been sent yet; safe to run at any time, anywhere."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{reminders.send_due()} reminders sent.")
