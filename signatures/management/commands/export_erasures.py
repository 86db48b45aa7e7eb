"""Print the list of erasures."""

from typing import Any

from django.core.management.base import BaseCommand

from signatures.models.erasures import Erasure


class Command(BaseCommand):
    """Print one line for each erasure: time, kind, and the sign-on's public id.

    Keep it beside the backups; apply_erasures makes a restored one forget the same again.
    """

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        for erasure in Erasure.objects.all().iterator():
            self.stdout.write(str(erasure))
