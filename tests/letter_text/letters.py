"""What a written letter is, and what of it is to be recognised."""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Expected:
    """What is to be recognised; what is left out here is not asked for."""

    date: str | None
    demands: int
    signatories: list[str]
    language: str = "en"
    place: str | None = None
    title: str | None = None
    salutation: str | None = None
    addressees: int | None = None
    kinds: list[str] | None = None
    names: list[str] | None = None
    positions: list[str] | None = None
    institutions: list[str] | None = None
    first_demand: str | None = None
    last_demand: str | None = None
    closing: str | None = None
    countries: list[str] | None = None
    paragraphs: int | None = None
    in_body: str = ""
    unrecognised: list[str] | None = None


class Written:
    """A text, and its letters."""

    def __init__(self, shape: str, text: str, *letters: Expected) -> None:
        self.shape = shape
        self.text = dedent(text).strip("\n")
        self.letters = letters

    def __repr__(self) -> str:
        return self.shape
