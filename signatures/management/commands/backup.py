"""Back the database up."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from openletters import backups, environment
from signatures import retention


class Command(BaseCommand):
    """Write an encrypted copy of the database into a folder, and beside it the list of erasures.

    BACKUP_PUBLIC_KEY says who can read it; of those in the folder the newest BACKUPS_KEPT stay.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", default=settings.BASE_DIR / "backups")

    def handle(self, *args: Any, **options: Any) -> None:
        public = environment.text("BACKUP_PUBLIC_KEY")
        if not public:
            raise CommandError(
                "BACKUP_PUBLIC_KEY says who can read the backup. Make a key on another machine,\n"
                "with `age-keygen -o backup.key`, or here with `manage.py make_backup_key`, and\n"
                "set BACKUP_PUBLIC_KEY to its public half, age1..."
            )
        try:
            path = backups.back_up(options["folder"], public, kept=settings.BACKUPS_KEPT)
        except backups.Impossible as error:
            raise CommandError(str(error)) from error
        retention.keep_list(options["folder"] / backups.LIST)
        self.stdout.write(str(path))
