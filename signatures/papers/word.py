"""A letter as a Word file, for those who have to paste it."""

import io
import zipfile
from datetime import UTC
from typing import Any

import docx as python_docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, RGBColor
from docx.text.paragraph import Paragraph

from openletters.languages import Text, colon, comma
from signatures.papers.dress import Dress
from signatures.papers.flow import Flow, dress_styles, element, mark, turn
from signatures.papers.sheet import Content, Entries, Sheet, is_rtl, sheet

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file inside the file, so that the same letter gives the same bytes."""

MARGIN = Mm(25)

UNUSED = ("/stylesWithEffects", "/thumbnail", "/customXml")
"""What python-docx's own pattern brings along, and says nothing about a letter."""


def docx(
    content: Content,
    entries: Entries,
    language: str,
    dress: Dress,
    verify_at: str | None = None,
    since: int = 1,
) -> bytes:
    """Return a letter and its signatories as a Word file; what they are, the package tells."""
    said = sheet(content, entries, language, dress, verify_at, since)
    document = python_docx.Document()
    _describe(document, said)
    _lay_out(document, said)
    written = io.BytesIO()
    document.save(written)
    return _timeless(written.getvalue())


def _describe(document: Document, said: Sheet) -> None:
    """Say in the file's properties what it is, and nothing about who or what made it when."""
    known = document.core_properties
    known.title = str(said.title)
    known.author = known.last_modified_by = said.dress.site
    known.language = said.language
    known.created = known.modified = said.made_at.astimezone(UTC).replace(tzinfo=None)
    known.revision = 1
    known.identifier = said.mark
    known.comments = known.keywords = known.subject = known.category = ""
    dress_styles(document, said.language, said.dress.ink)
    for part in (document.part, document.part.package):
        for key, related in list(part.rels.items()):
            if related.reltype.endswith(UNUSED):
                del part.rels[key]


def _lay_out(document: Document, said: Sheet) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
    end: Any = page._sectPr
    end.insert(0, element("w:type", val="continuous"))
    if is_rtl(said.language):
        end.xpath("w:cols")[0].addnext(element("w:bidi"))
    _foot(page.footer.paragraphs[0], said)
    flow = Flow(document, said.language)
    _letter(document, flow, said)
    _signatories(flow, said)
    _about(flow, said)


def _letter(document: Document, flow: Flow, said: Sheet) -> None:
    _head(document, flow, said)
    dateline = flow.line(said.dateline, comma(said.language))
    dateline.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for lines in said.addressees:
        flow.lines(lines)
    flow.paragraph(said.title, "Title")
    if said.salutation:
        flow.paragraph(said.salutation)
    flow.blocks(said.lead, said.body_language)
    if said.demands:
        flow.paragraph(said.demands_heading, "Heading 1")
        numbered = flow.numbered()
        for demand in said.demands:
            flow.item(demand, numbered)
    flow.blocks(said.rest, said.body_language)
    if said.closing:
        flow.paragraph(said.closing)
    if said.copies:
        flow.paragraph(Text(said.copies_heading, said.words), "Heading 1")
        for lines in said.copies:
            flow.lines(lines)


def _head(document: Document, flow: Flow, said: Sheet) -> None:
    if said.dress.logo:
        picture = document.add_picture(io.BytesIO(said.dress.logo), height=Mm(15))
        about = picture._inline.docPr
        about.set("descr", said.dress.logo_alt or said.dress.site)
        turn(document.paragraphs[-1], said.language)
    name = flow.paragraph(Text(said.dress.campaign or said.dress.site, said.words))
    for run in name.runs:
        run.font.bold = run.font.cs_bold = True
        run.font.color.rgb = RGBColor.from_string(said.dress.ink.removeprefix("#").upper())
    if said.dress.campaign:
        flow.paragraph(Text(said.dress.site, said.words))


def _signatories(flow: Flow, said: Sheet) -> None:
    told = " – ".join(filter(None, (said.count, said.including)))
    flow.paragraph(Text(told, said.words), "Heading 1")
    if said.nobody:
        flow.paragraph(Text(said.nobody, said.words))
    for section in said.sections:
        if section.heading:
            flow.paragraph(Text(section.heading, said.words), "Heading 2")
        flow.end_section(1)
        flow.names(section.entries, said.words)
        flow.end_section(2)
    for told in filter(None, (said.unlisted, said.withheld)):
        flow.paragraph(Text(told, said.words))


def _about(flow: Flow, said: Sheet) -> None:
    lines = [f"{said.standing}.", said.delivered_to]
    if said.verification is None:
        lines.append(said.address)
    else:
        known = said.verification
        flow.paragraph(Text(known.heading, said.words), "Heading 1")
        code = f"{known.code_is}{colon(said.words)}{' '.join(known.code)}"
        lines += [known.sentence, known.address, code]
    for line in filter(None, lines):
        flow.paragraph(Text(line, said.words))


def _foot(paragraph: Paragraph, said: Sheet) -> None:
    """Number the pages, in fields that Word keeps right."""
    turn(paragraph, said.language)
    mark(paragraph.add_run(f"{said.standing} · "), said.words)
    rest = said.page_of
    for name, field in (("{page}", "PAGE"), ("{pages}", "NUMPAGES")):
        before, _name, rest = rest.partition(name)
        mark(paragraph.add_run(before), said.words)
        counted = element("w:fldSimple", instr=field)
        paragraph._p.append(counted)
        number = paragraph.add_run("1")
        counted.append(number._r)
    mark(paragraph.add_run(rest), said.words)


def _timeless(written: bytes) -> bytes:
    """Return a file with no trace of when it was packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return packed.getvalue()
