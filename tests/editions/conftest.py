"""Papers cost a second each; what they print is tested in tests/papers."""

import pytest

from signatures import papers


@pytest.fixture(autouse=True)
def stand_in_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("pdf", "docx"):
        monkeypatch.setattr(papers, kind, lambda *printed, kind=kind: f"{kind} {printed}".encode())
