"""Showing a letter on another site: badge, frame, code, oEmbed, and what it tells machines."""

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from openletters import caching
from signatures import colours
from signatures.models import Letter
from tests.factories import make_campaign, make_letter, make_signature

pytestmark = pytest.mark.django_db

LETTER = "/letters/a-letter/"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(client: Client, path: str) -> ET.Element:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    return ET.fromstring(response.content)  # noqa: S314


# The badge


def test_the_badge_tells_the_count_in_the_language_of_its_address(client: Client) -> None:
    make_signature(make_letter(title="On <water>"))
    english = drawn(client, f"{LETTER}badge.svg")
    assert [text.text for text in english.iter(f"{SVG}text")] == ["1", "organisation has signed"]
    assert english.find(f"{SVG}title").text == "On <water>: 1 organisation has signed"  # type: ignore[union-attr]
    assert english.get("direction") == "ltr"
    arabic = drawn(client, f"/ar{LETTER}badge.svg")
    assert arabic.get("direction") == "rtl"
    assert [text.text for text in arabic.iter(f"{SVG}text")] != ["1", "organisation has signed"]


def test_the_badge_is_small_and_asks_for_nothing(client: Client) -> None:
    make_letter()
    body = client.get(f"{LETTER}badge.svg").content
    assert len(body) < 2_000
    assert not re.search(rb"<script|style=|<style|href|url\(|<image", body)


@pytest.mark.parametrize("colour", ["", "#7a2048", "#ffd400", "#0000ff"])
def test_the_badge_has_the_colour_of_its_campaign_and_can_be_read(
    client: Client, colour: str
) -> None:
    make_letter(campaign=make_campaign(colour=colour))
    badge = drawn(client, f"{LETTER}badge.svg")
    ground = badge.find(f"{SVG}rect").get("fill")  # type: ignore[union-attr]
    ink = badge.find(f"{SVG}g").get("fill")  # type: ignore[union-attr]
    assert ground == (colours.in_light(colour).seal if colour else colours.SITES_OWN)
    assert colours.contrast(str(ground), str(ink)) >= colours.READABLE


# The frame


def test_the_frame_and_nothing_else_may_be_framed(client: Client) -> None:
    make_letter()
    frame, letter = client.get(f"{LETTER}frame/"), client.get(LETTER)
    assert "frame-ancestors *;" in frame["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in frame.headers
    assert frame["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "frame-ancestors 'none'" in letter["Content-Security-Policy"]
    assert letter["X-Frame-Options"] == "DENY"
    missing = client.get("/letters/another/frame/")
    assert missing.status_code == 404
    assert missing["X-Frame-Options"] == "DENY"


def test_the_frame_leads_out_of_itself(client: Client) -> None:
    make_signature(make_letter())
    html = client.get(f"{LETTER}frame/").content.decode()
    links = re.findall(r"<a [^>]*>", html)
    assert len(links) == 2
    assert all('target="_top"' in link for link in links)
    assert 'href="/letters/a-letter/sign/"' in html
    assert "<script" not in html
    assert "<form" not in html


def test_a_closed_letter_is_read_and_not_signed(client: Client) -> None:
    make_letter().close()
    html = client.get(f"{LETTER}frame/").content.decode()
    assert "/sign/" not in html
    assert "Read the letter" in html


# The code


def test_the_code_is_the_letters_address(client: Client) -> None:
    make_letter()
    code = drawn(client, f"{LETTER}qr.svg")
    assert code.find(f"{SVG}title").text == "Open letter on water"  # type: ignore[union-attr]
    assert len(client.get(f"{LETTER}qr.svg").content) < 12_000
    assert client.get(f"/ar{LETTER}qr.svg").content != client.get(f"{LETTER}qr.svg").content


# oEmbed


def embed(client: Client, path: str = LETTER, **terms: Any) -> Any:
    return client.get("/oembed.json", {"url": settings.SITE_URL + path} | terms)


def test_a_site_is_told_how_to_show_a_letter(client: Client) -> None:
    make_letter(title='Open "letter" & more')
    page = client.get(LETTER).content.decode()
    [href] = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page)
    told = client.get(href.removeprefix(settings.SITE_URL).replace("&amp;", "&")).json()
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", 'Open "letter" & more')
    assert f'src="{settings.SITE_URL}{LETTER}frame/"' in told["html"]
    assert "Open &quot;letter&quot; &amp; more" in told["html"]
    assert told["thumbnail_url"] == f"{settings.SITE_URL}{LETTER}share.png"


def test_in_the_language_of_the_address(client: Client) -> None:
    make_letter().create_translation("ar", title="ماء", body="نص")
    told = embed(client, f"/ar{LETTER}").json()
    assert told["title"] == "ماء"
    assert f"/ar{LETTER}frame/" in told["html"]


def test_it_is_no_larger_than_is_asked_for(client: Client) -> None:
    make_letter()
    told = embed(client, maxwidth=300, maxheight=150).json()
    assert (told["width"], told["height"]) == (300, 150)
    assert 'width="300" height="150"' in told["html"]
    assert "thumbnail_url" not in told
    assert embed(client, maxwidth=5000).json()["width"] == 400


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("", 404),
        ("https://elsewhere.example/letters/a-letter/", 404),
        (f"{settings.SITE_URL}.evil.example/letters/a-letter/", 404),
        (f"{settings.SITE_URL}/letters/another/", 404),
        (f"{settings.SITE_URL}/letters/a-letter/sign/", 404),
        (f"{settings.SITE_URL}/admin/", 404),
        (f"{settings.SITE_URL}//[", 404),
        (f"{settings.SITE_URL}{LETTER}?utm=x#y", 200),
    ],
)
def test_it_knows_letters_of_this_site_alone(client: Client, address: str, status: int) -> None:
    make_letter()
    assert client.get("/oembed.json", {"url": address}).status_code == status


@pytest.mark.parametrize(
    ("terms", "status"),
    [({"format": "xml"}, 501), ({"maxwidth": "x"}, 400), ({"maxheight": "0"}, 400)],
)
def test_it_says_in_json_what_it_cannot_do(
    client: Client, terms: dict[str, str], status: int
) -> None:
    make_letter()
    response = embed(client, **terms)
    assert response.status_code == status
    assert response.json()["detail"]


# What goes wrong is told to programs in their own format


@pytest.mark.parametrize(
    "path",
    [
        "/letters/nothing/count.json",
        "/ar/letters/nothing/count.json",
        "/oembed.json?url=https://elsewhere.example/",
        "/letters/a-letter/editions/9/edition.json",
        "/letters/a-letter/versions/9.json",
    ],
)
def test_what_there_is_not_is_told_in_json(client: Client, path: str) -> None:
    make_letter()
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert response.json()["detail"]


@pytest.mark.parametrize("cookieless", [True, False])
@pytest.mark.parametrize(
    "path", [f"{LETTER}count.json", "/oembed.json", "/api/v1/letters", f"{LETTER}versions/1.json"]
)
def test_what_cannot_be_done_is_told_in_json(path: str, *, cookieless: bool) -> None:
    response = Client(enforce_csrf_checks=cookieless).post(path)
    assert (response.status_code, response["Content-Type"]) == (405, "application/json")
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD"}
    assert response.json()["detail"]


@pytest.mark.parametrize("path", ["/letters/nothing/count.json", "/oembed.json?url=x"])
def test_scripts_of_any_site_can_read_what_went_wrong(client: Client, path: str) -> None:
    for response in (client.get(path), client.post(path)):
        assert response["Access-Control-Allow-Origin"] == "*"


def test_people_who_follow_a_dead_link_get_a_page(admin_client: Client) -> None:
    for path in ("/sign-on/x/held.json", "/admin/none.json"):
        response = admin_client.get(path)
        assert response.status_code == 404
        assert response["Content-Type"].startswith("text/html")


# Like the letter itself


PARTS = (f"{LETTER}badge.svg", f"{LETTER}frame/", f"{LETTER}qr.svg")
ASKED = f"/oembed.json?url={settings.SITE_URL}{LETTER}"


@pytest.mark.parametrize("path", [*PARTS, ASKED])
def test_it_is_made_once_and_follows_the_letter(
    client: Client, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    letter = make_letter()
    first = client.get(path)
    assert first["Cache-Control"] == caching.SHARED
    assert not first.cookies
    with django_assert_num_queries(1):
        assert client.get(path).content == first.content
    known = client.get(path, headers={"if-none-match": first["ETag"]})
    assert known.status_code == 304
    where = "Cross-Origin-Resource-Policy"  # which the browser takes over
    assert known[where] == first[where]
    make_signature(letter)
    assert client.get(path)["ETag"] != first["ETag"]
    letter.unpublish()
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": Letter.Status.DRAFT},
        {"status": Letter.Status.PRIVATE},
        {"opens_at": timezone.now() + timedelta(days=300)},
    ],
)
def test_what_is_not_public_has_none(client: Client, hidden: dict[str, Any]) -> None:
    make_letter(**hidden)
    for path in (*PARTS, ASKED):
        there = client.get(path)
        nothing = client.get(path.replace("a-letter", "nothing"))
        assert there.status_code == nothing.status_code == 404
        assert there.content.replace(b"a-letter", b"nothing") == nothing.content


# What the letter tells machines


def schema(client: Client, path: str = LETTER) -> Any:
    html = client.get(path).content.decode()
    [said] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(said)


def test_a_letter_says_what_it_is(client: Client) -> None:
    letter = make_letter(summary="On water.")
    make_signature(letter, "First Ones", position=1)
    make_signature(letter)
    told = schema(client)
    assert told["name"] == "Open letter on water"
    assert told["recipient"] == [{"@type": "Organization", "name": "President of the Assembly"}]
    assert told["author"] == [{"@type": "Organization", "name": "First Ones"}]
    assert told["inLanguage"] == "en"
    assert told["interactionStatistic"]["userInteractionCount"] == 2
    letter.create_translation("ar", title="ماء", body="نص")
    assert schema(client, f"/ar{LETTER}")["translationOfWork"]["inLanguage"] == "en"


def test_no_title_ends_the_element_it_stands_in(client: Client) -> None:
    make_letter(title="</script><script>alert(1)</script><!--")
    assert schema(client)["name"] == "</script><script>alert(1)</script><!--"
    assert "<script>alert" not in client.get(LETTER).content.decode()


# The panel


def test_the_panel_hands_out_what_others_need(client: Client) -> None:
    make_letter(title='"Water" & <life>')
    html = client.get(LETTER).content.decode()
    [frame] = re.findall(r'<textarea id="share-frame"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    assert frame.startswith("&lt;iframe src=&quot;")
    assert "style=&quot;max-width:100%&quot;" in frame  # a telephone is narrower
    assert "<iframe" not in html
    assert f'value="{settings.SITE_URL}{LETTER}"' in html
    assert 'href="/letters/a-letter/qr.svg"' in html
    assert "subject=%22Water%22%20%26%20%3Clife%3E" in html
    outside = re.findall(r'<(?:img|script|link|iframe)[^>]+(?:src|href)="(https?:[^"]+)"', html)
    assert all(address.startswith(settings.SITE_URL) for address in outside)


@pytest.mark.parametrize("picture", ["badge.svg", "qr.svg"])
def test_a_title_that_was_pasted_from_elsewhere_breaks_no_picture(
    client: Client, picture: str
) -> None:
    make_letter(title="Open\x0bletter\x08 on water")
    assert drawn(client, LETTER + picture).tag == f"{SVG}svg"
