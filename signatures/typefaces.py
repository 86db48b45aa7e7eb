"""Cuts the web's fonts out of the whole typefaces: `make fonts`; `make fonts ARGS=amiri` for some.

Each file holds one script, one range of weights, and of the features those that the stylesheet
asks for. The stylesheet names the same ranges (`unicode-range`), so that a browser fetches only
what stands on the page. Nothing here runs on a server: what it writes is committed.
"""

import io
import shutil
import sys
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FOLDER = Path(__file__).parent / "static/signatures/fonts"

LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,"
    "U+20AC,U+2116,U+2122,U+2190-2193,U+2212,U+FEFF,U+FFFD"
)
LATIN_EXT = "U+0100-0130,U+0132-0151,U+0154-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+1E00-1EFF"
ARABIC = (  # with the letters of Persian, Urdu and Kurdish
    "U+060C,U+061B,U+061F,U+0621-063A,U+0640-0655,U+0660-066D,U+0670-0671,U+0679,U+067E,U+0686,"
    "U+0688,U+0691,U+0695,U+0698,U+06A4,U+06A9,U+06AF,U+06B5,U+06BA,U+06BE,U+06C0-06C3,U+06C6,"
    "U+06CC,U+06CE,U+06D2-06D5,U+06F0-06F9,U+200C-200F"
)
PLAIN = "U+0020-007E,U+00A0-00FF,U+0152-0153,U+2013-2014,U+2018-201E,U+2026"
RANGES = {"latin": LATIN, "latin-ext": LATIN_EXT, "arabic": ARABIC, "plain": PLAIN}

LETTERS = ("kern", "mark", "mkmk", "ccmp", "locl", "liga", "lnum", "onum", "pnum", "tnum", "case")
JOINED = ("ccmp", "locl", "isol", "init", "medi", "fina", "rlig", "calt", "kern", "mark", "mkmk")


@dataclass(frozen=True)
class Cut:
    """One file: which typeface, which of its characters and features, and which of its axes.

    `largest` is how many bytes it may have.
    """

    name: str
    package: str
    source: str
    script: str
    largest: int
    axes: dict[str, float | tuple[float, float]] = field(default_factory=dict)
    features: tuple[str, ...] = LETTERS


SERIF = ("fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf")
TEXT: dict[str, float | tuple[float, float]] = {"opsz": 16, "wght": (400, 700)}

CUTS = (
    Cut("source-serif-4-latin", *SERIF, "latin", 45_000, TEXT),
    Cut("source-serif-4-latin-ext", *SERIF, "latin-ext", 45_000, TEXT),
    Cut(
        "source-serif-4-italic",
        "fontpkg_source_serif_4",
        "SourceSerif4-Italic[opsz,wght].ttf",
        "plain",
        25_000,
        {"opsz": 16, "wght": 400},
    ),
    Cut("amiri-arabic", "fontpkg_amiri", "Amiri-Regular.ttf", "arabic", 70_000, {}, JOINED),
    Cut("amiri-arabic-bold", "fontpkg_amiri", "Amiri-Bold.ttf", "arabic", 70_000, {}, JOINED),
)

LICENCES = {
    "fontpkg_source_serif_4": "source-serif-4",
    "fontpkg_amiri": "amiri",
}


def cut(wanted: Cut) -> bytes:
    """Return the file, the same bytes every time."""
    path = files(wanted.package).joinpath("files", wanted.source)
    font = TTFont(io.BytesIO(path.read_bytes()), recalcTimestamp=False)
    if wanted.axes:
        font = instancer.instantiateVariableFont(font, dict(wanted.axes))
    if "gvar" in font:
        # The instancer leaves out glyphs that do not vary, which the subsetter looks up.
        varied = font["gvar"].variations
        kept = {name: varied.get(name, []) for name in font.getGlyphOrder()}
        font["gvar"].variations = kept
    options = subset.Options()
    options.layout_features = list(wanted.features)
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(RANGES[wanted.script]))
    cutter.subset(font)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written, reorderTables=False)
    return written.getvalue()


def main() -> None:
    """Write every file and every licence; tell their sizes. Fails where one is too large."""
    FOLDER.mkdir(exist_ok=True)
    for package, name in LICENCES.items():
        shutil.copyfile(str(files(package).joinpath("LICENSE")), FOLDER / f"{name}.OFL.txt")
    asked = tuple(sys.argv[1:]) or ("",)
    for wanted in (one for one in CUTS if one.name.startswith(asked)):
        content = cut(wanted)
        (FOLDER / f"{wanted.name}.woff2").write_bytes(content)
        sys.stdout.write(f"{len(content):>7}  {wanted.name}.woff2\n")
        if len(content) > wanted.largest:
            raise SystemExit(f"{wanted.name} is larger than {wanted.largest} bytes.")


if __name__ == "__main__":
    main()
