"""Dates as people and form services write them."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from signatures import names


class Order(StrEnum):
    """Which number of 3/4/2026 is the day."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"


_MONTHS = (
    "january jan janvier janv enero ene يناير كانون_الثاني",
    "february feb fevrier fevr febrero فبراير شباط",
    "march mar mars marzo مارس آذار اذار",
    "april apr avril avr abril abr أبريل ابريل نيسان",
    "may mai mayo مايو أيار ايار",
    "june jun juin junio يونيو حزيران",
    "july jul juillet juil julio يوليو تموز",
    "august aug aout agosto ago أغسطس اغسطس آب اب",
    "september sep sept septembre septiembre setiembre سبتمبر أيلول ايلول",
    "october oct octobre octubre أكتوبر اكتوبر تشرين_الأول",
    "november nov novembre noviembre نوفمبر تشرين_الثاني",
    "december dec decembre diciembre dic ديسمبر كانون_الأول",
)
_MONTH_OF = {
    names.fold(word.replace("_", " ")): number
    for number, words in enumerate(_MONTHS, start=1)
    for word in words.split()
}
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_WORDS = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th|er|º)? )?(?:de |of )?(?P<month>[^\d]+?) "
    r"(?:(?P<day_after>\d{1,2})(?:st|nd|rd|th)? )?(?:de |of )?(?P<year>\d{4})\b"
)


LONGEST_DATE = 100
"""Characters that are worth reading; a cell of an import may have thousands."""


def parse(text: str, order: Order | None = None) -> date:
    """Return the day that `text` names; a time of day behind it is passed over.

    Raises ValueError when it names none, or two, and `order` does not say which is meant. Dots
    stand between day and month in this order only.
    """
    if len(text) > LONGEST_DATE:
        raise ValueError("this is no date")
    text = _plain(text)
    if match := _YEAR_FIRST.match(text):
        return date(int(match[1]), int(match[3]), int(match[4]))
    if match := _YEAR_LAST.match(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if len(match[4]) == 2 else 0
        if match[2] == "." or first == second:
            order = Order.DAY_FIRST
        elif order is None:
            order = _evident_order(first, second)
        if order is None:
            raise ValueError("day and month cannot be told apart")
        day, month = (first, second) if order is Order.DAY_FIRST else (second, first)
        return date(year, month, day)
    if match := _WORDS.match(names.fold(text)):
        day_text = match["day"] or match["day_after"]
        named = _MONTH_OF.get(match["month"])
        if day_text and named:
            return date(int(match["year"]), named, int(day_text))
    raise ValueError("this is no date")


def month_named(word: str) -> int:
    """Return the number of the month of that name, in any of our languages; 0 if there is none."""
    return _MONTH_OF.get(names.fold(word), 0)


def order_of(texts: Iterable[str]) -> tuple[Order | None, str]:
    """Return which order the dates of one column are written in, and one that leaves it open.

    The order is None when they do not tell or contradict each other; the example is empty when
    no date depends on it.
    """
    found: set[Order] = set()
    example = ""
    for text in texts:
        match = _YEAR_LAST.match(_plain(text))
        if not match or match[2] == "." or match[1] == match[3]:
            continue
        evident = _evident_order(int(match[1]), int(match[3]))
        if evident:
            found.add(evident)
        else:
            example = example or text
    return (found.pop() if len(found) == 1 else None), example


def _evident_order(first: int, second: int) -> Order | None:
    if first > 12:
        return Order.DAY_FIRST
    return Order.MONTH_FIRST if second > 12 else None


def _plain(text: str) -> str:
    """Return `text` with the digits of every script as 0 to 9."""
    digits = (str(unicodedata.digit(character, character)) for character in text.strip())
    return "".join(digits)
