"""Time zones by their names of the IANA, and moments that are typed in one of them."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
"""Of the zones that are named after a place; others are abbreviations, or relics."""

LONGEST_NAME = 50


class NotOnTheClock(ValueError):
    """The clocks of a zone skip the moment that was typed, or show it twice."""

    def __init__(self, *, twice: bool) -> None:
        super().__init__(twice)
        self.twice = twice


def default() -> str:
    """Return the site's own zone."""
    return str(settings.TIME_ZONE)


@cache
def names() -> tuple[str, ...]:
    """Return the names of the zones one may choose."""
    placed = {one for one in available_timezones() if one.partition("/")[0] in REGIONS}
    return tuple(sorted(placed | {"UTC", default()}))


def choices() -> list[tuple[str, str]]:
    """Return the zones for a field to choose from, as they are known the world over."""
    return [(one, one.replace("_", " ")) for one in names()]


def placed(typed: datetime, zone: str) -> datetime:
    """Return the moment that was typed without a zone, in `zone`. Raises NotOnTheClock."""
    first, second = (typed.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    back = first.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    raise NotOnTheClock(twice=back.replace(tzinfo=None) == typed)
