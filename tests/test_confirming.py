"""A contact person follows the mailed link."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signatures import tokens
from signatures.emails import confirm_path, private_path
from signatures.models import Letter, OutgoingMail, SignOn
from signatures.tokens import Purpose
from tests.factories import make_letter, make_sign_on

pytestmark = pytest.mark.django_db

UNCONFIRMED = SignOn.Status.UNCONFIRMED


def link(sign_on: SignOn, purpose: Purpose = Purpose.CONFIRM) -> str:
    """Return the address in the mail to a sign-on's contact."""
    return confirm_path(sign_on) if purpose == Purpose.CONFIRM else private_path(sign_on)


def test_the_page_shows_exactly_what_will_be_listed(client: Client) -> None:
    letter = make_letter(title="Water for all", addressee="Prosecutor")
    sign_on = make_sign_on(
        [letter], status=UNCONFIRMED, name="Law in Service", acronym="LIS", local_name="القانون"
    )
    html = client.get(link(sign_on)).content.decode()
    for words in ("<bdi>Law in Service (LIS)</bdi>", "القانون", "Water for all", "Prosecutor"):
        assert words in html


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client: Client, method: str) -> None:
    sign_on = make_sign_on(status=UNCONFIRMED)
    for _ in range(20):
        assert getattr(client, method)(link(sign_on)).status_code == 200
    assert SignOn.objects.get().status == UNCONFIRMED
    assert not OutgoingMail.objects.exists()


def test_the_button_puts_the_claim_into_the_queue(client: Client) -> None:
    sign_on = make_sign_on(status=UNCONFIRMED)
    response = client.post(link(sign_on))
    assert response["Location"].startswith("/sign-on/")
    assert "Your sign-on is confirmed" in client.get(response["Location"]).content.decode()
    sign_on.refresh_from_db()
    assert sign_on.status == SignOn.Status.PENDING
    assert sign_on.confirmed_at
    assert OutgoingMail.objects.get().kind == "received"


def test_pressing_twice_is_harmless(client: Client) -> None:
    sign_on = make_sign_on(status=UNCONFIRMED)
    for _ in range(3):
        assert client.post(link(sign_on)).status_code == 302
    assert OutgoingMail.objects.count() == 1
    assert sign_on.events.filter(kind="confirm").count() == 1


def test_confirming_the_same_sign_on_twice_leaves_one(client: Client) -> None:
    letter = make_letter()
    first, second = (make_sign_on([letter], status=UNCONFIRMED) for _ in range(2))
    client.post(link(first))
    response = client.post(link(second))
    assert str(first.public_id.hex) in response["Location"]
    assert SignOn.objects.queue().get() == first


def test_an_expired_link_offers_a_new_mail(client: Client) -> None:
    sign_on = make_sign_on(status=UNCONFIRMED)
    address = link(sign_on)
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        response = client.get(address)
        assert response.status_code == 410
        assert "Send me a new link" in response.content.decode()
        assert not OutgoingMail.objects.exists()
        client.post(address)
        assert OutgoingMail.objects.get().kind == "confirm"
    sign_on.refresh_from_db()
    assert sign_on.status == UNCONFIRMED


def test_expired_links_cannot_be_used_to_flood_a_mailbox(client: Client) -> None:
    address = link(make_sign_on(status=UNCONFIRMED))
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        for _ in range(10):
            client.post(address)
    assert OutgoingMail.objects.count() == 3


def test_a_letter_that_closed_is_not_signed(client: Client) -> None:
    one, two = make_letter(slug="one"), make_letter(slug="two", title="The closed one")
    sign_on = make_sign_on([one, two], status=UNCONFIRMED)
    two.close()
    assert "The closed one" not in client.get(link(sign_on)).content.decode()
    client.post(link(sign_on))
    assert list(sign_on.letters.all()) == [one]


def test_a_claim_is_useless_once_every_letter_is_closed(client: Client) -> None:
    sign_on = make_sign_on(status=UNCONFIRMED)
    Letter.objects.get().close()
    assert "Too late" in client.get(link(sign_on)).content.decode()
    client.post(link(sign_on))
    sign_on.refresh_from_db()
    assert sign_on.status == UNCONFIRMED


def test_secret_pages_stay_secret(client: Client) -> None:
    sign_on = make_sign_on(status=UNCONFIRMED)
    for purpose in (Purpose.CONFIRM, Purpose.MANAGE):
        response = client.get(link(sign_on, purpose))
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert not response.cookies


def test_every_token_that_is_not_genuine_gets_the_same_answer(client: Client) -> None:
    sign_on = make_sign_on(status=UNCONFIRMED)
    address = sign_on.email
    manage = tokens.make(Purpose.MANAGE, sign_on.public_id, address)
    of_another = tokens.make(Purpose.CONFIRM, sign_on.public_id, "eve@example.org")
    unknown = tokens.make(Purpose.CONFIRM, uuid.uuid4(), address)
    answers = {
        (response.status_code, response.content)
        for token in (manage, of_another, unknown, "x", "0" * 32, "a.b.c", "é")
        if (response := client.get(reverse("confirm", args=[token])))
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 404
