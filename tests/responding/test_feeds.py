"""Feeds of the letters, and of what became of one: valid, stable, and silent on what is private."""

from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree  # type: ignore[import-untyped]
from django.test import Client
from django.utils import timezone

from signatures.models import Letter
from tests.factories import make_letter, make_signature
from tests.responding.steps import correct, days_ago, old_letter, respond, say

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LETTERS = "/feed.atom"
LETTER = "/letters/a-letter/feed.atom"


def feed(client: Client, address: str) -> Element:
    """Read a feed as a program does, and check what every feed must have (RFC 4287)."""
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    read: Element = ElementTree.fromstring(response.content)
    assert read.tag == f"{ATOM}feed"
    for holder in (read, *read.findall(f"{ATOM}entry")):
        for needed in ("id", "title", "updated"):
            [found] = holder.findall(f"{ATOM}{needed}")
            assert found.text
        assert text(holder, "id").startswith("http://127.0.0.1:8000/")
        assert datetime.fromisoformat(text(holder, "updated")).tzinfo
        assert len(holder.findall(f"{ATOM}link[@rel='alternate']")) == 1
    [own] = read.findall(f"{ATOM}link[@rel='self']")
    assert own.get("href") == f"http://127.0.0.1:8000{address}" == text(read, "id")
    assert read.findall(f"{ATOM}author/{ATOM}name")
    assert len(set(ids(read))) == len(ids(read))
    return read


def text(holder: Element, name: str) -> str:
    return holder.findtext(f"{ATOM}{name}") or ""


def ids(read: Element) -> list[str]:
    return [text(entry, "id") for entry in read.findall(f"{ATOM}entry")]


def titles(read: Element) -> list[str]:
    return [text(entry, "title") for entry in read.findall(f"{ATOM}entry")]


def test_the_letters_stand_in_the_order_in_which_something_happened(client: Client) -> None:
    old_letter("quiet", title="Quiet")
    respond(old_letter("answered", title="Answered"))
    make_letter("new", title="New", dated=days_ago(1))
    assert titles(feed(client, LETTERS)) == ["Answered", "New", "Quiet"]


def test_it_tells_nothing_of_what_is_private(client: Client) -> None:
    later = timezone.now() + timedelta(days=1)
    make_letter("draft", status=Letter.Status.DRAFT)
    make_letter("private", status=Letter.Status.PRIVATE)
    make_letter("scheduled", opens_at=later)
    assert ids(feed(client, LETTERS)) == []
    for slug in ("draft", "private", "scheduled"):
        assert client.get(f"/letters/{slug}/feed.atom").status_code == 404


def test_a_letters_feed_tells_what_became_of_it(client: Client) -> None:
    letter = old_letter(demands=["Stop the leak."])
    respond(letter, texts={"en": "Thank you."}, source="https://news.example.org/")
    respond(letter, texts={"en": "Between us."}, public=False)
    say(letter.demands.get(), dated=days_ago(1))
    read = feed(client, LETTER)
    assert titles(read) == ["Demand 1: met", "Replied: President of the Assembly"]
    told = [text(entry, "summary") for entry in read.findall(f"{ATOM}entry")]
    assert "Stop the leak." in told[0]
    assert '<a href="https://news.example.org/">' in told[1]
    assert "Between us." not in "".join(told)


def test_a_correction_is_the_same_entry_updated(client: Client) -> None:
    made = respond(old_letter())
    before = feed(client, LETTER)
    correct(made, texts={"en": "Another wording"})
    after = feed(client, LETTER)
    assert ids(after) == ids(before)
    assert text(after, "updated") >= text(before, "updated")
    assert "Another wording" in text(after.findall(f"{ATOM}entry")[0], "summary")


def test_a_signature_updates_no_entry(client: Client) -> None:
    letter = make_letter()
    before = feed(client, LETTERS)
    make_signature(letter)
    assert text(feed(client, LETTERS), "updated") == text(before, "updated")


def test_every_language_has_its_own(client: Client) -> None:
    letter = old_letter()
    letter.create_translation("ar", title="رسالة", body="نص")
    respond(letter, texts={"en": "Thank you.", "ar": "شكرا"})
    for address in (f"/ar{LETTERS}", f"/ar{LETTER}"):
        assert feed(client, address).get(LANG) == "ar"
    assert titles(feed(client, f"/ar{LETTERS}")) == ["رسالة"]
    assert "شكرا" in text(feed(client, f"/ar{LETTER}").findall(f"{ATOM}entry")[0], "summary")
    make_letter("untranslated", title="In English")
    languages = {entry.get(LANG) for entry in feed(client, f"/ar{LETTERS}").iter(f"{ATOM}entry")}
    assert languages == {None, "en"}


@pytest.mark.parametrize("strange", ["\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_left_out(client: Client, strange: str) -> None:
    letter = old_letter(title=f"On{strange} water & <b>", summary=f"x{strange}y")
    respond(letter, texts={"en": f"]]> &amp; {strange} <i>"})
    assert titles(feed(client, LETTERS)) == ["On water & <b>"]
    assert "]]&gt; &amp;amp;" in text(feed(client, LETTER).findall(f"{ATOM}entry")[0], "summary")


@pytest.mark.parametrize(
    ("page", "address"),
    [("/", LETTERS), ("/letters/a-letter/", LETTER), ("/ar/letters/a-letter/", f"/ar{LETTER}")],
)
def test_pages_say_where_their_feed_is(client: Client, page: str, address: str) -> None:
    old_letter()
    told = client.get(page).content.decode()
    assert '<link rel="alternate" type="application/atom+xml" title="' in told
    assert f'href="{address}"' in told


def test_it_is_kept_like_the_letter_itself(client: Client) -> None:
    letter = old_letter()
    for address in (LETTERS, LETTER):
        first = client.get(address)
        assert "max-age=1" in first["Cache-Control"]
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
    tag = client.get(LETTER)["ETag"]
    respond(letter)
    assert client.get(LETTER)["ETag"] != tag
