"""Load the demonstration's letters."""

from typing import Any

from django.core.management.base import BaseCommand

from signatures import demo


class Command(BaseCommand):
    """Load the two letters of 23 November 2022; safe to run twice."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = demo.load()
        self.stdout.write("Demo letters loaded." if loaded else "Demo letters are there already.")
