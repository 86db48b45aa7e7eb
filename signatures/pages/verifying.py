"""Which edition a file or a code belongs to, and whether it was changed since."""

import string
from dataclasses import dataclass
from typing import Any

from django.core.validators import slug_re
from django.db.models import Q

from signatures import verifying
from signatures.canonical import digest
from signatures.models.editions import Edition, EditionFile
from signatures.models.letters import Letter
from signatures.verifying import Differences, NotAnEdition, Problem, Statement

SHORTEST_CODE = 16
"""Digits of a fingerprint that are enough to know it by."""

FINGERPRINT = 64


@dataclass(frozen=True)
class Verdict:
    """What is known of a file or a code; without an edition, it belongs to none.

    `name` is that of the file, or nothing for a code or the JSON. A file is unchanged unless
    `differences` or `problems` tell how it was.
    """

    edition: Edition | None = None
    name: str = ""
    newest: int = 0
    differences: Differences | None = None
    problems: tuple[Problem, ...] = ()
    is_only_rewritten: bool = False
    """Whether it is a list with the very names, which was stored in another form."""

    is_some_list: bool = False
    """Whether it is a list of signatories that nobody has said of which edition."""

    @property
    def is_unchanged(self) -> bool:
        """Whether it is exactly what was delivered."""
        return self.edition is not None and not (
            self.differences or self.problems or self.is_only_rewritten
        )


def verdict_of_file(raw: bytes, asked: Edition | None = None) -> Verdict:
    """Return what is known of a file. A list that is no file of ours is compared with `asked`."""
    files = EditionFile.objects.filter(edition__in=Edition.objects.published())
    file = files.filter(sha256=digest(raw)).defer("content").order_by("-edition").first()
    if file is not None:
        return _about(file.edition_id, name=file.name)
    try:
        statement = Statement.parse(raw)
    except NotAnEdition:
        return _of_list(raw, asked)
    edition = _named(statement)
    if edition is None:
        return Verdict()
    problems = statement.problems()
    if statement.sha256 != edition.sha256:
        problems.insert(0, Problem("edition"))
    return _about(edition.pk, problems=tuple(problems[: verifying.SHOWN]))


def verdict_of_code(code: str) -> Verdict:
    """Return what is known of a code: a fingerprint of an edition or a file, or its beginning."""
    plain = "".join(code.split()).lower()
    if not _is_code(plain):
        return Verdict()
    published = Edition.objects.published()
    known = published.filter(sha256__startswith=plain).values_list("pk", flat=True).first()
    if known:
        return _about(known)
    files = EditionFile.objects.filter(edition__in=published, sha256__startswith=plain)
    file = files.defer("content").order_by("-edition").first()
    return _about(file.edition_id, name=file.name) if file else Verdict()


def _of_list(raw: bytes, asked: Edition | None) -> Verdict:
    rows = verifying.read_list(raw)
    if rows is None or asked is None:
        return Verdict(is_some_list=rows is not None)
    entries = asked.signatories.order_by("number").values_list("entry", flat=True)
    differences = verifying.compare(entries, rows)
    return _about(asked.pk, differences=differences, is_only_rewritten=not differences)


def _named(statement: Statement) -> Edition | None:
    """Return the edition that a statement goes by, or else says it is."""
    content = statement.content
    slug = str(content.get("address", "")).rstrip("/").rpartition("/")[2]
    number = content.get("edition")
    # Of what anybody may have written, only what can be one goes to the database.
    named = Q(sha256=statement.sha256) if _is_code(statement.sha256) else Q(pk=None)
    if slug_re.fullmatch(slug) and type(number) is int:
        named |= Q(letter__slug=slug, number=number)
    return Edition.objects.published().filter(named).light().first()


def _is_code(code: str) -> bool:
    """Whether it can be a fingerprint, or the beginning of one."""
    return SHORTEST_CODE <= len(code) <= FINGERPRINT and not set(code) - set(string.hexdigits)


def _about(edition: int, **told: Any) -> Verdict:
    found = Edition.objects.light().get(pk=edition)
    newest = Edition.objects.filter(letter=found.letter_id).order_by("-number")
    number = newest.values_list("number", flat=True)[0]
    return Verdict(edition=found, newest=number, **told)


def asked_for(slug: str, number: int) -> Edition | None:
    """Return an edition of a letter that is public."""
    of_letter = Edition.objects.filter(letter__in=Letter.objects.published().filter(slug=slug))
    return of_letter.light().filter(number=number).first()
