"""Pictures and papers set in type by typst, with fonts of our own.

A template lies in `templates/typeset/`. What it is to show goes in as data, which is never read as
markup, whatever stands in it: no text of anybody's can load a file, or do anything but be printed.
"""

import json
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import fontpkg_amiri
import fontpkg_ibm_plex_sans_arabic
import fontpkg_source_sans_3
import fontpkg_source_serif_4
import typst
from django.conf import settings

FONTS = (
    fontpkg_source_serif_4,
    fontpkg_source_sans_3,
    fontpkg_amiri,
    fontpkg_ibm_plex_sans_arabic,
)
"""Serif and sans for Latin, Greek and Cyrillic; the same for Arabic."""

TEMPLATES: Path = settings.BASE_DIR / "templates" / "typeset"

_one_at_a_time = BoundedSemaphore(1)
"""A process sets one thing at a time: some milliseconds each, and the memory of one."""


def font_folders() -> list[Path]:
    """Return where the fonts lie that came with the packages."""
    return [Path(str(package.__file__)).parent / "files" for package in FONTS]


@cache
def _fonts() -> typst.Fonts:
    """What the machine has installed is left out, so that all of them set alike."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(one) for one in font_folders()])


def isolated(text: str) -> str:
    """Return a text whose own direction does not spread to what stands beside it."""
    return f"\u2068{text}\u2069"


def picture(template: str, data: dict[str, Any]) -> bytes:
    """Return the one page of a template as a PNG, a pixel to the point.

    Raises typst.TypstError where the template is wrong.
    """
    with _one_at_a_time:
        made = typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="png",
            ppi=72,
            sys_inputs={"data": json.dumps(data)},
        )
    assert isinstance(made, bytes)
    return made
