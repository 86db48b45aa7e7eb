"""Seal private data with the first of CONTACT_KEYS, in the place of older keys."""

from typing import Any

from django.core.management.base import BaseCommand

from signatures import resealing


class Command(BaseCommand):
    """Seal everything with the newest key; afterwards the older ones can be taken away."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        number = resealing.reseal()
        self.stdout.write(
            f"{number} rows were sealed anew. Older keys are needed no more, but for backups."
        )
