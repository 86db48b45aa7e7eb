"""Under which keys a name is filed, so that a database finds those that it may be the same as.

Keys are numbers: 64 bits of a digest, so that every database stores, compares and indexes them
alike and quickly. Two keys that collide cost one superfluous candidate, which the verdict drops.
"""

from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from signatures.matching.parsing import ParsedName

MOST_WORDS_IN_PAIRS = 8
"""Neighbouring words of names up to this length are filed together, too."""

SHORTEST_LIKE = 5
LONGEST_LIKE = 24
"""Lengths of words that are found although they are mistyped or inflected."""

SHORTEST_STEM = 5


@lru_cache(maxsize=100_000)
def number(text: str) -> int:
    """Return the key that `text` stands for, a signed 64-bit number."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def telling_words(name: ParsedName) -> set[str]:
    """Return the telling words of everything that a name says."""
    return {word for form in (*name.forms, *name.parts) for word in form}


def pairs(name: ParsedName) -> set[str]:
    """Return neighbouring telling words, written as one.

    They make "foodworkers" meet "food workers", and are rare where their words are not.
    """
    return {
        one + other
        for form in (*name.forms, *name.parts)
        if len(form) <= MOST_WORDS_IN_PAIRS
        for one, other in pairwise(form)
    }


def filed_under(name: ParsedName, *, short: bool = False) -> set[int]:
    """Return every key under which a known name is filed; a `short` name is filed as an acronym.

    Words, the whole in one word, acronyms, and initials.
    """
    if short:
        return {number(f"#{acronym}") for acronym in (*name.acronyms, name.squashed)}
    return {
        *map(number, telling_words(name)),
        *map(number, pairs(name)),
        number(f"={name.squashed}"),
        *(number(f"#{acronym}") for acronym in name.acronyms),
        *(number(f"~{initials}") for initials in name.initials),
    }


def exact_keys(name: ParsedName) -> set[int]:
    """Return the keys under which the same name, or its acronym or long form, is filed."""
    squashed = name.squashed
    keys = {number(f"={squashed}"), *(number(f"#{acronym}") for acronym in name.acronyms)}
    # A declared acronym may be all that another name consists of, and the other way round.
    keys.update(number(f"={acronym}") for acronym in name.acronyms)
    keys.update(number(f"{sign}{initials}") for initials in name.initials for sign in "=#")
    if len(name.core) == 1:
        keys.update((number(f"#{squashed}"), number(f"~{squashed}")))
    return keys


@lru_cache(maxsize=50_000)
def spelling_keys(word: str) -> frozenset[int]:
    """Return keys of which two words share one if a letter or two, or only their endings differ.

    The word without each of its letters in turn, and its beginnings of seven tenths and more.
    """
    if not SHORTEST_LIKE <= len(word) <= LONGEST_LIKE:
        return frozenset()
    shortened = {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
    stem = max(SHORTEST_STEM, -(-7 * len(word) // 10))
    beginnings = (f"{word[:length]}*" for length in range(stem, len(word) + 1))
    return frozenset(map(number, (*shortened, *beginnings)))
