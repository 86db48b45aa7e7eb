"""Letters that pass for other letters, by which one organisation is dressed up as another."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii
from confusable_homoglyphs import categories, confusables

_ALPHABETS = frozenset(
    {
        "ARMENIAN",
        "CANADIAN_ABORIGINAL",
        "CHEROKEE",
        "COPTIC",
        "CYRILLIC",
        "GREEK",
        "LATIN",
        "LISU",
    }
)
"""Scripts whose letters look alike. Others beside them are quotations, not disguises."""

# Phonetic letters; what African and Turkic spellings use of them is not here.
_PHONETIC = re.compile("[ɑɡɩʋᴀ-ᵿ]")
_WORD = re.compile(r"[^\W\d_]+")
# "1nternational", "Amnest0y"; and not "1st", "350", "H2O".
_DIGIT_AS_LETTER = re.compile(r"(?<![^\W_])[01](?=[a-z]{3,})|(?<=[A-Za-z0])[01](?=0?[a-z])")
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\b")


@lru_cache(maxsize=20_000)
def lookalikes(name: str) -> str:
    """Return the characters of `name` that imitate others, or "".

    Letters of another alphabet inside a word; words of only such letters; letters of styles that
    exist for mathematics; zero and one inside a word of letters. Names in one script of their
    own have none.
    """
    return "".join(dict.fromkeys(name[at] for at in _disguised(name)))


def undisguised(name: str) -> str:
    """Return `name` with the Latin letters that its look-alikes imitate."""
    at_disguise = set(_disguised(name))
    return "".join(
        (_imitated(character) or anyascii(character)) if at in at_disguise else character
        for at, character in enumerate(name)
    )


def _disguised(name: str) -> list[int]:
    found = [match.start() for match in _DIGIT_AS_LETTER.finditer(_ORDINAL.sub("**", name))]
    if name.isascii():
        return found
    found += [at for at, character in enumerate(name) if _styled(character)]
    found += [match.start() for match in _PHONETIC.finditer(name)]
    spelled = [
        (word.start(), word.group(), [_alphabet(character) for character in word.group()])
        for word in _WORD.finditer(name)
    ]
    # Alphabets in which the name has words of their own: НКО is at home in НКО Мемориал.
    at_home = {
        script
        for _start, word, scripts in spelled
        if "LATIN" not in scripts
        for character, script in zip(word, scripts, strict=True)
        if script and not _imitated(character)
    }
    for start, _word, scripts in spelled:
        foreign = [at for at, script in enumerate(scripts) if script not in {"", "LATIN"}]
        alien = foreign and (
            "LATIN" in scripts
            or (len(foreign) == len(scripts) and not at_home.intersection(scripts))
        )
        if alien:
            found += [start + at for at in foreign]
    return sorted(set(found))


@lru_cache(maxsize=5_000)
def _styled(character: str) -> bool:
    """Whether a character is a Latin letter in a style of its own: 𝐀, Ⅼ, Ａ, ⓐ."""
    plain = unicodedata.normalize("NFKC", character)
    styled = not character.isascii() and len(plain) == 1 and plain.isascii() and plain.isalpha()
    return styled and character not in "ªº"


@lru_cache(maxsize=5_000)
def _alphabet(character: str) -> str:
    script = categories.alias(character)
    return script if script in _ALPHABETS else ""


@lru_cache(maxsize=5_000)
def _imitated(character: str) -> str:
    """Return the Latin letter that a character looks like, or ""."""
    if character in "01":
        return "i" if character == "1" else "o"
    plain = unicodedata.normalize("NFKC", character)
    if plain.isascii():
        return plain
    for found in confusables.is_confusable(character, preferred_aliases=[], greedy=True) or ():
        for glyph in found["homoglyphs"]:
            if glyph["c"].isascii() and glyph["c"].isalpha():
                return str(glyph["c"])
    return ""
