"""Papers cost a second each; what they print is tested in tests/papers."""

import pytest

from signatures import papers
from signatures.views import downloads

REAL = downloads.PAPERS
"""Which are the real ones only if they are looked up before the others stand in."""


@pytest.fixture(autouse=True)
def stand_in_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("pdf", "docx"):
        monkeypatch.setattr(papers, kind, lambda *printed, kind=kind: f"{kind} {printed}".encode())
