"""Paragraphs of a Word file, each in its language and its direction."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from openletters.languages import Text
from signatures.papers.blocks import Node
from signatures.papers.sheet import is_rtl, runs_rtl

LATIN, COMPLEX, FIXED = "Cambria", "Times New Roman", "Courier New"
"""Typefaces that Word has, or that others know how to stand in for."""

INDENT = Mm(8)
"""How far a quotation or a list stands in."""

LEVELS = {2: "Heading 1", 3: "Heading 2", 4: "Heading 3"}
"""The styles of headings, of which the title's is the first."""

SIZES = {
    "Normal": 11,
    "Title": 20,
    "Heading 1": 14,
    "Heading 2": 12,
    "Heading 3": 11,
    "Header": 9,
    "Footer": 9,
}
"""Points of the styles that have a size of their own."""

AFTER_BIDI = (
    "w:adjustRightInd",
    "w:snapToGrid",
    "w:spacing",
    "w:ind",
    "w:contextualSpacing",
    "w:mirrorIndents",
    "w:suppressOverlap",
    "w:jc",
    "w:textDirection",
    "w:textAlignment",
    "w:textboxTightWrap",
    "w:outlineLvl",
    "w:divId",
    "w:cnfStyle",
    "w:rPr",
    "w:sectPr",
    "w:pPrChange",
)
AFTER_LANGUAGE = ("w:eastAsianLayout", "w:specVanish", "w:oMath")
"""What comes later in a paragraph's and a run's properties, whose order the format prescribes."""


def element(name: str, **attributes: str) -> Any:
    """Return an element of the format."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def turn(paragraph: Paragraph, language: str) -> None:
    """Have a paragraph run in the direction of a language."""
    if is_rtl(language):
        properties: Any = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(element("w:bidi"), *AFTER_BIDI)


def mark(run: Run, language: str) -> None:
    """Say in which language a run is, and in which direction it runs."""
    properties: Any = run._r.get_or_add_rPr()
    if runs_rtl(run.text, language):
        run.font.rtl = True
    if is_rtl(language):
        marked = element("w:lang", bidi=language)
    else:
        marked = element("w:lang", val=language)
    properties.insert_element_before(marked, *AFTER_LANGUAGE)


def dress_styles(document: Document, language: str, colour: str) -> None:
    """Give the styles our typefaces, sizes and colour, and the document its language."""
    [default] = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    default.set(qn("w:bidi" if is_rtl(language) else "w:val"), language)
    for name, size in SIZES.items():
        style: Any = document.styles[name]
        properties = style.element.get_or_add_rPr()
        for old in properties.xpath("w:rFonts | w:sz | w:szCs | w:color | w:spacing | w:kern"):
            properties.remove(old)
        style.font.name = LATIN
        properties.rFonts.set(qn("w:cs"), COMPLEX)
        style.font.size = Pt(size)
        properties.sz.addnext(element("w:szCs", val=str(2 * size)))
        if name.startswith("Heading"):
            style.font.color.rgb = RGBColor.from_string(colour.removeprefix("#").upper())
    title: Any = document.styles["Title"]
    title.font.bold = title.font.cs_bold = True
    for border in title.element.xpath("w:pPr/w:pBdr"):
        border.getparent().remove(border)
    document.styles["Normal"].paragraph_format.space_after = Pt(8)


class Flow:
    """What follows one another in a file whose language is `language`."""

    def __init__(self, document: Document, language: str) -> None:
        self.document = document
        self.language = language
        self.styles = {style.name: style for style in document.styles}

    def paragraph(self, text: Text, style: str = "Normal") -> Paragraph:
        """Add a text as a paragraph."""
        made = self._paragraph(style, text.language)
        mark(made.add_run(str(text)), text.language)
        return made

    def line(self, parts: Iterable[Text], between: str) -> Paragraph:
        """Add texts as one paragraph, each in its language."""
        made = self._paragraph("Normal", self.language)
        for place, part in enumerate(parts):
            if place:
                mark(made.add_run(between), self.language)
            mark(made.add_run(str(part)), part.language)
        return made

    def lines(self, lines: Iterable[Text]) -> Paragraph:
        """Add lines of an address as one paragraph, which no page parts."""
        made = self._paragraph("Normal", self.language)
        for place, line in enumerate(lines):
            if place:
                made.add_run().add_break()
            run = made.add_run(str(line))
            run.font.bold = run.font.cs_bold = True if place == 0 else None
            mark(run, line.language)
        made.paragraph_format.keep_together = True
        return made

    def blocks(self, blocks: Iterable[Node], language: str, depth: int = 0) -> None:
        """Add blocks of a letter's text, `depth` times indented."""
        for block in blocks:
            match block["kind"]:
                case "paragraph":
                    self._spoken(block["words"], language, "Normal", depth)
                case "heading":
                    self._spoken(block["words"], language, LEVELS[block["level"]], depth)
                case "quote":
                    self.blocks(block["blocks"], language, depth + 1)
                case "list":
                    self._list(block, language, depth)
                case "code":
                    words = [{"kind": "code", "text": block["text"]}]
                    self._spoken(words, language, "Normal", depth)
                case "rule":
                    self._spoken([{"kind": "text", "text": "* * *"}], language, "Normal", depth)
                case "table":
                    self._table(block, language)

    def numbered(self, start: int = 1) -> int:
        """Return the key of a new numbered list, which counts from `start`."""
        return self._new_list("List Number", start)

    def item(self, text: Text, numbered: int) -> None:
        """Add a text as the next of a numbered list."""
        self._enlist(self.paragraph(text, "List Number"), numbered, 0)

    def names(self, entries: Iterable[tuple[int, str, str, str]], words: str) -> None:
        """Add signatories, one to a paragraph: number, name, name in their own language, and what
        is said of it in the language `words`.

        Their numbers are text, which stays what it is wherever somebody pastes it.
        """
        pattern = self._paragraph("Normal", self.language)
        form = pattern.paragraph_format
        form.left_indent, form.first_line_indent = INDENT, -INDENT
        form.space_after = Pt(2)
        form.keep_together = True
        form.tab_stops.add_tab_stop(INDENT)
        parent: Any = pattern._p.getparent()
        for number, name, local, told in entries:
            made = Paragraph(deepcopy(pattern._p), pattern._parent)
            pattern._p.addprevious(made._p)
            made.add_run(f"{number}.\t")
            self._name(made, name)
            if local:
                made.add_run(" ")
                self._name(made, local)
            if told:
                made.add_run(" ")
                said = made.add_run(f"({told})")
                said.font.italic = True
                mark(said, words)
        parent.remove(pattern._p)

    def end_section(self, columns: int) -> None:
        """End a section of the file, whose paragraphs stand in so many columns."""
        body: Any = self.document.element.body
        section = deepcopy(body.get_or_add_sectPr())
        for old in section.xpath("w:cols"):
            old.set(qn("w:num"), str(columns))
        last: Any = self.document.paragraphs[-1]._p
        last.get_or_add_pPr().append(section)

    def _name(self, paragraph: Paragraph, name: str) -> None:
        run = paragraph.add_run(name)
        if runs_rtl(name, ""):
            run.font.rtl = True

    def _paragraph(self, style: str, language: str) -> Paragraph:
        made = self.document.add_paragraph()
        if style != "Normal":
            made.style = self.styles[style]
        turn(made, language)
        return made

    def _spoken(self, words: list[Node], language: str, style: str, depth: int) -> Paragraph:
        made = self._paragraph(style, language)
        if depth:
            made.paragraph_format.left_indent = INDENT * depth
        self._words(made, words, language)
        return made

    def _words(self, paragraph: Paragraph, words: list[Node], language: str, *kinds: str) -> None:
        for word in words:
            kind = word["kind"]
            if kind == "break":
                paragraph.add_run().add_break()
            elif "words" in word:
                self._words(paragraph, word["words"], language, *kinds, kind)
                if kind == "link" and word["address"] not in _plain(word["words"]):
                    paragraph.add_run(f" ({word['address'].removeprefix('mailto:')})")
            else:
                run = paragraph.add_run(word["text"])
                _shape(run, {*kinds, kind})
                mark(run, language)

    def _list(self, block: Node, language: str, depth: int) -> None:
        style = "List Number" if block["ordered"] else "List Bullet"
        key = self._new_list(style, block["start"])
        for item in block["items"]:
            first, *rest = item or [{"kind": "paragraph", "words": []}]
            words = first["words"] if first["kind"] == "paragraph" else []
            self._enlist(self._spoken(words, language, style, 0), key, depth)
            self.blocks(rest if first["kind"] == "paragraph" else item, language, depth + 1)

    def _new_list(self, style: str, start: int) -> int:
        numbering: Any = self.document.part.numbering_part.element
        [known] = self.styles[style].element.xpath("w:pPr/w:numPr/w:numId/@w:val")
        [pattern] = numbering.xpath(f"w:num[@w:numId='{known}']/w:abstractNumId/@w:val")
        made = numbering.add_num(int(pattern))
        made.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(made.numId)

    def _enlist(self, paragraph: Paragraph, key: int, depth: int) -> None:
        properties: Any = paragraph._p.get_or_add_pPr()
        numbered = properties.get_or_add_numPr()
        numbered.get_or_add_ilvl().val = 0
        numbered.get_or_add_numId().val = key
        paragraph.paragraph_format.left_indent = INDENT * (depth + 1)
        paragraph.paragraph_format.first_line_indent = -INDENT

    def _table(self, block: Node, language: str) -> None:
        rows = [block["head"], *block["rows"]]
        made = self.document.add_table(rows=len(rows), cols=len(block["head"]))
        made.style = self.styles["Table Grid"]
        heading: Any = made.rows[0]._tr.get_or_add_trPr()
        heading.append(element("w:tblHeader"))
        if is_rtl(language):
            properties: Any = made._tbl.tblPr
            properties.insert_element_before(
                element("w:bidiVisual"), "w:tblW", "w:jc", "w:tblLayout", "w:tblLook"
            )
        for place, row in enumerate(rows):
            for column, words in enumerate(row):
                cell: _Cell = made.cell(place, column)
                turn(cell.paragraphs[0], language)
                self._words(cell.paragraphs[0], words, language, *(() if place else ("strong",)))
        self.document.add_paragraph()


def _plain(words: list[Node]) -> str:
    return "".join(word.get("text", "") or _plain(word.get("words", [])) for word in words)


def _shape(run: Run, kinds: set[str]) -> None:
    if "strong" in kinds:
        run.font.bold = run.font.cs_bold = True
    if "emphasis" in kinds:
        run.font.italic = run.font.cs_italic = True
    if "struck" in kinds:
        run.font.strike = True
    if "code" in kinds:
        run.font.name = FIXED
