"""Which text of each letter a form has shown: what stands in its hidden field."""

import json
from collections.abc import Iterable
from typing import Any, Protocol


class Shown(Protocol):
    """A letter with the number of its newest text."""

    pk: Any
    text_version: int


def stated(letters: Iterable[Shown]) -> str:
    """Return the numbers of the present texts, for a hidden field."""
    return json.dumps({str(one.pk): one.text_version for one in letters}, separators=(",", ":"))


def read(sent: object) -> dict[int, int]:
    """Return the numbers of the texts by the letters' keys; nothing where they are not as we
    wrote them."""
    try:
        return {int(key): int(number) for key, number in json.loads(str(sent)).items()}
    except (AttributeError, OverflowError, RecursionError, TypeError, ValueError):
        return {}
