"""An editor gives a campaign its colour and logo, and its pages have them."""

import io
import re
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from openletters import caching
from signatures import colours, logos
from signatures.emails import confirm_path, private_path
from signatures.models import Campaign, Letter, Logo
from tests.drawn import picture
from tests.factories import make_campaign, make_letter, make_sign_on, make_signature

pytestmark = pytest.mark.django_db

LETTER = "/letters/a-letter/"


@pytest.fixture
def letter() -> Letter:
    letter = make_letter(campaign=make_campaign())
    make_signature(letter, "Amal")
    return letter


def save(editor: Client, letter: Letter, **fields: Any) -> Any:
    campaign = letter.campaign
    assert campaign is not None
    upload = fields.pop("upload", None)
    form = {
        "title": "A campaign",
        "slug": campaign.slug,
        "summary": "",
        "language": "en",
        "logo_alt": "",
        **fields,
    }
    if upload is not None:
        form["logo_file"] = SimpleUploadedFile("logo.png", upload)
    answer = editor.post(reverse("admin:signatures_campaign_change", args=[campaign.pk]), form)
    campaign.refresh_from_db()
    return answer


def told(answer: Any) -> str:
    """Return the only error of the form that came back."""
    assert answer.status_code == 200
    [(_field, [error])] = answer.context["adminform"].form.errors.items()
    return str(error)


class TestColour:
    def test_a_campaign_without_one_asks_for_no_stylesheet_more(
        self, client: Client, letter: Letter
    ) -> None:
        assert "/colours/" not in client.get(LETTER).content.decode()

    def test_its_pages_link_to_a_stylesheet_that_may_be_kept_for_ever(
        self, editor: Client, letter: Letter, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        before = Client().get(LETTER)["ETag"]
        saved = save(editor, letter, own_colour="on", chosen="#7A2048")
        assert saved.status_code == 302
        assert Campaign.objects.get().colour == "#7a2048"
        page = Client().get(LETTER, headers={"if-none-match": before})
        assert page.status_code == 200
        found = re.search(r'href="(/colours/7a2048/[0-9a-f]{12}\.css)"', page.content.decode())
        assert found
        with django_assert_num_queries(0):
            sheet = Client().get(found[1])
        assert sheet["Cache-Control"] == caching.IMMUTABLE
        assert sheet["Content-Type"] == "text/css; charset=utf-8"
        assert sheet["X-Content-Type-Options"] == "nosniff"
        assert not sheet.cookies
        assert "Cookie" not in sheet.get("Vary", "")
        sign_on = make_sign_on([letter])
        unconfirmed = make_sign_on([letter], status="unconfirmed", name="Beit")
        for path in (
            f"{LETTER}signatories/",
            f"{LETTER}sign/",
            f"{LETTER}sign/sent/",
            "/campaigns/a-campaign/",
            private_path(sign_on),
            confirm_path(unconfirmed),
        ):
            assert found[1] in Client().get(path).content.decode(), path
        assert found[1] not in Client().get("/").content.decode()

    @pytest.mark.parametrize(
        "path", ["/colours/7a2048/000000000000.css", "/colours/zzz/1.css", "/colours/ffffff/1.css"]
    )
    def test_no_other_address_has_one(self, client: Client, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer["Cache-Control"] == caching.PRIVATE

    def test_asking_for_every_colour_there_is_fills_no_memory(self, client: Client) -> None:
        colours.address.cache_clear()
        colours.stylesheet.cache_clear()
        for number in range(colours.REMEMBERED + 20):
            assert client.get(f"/colours/{number:06x}/1.css").status_code == 404
        for kept in (colours.address, colours.stylesheet):
            assert kept.cache_info().currsize == colours.REMEMBERED

    def test_one_that_cannot_be_read_is_refused_beside_the_field(
        self, editor: Client, letter: Letter
    ) -> None:
        assert "so light" in told(save(editor, letter, own_colour="on", chosen="#ffffee"))
        assert "like #0f5a4c" in told(save(editor, letter, own_colour="on", chosen="red"))
        assert Campaign.objects.get().colour == ""

    def test_the_editor_sees_which_tone_is_used_in_which_light(
        self, editor: Client, letter: Letter
    ) -> None:
        save(editor, letter, own_colour="on", chosen="#ffa500")
        address = reverse("admin:signatures_campaign_change", args=[letter.campaign_id])
        page = editor.get(address).content.decode()
        assert f"the tone {colours.in_light('#ffa500').seal}" in page
        assert "In the dark: the colour as chosen" in page
        save(editor, letter, chosen="#ffa500")  # the box is not ticked any more
        assert Campaign.objects.get().colour == ""


class TestLogo:
    def test_it_stands_on_the_letter_with_its_words_and_its_size(
        self, editor: Client, letter: Letter
    ) -> None:
        before = Client().get(LETTER)["ETag"]
        upload = picture(size=(900, 300))
        assert save(editor, letter, upload=upload, logo_alt='A "drop"').status_code == 302
        page = Client().get(LETTER, headers={"if-none-match": before}).content.decode()
        found = re.search(r'<img src="(/logos/[0-9a-f]{32}\.png)" width="600" height="200"', page)
        assert found
        assert 'alt="A &quot;drop&quot;"' in page
        answer = Client().get(found[1])
        assert answer["Content-Type"] == "image/png"
        assert answer["Cache-Control"] == caching.IMMUTABLE
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "Cookie" not in answer.get("Vary", "")
        with Image.open(io.BytesIO(answer.content)) as drawn:
            assert drawn.size == (600, 200)

    def test_it_needs_its_words(self, editor: Client, letter: Letter) -> None:
        assert "in words" in told(save(editor, letter, upload=picture()))
        save(editor, letter, upload=picture(), logo_alt="A drop")
        assert "in words" in told(save(editor, letter))

    def test_a_new_one_takes_its_place_and_it_can_be_taken_away(
        self, editor: Client, letter: Letter
    ) -> None:
        save(editor, letter, upload=picture(), logo_alt="A drop")
        first = Logo.objects.get().file
        save(editor, letter, upload=picture(size=(90, 90)), logo_alt="A drop")
        assert Logo.objects.get().file != first
        assert Client().get(f"/logos/{first}").status_code == 404
        assert "in words" in told(save(editor, letter, logo_alt=""))
        # Without the logo there is nothing to be said of it.
        save(editor, letter, logo_alt="", no_logo="on")
        assert not Logo.objects.exists()
        assert "/logos/" not in Client().get(LETTER).content.decode()

    def test_whatever_else_is_in_the_file_stays_behind(self) -> None:
        exif = Image.Exif()
        exif[0x010E] = "The photographer's secret"
        for kind in ("PNG", "JPEG", "WEBP"):
            upload = picture(kind, exif=exif) + b"PK\x03\x04<script>alert(1)</script>"
            drawn = logos.draw(upload)
            assert b"secret" not in drawn.content
            assert b"script" not in drawn.content
            with Image.open(io.BytesIO(drawn.content)) as again:
                assert not again.getexif()
                assert again.size == (120, 40)

    def test_one_that_lies_on_its_side_is_turned(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        drawn = logos.draw(picture("JPEG", exif=exif))
        assert (drawn.width, drawn.height) == (40, 120)

    def test_one_with_a_clear_colour_in_its_palette_stays_clear(self) -> None:
        written = io.BytesIO()
        Image.new("P", (9, 9)).save(written, "PNG", transparency=0)
        with Image.open(io.BytesIO(logos.draw(written.getvalue()).content)) as again:
            assert again.convert("RGBA").getpixel((4, 4))[3] == 0  # type: ignore[index]

    def test_one_that_two_campaigns_have_stays_while_one_of_them_has_it(
        self, letter: Letter
    ) -> None:
        assert letter.campaign
        drawn = logos.draw(picture())
        for campaign in (letter.campaign, make_campaign("another")):
            Logo.objects.give(campaign, drawn)
        Logo.objects.give(letter.campaign, None)
        assert Logo.objects.get().file == drawn.file

    def test_one_that_is_clear_in_places_stays_so(self) -> None:
        drawn = logos.draw(picture("WEBP", mode="RGBA"))
        with Image.open(io.BytesIO(drawn.content)) as again:
            assert (again.format, again.mode) == ("PNG", "RGBA")


def png(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that claims to be this large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + checked

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    data = zlib.compress(b"\x00" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


BAD = {
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no picture that can"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "no picture that can"),
    "GIF": (picture("GIF", mode="L"), "no picture that can"),
    "TIFF": (picture("TIFF"), "no picture that can"),
    "HTML with the head of a PNG": (b"\x89PNG\r\n\x1a\n<script>", "cannot be|no picture"),
    "cut off": (picture(size=(600, 200))[:150], "cannot be read"),
    "a JPEG cut off": (picture("JPEG", size=(600, 200))[:500], "cannot be read"),
    "large in pixels": (png(30_000, 30_000), "too many pixels"),
    "a little too large in pixels": (png(4_000, 2_001), "too many pixels"),
    "larger than Pillow dares": (png(65_000, 65_000), "too many pixels"),
    "less than it says": (png(2_000, 2_000), "cannot be read"),
    "large in bytes": (picture() + b"\0" * 500_000, "too large"),
    "one byte": (b"\0", "no picture that can"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_file_that_is_no_usable_picture_is_refused_and_says_why(
    editor: Client, letter: Letter, bad: str
) -> None:
    content, why = BAD[bad]
    answer = save(editor, letter, upload=content, logo_alt="A drop", title="Kept title")
    assert re.search(why, told(answer))
    assert "Kept title" in answer.content.decode()
    assert not Logo.objects.exists()
