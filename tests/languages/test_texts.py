"""Every text is in the reader's language, or says in which it is."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from signatures.models import Addressee, Demand, Letter, Switches
from tests.factories import make_campaign, make_letter, make_staff
from tests.languages.marked import Marked

pytestmark = pytest.mark.django_db

ENGLISH, ARABIC, PERSIAN = ("en", "ltr"), ("ar", "rtl"), ("fa", "rtl")


def read(client: Client, address: str) -> Marked:
    response = client.get(address)
    assert response.status_code == 200
    return Marked(response.content.decode())


@pytest.fixture
def letter() -> Letter:
    """An English letter, most of which is translated into Arabic, of a campaign that is not."""
    campaign = make_campaign(title="Wells for all", summary="What wells are for")
    letter = make_letter(
        campaign=campaign,
        title="Water",
        place="The Hague",
        summary="Why water",
        salutation="Dear President,",
        body="First.\n\nSecond.",
        demands_intro="Please",
        closing="Yours,",
        demands=["Dig wells", "Keep them"],
        addressee="President",
    )
    letter.create_translation(
        "ar", title="ماء", body="أولا.\n\nثانيا.", demands_intro="نرجو", closing="مع التحية"
    )
    Demand.objects.first().create_translation("ar", text="احفروا")
    Addressee.objects.update(country="NL")
    Addressee.objects.get().create_translation("ar", name="روزا")
    make_letter(slug="sibling", campaign=campaign, title="Air")
    return letter


def test_what_is_not_translated_is_marked_where_it_stands(client: Client, letter: Letter) -> None:
    page = read(client, "/ar/letters/a-letter/")
    for text in ("ماء", "أولا.", "ثانيا.", "نرجو", "احفروا", "مع التحية", "روزا", "هولندا"):
        assert page.texts[text] == ARABIC, text
    for text in ("The Hague", "Dear President,", "Keep them", "President", "Air"):
        assert page.texts[text] == ENGLISH, text
    english = read(client, "/letters/a-letter/")
    assert "ماء" not in english.texts
    assert {english.texts[text] for text in ("Water", "Keep them", "Air")} == {ENGLISH}
    cards = read(client, "/ar/")
    assert cards.texts["ماء"] == ARABIC
    assert cards.texts["Why water"] == cards.texts["Air"] == ENGLISH
    campaign = read(client, "/ar/campaigns/a-campaign/")
    assert campaign.texts["Wells for all"] == campaign.texts["What wells are for"] == ENGLISH
    listed = read(client, "/fr/letters/a-letter/signatories/")
    assert listed.texts["Water"] == ENGLISH
    form = read(client, "/ar/letters/a-letter/sign/")
    assert form.texts["ماء"] == form.texts["روزا ·"] == ARABIC
    assert form.texts["Air"] == ENGLISH


def test_a_letter_keeps_its_direction_on_a_page_with_the_other(client: Client) -> None:
    make_letter(language="ar", title="ماء", body="أولا.", place="", dated="2022-11-23")
    # The factory writes in the language of the process.
    Letter.objects.get().translations.update(language_code="ar")
    Addressee.objects.get().translations.update(language_code="ar", position="الرئيسة")
    page = read(client, "/letters/a-letter/")
    assert page.texts["ماء"] == page.texts["أولا."] == page.texts["الرئيسة"] == ARABIC
    [date] = [text for text in page.texts if "2022" in text and page.texts[text] == ARABIC]
    assert "November" not in date
    assert page.texts["Open for signature"] == ENGLISH
    make_letter(slug="english", title="Water", body="First.", dated="2022-11-23")
    page = read(client, "/ar/letters/english/")
    assert page.texts["Water"] == page.texts["First."] == ENGLISH
    assert page.texts["23 November 2022"] == ENGLISH


def test_a_missing_text_falls_back_to_the_authoritative_one_and_not_to_english() -> None:
    letter = make_letter(language="es", title="Water", summary="Why water", salutation="Dear")
    letter.create_translation("es", title="Agua", body="Agua.", summary="Por qué")
    letter.create_translation("fr", title="Eau", body="Eau.")
    letter.set_current_language("fr")
    texts: list[Any] = [letter.title, letter.summary, letter.salutation]
    assert [(str(text), text.language) for text in texts] == [
        ("Eau", "fr"),
        ("Por qué", "es"),
        ("", "es"),
    ]
    letter.set_current_language("ar")
    assert (letter.title, letter.title.language) == ("Agua", "es")


def test_the_page_says_which_text_is_read(client: Client, letter: Letter) -> None:
    def said(address: str) -> str:
        html = client.get(address).content.decode()
        _before, found, after = html.partition('<div class="translation"')
        return " ".join(after.partition("</div>")[0].split()) if found else ""

    assert said("/letters/a-letter/") == ""
    assert 'href="/letters/a-letter/"' in said("/ar/letters/a-letter/")
    assert said("/ar/letters/a-letter/").count("<p>") == 2  # and that parts are missing
    assert "href" not in said("/fr/letters/a-letter/")
    assert said("/fr/letters/a-letter/").count("<p>") == 1


def test_a_letter_can_be_in_a_language_that_the_interface_does_not_speak(
    client: Client, settings: Settings, letter: Letter
) -> None:
    assert client.get("/fa/letters/a-letter/").status_code == 404
    settings.LETTER_LANGUAGES = [*settings.LANGUAGES, ("fa", "Persian")]
    letter.create_translation("fa", title="آب", body="یکم.")
    response = client.get("/fa/letters/a-letter/")
    page = Marked(response.content.decode())
    assert response["Content-Language"] == "en"
    assert page.texts["آب"] == page.texts["یکم."] == PERSIAN
    assert page.texts["Keep them"] == page.texts["Sign as an organisation"] == ENGLISH
    inside = [one["href"] for one in page.links if one["tag"] == "a" and "lang" not in one]
    assert "/fa/letters/a-letter/sign/" in inside
    shared = ("#", "mailto:", "/letters/a-letter/", "/api/v1/docs")
    assert all(one.startswith(("/fa/", *shared)) for one in inside)
    assert page.switch()["fa"] == "/fa/letters/a-letter/"
    english = Marked(client.get("/letters/a-letter/").content.decode())
    assert english.switch()["fa"] == "/fa/letters/a-letter/"
    assert "fa" not in Marked(client.get("/letters/sibling/").content.decode()).switch()
    assert "fa" in Marked(client.get("/fa/letters/sibling/").content.decode()).switch()
    assert client.get("/fa/nothing/").status_code == 404
    assert client.get("/fa")["Location"] == "/fa/"
    tags = {client.get(f"{at}/letters/a-letter/")["ETag"] for at in ("", "/fa", "/ar")}
    assert len(tags) == 3


def test_the_banner_is_in_the_readers_language_or_says_in_which(
    client: Client, settings: Settings
) -> None:
    settings.LETTER_LANGUAGES = [*settings.LANGUAGES, ("fa", "Persian")]
    Switches.objects.create(actor=make_staff(), banner={"en": "Until Friday", "fa": "تا جمعه"})
    assert read(client, "/fa/").texts["تا جمعه"] == PERSIAN
    assert read(client, "/ar/").texts["Until Friday"] == ENGLISH


def test_demands_are_introduced_in_the_language_of_the_letter(
    client: Client, settings: Settings, letter: Letter
) -> None:
    Letter.objects.get(pk=letter.pk).translations.update(demands_intro="")
    Letter.objects.filter(pk=letter.pk).raise_revision()
    assert read(client, "/fr/letters/a-letter/").texts["We ask you to"] == ENGLISH
    settings.LETTER_LANGUAGES = [*settings.LANGUAGES, ("fa", "Persian")]
    letter.create_translation("fa", title="آب", body="یکم.")
    assert read(client, "/fa/letters/a-letter/").texts["We ask you to"] == ENGLISH
    words = [text for text, spoken in read(client, "/ar/letters/a-letter/").texts.items()]
    assert "We ask you to" not in words


def test_the_other_letters_of_a_campaign_are_announced_once(client: Client, letter: Letter) -> None:
    make_letter(slug="third", campaign=letter.campaign, title="Fire")
    html = client.get("/letters/a-letter/").content.decode()
    assert html.count("Also in this campaign") == 1
    assert "Air</a>" in html
    assert "Fire</a>" in html


@pytest.mark.parametrize("at", ["", "/fr", "/ar"])
def test_translations_cost_no_query(
    client: Client, letter: Letter, at: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(13):
        response = client.get(f"{at}/letters/a-letter/", headers={"accept-language": "es"})
    assert response["Vary"] == "Accept-Encoding"
    assert response["Content-Language"] == (at[1:] or "en")
