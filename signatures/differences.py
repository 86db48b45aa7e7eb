"""What has changed between two wordings of a text, word by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]

Difference = tuple[Kind, str]
"""A stretch of text, and what has become of it."""

MOST = 1500
"""Of more words, or lines, than this at a time, it is only told that all of them have changed."""

_WORD = re.compile(r"\S+\s*|\s+")


def differences(old: str, new: str) -> list[Difference]:
    """Return the stretches of both wordings in order; joining all but one kind gives a wording.

    Lines that are the same are found first, so that a long text costs little.
    """
    found: list[Difference] = []
    for kind, text in _by_line(old, new):
        if not text:
            continue
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1] + text)
        else:
            found.append((kind, text))
    return found


def _by_line(old: str, new: str) -> Iterator[Difference]:
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for same, left, right in _compare(before, after):
        if same:
            yield "same", "".join(left)
        else:
            yield from _by_word("".join(left), "".join(right))


def _by_word(old: str, new: str) -> Iterator[Difference]:
    for same, left, right in _compare(_WORD.findall(old), _WORD.findall(new)):
        if same:
            yield "same", "".join(left)
        else:
            yield "removed", "".join(left)
            yield "added", "".join(right)


def _compare(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    if len(old) > MOST or len(new) > MOST:
        yield old == new, old, new
        return
    matcher = SequenceMatcher(None, old, new)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        yield tag == "equal", old[start:end], new[other_start:other_end]
