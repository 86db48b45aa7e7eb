"""The picture that is shown beside a link to a letter (Open Graph), drawn for each letter."""

import io
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _
from PIL import Image

from signatures import colours, moments, typesetting
from signatures.models.letters import Addressee, Letter
from signatures.models.translated import read_translated
from signatures.pages.letters import in_order

WIDTH, HEIGHT = 1200, 630

COLOURS = 64
"""Different colours of a picture: enough for the edges of letters, and a third of the bytes."""

LONGEST_ADDRESS = 200
"""Characters of the addressees that have room; who comes later gives way to an ellipsis."""


def share_picture(letter: Letter) -> bytes:
    """Return the picture of a letter in the present language, as a PNG.

    Raises Http404 if the letter is gone.
    """
    found = read_translated(Letter.objects.filter(pk=letter.pk), "campaign")
    if not found:
        raise Http404
    addressees = read_translated(Addressee.objects.filter(letter=letter, kind=Addressee.Kind.TO))
    for one in addressees:
        one.letter = found[0]  # which tells the language they fall back to
    return small(typesetting.picture("share_picture.typ", told(found[0], in_order(addressees))))


def told(letter: Letter, addressees: list[Addressee]) -> dict[str, Any]:
    """Return what the picture says, in words."""
    number = letter.signatory_count
    return {
        "language": (get_language() or settings.LANGUAGE_CODE).partition("-")[0],
        "direction": "rtl" if get_language_bidi() else "ltr",
        "colour": colour(letter),
        "site": typesetting.isolated(settings.SITE_NAME),
        # It may be written in the other direction than the page.
        "title": typesetting.isolated(typesetting.breakable(str(letter))),
        "addressee": _addressed(addressees),
        "number": moments.number(number),
        "signed": ngettext("organisation has signed", "organisations have signed", number),
        "as_of": _("as of %(time)s") % {"time": moments.day_in(letter.as_of, letter.time_zone)},
    }


def _addressed(addressees: list[Addressee]) -> str:
    said = ""
    for one in addressees:
        parts = [part for part in (one.name, one.position or one.institution) if part]
        line = " – ".join(typesetting.isolated(typesetting.breakable(part)) for part in parts)
        if said and len(said) + len(line) > LONGEST_ADDRESS:
            return f"{said} …"
        said += f" · {line}" if said and line else line
    return said


def colour(letter: Letter) -> str:
    """Return the colour of the letter's campaign as it can be read on paper, as #rrggbb."""
    chosen = letter.campaign.colour if letter.campaign else ""
    return colours.in_light(chosen).seal if chosen else colours.SITES_OWN


def small(png: bytes) -> bytes:
    """Return a picture with few colours in fewer bytes."""
    octree = Image.Quantize.FASTOCTREE
    with Image.open(io.BytesIO(png)) as image:
        reduced = image.convert("RGB").quantize(COLOURS, octree, dither=Image.Dither.NONE)
    written = io.BytesIO()
    reduced.save(written, "PNG", compress_level=6)
    return written.getvalue()
