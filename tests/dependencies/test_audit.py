"""A known vulnerability of a dependency is not overlooked, and what is not known is not claimed."""

import json
import subprocess
from datetime import date
from typing import Any

import pytest

from tests.dependencies import __main__ as audit

TODAY = date(2026, 11, 25)
FLAW = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["1.1"], "description": ""}
EXCEPTION = """
[[exception]]
id = "CVE-2026-1"
package = "thing"
until = 2026-12-31
why = "We never call the function that has it."
"""


def report(*flaws: dict[str, Any]) -> audit.Report:
    return {"dependencies": [{"name": "thing", "version": "1.0", "vulns": list(flaws)}]}


def test_a_vulnerability_is_told_with_its_remedy() -> None:
    assert audit.problems(report(FLAW), []) == ["thing 1.0: PYSEC-2026-1, mended in 1.1"]


def test_none_is_none() -> None:
    assert audit.problems(report(), []) == []


def test_an_exception_holds_for_one_vulnerability_of_one_package() -> None:
    exempt = audit.exemptions(EXCEPTION, TODAY)
    assert audit.problems(report(FLAW), exempt) == []
    other = EXCEPTION.replace('"thing"', '"other"')
    assert len(audit.problems(report(FLAW), audit.exemptions(other, TODAY))) == 2


def test_an_exception_that_is_not_needed_any_more_has_to_go() -> None:
    exempt = audit.exemptions(EXCEPTION, TODAY)
    assert audit.problems(report(), exempt) == ["CVE-2026-1: not needed any more, take it away"]


def test_a_package_that_nobody_knows_is_told() -> None:
    skipped = {"dependencies": [{"name": "thing", "skip_reason": "not found"}]}
    assert audit.problems(skipped, []) == ["thing: not found"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("2026-12-31", "2026-11-24"), "was to be gone by 2026-11-24"),
        (("2026-12-31", "2027-03-01"), "more than three months"),
        (("We never call the function that has it.", "Fine."), "say why"),
    ],
)
def test_an_exception_has_a_reason_and_an_end(changed: tuple[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        audit.exemptions(EXCEPTION.replace(*changed), TODAY)


def test_the_exceptions_we_have_are_sound() -> None:
    audit.exemptions(audit.EXCEPTIONS.read_text(encoding="utf-8"), date.today())  # noqa: DTZ011


@pytest.mark.parametrize(
    ("out", "err"),
    [
        (json.dumps({"dependencies": [{"name": "thing", "skip_reason": "not found"}]}), ""),
        ("", "requests.exceptions.ConnectionError: no route"),
    ],
)
def test_where_nobody_can_be_asked_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], out: str, err: str
) -> None:
    def answered(*_arguments: Any, **_options: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess([], 1, out, err)

    monkeypatch.setattr("subprocess.run", answered)
    for arguments, status in (([], 0), (["--strict"], 2)):
        monkeypatch.setattr("sys.argv", ["audit", *arguments])
        assert audit.main() == status
        assert capsys.readouterr().out.startswith("NOT AUDITED")


def test_an_audit_that_fails_is_not_taken_for_one_that_found_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = subprocess.CompletedProcess([], 2, "", "no such option: --require-hashes")
    monkeypatch.setattr("subprocess.run", lambda *_arguments, **_options: failed)
    with pytest.raises(RuntimeError, match="no such option"):
        audit.asked()
