"""How parts of a sentence are put together, which differs from language to language."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language

from openletters import languages

RIGHT_TO_LEFT_MARK = "\u200f"


def enumerated(parts: Iterable[Any]) -> str:
    """Return `parts` one after the other, with the comma of the language."""
    language = get_language() or ""
    between = languages.comma(language)
    if languages.direction(language) == languages.RIGHT_TO_LEFT:
        # Between two names in Latin letters it would be taken for theirs.
        between = f"{RIGHT_TO_LEFT_MARK}{between}"
    return between.join(map(str, parts))
