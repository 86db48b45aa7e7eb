"""What has changed in a letter's text, as pages show it: in words, field by field."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_countries import countries

from openletters.languages import name as language_name
from openletters.languages import reading
from signatures import moments
from signatures.changes import Change, Part
from signatures.differences import Difference, differences
from signatures.models.letters import Addressee, Demand, Letter

ROWS: dict[str, Any] = {"letter": Letter, "addressee": Addressee, "demand": Demand}


@dataclass(frozen=True)
class Rewording:
    """One field that reads otherwise: what it is called, in which language, and the words."""

    called: str
    language: str
    language_name: str
    words: list[Difference]


def rewordings(parts: Iterable[Part]) -> list[Rewording]:
    """Return what has changed as readers are told it, in the language of the page."""
    return [
        Rewording(
            _called(part),
            part.language,
            language_name(part.language) if part.language else "",
            differences(_told(part, part.old), _told(part, part.new)),
        )
        for part in parts
    ]


def for_reader(change: Change) -> list[Rewording]:
    """Return what has changed in the binding text, and in the reader's own language."""
    binding, own = change.new["language"], reading()
    parts = [part for part in change.parts if part.language in {"", binding, own}]
    return rewordings(parts)


def _called(part: Part) -> str:
    if part.about == "demand":
        return _("Demand %(place)s") % {"place": part.place}
    if part.field == "order":
        return _("Order of the addressees")
    field = _("address") if part.field == "letter" else _field(part).verbose_name
    if part.about == "addressee":
        return _("Addressee %(place)s: %(field)s") % {"place": part.place, "field": field}
    return str(capfirst(field))


def _field(part: Part) -> Any:
    model = ROWS[part.about]
    table = model._parler_meta.root_model if part.language else model
    return table._meta.get_field(part.field)


def _told(part: Part, value: str) -> str:
    """Return a value that is no text of the letter in words."""
    if part.language or not value:
        return value
    match part.field:
        case "dated":
            return moments.day(date.fromisoformat(value))
        case "language":
            return language_name(value)
        case "kind":
            return str(Addressee.Kind(value).label)
        case "country":
            return str(countries.name(value))
        case _:
            return value
