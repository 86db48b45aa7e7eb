"""Whose paper a letter is printed on."""

from dataclasses import dataclass

from signatures import colours


@dataclass(frozen=True)
class Dress:
    """What stands at the head of the paper, in which colour, and on whose clocks it was made.

    `colour` is #rrggbb and is made readable on paper; `logo` is a PNG or JPEG as
    `signatures.logos` draws it, `logo_alt` what it says to those who do not see it.
    """

    site: str
    campaign: str = ""
    colour: str = ""
    logo: bytes = b""
    logo_alt: str = ""
    time_zone: str = "UTC"

    @property
    def ink(self) -> str:
        """The colour as it can be read on paper."""
        return colours.in_light(self.colour).seal if self.colour else colours.SITES_OWN

    @property
    def logo_kind(self) -> str:
        """What kind of picture the logo is: png or jpg."""
        return "png" if self.logo.startswith(b"\x89PNG") else "jpg"
