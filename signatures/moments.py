"""Days, moments and numbers as each language writes them; never for what machines read.

The forms themselves are in openletters/formats/.
"""

from datetime import date, datetime

from babel import Locale
from babel.dates import get_timezone_location
from babel.numbers import format_percent
from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openletters.languages import comma


def day(value: date | datetime | None) -> str:
    """Return a day in words, in the language of the page; a moment's is that of the site's zone."""
    return _written(value, "DATE_FORMAT")


def day_in(value: datetime | None, zone: str) -> str:
    """Return the day of a moment in words, by the calendar of a zone."""
    with timezone.override(zone):
        return day(value)


def moment(value: datetime | None, form: str = "") -> str:
    """Return a moment in words, with the site's time zone; `short`, for tables, without."""
    if value is None:
        return ""
    if form == "short":
        return _written(value, "SHORT_DATETIME_FORMAT")
    return f"{_written(value, 'DATETIME_FORMAT')} {_local(value):%Z}"


def moment_in(value: datetime | None, zone: str) -> str:
    """Return a moment in words on the clocks of a zone, which is named by its city."""
    if value is None:
        return ""
    with timezone.override(zone):
        return f"{_written(value, 'DATETIME_FORMAT')} ({zone_name(zone)})"


def near_moment_in(value: datetime | None, zone: str) -> str:
    """Return a moment that is soon, so without the year, on the clocks of a zone."""
    if value is None:
        return ""
    with timezone.override(zone):
        parts = _written(value, "MONTH_DAY_FORMAT"), f"{_local(value):%H:%M} {zone_name(zone)}"
    return comma(get_language() or "").join(part.replace(" ", "\u00a0") for part in parts)


def zone_name(zone: str) -> str:
    """Return what a time zone is called after its city, in the language of the page."""
    if "/" not in zone:
        return zone
    locale = Locale.parse(get_language() or settings.LANGUAGE_CODE, sep="-")
    city = get_timezone_location(zone, locale=locale, return_city=True)
    return _("%(city)s time") % {"city": city}


def number(value: int) -> str:
    """Return a whole number with the language's separators."""
    return str(formats.number_format(value, force_grouping=True))


def percent(share: float) -> str:
    """Return a part of one as a percentage, with one digit behind the point at most."""
    language = Locale.parse(get_language() or settings.LANGUAGE_CODE, sep="-")
    return format_percent(round(share, 3), locale=language, decimal_quantization=False)


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _written(value: date | datetime | None, form: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _local(value)
    text = str(formats.date_format(value, form))
    # French alone counts its first days.
    return f"1er{text[1:]}" if text.startswith("1 ") and get_language() == "fr" else text
