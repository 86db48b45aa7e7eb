"""File every known name anew; needed once after an upgrade that says so."""

from typing import Any

from django.core.management.base import BaseCommand

from signatures.models.organizations import OrganizationName


class Command(BaseCommand):
    """File every known name anew where candidates are looked up."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        number = OrganizationName.objects.file_anew()
        self.stdout.write(f"{number} names filed.")
