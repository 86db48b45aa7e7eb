"""Texts that somebody wrote to slow the recognition down, or to hide something in it."""

import time

import pytest

from signatures.letter_text import lines
from signatures.letter_text.recognising import recognise

LETTER = "Dear Minister,\n\n{body}\n\nYours sincerely,\n\nGreen Delta\nRiver Keepers\n"
SLOW = {
    "two megabytes of paragraphs": "We write about the river and the mine once more today. " * 36,
    "one line": "word " * 399_000,
    "one word": "w" * 1_990_000,
    "spaces": "a" + " " * 1_900_000 + "b",
    "brackets": "(" * 1_900_000,
    "semicolons": "We ask you to stop; " * 90_000,
    "numbers": "1. " * 600_000,
    "bullets": "- stop it\n" * 24_000,
    "commas": "Green Delta, " * 140_000,
    "asterisks": "*" * 1_900_000,
    "pipes": "| a " * 400_000,
    "dates": "23 November 2022\n" * 24_000,
    "salutations": "Dear Minister,\n" * 24_000,
    "letters": "Dear Minister,\n\nYours sincerely,\n" * 12_000,
    "labels": "Signed,\ncc:\nTo:\n" * 8_000,
    "introductions": "We call on you to:\n" * 24_000,
    "addresses": "Ms Rosa Blum\nDirector\n" * 12_000,
    "sentences": "Stop. " * 300_000,
    "accents": "é" * 1_900_000,
    "arabic": "نطالبكم بما يلي: " * 110_000,
    "marks": "e\u0301\u0302" * 600_000,
    "tabs": "a\tb\t" * 450_000,
    "wrapped": ("word " * 15 + "\n") * 24_000,
}


@pytest.mark.parametrize("name", SLOW)
def test_two_megabytes_of_anything_are_read_at_once(name: str) -> None:
    body = SLOW[name]
    if name.startswith("two"):
        body = "\n\n".join([body] * (1_950_000 // len(body)))
    text = LETTER.format(body=body)[: lines.LARGEST_TEXT]
    start = time.process_time()

    recognise(lines.of_text(text))

    # A second or two on a machine that is not busy; what is quadratic takes minutes.
    assert time.process_time() - start < 6


def test_ten_thousand_demands_are_found() -> None:
    demands = "\n".join(f"- Stop mine {number};" for number in range(1, 10_001))
    [draft] = recognise(lines.of_text(LETTER.format(body=f"We call on you to:\n{demands}")))

    assert len(draft.demands) == 10_000
    assert draft.demands[-1] == "Stop mine 10000"


def test_what_nobody_sees_is_taken_out() -> None:
    text = "Dear\x00 Minister\u202e,\n\nThe \u200bmine\u2066 must close, and nobody may open it again.\ufeff"
    [draft] = recognise(lines.of_text(text))

    assert draft.salutation == "Dear Minister,"
    assert draft.body == ["The mine must close, and nobody may open it again."]


def test_nothing_at_all_is_no_letter() -> None:
    assert recognise(lines.of_text(" \n\u200b\n---\n")) == []


def test_an_address_as_long_as_the_lines_may_stand_alone() -> None:
    broken = "The mine has taken the water of the delta, and all of its fish\n" * 4
    alone = "https://mines.example/" + "w" * (broken.index("\n") - 22)
    [draft] = recognise(lines.of_text(LETTER.format(body=f"{broken}\n{alone}")))

    assert draft.body[-1] == alone


def test_commas_address_nobody() -> None:
    [draft] = recognise(lines.of_text("To:\n, ;\n\n" + LETTER.format(body="Stop it.")))

    assert not draft.addressees
    assert draft.salutation == "Dear Minister,"
