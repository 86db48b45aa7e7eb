"""Columns of exports, and the three forms in which a table leaves the house."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import openpyxl  # type: ignore[import-untyped]
from import_export import resources
from import_export.fields import Field
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]

from signatures import names, verifying
from signatures.canonical import Entry
from signatures.cells import EDITION_COLUMNS, PUBLIC_COLUMNS, safe_cell
from signatures.models.signatures import Signature, SignatureQuerySet


def public_csv(listed: SignatureQuerySet) -> bytes:
    """Return the public list of a letter as CSV: what its page shows, and nothing else.

    Numbers count the rows as the page does; `section` tells initiators; countries are two letters
    (ISO 3166-1), days ISO 8601; `text_version` numbers the text that was signed. Rows are read as
    tuples, because a list may be long.
    """
    columns = ("name", "local_name", "country", "position", "signed_on", "text_version")
    return _written(
        PUBLIC_COLUMNS,
        (
            (
                str(number),
                name,
                local_name,
                country,
                "" if position is None else "initiator",
                signed_on.isoformat(),
                str(text_version or ""),
            )
            for number, (name, local_name, country, position, signed_on, text_version) in enumerate(
                listed.values_list(*columns).iterator(), start=1
            )
        ),
    )


def entries_csv(entries: Iterable[Entry]) -> bytes:
    """Return the list of an edition as CSV: the public list, and the random bits of each entry."""
    return _written(EDITION_COLUMNS, map(verifying.row, entries))


class ListResource(resources.ModelResource):
    """Lists as staff take them along: with all that an import needs to make the same lists."""

    letter = Field(column_name="letter")
    name = Field(column_name="name")
    local_name = Field(column_name="local_name")
    acronym = Field(column_name="acronym")
    country = Field(column_name="country")
    section = Field(column_name="section")
    place = Field(column_name="place")
    signed_on = Field(column_name="signed_on")

    class Meta:
        model = Signature
        fields: ClassVar = (
            "letter",
            "name",
            "local_name",
            "acronym",
            "country",
            "section",
            "place",
            "signed_on",
        )
        export_order: ClassVar = fields

    def dehydrate_letter(self, signature: Signature) -> str:
        """The last part of the letter's address."""
        return signature.letter.slug

    def dehydrate_name(self, signature: Signature) -> str:
        """The name exactly as listed."""
        return signature.name

    def dehydrate_local_name(self, signature: Signature) -> str:
        """The name in the organisation's own language, or nothing."""
        return signature.local_name

    def dehydrate_acronym(self, signature: Signature) -> str:
        """The organisation's acronym, if it is listed with it: an import adds it to the name."""
        acronym = signature.organization.acronym
        return acronym if names.listed_name(signature.name, acronym) == signature.name else ""

    def dehydrate_country(self, signature: Signature) -> str:
        """The country's two letters (ISO 3166-1), or nothing."""
        return str(signature.country)

    def dehydrate_section(self, signature: Signature) -> str:
        """Whether the organisation is one of those who issued the letter."""
        return "initiator" if signature.is_initiator else ""

    def dehydrate_place(self, signature: Signature) -> str:
        """The place among the initiators, or nothing."""
        return "" if signature.position is None else str(signature.position)

    def dehydrate_signed_on(self, signature: Signature) -> str:
        """The day of the signature (ISO 8601)."""
        return signature.signed_on.isoformat()


def _written(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(headers)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return written.getvalue().encode()


def as_csv(dataset: Any) -> bytes:
    """Return a table as CSV in UTF-8, no cell of which is a formula."""
    return _written(dataset.headers, ([str(cell) for cell in row] for row in dataset))


def as_csv_for_spreadsheets(dataset: Any) -> bytes:
    """Return the same with the mark by which spreadsheet programs know UTF-8."""
    return b"\xef\xbb\xbf" + as_csv(dataset)


def as_xlsx(dataset: Any) -> bytes:
    """Return a table as a workbook whose every cell is text, and says so."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (dataset.headers, *dataset):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", safe_cell(str(value))))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def as_json(dataset: Any) -> bytes:
    """Return a table as a list of objects, its values exactly as they are."""
    return json.dumps(dataset.dict, ensure_ascii=False, indent=1).encode()


FORMATS: dict[str, tuple[Callable[[Any], bytes], str]] = {
    "csv": (as_csv_for_spreadsheets, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": (as_json, "application/json"),
}
"""How staff may take a table along: how it is written, and what the browser is told."""
