"""What reaches far asks again who it is."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from openletters.staff import factors, roles
from openletters.staff.models import App
from signatures.models import Export
from tests.factories import PASSWORD, make_member, make_sign_on
from tests.staff.steps import CONFIRM, LOGIN, SECURITY, code_of, log_in

pytestmark = pytest.mark.django_db

EXPORT = "/admin/signatures/export/add/"
CONTACTS = {"kind": "contacts", "format": "csv", "status": "pending"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-23 08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def later(clock: time_machine.Traveller, client: Client, ada: User) -> Client:
    """A browser in which Ada logged in six minutes ago."""
    log_in(client, ada)
    clock.shift(6 * 60)
    return client


def confirmed(client: Client, stated: dict[str, Any], secret: str = PASSWORD) -> Any:
    return client.post(EXPORT, {**stated, "confirm_secret": secret})


def test_contacts_are_exported_within_five_minutes_of_the_login(client: Client, ada: User) -> None:
    make_sign_on(email="alice@waterwatch.example")
    log_in(client, ada)
    assert "alice@waterwatch.example" in client.post(EXPORT, CONTACTS).content.decode()


def test_later_the_question_comes_first_and_keeps_what_was_entered(later: Client) -> None:
    make_sign_on(email="alice@waterwatch.example")
    asked = later.post(EXPORT, CONTACTS)
    assert asked.status_code == 403
    html = asked.content.decode()
    assert "alice" not in html
    for name, value in CONTACTS.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in html
    assert not Export.objects.exists()

    given = confirmed(later, CONTACTS)
    assert "alice@waterwatch.example" in given.content.decode()
    assert Export.objects.get().rows == 1
    # For five minutes that is enough.
    assert later.post(EXPORT, CONTACTS).status_code == 200


def test_a_wrong_answer_is_said_and_hands_out_nothing(later: Client) -> None:
    wrong = confirmed(later, CONTACTS, "wrong password")
    assert wrong.status_code == 400
    assert "neither your password nor" in wrong.content.decode()
    assert "wrong password" not in wrong.content.decode()
    assert not Export.objects.exists()


def test_a_code_of_the_app_does_as_well_and_works_once(later: Client, ada: User) -> None:
    code = code_of(App.objects.get())
    assert confirmed(later, CONTACTS, f"{code[:3]} {code[3:]}").status_code == 200
    assert factors.take_code(ada, code) is None


def test_guessing_in_a_stolen_session_stops(later: Client) -> None:
    answers = [confirmed(later, CONTACTS, f"guess {number}").status_code for number in range(6)]
    assert answers == [400, 400, 400, 400, 429, 429]
    assert confirmed(later, CONTACTS).status_code == 429


def test_the_published_list_asks_nothing(later: Client) -> None:
    published = {"kind": "signatories", "format": "csv"}
    assert later.post(EXPORT, published).status_code == 200


def test_a_page_that_asks_leads_back(later: Client) -> None:
    asked = later.get("/admin/security/app/")
    assert asked.headers["Location"] == f"{CONFIRM}?next=%2Fadmin%2Fsecurity%2Fapp%2F"
    assert later.get(asked.headers["Location"]).status_code == 200
    done = later.post(asked.headers["Location"], {"confirm_secret": PASSWORD})
    assert done.headers["Location"] == "/admin/security/app/"
    assert later.get("/admin/security/app/").status_code == 200


def test_it_leads_to_this_site_only(later: Client) -> None:
    done = later.post(f"{CONFIRM}?next=https://evil.example/", {"confirm_secret": PASSWORD})
    assert done.headers["Location"] == "/admin/"


def test_one_s_own_second_steps_and_codes_are_asked_for(later: Client, ada: User) -> None:
    [app] = factors.of(ada)
    for address in ("/admin/security/codes/", "/admin/security/remove/"):
        assert later.post(address, {"device": app.persistent_id}).status_code == 403
    begun = later.post("/admin/security/passkey/begin/", "{}", content_type="application/json")
    assert begun.status_code == 403
    assert factors.has_any(ada)
    assert factors.codes_left(ada) == 0
    assert later.get(SECURITY).status_code == 200


def test_accounts_are_asked_for(later: Client) -> None:
    mona = make_member("mona", roles.MODERATOR)
    stated = {"username": "eve", "email": "eve@letters.example"}
    assert later.post("/admin/auth/user/add/", stated).status_code == 403
    for step in ("change", "invite"):
        address = f"/admin/auth/user/{mona.pk}/{step}/"
        assert later.post(address, stated).status_code == 403
    reset = later.post(f"/admin/auth/user/{mona.pk}/reset/", {"reason": "lost"})
    assert reset.status_code == 403
    assert not User.objects.filter(username="eve").exists()


def test_a_stranger_is_asked_nothing(client: Client) -> None:
    for answer in (client.get(CONFIRM), client.post(CONFIRM, {"confirm_secret": PASSWORD})):
        assert answer.headers["Location"] == LOGIN
