"""Uploaded documents: Word and texts of any encoding, and what is refused."""

import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest

from signatures.letter_text import files, lines
from signatures.letter_text.recognising import recognise
from signatures.workbooks import Unreadable
from tests.letter_text.english import ENGLISH
from tests.letter_text.letters import Written
from tests.letter_text.test_letters import asked, seen

MB = 1024 * 1024


def saved(document: Any) -> bytes:
    """Return the bytes of a document."""
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def as_word(text: str) -> bytes:
    """Return a document with a paragraph for each line."""
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    return saved(document)


def packed(text: str, **parts: str) -> bytes:
    """Return an archive that says it is a document of Word."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", text)
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return written.getvalue()


@pytest.mark.parametrize(
    "written", [one for one in ENGLISH if "#" not in one.text and "---" not in one.text], ids=repr
)
def test_a_letter_in_word_is_recognised_as_one_in_text(written: Written) -> None:
    found = recognise(files.read(as_word("\n".join(lines_of(written.text)))))

    for draft, letter in zip(found, written.letters, strict=True):
        assert seen(draft, letter) == asked(letter)


def lines_of(text: str) -> list[str]:
    """Return the lines, those that were broken at the margin whole."""
    return list(lines._unbroken(text.splitlines()))


def test_lists_headings_tables_and_boxes_of_word_are_read() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "River Keepers, 12 Quay Street"
    document.add_heading("Open letter to the Board of the River Bank", 0)
    document.add_paragraph("Dear members of the Board,")
    document.add_paragraph("The river is dead from the dam to the sea, and nobody has been heard.")
    document.add_paragraph("We call on you to:")
    document.add_paragraph("Stop the mine", style="List Number")
    document.add_paragraph("Clean the river", style="List Number")
    document.add_paragraph("Yours sincerely,")
    table = document.add_table(rows=3, cols=2)
    rows = [("Organisation", "Country"), ("River Keepers", "Kenya"), ("Bay Watch", "Norway")]
    for row, cells in zip(table.rows, rows, strict=True):
        row.cells[0].text, row.cells[1].text = cells

    [draft] = recognise(files.read(saved(document)))

    assert draft.title == "Open letter to the Board of the River Bank"
    assert draft.demands_intro == "We call on you to:"
    assert draft.demands == ["Stop the mine", "Clean the river"]
    assert [(one.name, one.country) for one in draft.signatories] == [
        ("River Keepers", "KE"),
        ("Bay Watch", "NO"),
    ]
    assert draft.unrecognised == ["River Keepers, 12 Quay Street"]


def test_a_text_box_is_read_once_and_what_was_deleted_is_not() -> None:
    text = (
        '<w:document xmlns:w="w" xmlns:mc="m"><w:body><w:p><w:r><mc:AlternateContent>'
        "<mc:Choice><w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent>"
        "</mc:Choice><mc:Fallback><w:p><w:r><w:t>In the box</w:t></w:r></w:p></mc:Fallback>"
        "</mc:AlternateContent></w:r><w:r><w:t>Outside</w:t></w:r>"
        "<w:del><w:r><w:delText>never</w:delText></w:r></w:del></w:p></w:body></w:document>"
    )

    assert [line.text for line in files.read(packed(text))] == ["In the box", "Outside"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    text = "Chère Madame Élodie Müller,\n\nNous vous écrivons à propos de la forêt brûlée."

    assert [line.text for line in files.read(text.encode(encoding))] == text.split("\n\n")


def test_an_arabic_text_is_read_in_the_old_encoding() -> None:
    text = "تحية طيبة وبعد،\n\nنكتب إليكم باسم أهالي الأغوار الذين يسير أطفالهم كل يوم ساعتين."

    assert [line.text for line in files.read(text.encode("cp1256"))] == text.split("\n\n")


BILLION_LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    '<w:document xmlns:w="w"><w:p><w:r><w:t>&b;&c;</w:t></w:r></w:p></w:document>'
)
OPEN, CLOSE = '<w:document xmlns:w="w">', "</w:document>"
BOMBS: dict[str, Callable[[], bytes]] = {
    "entities": lambda: packed(BILLION_LAUGHS),
    "blanks": lambda: packed(OPEN + " " * 200 * MB + CLOSE),
    "elements": lambda: packed(OPEN + "<w:p/>" * 3_000_000 + CLOSE),
    "depth": lambda: packed(OPEN + "<w:p>" * 100_000 + "</w:p>" * 100_000 + CLOSE),
    "text": lambda: packed(f"{OPEN}<w:p><w:r><w:t>{'word ' * 600_000}</w:t></w:r></w:p>{CLOSE}"),
    "lines": lambda: packed(OPEN + "<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 60_000 + CLOSE),
    "styles": lambda: packed(OPEN + CLOSE, styles=BILLION_LAUGHS),
    "large file": lambda: b"a" * (files.LARGEST_FILE + 1),
    "lines of text": lambda: b"a\n" * 900_000,
    "one endless line": lambda: b"a" * 3_000_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_document_that_would_cost_much_is_refused_at_once(bomb: str) -> None:
    content = BOMBS[bomb]()
    start = time.process_time()

    with pytest.raises(Unreadable):
        files.read(content)

    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"{\\rtf1 Dear}", "rich text"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old document"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"<!DOCTYPE html><p>Dear", "web page"),
        (bytes(range(32)) * 20, "something else"),
    ],
)
def test_other_kinds_of_file_are_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        files.read(content)


def test_a_workbook_is_no_letter() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")

    with pytest.raises(Unreadable, match="not a document of Word"):
        files.read(written.getvalue())
