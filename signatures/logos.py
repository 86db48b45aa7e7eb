"""A picture that somebody uploads, made into one that we dare to serve: no database.

It is decoded and drawn anew, so that nothing of the file itself is passed on: no metadata, no
second format behind the first, no script.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_FILE = 500_000
"""Bytes that may be uploaded."""

MOST_PIXELS = 8_000_000
"""Beyond this a picture is not even decoded: a few kilobytes can hold a gigabyte."""

LARGEST = (600, 240)
"""Pixels that are kept; what is larger is made smaller."""

FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True)
class Limits:
    """How large a file may be that is uploaded, how many pixels are decoded and are kept of it."""

    file: int = LARGEST_FILE
    pixels: int = MOST_PIXELS
    kept: tuple[int, int] = LARGEST


LOGO = Limits()

TYPES = {"png": "image/png", "jpg": "image/jpeg"}
"""What is served, by the end of the name."""


class Refused(ValueError):
    """The file cannot be used; it says why to whoever uploaded it."""


@dataclass(frozen=True)
class Drawn:
    """A logo as it is kept; its name tells its content."""

    content: bytes
    kind: str
    width: int
    height: int

    @property
    def file(self) -> str:
        """The name under which it is served."""
        return f"{hashlib.sha256(self.content).hexdigest()[:32]}.{self.kind}"


def draw(upload: bytes, limits: Limits = LOGO) -> Drawn:
    """Return the picture in a file, drawn anew. Raises Refused."""
    if len(upload) > limits.file:
        raise Refused(_("This file is too large: a logo may have 500 kB."))
    picture = _decoded(upload, limits.pixels)
    picture.thumbnail(limits.kept, Image.Resampling.LANCZOS)
    written = io.BytesIO()
    if "A" in picture.getbands():
        kind = "png"
        picture.save(written, "PNG", optimize=True)
    else:
        kind = "jpg"
        picture.save(written, "JPEG", quality=88, optimize=True)
        flat = io.BytesIO()
        picture.save(flat, "PNG", optimize=True)
        if len(flat.getvalue()) <= 2 * len(written.getvalue()):
            kind, written = "png", flat  # drawn rather than photographed: no fringes
    return Drawn(written.getvalue(), kind, picture.width, picture.height)


def _decoded(upload: bytes, most: int) -> Image.Image:
    too_many = _("This picture has too many pixels: %(number)s million at most.")
    too_many %= {"number": most // 1_000_000}
    not_a_picture = _("This is no picture that can be used: take a PNG, JPEG or WebP file.")
    broken = _("This picture cannot be read; the file may be cut off or damaged.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what we refuse, Pillow only warns of
            with Image.open(io.BytesIO(upload), formats=FORMATS) as opened:
                fits = opened.width * opened.height <= most
                drawn = _drawn(opened) if fits else None
    except Image.DecompressionBombError as error:
        raise Refused(too_many) from error
    except UnidentifiedImageError as error:
        raise Refused(not_a_picture) from error
    except Exception as error:  # decoders meet the strangest bytes, and raise what they like
        raise Refused(broken) from error
    if drawn is None:
        raise Refused(too_many)
    return drawn


def _drawn(opened: Image.Image) -> Image.Image:
    opened.load()
    turned = ImageOps.exif_transpose(opened)
    clear = "A" in turned.getbands() or "transparency" in turned.info
    drawn = turned.convert("RGBA" if clear else "RGB")
    # A new picture takes nothing along but the pixels.
    anew = Image.new(drawn.mode, drawn.size)
    anew.paste(drawn)
    return anew
