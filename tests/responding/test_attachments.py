"""Which files of an addressee are handed on, by their content and never by their names."""

import io
import zipfile

import pytest

from signatures import attachments
from signatures.attachments import Refused, judge
from tests.drawn import picture

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"


def word(*more: str, named: str = "word/document.xml") -> bytes:
    """Return a Word file with these parts besides."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", named, *more):
            archive.writestr(name, "<x/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("upload", "kind"),
    [
        (PDF, "pdf"),
        (word(), "docx"),
        (picture(), "png"),
        ("Sehr geehrte Damen, رسالة".encode(), "txt"),
        (b"\xef\xbb\xbfWith a mark", "txt"),
    ],
)
def test_documents_pictures_and_text_are_taken(upload: bytes, kind: str) -> None:
    judged = judge(upload)
    assert judged.kind == kind
    assert judged.file.endswith(f".{kind}")
    assert kind in attachments.TYPES


def test_a_document_stays_as_it_came_and_a_picture_is_drawn_anew() -> None:
    assert judge(PDF).content == PDF
    assert judge(word()).content == word()
    scan = picture()
    assert judge(scan + b"<script>").content == judge(scan).content


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (b"", "empty"),
        (b"a" * 5_000_001, "too large"),
        (PDF[:-7], "cut off"),
        (PDF.replace(b"/Type", b"/S /JavaScript /Type"), "scripts"),
        (PDF.replace(b"/Type", b"/EmbeddedFile /Type"), "scripts"),
        (PDF.replace(b"/Type", b"/Launch/Type"), "scripts"),
        (word("word/vbaProject.bin"), "macros"),
        (word("word/embeddings/oleObject1.bin"), "macros"),
        (word(named="xl/workbook.xml"), "cannot be used"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"MZ\x90\x00\x03", "cannot be used"),
        (b"\xff\xfe\x00", "cannot be used"),
        (b"\xff\xd8\xff no picture", "no picture"),
        (b"a\x00b", "cannot be used"),
    ],
)
def test_what_could_run_or_cannot_be_read_is_refused(upload: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        judge(upload)


def test_a_word_file_that_explodes_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", b"0" * 60_000_000)
    with pytest.raises(Refused, match="too large"):
        judge(packed.getvalue())


def test_a_name_that_only_begins_alike_is_no_script() -> None:
    assert judge(PDF.replace(b"/Type", b"/LaunchPad /Type")).kind == "pdf"
