"""A contact person fills in the form."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from signatures import consent
from signatures.models import Letter, OutgoingMail, SignOn
from signatures.models.limits import client_hash
from tests.factories import claim, make_campaign, make_letter, make_sign_on, make_staff

pytestmark = pytest.mark.django_db

SAVEPOINTS = 2 * 2
"""In a test, which has a transaction of its own, one inside takes two queries more."""

MARKS = 3 * 2
"""Up to what can be taken back: for a sign-on that is stored is done what for others is not."""


def entered(*letters: Letter, **stated: Any) -> dict[str, Any]:
    """Return a form filled in, for all open letters unless some are named."""
    chosen = letters or tuple(Letter.objects.open_for_signature())
    return {"letters": [letter.pk for letter in chosen], "authorized": "on"} | claim(**stated)


def test_the_form_offers_the_campaigns_open_letters_ticked(client: Client) -> None:
    campaign = make_campaign()
    make_letter(slug="one", campaign=campaign, title="To the President", addressee="President")
    make_letter(slug="two", campaign=campaign, title="To the Prosecutor", addressee="Prosecutor")
    make_letter(slug="shut", campaign=campaign, title="Shut", status=Letter.Status.CLOSED)
    make_letter(slug="foreign", title="Of no campaign")
    html = client.get("/letters/one/sign/").content.decode()
    assert len(re.findall(r'name="letters"[^>]*checked', html)) == 2
    assert "<bdi>President</bdi>" in html
    assert "<bdi>Prosecutor</bdi>" in html
    assert "Shut" not in html
    assert "Of no campaign" not in html
    assert not re.search(r'name="authorized"[^>]*checked', html)


def test_the_countries_are_offered_and_the_chosen_one_stays(client: Client) -> None:
    make_letter()
    html = client.get("/letters/a-letter/sign/").content.decode()
    assert '<option value="" selected>Choose a country</option>' in html
    assert '<option value="PS">Palestine</option>' in html
    assert "Côte d&#x27;Ivoire" in html
    html = client.post("/letters/a-letter/sign/", claim(country="CI", name="")).content.decode()
    assert html.count(" selected>") == 1
    assert '<option value="CI" selected>' in html
    select = re.search(r'<select[^>]*name="country"[^>]*>', html)
    assert select
    assert 'id="id_country"' in select[0]


@pytest.mark.parametrize("letters", [1, 4])
def test_a_sign_on_takes_ten_queries_however_many_letters(
    client: Client, letters: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make_campaign()
    for number in range(letters):
        make_letter(slug=f"letter-{number}", campaign=campaign)
    form = entered()
    client_hash("the first of the day")
    # On PostgreSQL one of them waits for others that name the same address.
    expected = (10 if connection.vendor == "postgresql" else 9) + SAVEPOINTS + MARKS
    with django_assert_num_queries(expected):
        assert client.post("/letters/letter-0/sign/", form).status_code == 302
    assert SignOn.objects.get().letters.count() == letters


def test_a_letter_that_is_ticked_twice_is_signed_once(client: Client) -> None:
    letter = make_letter()
    form = entered() | {"letters": [letter.pk, letter.pk]}
    assert client.post("/letters/a-letter/sign/", form).status_code == 302
    assert SignOn.objects.get().letters.count() == 1


def test_every_field_says_whether_it_is_published(client: Client) -> None:
    make_letter()
    html = client.get("/letters/a-letter/sign/").content.decode()
    marks = dict(re.findall(r'for="id_(\w+)"[^>]*>[^<]*<span class="mark mark-(\w+)', html))
    assert marks == {
        "name": "public",
        "local_name": "public",
        "acronym": "public",
        "country": "public",
        "website": "private",
        "contact_name": "private",
        "contact_title": "private",
        "email": "private",
    }
    assert re.search(r"<legend[^>]*>\s*Letters <span class=.mark mark-public", html)


def test_the_form_is_never_stored_by_caches(client: Client) -> None:
    make_letter()
    for path in ("/letters/a-letter/sign/", "/letters/a-letter/sign/sent/"):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_a_valid_form_stores_a_claim_and_owes_a_mail(client: Client) -> None:
    campaign = make_campaign()
    letters = [make_letter(slug=slug, campaign=campaign) for slug in ("one", "two")]
    response = client.post("/letters/one/sign/", entered(*letters))
    assert response.status_code == 302
    assert response["Location"] == "/letters/one/sign/sent/"
    sign_on = SignOn.objects.get()
    assert sign_on.status == SignOn.Status.UNCONFIRMED
    assert list(sign_on.letters.order_by("pk")) == letters
    assert sign_on.consent_version
    assert sign_on.consented_at
    assert [event.kind for event in sign_on.events.all()] == ["submitted"]
    assert OutgoingMail.objects.get().kind == OutgoingMail.Kind.CONFIRM


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter the name of your organisation."),
        ("name", "\u200b\u202e", "Enter the name of your organisation."),
        ("name", "...", "at least one letter or digit"),
        ("name", "N" * 201, "it may have 200 characters and has 201"),
        ("name", "Visit http://spam.example", "without a web address"),
        ("acronym", "—", "at least one letter or digit"),
        ("country", "", "Choose the country of your organisation."),
        ("country", "QQ", "Select a valid choice"),
        ("website", "javascript:alert(1)", "Enter a web address"),
        ("website", "https://user:secret@example.org", "Enter a web address"),
        ("website", "not an address", "Enter a web address"),
        ("contact_name", " ", "Enter your name."),
        ("contact_title", "", "Enter your position"),
        ("email", "", "Enter your e-mail address"),
        ("email", "alice at example", "such as name@example.org"),
        ("email", "a@example.org\nBcc: b@example.org", "such as name@example.org"),
        ("letters", [], "Tick at least one letter."),
        ("letters", ["999999"], "can no longer be signed"),
        ("letters", ["x\x00"], ""),
        ("authorized", "", "Tick the box to declare"),
    ],
)
def test_a_mistake_is_explained_next_to_its_field(
    client: Client, field: str, value: Any, message: str
) -> None:
    make_letter()
    form = entered() | {field: value}
    if value == "":
        del form[field]
    response = client.post("/letters/a-letter/sign/", form)
    html = response.content.decode()
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in html
    assert message in html
    assert not SignOn.objects.exists()


def test_a_mistake_costs_nothing_that_was_entered(client: Client) -> None:
    letters = [make_letter(slug=slug, campaign=None) for slug in ("a-letter",)]
    form = entered(
        *letters, name='Women\'s "A & B"', local_name="الحق", email="broken", acronym="WAB"
    )
    html = client.post("/letters/a-letter/sign/", form).content.decode()
    assert 'value="Women&#x27;s &quot;A &amp; B&quot;"' in html
    for words in ("الحق", "WAB", "waterwatch.example", "Alice Achieng", "Director", "broken"):
        assert f'value="{words}"' in html or words in html
    assert '<option value="KE" selected>' in html
    assert re.search(r'name="letters"[^>]*checked', html)
    assert re.search(r'name="authorized"[^>]*checked', html)


@pytest.mark.parametrize(
    "name",
    [
        "350.org",
        "11.11.11",
        "Onestla.tech",
        "Women's Centre",
        "مؤسسة الحق",
        "בצלם",
        "Associació & Cooperacció",
        "é" * 200,
        "<b>Bold</b>",
        "日本の団体",
    ],
)
def test_a_legal_name_is_taken_as_it_is(client: Client, name: str) -> None:
    make_letter()
    response = client.post("/letters/a-letter/sign/", entered(name=name))
    assert response.status_code == 302
    assert SignOn.objects.get().name == name


def test_invisible_characters_are_removed_not_refused(client: Client) -> None:
    make_letter()
    client.post("/letters/a-letter/sign/", entered(name="Wa\u200bter\x00 \u202eWatch\n"))
    assert SignOn.objects.get().name == "Water Watch"


def test_a_website_needs_no_scheme(client: Client) -> None:
    make_letter()
    client.post("/letters/a-letter/sign/", entered(website="waterwatch.example"))
    assert SignOn.objects.get().website == "https://waterwatch.example"


def test_a_letter_that_is_not_published_cannot_be_signed(client: Client) -> None:
    letter = make_letter(status=Letter.Status.DRAFT)
    assert client.post("/letters/a-letter/sign/", entered(letter)).status_code == 404
    assert not SignOn.objects.exists()


def test_a_form_opened_before_the_closing_cannot_sign(client: Client) -> None:
    letter = make_letter(closes_at=timezone.now() - timedelta(seconds=1))
    response = client.post("/letters/a-letter/sign/", entered(letter))
    assert response.status_code == 409
    assert "This letter is closed" in response.content.decode()
    assert not SignOn.objects.exists()


def test_a_letter_that_closed_meanwhile_is_named_as_the_mistake(client: Client) -> None:
    campaign = make_campaign()
    one, two = (make_letter(slug=slug, campaign=campaign) for slug in ("one", "two"))
    form = entered(one, two)
    two.close()
    response = client.post("/letters/one/sign/", form)
    assert response.status_code == 400
    assert "can no longer be signed" in response.content.decode()


def test_letters_outside_the_campaign_cannot_be_smuggled_in(client: Client) -> None:
    make_letter(slug="one")
    other = make_letter(slug="other")
    assert client.post("/letters/one/sign/", entered(other)).status_code == 400


def test_other_columns_cannot_be_set_through_the_form(client: Client) -> None:
    make_letter()
    smuggled = {"status": "approved", "source": "staff", "provenance": "x", "organization": "1"}
    client.post("/letters/a-letter/sign/", entered() | smuggled)
    sign_on = SignOn.objects.get()
    assert (sign_on.status, sign_on.source, sign_on.provenance) == ("unconfirmed", "form", "")


def test_one_address_may_sign_for_several_organisations(client: Client) -> None:
    make_letter()
    for name in ("Water Watch", "River Watch"):
        client.post("/letters/a-letter/sign/", entered(name=name))
    assert SignOn.objects.count() == 2


def answer(client: Client, **stated: Any) -> tuple[int, str, bytes]:
    response = client.post("/letters/a-letter/sign/", entered(**stated))
    page = client.get(response["Location"])
    return response.status_code, response["Location"], page.content


def test_new_repeated_and_blocked_submissions_answer_alike(client: Client) -> None:
    letter = make_letter()
    make_sign_on([letter], email="known@waterwatch.example")
    new = answer(client, email="new@waterwatch.example")
    repeated = answer(client, email="known@waterwatch.example")
    for number in range(3):
        answer(client, name=f"Organisation {number}", email="many@waterwatch.example")
    blocked = answer(client, name="One too many", email="many@waterwatch.example")
    assert new == repeated == blocked
    kinds = OutgoingMail.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["already_signed", "confirm", "confirm", "confirm", "confirm"]


def test_one_address_gets_three_mails_a_day_at_most(client: Client) -> None:
    make_letter()
    for number in range(10):
        address = "Alice@waterwatch.example" if number % 2 else "alice@waterwatch.example"
        answer(client, name=f"Organisation {number}", email=address)
    assert OutgoingMail.objects.count() == 3
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(hours=25))
    answer(client, name="Tomorrow")
    assert OutgoingMail.objects.count() == 4


def test_a_form_without_its_cookie_says_how_to_go_on() -> None:
    make_letter()
    client = Client(enforce_csrf_checks=True)
    response = client.post("/letters/a-letter/sign/", entered())
    html = response.content.decode()
    assert response.status_code == 403
    assert not SignOn.objects.exists()
    assert "press the button once more" in html
    assert 'value="Alice Achieng"' in html
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    again = client.post("/letters/a-letter/sign/", entered() | {"csrfmiddlewaretoken": token})
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "http://[::1"),
        ("website", "//[x"),
        ("website", "http://a.b／@c"),
        ("website", "https://example.org/" + "x" * 300),
        ("email", "a" * 60 + "@" + "x." * 120 + "example.org"),
        ("email", "a@" + "ß" * 60 + ".de"),
        ("letters", ["9223372036854775808"]),
        ("letters", ["9" * 400]),
        ("contact_title", "x" * 100_000),
        ("contact_title", " " * 100_000),
        ("name", "\u200b" * 100_000 + "Water"),
    ],
)
def test_a_hostile_entry_is_a_mistake_like_any_other(
    client: Client, field: str, value: Any
) -> None:
    make_letter()
    started = time.process_time()
    response = client.post("/letters/a-letter/sign/", entered() | {field: value})
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in response.content.decode()
    assert time.process_time() - started < 5  # a quadratic pattern took a minute


@pytest.mark.parametrize("name", ["A" + "&" * 199, "ﷺ" * 200, "ﬃ" * 200])
def test_a_legal_name_that_folds_to_a_long_key_can_be_listed(client: Client, name: str) -> None:
    make_letter()
    client.post("/letters/a-letter/sign/", entered(name=name, local_name=name))
    sign_on = SignOn.objects.get()
    sign_on.confirm()
    [signature] = sign_on.approve(actor=make_staff())
    assert signature.name == name


def test_a_form_opened_before_one_letter_closed_keeps_what_was_entered(client: Client) -> None:
    campaign = make_campaign()
    one, two = (make_letter(slug=slug, campaign=campaign) for slug in ("one", "two"))
    form = entered(one, two)
    one.close()
    response = client.post("/letters/one/sign/", form)
    assert response.status_code == 400
    html = response.content.decode()
    assert 'value="Alice Achieng"' in html
    assert "The letter above is closed" in html
    assert client.post("/letters/one/sign/", form | {"letters": [two.pk]}).status_code == 302


def test_what_was_declared_is_on_record(client: Client) -> None:
    make_letter()
    client.post("/letters/a-letter/sign/", entered())
    assert SignOn.objects.get().consent_version == consent.CURRENT


def test_an_organisation_elsewhere_of_the_same_name_is_another(client: Client) -> None:
    letter = make_letter()
    make_sign_on([letter])
    client.post("/letters/a-letter/sign/", entered(country="PS"))
    assert SignOn.objects.count() == 2


def test_a_further_letter_can_be_signed_later(client: Client) -> None:
    campaign = make_campaign()
    one, two = (make_letter(slug=slug, campaign=campaign) for slug in ("one", "two"))
    make_sign_on([one])
    client.post("/letters/one/sign/", entered(one, two))
    assert SignOn.objects.count() == 2


def test_what_is_typed_keeps_its_own_direction(client: Client) -> None:
    make_letter()
    html = client.get("/ar/letters/a-letter/sign/").content.decode()
    fields = {
        name: re.search(rf'<input[^>]* name="{name}"[^>]*>', html)
        for name in ("name", "local_name", "acronym", "contact_name", "contact_title")
    }
    assert all('dir="auto"' in field[0] for field in fields.values() if field), fields
    for name in ("website", "email"):
        assert re.search(rf'<input[^>]* name="{name}"[^>]* dir="ltr"', html)
