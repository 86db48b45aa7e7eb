"""A contact sees, takes along and erases everything that is held about them."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from signatures import consent
from signatures.emails import confirm_path, private_path
from signatures.models import Correction, Note, OutgoingMail, Signature, SignOn
from signatures.tokens import Purpose
from signatures.views import links, signing
from tests.factories import make_letter, make_sign_on, make_staff
from tests.retention.canaries import CANARY, CONTACT, everything, watched

pytestmark = pytest.mark.django_db

SECRET = "They were hesitant on the phone"


def approved(**stated: Any) -> SignOn:
    sign_on = make_sign_on([make_letter()], **stated)
    sign_on.approve(actor=make_staff("approver"))
    return sign_on


def held(client: Client, sign_on: SignOn) -> Any:
    response = client.get(f"{private_path(sign_on)}held.json")
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="sign-on.json"'
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    return json.loads(response.content)


def test_the_file_holds_everything(client: Client) -> None:
    sign_on = approved(**CONTACT, name="مراقبة المياه", flags=["hasty"])
    sign_on.correct(acronym="WW")
    sign_on.owe(OutgoingMail.Kind.REJECTED, note="We could not reach you.")
    told = held(client, sign_on)
    said = json.dumps(told, ensure_ascii=False)
    for field in (*CONTACT, "name", "country", "website", "language", "status"):
        assert str(getattr(sign_on, field)) in said, field
    assert told["consent"]["wording"] == consent.wording(consent.CURRENT)
    assert told["consent"]["version"] == consent.CURRENT
    assert told["letters"][0]["address"] == "http://127.0.0.1:8000/letters/a-letter/"
    assert told["listings"][0]["name"] == "مراقبة المياه"
    assert told["corrections"][0]["acronym"] == "WW"
    assert [line["by"] for line in told["history"]] == ["contact", "staff", "contact"]
    assert told["history"][2]["about"] == "acronym"
    assert "hasty" not in said
    assert told["mails"][-1]["words_of_the_staff"] == "We could not reach you."
    assert "مراقبة" in client.get(f"{private_path(sign_on)}held.json").content.decode()


def test_the_page_says_the_same_to_people(client: Client) -> None:
    html = client.get(private_path(approved(**CONTACT))).content.decode()
    for words in (*list(CONTACT.values())[:5], "by the people who check names"):
        assert words in html
    assert consent.wording(consent.CURRENT) in html
    assert "erased 6 months after the last of your letters closes" in html


def test_who_of_the_staff_and_what_they_think_is_not_told(client: Client) -> None:
    sign_on = make_sign_on([make_letter()])
    moderator = make_staff("moderator-rosa")
    Note.objects.create(sign_on=sign_on, author=moderator, text=SECRET)
    sign_on.reject(actor=moderator, reason=SECRET)
    for answer in (
        json.dumps(held(client, sign_on)),
        client.get(private_path(sign_on)).content.decode(),
    ):
        assert "rosa" not in answer
        assert "hesitant" not in answer
    assert held(client, sign_on)["notes_of_the_staff"] == 1


def test_erasing_leaves_the_signature_and_nothing_of_the_contact(client: Client) -> None:
    sign_on = watched(make_letter())
    sign_on.approve(actor=make_staff())
    before = client.get("/letters/a-letter/").content
    link = private_path(sign_on)
    response = client.post(f"{link}erase/")
    assert response.status_code == 200
    assert "Your contact data is erased." in response.content.decode()
    assert CANARY not in everything()
    assert client.get("/letters/a-letter/").content == before
    assert Signature.objects.current().count() == 1
    sign_on.refresh_from_db()
    assert sign_on.status == "approved"
    assert sign_on.events.last().kind == "erased_by_contact"  # type: ignore[union-attr]
    gone = client.get(link)
    assert gone.status_code == 410
    assert gone["Cache-Control"] == "no-store"
    assert gone["Referrer-Policy"] == "no-referrer"
    assert "We no longer hold your contact data" in gone.content.decode()
    assert "letters@localhost" in gone.content.decode()


def test_withdrawing_as_well_takes_the_listing_away_and_writes_to_nobody(client: Client) -> None:
    sign_on = watched(make_letter())
    sign_on.approve(actor=make_staff())
    response = client.post(f"{private_path(sign_on)}erase/", {"withdraw": "1"})
    assert "withdrawn, and your contact data is erased" in response.content.decode()
    assert client.get("/letters/a-letter/count.json").json()["count"] == 0
    assert not OutgoingMail.objects.waiting().exists()
    assert CANARY not in everything()


def test_a_sign_on_that_waits_is_taken_back(client: Client) -> None:
    sign_on = watched(make_letter())
    link = private_path(sign_on)
    assert "is taken back as well" in client.get(link).content.decode()
    client.post(f"{link}erase/")
    sign_on.refresh_from_db()
    assert sign_on.status == "withdrawn"
    assert CANARY not in everything()


def test_a_sign_on_that_was_never_confirmed_is_deleted(client: Client) -> None:
    sign_on = watched(make_letter(), status=SignOn.Status.UNCONFIRMED)
    link, other = private_path(sign_on), confirm_path(sign_on)
    response = client.post(f"{link}erase/")
    assert "Your sign-on is deleted." in response.content.decode()
    assert not SignOn.objects.exists()
    assert CANARY not in everything()
    assert client.get(link).status_code == client.get(other).status_code == 404


@pytest.mark.parametrize("status", ["rejected", "withdrawn"])
def test_what_is_over_stays_as_it_is(client: Client, status: str) -> None:
    sign_on = watched(make_letter())
    if status == "rejected":
        sign_on.reject(actor=make_staff(), reason="Unknown")
    else:
        sign_on.withdraw()
    assert client.post(f"{private_path(sign_on)}erase/").status_code == 200
    sign_on.refresh_from_db()
    assert sign_on.status == status
    assert CANARY not in everything()


def test_looking_erases_nothing(client: Client) -> None:
    sign_on = watched(make_letter())
    link = private_path(sign_on)
    client.get(f"{link}?action=erase&withdraw=1")
    assert client.get(f"{link}erase/").status_code == 405
    assert client.head(f"{link}erase/").status_code == 405
    assert client.post(f"{link}held.json").status_code == 405
    assert SignOn.objects.with_contact().get().status == "pending"


def test_every_link_of_an_erased_contact_says_the_same_whoever_asks(client: Client) -> None:
    sign_on = watched(make_letter())
    link = private_path(sign_on)
    links = [link, f"{link}held.json", confirm_path(sign_on), f"{link[:-5]}xxxx/"]
    SignOn.objects.erase()
    pages = {client.get(address).content for address in links}
    assert len(pages) == 1
    assert b"Water Watch" not in pages.pop()
    assert client.post(f"{link}erase/").status_code == 410


def test_a_link_that_expired_hands_out_and_erases_nothing(client: Client) -> None:
    sign_on = watched(make_letter())
    link = private_path(sign_on)
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        assert client.get(f"{link}held.json").status_code == 302
        assert client.post(f"{link}erase/").status_code == 302
    assert SignOn.objects.with_contact().exists()


def test_a_forged_link_gets_nothing(client: Client) -> None:
    link = private_path(watched(make_letter()))
    forged = re.sub(r".{4}/$", "AAAA/", link)
    assert client.get(f"{forged}held.json").status_code == 404
    assert client.post(f"{forged}erase/").status_code == 404
    assert SignOn.objects.with_contact().exists()


def test_a_correction_on_its_way_when_the_contact_is_erased_changes_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_on = approved(**CONTACT)
    link, opened = private_path(sign_on), links.open_link

    def erased_since(purpose: Purpose, token: str) -> tuple[SignOn, bool]:
        found = opened(purpose, token)
        SignOn.objects.erase()
        return found

    monkeypatch.setattr(signing, "open_link", erased_since)
    form = {"action": "correct", "name": sign_on.name, "contact_name": "Someone Else"}
    form |= {"contact_title": "Heir", "website": "", "local_name": "", "acronym": ""}
    response = client.post(link, form)
    assert response.status_code == 302
    assert client.get(link).status_code == 410
    assert not Correction.objects.exists()
    assert "someone else" not in everything()


def test_the_private_page_costs_no_query_for_each_line(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    sign_on = approved()
    for number in range(20):
        sign_on.correct(contact_title=f"Director {number}")
        sign_on.owe(OutgoingMail.Kind.PRIVATE_LINK)
    link = private_path(sign_on)
    with django_assert_max_num_queries(30):
        client.get(link)
