"""The line with place and date, as letters in our languages have it."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from signatures import dates, names
from signatures.letter_text import vocabulary

LONGEST_DATELINE = 120

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_NUMERIC = re.compile(
    r"(?<!\d)(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})\s?[-/.]\s?(?P<b>\d{1,2})\s?[-/.]\s?(?P<year>\d{4}))(?!\d)"
)
_DASH = re.compile(r"(?<=\d)\)?\s?(?:–|—|\s-)\s|(?<=\w)\)\s?[–—:-]\s")
_YEAR = re.compile(r"((?:19|20)\d\d)م?")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|re|o|a|eme|e)?")
_FILLERS = frozenset(
    {"de", "del", "of", "the", "le", "du", "el", "day", "month", "mes", "و", "من", "شهر"}
)
_AD = frozenset({"م", "ad", "ce"})
_MOST_WORDS_OF_A_PLACE = 5
_NO_PLACES = frozenset(
    {"since", "until", "before", "after", "by", "from", "on", "depuis", "avant", "desde", "hasta"}
    | {"منذ"}
)


@dataclass(frozen=True)
class Dateline:
    """Where and when a letter was written."""

    place: str
    day: date


@dataclass(frozen=True)
class Opening(Dateline):
    """A dateline with which a paragraph begins."""

    length: int


@lru_cache(maxsize=8192)
def read(text: str, order: dates.Order | None = None) -> Dateline | None:
    """Return place and date if the line is about nothing else.

    A date that leaves open which number is the day is none, unless `order` says it.
    """
    if len(text) > LONGEST_DATELINE or not any(map(str.isdigit, text)):
        return None
    plain = "".join(str(unicodedata.digit(one, one)) for one in text)
    if len(plain) != len(text):
        return None
    for found in (_in_numbers(plain, order), _in_words(plain)):
        if found:
            start, end, day = found
            place = _place(text[:start], text[end:])
            return None if place is None else Dateline(place, day)
    return None


def opening(text: str, order: dates.Order | None = None) -> Opening | None:
    """Return place and date that open a paragraph: "Accra, 2 April 2025 – Fifty groups ..."."""
    found = _DASH.search(text, 0, LONGEST_DATELINE)
    read_before = read(text[: found.start()].strip(" ()"), order) if found else None
    if not found or not read_before:
        return None
    return Opening(read_before.place, read_before.day, found.end())


def resembles(text: str) -> bool:
    """Whether a short line is about a date, also one that leaves open which day is meant."""
    if len(text) > LONGEST_DATELINE // 2:
        return False
    words = [names.fold(word) for word in _WORD.findall(text)]
    named = any(map(dates.month_named, words)) and any(map(_YEAR.fullmatch, words))
    return named or _NUMERIC.search(text) is not None


def _in_numbers(text: str, order: dates.Order | None) -> tuple[int, int, date] | None:
    found = _NUMERIC.search(text)
    if not found:
        return None
    try:
        day = dates.parse(re.sub(r"\s", "", found[0]).replace("-", "/"), order)
    except ValueError:
        return None
    return found.start(), found.end(), day


def _in_words(text: str) -> tuple[int, int, date] | None:
    """Return where a date in words begins and ends, and which it is."""
    words = [(one.start(), one.end(), names.fold(one[0])) for one in _WORD.finditer(text)]
    for index, (_start, _end, word) in enumerate(words):
        month, length = _month(words, index)
        if not month or word in _FILLERS:
            continue
        first, last = index, index + length - 1
        while last + 1 < len(words):  # the other name of an Arabic month: "نوفمبر/تشرين الثاني"
            other, more = _month(words, last + 1)
            if other != month:
                break
            last += more
        before, after = _past(words, first, -1), _past(words, last, 1)
        day = _number_at(words, before, _DAY)
        if day is not None:
            first, year_at = before, after
        else:
            day = _number_at(words, after, _DAY)
            last, year_at = (after, _past(words, after, 1)) if day is not None else (last, after)
        year = _number_at(words, year_at, _YEAR)
        if day is None or year is None:
            continue
        last = year_at
        if last + 1 < len(words) and words[last + 1][2] in _AD:
            last += 1
        try:
            return words[first][0], words[last][1], date(year, month, day)
        except ValueError:
            return None
    return None


def _month(words: list[tuple[int, int, str]], index: int) -> tuple[int, int]:
    """Return the month that one or two words name, and how many they are."""
    if index + 1 < len(words):
        two = dates.month_named(f"{words[index][2]} {words[index + 1][2]}")
        if two:
            return two, 2
    return dates.month_named(words[index][2]), 1


def _past(words: list[tuple[int, int, str]], index: int, step: int) -> int:
    """Return the index of the next word that is not a mere filler."""
    index += step
    while 0 <= index < len(words) and words[index][2] in _FILLERS:
        index += step
    return index


def _number_at(
    words: list[tuple[int, int, str]], index: int, pattern: re.Pattern[str]
) -> int | None:
    found = pattern.fullmatch(words[index][2]) if 0 <= index < len(words) else None
    return int(found[1]) if found else None


def _place(before: str, after: str) -> str | None:
    """Return what stands beside a date if it can be a place; None if it is a sentence."""
    left, right = _bare(before), _bare(after)
    place = left or right
    if (
        (left and right)
        or len(place.split()) > _MOST_WORDS_OF_A_PLACE
        or any(map(str.isdigit, place))
    ):
        return None
    if names.fold(place.partition(" ")[0]) in _NO_PLACES:
        return None
    if place and (place[0].islower() or place.endswith((".", ":", ";", "?", "!"))):
        return None
    return place


def is_place(text: str) -> bool:
    """Whether a text by itself can be the name of a place."""
    return bool(text) and _place(text, "") == text


def _bare(text: str) -> str:
    """Return what stands before or behind a date, without the small words between."""
    text = text.strip(" \t,،;:.()[]–—-|/\u00a0")
    words = text.split()
    while words and vocabulary.begins(names.fold(words[-1]), _BETWEEN):
        words.pop()
    while words:
        phrase = vocabulary.longest(names.fold(" ".join(words)), _BETWEEN)
        # "A Coruña" and "The Hague" are places; "a Coruña", behind "Fait", is not more than one.
        if not phrase or (words[0] in {"A", "The", "La", "Le", "El"} and len(words) > 1):
            break
        words = words[len(phrase.split()) :]
    return " ".join(words).strip(" \t,،;:()[]–—-|/")


_BETWEEN = vocabulary.PLACE_BEFORE + vocabulary.WEEKDAYS
