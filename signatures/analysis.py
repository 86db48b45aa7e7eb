"""Comparing the rows of an import with what is known: their verdicts, and the likely decision."""

import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from signatures import candidates, dates, names
from signatures.candidates import Candidate, Stated
from signatures.forms import EmailField, LineField, NameField, WebsiteField
from signatures.matching.lookalikes import lookalikes
from signatures.matching.parsing import parse
from signatures.matching.places import country_code
from signatures.matching.verdicts import Label, verdict
from signatures.models.import_rows import Decision, ImportRow, Verdict
from signatures.models.imports import MOST_CANDIDATES, SignatoryImport
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.signatures import Signature

PORTION = 250
"""Rows compared at a time."""

WITHOUT = frozenset({"", "-", "–", "—", "n/a", "na", "none", "nil", "?", "."})
"""What people write into a cell that has nothing to say."""

NO_COUNTRY = "-"
"""Stands for the country of rows that state none, where one is needed."""

_EARLIEST = date(1950, 1, 1)
_HIGHEST_POSITION = 9_999
SPREADSHEET_ERRORS = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")

_FIELDS: dict[str, forms.Field] = {
    "name": NameField(max_length=names.LONGEST_LISTED_NAME, required=False),
    "local_name": NameField(max_length=names.LONGEST_NAME, required=False),
    "acronym": NameField(max_length=30, required=False),
    "website": WebsiteField(max_length=200, required=False),
    "contact_name": LineField(max_length=150, required=False),
    "contact_title": LineField(max_length=150, required=False),
    "email": EmailField(required=False),
}


def analyse(batch: SignatoryImport, seconds: float = 1.0) -> None:
    """Compare rows for about `seconds`, and record the verdicts.

    Harmless when two do it at the same moment: a row is recorded once.
    """
    end = time.monotonic() + seconds
    while True:
        rows = list(batch.rows.all().uncompared().order_by("line")[:PORTION])
        _compare(batch, rows)
        batch.settle(rows)
        if not rows or time.monotonic() > end:
            return


def _compare(batch: SignatoryImport, rows: Sequence[ImportRow]) -> None:
    reader = _Reader(batch)
    for row in rows:
        reader.read(row)
    sound = [row for row in rows if not row.problems]
    found = candidates.find(
        [Stated(row.name, row.local_name, row.acronym, row.country.code or "") for row in sound],
        limit=MOST_CANDIDATES,
    )
    listed, withdrawn = _standing(batch, found)
    _meet(sound)
    earlier = _Earlier(batch, sound)
    spared = batch.asked_not_to_be_named(sound)
    for row, known in zip(sound, found, strict=True):
        _judge(row, known, listed, withdrawn)
        if row.line in spared:
            # An old list must not publish a name that is withheld since.
            row.verdict, row.decision, row.organization = Verdict.POSSIBLE, "", None
        if batch.makes_signatures is False and row.decision in {"", Decision.KNOWN}:
            # Whoever reviews the claim decides who it is.
            row.decision, row.organization = Decision.NEW, None
        earlier.look_up(row)


# What a row states


class _Reader:
    """Takes a row's cells for what they mean, and notes what cannot be."""

    def __init__(self, batch: SignatoryImport) -> None:
        self.named_countries = batch.countries
        self.default_country = batch.default_country.code or ""
        self.needs_country = not batch.makes_signatures

    def read(self, row: ImportRow) -> None:
        """Fill in what the row states; one with problems is left out."""
        row.problems, row.candidates, row.same_as = [], [], None
        row.organization = row.suggested = None
        row.is_taken = False
        for name, field in _FIELDS.items():
            setattr(row, name, _taken(row, name, field.clean, ""))
        self._read_name(row)
        order = row.cells.get("order", "")
        row.signed_on = _taken(row, "signed_on", lambda cell: _day(cell, order), None)
        row.position = _taken(row, "position", _position, None)
        self._read_country(row)
        if not row.name and not _has_problem(row, "name"):
            _complain(row, "name", "", _("The name of the organisation is missing."))
        if row.problems:
            row.verdict, row.decision = Verdict.ERROR, Decision.LEAVE

    def _read_name(self, row: ImportRow) -> None:
        """Take the acronym off the name; the name alone has to fit."""
        row.name = _without_acronym(row.name, row.acronym)
        if len(row.name) > names.LONGEST_NAME:
            said = _("The name has more than %(most)s characters.")
            _complain(row, "name", row.name, said % {"most": names.LONGEST_NAME})
            row.name = ""

    def _read_country(self, row: ImportRow) -> None:
        named = self.named_countries
        row.country = _taken(row, "country", lambda cell: _country(cell, named), "")
        row.unknown_country = ""
        if _has_problem(row, "country"):
            row.unknown_country = row.cells["country"][:100]
            return
        row.country = row.country or self.default_country
        if self.needs_country and not row.country:
            row.country = named.get(NO_COUNTRY, "")
            if not row.country:
                row.unknown_country = NO_COUNTRY
                _complain(row, "country", "", _("A sign-on needs a country."))


def _taken(row: ImportRow, field: str, read: Callable[[str], Any], empty: Any) -> Any:
    """Return what the cell of a field means, or `empty`."""
    cell = row.cells.get(field, "")
    if cell.strip().lower() in WITHOUT and (field, cell) != ("country", "NA"):  # Namibia
        return empty
    if cell in SPREADSHEET_ERRORS:
        _complain(row, field, cell, _("This is an error message of a spreadsheet."))
        return empty
    try:
        return read(cell)
    except ValidationError as error:
        _complain(row, field, cell, " ".join(error.messages))
        return empty


def _complain(row: ImportRow, field: str, cell: str, said: str) -> None:
    row.problems.append({"field": field, "cell": cell[:100], "said": said})


def _has_problem(row: ImportRow, field: str) -> bool:
    return any(problem["field"] == field for problem in row.problems)


def _without_acronym(name: str, acronym: str) -> str:
    """Return the name of "Water Watch (WW)" when WW is its acronym: the list adds it again."""
    bare = name.removesuffix(f" ({acronym})")
    return bare if acronym and names.listed_name(bare, acronym) == name else name


def _day(cell: str, order: str) -> date:
    try:
        day = dates.parse(cell, dates.Order(order) if order else None)
    except ValueError as error:
        said = _("This is not a date that can be understood; write it as 2026-11-23.")
        raise ValidationError(said) from error
    if not _EARLIEST <= day <= timezone.localdate() + timedelta(days=1):
        raise ValidationError(_("This day is too long ago, or still to come."))
    return day


def _position(cell: str) -> int:
    try:
        position = int(cell.removesuffix("."))
    except ValueError:
        position = 0
    if not 1 <= position <= _HIGHEST_POSITION:
        said = _("The place among the initiators is a number from 1 to %(most)s.")
        raise ValidationError(said % {"most": _HIGHEST_POSITION})
    return position


def _country(cell: str, named: dict[str, str]) -> str:
    code = named.get(cell[:100]) or country_code(cell)
    if not code:
        raise ValidationError(_("No country is known by this name."))
    return code


# What is known of it


def _standing(
    batch: SignatoryImport, found: Sequence[Sequence[Candidate]]
) -> tuple[set[int], set[int]]:
    """Return which candidates stand under every letter already, and which left one of them."""
    letters = set(batch.letters.values_list("pk", flat=True))
    pks = {one.organization.pk for known in found for one in known}
    stands: dict[int, set[int]] = {}
    withdrawn: set[int] = set()
    signed = Signature.objects.filter(letter__in=letters, organization__in=pks)
    for organization, letter, left in signed.values_list("organization", "letter", "withdrawn_at"):
        if left is None:
            stands.setdefault(organization, set()).add(letter)
        else:
            withdrawn.add(organization)
    return {one for one, under in stands.items() if under == letters}, withdrawn


def _meet(rows: Sequence[ImportRow]) -> None:
    """Note with each row who is known by exactly its name, and whether it can be new."""
    keys = {names.comparison_key(row.name) for row in rows}
    known: dict[str, set[int]] = {}
    recorded = OrganizationName.objects.filter(key__in=keys)
    for key, organization in recorded.values_list("key", "organization_id"):
        known.setdefault(key, set()).add(organization)
    taken = {
        (key, country or "")
        for key, country in Organization.objects.filter(key__in=keys).values_list("key", "country")
    }
    for row in rows:
        key = names.comparison_key(row.name)
        row.namesakes = sorted(known.get(key, ()))
        row.is_taken = (key, row.country.code or "") in taken


def _judge(
    row: ImportRow, known: Sequence[Candidate], listed: set[int], withdrawn: set[int]
) -> None:
    """Give a row its verdict and the likely decision; where it is unclear, none."""
    row.candidates = [
        {
            "organization": one.organization.pk,
            "label": str(one.verdict.label),
            "known_as": one.known_as,
            "reason": _("withdrew its signature")
            if one.organization.pk in withdrawn
            else str(one.verdict.reason),
        }
        for one in known
        if one.verdict.label != Label.DIFFERENT
    ]
    country = row.country.code or ""
    same = [one for one in known if one.verdict.label == Label.SAME]
    here = [one for one in same if country and one.organization.country == country]
    # A country that is not on record, here or there, speaks neither for nor against it.
    exact = [one for one in here if names.comparison_key(one.known_as) in row.name_keys()]
    if len(exact) == 1:
        here = exact  # another that is spelled nearly so leaves no doubt
    may_be = here or [one for one in same if not country or not one.organization.country]
    related = [one for one in known if one.verdict.label == Label.RELATED]
    row.decision = ""
    if len(may_be) == 1:
        row.suggested = row.organization = may_be[0].organization
        row.verdict, row.decision = Verdict.KNOWN, Decision.KNOWN
        if row.organization.pk in withdrawn:
            # A list that was drawn up before must not bring it back by itself.
            row.verdict, row.decision, row.organization = Verdict.POSSIBLE, "", None
        elif row.organization.pk in listed:
            row.verdict, row.decision = Verdict.SIGNED, Decision.LEAVE
    elif same:
        row.verdict, row.suggested = Verdict.POSSIBLE, (may_be or same)[0].organization
    elif related:
        row.verdict, row.suggested = Verdict.RELATED, related[0].organization
    elif row.is_taken:
        # Told apart from the only one of exactly this name and country: it cannot be new as it is.
        row.verdict = Verdict.POSSIBLE
    else:
        # Nobody lists a name in disguise without having looked at it.
        row.verdict = Verdict.NEW
        row.decision = "" if lookalikes(row.name) else Decision.NEW


class _Earlier:
    """Rows of the file that stand above, by the names and organisations they mean."""

    def __init__(self, batch: SignatoryImport, rows: Sequence[ImportRow]) -> None:
        self.by_key: dict[str, list[ImportRow]] = {}
        self.by_squashed: dict[str, list[ImportRow]] = {}
        last = max((row.line for row in rows), default=0)
        own = {row.pk for row in rows}
        above = batch.rows.filter(
            Q(key__in={key for row in rows for key in row.name_keys()})
            | Q(squashed__in={parse(row.name).squashed for row in rows}),
            line__lt=last,
        )
        compared = above.exclude(verdict__in=["", Verdict.ERROR, Verdict.DUPLICATE])
        for one in compared.only("line", "name", "acronym", "country").order_by("line"):
            if one.pk not in own:
                self._note(one)
        meant = {row.suggested_id for row in rows} - {None}
        named = batch.rows.filter(suggested__in=meant, verdict=Verdict.KNOWN).order_by("-line")
        self.by_organization = dict(named.values_list("suggested_id", "line"))

    def look_up(self, row: ImportRow) -> None:
        """Mark a row as a duplicate of one above it; else let those below know it."""
        twins = [one for key in sorted(row.name_keys()) for one in self.by_key.get(key, ())]
        if row.verdict == Verdict.NEW:
            alike = self.by_squashed.get(parse(row.name).squashed, ())
            twins += [one for one in alike if _is_same(one, row)]
        line = next((one.line for one in twins if _may_be_one(one, row)), row.line)
        if line == row.line and row.verdict == Verdict.KNOWN and row.suggested_id:
            line = self.by_organization.setdefault(row.suggested_id, row.line)
        if line < row.line:
            self._mark(row, line)
        else:
            self._note(row)

    def _note(self, row: ImportRow) -> None:
        for key in row.name_keys():
            self.by_key.setdefault(key, []).append(row)
        self.by_squashed.setdefault(parse(row.name).squashed, []).append(row)

    def _mark(self, row: ImportRow, line: int) -> None:
        row.same_as = line
        if row.verdict != Verdict.SIGNED:
            row.verdict, row.decision, row.organization = Verdict.DUPLICATE, Decision.LEAVE, None


def _may_be_one(one: ImportRow, row: ImportRow) -> bool:
    """Whether the countries of two rows allow that they mean one organisation."""
    countries = {one.country.code or "", row.country.code or ""} - {""}
    return one.line < row.line and len(countries) < 2


def _is_same(one: ImportRow, row: ImportRow) -> bool:
    """Whether two rows name the same organisation in other spellings."""
    codes = (one.country.code or "", row.country.code or "")
    return verdict(parse(one.name), parse(row.name), *codes).label == Label.SAME
