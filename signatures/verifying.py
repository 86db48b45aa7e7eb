"""Whether a file is what was delivered: asked of the edition's own JSON, and of nobody else.

Needs no database and no network. `manage.py verify_edition` asks it of files on a disk, and the
site of what is uploaded; docs/editions.md tells how to do without either.
"""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Self

import rfc8785

from signatures import canonical
from signatures.cells import EDITION_COLUMNS, PUBLIC_COLUMNS, plain_cell

COMPARED = ("name", "local_name", "country", "section", "signed_on")
"""Columns of a list that are compared. A number follows from the place of its row."""

LONGEST_LIST = 50_000
"""Rows beyond which a file is no list of ours."""

MOST_PARTS = 3 * LONGEST_LIST
"""Objects and lists beyond which JSON is no edition of ours: unpacked, each takes memory."""

MOST_COLUMNS = 100

SHOWN = 100
"""Rows of one kind that are told of a list that differs; how many more there are is told, too."""


class NotAnEdition(Exception):
    """This is not the JSON of an edition."""


def row(entry: Mapping[str, Any]) -> list[str]:
    """Return the cells of a signatory in the list of an edition, not made safe yet."""
    return [str(entry[column]) for column in EDITION_COLUMNS]


@dataclass(frozen=True)
class Problem:
    """What is wrong with the JSON of an edition.

    `part` is "edition", "text", "count" or "signatory"; `number` tells which signatory.
    """

    part: str
    number: int = 0


@dataclass(frozen=True)
class Statement:
    """The JSON of an edition, read: what it says, and by which fingerprint it goes."""

    content: dict[str, Any]
    sha256: str
    entries: list[dict[str, Any] | None]
    """The signatories; None where the name is withheld by now."""
    files: dict[str, str]
    """The names of its files, by their fingerprints."""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the JSON of an edition. Raises NotAnEdition."""
        if raw.count(b"{") + raw.count(b"[") > MOST_PARTS:
            raise NotAnEdition
        try:
            told = json.loads(raw)
            content = told["edition"]
            entries = [_entry(one) for one in told["signatories"]]
            files = {str(one["sha256"]): str(one["name"]) for one in told.get("files", ())}
            if content["format"] != canonical.EDITION or len(content["signatories"]) != len(
                entries
            ):
                raise NotAnEdition
            return cls(content, str(told["sha256"]), entries, files)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise NotAnEdition from error

    def problems(self) -> list[Problem]:
        """Return what does not fit; nothing if all of it verifies."""
        found = []
        if _fingerprint(self.content) != self.sha256:
            found.append(Problem("edition"))
        if _fingerprint(self.content.get("text")) != self.content.get("text_sha256"):
            found.append(Problem("text"))
        withheld = self.content.get("withheld", 0)
        if type(withheld) is not int or self.content.get("count") != len(self.entries) + withheld:
            found.append(Problem("count"))
        for number, (entry, stated) in enumerate(
            zip(self.entries, self.content["signatories"], strict=True), start=1
        ):
            if entry is not None and _fingerprint(entry) != stated:
                found.append(Problem("signatory", number))
        return found


def _entry(told: Any) -> dict[str, Any] | None:
    if not isinstance(told, dict):
        raise NotAnEdition
    return None if told.get("withheld") is True else told


def _fingerprint(content: Any) -> str:
    """Return the fingerprint of what may be anything, or nothing."""
    try:
        return canonical.fingerprint(content)
    except (rfc8785.CanonicalizationError, ValueError, TypeError, RecursionError):
        return ""


@dataclass
class Differences:
    """How a list differs from that of an edition: names, in the order of the lists."""

    missing: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    withheld: int = 0
    """Names that are withheld by now, and may be among those `added`."""

    def __bool__(self) -> bool:
        return bool(self.missing or self.added or self.changed)


def read_list(raw: bytes) -> list[dict[str, str]] | None:
    """Return the rows of a list of signatories, as the site or a spreadsheet program writes it.

    None if it is no such list.
    """
    try:
        text = raw.decode("utf-8-sig")
        heading = text.partition("\n")[0]
        delimiter = max(",;\t", key=heading.count)
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        if len(reader.fieldnames or ()) > MOST_COLUMNS:
            return None
        rows = list(islice(reader, LONGEST_LIST + 1))
    except (UnicodeDecodeError, csv.Error):
        return None
    if (
        not rows
        or len(rows) > LONGEST_LIST
        or "name" not in rows[0]
        or len(set(rows[0]) & set(PUBLIC_COLUMNS)) < 2
    ):
        return None
    return [{column: str(one.get(column) or "") for column in PUBLIC_COLUMNS} for one in rows]


def compare(
    entries: Iterable[Mapping[str, Any] | None], rows: Iterable[Mapping[str, str]]
) -> Differences:
    """Tell how the rows of a list differ from the signatories of an edition."""
    differences = Differences()
    stated = []
    for entry in entries:
        if entry is None:
            differences.withheld += 1
        else:
            stated.append(tuple(str(entry.get(one, "")) for one in COMPARED))
    given = [tuple(plain_cell(one[column]) for column in COMPARED) for one in rows]
    missing, added = _without(stated, given), _without(given, stated)
    by_name: dict[str, int] = Counter(one[0] for one in added)
    changed: dict[str, int] = defaultdict(int)
    for name, *_rest in missing:
        if changed[name] < by_name[name]:
            changed[name] += 1
            differences.changed.append(name)
        else:
            differences.missing.append(name)
    for name, *_rest in added:
        if changed[name]:
            changed[name] -= 1
        else:
            differences.added.append(name)
    return differences


def _without(some: list[tuple[str, ...]], others: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return those of `some` that `others` do not have, each as often as it is too many."""
    left, rest = Counter(others), []
    for one in some:
        if left[one]:
            left[one] -= 1
        else:
            rest.append(one)
    return rest
