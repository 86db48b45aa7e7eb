"""Letters, campaigns and updates beside their translations: what is missing, and what is older.

Every translation remembers, field by field, the wording of the original that it was made from.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from signatures.differences import Difference, differences, plain
from signatures.models.letters import Addressee, Campaign, Letter, LetterQuerySet, languages
from signatures.models.updates import Update
from signatures.models.versions import TextVersion

Translatable = Letter | Campaign | Update

FIELDS: dict[str, tuple[str, ...]] = {
    "campaign": ("title", "summary"),
    "letter": ("title", "place", "summary", "salutation", "body", "demands_intro", "closing"),
    "addressee": ("name", "position", "institution", "postal_address"),
    "demand": ("text",),
    "update": ("title", "body"),
}
"""What is translated, by the kind of row, in the order in which it is shown."""


class State(StrEnum):
    """How a translated field stands to its original."""

    NOTHING = "nothing"  # to translate: the original is empty as well
    MISSING = "missing"
    OLDER = "older"
    DONE = "done"


@dataclass
class Pair:
    """One field of the original, and what stands for it in another language."""

    row: Any
    """The letter, campaign, addressee or demand that both belong to."""
    column: Any
    """The field of the model."""
    source: str
    text: str
    made_from: str | None
    """The wording of the original that the text was made from; None if nobody has said."""

    @property
    def name(self) -> str:
        """What a form calls it."""
        return f"{self.row._meta.model_name}-{self.row.pk}-{self.column.name}"

    @property
    def state(self) -> State:
        """How it stands."""
        if not self.text:
            return State.MISSING if self.source else State.NOTHING
        return State.DONE if self.made_from == self.source else State.OLDER

    @cached_property
    def difference(self) -> list[Difference]:
        """What was changed in the original since, where that is known."""
        return [] if self.made_from is None else differences(self.made_from, self.source)


@dataclass(frozen=True)
class Standing:
    """How far the translation into one language is."""

    language: str
    begun: bool
    missing: int
    older: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.begun and not self.missing and not self.older


@dataclass(frozen=True)
class Part:
    """What belongs together on the page: the letter itself, an addressee, a demand."""

    row: Any
    pairs: list[Pair]


@dataclass(frozen=True)
class Sheet:
    """A letter or campaign in its own language, and beside it in another one."""

    about: Translatable
    language: str
    parts: list[Part]

    @property
    def pairs(self) -> Iterator[Pair]:
        """Every field, in order."""
        return (pair for part in self.parts for pair in part.pairs)

    @property
    def standing(self) -> Standing:
        """How far it is."""
        states = [pair.state for pair in self.pairs]
        return Standing(
            self.language,
            begun=any(pair.text for pair in self.pairs),
            missing=states.count(State.MISSING),
            older=states.count(State.OLDER),
        )

    def write(
        self, texts: Mapping[str, str], right: Collection[str] = (), *, note: str = ""
    ) -> bool:
        """Store what the fields say now; return whether that changed anything.

        What is changed, and what is named in `right` without being changed, fits the original as
        it is now. `note` tells the public what has changed. To be called in the transaction that
        locked it: see lock().
        """
        changed = False
        for part in self.parts:
            changed |= self._write_part(part, texts, right)
        if changed:
            _changed(self.about, note)
        return changed

    def _write_part(self, part: Part, texts: Mapping[str, str], right: Collection[str]) -> bool:
        row = _texts(part.row).get(self.language)
        row = row or _table(part.row)(master=part.row, language_code=self.language)
        made_from: dict[str, str] = dict(row.made_from)
        wording: dict[str, str] = {}
        touched = False
        for pair in part.pairs:
            text = plain(texts.get(pair.name, pair.text))
            wording[pair.column.name] = text
            if text != pair.text or (pair.name in right and pair.state == State.OLDER):
                touched = True
                made_from[pair.column.name] = pair.source
        if not touched:
            return False
        if not any(wording.values()):
            # A row without any text would stand in the way of the original's.
            row.delete()
            return True
        for name, text in wording.items():
            setattr(row, name, text)
        row.made_from = made_from
        row.save()
        return True


def sheet(about: Translatable, language: str) -> Sheet:
    """Return a letter or campaign beside its translation; read it with_texts() for a constant
    number of queries."""
    return Sheet(about, language, [_part(row, about.language, language) for row in _rows(about)])


def standings(about: Translatable) -> list[Standing]:
    """Return how far each language is, besides that of the original."""
    return [sheet(about, language).standing for language in other_languages(about)]


def other_languages(about: Translatable) -> list[str]:
    """Return the languages into which it can be translated, or has been before."""
    codes = [code for code, _name in languages()]
    written = sorted(code for row in _rows(about) for code in _texts(row))
    return [code for code in dict.fromkeys([*codes, *written]) if code != about.language]


def with_texts(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Read letters or campaigns together with all that is translated."""
    related = ["translations"]
    if rows.model is Letter:
        related += ["addressees__translations", "demands__translations"]
    return rows.prefetch_related(*related)


def pages_of(about: Translatable) -> LetterQuerySet:
    """Return the letters on whose pages it stands; an update stands on none."""
    if isinstance(about, Update):
        return Letter.objects.none()
    if isinstance(about, Campaign):
        return Letter.objects.filter(campaign=about)
    return Letter.objects.naming(about)


def lock(about: Translatable) -> None:
    """Take its texts for this transaction, in the order in which every change of them does."""
    if isinstance(about, Update):
        list(Update.objects.filter(pk=about.pk).locked())
    if isinstance(about, Campaign):
        list(Campaign.objects.filter(pk=about.pk).select_for_update(no_key=True))
    list(pages_of(about).order_by("pk").select_for_update(no_key=True))


@transaction.atomic
def drop(about: Translatable, language: str) -> bool:
    """Delete a translation with all its parts; return whether there was one."""
    lock(about)
    found = False
    for row in _rows(about):
        found |= bool(row.translations.filter(language_code=language).delete()[0])
    if found:
        _changed(about)
    return found


def _changed(about: Translatable, note: str = "") -> None:
    if isinstance(about, Letter) and about.text_version:
        TextVersion.objects.freeze(about, kind=TextVersion.Kind.TRANSLATION, note=note)
    pages_of(about).raise_revision()


def trust(about: Translatable) -> None:
    """Take translations of which nobody has said what they were made from as made from the
    present original."""
    for row in _rows(about):
        original = _texts(row).get(about.language)
        for code, text in _texts(row).items():
            if code != about.language:
                present = {name: plain(getattr(original, name, "")) for name in _names(row)}
                text.made_from = {**present, **text.made_from}
                text.save(update_fields=["made_from"])


def follow(about: Translatable, before: str) -> None:
    """Let the translations follow another original than that in the language `before`.

    Two texts that fitted the old one both fit each other. What did not, or cannot be known to,
    is marked until somebody has compared it.
    """
    for row in _rows(about):
        texts = _texts(row)
        old, new = texts.get(before), texts.get(about.language)
        fitted = {code: text.made_from for code, text in texts.items()}
        for code, text in texts.items():
            text.made_from = {}
            for name in _names(row) if new and text is not new else ():
                source = plain(getattr(old, name, ""))
                fits = code == before or fitted[code].get(name) == source
                if fits and fitted[about.language].get(name) == source:
                    text.made_from[name] = plain(getattr(new, name))
            text.save(update_fields=["made_from"])


def _rows(about: Translatable) -> list[Any]:
    if not isinstance(about, Letter):
        return [about]
    kinds = [Addressee.Kind.TO, Addressee.Kind.COPY]
    to = sorted(about.addressees.all(), key=lambda one: kinds.index(Addressee.Kind(one.kind)))
    return [about, *to, *about.demands.all()]


def _part(row: Any, original: str, language: str) -> Part:
    texts = _texts(row)
    source, target = texts.get(original), texts.get(language)
    return Part(
        row,
        [
            Pair(
                row,
                _table(row)._meta.get_field(name),
                source=plain(getattr(source, name, "")),
                text=plain(getattr(target, name, "")),
                made_from=target.made_from.get(name) if target else None,
            )
            for name in _names(row)
        ],
    )


def _names(row: models.Model) -> Iterable[str]:
    return FIELDS[str(row._meta.model_name)]


def _texts(row: Any) -> dict[str, Any]:
    return {text.language_code: text for text in row.translations.all()}


def _table(row: Any) -> Any:
    return row._parler_meta.root_model
