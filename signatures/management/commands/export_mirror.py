"""Copy everything public into a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatures.mirror import Mirror, NotAMirror


class Command(BaseCommand):
    """Write every public page, list, JSON, CSV and file into a folder that any host can serve.

    Run again, it writes only what has changed, and removes what is public no more.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = Mirror(options["folder"]).update()
        except NotAMirror as error:
            raise CommandError(
                f"{error} holds files that are no mirror. Name an empty folder, or a new one."
            ) from error
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from error
        self.stdout.write(
            f"{done.written} written, {done.unchanged} unchanged, {done.removed} removed"
        )
