"""Organisation names: how they are shown, compared, searched and put in order.

Pure functions over text. Organisations write their names in every script and with every
keyboard; these functions remove what nobody can see, and never what somebody meant.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

LONGEST_NAME = 200
"""Characters an organisation's name may have; the longest real ones stay below 190."""

LONGEST_LISTED_NAME = 300
"""A name, and the acronym that is written behind it."""

LONGEST_KEY = 400

# Letters and marks that render as nothing, outside the categories Cc and Cf: Hangul fillers,
# the braille blank, the combining grapheme joiner and the variation selectors.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x180E)))
)
_JOINERS = frozenset("\u200c\u200d")
# Persian, Urdu, Hindi and their relatives spell words with joiners; elsewhere they only hide.
_JOINING_SCRIPTS = (
    "ARABIC",
    "SYRIAC",
    "DEVANAGARI",
    "BENGALI",
    "GURMUKHI",
    "GUJARATI",
    "ORIYA",
    "TAMIL",
    "TELUGU",
    "KANNADA",
    "MALAYALAM",
    "SINHALA",
    "MYANMAR",
    "KHMER",
    "MONGOLIAN",
)
_TATWEEL = "\u0640"
_MOST_MARKS_ON_A_LETTER = 4

# Articles under which nobody looks an organisation up. "El" and "Al" are not among them: before
# most names of this field they transliterate the Arabic article and are part of the name.
_LEADING_ARTICLE = re.compile(
    r"^(?:the|le|la|les|los|las|lo|gli|il|der|die|das|het|de|een|an|a|o|os|as)\s+(?=\S)"
    r"|^(?:l|d)['’]\s*(?=\S)"
)
_APOSTROPHES = re.compile("['’‘`´ʼʻʿʾ]")
_ASCII_WORD = re.compile("[a-z0-9]+")
_ARABIC_LETTERS = str.maketrans({"ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", _TATWEEL: None})


def clean_line(raw: str) -> str:
    """Return `raw` composed, on one line, without invisible characters. Idempotent.

    Control, zero-width and direction-override characters disappear, so that a text cannot hide
    another or turn the page around; joiners stay where a script spells with them.
    """
    # Most texts are plain; they have nothing to compose and nothing to hide.
    text = raw if raw.isascii() and raw.isprintable() else _visible(raw)
    text = " ".join(text.split())
    return text if text == raw else clean_line(text)


def clean_display(raw: str) -> str:
    """Return `raw` as a name may be shown: as a clean line, a double hyphen in it as a dash.

    A tatweel that stretches nothing disappears. Idempotent.
    """
    # Spaces first: the patterns below then cannot wander along a run of them.
    text = clean_line(raw)
    text = re.sub(rf"(?:^|(?<= )){_TATWEEL}+(?= |$)", "", text)
    text = re.sub(r" ?-{2,} ?", " – ", text)
    text = " ".join(text.split())
    return text if text == raw else clean_display(text)


def _visible(raw: str) -> str:
    """Return `raw` composed, and without what renders as nothing."""
    text = unicodedata.normalize("NFC", raw)
    kept: list[str] = []
    marks = 0
    for index, character in enumerate(text):
        if character in _JOINERS:
            if _joins(text, index):
                kept.append(character)
            continue
        category = unicodedata.category(character)
        if character.isspace() or category in {"Zl", "Zp"}:
            kept.append(" ")
        elif category in {"Cc", "Cf", "Cs", "Co", "Cn"} or character in _INVISIBLE:
            continue
        elif category in {"Mn", "Me"}:
            marks += 1
            if marks <= _MOST_MARKS_ON_A_LETTER:
                kept.append(character)
            continue
        else:
            kept.append(character)
        marks = 0
    return "".join(kept)


def _joins(text: str, index: int) -> bool:
    """Whether the joiner at `index` stands between letters of a script that spells with it."""
    return all(
        unicodedata.name(neighbour, "").startswith(_JOINING_SCRIPTS)
        for neighbour in (text[index - 1 : index], text[index + 1 : index + 2])
        if neighbour
    ) and 0 < index < len(text)


def says_something(name: str) -> bool:
    """Return whether `name` has at least one letter or digit of any script."""
    return any(unicodedata.category(character)[0] in "LN" for character in name)


def listed_name(name: str, acronym: str = "") -> str:
    """Return the name as the public list prints it: with its acronym, unless it holds it."""
    words = fold(name).split()
    if not acronym or all(word in words for word in fold(acronym).split()):
        return name
    return f"{name} ({acronym})"


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return `text` without accents, case and punctuation, its words divided by single spaces.

    What a reader types into a search box and what stands in the list meet here: "Societe" finds
    "Société", "womens" finds "Women's", "&" is "and". Other scripts keep their letters.
    """
    text = _APOSTROPHES.sub("", text).replace("&", " and ")
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    decomposed = unicodedata.normalize("NFKD", text)
    folded = "".join(map(_fold_character, decomposed)).translate(_ARABIC_LETTERS)
    return " ".join(folded.casefold().split())


def _fold_character(character: str) -> str:
    combining = unicodedata.combining(character)
    # Accents, niqqud and harakat fall away; Indic vowel signs (class 0) and viramas (9) do not.
    if 10 <= combining < 84 or combining >= 200 or character in _JOINERS:
        return ""
    if unicodedata.category(character)[0] not in "LMN":
        return " "
    if not character.isascii() and unicodedata.name(character, "").startswith("LATIN"):
        return anyascii(character)
    return character


def comparison_key(name: str) -> str:
    """Return the key under which two spellings of exactly the same name are equal.

    At most LONGEST_KEY characters: a few letters and signs fold to many, and a key longer than
    that ends in a digest of the whole.
    """
    key = re.sub(r"^the (?=\S)", "", fold(name))
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: LONGEST_KEY - len(digest) - 1]} {digest}"


def collation_key(text: str, language: str) -> tuple[str, str]:
    """Return what puts words of the interface in the order of a language's dictionaries.

    Accents, case and the forms of hamza decide nothing, unless all else is equal; in Spanish ñ is
    a letter behind n.
    """
    if language == "es":
        pieces = unicodedata.normalize("NFC", text.casefold()).split("ñ")
        return "n\U0010ffff".join(map(fold, pieces)), text
    return fold(text), text


def list_key(name: str, position: int | None = None) -> bytes:
    """Return bytes that put names in the order of the public list when compared.

    Names with a `position` come first, in that order. The others stand alphabetically, whatever
    their accents, case, quotation marks and leading articles; names in other scripts follow in
    the order of their alphabets. Bytes, because databases agree on how to compare those and on
    nothing else.
    """
    if position is not None:
        return b"\x00" + position.to_bytes(4, "big")
    opened = name.lstrip(" \"'“”„«»‹›‘’([{").casefold()
    return b"\x01" + fold(_LEADING_ARTICLE.sub("", opened) or name).encode()[:400]
