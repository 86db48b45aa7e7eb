"""XLSX workbooks as rows of text, examined before anything is unpacked into memory.

openpyxl builds a whole row before anybody can object to its million cells. The sheets are
therefore run through once beforehand, as a stream, under the limits of every table.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from signatures import moments

MOST_ROWS = 10_000
MOST_COLUMNS = 60
LONGEST_CELL = 5_000

ROWS_ABOVE = 10
"""Titles, notes and the header may stand above the data."""

_MOST_CELLS = 1_000_000
_MOST_LINES = 1_048_576
"""As many as a sheet of Excel has; openpyxl makes up those that a file passes over."""

_LARGEST_AREA = 200_000_000
"""Cells, with those that openpyxl makes up before the last of each row."""

_LARGEST_SHEET = 64 * 1024 * 1024
_LARGEST_TEXTS = 24 * 1024 * 1024
_LARGEST_OTHER = 4 * 1024 * 1024
_LARGEST_WHOLE = 96 * 1024 * 1024
_DENSEST = 250
"""How many times smaller than its content a packed part of a real workbook may be."""

_CHUNK = 1 << 16
_INVISIBLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_READ = re.compile(
    rf"\[Content_Types\]\.xml|(?:xl/)?_rels/[^/]+\.rels|xl/(?:workbook|styles|sharedStrings)\.xml"
    rf"|{_SHEET.pattern}",
    re.IGNORECASE,
)
"""The parts that are read. Whatever else a workbook names as its sheets or texts is not there."""

_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    expat.ExpatError,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
)
"""What openpyxl and zipfile raise over files that are not what they seem."""


class Unreadable(Exception):
    """A file that cannot be imported, with what to do about it."""


@dataclass(frozen=True)
class Record:
    """One row of a file, and its number there."""

    line: int
    cells: list[str]


def stripped(cell: str, line: int) -> str:
    """Return a cell without control characters and outer blanks; raises Unreadable if endless."""
    if len(cell) > LONGEST_CELL:
        raise too_much_text(line)
    return cell.translate(_INVISIBLE).strip()


def too_wide(line: int) -> Unreadable:
    """Return what is said of a row with more than MOST_COLUMNS cells."""
    said = _("Line %(line)s has more than %(most)s columns. Leave out what is not needed.")
    return Unreadable(said % {"line": line, "most": MOST_COLUMNS})


def too_long() -> Unreadable:
    """Return what is said of a table with more than MOST_ROWS rows."""
    said = _("The table has more than %(rows)s rows. Divide it.")
    return Unreadable(said % {"rows": moments.number(MOST_ROWS)})


def too_much_text(line: int) -> Unreadable:
    """Return what is said of a cell with more than LONGEST_CELL characters."""
    said = _("A cell in line %(line)s has more than %(most)s characters.")
    return Unreadable(said % {"line": line or "?", "most": moments.number(LONGEST_CELL)})


def is_archive(content: bytes) -> bool:
    """Whether these bytes are packed as a workbook is; other things are as well."""
    return content.startswith(b"PK")


def records(content: bytes) -> Iterator[Record]:
    """Yield the rows of the first sheet that holds any. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _examine(archive)
        with warnings.catch_warnings():
            # Over what a workbook has besides cells: styles, drawings, extensions.
            warnings.simplefilter("ignore")
            book = _opened(content)
            for sheet in sorted(book.worksheets, key=lambda one: one.sheet_state != "visible"):
                # What a file says of its size may be wrong.
                sheet.reset_dimensions()
                found = False
                for record in _rows(sheet):
                    found = True
                    yield record
                if found:
                    return
    except _BROKEN as error:
        raise Unreadable(_("The workbook is damaged. Open it, and save it anew.")) from error


def _opened(content: bytes) -> Any:
    """Return the workbook, made of nothing but the parts that were examined."""
    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    for name in [*reader.archive.NameToInfo]:
        if not _READ.fullmatch(name):
            del reader.archive.NameToInfo[name]
    reader.valid_files = [*reader.archive.NameToInfo]
    reader.read()
    return reader.wb


def _rows(sheet: Any) -> Iterator[Record]:
    for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [stripped(_text(value), line) for value in row[:MOST_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield Record(line, cells)


def _text(value: object) -> str:
    """Return a cell's value as people write it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.15g}"
        case datetime():
            midnight = value.time() == time()
            return value.date().isoformat() if midnight else f"{value:%Y-%m-%d %H:%M}"
        case date() | time():
            return value.isoformat()
        case _other:
            return str(value)


# Beforehand


def _examine(archive: zipfile.ZipFile) -> None:
    parts = {part.filename: part for part in archive.infolist()}
    if any(part.flag_bits & 1 for part in parts.values()):
        raise Unreadable(_("The workbook is protected by a password. Save it without one."))
    if "xl/workbook.xml" not in parts:
        raise Unreadable(
            _("This is not a workbook of Excel. Save it as .xlsx or as CSV, and not packed.")
        )
    read = {name: part for name, part in parts.items() if _READ.fullmatch(name)}
    if sum(part.file_size for part in read.values()) > _LARGEST_WHOLE:
        raise _inflated()
    for name, part in read.items():
        sheet = _SHEET.fullmatch(name) is not None
        texts = name.lower() == "xl/sharedstrings.xml"
        most = _LARGEST_SHEET if sheet else _LARGEST_TEXTS if texts else _LARGEST_OTHER
        dense = part.file_size > 1_000_000 and part.file_size > _DENSEST * part.compress_size
        if part.file_size > most or dense:
            raise _inflated()
        _Examination(is_sheet=not texts).of(archive, part)


def _inflated() -> Unreadable:
    return Unreadable(
        _("Unpacked, the workbook is far too large. Copy the table alone into a new one.")
    )


class _Examination:
    """A walk through one part of a workbook that stops at the first thing out of bounds."""

    def __init__(self, *, is_sheet: bool) -> None:
        self.valued = {"v", "is"} if is_sheet else {"si"}
        self.line = self.lines = self.rows = self.cells = self.column = self.area = self.length = 0
        self.place = ""
        self.formula = self.inside = self.filled = self.row_filled = False

    def of(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        """Raise Unreadable when the part breaks a limit."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.doctype
        unpacked = 0
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > part.file_size:
                    raise _inflated()
                parser.Parse(chunk)
        parser.Parse(b"", True)

    def doctype(self, *_declaration: object) -> None:
        """Refuse entities: no workbook has any."""
        raise _inflated()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Count rows and cells; note where we are."""
        name = name.rpartition(":")[2]
        if name in self.valued:
            self.inside, self.length = True, 0
        elif name == "c":
            self.cells += 1
            self.place = attributes.get("r", "")
            self.column = _column(self.place) or self.column + 1
            self.formula = self.filled = False
            if self.cells > _MOST_CELLS:
                raise _inflated()
        elif name == "f":
            self.formula = True
        elif name == "row":
            self.line = int(attributes.get("r", self.line + 1))
            self.lines += 1
            if max(self.line, self.lines) > _MOST_LINES:
                raise _inflated()
            self.column, self.row_filled = 0, False

    def end(self, name: str) -> None:
        """Judge the cell or row that ends here."""
        name = name.rpartition(":")[2]
        if name in self.valued:
            self.inside = False
        elif name == "c" and self.formula and not self.filled:
            said = _(
                "Cell %(cell)s holds a formula whose result is not in the file. Open the file "
                "in a spreadsheet program, and save it again; or paste the values alone."
            )
            raise Unreadable(said % {"cell": self.place})
        elif name == "row":
            self.rows += self.row_filled
            self.area += self.column
            if self.area > _LARGEST_AREA:
                raise _inflated()
            if self.rows > MOST_ROWS + ROWS_ABOVE:
                raise too_long()

    def text(self, characters: str) -> None:
        """Let no cell grow beyond what it may hold, nor stand where none may."""
        if not self.inside:
            return
        self.filled = self.row_filled = True
        self.length += len(characters)
        if self.column > MOST_COLUMNS:
            raise too_wide(self.line)
        if self.length > LONGEST_CELL * 2:  # phonetic guides count as well
            raise too_much_text(self.line)


def _column(place: str) -> int:
    """Return the number of the column in "AB12", 0 if there is none."""
    number = 0
    for letter in place.rstrip("0123456789").upper():
        number = number * 26 + ord(letter) - 64
    return number
