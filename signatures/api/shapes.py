"""What the public interface says of each thing: every field is named here, and promised.

See docs/api.md for what may change. Texts stand under the codes of their languages.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from openletters import languages
from signatures.canonical import moment

Moment = Annotated[
    datetime,
    PlainSerializer(moment, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment in UTC, to the second."""

Texts = dict[str, dict[str, str]]
"""The texts of one thing: by language, then by what they are."""

Status = Literal["open", "closed"]

Kind = Literal["first", "correction", "substance", "translation"]
"""What a change of a text amounts to."""


def _known(language: str) -> str:
    if language in languages.codes():
        return language
    known = ", ".join(languages.codes())
    raise PydanticCustomError("language", "Use one of {known}.", {"known": known})


Language = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": languages.codes()}),
]
"""The code of a language in which letters can be read here."""


class Problem(Schema):
    """Why there is no answer."""

    detail: str = Field(description="In a sentence, for people.")


class Invalid(Problem):
    """What was wrong with a request."""

    errors: dict[str, list[str]] = Field(
        description="What is wrong with each field or parameter, by its name."
    )


class Count(Schema):
    """How many organisations stand under a letter."""

    count: int = Field(description="All signatories, those included whose names are withheld.")
    withheld: int = Field(description="How many of these are in no list, for their safety.")
    as_of: Moment = Field(description="Since when that is so.")


class LetterSummary(Count):
    """A letter as lists have it."""

    slug: str = Field(description="Its name in addresses, for good.")
    address: str = Field(description="Its page, in its authoritative language.")
    status: Status = Field(description="Whether it can be signed.")
    dated: date
    closes_at: Moment | None = Field(description="When signing ends by itself, if it does.")
    language: str = Field(description="The language of the binding text.")
    languages: list[str] = Field(description="All in which it is written, that one first.")
    campaign: str | None = Field(description="The slug of the campaign it belongs to.")
    texts: Texts = Field(description="In each language its `title` and `summary`.")


class Addressee(Schema):
    """Somebody a letter is sent to."""

    kind: Literal["to", "copy"]
    country: str = Field(description="Two letters (ISO 3166-1), or nothing.")
    texts: Texts = Field(
        description="In each language `name`, `position`, `institution` and `postal_address`."
    )


class Demand(Schema):
    """One thing a letter asks for."""

    number: int
    texts: Texts = Field(description="In each language its `text`.")


class Letter(LetterSummary):
    """A letter with all that it says."""

    texts: Texts = Field(
        description="In each language its `title`, `place`, `summary`, `salutation`, `body` "
        "(Markdown), `body_html` (safe HTML), `demands_intro` and `closing`."
    )
    addressees: list[Addressee]
    demands: list[Demand]
    text_version: int | None = Field(description="The number of this text among its versions.")
    contact: str = Field(description="Where to report a mistake; may be empty.")
    links: dict[str, str] = Field(description="Addresses of what belongs to it, by what it is.")


class Letters(Schema):
    """A page of letters, the newest first."""

    count: int = Field(description="How many letters there are of what was asked for.")
    next: str | None = Field(description="Where the list goes on, if it does.")
    letters: list[LetterSummary]


class Signatory(Schema):
    """An organisation as it is listed under a letter."""

    number: int = Field(description="Its place in the list that was asked for, from 1.")
    name: str = Field(description="Exactly as listed.")
    local_name: str = Field(description="In its own language and script, or nothing.")
    country: str = Field(description="Two letters (ISO 3166-1), or nothing.")
    section: Literal["initiator"] | None
    signed_on: date
    text_version: int | None = Field(description="Which version of the text it stands under.")


class Signatories(Count):
    """A part of a letter's list, in its order: initiators, then everybody alphabetically."""

    found: int = Field(description="How many there are of what was asked for.")
    next: str | None = Field(description="Where the list goes on, if it does.")
    signatories: list[Signatory]


class Version(Schema):
    """A text that organisations were asked to sign."""

    number: int
    kind: Kind
    made_at: Moment = Field(description="Of the first one: when it was published.")
    note: str = Field(description="What has changed, as the organisers say.")
    reaffirm_by: Moment | None = Field(
        description="Until when signatories were asked whether they stand by it."
    )
    sha256: str = Field(description="Of the canonical JSON (RFC 8785) of `content`.")
    content: dict[str, Any] | None = Field(
        default=None, description="The whole text, where one version is asked for."
    )


class Versions(Schema):
    """The versions of a letter's text, the first one first."""

    versions: list[Version]


class EditionSummary(Schema):
    """A letter as it was delivered."""

    number: int
    address: str = Field(description="Its page, where it can be verified.")
    delivered_at: Moment
    text_version: int
    count: int
    withheld: int
    sha256: str = Field(description="Of the canonical JSON (RFC 8785) of `content`.")


class Edition(EditionSummary):
    """An edition with all that its fingerprint covers."""

    content: dict[str, Any]


class Editions(Schema):
    """The editions of a letter, the first one first."""

    editions: list[EditionSummary]


class Event(Schema):
    """Something that happened to a letter."""

    id: str = Field(description="Its name, which stays.")
    kind: str = Field(
        description="published, extended, closed, version, edition, sent, acknowledged, replied, "
        "meeting, follow_up or demand; there may be others."
    )
    at: str = Field(description="A day, or a moment in UTC where that is known (ISO 8601).")
    told_at: Moment = Field(description="Since when readers can know it as it is told here.")
    title: str
    text: str
    language: str = Field(description="The language of its text.")
    addressees: list[str] = Field(description="Who has to do with it.")
    demand: str = Field(description="The demand it is about, or nothing.")
    status: str | None = Field(description="Where that demand stands since.")
    source: str | None = Field(description="Where somebody else tells of it.")
    address: str = Field(description="Where people read it.")
    file: str | None = Field(description="A file that belongs to it.")


class Timeline(Schema):
    """What became of a letter, the earliest first."""

    events: list[Event]


class CampaignSummary(Schema):
    """Letters that were issued together."""

    slug: str = Field(description="Its name in addresses, for good.")
    address: str = Field(description="Its page, in its authoritative language.")
    language: str
    languages: list[str]
    texts: Texts = Field(description="In each language its `title` and `summary`.")


class Campaign(CampaignSummary):
    """A campaign with its letters."""

    letters: list[LetterSummary]


class Campaigns(Schema):
    """All campaigns with a letter that is public."""

    campaigns: list[CampaignSummary]
