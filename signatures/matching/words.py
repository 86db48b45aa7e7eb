"""A name as words that can be compared: one spelling, no plural, one language where known."""

import re
from functools import cache, lru_cache
from pathlib import Path

from anyascii import anyascii

from signatures import names

_DATA = Path(__file__).parent / "data"

_SPELLING_PARTS = (
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("aemi", "emi"),
    ("paed", "ped"),
    ("gynaec", "gynec"),
    ("oecolog", "ecolog"),
)

# l'action, d'Afrique, dell'uomo
_ELISION = re.compile(r"\b(?:[ldsnjmtc]|qu|dell|all|nell|sull|dall)['’](?=\w)", re.IGNORECASE)
# e.V., U.S., A. C.
_DOTTED = re.compile(r"\b(\w)\.\s?(?=\w\b)")
_ARABIC_ARTICLE = re.compile(r"^(?:[وفبك]?ال|لل)(?=..)")
_HEBREW_ARTICLE = re.compile(r"^ו?ה(?=[א-ת]{3})")
_ARABIC_ALEF = str.maketrans("أإآٱ", "اااا")
_KEEPS_ITS_SCRIPT = re.compile(r"[\u0590-\u08ff\u0900-\u1cff\u3040-\u9fff\uac00-\ud7af]")


def _lines(table: str) -> list[list[str]]:
    text = (_DATA / table).read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


@cache
def _fillers() -> frozenset[str]:
    return frozenset(plain(word) for line in _lines("fillers.txt") for word in line)


@cache
def _legal_forms() -> tuple[frozenset[str], frozenset[str]]:
    """Return the forms of incorporation, and those of them that stand in front of names too."""
    forms = [form for line in _lines("legal_forms.txt") for form in line]
    leading = frozenset(form[1:] for form in forms if form.startswith("*"))
    return frozenset(form.removeprefix("*") for form in forms), leading


@cache
def _spellings() -> dict[str, str]:
    return {word: line[0] for line in _lines("spellings.txt") for word in line[1:]}


@cache
def _weights() -> dict[str, float]:
    return {word: float(weight) for word, weight in _lines("weights.tsv")}


@cache
def _concepts() -> tuple[dict[str, str], frozenset[str]]:
    """Return the English word for each known one, and which of them name kinds of body."""
    known: dict[str, str] = {}
    kinds = set()
    for line in _lines("concepts.txt"):
        head = line[0].removeprefix("*")
        if line[0].startswith("*"):
            kinds.add(head)
        for word in (head, *line[1:]):
            known.setdefault(unified(plain(word).replace(" ", "")), head)
    return known, frozenset(kinds)


def plain(text: str) -> str:
    """Return `text` without case, accents and signs, in Latin letters where scripts spell alike.

    Cyrillic, Greek and other alphabets become Latin. Scripts that do not write every vowel or
    write syllables keep their letters: their transliterations would collide.
    """
    text = _DOTTED.sub(r"\1", _ELISION.sub(" ", text.translate(_ARABIC_ALEF)))
    folded = names.fold(text)
    if folded.isascii():
        return folded
    return " ".join(
        _HEBREW_ARTICLE.sub("", _ARABIC_ARTICLE.sub("", word))
        if _KEEPS_ITS_SCRIPT.search(word)
        else anyascii(word).lower()
        for word in folded.split()
    )


@lru_cache(maxsize=50_000)
def unified(word: str) -> str:
    """Return a plain word in one spelling (American) and one number (singular)."""
    word = _spellings().get(word, word)
    if len(word) > 6:
        for british, american in _SPELLING_PARTS:
            word = word.replace(british, american)
    if len(word) > 4 and word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return _spellings().get(word, word)


@lru_cache(maxsize=50_000)
def concept(word: str) -> str:
    """Return the English word for what a unified word of some language means, if it is known."""
    known, _kinds = _concepts()
    if word in known:
        return known[word]
    match word[-1:]:
        case "a":  # trabajadora
            return known.get(f"{word[:-1]}o", word)
        case "e":  # mujere(s)
            return known.get(word[:-1], word)
        case "n":  # vrouwen
            return known.get(word.removesuffix("en"), word)
    return word


def is_kind_of_body(word: str) -> bool:
    """Whether a core word says what sort of organisation this is: association, centre, union."""
    return word in _concepts()[1]


def is_filler(word: str) -> bool:
    """Whether a plain word only divides the others: of, the, de, und."""
    return word in _fillers()


def is_legal_form(word: str) -> bool:
    """Whether a plain word is a form of incorporation: e.V., Inc., asbl."""
    return word in _legal_forms()[0]


@lru_cache(maxsize=50_000)
def words(text: str) -> tuple[str, ...]:
    """Return every word of `text`, unified."""
    return tuple(map(unified, plain(text).split()))


def core(unified_words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that tell organisations apart, as concepts; all of them if none does."""
    kept = [word for word in unified_words if word not in _fillers()]
    forms, leading = _legal_forms()
    while len(kept) > 1 and kept[-1] in forms:
        kept.pop()
    while len(kept) > 1 and kept[0] in leading:
        kept.pop(0)
    return tuple(map(concept, kept)) or unified_words


HEAVIEST = 9.7
"""The weight of a word that no more than a couple of a hundred thousand names have."""


def weight(word: str) -> float:
    """Return how much a word tells: 1.7 ("university") to HEAVIEST (any rare word).

    ln(n / names with the word), counted over the core words of the 100,000 organisation names in
    the Research Organization Registry (ROR, CC0); words of fewer than five names are left out.
    """
    return _weights().get(word, HEAVIEST)


@lru_cache(maxsize=20_000)
def as_typed(text: str) -> dict[str, str]:
    """Return the words of `text` as they are typed, by the core word that each stands for."""
    typed: dict[str, str] = {}
    for word in re.split(r"\s+|(?<=\w)[-\u2010-\u2015/](?=\w)", text):
        for part in core(words(word)):
            if not is_filler(part):
                typed.setdefault(part, word.strip(".,;:()\"'/"))
    return typed
