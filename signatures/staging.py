"""From a table to the statements of its rows: which column holds what, and from where on."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from signatures import dates, headers, names, tables, workbooks
from signatures.cells import plain_cell
from signatures.tables import Table
from signatures.workbooks import Record, Unreadable

_INITIATORS = ("initiat", "inici", "مبادر")
_OTHERS = frozenset({"", "no", "non", "none", "signatory", "signatories", "signataire", "firmante"})


class UnclearDates(Exception):
    """The dates of a file do not tell day from month; the example is one of them."""

    def __init__(self, example: str) -> None:
        super().__init__(example)
        self.example = example


@dataclass(frozen=True)
class Sheet:
    """A table, the titles of its columns, and how many of its rows stand above the data."""

    table: Table
    titles: list[str]
    header_rows: int

    @property
    def data(self) -> list[Record]:
        """The rows that state something."""
        return self.table.records[self.header_rows :]

    def samples(self, column: int, most: int = 3) -> list[str]:
        """Return the first different cells of a column that are not empty."""
        cells = (row.cells[column] for row in self.data[:200] if column < len(row.cells))
        return list(dict.fromkeys(cell[:80] for cell in cells if cell))[:most]

    @classmethod
    def read(cls, content: bytes, encoding: str = "", header_rows: int | None = None) -> "Sheet":
        """Read a file. Raises Unreadable when it holds no rows, or too many."""
        table = tables.read(content, encoding)
        header = headers.find(table.records, table.width)
        if header_rows is None:
            # A plain list begins with its first name, unless that is a title that we know.
            header_rows = header.rows if header.is_known or table.width > 1 else 0
        titles = header.titles if header_rows else [""] * table.width
        sheet = cls(table, titles, header_rows)
        if not sheet.data:
            raise Unreadable(_("The file holds the titles of columns, and no row below them."))
        if len(sheet.data) > workbooks.MOST_ROWS:
            raise workbooks.too_long()
        return sheet

    def guess(self) -> list[str]:
        """Return what each column probably holds."""
        if self.table.width == 1:
            return ["name"]
        return headers.guess(self.titles)

    def statements(
        self, fields: Sequence[str], order: dates.Order | None = None
    ) -> list[tuple[int, dict[str, str]]]:
        """Return the cells of the matched columns by field, with the line they stand in.

        Raises UnclearDates when `order` is needed to read the dates.
        """
        stated = []
        for record in self.data:
            cells = {
                field: plain_cell(cell)
                for field, cell in zip(fields, record.cells, strict=False)
                if field and cell
            }
            if cells:
                stated.append((record.line, cells))
        signed = [cells["signed_on"] for _line, cells in stated if "signed_on" in cells]
        evident, example = dates.order_of(signed)
        order = order or evident
        if example and not order:
            raise UnclearDates(example)
        places = 0
        for _line, cells in stated:
            if order and "signed_on" in cells:
                cells["order"] = order
            if "section" in fields:
                places += _place(cells, places)
        return stated


def _place(cells: dict[str, str], places: int) -> int:
    """Turn a row's section into a place among the initiators; return 1 if it is one of them.

    Initiators without a number stand in the order of the file. A section that says nothing we
    know is left where the place should be, and becomes an error of the row.
    """
    section = cells.pop("section", "")
    said = names.fold(section)
    if said.startswith(_INITIATORS):
        cells.setdefault("position", str(places + 1))
        return 1
    cells.pop("position", None)
    if said not in _OTHERS:
        cells["position"] = section
    return 0
