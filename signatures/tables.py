"""Reading a table that somebody uploads: bytes in, rows of text out. Pure; nothing is stored.

CSV with any usual separator and encoding, XLSX, or a plain list with one name on each line.
Whatever else it is, however it is named, is refused in words (Unreadable) before it costs much
time or memory.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures import moments, workbooks
from signatures.workbooks import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    ROWS_ABOVE,
    Record,
    Unreadable,
    stripped,
)

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes."""

ENCODINGS = {
    "utf-8-sig": gettext_lazy("Unicode (UTF-8)"),
    "utf-16": gettext_lazy("Unicode (UTF-16)"),
    "cp1252": gettext_lazy("Western (Windows-1252)"),
    "cp1256": gettext_lazy("Arabic (Windows-1256)"),
    "cp1250": gettext_lazy("Central European (Windows-1250)"),
    "cp1251": gettext_lazy("Cyrillic (Windows-1251)"),
    "cp1253": gettext_lazy("Greek (Windows-1253)"),
    "cp1254": gettext_lazy("Turkish (Windows-1254)"),
    "cp1255": gettext_lazy("Hebrew (Windows-1255)"),
    "mac_roman": gettext_lazy("Western (Macintosh)"),
    "iso8859_6": gettext_lazy("Arabic (ISO 8859-6)"),
}
"""What a person may choose when the guess was wrong, and how it is called."""

_GUESSED = ("cp1252", "cp1256", "cp1255", "cp1253", "cp1251", "cp1250", "cp1254", "mac_roman")
"""Older encodings; of those that fit a short text equally well, the first."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SEPARATORS = ",;\t|"
_LONGEST_LINE = MOST_COLUMNS * (LONGEST_CELL + 3)
_ALIKE = 0.6
"""Share of rows that have to have as many cells as the header."""

_MOST_LINES_OF_A_RECORD = 300
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Table:
    """What a file holds, and the encoding it was read in; "" where a file names its own."""

    records: list[Record]
    encoding: str = ""

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max(len(record.cells) for record in self.records)


def read(content: bytes, encoding: str = "") -> Table:
    """Return the table in a file; `encoding` overrules the guess.

    Raises Unreadable, with what to do about it, when it holds none.
    """
    if len(content) > LARGEST_FILE:
        raise too_large()
    if not content.strip(b"\x00 \t\r\n"):
        raise Unreadable(_("The file is empty."))
    if workbooks.is_archive(content):
        table = Table(_bounded(workbooks.records(content)))
    else:
        _refuse_other_kinds(content)
        encoding = encoding or encoding_of(content)
        table = Table(_text_records(content, encoding), encoding)
    if not table.records:
        raise Unreadable(_("The file is empty."))
    return table


def too_large() -> Unreadable:
    """Return what is said of a file above LARGEST_FILE."""
    return Unreadable(_("The file is larger than 20 MB. Divide it, or leave columns out."))


def _refuse_other_kinds(content: bytes) -> None:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(_("The workbook is protected by a password. Save it without one."))
        raise Unreadable(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV."))
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<meta", b"<table", b"<?xml")):
        raise Unreadable(
            _("This is a web page or XML, not a table. Open it, and save it as .xlsx or as CSV.")
        )
    if re.match(rb"\[\s*[\[{]|\{\s*\"", start):
        raise Unreadable(_("This is JSON, not a table. Export it as CSV or XLSX instead."))
    foreign = {
        b"%PDF": _("a PDF document"),
        b"\x89PNG": _("a picture"),
        b"\xff\xd8\xff": _("a picture"),
        b"GIF8": _("a picture"),
        b"{\\rtf": _("a text document"),
        b"\x1f\x8b": _("a packed archive"),
        b"Rar!": _("a packed archive"),
        b"7z\xbc\xaf": _("a packed archive"),
    }
    for mark, kind in foreign.items():
        if content.startswith(mark):
            said = _("This is %(kind)s, not a table. Tables are CSV, XLSX, or a list of names.")
            raise Unreadable(said % {"kind": kind})


# Text


def encoding_of(content: bytes) -> str:
    """Return the encoding in which a text was most probably written."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    head = content[:4096]
    # Without a mark UTF-16 shows by the zeros of its blanks and commas, in one half alone.
    zeros = head[0::2].count(0), head[1::2].count(0)
    if max(zeros) > max(2, len(head) // 100) and min(zeros) == 0:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    if _decodes(content, "utf-8"):
        return "utf-8-sig"
    telling = (line for line in io.BytesIO(content) if not line.isascii())
    sample = b"".join(line[:400] for line in islice(telling, 100))
    matches = sorted(
        from_bytes(sample, cp_isolation=list(_GUESSED)),
        key=lambda match: (round(match.chaos, 1), _GUESSED.index(match.encoding)),
    )
    candidates = [*(match.encoding for match in matches), *_GUESSED]
    # The last of them has a character for every byte.
    return next(encoding for encoding in candidates if _decodes(content, encoding))


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _text_records(content: bytes, encoding: str) -> list[Record]:
    opened = partial(io.TextIOWrapper, encoding=encoding, newline="")
    try:
        head = opened(io.BytesIO(content)).read(4096)
        if sum(not (one.isprintable() or one.isspace()) for one in head) > max(8, len(head) // 20):
            raise Unreadable(
                _("This is not a table that can be read. Tables are CSV, XLSX, or a list of names.")
            )
        announced = head.partition("\n")[0].strip().lower()
        separator = announced[4:] if announced[:4] == "sep=" and len(announced) == 5 else ""
        separator = separator or _separator_of(opened(io.BytesIO(content)))
        found = _records(opened(io.BytesIO(content)), separator)
        records = _bounded(found)
        return records[1:] if announced.startswith("sep=") else records
    except UnicodeError as error:
        said = _("The file is not written in the encoding %(encoding)s. Choose another one.")
        name = ENCODINGS.get(encoding, encoding)
        raise Unreadable(said % {"encoding": name}) from error


def _separator_of(text: io.TextIOWrapper) -> str:
    """Return what divides the cells, or "" for a plain list.

    The first row that has more than one cell is the header; the rows after it have as many.
    """
    head = list(islice(_lines(text), 200))
    best, best_score = "", 0.0
    for separator in _SEPARATORS:
        try:
            rows = list(csv.reader(head, delimiter=separator))
        except csv.Error:
            continue
        # A cell of very many lines lacks its closing quotation mark; that is complained of later.
        widths = [len(row) for row in rows if row and max(cell.count("\n") for cell in row) < 50]
        width = next((width for width in widths[:ROWS_ABOVE] if width > 1), 0)
        alike = widths.count(width) / len(widths) if width else 0.0
        # A comma in a name is no separator: few lines of a list have one, in varying numbers.
        score = alike * (1 + width / 1000)
        if alike >= _ALIKE and score > best_score:
            best, best_score = separator, score
    return best


def _records(text: Iterable[str], separator: str) -> Iterator[Record]:
    """Yield the rows that hold something, with the number of the line where each begins."""
    if separator:
        yield from _divided(text, separator)
        return
    for number, line in enumerate(_lines(text), start=1):
        if cell := stripped(line, number):
            yield Record(number, [cell])


def _divided(text: Iterable[str], separator: str) -> Iterator[Record]:
    number, waiting = 1, 0

    def fed() -> Iterator[str]:
        nonlocal waiting
        for line in _lines(text):
            waiting += 1
            if waiting > _MOST_LINES_OF_A_RECORD:
                raise _endless(number)
            yield line

    try:
        for row in csv.reader(fed(), delimiter=separator):
            cells = [stripped(cell, number) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                raise workbooks.too_wide(number)
            if cells:
                yield Record(number, cells)
            number, waiting = number + waiting, 0
    except csv.Error as error:
        raise _endless(number) from error


def _lines(text: Iterable[str]) -> Iterator[str]:
    assert isinstance(text, io.TextIOBase)
    number = 0
    while line := text.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE:
            raise _too_long_a_line(number)
        yield line.replace("\x00", "")


def _too_long_a_line(line: int) -> Unreadable:
    said = _(
        "Line %(line)s is too long: a row may have %(most)s columns of %(longest)s characters."
    )
    return Unreadable(
        said % {"line": line, "most": MOST_COLUMNS, "longest": moments.number(LONGEST_CELL)}
    )


def _endless(line: int) -> Unreadable:
    said = _(
        "The row that begins in line %(line)s does not end. A quotation mark may be missing there."
    )
    return Unreadable(said % {"line": line})


def _bounded(records: Iterable[Record]) -> list[Record]:
    found = list(islice(records, MOST_ROWS + ROWS_ABOVE + 1))
    if len(found) > MOST_ROWS + ROWS_ABOVE:
        raise workbooks.too_long()
    return found
