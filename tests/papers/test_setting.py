"""Papers are set in type by a process of their own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from signatures import typesetting
from signatures.papers import pdf
from tests.papers.test_pdf import words
from tests.papers.written import DRESS, VERIFY_AT, edition, entries

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def test_nothing_of_it_stays_in_ours() -> None:
    """The typesetter would keep some ten megabytes of each."""
    listed = entries(*(f"Watch {place}" for place in range(200)))

    def held() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    pdf(edition(listed), listed, "en", DRESS, VERIFY_AT)
    before = held()
    for place in range(5):
        pdf(edition(listed), listed, "en", DRESS, f"{VERIFY_AT}{place}")
    assert held() - before < 20_000_000


def test_what_the_typesetter_says_is_passed_on() -> None:
    with pytest.raises(typesetting.NotSet, match=r"status 1: .*No such file"):
        typesetting.paper("no-such.typ", {}, NOW)


def test_who_waits_too_long_is_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    listed = entries("Water Watch")
    monkeypatch.setattr(typesetting, "LONGEST_SETTING", 0.001)
    with pytest.raises(typesetting.Busy):
        pdf(edition(listed), listed, "en", DRESS, VERIFY_AT)
    assert "given up" in caplog.text
    monkeypatch.undo()
    assert pdf(edition(listed), listed, "en", DRESS, VERIFY_AT).startswith(b"%PDF")


def test_who_comes_when_memory_is_short_is_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    killed = tmp_path / "typist.py"
    killed.write_text("import os\nos.kill(os.getpid(), 9)\n")
    monkeypatch.setattr(typesetting, "TYPIST", killed)
    with pytest.raises(typesetting.Busy):
        typesetting.paper("letter.typ", {}, NOW)
    assert "status -9" in caplog.text


def test_a_very_long_list_is_set_in_one_go_and_whole() -> None:
    listed = entries(*(f"Watch {place}" for place in range(2001)))
    said = words(pdf(edition(listed), listed, "en", DRESS, VERIFY_AT))
    assert said.index("Watch 0 ") < said.index("Watch 1999") < said.index("Watch 2000")
