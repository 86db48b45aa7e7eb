"""Reading letters as a program: what the interface says, and to whom."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from openletters import caching, crossing
from signatures import canonical, consent
from signatures.api.sign_ons import SignOnStated
from signatures.models import Letter, Signature
from signatures.models.versions import TextVersion
from tests.editions.steps import delivered
from tests.factories import (
    make_campaign,
    make_letter,
    make_organization,
    make_signature,
)

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"
LETTER = f"{ROOT}/letters/a-letter"


def read(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
    return response.json()


def slugs(told: Any) -> list[str]:
    return [letter["slug"] for letter in told["letters"]]


# Letters


def test_a_letter_says_all_that_its_page_says(client: Client) -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False):
        letter = make_letter(campaign=make_campaign(), demands=["Act", "Pay"], summary="On water.")
        TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
        make_signature(letter)
    letter.create_translation("ar", title="ماء", body="نص")
    told = read(client, LETTER)
    assert told["slug"] == "a-letter"
    assert told["address"].endswith("/letters/a-letter/")
    assert (told["status"], told["language"], told["languages"]) == ("open", "en", ["en", "ar"])
    assert (told["count"], told["withheld"]) == (1, 0)
    assert told["as_of"] == "2026-11-01T10:00:00Z"
    assert told["campaign"] == "a-campaign"
    assert told["text_version"] == 1
    assert told["texts"]["en"]["title"] == "Open letter on water"
    assert told["texts"]["en"]["body_html"].startswith("<p>We write")
    assert told["texts"]["ar"]["title"] == "ماء"
    [addressee] = told["addressees"]
    assert addressee["texts"]["en"]["position"] == "President of the Assembly"
    assert [one["texts"]["en"]["text"] for one in told["demands"]] == ["Act", "Pay"]
    assert told["links"]["count"].endswith("/api/v1/letters/a-letter/count")


def test_in_one_language_what_lacks_it_comes_in_the_authoritative_one(client: Client) -> None:
    letter = make_letter(demands=["Act"])
    letter.create_translation("ar", title="ماء", body="نص")
    told = read(client, f"{LETTER}?language=ar")
    assert list(told["texts"]) == ["ar"]
    assert told["demands"][0]["texts"] == {"en": {"text": "Act"}}
    assert list(read(client, f"{LETTER}?language=fr")["texts"]) == ["en"]


def test_letters_are_found_by_status_language_and_campaign(client: Client) -> None:
    campaign = make_campaign()
    make_letter("open", campaign=campaign).create_translation("fr", title="Eau", body="L'eau")
    make_letter("closed", status=Letter.Status.CLOSED)
    make_letter("over", closes_at=timezone.now() - timedelta(days=1))
    address = f"{ROOT}/letters"
    assert sorted(slugs(read(client, address))) == ["closed", "open", "over"]
    assert slugs(read(client, f"{address}?status=open")) == ["open"]
    assert sorted(slugs(read(client, f"{address}?status=closed"))) == ["closed", "over"]
    assert slugs(read(client, f"{address}?campaign=a-campaign")) == ["open"]
    french = read(client, f"{address}?language=fr")
    assert slugs(french) == ["open"]
    assert french["letters"][0]["texts"] == {"fr": {"title": "Eau", "summary": ""}}


def test_a_long_list_of_letters_comes_in_pages(client: Client) -> None:
    for number in range(51):
        make_letter(f"letter-{number}", addressee="")
    first = read(client, f"{ROOT}/letters?status=open")
    assert (first["count"], len(first["letters"])) == (51, 50)
    assert first["next"].endswith("/api/v1/letters?status=open&page=2")
    second = read(client, first["next"].partition("8000")[2])
    assert (len(second["letters"]), second["next"]) == (1, None)
    assert client.get(f"{ROOT}/letters?page=3").status_code == 404


HIDDEN: dict[str, dict[str, Any]] = {
    "draft": {"status": Letter.Status.DRAFT},
    "private": {"status": Letter.Status.PRIVATE},
    "under embargo": {"opens_at": timezone.now() + timedelta(days=400)},
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_is_not_public_is_not_there(client: Client, kind: str) -> None:
    letter = make_letter(campaign=make_campaign(), **HIDDEN[kind])
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
    make_signature(letter)
    for tail in ("", "/count", "/signatories", "/versions", "/versions/1", "/timeline"):
        with time_machine.travel(timezone.now(), tick=False):
            hidden = client.get(LETTER + tail)
            unknown = client.get(f"{ROOT}/letters/nothing{tail}")
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.content == unknown.content
        assert dict(hidden.headers) == dict(unknown.headers)
    assert slugs(read(client, f"{ROOT}/letters")) == []
    assert read(client, f"{ROOT}/campaigns")["campaigns"] == []
    assert client.get(f"{ROOT}/campaigns/a-campaign").status_code == 404
    assert client.get(f"{ROOT}/letters?campaign=a-campaign").status_code == 404


def test_a_campaign_has_its_public_letters(client: Client) -> None:
    campaign = make_campaign(summary="Water.")
    make_letter("one", campaign=campaign)
    make_letter("two", campaign=campaign)
    make_letter("secret", campaign=campaign, status=Letter.Status.PRIVATE)
    [listed] = read(client, f"{ROOT}/campaigns")["campaigns"]
    told = read(client, f"{ROOT}/campaigns/a-campaign")
    assert told["texts"] == {"en": {"title": "A campaign", "summary": "Water."}}
    assert slugs(told) == ["one", "two"]
    assert listed == {name: value for name, value in told.items() if name != "letters"}


# Afterwards


def test_an_edition_says_what_its_fingerprint_covers(client: Client) -> None:
    letter = make_letter(demands=["Act"])
    edition = delivered(letter)
    [listed] = read(client, f"{LETTER}/editions")["editions"]
    told = read(client, f"{LETTER}/editions/1")
    assert listed == {name: value for name, value in told.items() if name != "content"}
    assert told["address"].endswith("/letters/a-letter/editions/1/")
    assert canonical.fingerprint(told["content"]) == told["sha256"] == edition.sha256


def test_a_version_says_its_whole_text(client: Client) -> None:
    letter = make_letter()
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
    letter.body = "Another text."
    letter.save()
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.CORRECTION, note="A word.")
    first, second = read(client, f"{LETTER}/versions")["versions"]
    assert (first["kind"], second["kind"], second["note"]) == ("first", "correction", "A word.")
    told = read(client, f"{LETTER}/versions/2")
    assert told["content"]["texts"]["en"]["body"] == "Another text."
    assert canonical.fingerprint(told["content"]) == told["sha256"] == second["sha256"]


def test_what_became_of_it_is_told_with_its_demands(client: Client) -> None:
    letter = make_letter(demands=["Act"], opens_at=timezone.now() - timedelta(days=3))
    delivered(letter)
    told = read(client, f"{LETTER}/timeline")["events"]
    assert [one["kind"] for one in told] == ["published", "edition"]
    assert told[1]["address"].endswith("/letters/a-letter/editions/1/")
    french = read(client, f"{LETTER}/timeline?language=fr")["events"]
    assert "/fr/letters/" in french[1]["address"]


# Signatories


def test_the_list_is_that_of_the_page(client: Client) -> None:
    letter = make_letter()
    make_signature(letter, "Zebra", position=1)
    make_signature(letter, make_organization("Beit", country="PS"), local_name="بيت")
    make_signature(letter, "Amal").withdraw()
    make_signature(letter, "Cairo")
    told = read(client, f"{LETTER}/signatories")
    assert [one["name"] for one in told["signatories"]] == ["Zebra", "Beit", "Cairo"]
    assert [one["section"] for one in told["signatories"]] == ["initiator", None, None]
    assert [one["number"] for one in told["signatories"]] == [1, 2, 3]
    assert told["signatories"][1]["local_name"] == "بيت"
    assert (told["count"], told["found"], told["next"]) == (3, 3, None)
    assert set(told["signatories"][0]) == {
        "number",
        "name",
        "local_name",
        "country",
        "section",
        "signed_on",
        "text_version",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("country=PS", ["Beit"]),
        ("country=AA", []),
        ("section=initiator", ["Zebra"]),
        ("section=none", ["Beit", "Cairo"]),
        ("q=BÉIT", ["Beit"]),
        ("q=---", []),
        ("section=none&country=KE", ["Cairo"]),
        ("unknown=1", ["Zebra", "Beit", "Cairo"]),
    ],
)
def test_signatories_are_found(client: Client, query: str, found: list[str]) -> None:
    letter = make_letter()
    make_signature(letter, "Zebra", position=1)
    make_signature(letter, make_organization("Beit", country="PS"))
    make_signature(letter, "Cairo")
    told = read(client, f"{LETTER}/signatories?{query}")
    assert [one["name"] for one in told["signatories"]] == found
    assert told["found"] == len(found)


def test_a_long_list_is_followed_to_its_end(client: Client) -> None:
    letter = make_letter()
    for number in range(401):
        organization = make_organization(f"Well {number:03}")
        Signature.objects.bulk_create(
            [Signature(letter=letter, organization=organization, name=f"Well {number:03}")]
        )
    Letter.objects.filter(pk=letter.pk).raise_revision()
    names, address = list[str](), f"{LETTER}/signatories?country=KE"
    parts = 0
    while address:
        told = read(client, address)
        names += [one["name"] for one in told["signatories"]]
        address = (told["next"] or "").partition("8000")[2]
        parts += 1
    assert parts == 3
    assert names == sorted(names)
    assert len(set(names)) == 401


# As fast and as fresh as the pages


PATHS = (
    f"{ROOT}/letters",
    LETTER,
    f"{LETTER}/count",
    f"{LETTER}/signatories",
    f"{LETTER}/signatories?country=KE",
    f"{LETTER}/versions",
    f"{LETTER}/editions",
    f"{LETTER}/timeline?language=ar",
    f"{ROOT}/campaigns",
    f"{ROOT}/campaigns/a-campaign",
    f"{ROOT}/openapi.json",
    f"{ROOT}/docs",
)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_made_once_and_then_takes_one_query(
    client: Client, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_signature(make_letter(campaign=make_campaign()))
    first = client.get(path)
    assert first["Cache-Control"] == caching.SHARED
    assert first["Vary"] == "Accept-Encoding"
    assert not first.cookies
    with django_assert_num_queries(1):
        assert client.get(path).content == first.content
    known = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        (f"{ROOT}/letters", 3),
        (LETTER, 5),
        (f"{LETTER}/count", 2),
        (f"{LETTER}/signatories", 3),
        (f"{LETTER}/signatories?country=KE", 4),
        (f"{LETTER}/versions", 3),
        (f"{LETTER}/editions", 3),
        (f"{ROOT}/campaigns", 3),
        (f"{ROOT}/campaigns/a-campaign", 4),
    ],
)
def test_however_much_there_is_it_takes_as_many_queries(
    client: Client, path: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make_campaign()
    for number in range(4):
        make_letter(f"letter-{number}", campaign=campaign)
    letter = make_letter(campaign=campaign, demands=["One", "Two", "Three"])
    for number in range(30):
        make_signature(letter, f"Well {number}")
    with django_assert_num_queries(queries):
        client.get(path)


def test_a_change_is_told_at_once(client: Client) -> None:
    letter = make_letter()
    before = client.get(f"{LETTER}/count")["ETag"]
    signature = make_signature(letter)
    assert read(client, f"{LETTER}/count")["count"] == 1
    assert client.get(f"{LETTER}/count")["ETag"] != before
    signature.withdraw()
    assert read(client, f"{LETTER}/signatories")["signatories"] == []


# Scripts of other sites


def test_scripts_of_any_site_may_read_what_is_public(client: Client) -> None:
    make_letter()
    for path in (LETTER, f"{LETTER}/count", "/letters/a-letter/count.json", f"{ROOT}/letters/no"):
        assert client.get(path)["Access-Control-Allow-Origin"] == "*"
        assert client.head(path)["Access-Control-Allow-Origin"] == "*"
        asked = client.options(path)
        assert asked.status_code == 204
        assert asked["Access-Control-Allow-Methods"] == crossing.METHODS
        assert "Access-Control-Allow-Credentials" not in asked.headers


@pytest.mark.parametrize(
    "path", ["/letters/a-letter/sign/", "/letters/a-letter/", "/confirm/x/", "/admin/", "/api/v1/"]
)
def test_and_nothing_else(client: Client, path: str) -> None:
    make_letter()
    for method in ("get", "options", "post"):
        response = getattr(client, method)(path)
        assert "Access-Control-Allow-Origin" not in response.headers


# What cannot be answered


@pytest.mark.parametrize(
    ("path", "status", "names"),
    [
        ("/letters?status=draft", 422, ["status"]),
        ("/letters?language=xx", 422, ["language"]),
        ("/letters?page=0", 422, ["page"]),
        ("/letters?page=99999999999999999999", 422, ["page"]),
        ("/letters?page=x&status=y", 422, ["page", "status"]),
        ("/letters/a-letter/signatories?country=Kenya", 422, ["country"]),
        ("/letters/a-letter/signatories?section=x", 422, ["section"]),
        ("/letters/a-letter/signatories?from=1.2.x", 404, None),
        ("/letters/a-letter/signatories?q=%00", 400, None),
        ("/letters/%00", 400, None),
        ("/letters/a-letter/versions/0", 422, ["number"]),
        ("/letters/a-letter/editions/99999999999999999999", 422, ["number"]),
        ("/letters/a-letter/editions/1", 404, None),
        ("/letters/a-letter/versions/9", 404, None),
        ("/nothing", 404, None),
        ("", 404, None),
    ],
)
def test_a_program_is_told_in_json_what_is_wrong(
    client: Client, path: str, status: int, names: list[str] | None
) -> None:
    make_letter()
    response = client.get(f"{ROOT}/{path.removeprefix('/')}")
    assert response.status_code == status
    told = response.json()
    assert told["detail"].endswith(".")
    assert sorted(told.get("errors", [])) == (names or [])
    assert all(messages and all(messages) for messages in told.get("errors", {}).values())


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_changed_by_reading(client: Client, method: str) -> None:
    make_letter()
    response = getattr(client, method)(LETTER)
    assert response.status_code == 405
    assert response["Cache-Control"] == "no-store"


def test_the_page_that_explains_it_names_every_address(client: Client) -> None:
    description = client.get(f"{ROOT}/openapi.json").json()
    page = client.get(f"{ROOT}/docs").content.decode()
    assert len(description["paths"]) >= 9
    for path in description["paths"]:
        assert f"GET {path}</code>" in page or f"POST {path}</code>" in page
    for name in description["components"]["schemas"]:
        assert f'id="{name}"' in page
    assert "<script>" not in page
    assert "style=" not in page
    assert "In each language its <code>title</code> and <code>summary</code>." in page
    assert "`" not in page


def test_it_has_an_example_of_reading_and_one_of_signing_that_hold(client: Client) -> None:
    page = html.unescape(client.get(f"{ROOT}/docs").content.decode())
    reading, signing = re.findall(r"<code>curl (.*?)</code></pre>", page, re.DOTALL)
    assert client.get(reading.removeprefix(settings.SITE_URL)).status_code == 200
    assert resolve("/" + signing.split()[0].split("/", 3)[3]).url_name == "campaign-sign-ons"
    sent = json.loads(re.findall(r"-d '(.*)'", signing, re.DOTALL)[0])
    assert SignOnStated(**sent).declaration_version == consent.CURRENT
