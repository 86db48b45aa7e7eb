"""Pictures and papers set in type by typst, with fonts of our own.

A template lies in `templates/typeset/`. What it is to show goes in as data, which is never read as
markup, whatever stands in it: no text of anybody's can load a file, or do anything but be printed.
"""

import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import typst
from django.conf import settings

FONTS = (
    "fontpkg_source_serif_4",
    "fontpkg_source_sans_3",
    "fontpkg_amiri",
    "fontpkg_ibm_plex_sans_arabic",
    "manimgx_fonts",
    "noto_cjk_sans_jp_regular",
)
"""Serif and sans for Latin, Greek and Cyrillic; the same for Arabic; and for what these lack, which
is looked up for no other: the scripts of South and South-East Asia, Hebrew, Ethiopic, Armenian,
Georgian, signs; and Chinese, Japanese and Korean."""

TEMPLATES: Path = settings.BASE_DIR / "templates" / "typeset"

LONGEST_WORD = 24
"""Characters after which a word may be broken anywhere, lest it run out of what is set."""

LONGEST_WAIT = 20.0
"""Seconds after which nobody waits any longer for a paper to be set."""

LONGEST_SETTING = 120.0
"""Seconds after which setting a paper is given up."""

TYPIST = Path(__file__).with_name("typist.py")

logger = logging.getLogger(__name__)

_one_picture = BoundedSemaphore(1)
_one_paper = BoundedSemaphore(1)
"""A process sets one picture at a time, some milliseconds each, and has one paper set beside it,
which may take seconds: pictures do not wait for it."""


class Busy(Exception):
    """Other papers are being set, or time or memory are short: this one would come too late."""


class NotSet(Exception):
    """The typesetter has failed."""


def font_folders() -> list[Path]:
    """Return where the fonts lie that came with the packages.

    Raises ModuleNotFoundError where one is missing, or its letters would be empty boxes.
    """
    found: list[Path] = []
    for name in FONTS:
        spec = find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(name=name)
        found += map(Path, spec.submodule_search_locations)
    return found


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
    has: that becomes an empty box, and the file claims no standard. Raises Busy, also where the
    system has ended the typesetter for want of memory, and NotSet where the template is wrong.
    """
    asked = {
        "template": str(TEMPLATES / template),
        "root": str(TEMPLATES),
        "fonts": [str(one) for one in font_folders()],
        "timestamp": int(made_at.timestamp()),
        "data": json.dumps(data),
    }
    with one_paper():
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(TYPIST)],
                input=json.dumps(asked).encode(),
                capture_output=True,
                check=False,
                env={},  # which holds the secrets of the site
                timeout=LONGEST_SETTING,
            )
        except subprocess.TimeoutExpired as error:
            logger.error("a paper was given up after %d s", LONGEST_SETTING)  # noqa: TRY400
            raise Busy from error
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
        logger.error("the typesetter ended with status %d", done.returncode)
        if done.returncode == -signal.SIGKILL:
            raise Busy
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotSet(f"status {done.returncode}: {said[-1] if said else ''}")
    return done.stdout
