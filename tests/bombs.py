"""Files that would cost time or memory, read in a process of their own: python -m tests.bombs NAME.

Fails unless the file is refused within two seconds of a processor and 50 MB.
"""

import io
import resource
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from itertools import pairwise

from django.conf import settings

from signatures import tables
from signatures.workbooks import Unreadable
from tests.tables import with_sheet, xlsx_file

MB = 1024 * 1024


def replaced(name: str, content: bytes) -> bytes:
    """Return a workbook one part of which is `content`."""
    original = zipfile.ZipFile(io.BytesIO(xlsx_file([["name"], ["Amal"]])))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in original.infolist():
            if part.filename != name:
                archive.writestr(part.filename, original.read(part))
        archive.writestr(name, content)
    return written.getvalue()


def renamed(book: bytes, name: str, other: str) -> bytes:
    """Return a workbook that says its part `name` is the part `other`."""
    original = zipfile.ZipFile(io.BytesIO(book))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in original.namelist():
            archive.writestr(part, original.read(part).replace(name.encode(), other.encode()))
    return written.getvalue()


def lying(archive: bytes, real: int) -> bytes:
    """Return the archive with its largest part declared as 10 kB."""
    return archive.replace(struct.pack("<I", real), struct.pack("<I", 10_000))


SHEET = "xl/worksheets/sheet1.xml"
BLANK = b"<worksheet>" + b" " * 200 * MB


def bomb(name: str) -> bytes:
    """Return the bytes of one bomb."""
    if name in TEXTS:
        return TEXTS[name]()
    return workbook(name) if name in WORKBOOKS else archive(name)


TEXTS: dict[str, Callable[[], bytes]] = {
    "columns_csv": lambda: b"x," * 1_000_000,
    "lines_csv": lambda: b"name,country\n" + b"x,y\n" * 4_000_000,
    "wide_csv": lambda: b"name,country\n" + (b"x," * 16_384 + b"\n") * 600,
    "quote_csv": lambda: b'name,country\n"' + b"Amal,KE\n" * 2_400_000,
}
WORKBOOKS = frozenset({"columns", "gap", "far", "entities", "laughs"})


def workbook(name: str) -> bytes:
    """Return a workbook with a sheet that seems endless."""
    match name:
        case "columns":
            cells = "".join(f'<c t="str"><v>{n}</v></c>' for n in range(1_000_000))
            return with_sheet(f'<row r="1">{cells}</row>')
        case "gap":
            return with_sheet('<row r="1"/><row r="2000000000"><c t="str"><v>x</v></c></row>')
        case "far":
            rows = (f'<row q="{n * 7919}"><c r="ZZZ1"/></row>' for n in range(200_000))
            return with_sheet("".join(rows))
        case "laughs":
            texts = [f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghij")]
            told = f'<!DOCTYPE x [<!ENTITY a "ha">{"".join(texts)}]>'
            row = "<worksheet><sheetData><row><c><v>&j;</v></c></row></sheetData></worksheet>"
            return replaced(SHEET, f"{told}{row}".encode())
        case _entities:
            document = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet/>'
            return replaced(SHEET, document)


def archive(name: str) -> bytes:
    """Return a workbook that is more than it says, or elsewhere."""
    match name:
        case "zip":
            return replaced(SHEET, BLANK)
        case "lying_zip":
            return lying(replaced(SHEET, BLANK), len(BLANK))
        case "nested_zip":
            inner = replaced(SHEET, BLANK)
            for _level in range(3):
                inner = replaced(SHEET, inner)
            return inner
        case "elsewhere":
            row = b"<worksheet><row>" + b"<c/>" * 1_000_000 + b"</row></worksheet>"
            book = replaced("xl/media/a.png", row)
            return renamed(book, SHEET, "xl/media/a.png")
        case _texts:
            return replaced("xl/sharedStrings.xml", b"<sst><si><t>" + b"ab" * 10 * MB)


def main() -> int:
    """Read the bomb that the command line names."""
    settings.configure(USE_I18N=False)
    content = bomb(sys.argv[1])
    # The highest mark so far is that of making the bomb; a second process image starts anew.
    with open("/proc/self/clear_refs", "w") as marks:  # noqa: PTH123
        marks.write("5")
    before = peak()
    begun = time.process_time()
    try:
        tables.read(content)
    except Unreadable as refused:
        said = str(refused)
    else:
        said = ""
    seconds, memory = time.process_time() - begun, peak() - before
    sys.stdout.write(f"{said!r} {seconds:.2f} s {memory:.0f} MB\n")
    return not (said and seconds <= 2 and memory <= 50)


def peak() -> float:
    """Return the most memory held since the marks were cleared, in MB."""
    with open("/proc/self/status") as status:  # noqa: PTH123
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
