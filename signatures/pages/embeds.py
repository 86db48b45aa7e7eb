"""What other sites can show of a letter: a badge, a frame, a code to be photographed."""

import io
from dataclasses import dataclass

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from signatures import colours, moments
from signatures.models.letters import Letter
from signatures.pages.share import colour
from signatures.papers.sheet import printable

FRAME_WIDTH, FRAME_HEIGHT = 400, 200
"""How large a frame is, in CSS pixels, if nobody says otherwise."""

LETTER_WIDTH = 7.4
"""About how wide a letter of the badge's words is, in CSS pixels."""

BADGE_HEIGHT = 56


@dataclass(frozen=True)
class Badge:
    """The number of signatories as a small picture; sizes in CSS pixels."""

    number: str
    words: str
    title: str
    colour: str
    ink: str
    width: int
    height: int = BADGE_HEIGHT

    @property
    def middle(self) -> int:
        """Where its text is centred."""
        return self.width // 2


def badge_of(letter: Letter) -> Badge:
    """Return the badge of a letter, which was read with its campaign, in the present language."""
    count = letter.signatory_count
    words = ngettext("organisation has signed", "organisations have signed", count)
    number, tone = moments.number(count), colour(letter)
    return Badge(
        number=number,
        words=words,
        title=printable(f"{letter.title}: {number} {words}"),
        colour=tone,
        ink=colours.in_light(tone).ink,
        width=round(max(len(words), 2.4 * len(number)) * LETTER_WIDTH) + 32,
    )


def code(address: str, title: str) -> bytes:
    """Return an address as a QR code, a picture in SVG; black on white, whatever is around it."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=8, border=4, light="#fff", title=printable(title), xmldecl=False
    )
    return drawn.getvalue()


def address_of(name: str, letter: Letter) -> str:
    """Return the whole address of one of a letter's pages in the present language."""
    return f"{settings.SITE_URL}{reverse(name, args=[letter.slug])}"


def frame_snippet(
    letter: Letter, width: int = FRAME_WIDTH, height: int = FRAME_HEIGHT
) -> SafeString:
    """Return the HTML that shows a letter's frame in a page of another site."""
    return format_html(
        '<iframe src="{}" width="{}" height="{}" style="max-width:100%" title="{}" loading="lazy"'
        ' frameborder="0"></iframe>',
        address_of("frame", letter),
        width,
        height,
        letter.title,
    )


def badge_snippet(letter: Letter) -> SafeString:
    """Return the HTML that shows a letter's badge in a page of another site, with a link."""
    badge = badge_of(letter)
    return format_html(
        '<a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a>',
        address_of("letter", letter),
        address_of("badge", letter),
        badge.width,
        badge.height,
        letter.title,
    )
