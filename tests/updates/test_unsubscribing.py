"""One click ends the updates: from the page, and from mail programs that ask nobody."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from signatures import tokens
from signatures.emails import private_path
from signatures.models import SignOn
from signatures.tokens import Purpose
from signatures.updates import unsubscribe_path
from tests.factories import make_letter, make_update
from tests.hostile.pages import Page
from tests.updates.world import deliver, send, signed

pytestmark = pytest.mark.django_db

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


def wanting() -> int:
    return SignOn.objects.wanting_updates().count()


def strict() -> Client:
    """A browser whose forms need a cookie, as everywhere else on the site."""
    return Client(enforce_csrf_checks=True)


def links(message: EmailMultiAlternatives) -> Iterator[str]:
    yield message.extra_headers["List-Unsubscribe"].strip("<>")
    yield from re.findall(r"http://\S+/unsubscribe/[^\s\"<]+", str(message.body))


def test_the_links_of_a_mail_lead_to_a_button_and_the_button_ends_it(client: Client) -> None:
    letter = make_letter()
    signed([letter])
    send(make_update(letter))
    [message] = deliver()
    addresses = {link.removeprefix("http://127.0.0.1:8000") for link in links(message)}
    [address] = addresses
    for method in (client.get, client.head, client.get):
        assert method(address).status_code == 200
        assert wanting() == 1, "mail scanners follow links"
    page = Page(address, client.get(address).content.decode())
    [form] = [one for one in page.forms if one.method == "post"]
    response = strict().post(address, form.filled())
    assert response.status_code == 200
    assert wanting() == 0
    assert "You get no more updates" in response.content.decode()
    assert not response.cookies
    assert not make_update(letter).contacts()


def test_a_mail_program_ends_it_with_one_click_and_repeats_it(client: Client) -> None:
    sign_on = signed([make_letter()])
    for _ in range(3):
        response = strict().post(unsubscribe_path(sign_on), ONE_CLICK, content_type=FORM)
        assert response.status_code == 200
        assert wanting() == 0
    assert sign_on.events.filter(kind="updates_ended").count() == 1


def test_it_may_come_as_a_form_with_parts(client: Client) -> None:
    sign_on = signed([make_letter()])
    client.post(unsubscribe_path(sign_on), {"List-Unsubscribe": "One-Click"})
    assert wanting() == 0


@pytest.mark.parametrize("body", ["", "List-Unsubscribe=", "List-Unsubscribe=Yes", "x=One-Click"])
def test_any_other_post_changes_nothing(client: Client, body: str) -> None:
    sign_on = signed([make_letter()])
    assert client.post(unsubscribe_path(sign_on), body, content_type=FORM).status_code == 200
    assert wanting() == 1


def test_the_link_ends_updates_and_nothing_else(client: Client) -> None:
    sign_on = signed([make_letter()])
    token = unsubscribe_path(sign_on).split("/")[-2]
    for page in ("sign-on", "confirm", "confirm-address"):
        assert client.get(f"/{page}/{token}/").status_code == 404
    private = private_path(sign_on).split("/")[-2]
    assert client.post(f"/unsubscribe/{private}/", ONE_CLICK, content_type=FORM).status_code == 404
    assert wanting() == 1


def test_its_page_tells_nothing_of_the_sign_on_and_leads_to_nothing_of_it(client: Client) -> None:
    sign_on = signed([make_letter()], "Secretive Union")
    for _ in range(2):
        html = client.get(unsubscribe_path(sign_on)).content.decode()
        for told in ("Secretive", sign_on.email, "alice", "/sign-on/", "Open letter on water"):
            assert told.lower() not in html.lower()
        sign_on.end_updates()


def test_old_links_work_for_as_long_as_mails_lie_there(client: Client) -> None:
    address = unsubscribe_path(signed([make_letter()]))
    with time_machine.travel(timezone.now() + timedelta(days=3650)):
        client.post(address, ONE_CLICK, content_type=FORM)
    assert wanting() == 0


def test_a_forged_link_and_one_of_a_mailbox_that_was_left_are_none(client: Client) -> None:
    sign_on = signed([make_letter()])
    other = tokens.make(Purpose.UPDATES, sign_on.public_id, "someone@else.example")
    for token in (other, "nothing", "test", unsubscribe_path(sign_on).split("/")[-2][:-1]):
        address = f"/unsubscribe/{token}/"
        assert client.post(address, ONE_CLICK, content_type=FORM).status_code == 404
    assert wanting() == 1


def test_who_was_erased_is_told_that_nothing_is_left(client: Client) -> None:
    sign_on = signed([make_letter()])
    address = unsubscribe_path(sign_on)
    SignOn.objects.filter(pk=sign_on.pk).erase()
    assert client.get(address).status_code == 410
    assert client.post(address, ONE_CLICK, content_type=FORM).status_code == 200


def test_who_did_not_mean_to_turns_them_on_again_on_the_private_page(client: Client) -> None:
    sign_on = signed([make_letter()])
    client.post(unsubscribe_path(sign_on), ONE_CLICK, content_type=FORM)
    html = client.get(unsubscribe_path(sign_on)).content.decode()
    assert "You did not mean to?" in html
    assert "<form" not in html.partition("<main")[2]
    client.post(private_path(sign_on), {"action": "want-updates"})
    assert wanting() == 1
    assert "No more updates?" in client.get(unsubscribe_path(sign_on)).content.decode()


def test_its_page_is_kept_by_nobody(client: Client) -> None:
    response = client.get(unsubscribe_path(signed([make_letter()])))
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
