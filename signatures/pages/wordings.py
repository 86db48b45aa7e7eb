"""A letter's text as it was frozen, to be read on a page."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from django_countries.fields import Country

from openletters.languages import Text, reading
from signatures import markdown
from signatures.canonical import AddresseeContent, TextContent
from signatures.papers.sheet import ADDRESS_LINES, said


@dataclass(frozen=True)
class Party:
    """Somebody a frozen text goes to."""

    name: Text
    position: Text
    institution: Text
    postal_address: Text
    country: Country


@dataclass(frozen=True)
class Wording:
    """What a frozen text says; each part in `language` where it was written in that."""

    language: str
    place: Text
    dated: date
    addressees: list[Party]
    title: Text
    salutation: Text
    lead_html: Text
    demands_intro: Text
    demands: list[Text]
    rest_html: Text
    closing: Text
    copied: list[Party]


def wording_of(text: TextContent) -> Wording:
    """Return a text in the language that is being read, or else in the authoritative one."""
    language = reading() if reading() in text["texts"] else text["language"]
    own = partial(said, text, text["texts"], language=language)
    body = own("body")
    lead, rest = markdown.split_lead(markdown.render(body))
    demands = [said(text, one["texts"], "text", language) for one in text["demands"]]
    return Wording(
        language=language,
        place=own("place"),
        dated=date.fromisoformat(text["dated"]),
        addressees=_parties(text, "to", language),
        title=own("title"),
        salutation=own("salutation"),
        lead_html=Text(lead, body.language),
        demands_intro=own("demands_intro"),
        demands=[demand for demand in demands if demand],
        rest_html=Text(rest, body.language),
        closing=own("closing"),
        copied=_parties(text, "copy", language),
    )


def _parties(text: TextContent, kind: str, language: str) -> list[Party]:
    return [_party(text, one, language) for one in text["addressees"] if one["kind"] == kind]


def _party(text: TextContent, one: AddresseeContent, language: str) -> Party:
    fields = {field: said(text, one["texts"], field, language) for field in ADDRESS_LINES}
    return Party(**fields, country=Country(one["country"]))
