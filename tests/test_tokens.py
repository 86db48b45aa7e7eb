"""Links in mails."""

import string
import uuid
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from signatures import tokens
from signatures.tokens import InvalidToken, Purpose

SIGN_ON = uuid.uuid4()


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_opens_for_its_purpose(purpose: Purpose) -> None:
    opened = tokens.read(purpose, tokens.make(purpose, SIGN_ON))
    assert opened.sign_on == SIGN_ON
    assert not opened.expired


@pytest.mark.parametrize("made_for", Purpose)
@pytest.mark.parametrize("used_for", Purpose)
def test_a_token_opens_for_no_other_purpose(made_for: Purpose, used_for: Purpose) -> None:
    if made_for == used_for:
        return
    with pytest.raises(InvalidToken):
        tokens.read(used_for, tokens.make(made_for, SIGN_ON))


def test_a_token_is_bound_to_a_value() -> None:
    token = tokens.make(Purpose.EMAIL, SIGN_ON, binding="new@example.org")
    assert tokens.read(Purpose.EMAIL, token, binding="new@example.org").sign_on == SIGN_ON
    with pytest.raises(InvalidToken):
        tokens.read(Purpose.EMAIL, token, binding="other@example.org")


def test_a_confirmation_expires_after_three_days() -> None:
    with time_machine.travel("2026-11-01T12:00:00Z", tick=False) as clock:
        token = tokens.make(Purpose.CONFIRM, SIGN_ON)
        clock.shift(timedelta(hours=72))
        assert not tokens.read(Purpose.CONFIRM, token).expired
        clock.shift(timedelta(seconds=1))
        assert tokens.read(Purpose.CONFIRM, token).expired


def test_a_token_from_the_future_is_refused() -> None:
    with time_machine.travel("2026-11-02T12:00:00Z", tick=False):
        token = tokens.make(Purpose.MANAGE, SIGN_ON)
    with time_machine.travel("2026-11-01T12:00:00Z", tick=False), pytest.raises(InvalidToken):
        tokens.read(Purpose.MANAGE, token)


GENUINE = tokens.make(Purpose.CONFIRM, SIGN_ON)


@given(
    st.integers(0, len(GENUINE) - 1),
    st.sampled_from(string.ascii_letters + string.digits + "-_.:/%=+ \x00é"),
)
def test_a_damaged_token_is_refused(place: int, character: str) -> None:
    damaged = GENUINE[:place] + character + GENUINE[place + 1 :]
    if damaged == GENUINE:
        return
    with pytest.raises(InvalidToken):
        tokens.read(Purpose.CONFIRM, damaged)


@given(st.text())
def test_noise_is_refused(noise: str) -> None:
    with pytest.raises(InvalidToken):
        tokens.read(Purpose.CONFIRM, noise)
