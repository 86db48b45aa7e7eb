"""Files as people upload them."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl  # type: ignore[import-untyped]


def csv_file(rows: Iterable[Sequence[str]], *, separator: str = ",") -> str:
    """Return rows as a CSV text."""
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(rows)
    return written.getvalue()


def xlsx_file(rows: Iterable[Iterable[Any]], merged: Sequence[str] = ()) -> bytes:
    """Return rows as a workbook, some of its cells merged."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for area in merged:
        book.active.merge_cells(area)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def with_sheet(rows_of_xml: str) -> bytes:
    """Return a workbook whose only sheet is made of this XML."""
    original = zipfile.ZipFile(io.BytesIO(xlsx_file([["name"]])))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in original.infolist():
            content = original.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = (
                    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                    f"<sheetData>{rows_of_xml}</sheetData></worksheet>"
                ).encode()
            archive.writestr(part.filename, content)
    return written.getvalue()
