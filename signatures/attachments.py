"""A file that an addressee has sent, and whether we dare to hand it on: no database.

It is kept as it came, because it is a document: somebody may compare it with the paper. What could
run, or could pass for another kind, is refused; and it is only ever handed out as a download.
Pictures alone are drawn anew, which leaves behind where and with what they were taken.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass

from django.utils.translation import gettext as _

from openletters.hardening import NOT_SHOWN
from signatures import logos

LARGEST_FILE = 5_000_000
"""Bytes that may be uploaded."""

LARGEST_PART = 50_000_000
"""Bytes that all parts of a Word file may have together, unpacked."""

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
    **logos.TYPES,
}
"""What is served, by the end of the name."""

HEADERS = {
    "Content-Security-Policy": f"{NOT_SHOWN}; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""With what every file is sent, should a browser show it after all."""

_ACTIVE_IN_PDF = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_ACTIVE_IN_WORD = ("vbaproject", "activex", "embeddings", "customui")


class Refused(ValueError):
    """The file cannot be used; it says why to whoever uploaded it."""


@dataclass(frozen=True)
class Attachment:
    """A file as it is kept; its name tells its content."""

    content: bytes
    kind: str

    @property
    def file(self) -> str:
        """The name under which it is served."""
        return f"{hashlib.sha256(self.content).hexdigest()[:32]}.{self.kind}"


def judge(upload: bytes) -> Attachment:
    """Return what is in a file, by its content and never by its name. Raises Refused."""
    if len(upload) > LARGEST_FILE:
        raise Refused(_("This file is too large: it may have 5 MB."))
    if not upload:
        raise Refused(_("This file is empty."))
    if upload.startswith(b"%PDF-"):
        return _pdf(upload)
    if upload.startswith(b"PK\x03\x04"):
        return _word(upload)
    if upload.startswith((b"\x89PNG", b"\xff\xd8\xff", b"RIFF")):
        return _picture(upload)
    return _text(upload)


def _pdf(upload: bytes) -> Attachment:
    if b"%%EOF" not in upload[-2048:]:
        raise Refused(_("This PDF cannot be read; the file may be cut off or damaged."))
    if any(_is_name(upload, name) for name in _ACTIVE_IN_PDF):
        told = _("This PDF holds scripts, forms or other files. Print it into a new PDF.")
        raise Refused(told)
    return Attachment(upload, "pdf")


def _is_name(upload: bytes, name: bytes) -> bool:
    """Whether a PDF has this name, and not merely one that begins like it."""
    at = upload.find(name)
    while at >= 0:
        if not upload[at + len(name) : at + len(name) + 1].isalnum():
            return True
        at = upload.find(name, at + 1)
    return False


def _word(upload: bytes) -> Attachment:
    try:
        with zipfile.ZipFile(io.BytesIO(upload)) as packed:
            parts = {one.filename.lower(): one.file_size for one in packed.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Refused(_("This Word file cannot be read; it may be damaged.")) from error
    if not {"[content_types].xml", "word/document.xml"} <= set(parts):
        raise Refused(_not_a_kind())
    if sum(parts.values()) > LARGEST_PART:
        raise Refused(_("This Word file becomes too large when it is opened."))
    if any(active in part for part in parts for active in _ACTIVE_IN_WORD):
        raise Refused(_("This Word file holds macros or other files. Save it as a PDF."))
    return Attachment(upload, "docx")


def _picture(upload: bytes) -> Attachment:
    try:
        drawn = logos.draw(upload, logos.Limits(LARGEST_FILE, 16_000_000, (2400, 3400)))
    except logos.Refused as refused:
        raise Refused(str(refused)) from refused
    return Attachment(drawn.content, drawn.kind)


def _text(upload: bytes) -> Attachment:
    try:
        text = upload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(_not_a_kind()) from error
    if any(one < " " and one not in "\t\n\r\f" for one in text):
        raise Refused(_not_a_kind())
    return Attachment(text.encode(), "txt")


def _not_a_kind() -> str:
    return _(
        "This kind of file cannot be used: take a PDF, a Word file (.docx), a picture or text."
    )
