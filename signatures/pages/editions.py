"""What is shown of editions: on their own pages, and on their letter's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from openletters.languages import Text, comma, read_in, reading
from signatures.canonical import TextContent
from signatures.models.editions import (
    Edition,
    EditionFile,
    EditionSignatory,
    OwedFile,
    not_in,
    withdrawn_since,
)
from signatures.models.letters import Letter
from signatures.models.signatures import Signature
from signatures.models.translated import read_translated
from signatures.models.versions import TextVersion
from signatures.pages.wordings import Wording, wording_of

LISTED = 1000
"""Signatories that an edition's page lists; the others are in its files."""

WITHDRAWN_LISTED = 100
"""Names that the letter lists of those withdrawn since; the edition's page marks all of them."""


@dataclass(frozen=True)
class Delivery:
    """An edition, and to whom it went."""

    edition: Edition
    addressees: list[Text]

    @property
    def code(self) -> str:
        """Its fingerprint, as people compare it."""
        return grouped(self.edition.sha256)

    @property
    def version_address(self) -> str:
        """Where its text stands beside the others, or nothing if the public knows one text."""
        letter, number = self.edition.letter, self.edition.version.number
        if not letter.has_public_versions or number < letter.public_version:
            return ""
        return f"{reverse('versions', args=[letter.slug])}#version-{number}"


@dataclass(frozen=True)
class Withdrawn:
    """An organisation that an edition lists, and that has withdrawn since."""

    name: str
    local_name: str
    when: datetime


@dataclass(frozen=True)
class Delivered:
    """What became of a letter's list since it was delivered; nothing if it never was."""

    deliveries: list[Delivery] = field(default_factory=list)
    withdrawn: list[Withdrawn] = field(default_factory=list)
    later: int = 0
    """How many stand in the list by their names who were not in the last edition."""

    @property
    def last(self) -> Delivery | None:
        """The newest one."""
        return self.deliveries[-1] if self.deliveries else None


def grouped(code: str) -> str:
    """Return a fingerprint in groups of four."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def deliveries(letter: Letter) -> list[Delivery]:
    """Return the editions of a letter in their order, in one query."""
    editions = Edition.objects.filter(letter=letter).light().order_by("number")
    return [_delivery(letter, edition) for edition in editions]


def delivered(letter: Letter, made: "Sequence[Delivery]", later: int | None = None) -> Delivered:
    """Return what is told of deliveries beside a letter's list, in two more queries at most.

    `later` is how many came after the last one, where that is known already.
    """
    if not made:
        return Delivered()
    last = made[-1].edition
    if later is None:
        later = Signature.objects.filter(letter=letter).current().filter(not_in(last)).count()
    gone = withdrawn_since(last).in_list_order()
    columns: Any = gone.values_list("name", "local_name", "withdrawn_at")[:WITHDRAWN_LISTED]
    return Delivered(list(made), [Withdrawn(*row) for row in columns], later)


def _delivery(letter: Letter, edition: Edition) -> Delivery:
    edition.letter = letter
    return Delivery(edition, addressees_in(edition.version.content, edition.places))


def addressees_in(text: TextContent, places: Iterable[int]) -> list[Text]:
    """Return in a line each who stands at these places of a text."""
    return [_called(text["addressees"][place - 1]["texts"], text["language"]) for place in places]


def _called(texts: dict[str, dict[str, str]], authoritative: str) -> Text:
    for language in (reading(), authoritative):
        one = texts.get(language, {})
        parts = [part for part in (one.get("name"), one.get("position")) if part]
        if line := comma(language).join(parts) or one.get("institution", ""):
            return Text(line, language)
    return Text("", authoritative)


@dataclass(frozen=True)
class Listed:
    """A signatory as an edition's page lists it: `entry` is None if it was forgotten."""

    name: str
    local_name: str
    withdrawn_at: datetime | None
    removed_at: datetime | None
    is_withheld: bool
    earlier_text: int = 0
    """The number of the text that it stands under, if that was changed in substance since."""


@dataclass(frozen=True)
class Download:
    """A file of an edition; `address` is empty where it is handed out no more."""

    kind: str
    language: str
    sha256: str
    address: str

    @property
    def code(self) -> str:
        """Its fingerprint, as people compare it."""
        return grouped(self.sha256)


@dataclass(frozen=True)
class EditionPage:
    """Everything on an edition's page."""

    letter: Letter
    delivery: Delivery
    initiators: list[Listed]
    organizations: list[Listed]
    downloads: list[Download]
    owed: list[OwedFile]
    """Files that are still to be made."""
    json_address: str
    newest: int

    @property
    def edition(self) -> Edition:
        """The edition."""
        return self.delivery.edition

    @property
    def title(self) -> Text:
        """What the letter was called."""
        return title_of(self.edition.version.content)

    @property
    def wording(self) -> Wording:
        """What the letter said."""
        return wording_of(self.edition.version.content)

    @property
    def first_number(self) -> int:
        """The number of the first organisation after the initiators."""
        return len(self.initiators) + 1

    @property
    def unlisted(self) -> int:
        """How many signatories only the files have."""
        named = self.edition.count - self.edition.withheld_count
        return named - len(self.initiators) - len(self.organizations)

    @property
    def is_unfinished(self) -> bool:
        """Whether more files are to come."""
        return any(one.failed_at is None for one in self.owed)

    @property
    def has_failed(self) -> bool:
        """Whether a file will not come."""
        return any(one.failed_at for one in self.owed)

    @property
    def is_incomplete(self) -> bool:
        """Whether a file is handed out no more, or was not even made."""
        kept = self.downloads or self.owed
        return not (kept and all(download.address for download in self.downloads))


def edition_page(letter: Letter, number: int) -> EditionPage:
    """Read the page of an edition in a fixed number of queries. Raises Http404."""
    [letter] = read_translated(Letter.objects.filter(pk=letter.pk), "campaign") or [letter]
    edition = edition_of(letter, number)
    newest = Edition.objects.filter(letter=letter).order_by("-number")
    listed = EditionSignatory.objects.filter(edition=edition).order_by("number")
    columns = ("entry", "signature__withdrawn_at", "removed_at")
    rows = list(listed.values_list(*columns)[:LISTED])
    # Initiators come first: where one is forgotten, what comes after it tells.
    last = max((at for at, row in enumerate(rows) if _is_initiator(row[0])), default=-1)
    since = TextVersion.objects.substance_of(edition.version)
    names = [_listed(since, *row) for row in rows]
    return EditionPage(
        letter=letter,
        delivery=_delivery(letter, edition),
        initiators=names[: last + 1],
        organizations=names[last + 1 :],
        downloads=[
            Download(one.kind, one.language, one.sha256, file_address(edition, one.name) * held)
            for one, held in _files(edition)
        ],
        owed=list(OwedFile.objects.filter(edition=edition).order_by("created_at")),
        json_address=file_address(edition, "edition.json"),
        newest=newest.values_list("number", flat=True)[0],
    )


def edition_of(letter: Letter, number: int) -> Edition:
    """Return an edition without its fingerprints. Raises Http404."""
    edition = Edition.objects.filter(letter=letter, number=number).light().first()
    if edition is None:
        raise Http404
    edition.letter = letter
    return edition


def title_of(text: TextContent) -> Text:
    """Return what a text calls the letter, in the language that is being read if it is in it."""
    shown = reading() if reading() in text["texts"] else text["language"]
    return Text(text["texts"][shown]["title"], shown)


def _is_initiator(entry: dict[str, Any] | None) -> bool:
    return entry is not None and entry["section"] == "initiator"


def _listed(
    since: int,
    entry: dict[str, Any] | None,
    withdrawn_at: datetime | None,
    removed_at: datetime | None,
) -> Listed:
    if entry is None:
        return Listed("", "", None, None, is_withheld=True)
    text = entry["text_version"]
    return Listed(
        entry["name"],
        entry["local_name"],
        withdrawn_at,
        removed_at,
        is_withheld=False,
        earlier_text=text if text < since else 0,
    )


def _files(edition: Edition) -> list[tuple[EditionFile, bool]]:
    files = EditionFile.objects.filter(edition=edition).only(
        "edition", "kind", "language", "sha256"
    )
    held = set(files.filter(content__isnull=False).values_list("pk", flat=True))
    kinds = EditionFile.Kind.values  # what was handed over comes first
    ordered = sorted(files, key=lambda one: (kinds.index(one.kind), one.language))
    return [(one, one.pk in held) for one in ordered]


def file_address(edition: Edition, name: str) -> str:
    """Return where a file of an edition stands: the same in every language."""
    with read_in(settings.LANGUAGE_CODE):
        return reverse("edition", args=[edition.letter.slug, edition.number]) + name


def edition_json(letter: Letter, number: int) -> dict[str, Any]:
    """Return an edition with all that it takes to verify it. Raises Http404."""
    edition = Edition.objects.filter(letter=letter, number=number).first()
    if edition is None:
        raise Http404
    entries = edition.signatories.order_by("number").values_list("entry", flat=True)
    files = EditionFile.objects.filter(edition=edition).only(
        "edition", "kind", "language", "sha256"
    )
    return {
        "edition": edition.content,
        "sha256": edition.sha256,
        "signatories": [entry or {"withheld": True} for entry in entries],
        "files": [
            {"name": one.name, "sha256": one.sha256} for one in files.order_by("kind", "language")
        ],
    }


def file_content(letter: Letter, number: int, kind: str, language: str) -> bytes:
    """Return a file of an edition. Raises Http404 if there is none, or it is handed out no more."""
    files = EditionFile.objects.filter(edition__letter=letter, edition__number=number)
    content = files.filter(kind=kind, language=language).values_list("content", flat=True).first()
    if content is None:
        raise Http404
    return bytes(content)
