"""Verify what somebody was given."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatures import verifying
from signatures.canonical import digest
from signatures.verifying import NotAnEdition, Problem, Statement

PARTS = {
    "edition": "What it says of the edition does not have the edition's code.",
    "text": "The text does not have the code that is stated.",
    "count": "The count is not that of the signatories.",
}


class Command(BaseCommand):
    """Say whether a file is exactly what was delivered, without a database and a network.

    FILE is a PDF, a Word file or a list (CSV) that was delivered, and --json the edition.json
    from the edition's page; or FILE is an edition.json itself. The status is 0 if it is unchanged.
    """

    help = __doc__ or ""
    requires_system_checks: Any = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", type=Path, help="the edition.json to verify it against")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        raw, stated = _read(file), _read(options["json"] or file)
        try:
            statement = Statement.parse(stated)
        except NotAnEdition as error:
            named = options["json"] or file
            hint = "" if options["json"] else " Name that of its edition with --json."
            raise CommandError(f"{named} is not the JSON of an edition.{hint}") from error
        if problems := statement.problems():
            said = "\n".join(map(_said, problems[: verifying.SHOWN]))
            raise CommandError(f"{options['json'] or file} was changed:\n{said}")
        content = statement.content
        edition = (
            f"edition {content.get('edition')} of {content.get('address')}, delivered"
            f" {content.get('delivered_at')}, {content.get('count')} signatories"
        )
        if options["json"]:
            self._compare(file, raw, statement, edition)
        else:
            self.stdout.write(f"{file.name} verifies: {edition}.")
        self.stdout.write(
            f"Compare this code with the one on its page, or on paper: {statement.sha256}"
        )

    def _compare(self, file: Path, raw: bytes, statement: Statement, edition: str) -> None:
        if name := statement.files.get(digest(raw)):
            self.stdout.write(f"{file.name} is unchanged: {name} of {edition}.")
            return
        rows = verifying.read_list(raw)
        if rows is None:
            raise CommandError(f"{file.name} is not a file of {edition}, or it was changed.")
        differences = verifying.compare(statement.entries, rows)
        if differences:
            told = [
                *(f"missing: {name}" for name in differences.missing),
                *(f"not in the edition: {name}" for name in differences.added),
                *(f"listed otherwise: {name}" for name in differences.changed),
            ]
            if differences.added and differences.withheld:
                told.append(f"{differences.withheld} names of the edition are withheld by now.")
            raise CommandError(f"{file.name} differs from {edition}:\n" + "\n".join(told))
        self.stdout.write(
            f"{file.name} has exactly the signatories of {edition}, but is not the file itself."
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _said(problem: Problem) -> str:
    return PARTS.get(problem.part, f"Signatory {problem.number} was changed.")
