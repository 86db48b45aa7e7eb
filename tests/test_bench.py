"""What we measure with works on any file of its form."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import matching
from bench.serving import __main__ as serving
from bench.serving import load, rows

PAIRS = """name_a\tname_b\tlabel\tcountry_a\tcountry_b
Water Watch\tWater Watch (WW)\tsame\tKE\tKE
Trocaire\tTrócaire\tsame\tIE\tIE
Women's Center\tThe "Women's" Centre\tsame\t\t
Water Watch\tWater Watch – Kisumu\trelated\tKE\tKE
Water Watch\tFire Brigade\tdifferent\tKE\t
Health Union\tHealth Union\tdifferent\tKE\tKE
"""


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS, encoding="utf-8")
    return path


def test_pairs_are_judged(pairs: Path) -> None:
    found = matching.judge(matching.read(pairs))
    assert found["precision"] == 0.75
    assert found["recall"] == found["shown"] == 1.0
    assert found["identical_but_not_same"] == 1
    assert found["precision_without_identical"] == 1.0
    assert found["kinds"] == {}


def test_names_are_searched(pairs: Path) -> None:
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [
            *(sys.executable, "bench/matching.py", "--search", str(pairs)),
            *("--names", "60", "--database", "sqlite"),
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["recall@5"] == 1.0
    assert found["names"] == 60
    assert found["searches"] == 3
    assert found["database"].startswith("sqlite")


def test_a_row_that_was_missed_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its figures are all that is printed; what servers say stays out of the way."""

    def measured() -> rows.Row:
        os.write(1, b"a server talks")
        return rows.at_least(400, reached, "/s", clients=16)

    monkeypatch.setitem(serving.ROWS, "sign_post", measured)
    for reached, status in ((401, 0), (399, 1)):
        assert serving.measure("sign_post") == status
        assert json.loads(capfd.readouterr().out) == {
            "row": "sign_post",
            "target": ">= 400/s",
            "measured": f"{reached}/s",
            "met": not status,
            "facts": {"clients": 16},
        }


def test_a_program_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(serving.ROWS, "app_down", lambda: load.need("no-such-program", "wrk"))
    assert serving.measure("app_down") == 2
    assert capfd.readouterr().err == "no-such-program is needed: install Debian's package wrk.\n"
