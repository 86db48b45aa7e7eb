"""What has changed between two wordings of a text, word by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]

Difference = tuple[Kind, str]
"""A stretch of text, and what has become of it."""

MOST = 3000
"""Of more words, or lines, than this at a time, it is only told that all of them have changed."""

_WORD = re.compile(r"\S+|\s+")


def plain(text: str | None) -> str:
    """Return a text as it is compared: browsers send other ends of lines than files have."""
    return one_kind_of_line_end(text or "").strip()


def one_kind_of_line_end(text: str) -> str:
    """Return a text whose lines end as they do in files here."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def differences(old: str, new: str) -> list[Difference]:
    """Return the stretches of both wordings in order; joining all but one kind gives a wording.

    Lines that are the same are found first, so that a long text costs little.
    """
    found: list[Difference] = []
    same = removed = added = gap = ""
    for is_same, left, right in _stretches(old, new):
        if not is_same:
            # A gap between two words that have changed belongs to both wordings.
            removed, added, gap = removed + gap + left, added + gap + right, ""
        elif not (removed or added):
            same += left
        elif not left.strip():
            gap += left
        else:
            found += _told(same, removed, added)
            same, removed, added, gap = gap + left, "", "", ""
    return found + _told(same, removed, added) + _told(gap, "", "")


def _told(same: str, removed: str, added: str) -> list[Difference]:
    kinds: tuple[Difference, ...] = (("same", same), ("removed", removed), ("added", added))
    return [(kind, text) for kind, text in kinds if text]


def _stretches(old: str, new: str) -> Iterator[tuple[bool, str, str]]:
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for same, left, right in _compare(before, after):
        if same:
            yield True, "".join(left), "".join(right)
            continue
        words = _WORD.findall("".join(left)), _WORD.findall("".join(right))
        for alike, some, others in _compare(*words):
            yield alike, "".join(some), "".join(others)


def _compare(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    if len(old) > MOST or len(new) > MOST:
        yield old == new, old, new
        return
    matcher = SequenceMatcher(None, old, new)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        yield tag == "equal", old[start:end], new[other_start:other_end]
