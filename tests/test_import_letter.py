"""Importing letters from the command line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from signatures.models.imports import SignatoryImport
from signatures.models.letters import Letter
from signatures.models.signatures import Signature
from tests.factories import make_campaign, make_staff
from tests.letter_text.english import ENGLISH

ICC = json.loads((settings.BASE_DIR / "fixtures/icc-2022.json").read_text())
"""Two letters that 198 organisations have signed, with summaries of ours."""

BOTH = next(written for written in ENGLISH if len(written.letters) == 2)

pytestmark = pytest.mark.django_db


def run(*arguments: Any, **options: Any) -> str:
    """Return what the command prints."""
    out = io.StringIO()
    call_command("import_letter", *arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A document with two letters and one list of names."""
    path = tmp_path / "letters.txt"
    path.write_text(BOTH.text, encoding="utf-8")
    return path


def test_what_was_recognised_is_printed_as_json_and_not_stored(file: Path) -> None:
    printed = json.loads(run(file, dry_run=True, json=True))

    first, second = printed["letters"]
    assert list(first) == [
        "language",
        "date",
        "place",
        "title",
        "salutation",
        "addressees",
        "body",
        "demands",
        "closing",
        "signatories",
        "unrecognised",
    ]
    assert first["date"] == "2023-04-06"
    assert first["demands"] == ["stop the mine", "clean the river"]
    assert "We call on you to:" in first["body"]
    assert second["signatories"][0] == {"name": "River Keepers", "country": ""}
    assert not Letter.objects.exists()


def test_the_letters_are_stored_as_drafts_with_their_demands(file: Path) -> None:
    make_campaign("river")

    run(file, campaign="river")

    first, second = Letter.objects.order_by("pk")
    assert {first.status, second.status} == {Letter.Status.DRAFT}
    assert [str(one) for one in first.demands.all()] == ["stop the mine", "clean the river"]
    assert second.campaign is not None
    assert second.campaign.slug == "river"
    assert first.slug != second.slug
    assert not SignatoryImport.objects.exists()


def test_the_signatories_wait_as_one_import_for_both_letters(file: Path) -> None:
    actor = make_staff("editor")

    run(file, user=actor.username)

    batch = SignatoryImport.objects.get()
    assert batch.actor == actor
    assert batch.letters.count() == 2
    assert next(row.cells["name"] for row in batch.rows.all()) == "River Keepers"
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"%PDF-1.7", {}, "PDF"),
        (b"", {}, "empty"),
        (b"Dear all,", {"campaign": "none"}, "no campaign"),
        (b"Dear all,", {"user": "nobody"}, "no member of staff"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, content: bytes, options: dict[str, str], said: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=said):
        run(path, **options)


def test_a_part_that_fits_no_field_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(f"Dear all,\n\nWe ask you to:\n- {'stop ' * 600}\n- go\n", encoding="utf-8")

    with pytest.raises(CommandError, match="Nothing was stored"):
        run(path)
    assert not Letter.objects.exists()


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "missing.txt")


def two_letters_with_one_list() -> str:
    """Return the letters of the demo as their signatories published them: one after the other, each
    with all the names, and a paragraph about it before."""
    lines = []
    for letter in ICC["letters"]:
        [addressee] = letter["addressees"]
        lines += [
            letter["summary"],
            "23 November 2022",
            addressee["name"],
            *addressee["institution"].split("\n"),
            *addressee["address"].split("\n"),
            *letter["title"].split(": "),
            letter["salutation"],
            *filter(None, letter["body"].split("\n")),
            "In conclusion, we call on you to:",
            *(f"- {demand}" for demand in letter["demands"]),
            "We remain at your disposal.",
            letter["closing"],
            *(f"- {one['name']}" for one in ICC["organizations"]),
        ]
    return "\n".join(lines)


def test_two_letters_that_were_published_together_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "letters.txt"
    path.write_text(two_letters_with_one_list(), encoding="utf-8")
    found = json.loads(run(path, dry_run=True, json=True))["letters"]
    assert len(found) == 2
    names = [one["name"] for one in ICC["organizations"]]
    for letter, known, count in zip(found, ICC["letters"], (4, 6), strict=True):
        assert letter["date"] == "2022-11-23"
        assert letter["salutation"] == known["salutation"]
        assert letter["demands"] == [one.rstrip(";") for one in known["demands"]]
        assert len(letter["demands"]) == count
        [addressee], [expected] = letter["addressees"], known["addressees"]
        assert (addressee["kind"], addressee["name"]) == ("to", expected["name"])
        assert letter["closing"] == "Yours sincerely,"
        assert [one["name"] for one in letter["signatories"]] == names
        assert letter["unrecognised"] == [known["summary"]]
