"""Erase and delete what has been kept long enough."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatures import retention


class Command(BaseCommand):
    """Erase and delete what has been kept long enough; `send_mail` does it all the time."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        done: Counter[str] = Counter()
        while more := retention.tidy():
            if failed := [name for name, number in more.items() if number < 0]:
                raise CommandError(f"Failed: {', '.join(failed)}. The log says why.")
            done.update(more)
        for name, number in done.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {number}")
