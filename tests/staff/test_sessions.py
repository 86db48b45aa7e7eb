"""Somebody stays logged in, or does not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from tests.factories import PASSWORD, make_letter, make_sign_on
from tests.staff.steps import INDEX, LOGIN, SECOND_STEP, SECURITY, give_password, log_in

pytestmark = pytest.mark.django_db

QUEUE = "/admin/signatures/signon/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-23 08:00", tick=False) as clock:
        yield clock


def is_in(client: Client, address: str = INDEX) -> bool:
    return client.get(address).status_code == 200


def test_a_session_ends_after_half_an_hour_without_a_page(
    clock: time_machine.Traveller, client: Client, ada: User
) -> None:
    log_in(client, ada)
    for _look in range(3):
        clock.shift(29 * MINUTE)
        assert is_in(client)
    clock.shift(31 * MINUTE)
    out = client.get(f"{QUEUE}?status=all", follow=True)
    assert out.request["PATH_INFO"] == LOGIN
    assert "nothing was done for half an hour" in out.content.decode()
    assert f'value="{QUEUE}?status=all"' in out.content.decode()
    assert not Session.objects.exists()


def test_a_session_ends_after_twelve_hours_whatever_is_done(
    clock: time_machine.Traveller, client: Client, ada: User
) -> None:
    log_in(client, ada)
    for _look in range(35):
        clock.shift(20 * MINUTE)
        assert is_in(client)
    clock.shift(20 * MINUTE)
    assert not is_in(client)


@pytest.mark.parametrize(
    ("address", "headers"),
    [(f"{QUEUE}?status=all", {"x-desk": "ahead"}), (f"{INDEX}?progress", {})],
)
def test_what_a_script_asks_by_itself_keeps_no_session_alive(
    clock: time_machine.Traveller,
    client: Client,
    ada: User,
    address: str,
    headers: dict[str, str],
) -> None:
    log_in(client, ada)
    for _look in range(29):
        clock.shift(MINUTE)
        assert client.get(address, headers=headers).status_code == 200
    clock.shift(MINUTE)
    assert not is_in(client)


def test_a_session_of_the_future_is_none(
    clock: time_machine.Traveller, client: Client, ada: User
) -> None:
    log_in(client, ada)
    clock.shift(-60 * MINUTE)
    assert not is_in(client)


def test_a_deactivated_account_is_out_at_its_next_request(client: Client, ada: User) -> None:
    log_in(client, ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not is_in(client)


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(client: Client, ada: User) -> None:
    log_in(client, ada)
    assert is_in(client, QUEUE)
    ada.groups.clear()
    assert client.get(QUEUE).status_code == 403


def test_a_new_password_ends_the_other_sessions(client: Client, ada: User) -> None:
    other = Client()
    log_in(other, ada)
    log_in(client, ada)
    new = "quite another walk"
    stated = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/admin/password_change/", stated).status_code == 302
    assert is_in(client)
    assert not is_in(other)


def test_the_page_after_logging_out_is_ours(client: Client, ada: User) -> None:
    log_in(client, ada)
    page = client.post("/admin/logout/").content.decode()
    assert "if others use this computer" in page
    assert "quality time" not in page


def test_logging_out_ends_it_on_the_server(client: Client, ada: User) -> None:
    log_in(client, ada)
    cookie = client.cookies["sessionid"].value
    client.post("/admin/logout/")
    client.cookies["sessionid"] = cookie
    assert not is_in(client)


def test_one_can_log_out_between_the_two_steps(client: Client, ada: User) -> None:
    give_password(client, ada)
    assert "Log out" in client.get(SECOND_STEP).content.decode()
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session
    assert client.get(SECOND_STEP, follow=True).request["PATH_INFO"] == LOGIN


def test_logging_in_again_asks_for_the_second_step_again(client: Client, ada: User) -> None:
    """Or twelve hours would become any number of them, by the password alone."""
    log_in(client, ada)
    give_password(client, ada)
    assert not is_in(client)
    assert client.get(INDEX, follow=True).request["PATH_INFO"] == SECOND_STEP


def test_the_cookie_holds_nothing_and_is_kept_from_scripts(client: Client, ada: User) -> None:
    log_in(client, ada)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["expires"]
    assert len(cookie.value) == 32


def test_after_logging_in_again_one_is_back_at_the_form(
    clock: time_machine.Traveller, client: Client, ada: User
) -> None:
    sign_on = make_sign_on()
    page = f"{QUEUE}{sign_on.pk}/change/"
    log_in(client, ada)
    clock.shift(40 * MINUTE)
    sent = client.post(
        f"{QUEUE}{sign_on.pk}/reject/",
        {"reason": "x"},
        headers={"referer": f"http://testserver{page}"},
    )
    assert sent.headers["Location"] == f"{LOGIN}?next={page}"
    login = client.get(sent.headers["Location"]).content.decode()
    assert "What you sent just now was not done." in login
    elsewhere = client.post(
        f"{QUEUE}{sign_on.pk}/reject/", {}, headers={"referer": f"http://evil.example{page}"}
    )
    assert elsewhere.headers["Location"] == f"{LOGIN}?next={INDEX}"
    sign_on.refresh_from_db()
    assert sign_on.status == "pending"


def test_public_pages_know_nothing_of_sessions(client: Client, ada: User) -> None:
    letter = make_letter()
    log_in(client, ada)
    shown = client.get(letter.get_absolute_url())
    assert "Cookie" not in shown.headers.get("Vary", "")
    assert not shown.cookies


def test_one_s_own_page_lists_one_s_logins(client: Client, ada: User) -> None:
    log_in(client, ada)
    assert "logged in" in client.get(SECURITY).content.decode()
