"""In which of the interface's languages a letter is written."""

from collections.abc import Iterable
from itertools import islice

from django.conf import settings

from openletters import languages
from signatures import names

_LOOKED_AT = 400
"""Lines."""

_WORDS = {
    "en": "the and of to in we that is for on with are by as our you your this have has",
    "fr": "le la les des et du en que nous dans pour une un est au aux sur par vous qui avec ce",
    "es": "el la los las de y en que del por para una un con su se al como lo nos es",
}
"""The commonest of each."""

_SETS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_ARABIC = ("\u0600", "\u06ff")


def of(lines: Iterable[str]) -> str:
    """Return the language of a text, that of the site where its words do not tell."""
    counts = dict.fromkeys(_WORDS, 0)
    arabic = latin = 0
    for line in islice(lines, _LOOKED_AT):
        start = line[:1_000]
        letters = sum(map(str.isalpha, start))
        of_arabic = sum(_ARABIC[0] <= one <= _ARABIC[1] for one in start)
        arabic += of_arabic
        latin += max(0, letters - of_arabic)
        for word in names.fold(start).split():
            for language, common in _SETS.items():
                counts[language] += word in common
    if arabic > latin:
        return _known("ar")
    best = max(counts, key=lambda language: counts[language])
    return _known(best) if counts[best] else settings.LANGUAGE_CODE


def _known(language: str) -> str:
    return language if language in languages.codes() else settings.LANGUAGE_CODE
