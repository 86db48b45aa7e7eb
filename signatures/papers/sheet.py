"""What stands on the paper, in words: the same for every kind of file."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django_countries import countries

from openletters.languages import Text, comma, direction, read_in, spoken
from signatures import canonical, moments
from signatures.papers.blocks import Node, blocks, lead_and_rest
from signatures.papers.dress import Dress

Content = Mapping[str, Any]
Entries = Sequence[Mapping[str, Any]]

ADDRESS_LINES = ("name", "position", "institution", "postal_address")


@dataclass(frozen=True)
class Section:
    """Signatories under a heading, or none: number, name, name in their own language, and what is
    to be said of it."""

    heading: str
    entries: list[tuple[int, str, str, str]]


@dataclass(frozen=True)
class Verification:
    """How somebody finds out whether the paper is what was delivered."""

    heading: str
    sentence: str
    address: str
    code_is: str
    code: list[str]


@dataclass(frozen=True)
class Sheet:
    """All words of a paper; what has none is empty.

    `language` is that of the paper, `words` that of what the letter itself does not say.
    """

    language: str
    words: str
    dress: Dress
    made_at: datetime
    dated: date
    dateline: list[Text]
    addressees: list[list[Text]]
    title: Text
    salutation: Text
    lead: list[Node]
    demands_heading: Text
    demands: list[Text]
    rest: list[Node]
    body_language: str
    closing: Text
    copies_heading: str
    copies: list[list[Text]]
    count: str
    including: str
    sections: list[Section]
    unlisted: str
    withheld: str
    nobody: str
    standing: str
    delivered_to: str
    address: str
    verification: Verification | None
    mark: str
    page_of: str


def sheet(
    content: Content,
    entries: Entries,
    language: str,
    dress: Dress,
    verify_at: str | None,
    since: int,
) -> Sheet:
    """Return what the paper says. Numbers of `content` are believed, not counted anew."""
    text = content["text"]
    language = language if language in text["texts"] else text["language"]
    with read_in(language):
        return _Writer(text, language).sheet(content, entries, dress, verify_at, since)


def printable(text: str) -> str:
    """Return a text without what no file can hold: control characters and half characters."""
    if text.isprintable():
        return text
    return "".join(one for one in text if one in "\n\t" or _is_printable(one))


def _is_printable(one: str) -> bool:
    nonsense = ord(one) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(one) <= 0xFDEF
    return not nonsense and unicodedata.category(one) not in {"Cc", "Cs"}


class _Writer:
    """Writes in one language; the interface has been set to it."""

    def __init__(self, text: Mapping[str, Any], language: str) -> None:
        self.text = text
        self.language = language
        self.words = spoken(language)

    def sheet(
        self,
        content: Content,
        entries: Entries,
        dress: Dress,
        verify_at: str | None,
        since: int,
    ) -> Sheet:
        texts = self.text["texts"]
        body = self.said(texts, "body")
        lead, rest = lead_and_rest(blocks(body, content["address"]))
        demands = [self.said(one["texts"], "text") for one in self.text["demands"]]
        made_at = datetime.fromisoformat(content.get("delivered_at") or content["as_of"])
        listed = list(entries)
        return Sheet(
            language=self.language,
            words=self.words,
            dress=replace(
                dress,
                site=printable(dress.site),
                campaign=printable(dress.campaign),
                logo_alt=printable(dress.logo_alt),
            ),
            made_at=made_at,
            dated=date.fromisoformat(self.text["dated"]),
            dateline=self.dateline(texts),
            addressees=self.addressed("to"),
            title=self.said(texts, "title"),
            salutation=self.said(texts, "salutation"),
            lead=lead,
            demands_heading=self.said(texts, "demands_intro") or self.word(_("We ask you to")),
            demands=[demand for demand in demands if demand],
            rest=rest,
            body_language=body.language,
            closing=self.said(texts, "closing"),
            copies_heading=_("Copy to"),
            copies=self.addressed("copy"),
            count=_counted(content["count"]),
            including=_including(content["withheld"]) if listed else "",
            sections=_sections(listed, since),
            unlisted=_unlisted(content, len(listed)),
            withheld=_withheld(content["withheld"], bool(listed)),
            nobody="" if content["count"] else _("No organisation is listed yet."),
            standing=_standing(content, made_at, dress.time_zone),
            delivered_to=self.delivered_to(content),
            address=content["address"],
            verification=_verification(content, verify_at) if verify_at else None,
            mark=canonical.mark(listed),
            page_of=_("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        )

    def said(self, texts: Mapping[str, Mapping[str, str]], field: str) -> Text:
        """Return a text in the paper's language, or else as readers of the letter get it."""
        return said(self.text, texts, field, self.language)

    def word(self, word: str) -> Text:
        return Text(word, self.words)

    def dateline(self, texts: Mapping[str, Mapping[str, str]]) -> list[Text]:
        day = self.word(moments.day(date.fromisoformat(self.text["dated"])))
        return [part for part in (self.said(texts, "place"), day) if part]

    def addressed(self, kind: str) -> list[list[Text]]:
        return [self.lines(one) for one in self.text["addressees"] if one["kind"] == kind]

    def lines(self, addressee: Mapping[str, Any]) -> list[Text]:
        """Return an address, line by line as on an envelope."""
        parts = [self.said(addressee["texts"], field) for field in ADDRESS_LINES]
        lines = [Text(line, part.language) for part in parts for line in part.splitlines()]
        if addressee["country"]:
            lines.append(self.word(str(countries.name(addressee["country"]))))
        return [line for line in lines if line.strip()]

    def delivered_to(self, content: Content) -> str:
        """Return whom an edition went to, where the letter has others besides."""
        addressees = self.text["addressees"]
        places = [place for place in content.get("delivered_to", ()) if place <= len(addressees)]
        meant = [place for place, one in enumerate(addressees, start=1) if one["kind"] == "to"]
        if not places or places == meant:
            return ""
        named = [self.called(addressees[place - 1]) for place in places]
        return _("Delivered to: %(names)s") % {"names": "; ".join(filter(None, named))}

    def called(self, addressee: Mapping[str, Any]) -> str:
        """Return an addressee in one line: who, and as what."""
        parts = [self.said(addressee["texts"], field) for field in ("name", "position")]
        parts = [part for part in parts if part] or self.lines(addressee)[:1]
        return comma(self.words).join(map(isolated, parts))


def said(
    text: Mapping[str, Any], texts: Mapping[str, Mapping[str, str]], field: str, language: str
) -> Text:
    """Return one of the texts of a frozen text in a language, or else as readers get it."""
    asked = (language, text["language"], settings.LANGUAGE_CODE, *sorted(texts))
    code = next((code for code in asked if texts.get(code, {}).get(field)), language)
    return Text(printable(texts.get(code, {}).get(field, "")), code)


def isolated(text: str) -> str:
    """Return a text whose own direction does not spread to what stands beside it."""
    return f"\u2068{text}\u2069"


def is_rtl(language: str) -> bool:
    """Whether a language is written from right to left."""
    return direction(language) == "rtl"


def runs_rtl(text: str, language: str) -> bool:
    """Whether a text is written from right to left, where its letters tell; else its language."""
    directions = {unicodedata.bidirectional(one) for one in text}
    if directions & {"R", "AL"}:
        return True
    return is_rtl(language) and "L" not in directions


def _counted(count: int) -> str:
    told = ngettext("%(count)s signatory", "%(count)s signatories", count)
    return told % {"count": moments.number(count)}


def _including(withheld: int) -> str:
    if not withheld:
        return ""
    return ngettext(
        "including %(number)s whose name is withheld for its safety",
        "including %(number)s whose names are withheld for their safety",
        withheld,
    ) % {"number": moments.number(withheld)}


def _withheld(withheld: int, others: bool) -> str:
    if not withheld:
        return ""
    if others:
        told = ngettext(
            "and %(number)s organisation whose name is withheld for its safety",
            "and %(number)s organisations whose names are withheld for their safety",
            withheld,
        )
    else:
        told = ngettext(
            "%(number)s organisation whose name is withheld for its safety",
            "%(number)s organisations whose names are withheld for their safety",
            withheld,
        )
    return told % {"number": moments.number(withheld)}


def _unlisted(content: Content, printed: int) -> str:
    """Return where the rest of a list is that is too long to be printed; editions are whole."""
    more = content["count"] - content["withheld"] - printed
    if "edition" in content or more <= 0:
        return ""
    return ngettext(
        "%(more)s more name is not printed here. The whole list stands at %(address)ssignatories/",
        "%(more)s more names are not printed here. "
        "The whole list stands at %(address)ssignatories/",
        more,
    ) % {"more": moments.number(more), "address": content["address"]}


def _sections(entries: Sequence[Mapping[str, Any]], since: int) -> list[Section]:
    parts: dict[str, list[tuple[int, str, str, str]]] = {"initiator": [], "": []}
    for one in entries:
        named = printable(one["name"]), printable(one["local_name"])
        version = one["text_version"]
        told = _("signed version %(number)s") % {"number": version} if version < since else ""
        parts[one["section"]].append((one["number"], *named, told))
    initiators, others = parts["initiator"], parts[""]
    sections = [Section(_("Initiators"), initiators)] if initiators else []
    if others:
        sections.append(Section(_("Organisations") if initiators else "", others))
    return sections


def _standing(content: Content, made_at: datetime, zone: str) -> str:
    """Return what the paper is: which edition, or as of when."""
    told = {"time": moments.moment_in(made_at, zone), "version": content["text_version"]}
    if "edition" not in content:
        return _("As of %(time)s") % told
    return _("Edition %(edition)s, delivered on %(time)s; text version %(version)s") % {
        "edition": content["edition"],
        **told,
    }


def _verification(content: Content, address: str) -> Verification:
    code = canonical.fingerprint(content)
    return Verification(
        heading=pgettext("of a printed letter", "Is this the letter that was delivered?"),
        sentence=_(
            "Open this address, or scan the square, and compare the code below with the one you "
            "find there: the same code means the same text, and the same signatories."
        ),
        address=address,
        code_is=_("Verification code (SHA-256)"),
        code=[code[at : at + 4] for at in range(0, len(code), 4)],
    )
