"""Erase again what a restored backup has brought back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatures import retention
from signatures.models.erasures import Line


def lines_in(path: Path) -> tuple[list[Line], int]:
    """Return the erasures that a file lists, and how many of its lines cannot be read.

    Raises CommandError if it is no such list.
    """
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    lines = list(retention.read_list(text))
    if text.strip() and not lines:
        raise CommandError(f"{path} is no list of erasures.")
    return lines, sum(map(bool, map(str.strip, text.splitlines()))) - len(lines)


class Command(BaseCommand):
    """Apply a list of erasures to this database; safe to run twice.

    The list is what export_erasures prints, or the file that ERASURES_FILE names.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        lines, damaged = lines_in(options["file"])
        applied = retention.apply_list(lines)
        self.stdout.write(f"{len(lines)} erasures known, {applied} applied.")
        if damaged:
            self.stderr.write(
                f"Damaged lines of {options['file']} that were passed over: {damaged}. What they"
                " say may stand in another copy of the list: apply that as well."
            )
