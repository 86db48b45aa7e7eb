"""Reading a document that somebody uploads: bytes in, lines out. Nothing is stored."""

from django.utils.translation import gettext as _

from signatures import tables
from signatures.letter_text import lines, word
from signatures.letter_text.lines import Line
from signatures.workbooks import Unreadable, is_archive

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes."""


def read(content: bytes) -> list[Line]:
    """Return the lines of a document of Word, or of a text in any usual encoding.

    Raises Unreadable, with what to do about it, when it holds none.
    """
    if len(content) > LARGEST_FILE:
        raise too_large()
    if not content.strip(b"\x00 \t\r\n"):
        raise Unreadable(_("The file is empty."))
    found = word.read(content) if is_archive(content) else lines.of_text(_text(content))
    if not found:
        raise Unreadable(_("The document holds no text."))
    return found


def too_large() -> Unreadable:
    """Return what is said of a file above LARGEST_FILE."""
    return Unreadable(_("The file is larger than 10 MB. Copy the letter alone into a new one."))


def _text(content: bytes) -> str:
    _refuse_other_kinds(content)
    text = content.decode(tables.encoding_of(content), errors="replace")
    head = text[:4096]
    if sum(not (one.isprintable() or one.isspace()) for one in head) > max(8, len(head) // 20):
        raise _foreign(_("something else than text"))
    return text


def _refuse_other_kinds(content: bytes) -> None:
    foreign = {
        b"%PDF": _("a PDF document"),
        b"{\\rtf": _("a document in rich text (.rtf)"),
        b"\xd0\xcf\x11\xe0": _("an old document of Word (.doc), or one with a password"),
        b"\x89PNG": _("a picture"),
        b"\xff\xd8\xff": _("a picture"),
        b"GIF8": _("a picture"),
        b"\x1f\x8b": _("a packed archive"),
        b"Rar!": _("a packed archive"),
        b"7z\xbc\xaf": _("a packed archive"),
    }
    for mark, kind in foreign.items():
        if content.startswith(mark):
            raise _foreign(kind)
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        raise _foreign(_("a web page or XML"))


def _foreign(kind: str) -> Unreadable:
    said = _("This is %(kind)s. Save it as .docx or as text, or copy its text and paste it.")
    return Unreadable(said % {"kind": kind})
