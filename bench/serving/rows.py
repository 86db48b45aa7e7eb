"""What a row of the table is."""

from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Row:
    """What was to be reached, what was measured, and whether that is enough.

    `facts` are the figures behind it.
    """

    target: str
    measured: str
    met: bool
    facts: dict[str, Any] = field(default_factory=dict)


def at_least(least: float, measured: float, unit: str = "", **facts: Any) -> Row:
    """Return a row of something that there should be much of."""
    return Row(f">= {least:g}{unit}", f"{measured:.3g}{unit}", measured >= least, facts)


def middle(figures: list[float]) -> float:
    """Return the median, to a sensible number of digits."""
    return round(median(figures), 1)
