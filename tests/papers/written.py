"""Letters for paper, as content: no database."""

from datetime import UTC, datetime
from typing import Any

from signatures import canonical
from signatures.canonical import EditionContent, Entry, TextContent
from signatures.papers import Dress

ADDRESS = "https://letters.example.org/letters/a-letter/"
VERIFY_AT = f"{ADDRESS}editions/2/"
DRESS = Dress(site="Open Letters", campaign="Water for all", colour="#8a4b08")

TEXTS = {
    "en": {
        "title": "Open letter on water",
        "place": "The Hague",
        "salutation": "Dear Madam President,",
        "body": "We write to you about water.\n\n## Why now\n\nIt is *running out*.",
        "demands_intro": "We call on you to",
        "closing": "Yours sincerely,",
    },
    "ar": {
        "title": "رسالة مفتوحة بشأن المياه",
        "place": "لاهاي",
        "salutation": "السيدة الرئيسة المحترمة،",
        "body": "نكتب إليكم بشأن المياه.\n\nإنها تنفد.",
        "demands_intro": "ندعوكم إلى",
        "closing": "وتفضلوا بقبول فائق الاحترام،",
    },
}


def addressee(kind: str = "to", country: str = "NL", **lines: str) -> Any:
    """Return somebody a letter is sent to, in English."""
    known = {"name": "", "position": "", "institution": "", "postal_address": "", **lines}
    return {"kind": kind, "country": country, "texts": {"en": known}}


def text(**stated: Any) -> TextContent:
    """Return what a letter says; what is stated of its English takes the place of ours."""
    fields = {name: stated.pop(name) for name in list(stated) if name in TEXTS["en"]}
    made: Any = {
        "format": canonical.TEXT,
        "letter": "a-letter",
        "language": "en",
        "dated": "2022-11-23",
        "texts": {**TEXTS, "en": {**TEXTS["en"], **fields}},
        "addressees": [addressee(name="Ms Silvia Ríos", position="President")],
        "demands": [{"texts": {"en": {"text": one}}} for one in ("Open the wells", "Keep them so")],
        **stated,
    }
    return made  # type: ignore[no-any-return]


def entries(*names: str, initiators: int = 0, local: str = "") -> list[Entry]:
    """Return signatories in the order of a list, each time the same."""
    return [
        Entry(
            salt=f"{number:032x}",
            number=number,
            name=name,
            local_name=local,
            country="KE",
            section="initiator" if number <= initiators else "",
            signed_on="2022-11-23",
            text_version=1,
        )
        for number, name in enumerate(names, start=1)
    ]


def edition(listed: list[Entry], *, withheld: int = 0, **stated: Any) -> EditionContent:
    """Return the second edition of a letter, delivered on a Sunday."""
    return canonical.edition(
        text(**stated),
        listed,
        address=ADDRESS,
        number=2,
        delivered_at=datetime(2026, 11, 29, 10, tzinfo=UTC),
        delivered_to=[1],
        text_version=1,
        withheld=withheld,
    )


def as_of(listed: list[Entry], *, withheld: int = 0, **stated: Any) -> dict[str, Any]:
    """Return a letter as it is at some moment, which is no edition."""
    return {
        "address": ADDRESS,
        "as_of": "2026-11-29T10:00:00Z",
        "text": text(**stated),
        "text_version": 1,
        "count": len(listed) + withheld,
        "withheld": withheld,
    }
