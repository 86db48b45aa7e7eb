"""Somebody guesses passwords."""

import json
from collections import Counter
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core import serializers
from django.db import DatabaseError
from django.test import Client

from openletters.staff import guessing
from openletters.staff.models import StaffAct
from tests.factories import PASSWORD
from tests.staff.steps import LOGIN, SECOND_STEP, give_password, log_in

pytestmark = pytest.mark.django_db

ELSEWHERE = "203.0.113.9"
Kind = StaffAct.Kind


def guess(client: Client, username: str = "mona", **extra: Any) -> Any:
    stated = {"username": username, "password": "wrong password"}
    return client.post(LOGIN, stated, **extra)


def test_the_sixth_guess_is_not_looked_at(client: Client, mona: User) -> None:
    answers = [guess(client).status_code for _guess in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    held = give_password(client, mona)  # the right one, from the same place
    assert held.status_code == 429
    html = held.content.decode()
    assert "up to 30 minutes" in html
    assert "Open letters · staff" in html
    assert held.headers["Retry-After"] == "1800"
    assert "no-store" in held.headers["Cache-Control"]
    assert "'unsafe-inline'" not in held.headers["Content-Security-Policy"]
    assert "_auth_user_id" not in client.session


def test_the_owner_enters_from_elsewhere_meanwhile(client: Client, mona: User) -> None:
    for _guess in range(8):
        guess(client)
    owner = Client(REMOTE_ADDR=ELSEWHERE)
    assert give_password(owner, mona).status_code == 302
    assert give_password(client, mona).status_code == 429


def test_guessing_at_many_accounts_from_one_address_stops_too(client: Client, mona: User) -> None:
    looked_at = [guess(client, f"somebody{number}").status_code for number in range(40)]
    assert looked_at.count(200) == 29
    assert set(looked_at[29:]) == {429}
    assert give_password(client, mona).status_code == 429


def test_a_stolen_session_cannot_guess_where_a_password_is_changed(
    client: Client, ada: User
) -> None:
    log_in(client, ada)
    new = "another walk along the sea"

    def change(old: str) -> int:
        stated = {"old_password": old, "new_password1": new, "new_password2": new}
        return client.post("/admin/password_change/", stated).status_code

    assert [change(f"wrong {number}") for number in range(6)] == [200, 200, 200, 200, 429, 429]
    assert change(PASSWORD) == 429
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_an_account_of_one_s_own_does_not_forgive_guesses_at_others(
    client: Client, mona: User
) -> None:
    for number in range(29):
        guess(client, f"somebody{number}")
    assert give_password(client, mona).status_code == 302
    client.logout()
    assert guess(client, "somebody").status_code == 429


def test_after_half_an_hour_it_is_over_and_forgotten(client: Client, mona: User) -> None:
    with time_machine.travel("2026-11-23 12:00", tick=False) as clock:
        for _guess in range(7):
            guess(client)
        clock.shift(29 * 60)
        # What was refused meanwhile made it no longer.
        assert give_password(client, mona).status_code == 429
        clock.shift(2 * 60)
        assert give_password(client, mona).status_code == 302
        assert guessing.forget() == 0
        assert not AccessAttempt.objects.exists()


def test_the_worker_forgets_what_counts_no_more(client: Client) -> None:
    with time_machine.travel("2026-11-23 12:00", tick=False) as clock:
        guess(client)
        assert guessing.forget() == 0
        clock.shift(31 * 60)
        assert guessing.forget() == 1


def test_neither_account_nor_address_nor_browser_is_kept(
    client: Client, mona: User, caplog: pytest.LogCaptureFixture
) -> None:
    guess(client, REMOTE_ADDR=ELSEWHERE, headers={"user-agent": "Canary/1.0"})
    guess(client, "my-password-by-mistake", REMOTE_ADDR=ELSEWHERE)
    kept = serializers.serialize("json", AccessAttempt.objects.all())
    assert len(json.loads(kept)) == 2
    for canary in ("mona", "by-mistake", ELSEWHERE, "Canary", "wrong password", LOGIN):
        assert canary not in kept
        assert canary not in caplog.text


def test_wrong_passwords_of_accounts_are_on_record_and_other_names_are_not(
    client: Client, mona: User
) -> None:
    guess(client, "my-password-by-mistake")
    for _guess in range(9):
        guess(client)
    acts = Counter(StaffAct.objects.values_list("kind", "actor", "about"))
    # The others were not looked at, and so fill nothing.
    assert acts == {(Kind.LOGIN_FAILED, None, "mona"): 5, (Kind.LOCKED_OUT, None, "mona"): 1}


def test_a_counter_that_cannot_be_read_lets_nobody_in_and_breaks_nothing(
    client: Client, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise DatabaseError("relation axes_accessattempt does not exist")

    with monkeypatch.context() as patch:
        patch.setattr(guessing.Guard, "get_user_attempts", broken)
        patch.setattr(guessing.Guard, "clean_expired_user_attempts", broken)
        assert give_password(client, mona).status_code == 429
        assert guess(client).status_code == 429
    assert give_password(client, mona).status_code == 302


def test_a_right_password_tells_nothing_about_the_second_step_to_the_wrong_one(
    client: Client, mona: User, ada: User
) -> None:
    """The answers for an account and for none look alike."""
    wrong = guess(client, "ada").content.decode().replace("ada", "NAME")
    nobody = guess(client, "nobody").content.decode().replace("nobody", "NAME")

    def plain(html: str) -> list[str]:
        return [line for line in html.splitlines() if "csrfmiddlewaretoken" not in line]

    assert plain(wrong) == plain(nobody)


@pytest.mark.parametrize("name", ["x" * 5000, "na\x00me", "🦉" * 100, "ada' OR 1=1", "\u202e"])
def test_a_strange_name_is_only_wrong(client: Client, name: str) -> None:
    assert guess(client, name).status_code == 200
    assert client.post(LOGIN, {"username": "ada", "password": PASSWORD * 500}).status_code == 200
    assert client.get(SECOND_STEP).status_code == 302
