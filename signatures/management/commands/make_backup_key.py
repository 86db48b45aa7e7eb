"""Make a key for backups."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openletters import age


class Command(BaseCommand):
    """Write a new private key into a file, and print its public half: what `age-keygen -o` does.

    Better on another machine than the site's. Without the file no backup can be read.
    """

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        private, public = age.make_key()
        try:
            options["file"].touch(mode=0o600, exist_ok=False)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from error
        options["file"].write_text(f"# public key: {public}\n{private}\n", encoding="ascii")
        self.stdout.write(f"BACKUP_PUBLIC_KEY={public}")
