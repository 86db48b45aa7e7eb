"""The database goes away and comes back, and nobody loses anything they were promised."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from signatures.emails import confirm_path, private_path
from signatures.models import SignOn
from tests.factories import claim, make_letter, make_sign_on, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def away(*_arguments: Any) -> None:
    raise OperationalError("connection to secret-host failed")


def test_what_needs_the_database_says_when_to_come_again(visitor: Client) -> None:
    letter = make_letter()
    sign_on = make_sign_on([letter])
    visitor.force_login(make_staff())
    for method, path in (
        ("get", "/letters/a-letter/"),
        ("get", "/letters/a-letter/sign/"),
        ("post", "/letters/a-letter/sign/"),
        ("get", confirm_path(sign_on)),
        ("post", confirm_path(sign_on)),
        ("get", private_path(sign_on)),
        ("get", "/admin/"),
    ):
        with connection.execute_wrapper(away):
            response = getattr(visitor, method)(path)
        assert response.status_code == 503, path
        assert response["Retry-After"] == "10"
        assert response["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert b"secret" not in response.content


def test_nobody_is_told_that_nothing_was_stored(visitor: Client) -> None:
    """The answer can get lost after the database has stored everything; the edge knows no more."""
    with connection.execute_wrapper(away):
        html = visitor.post("/letters/a-letter/sign/").content.decode()
    [told] = re.findall("<p>(.*)</p>", html)
    assert "may not have arrived" in told
    edge = (settings.BASE_DIR / "deploy/nginx.conf").read_text(encoding="utf-8")
    assert f"<p>{told}</p>" in edge


def test_the_page_is_in_the_language_of_the_address(visitor: Client) -> None:
    with connection.execute_wrapper(away):
        html = visitor.get("/ar/").content.decode()
    assert '<html lang="ar" dir="rtl">' in html


def test_another_failure_is_one(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("signatures.pages.states._read", broken)
    response = visitor.get("/")
    assert response.status_code == 500
    assert response["Cache-Control"] == "no-store"
    assert "Retry-After" not in response
    assert b"secret" not in response.content


def test_a_connection_that_breaks_half_way_leaves_nothing_half(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter()

    def breaks(*_arguments: Any, **_options: Any) -> None:
        raise InterfaceError("connection already closed")

    monkeypatch.setattr(SignOn, "owe", breaks)
    form = {"letters": [letter.pk], "authorized": "on", **claim()}
    assert visitor.post("/letters/a-letter/sign/", form).status_code == 503
    assert not SignOn.objects.exists()
