"""How parts of a sentence are put together, which differs from language to language."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext


def enumerated(parts: Iterable[Any]) -> str:
    """Return `parts` one after the other, with the comma of the language."""
    return pgettext("between the parts of a list", ", ").join(map(str, parts))
