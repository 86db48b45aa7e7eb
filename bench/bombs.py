"""The slowest texts that our parsers can be given: `python -m bench.bombs`.

Makes texts out of what each parser reads most closely, as long as the app takes them: one piece
again and again, two in turn, many that open before many that close. Prints for each parser, as a
line of JSON, how many texts it read, the longest time in seconds, and the text that took it.

To reach: 1.5 s for a letter, 0.1 s for anything else, on one core.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import permutations

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletters.settings")

PIECES = (
    "[", "]", "(", ")", "![", "](", "[a](", "[a]: x\n", "*", "**", "_", "*a ", "_a_",
    "***a", "`", "``a", "~~", "~~~\n", "```\n", "> ", ">", "- ", "- \n", "1. ", "1.\n",
    "    ", "\t", "# ", "#", "|", "|-|\n", "| a ", "\n", "\n\n", "  \n", "\\", "&", "&amp;",
    "&#", "<", "<a ", "</", "<!--", "<?", "<![CDATA[", "http://a", "<http://", "a@b.c ",
    "\"", "'", "\u00a0", "\u202e", "é", "𝕏", "a", "==\n",
)  # fmt: skip
"""What Markdown gives a meaning to."""

LETTERS = (
    " ", "a", "A", "A ", "(", ")", "(A) ", "-", "–", ", ", ".", "/", "& ", "'", "the ",
    "e.V. ", "\u0301", "\u200d", "\u200c", "\u0640", "ﷺ", "㋿", "é", "A\u0301", "1", "²",
    "中", "ا", "\u202e", "ß", "ﷺ", "\u3164", "𝕏", "ª", "İ", "\u0345", "Jan ", "12/", "3.",
    "-", ":", "T", "+", "\x00",
)  # fmt: skip
"""What names, dates and numbers are read by."""


def texts(pieces: Iterable[str], longest: int) -> Iterator[str]:
    """Make texts of `longest` characters."""
    pieces = list(pieces)
    half = longest // 2
    for one in pieces:
        yield (one * longest)[:longest]
    for one, other in permutations(pieces, 2):
        yield ((one + other) * longest)[:longest]
        yield (one * half)[:half] + (other * half)[:half]


def slowest(
    parse: Callable[[str], object], pieces: Iterable[str], longest: int
) -> tuple[int, float, str]:
    """Return how many texts were read, and the slowest with its time in seconds.

    All are read at a tenth of the length; the slowest of them in full.
    """
    short = sorted(
        (
            (seconds(parse, text), number)
            for number, text in enumerate(texts(pieces, longest // 10))
        ),
        reverse=True,
    )
    worst = {number for _seconds, number in short[:FINALISTS]}
    whole = [text for number, text in enumerate(texts(pieces, longest)) if number in worst]
    took, text = max((seconds(parse, text), text) for text in whole)
    return len(short), took, text


FINALISTS = 40


def seconds(parse: Callable[[str], object], text: str) -> float:
    """Return how long the reading of a text takes."""
    started = time.process_time()
    with suppress(ValueError):  # refused in words
        parse(text)
    return time.process_time() - started


def parsers() -> dict[str, tuple[Callable[[str], object], tuple[str, ...], int]]:
    """Return each parser, of what its texts are made, and how long they may be."""
    from signatures import dates, forms, headers, markdown, names
    from signatures.matching import lookalikes, parsing, places, verdicts

    known = parsing.parse("Association of Water Unions (AWU)")
    return {
        "letter": (markdown.render, PIECES, markdown.LONGEST_TEXT // 4),
        "cleaning": (names.clean_display, LETTERS, forms.LONGEST_INPUT),
        "folding": (names.fold.__wrapped__, LETTERS, forms.LONGEST_INPUT),
        "key": (names.comparison_key, LETTERS, names.LONGEST_NAME),
        "name": (parsing.parse, LETTERS, names.LONGEST_LISTED_NAME),
        "look-alikes": (lookalikes.lookalikes, LETTERS, names.LONGEST_LISTED_NAME),
        "verdict": (
            lambda text: verdicts.verdict(parsing.parse(text), known),
            LETTERS,
            names.LONGEST_LISTED_NAME,
        ),
        "date": (dates.parse, LETTERS, 32_000),
        "country": (places.country_code, LETTERS, 32_000),
        "column": (lambda text: headers.guess([text]), LETTERS, 32_000),
    }


def main() -> None:
    """Print the slowest text for each parser."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", help="one parser alone")
    asked = parser.parse_args()
    import django

    django.setup()
    for name, (parse, pieces, longest) in parsers().items():
        if asked.only in {None, name}:
            number, took, text = slowest(parse, pieces, longest)
            told = {"parser": name, "texts": number, "seconds": round(took, 3), "text": text[:40]}
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
