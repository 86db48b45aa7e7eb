"""The log says what happened, and nothing about anybody."""

import io
import json
import logging
import logging.config
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from pytest_django import Settings

from openletters import logs
from openletters.caching import PUBLIC
from signatures.models import Letter, SignOn
from tests.factories import claim, make_letter, make_link, make_sign_on

pytestmark = pytest.mark.django_db

CANARY = "canary7f3a"
ID = "0123456789abcdef0123456789abcdef"


@contextmanager
def logged(form: str) -> Iterator[io.StringIO]:
    """Log as production does, in one of the formats, into what this yields."""
    written = io.StringIO()
    config = logs.configuration(form)
    config["handlers"]["stderr"]["stream"] = written
    logging.config.dictConfig(config)
    try:
        yield written
    finally:
        logging.config.dictConfig(django_settings.LOGGING)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_every_request_leaves_a_line_for_machines(visitor: Client) -> None:
    make_letter()
    with logged("json") as written:
        visitor.get("/ar/letters/a-letter/?q=x", headers={"X-Request-ID": ID})
        visitor.get("/nowhere/")
        visitor.generic("INVENTED", "/letters/a-letter/")
    found, lost, invented = lines(written)
    assert found.pop("milliseconds") > 0
    assert found.pop("timestamp").endswith("+00:00")
    assert re.fullmatch("GET letters/<slug:slug>/ 200 in [0-9.]+ ms", found.pop("message"))
    assert found == {
        "levelname": "INFO",
        "name": "openletters.requests",
        "method": "GET",
        "route": "letters/<slug:slug>/",
        "status": 200,
        "request_id": ID,
    }
    assert (lost["route"], lost["status"]) == ("unknown", 404)
    assert (invented["method"], invented["status"]) == ("OTHER", 405)


def test_in_the_demo_lines_are_for_people(visitor: Client) -> None:
    with logged("plain") as written:
        visitor.get("/")
    assert re.search(r"INFO openletters.requests GET home 200 in [\d.]+ ms\n$", written.getvalue())


def test_whether_it_lives_is_not_worth_a_line(visitor: Client) -> None:
    with logged("json") as written:
        visitor.get("/health/live")
    assert written.getvalue() == ""


@pytest.mark.parametrize("given", [f"{CANARY}", "1" * 33, f"{ID}\n", "", "a@example.org"])
def test_a_name_that_no_edge_makes_up_is_replaced(visitor: Client, given: str) -> None:
    with logged("json") as written:
        response = visitor.get("/nowhere/", headers={"X-Request-ID": given})
    [line] = lines(written)
    assert re.fullmatch("[0-9a-f]{32}", line["request_id"])
    assert response["X-Request-ID"] == line["request_id"] != given


def test_the_name_is_told_to_the_reader_of_what_nobody_keeps(visitor: Client) -> None:
    make_letter()
    named = {"X-Request-ID": ID}
    assert "home" in PUBLIC
    for path in ("/", "/letters/a-letter/", "/letters/a-letter/count.json"):
        assert "X-Request-ID" not in visitor.get(path, headers=named)
    for path in ("/letters/a-letter/sign/", "/admin/", "/nowhere/"):
        assert visitor.get(path, headers=named)["X-Request-ID"] == ID


@pytest.mark.parametrize("form", logs.FORMATS)
class TestNothingAboutAnybody:
    """Whatever carries the canary, the log does not hold it."""

    def test_of_what_is_sent(self, visitor: Client, form: str) -> None:
        letter = make_letter()
        headers: Any = {
            "User-Agent": CANARY,
            "Referer": f"https://{CANARY}.example/",
            "X-Forwarded-For": CANARY,
            "Accept-Language": CANARY,
            "X-Request-ID": CANARY,
            "Authorization": CANARY,
        }
        visitor.cookies["session"] = visitor.cookies["csrftoken"] = CANARY
        sign = "/letters/a-letter/sign/"
        data = {"letters": [letter.pk], "authorized": "on", **claim(name=CANARY)}
        strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
        with logged(form) as written:
            visitor.get(f"/?q={CANARY}", headers=headers)
            visitor.get(f"/{CANARY}/", headers=headers)
            visitor.get(f"/letters/{CANARY}/", headers=headers)
            visitor.get(f"/confirm/{CANARY}/", headers=headers)
            visitor.get(f"/ar/sign-on/{CANARY}/?done={CANARY}", headers=headers)
            visitor.post(f"/unsubscribe/{CANARY}/", headers=headers)
            for page in ("", f"letters/{CANARY}/", "sign/", "sign/sent/"):
                visitor.get(f"/private/{CANARY}/{page}", headers=headers)
            visitor.post(sign, data, headers=headers)
            strict.post(sign, data, headers=headers)
            visitor.post(sign, data | {"email": f"{CANARY}@example.org"}, headers=headers)
            visitor.get(f"/letters/a-letter/signatories/?q={CANARY}", headers=headers)
            visitor.get("/", headers={"Host": f"{CANARY}.example"})
            visitor.generic(CANARY.upper(), "/")
            visitor.post("/admin/login/", {"username": CANARY, "password": CANARY})
        assert written.getvalue().count("\n") >= 16
        assert CANARY not in written.getvalue().lower()

    def test_of_a_secret_link_that_leads_somewhere(self, visitor: Client, form: str) -> None:
        letter = make_letter(status=Letter.Status.PRIVATE)
        token = make_link(letter).token
        data = {"letters": [letter.pk], "authorized": "on", **claim()}
        with logged(form) as written:
            for page in ("", f"letters/{letter.slug}/", "sign/", "sign/sent/"):
                assert visitor.get(f"/private/{token}/{page}").status_code == 200
            assert visitor.post(f"/ar/private/{token}/sign/", data).status_code == 302
        assert written.getvalue().count("\n") >= 5
        assert token not in written.getvalue()

    def test_of_an_error(self, visitor: Client, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
        make_letter()

        def broken(*_arguments: Any, **_options: Any) -> None:
            email = f"{CANARY}@example.org"
            try:
                int(email)
            except ValueError as error:
                raise KeyError(f"/confirm/{CANARY}/ and {email}") from error

        monkeypatch.setattr("signatures.pages.states._read", broken)
        with logged(form) as written:
            assert visitor.get(f"/letters/{CANARY}/?q={CANARY}").status_code == 500
        text = written.getvalue().replace("\\n", "\n")
        assert CANARY not in text
        assert "ERROR" in text
        assert "GET letters/<slug:slug>/ 500" in text
        assert re.search("\nValueError\n+Traceback", text)
        assert "    int(email)" in text
        assert "\nKeyError" in text

    def test_of_a_row_that_a_rule_of_the_database_refuses(
        self, visitor: Client, form: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letter = make_letter()

        def twice(*_arguments: Any, **_options: Any) -> None:
            Letter.objects.filter(pk=letter.pk).update(slug=CANARY)
            Letter.objects.create(slug=CANARY)

        monkeypatch.setattr(SignOn.objects.__class__, "submit", twice)
        data = {"letters": [letter.pk], "authorized": "on", **claim(name=CANARY)}
        with logged(form) as written:
            assert visitor.post("/letters/a-letter/sign/", data).status_code == 500
        assert "django.db.utils.IntegrityError" in written.getvalue()
        assert CANARY not in written.getvalue()
        if connection.vendor == "postgresql":
            rule = "psycopg.errors.UniqueViolation 23505 signatures_letter_slug_key"
            assert rule in written.getvalue()

    def test_of_what_a_library_says(self, form: str) -> None:
        sign_on = make_sign_on()
        with logged(form) as written:
            logging.getLogger("some.library").error("Failed: %s", ValueError(CANARY))
            logging.getLogger("some.library").error("/ar/sign-on/%s/ failed", CANARY)
            logging.getLogger("some.library").error("x\nDETAIL: Key (email)=(%s) exists.", CANARY)
            logging.getLogger("some.library").error("x", extra={"email": CANARY, "row": sign_on})
        assert CANARY not in written.getvalue()
        assert "Failed: ValueError" in written.getvalue()


def test_production_logs_for_machines(settings: Settings) -> None:
    assert logs.configuration("json")["formatters"]["line"]["()"] == "openletters.logs.JsonLine"
    assert logs.configuration("plain") == settings.LOGGING
