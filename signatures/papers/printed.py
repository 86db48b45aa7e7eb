"""A letter as a PDF: A4, accessible (PDF/UA-1), with fonts of its own."""

import io
import re
from dataclasses import asdict
from typing import Any

import segno

from openletters.languages import Text, comma
from signatures import typesetting
from signatures.papers.blocks import Node
from signatures.papers.dress import Dress
from signatures.papers.sheet import (
    Content,
    Entries,
    Sheet,
    Verification,
    is_rtl,
    isolated,
    runs_rtl,
    sheet,
)

TEMPLATE = "letter.typ"

LONGEST_WORD = 40
"""Characters of a word that has room in a column of names."""

HYPHEN = re.compile(r"\S[-–/]\S")
"""Where a name would be broken although there is no space."""

LONGEST_HEADER = 80
"""Characters of a title that have room above a page, beside the date."""


def pdf(
    content: Content,
    entries: Entries,
    language: str,
    dress: Dress,
    verify_at: str | None = None,
    since: int = 1,
) -> bytes:
    """Return a letter and its signatories as a PDF; what they are, the package tells.

    Raises typesetting.Busy where other papers take too long.
    """
    said = sheet(content, entries, language, dress, verify_at, since)
    return typesetting.paper(TEMPLATE, told(said), said.made_at)


def told(said: Sheet) -> dict[str, Any]:
    """Return what the template is told: text, and the language of each."""
    return {
        "language": _code(said.language),
        "words": _code(said.words),
        "right_to_left": is_rtl(said.language),
        "words_right_to_left": is_rtl(said.words),
        "colour": said.dress.ink,
        "site": isolated(said.dress.site),
        "campaign": isolated(said.dress.campaign) if said.dress.campaign else "",
        "logo": list(said.dress.logo),
        "logo_kind": said.dress.logo_kind,
        "logo_alt": said.dress.logo_alt or said.dress.campaign or said.dress.site,
        "dated": [said.dated.year, said.dated.month, said.dated.day],
        "dateline": comma(said.language).join(map(isolated, said.dateline)),
        "addressees": [[_text(line) for line in lines] for lines in said.addressees],
        "title": _text(said.title),
        "short_title": _text(_short(said.title)),
        "salutation": _text(said.salutation),
        "lead": [_block(block) for block in said.lead],
        "demands_heading": _text(said.demands_heading),
        "demands": [_text(demand) for demand in said.demands],
        "rest": [_block(block) for block in said.rest],
        "body": _language(said.body_language),
        "closing": _text(said.closing),
        "copies_heading": said.copies_heading,
        "copies": [[_text(line) for line in lines] for lines in said.copies],
        "count": said.count,
        "including": said.including,
        "sections": [
            {
                "heading": section.heading,
                "entries": [
                    [
                        number,
                        _name(name),
                        _name(local) if local else "",
                        bool(HYPHEN.search(name)) and not runs_rtl(name, ""),
                        told,
                    ]
                    for number, name, local, told in section.entries
                ],
            }
            for section in said.sections
        ],
        "unlisted": said.unlisted,
        "withheld": said.withheld,
        "nobody": said.nobody,
        "standing": said.standing,
        "delivered_to": said.delivered_to,
        "address": said.address,
        "verification": _verification(said.verification),
        "mark": said.mark,
        "page_of": said.page_of,
    }


def _code(language: str) -> dict[str, Any]:
    base, _hyphen, region = language.partition("-")
    return {"lang": base, "region": region.upper() if len(region) == 2 else None}


def _language(language: str) -> dict[str, Any]:
    return {**_code(language), "right_to_left": is_rtl(language)}


def _text(text: Text) -> dict[str, Any]:
    return {"text": typesetting.breakable(text, LONGEST_WORD), **_language(text.language)}


def _short(title: Text) -> Text:
    """Return as much of a title as has room in one line above a page."""
    words = " ".join(title.split())
    if len(words) <= LONGEST_HEADER:
        return title
    return title.then(lambda _title: words[:LONGEST_HEADER].rpartition(" ")[0] + " …")


def _name(name: str) -> str:
    return isolated(typesetting.breakable(name, LONGEST_WORD))


def _block(block: Node) -> Node:
    """Return a block whose words fit on the paper."""
    made = dict(block)
    for part in ("words", "blocks"):
        if part in made:
            made[part] = [_block(one) for one in made[part]]
    if "items" in made:
        made["items"] = [[_block(one) for one in item] for item in made["items"]]
    if "rows" in made:
        made["rows"] = [[[_block(one) for one in cell] for cell in row] for row in made["rows"]]
        made["head"] = [[_block(one) for one in cell] for cell in made["head"]]
    if "text" in made:
        made["text"] = _parted(made["text"])
    return made


def _parted(text: str) -> str:
    """Return a text with its spaces as they are, and its longest words parted."""
    return " ".join(
        word if len(word) <= LONGEST_WORD else "\u200b".join(word) for word in text.split(" ")
    )


def _verification(verification: Verification | None) -> dict[str, Any] | None:
    if verification is None:
        return None
    square = io.BytesIO()
    code = segno.make(verification.address, error="m", micro=False)
    code.save(square, kind="svg", border=0, xmldecl=False, dark="#000000")
    return {**asdict(verification), "square": square.getvalue().decode()}
