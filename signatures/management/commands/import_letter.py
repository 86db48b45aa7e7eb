"""Recognise the letters in a document, and store them as drafts."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from signatures.letter_text import files
from signatures.letter_text.drafts import Draft
from signatures.letter_text.recognising import recognise
from signatures.models.drafting import NotStorable, stage_signatories, store
from signatures.models.letters import Campaign, Letter, languages
from signatures.workbooks import Unreadable


class Command(BaseCommand):
    """Recognise the letters in a .docx, .txt or .md file, and store them as drafts.

    Their signatories are not listed by this: with --user they wait under Imports, to be looked
    through by that member of staff.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="store nothing")
        parser.add_argument("--json", action="store_true", help="print what was recognised as JSON")
        parser.add_argument(
            "--language",
            default="",
            choices=[code for code, _name in languages()],
            help="the language of the letters, if the guess is wrong",
        )
        parser.add_argument("--campaign", default="", help="address of the campaign they belong to")
        parser.add_argument("--user", default="", help="who will look through the signatories")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        campaign, actor = _campaign(options["campaign"]), _user(options["user"])
        drafts = _read(path, options["language"])
        if not options["dry_run"]:
            self._store(drafts, campaign, actor, path.name)
        if options["json"]:
            found = {"letters": [draft.as_json() for draft in drafts]}
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        for number, draft in enumerate(drafts, start=1):
            self._tell(number, draft)
        if options["dry_run"]:
            self.stdout.write("Nothing was stored.")

    @transaction.atomic
    def _store(
        self, drafts: list[Draft], campaign: Campaign | None, actor: User | None, name: str
    ) -> None:
        try:
            letters = store(drafts, campaign)
        except NotStorable as error:
            raise CommandError(f"Nothing was stored. {error}") from error
        batches = (
            stage_signatories(letters, drafts, actor=actor, provenance=name[:200]) if actor else []
        )
        self._announce(letters, len(batches))

    def _announce(self, letters: list[Letter], imports: int) -> None:
        """Tell on the second channel, so that the first holds JSON alone."""
        for letter in letters:
            self.stderr.write(f"Stored as a draft: {letter.slug}")
        if imports:
            self.stderr.write("Their signatories wait under Imports.")
        else:
            self.stderr.write("No signatories were stored: --user NAME prepares an import of them.")

    def _tell(self, number: int, draft: Draft) -> None:
        day = draft.dated.isoformat() if draft.dated else "no date"
        self.stdout.write(f"{number}. {draft.title or '(no title)'}")
        self.stdout.write(f"   {draft.language}, {draft.place or 'no place'}, {day}")
        for one in draft.addressees:
            who = ", ".join(filter(None, (one.name, one.position, one.institution)))
            self.stdout.write(f"   {one.kind}: {who}".replace("\n", ", "))
        self.stdout.write(
            f"   {len(draft.body)} paragraphs, {len(draft.demands)} demands,"
            f" {len(draft.signatories)} signatories"
        )
        for line in draft.unrecognised:
            self.stdout.write(f"   not understood: {line[:100]}")


def _read(path: Path, language: str) -> list[Draft]:
    try:
        with path.open("rb") as file:
            content = file.read(files.LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return recognise(files.read(content), language)
    except Unreadable as error:
        raise CommandError(f"{path}: {error}") from error


def _campaign(slug: str) -> Campaign | None:
    found: Campaign | None = Campaign.objects.filter(slug=slug).first() if slug else None
    if slug and not found:
        raise CommandError(f"There is no campaign with the address {slug}.")
    return found


def _user(name: str) -> User | None:
    found = User.objects.filter(username=name, is_staff=True).first() if name else None
    if name and not found:
        raise CommandError(f"There is no member of staff called {name}.")
    return found
