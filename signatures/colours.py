"""A campaign's colour, as the tones in which it can be read: pure functions.

Contrast is that of WCAG 2.2 (1.4.3). Tones are found in OKLab (Björn Ottosson, 2020), in which a
colour that is made darker or lighter stays the colour that people see.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

READABLE = 4.5
"""The contrast that text needs (level AA)."""

FARTHEST = 0.4
"""By how much of the way from black to white a colour may be darkened before it is another one."""

PAPERS = ("#fffdf8", "#f2eee6")
"""Paper and desk in the light, and below in the dark, as tokens.css has them."""

DARK_PAPERS = ("#1e1f1d", "#141513")

SITES_OWN = "#0f5a4c"
"""That of pages whose campaign has none: --seal in tokens.css."""

REMEMBERED = 500
"""How many stylesheets a process keeps: anybody may ask for those of all 16 million colours."""

HEX = re.compile(r"#[0-9a-f]{6}")

Lab = tuple[float, float, float]


class Unreadable(ValueError):
    """No tone of a colour can be read on paper and is still that colour."""


@dataclass(frozen=True)
class Tones:
    """Four values of tokens.css: the colour, a deeper one, what is written on it, and its tint."""

    seal: str
    deep: str
    ink: str
    tint: str

    @property
    def declarations(self) -> str:
        """As a stylesheet has them."""
        return (
            f"--seal:{self.seal};--seal-deep:{self.deep};"
            f"--seal-ink:{self.ink};--seal-tint:{self.tint}"
        )


def in_light(colour: str) -> Tones:
    """Return the tones of a colour on paper: the colour itself if it can be read there.

    Raises Unreadable if it would have to be darkened beyond recognition.
    """
    given = _lab(colour)
    for step in range(101):
        lab = _towards(given, 0.0, step / 100)
        if given[0] - lab[0] > FARTHEST:
            raise Unreadable(colour)
        seal = _hex(lab) if step else colour
        tint = _mixed(PAPERS[0], seal, 0.09)
        if _is_readable(seal, *PAPERS, tint, "#ffffff"):
            return Tones(seal, _hex(_towards(lab, 0.0, 0.22)), "#ffffff", tint)
    raise Unreadable(colour)


def in_dark(colour: str) -> Tones:
    """Return the tones of a colour on dark paper; there always are some."""
    given = _lab(colour)
    for step in range(101):
        lab = _towards(given, 1.0, step / 100)
        seal = _hex(lab) if step else colour
        tint = _mixed(DARK_PAPERS[0], seal, 0.12)
        ink = _mixed("#000000", seal, 0.14)
        if _is_readable(seal, *DARK_PAPERS, tint, ink):
            return Tones(seal, _hex(_towards(lab, 1.0, 0.4)), ink, tint)
    raise AssertionError("White can be read on dark paper.")


@lru_cache(maxsize=REMEMBERED)
def stylesheet(colour: str) -> str:
    """Return the stylesheet that gives a page the colour. Raises Unreadable.

    Inside of .in-light and .in-dark it is as in that light, for the staff's preview.
    """
    light, dark = in_light(colour).declarations, in_dark(colour).declarations
    return (
        f"@media screen{{:root,.in-light{{{light}}}"
        f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f".in-light{{{light}}}.in-dark{{{dark}}}}}\n"
    )


@lru_cache(maxsize=REMEMBERED)
def address(colour: str) -> tuple[str, str]:
    """Return what stands in the address of a colour's stylesheet: the colour, and a digest."""
    content = stylesheet(colour).encode()
    return colour.removeprefix("#"), hashlib.sha256(content).hexdigest()[:12]


def contrast(one: str, other: str) -> float:
    """Return how far two colours are apart, from 1 (not at all) to 21 (black and white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _is_readable(colour: str, *grounds: str) -> bool:
    return all(contrast(colour, ground) >= READABLE for ground in grounds)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue = map(_linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(ground: str, colour: str, part: float) -> str:
    pairs = zip(_channels(ground), _channels(colour), strict=True)
    mixed = (round(255 * (under * (1 - part) + over * part)) for under, over in pairs)
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _lab(colour: str) -> Lab:
    red, green, blue = map(_linear, _channels(colour))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _towards(lab: Lab, lightness: float, part: float) -> Lab:
    """Return a colour on the way to black (0) or white (1), which loses its hue only there."""
    light, green_red, blue_yellow = lab
    left = 1 - part
    return light * left + lightness * part, green_red * left, blue_yellow * left


def _hex(lab: Lab) -> str:
    light, green_red, blue_yellow = lab
    long = (light + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    middle = (light - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (light - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _shown(channel)):02x}" for channel in linear)


def _shown(channel: float) -> float:
    channel = min(max(channel, 0.0), 1.0)
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
