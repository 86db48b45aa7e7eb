"""A language in which every message stands in ⟦brackets⟧, so that what is not marked stands out."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils.translation import trans_real
from django_countries import countries

SEPARATOR = "\u202f"
"""What stands between thousands in the language that the pseudo-language takes the place of."""

FOR_PEOPLE = frozenset({"title", "alt", "placeholder", "label"})
"""Attributes that are read, beside aria-label and the words that scripts take from the page."""

FOR_SCRIPTS = re.compile(r"data-(stop|go-on|refused|stands|plain|label|said|words?|drag)$")

BLOCKS = re.compile(
    "html|head|title|body|header|footer|main|nav|section|article|aside|form|fieldset|legend|div|p"
    "|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|th|td|caption|h[1-6]|select|option|details|summary"
    "|figure|figcaption|button|dialog|noscript|text"
)
"""Elements with which a sentence ends."""

NUMERIC = re.compile(
    "c?[xy][12]?|r[xy]?|width|height|max|min|step|start|colspan|rowspan|tabindex|size|m(ax|in)length"
)
"""Attributes in which machines read a number."""

_NUMBER = re.compile(r"-?[\d.]*%?|any|device-width|[\d.]+(em|ch|rem|px)|")


class Pseudo:
    """Translates into brackets, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: dict[tuple[str | None, str], str | None] = {}
        self._fallback = None  # django-countries takes it away for a moment

    def gettext(self, message: str) -> str:
        """One message; one in a context comes with it in front."""
        context, _separator, said = message.rpartition("\x04")
        return self._said(context or None, said)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """One of two."""
        context, _separator, key = one.rpartition("\x04")
        said = one if number == 1 else many
        return self._said(context or None, said.rpartition("\x04")[2], key=key)

    def language(self) -> str:
        """The language whose place it takes."""
        return "fr"

    def to_language(self) -> str:
        """The same."""
        return "fr"

    def _said(self, context: str | None, message: str, key: str = "") -> str:
        self.asked[context, key or message] = None
        return f"⟦{message}⟧" if message.strip() else message


def take_the_place_of_french(patch: pytest.MonkeyPatch) -> Pseudo:
    """Make it what French pages speak."""
    pseudo: Any = Pseudo()
    real: Any = trans_real
    patch.setattr(real, "_translations", {**real._translations, "fr": pseudo})
    # Lists that were made in French before, and ours for whoever asks afterwards.
    patch.setattr(countries, "_iter_cache", {}, raising=False)
    return pseudo  # type: ignore[no-any-return]


class Reader(HTMLParser):
    """Reads what people see of a page, and what machines do."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.unmarked: list[str] = []
        self.formatted: list[str] = []
        self._depth = 0
        self._key = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes; a block starts a new sentence."""
        told = {name: value or "" for name, value in attrs}
        if BLOCKS.fullmatch(tag):
            self._depth = 0
        # A key of the keyboard, or what is there to be copied.
        self._key = tag == "kbd" or (tag == "textarea" and "readonly" in told)
        for name, value in told.items():
            read = name in FOR_PEOPLE or (name.startswith("aria-label") and name == "aria-label")
            worded = tag == "input" and told.get("type") in {"submit", "button"} and name == "value"
            if read or worded or FOR_SCRIPTS.match(name):
                self.unmarked += outside(value)[0]
            elif SEPARATOR in value and not _is_words(tag, name, told):
                self.formatted.append(f"<{tag} {name}={value!r}>")
            if NUMERIC.fullmatch(name) and not _NUMBER.fullmatch(value):
                self.formatted.append(f"<{tag} {name}={value!r}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The same, for what is closed at once."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """A block ends its sentence."""
        self._key = False
        if BLOCKS.fullmatch(tag):
            self._depth = 0

    def handle_data(self, data: str) -> None:
        """Look at a text."""
        if self.cdata_elem == "style" or self._key:
            return
        if self.cdata_elem == "script":
            if SEPARATOR in data:
                self.formatted.append(data)
            return
        found, self._depth = outside(data, self._depth)
        self.unmarked += found


def _is_words(tag: str, name: str, told: dict[str, str]) -> bool:
    """Whether an attribute holds a text that somebody wrote or is shown."""
    return name in {"content", "value"} and tag in {"meta", "textarea"}


def outside(text: str, depth: int = 0) -> tuple[list[str], int]:
    """Return the pieces of a text that stand in no bracket and say something, and how deep it ends.

    A bracket that a text was cut off before is closed by the end of its block.
    """
    found = []
    for piece, closed in _pieces(text):
        if depth == 0 and piece.strip():
            found.append(" ".join(piece.split()))
        depth = max(depth + closed, 0)
    return found, depth


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    rest = text
    while match := re.search("[⟦⟧]", rest):
        yield rest[: match.start()], 1 if match[0] == "⟦" else -1
        rest = rest[match.end() :]
    yield rest, 0
