"""The mirror holds what the public reads of the ledger, and forgets what it reads no more."""

from pathlib import Path

import pytest

from signatures.attachments import Attachment
from signatures.mirror import Mirror
from tests.responding.steps import correct, old_letter, respond

pytestmark = pytest.mark.django_db

FILE = Attachment(b"Dear all", "txt")


def test_a_reply_and_its_file_come_along_and_go(tmp_path: Path) -> None:
    made = respond(old_letter(), attachment=FILE, texts={"en": "We have read it. " * 60})
    Mirror(tmp_path / "copy").update()
    page = tmp_path / "copy" / made.get_absolute_url()[1:] / "index.html"
    file = tmp_path / "copy" / made.file_address[1:]
    assert "We have read it." in page.read_text()
    assert f'href="{FILE.file}"' in page.read_text()
    assert file.read_bytes() == FILE.content
    letter = (tmp_path / "copy/letters/a-letter/index.html").read_text()
    assert f'href="responses/{made.entry}/index.html"' in letter
    correct(made, public=False)
    Mirror(tmp_path / "copy").update()
    assert not page.exists()
    assert not file.exists()


def test_it_holds_nothing_internal(tmp_path: Path) -> None:
    letter = old_letter()
    secret = Attachment(b"between us alone", "txt")
    respond(letter, texts={"en": "between us alone"}, attachment=secret, public=False)
    Mirror(tmp_path / "copy").update()
    files = [one for one in (tmp_path / "copy").rglob("*") if one.is_file()]
    assert len(files) > 10
    assert not [one for one in files if b"between us alone" in one.read_bytes()]
