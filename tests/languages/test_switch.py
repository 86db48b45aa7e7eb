"""A reader changes the language and stays at the place; search engines know every language."""

import pytest
from django.test import Client
from pytest_django import Settings

from signatures.models import Letter
from tests.factories import make_campaign, make_letter, make_sign_on, make_signature
from tests.languages.marked import Marked

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def letter() -> Letter:
    """A letter in English and French."""
    letter = make_letter(campaign=make_campaign(), title="Water", summary="Why water")
    letter.create_translation("fr", title="Eau", body="Eau.")
    make_signature(letter, "Well Wishers")
    return letter


@pytest.mark.parametrize(
    "place",
    [
        "/",
        "/privacy/",
        "/campaigns/a-campaign/",
        "/letters/a-letter/",
        "/letters/a-letter/sign/",
        "/letters/a-letter/sign/sent/",
        "/letters/a-letter/signatories/",
        "/letters/a-letter/signatories/?q=well+w%C3%A9&country=KE",
        "/nowhere/",
    ],
)
def test_the_switch_keeps_the_place(client: Client, letter: Letter, place: str) -> None:
    for at in ("", "/ar", "/es"):
        page = Marked(client.get(at + place).content.decode())
        href = {code: address.replace("&amp;", "&") for code, address in page.switch().items()}
        assert href == {
            "en": place,
            "ar": f"/ar{place}",
            "es": f"/es{place}",
            "fr": f"/fr{place}",
        }
        [present] = [one for one in page.links if "aria-current" in one]
        assert present["lang"] == (at[1:] or "en")


def test_of_a_link_that_is_not_genuine_nothing_is_repeated(client: Client) -> None:
    html = client.get("/ar/sign-on/forged/").content.decode()
    assert "forged" not in html
    assert Marked(html).switch()["fr"] == "/fr/"


def test_a_switch_never_leads_to_another_site(client: Client) -> None:
    for address in ("/ar//evil.example/", "//evil.example/x", "/%2Fevil.example/", "/a%3Fb/"):
        page = Marked(client.get(address).content.decode())
        assert page.switch()
        assert all(one.startswith("/") and one[1:2] != "/" for one in page.switch().values())
        assert "?" not in page.switch()["en"]


def test_what_was_entered_is_not_lost_to_a_link(client: Client, letter: Letter) -> None:
    html = client.post("/letters/a-letter/sign/", {"name": "Water Watch"}).content.decode()
    assert 'value="Water Watch"' in html
    assert Marked(html).switch() == {}


def test_private_pages_have_the_switch_and_tell_nobody_of_their_addresses(client: Client) -> None:
    from signatures.emails import private_path

    path = private_path(make_sign_on())
    page = Marked(client.get(path).content.decode())
    assert page.switch()["ar"] == f"/ar{path}"
    assert page.alternates() == {}
    assert not [one for one in page.links if one.get("rel") == "canonical"]


def test_languages_of_the_text_are_told_from_those_of_the_frame(
    client: Client, letter: Letter
) -> None:
    html = client.get("/letters/a-letter/").content.decode()
    items = html.split('class="languages"')[1].split("</ul>")[0].split("<li")[1:]
    frame = {code for code in ("en", "ar", "es", "fr") for one in items if f'lang="{code}"' in one}
    assert frame == {"en", "ar", "es", "fr"}
    only = [one for one in items if "frame-only" in one]
    assert [one.split('lang="')[1][:2] for one in only] == ["ar", "es"]
    assert all("data-offer" not in one and "<small>" in one for one in only)
    assert all("data-offer" in one for one in items if one not in only)


def test_search_engines_are_told_the_languages_that_exist(client: Client, letter: Letter) -> None:
    there = {
        "en": f"{SITE}/letters/a-letter/",
        "fr": f"{SITE}/fr/letters/a-letter/",
        "x-default": f"{SITE}/letters/a-letter/",
    }
    for at, own in (("", ""), ("/fr", "/fr"), ("/es", "")):
        page = Marked(client.get(f"{at}/letters/a-letter/").content.decode())
        assert page.alternates() == there
        assert page.canonical() == f"{SITE}{own}/letters/a-letter/"
        told = dict(page.metas)
        assert told["og:url"] == page.canonical()
        assert told["og:title"] == ("Eau" if own else "Water")
        assert told["og:locale"] == ("fr_FR" if own else "en_GB")
        assert told["og:locale:alternate"] == ("en_GB" if own else "fr_FR")
    letter.language = "fr"
    letter.save()
    Letter.objects.filter(pk=letter.pk).raise_revision()
    page = Marked(client.get("/ar/letters/a-letter/").content.decode())
    assert page.alternates()["x-default"] == page.canonical() == there["fr"]


def test_a_page_in_one_language_has_no_others(client: Client) -> None:
    make_letter(campaign=make_campaign())
    for path in ("/letters/a-letter/", "/campaigns/a-campaign/"):
        page = Marked(client.get(f"/ar{path}").content.decode())
        assert page.alternates() == {}
        assert page.canonical() == SITE + path
    everywhere = Marked(client.get("/ar/privacy/").content.decode())
    assert set(everywhere.alternates()) == {"en", "ar", "es", "fr", "x-default"}
    assert everywhere.canonical() == f"{SITE}/ar/privacy/"
    found = client.get("/letters/a-letter/signatories/?q=x").content.decode()
    assert 'rel="canonical"' not in found


def test_staff_and_machines_have_addresses_without_a_language(
    client: Client, settings: Settings
) -> None:
    make_letter()
    same = [client.get(f"{at}/letters/a-letter/count.json").json() for at in ("", "/ar", "/fr")]
    assert same[0] == same[1] == same[2]
    assert client.get("/ar/admin/").status_code == 404
