"""What is recognised in a document: letters, before anybody has looked at them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass
class AddressBlock:
    """Somebody a letter goes to; `lines` is what remains of the block, as it is printed."""

    kind: str = "to"
    """"to" or "copy"."""
    name: str = ""
    position: str = ""
    institution: str = ""
    lines: list[str] = field(default_factory=list)


@dataclass
class Signatory:
    """A name as it is printed, and the two letters of the country beside it, if there is one."""

    name: str
    country: str = ""


@dataclass
class Draft:
    """A letter as far as it was understood; nothing of the document is missing in it."""

    language: str = ""
    dated: date | None = None
    place: str = ""
    title: str = ""
    salutation: str = ""
    addressees: list[AddressBlock] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    """Paragraphs, in Markdown, without the demands."""
    demands_intro: str = ""
    paragraphs_above: int = 0
    """How many paragraphs of the document stand above its demands."""
    demands: list[str] = field(default_factory=list)
    closing: str = ""
    signatories: list[Signatory] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)
    """Lines of which nobody can say what they are, in their order."""

    def take_dateline(self, place: str, day: date) -> None:
        """Take place and date; a second place is not understood."""
        self.dated = day
        if self.place and place:
            self.unrecognised.append(place)
        self.place = self.place or place

    def as_json(self) -> dict[str, Any]:
        """Return it as `import_letter --json` prints it.

        What introduces the demands is part of the text there, where it stands in the document.
        """
        intro = [self.demands_intro] if self.demands_intro else []
        above, below = self.body[: self.paragraphs_above], self.body[self.paragraphs_above :]
        return {
            "language": self.language,
            "date": self.dated.isoformat() if self.dated else None,
            "place": self.place,
            "title": self.title,
            "salutation": self.salutation,
            "addressees": [
                {
                    "kind": one.kind,
                    "name": one.name,
                    "position": one.position,
                    "institution": one.institution,
                    "lines": one.lines,
                }
                for one in self.addressees
            ],
            "body": "\n\n".join([*above, *intro, *below]),
            "demands": self.demands,
            "closing": self.closing,
            "signatories": [{"name": one.name, "country": one.country} for one in self.signatories],
            "unrecognised": self.unrecognised,
        }
