"""Pictures and papers set in type by typst, with fonts of our own.

A template lies in `templates/typeset/`. What it is to show goes in as data, which is never read as
markup, whatever stands in it: no text of anybody's can load a file, or do anything but be printed.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Literal

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

LONGEST_WORD = 24
"""Characters after which a word may be broken anywhere, lest it run out of what is set."""

LONGEST_WAIT = 60.0
"""Seconds after which nobody waits any longer for a paper to be set."""

_one_picture = BoundedSemaphore(1)
_one_paper = BoundedSemaphore(1)
"""A process sets one picture at a time, some milliseconds each, and beside it one paper, which may
take seconds: pictures do not wait for it, and the memory is that of two."""


class Busy(Exception):
    """Other papers are being set, and this one would come too late."""


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


def breakable(text: str, longest: int = LONGEST_WORD) -> str:
    """Return a text whose longest words may be broken anywhere."""
    words = " ".join(text.split()).split(" ")
    return " ".join(word if len(word) <= longest else "\u200b".join(word) for word in words)


def picture(template: str, data: dict[str, Any]) -> bytes:
    """Return the one page of a template as a PNG, a pixel to the point.

    Raises typst.TypstError where the template is wrong.
    """
    with _one_picture:
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


@contextmanager
def one_paper() -> Iterator[None]:
    """Set one paper at a time. Raises Busy where that would take too long."""
    if not _one_paper.acquire(timeout=LONGEST_WAIT):
        raise Busy
    try:
        yield
    finally:
        _one_paper.release()


def paper(template: str, data: dict[str, Any], made_at: datetime) -> bytes:
    """Return the pages of a template as a PDF that says it was made at `made_at`.

    It is accessible (PDF/UA-1), unless it has to print a letter of a script that no font of ours
    has: that becomes an empty box, and the file claims no standard. Raises Busy, and
    typst.TypstError where the template is wrong.
    """
    with one_paper():
        try:
            return _paper(template, data, made_at, "ua-1")
        except typst.TypstError:
            return _paper(template, data, made_at)


def _paper(
    template: str, data: dict[str, Any], made_at: datetime, *standards: Literal["ua-1"]
) -> bytes:
    made = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=list(standards),
        timestamp=int(made_at.timestamp()),
        sys_inputs={"data": json.dumps(data)},
    )
    assert isinstance(made, bytes)
    return made
