"""What we measure with works on any file of its form."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import matching

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
