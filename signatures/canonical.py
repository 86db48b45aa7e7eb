"""What a letter and an edition say, as data that has one form only, and its fingerprint.

The form is canonical JSON (RFC 8785): UTF-8, keys sorted, no spaces. Whoever has the data can write
it down to the same bytes, and so find the same SHA-256, with no tool of ours.

An edition holds of each signatory the fingerprint of its entry, not the entry. An entry carries
128 random bits, so that nobody can guess a name from its fingerprint: if a name must be forgotten
later, its entry goes, and all that is left can be verified as before.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypedDict

import rfc8785

TEXT = "openletters-text/1"
EDITION = "openletters-edition/1"

Texts = dict[str, dict[str, str]]
"""The fields of one thing, by language."""


class AddresseeContent(TypedDict):
    """Somebody the letter is sent to: `kind` is "to" or "copy", `country` two letters or ""."""

    kind: str
    country: str
    texts: Texts


class DemandContent(TypedDict):
    """One demand; in each language its `text`."""

    texts: Texts


class TextContent(TypedDict):
    """All that a letter says, in every language; `language` is the authoritative one."""

    format: str
    letter: str
    language: str
    dated: str
    texts: Texts
    addressees: list[AddresseeContent]
    demands: list[DemandContent]


class Entry(TypedDict):
    """One signatory as an edition lists it; `section` is "initiator" or "", the day ISO 8601."""

    salt: str
    number: int
    name: str
    local_name: str
    country: str
    section: str
    signed_on: str
    text_version: int


class EditionContent(TypedDict):
    """A letter as it was delivered: its text, and the fingerprints of its signatories in order.

    `delivered_to` names addressees by their places in the text, from 1. `count` includes the
    `withheld`, who are in no list.
    """

    format: str
    address: str
    edition: int
    delivered_at: str
    delivered_to: list[int]
    text: TextContent
    text_version: int
    text_sha256: str
    count: int
    withheld: int
    signatories: list[str]


def packed(content: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of `content`.

    Raises rfc8785.CanonicalizationError for what JSON cannot say, such as a lone surrogate.
    """
    return rfc8785.dumps(dict(content))


def fingerprint(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of `content`, in hexadecimal."""
    return digest(packed(content))


def digest(file: bytes) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file).hexdigest()


def moment(at: datetime) -> str:
    """Return a moment as content states it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry(
    *,
    number: int,
    name: str,
    local_name: str,
    country: str,
    is_initiator: bool,
    signed_on: str,
    text_version: int,
) -> Entry:
    """Return a new entry, with random bits of its own."""
    return Entry(
        salt=secrets.token_hex(16),
        number=number,
        name=name,
        local_name=local_name,
        country=country,
        section="initiator" if is_initiator else "",
        signed_on=signed_on,
        text_version=text_version,
    )


def mark(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return what nobody can put into a file of an edition who lacks the bits of one entry.

    Files are the same each time they are made, and their fingerprints are public: without it, one
    could make them with a name that was guessed, once it is forgotten. Nothing, of entries that
    have no bits.
    """
    salts = [str(one["salt"]) for one in entries if "salt" in one]
    return digest("".join(salts).encode()) if salts else ""


def edition(
    text: TextContent,
    entries: Sequence[Entry],
    *,
    address: str,
    number: int,
    delivered_at: datetime,
    delivered_to: Sequence[int],
    text_version: int,
    withheld: int,
) -> EditionContent:
    """Return what an edition says of a letter at `address` with these signatories."""
    return EditionContent(
        format=EDITION,
        address=address,
        edition=number,
        delivered_at=moment(delivered_at),
        delivered_to=list(delivered_to),
        text=text,
        text_version=text_version,
        text_sha256=fingerprint(text),
        count=len(entries) + withheld,
        withheld=withheld,
        signatories=[fingerprint(one) for one in entries],
    )
