"""Somebody passes a link to a letter on, and a picture of it stands beside the link."""

import io
import threading
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from fontTools.ttLib import TTFont
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from signatures import colours, typesetting
from signatures.models import Addressee, Letter
from signatures.models.withheld import WithheldSignature
from signatures.pages import kept, share
from tests.factories import make_campaign, make_letter, make_signature

pytestmark = pytest.mark.django_db

PICTURE = "/letters/a-letter/share.png"
ARABIC = "رسالة مفتوحة بشأن المدافعين عن حقوق الإنسان: الحق Al-Haq (Law in the Service of Mankind)"


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image.convert("L")


def ink(image: Image.Image, *box: int) -> int:
    """Return how many dark pixels there are in a part of a picture."""
    return sum(image.crop(box).histogram()[:100])  # type: ignore[arg-type]


def test_a_letter_has_a_picture_that_is_kept_until_it_changes(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    letter = make_letter(title="Water for all", campaign=make_campaign())
    with django_assert_num_queries(4):
        response = client.get(PICTURE)
    with django_assert_num_queries(4):  # also where the addressee falls back
        assert client.get(f"/ar{PICTURE}").content != response.content
    assert response["Content-Type"] == "image/png"
    assert "Content-Encoding" not in client.get(PICTURE, headers={"accept-encoding": "br"})
    assert opened(response.content).size == (share.WIDTH, share.HEIGHT)
    assert len(response.content) < 80_000
    with django_assert_num_queries(1):
        again = client.get(PICTURE, headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    make_signature(letter, "One more")
    counted = client.get(PICTURE).content
    letter.refresh_from_db()
    letter.title = "Wells for all"
    letter.save()
    Letter.objects.filter(pk=letter.pk).raise_revision()
    titled = client.get(PICTURE).content
    assert len({response.content, counted, titled}) == 3


@pytest.mark.parametrize(
    "title",
    ["X", "W" * 250, "Water and land " * 16, ARABIC, (ARABIC * 3)[:250], "水" * 250, "🏴" * 60],
)
def test_titles_of_any_length_fit(title: str) -> None:
    letter = make_letter(title=title, addressee="President of the Assembly " * 7)
    for language in ("en", "ar"):
        with translation.override(language):
            image = opened(share.share_picture(letter))
        edge = (0, 40, 40, 630) if language == "ar" else (1160, 40, 1200, 630)
        assert ink(image, *edge) == 0
        assert ink(image, 0, 490, 1200, 500) <= 18 * 10  # nothing but the stripe
        assert ink(image, 60, 100, 1140, 400) > 20


def test_the_arabic_picture_starts_at_the_right() -> None:
    letter = make_letter(title="ماء")
    with translation.override("ar"):
        image = opened(share.share_picture(letter))
    assert ink(image, 1182, 0, 1200, 630) > 10_000
    assert ink(image, 800, 100, 1110, 300) > 500
    assert ink(image, 90, 100, 400, 300) == 0


def test_our_fonts_have_the_letters_of_our_languages() -> None:
    """What a font lacks would be an empty box."""
    letter = make_letter(title=ARABIC)
    said = "áéíóúüñ¿¡«»àâçèêëîïôœùûÿ’“”–—…·"
    for language in ("en", "ar", "es", "fr"):
        with translation.override(language):
            told = share.told(letter, list(letter.addressees.all()))
        said += "".join(told[key] for key in ("site", "title", "number", "signed", "as_of"))
    invisible = {"\u2068", "\u2069", "\u200b", "\u200e", "\u200f", "\u202f", "\xa0"}
    families = (("Source", ""), ("Amiri", "IBMPlex"))
    latin, arabic = (
        [
            set(TTFont(path).getBestCmap())
            for folder in typesetting.font_folders()
            for path in folder.rglob("*.ttf")
            if path.name.startswith(tuple(filter(None, family))) and "Italic" not in path.name
        ]
        for family in families
    )
    assert latin
    assert arabic
    for character in set(said) - invisible:
        fonts = arabic if "\u0600" <= character <= "\u06ff" else latin
        assert all(ord(character) in font for font in fonts), character


def test_what_is_not_published_has_no_picture(client: Client) -> None:
    letter = make_letter()
    assert client.get(PICTURE).status_code == 200
    letter.unpublish()
    assert client.get(PICTURE).status_code == 404
    assert client.get("/letters/no-letter/share.png").status_code == 404


def test_it_says_how_many_but_not_whose_name_is_withheld() -> None:
    letter = make_letter(title="T" * 40, addressee="")
    Addressee.objects.create(letter=letter, name="Ms Ríos", position="#eval(1)")
    Addressee.objects.create(letter=letter, kind="copy", position="Nobody")
    make_signature(letter, "Kanari")
    WithheldSignature.objects.create(letter=letter)
    Letter.objects.filter(pk=letter.pk).raise_revision()
    letter.refresh_from_db()
    told = share.told(letter, list(letter.addressees.filter(kind="to")))
    assert (told["number"], told["signed"]) == ("2", "organisations have signed")
    assert told["addressee"] == "\u2068Ms Ríos\u2069 – \u2068#eval(1)\u2069"
    assert told["title"] == "\u2068" + "\u200b".join("T" * 40) + "\u2069"
    assert "Kanari" not in repr(told)
    assert share.share_picture(letter)


def test_of_many_addressees_those_are_named_that_have_room() -> None:
    letter = make_letter(addressee="")
    for place in range(9):
        Addressee.objects.create(letter=letter, order=place, position=f"{place} Minister " * 5)
    said = share.told(letter, list(letter.addressees.order_by("order")[1:]))["addressee"]
    assert said.startswith("\u20681 Minister")
    assert said.endswith(" …")
    assert len(said) <= share.LONGEST_ADDRESS + len(" · …")


def test_nothing_that_is_shown_is_read_as_markup() -> None:
    plain = {"language": "en", "direction": "ltr", "colour": "#0f5a4c", "site": "", "number": "1"}
    plain |= {"addressee": "", "signed": "", "as_of": ""}

    def drawn(title: str) -> bytes:
        return typesetting.picture("share_picture.typ", {**plain, "title": title})

    assert drawn("#title") != drawn("") != drawn("#panic()")
    assert drawn('#read("/share_picture.typ")') != drawn("")


def test_a_title_in_the_other_direction_keeps_its_own() -> None:
    """The mark behind the last word does not stand before the first one."""
    letter = make_letter(title="Water now" + "!" * 9)
    with translation.override("ar"):
        image = opened(share.share_picture(letter))
    [column] = [x for x in range(1120, 600, -1) if ink(image, x, 110, x + 1, 200)][:1]
    # Marks are thin strokes with paper between them; a "W" is broad.
    marks = sum(1 for x in range(column - 200, column) if not ink(image, x, 110, x + 1, 200))
    assert marks > 60


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("#8a4b08", "#8a4b08"),
        ("", colours.SITES_OWN),
        ("#ffa500", colours.in_light("#ffa500").seal),
    ],
)
def test_a_campaign_may_have_a_colour_and_it_can_be_read(chosen: str, shown: str) -> None:
    letter = make_letter(campaign=make_campaign(colour=chosen))
    assert share.told(letter, [])["colour"] == shown
    assert colours.contrast(shown, colours.PAPERS[0]) >= colours.READABLE
    assert share.colour(make_letter("alone")) == colours.SITES_OWN


def test_many_can_ask_at_once() -> None:
    made: list[bytes] = []

    def draw() -> None:
        made.append(typesetting.picture("share_picture.typ", told))

    told: dict[str, Any] = share.told(make_letter(), [])
    threads = [threading.Thread(target=draw) for _one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1


@pytest.mark.parametrize("path", ["letters/a-letter/", "letters/a-letter/signatories/"])
def test_pages_name_their_picture(client: Client, path: str, settings: Settings) -> None:
    settings.SITE_URL = "https://letters.example.org"
    letter = make_letter(title="Water & <land>", campaign=make_campaign())
    make_signature(letter)
    Letter.objects.update(revision=1234)
    for language in ("", "ar/"):
        kept.shelf.clear()
        html = client.get(f"/{language}{path}").content.decode()
        address = f"https://letters.example.org/{language}letters/a-letter/share.png?v=1234"
        assert f'<meta property="og:image" content="{address}">' in html
        assert '<meta property="og:image:width" content="1200">' in html
        assert '<meta name="twitter:card" content="summary_large_image">' in html
        plain = html.translate({0x2068: "", 0x2069: ""})
        assert 'property="og:image:alt" content="Water &amp; &lt;land&gt;: ' in plain
    assert address in client.get("/ar/campaigns/a-campaign/").content.decode()
    assert client.get(f"{PICTURE}?v=1234").status_code == 200


def test_what_hangs_below_an_arabic_title_does_not_meet_the_addressee() -> None:
    """Between the two lines is a strip without ink."""
    plain = {"language": "ar", "direction": "rtl", "colour": "#0f5a4c", "site": "", "number": ""}
    plain |= {"signed": "", "as_of": "", "title": "مع", "addressee": "لأ ألأ"}
    image = opened(typesetting.picture("share_picture.typ", plain))
    rows = [ink(image, 60, y, 1140, y + 1) > 0 for y in range(110, 400)]
    assert sum(here and not above for above, here in pairwise(rows)) == 2
