"""How parts of a sentence are put together, which differs from language to language."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language

from openletters import languages

RIGHT_TO_LEFT_MARK = "\u200f"


def between() -> str:
    """Return what stands between two parts of a list, in the language of the page."""
    language = get_language() or ""
    if languages.direction(language) == languages.RIGHT_TO_LEFT:
        # Between two names in Latin letters it would be taken for theirs.
        return f"{RIGHT_TO_LEFT_MARK}{languages.comma(language)}"
    return languages.comma(language)


def about(word: Any, what: Any) -> str:
    """Return a word and what it is about, with the colon of the language."""
    return f"{word}{languages.colon(get_language() or '')}{what}"


def enumerated(parts: Iterable[Any]) -> str:
    """Return `parts` one after the other, with the comma of the language."""
    return between().join(map(str, parts))
