"""Documents of Word (.docx) as lines, read as a stream and under limits.

A document is a ZIP archive of XML. Nothing is unpacked to disk, no entity is resolved and no
address is followed; what is too large, or packed too densely to be a letter, is refused at once.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from django.utils.translation import gettext as _

from signatures.letter_text import lines
from signatures.letter_text.lines import Line
from signatures.workbooks import Unreadable

_LARGEST_PART = 24 * 1024 * 1024
_MOST_ELEMENTS = 600_000
_DEEPEST = 200
_DENSEST = 250
"""How many times smaller than its content a packed part of a real document may be."""

_MOST_PARTS = 2_000
_CHUNK = 1 << 16
_MARGINS = re.compile(r"word/(?:header|footer)\d{0,3}\.xml")
_NOTES = re.compile(r"word/(?:footnotes|endnotes)\.xml")
_NUMBERED_STYLES = ("list bullet", "list number")
_OFF = frozenset({"0", "false", "off"})

_BROKEN = (
    zipfile.BadZipFile,
    expat.ExpatError,
    zlib.error,
    KeyError,
    ValueError,
    EOFError,
    OSError,
    NotImplementedError,
)
"""What zipfile and expat raise over files that are not what they seem."""


def read(content: bytes) -> list[Line]:
    """Return the lines of a document. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Document(archive).lines()
    except _BROKEN as error:
        raise Unreadable(_("The document is damaged. Open it, and save it anew.")) from error


def _inflated() -> Unreadable:
    said = _("Unpacked, the document is far too large. Copy the letter alone into a new one.")
    return Unreadable(said)


class _Document:
    """The parts of a document that say something."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS:
            raise _inflated()
        self.parts = {part.filename: part for part in parts}
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable(_("The document is protected by a password. Save it without one."))
        self.elements = self.characters = 0

    def lines(self) -> list[Line]:
        """Return what stands in the margins, then the text, then its notes."""
        main = self._main()
        if main not in self.parts:
            raise Unreadable(
                _("This is not a document of Word. Save it as .docx or as text, and not packed.")
            )
        styles, numbering = _Styles(), _Numbering()
        for name, reader in (("word/styles.xml", styles), ("word/numbering.xml", numbering)):
            if name in self.parts:
                self._walk(name, reader.start, reader.end)
        found: list[Line] = []
        for name in sorted(self.parts):
            if _MARGINS.fullmatch(name):
                found += self._text(name, styles, numbering, aside=True)
        found += self._text(main, styles, numbering, aside=False)
        for name in sorted(self.parts):
            if _NOTES.fullmatch(name):
                found += self._text(name, styles, numbering, aside=True)
        return found

    def _main(self) -> str:
        """Return the name of the part that holds the text."""
        found = ["word/document.xml"]

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
                found[0] = attributes.get("Target", "").lstrip("/")

        if "_rels/.rels" in self.parts:
            self._walk("_rels/.rels", start, lambda name: None)
        return found[0]

    def _text(
        self, name: str, styles: "_Styles", numbering: "_Numbering", *, aside: bool
    ) -> list[Line]:
        text = _Text(styles, numbering)
        self._walk(name, text.start, text.end, text.characters)
        return [replace(line, aside=aside or line.aside) for line in text.lines]

    def _walk(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        characters: Callable[[str], None] | None = None,
    ) -> None:
        """Run through a part; names come without their namespaces."""
        part = self.parts[name]
        dense = part.file_size > 1_000_000 and part.file_size > _DENSEST * part.compress_size
        if part.file_size > _LARGEST_PART or dense:
            raise _inflated()
        depth = 0

        def started(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self.elements += 1
            if depth > _DEEPEST or self.elements > _MOST_ELEMENTS:
                raise _inflated()
            start(
                name.rpartition(":")[2],
                {key.rpartition(":")[2]: value for key, value in attributes.items()},
            )

        def ended(name: str) -> None:
            nonlocal depth
            depth -= 1
            end(name.rpartition(":")[2])

        def said(text: str) -> None:
            self.characters += len(text)
            if self.characters > _LARGEST_PART:
                raise _inflated()
            if characters:
                characters(text)

        parser = expat.ParserCreate()
        parser.StartElementHandler = started
        parser.EndElementHandler = ended
        parser.CharacterDataHandler = said
        parser.StartDoctypeDeclHandler = _refuse_entities
        unpacked = 0
        with self.archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > part.file_size:
                    raise _inflated()
                parser.Parse(chunk)
        parser.Parse(b"", True)


def _refuse_entities(*_declaration: object) -> None:
    """No document of Word declares any."""
    raise _inflated()


# Lists and headings


@dataclass
class _Style:
    name: str = ""
    based_on: str = ""
    number: str | None = None
    level: str = "0"


class _Styles:
    """Which styles make a heading, and which make a list."""

    def __init__(self) -> None:
        self.by_id: dict[str, _Style] = {}
        self.current = _Style()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "style":
            self.current = self.by_id.setdefault(attributes.get("styleId", ""), _Style())
        elif name == "name":
            self.current.name = value.lower()
        elif name == "basedOn":
            self.current.based_on = value
        elif name == "numId":
            self.current.number = value
        elif name == "ilvl":
            self.current.level = value

    def end(self, name: str) -> None:
        """Nothing ends that matters."""

    def chain(self, style: str) -> list[_Style]:
        """Return a style and those it is based on."""
        found: list[_Style] = []
        while style in self.by_id and len(found) < 20:
            found.append(self.by_id[style])
            style = found[-1].based_on
        return found


class _Numbering:
    """How the lists of a document number their entries: "bullet", "decimal" and others."""

    def __init__(self) -> None:
        self.formats: dict[tuple[str, str], str] = {}
        self.abstract: dict[str, str] = {}
        self.within = self.level = self.number = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "abstractNum":
            self.within = attributes.get("abstractNumId", "")
        elif name == "lvl":
            self.level = attributes.get("ilvl", "")
        elif name == "numFmt":
            self.formats.setdefault((self.within, self.level), value)
        elif name == "num":
            self.number = attributes.get("numId", "")
        elif name == "abstractNumId":
            self.abstract[self.number] = value

    def end(self, name: str) -> None:
        """Nothing ends that matters."""

    def format(self, number: str, level: str) -> str:
        """Return how a level of a list is numbered."""
        return self.formats.get((self.abstract.get(number, ""), level), "bullet")


# The text


@dataclass
class _Paragraph:
    pieces: list[str] = field(default_factory=list)
    style: str = ""
    number: str | None = None
    level: str = ""
    bold: bool = True
    """Whether all that was said so far is."""
    run_bold: bool = False
    break_before: bool = False


class _Text:
    """A walk through the text that gathers its lines."""

    def __init__(self, styles: _Styles, numbering: _Numbering) -> None:
        self.styles, self.numbering = styles, numbering
        self.lines: list[Line] = []
        self.paragraphs: list[_Paragraph] = []
        self.cells: list[list[list[Line]]] = []
        """The cells of each row that is open, and of the rows around it."""
        self.skipped = 0
        self.in_text = self.in_run = False
        self.gap = self.rule = False
        self.counters: dict[tuple[str, str], int] = {}
        self.said = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.skipped or name in {"Fallback", "moveFrom"}:
            # What older programs show in place of a text box, or what was moved away.
            self.skipped += 1
            return
        value = attributes.get("val", "")
        if name == "p":
            self.paragraphs.append(_Paragraph())
        elif name == "tr":
            self.cells.append([])
        elif name == "tc" and self.cells:
            self.cells[-1].append([])
        elif self.paragraphs:
            self._inside(name, value, attributes)

    def _inside(self, name: str, value: str, attributes: dict[str, str]) -> None:
        paragraph = self.paragraphs[-1]
        match name:
            case "pStyle":
                paragraph.style = value
            case "numId":
                paragraph.number = value
            case "ilvl":
                paragraph.level = value
            case "pageBreakBefore":
                paragraph.break_before = value not in _OFF
            case "br" | "cr":
                self.rule = self.rule or attributes.get("type") == "page"
                paragraph.pieces.append("\n")
            case _run:
                self._inside_run(paragraph, name, value)

    def _inside_run(self, paragraph: _Paragraph, name: str, value: str) -> None:
        match name:
            case "r":
                self.in_run, paragraph.run_bold = True, False
            case "b":
                paragraph.run_bold = self.in_run and value not in _OFF
            case "t":
                self.in_text = True
            case "tab" if self.in_run:
                paragraph.pieces.append("\t")
            case "noBreakHyphen":
                paragraph.pieces.append("-")

    def end(self, name: str) -> None:
        if self.skipped:
            self.skipped -= 1
        elif name == "t":
            self.in_text = False
        elif name == "r":
            self.in_run = False
        elif name == "p" and self.paragraphs:
            self._finish(self.paragraphs.pop())
        elif name == "tr" and self.cells:
            self._finish_row(self.cells.pop())

    def characters(self, text: str) -> None:
        """Take what a run says."""
        if self.in_text and self.paragraphs and not self.skipped:
            self.said += len(text)
            if self.said > lines.LARGEST_TEXT:
                raise lines.too_long()
            paragraph = self.paragraphs[-1]
            paragraph.pieces.append(text)
            paragraph.bold = paragraph.bold and (paragraph.run_bold or not text.strip())

    def _put(self, line: Line) -> None:
        if self.cells and self.cells[-1]:
            self.cells[-1][-1].append(line)
        else:
            self.lines.append(line)
        if len(self.lines) > lines.MOST_LINES:
            raise lines.too_long()

    def _finish(self, paragraph: _Paragraph) -> None:
        texts = [text for text in "".join(paragraph.pieces).split("\n") if lines.visible(text)]
        if not texts:
            self.gap = True
            self.rule = self.rule or paragraph.break_before
            return
        rule, self.rule = self.rule or paragraph.break_before, False
        gap, self.gap = self.gap or rule or len(texts) > 1, len(texts) > 1
        mark, level = self._mark(paragraph)
        heading = any(
            style.name.startswith("heading") or style.name in {"title", "subtitle"}
            for style in self.styles.chain(paragraph.style)
        )
        for index, text in enumerate(texts):
            line = Line(lines.visible(text))
            if not mark:
                line = (not self.cells and lines.beside(text.strip())) or lines.entry(text)
            cells = lines.columns(text)
            self._put(
                replace(
                    line,
                    mark=(mark if index == 0 else "") or line.mark,
                    level=level,
                    heading=heading,
                    strong=paragraph.bold and not heading,
                    gap=gap and index == 0,
                    rule=rule and index == 0,
                    cells=cells,
                )
            )

    def _mark(self, paragraph: _Paragraph) -> tuple[str, int]:
        """Return the sign or number that Word prints before a paragraph, and its level."""
        chain = self.styles.chain(paragraph.style)
        number, level = paragraph.number, paragraph.level
        listed = next((style for style in chain if style.number is not None), None)
        if number is None and listed is not None:
            number, level = listed.number, level or listed.level
        elif number is None and any(one.name.startswith(_NUMBERED_STYLES) for one in chain):
            number = ""
        if number is None or number == "0":
            return "", 0
        level = level or "0"
        depth = int(level) * 4 if level.isdigit() and len(level) < 2 else 0
        form = self.numbering.format(number, level)
        if form == "none":
            return "", 0
        if form == "bullet":
            return "•", depth
        self.counters[number, level] = self.counters.get((number, level), 0) + 1
        return f"{self.counters[number, level]}.", depth

    def _finish_row(self, cells: list[list[Line]]) -> None:
        """Take a row as one line; cells of several paragraphs are no table of names."""
        if (sum(bool(cell) for cell in cells) == 1 and len(cells) == 1) or any(
            len(cell) > 1 for cell in cells
        ):
            for cell in cells:
                for index, line in enumerate(cell):
                    self._put(replace(line, gap=line.gap or (index == 0 and len(cells) > 1)))
        elif any(cells):
            self._put(lines.row(cell[0].text if cell else "" for cell in cells))
        self.gap = False
