"""Somebody verifies what they were given on their own machine, without asking us."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from signatures.models import Signature
from signatures.models.withholding import withhold_listings
from tests.editions.steps import delivered, signed_letter
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    """A folder with what can be downloaded of an edition."""
    edition = delivered(signed_letter())
    for name in ("edition.json", "signatories.csv"):
        content = Client().get(edition.get_absolute_url() + name).content
        (tmp_path / name).write_bytes(content)
    return tmp_path


def verify(*arguments: object) -> None:
    call_command("verify_edition", *map(str, arguments))


def test_what_was_delivered_verifies(taken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verify(taken / "edition.json")
    verify(taken / "signatories.csv", "--json", taken / "edition.json")
    said = capsys.readouterr().out
    assert "edition.json verifies: edition 1 of" in said
    assert "signatories.csv is unchanged: signatories.csv of edition 1" in said


def test_a_list_that_was_changed_does_not(taken: Path) -> None:
    file = taken / "signatories.csv"
    file.write_text(file.read_text().replace("Water Watch", "Water Board"))
    with pytest.raises(CommandError, match="missing: Water Watch\nnot in the edition: Water Board"):
        verify(file, "--json", taken / "edition.json")


def test_another_file_does_not(taken: Path) -> None:
    (taken / "letter.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="not a file of edition 1"):
        verify(taken / "letter.pdf", "--json", taken / "edition.json")
    with pytest.raises(CommandError, match="not the JSON of an edition"):
        verify(taken / "letter.pdf")
    with pytest.raises(CommandError, match="cannot be read"):
        verify(taken / "nothing")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("Water Watch", "Water Board"), "Signatory 3 was changed"),
        (('"count": 3', '"count": 4'), "does not have the edition's code"),
        (("running out", "plenty"), "The text does not have the code"),
    ],
)
def test_json_that_was_changed_does_not(taken: Path, change: tuple[str, str], said: str) -> None:
    file = taken / "edition.json"
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(CommandError, match=said):
        verify(file)


def test_a_forgotten_name_does_not_spoil_the_rest(taken: Path) -> None:
    organization = Signature.objects.get(name="Water Watch").organization
    withhold_listings(organization, actor=make_staff(), reason="asked by mail")
    later = taken / "later.json"
    later.write_bytes(Client().get("/letters/a-letter/editions/1/edition.json").content)
    verify(later)
    # What was delivered before still has the code that the page states.
    verify(taken / "signatories.csv", "--json", later)


def test_it_needs_no_tool_of_ours(taken: Path) -> None:
    """What docs/editions.md says, in a few lines of the standard library."""
    told = json.loads((taken / "edition.json").read_bytes())

    def code(value: object) -> str:
        plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()

    assert code(told["edition"]) == told["sha256"]
    assert [code(one) for one in told["signatories"]] == told["edition"]["signatories"]
    listed = hashlib.sha256((taken / "signatories.csv").read_bytes()).hexdigest()
    assert {"name": "signatories.csv", "sha256": listed} in told["files"]


def test_it_needs_no_database(taken: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing"}
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_edition", taken / "edition.json"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "verifies" in done.stdout
