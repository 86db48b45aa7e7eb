"""Whoever brings a translation up to date sees what has changed in the original."""

import pytest

from signatures.differences import Difference, differences


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", []),
        ("one two", "one two", [("same", "one two")]),
        (
            "the clean water",
            "the dirty water",
            [("same", "the "), ("removed", "clean"), ("added", "dirty"), ("same", " water")],
        ),
        (
            "one two three",
            "one 2 3",
            [("same", "one "), ("removed", "two three"), ("added", "2 3")],
        ),
        (
            "yet to speak.\n\nEnd",
            "yet to speak. Now.\n\nEnd",
            [("same", "yet to speak."), ("added", " Now."), ("same", "\n\nEnd")],
        ),
        ("", "new", [("added", "new")]),
        ("gone", "", [("removed", "gone")]),
        ("a\nb\n", "a\nc\n", [("same", "a\n"), ("removed", "b"), ("added", "c"), ("same", "\n")]),
    ],
)
def test_differences_are_told_by_words(old: str, new: str, found: list[Difference]) -> None:
    assert differences(old, new) == found


def test_differences_of_very_long_texts_take_no_time() -> None:
    old, new = "water " * 40_000, "water " * 40_000 + "end"
    assert differences(old, new) == [("removed", old), ("added", new)]
