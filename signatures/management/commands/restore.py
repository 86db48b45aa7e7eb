"""Restore a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from openletters import backups
from signatures.management.commands.apply_erasures import lines_in


class Command(BaseCommand):
    """Restore a backup into an empty database, bring it up to date, and erase what was erased.

    What people have withdrawn or had erased since must not come back. That tell the list beside
    the backup, which goes on after it, and the one that the worker keeps (ERASURES_FILE).
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path)
        parser.add_argument("key", help="file with the private key, or - for the standard input")
        parser.add_argument("--erasures", type=Path, help="the list, if it lies elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        backup: Path = options["backup"]
        beside: Path = options["erasures"] or backup.with_name(backups.LIST)
        if not beside.exists():
            raise CommandError(
                f"{beside} is missing. Without the list of erasures, what people have had\n"
                "erased since the backup would come back. Name the newest one with --erasures FILE;"
                "\nif there is none, an empty file."
            )
        lists = [beside]
        if settings.ERASURES_FILE and not Path(settings.ERASURES_FILE).is_file():
            missing = f"ERASURES_FILE: {settings.ERASURES_FILE} is missing, and was not applied."
            self.stderr.write(missing)
        elif settings.ERASURES_FILE:
            lists.append(Path(settings.ERASURES_FILE))
        # Read before anything is restored that could then not be brought up to date.
        for erasures in lists:
            lines_in(erasures)
        try:
            backups.restore(backup, options["key"])
        except backups.Impossible as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0)
        for erasures in lists:
            call_command("apply_erasures", erasures, stdout=self.stdout)
        self.stdout.write(f"{backup.name} is restored.")
        # Last, for what can be done without the keys is done.
        self.check(tags=[Tags.database], databases=["default"])
