"""Erase again what a restored backup has brought back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatures import retention


class Command(BaseCommand):
    """Apply a list of erasures to this database; safe to run twice.

    The list is what export_erasures prints, or the file that ERASURES_FILE names.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = options["file"].read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        lines = list(retention.read_list(text))
        if text.strip() and not lines:
            raise CommandError(f"{options['file']} is no list of erasures.")
        applied = retention.apply_list(lines)
        self.stdout.write(f"{len(lines)} erasures known, {applied} applied.")
