"""Headers that protect readers: on every page, every file and every error."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.hostile.addresses import addresses
from tests.hostile.crawling import Answer, kind_of
from tests.hostile.world import World, furnish

pytestmark = pytest.mark.django_db

EXPECTED = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
SHOWN_ELSEWHERE = {"badge", "frame"}
"""Pages that other sites may put into theirs."""

POWERFUL = ("camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()")


@pytest.fixture(autouse=True)
def behind_tls(settings: Settings) -> None:
    """Answer as a public site does."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.METRICS_TOKEN = "the token of this test"


@pytest.fixture
def world() -> World:
    return furnish()


def lacks(answer: Answer) -> Iterator[str]:
    """Say what is wrong with the headers of an answer."""
    headers: Any = answer.response.headers
    told = f"{answer.status} {answer.address}: "
    framed = answer.name == "frame"  # the one page that others may show inside of theirs
    for name, value in EXPECTED.items():
        shown = "-Resource-" in name and answer.name in SHOWN_ELSEWHERE
        wanted = "cross-origin" if shown else value
        if headers.get(name) != wanted:
            yield f"{told}{name} is {headers.get(name)}"
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        yield f"{told}Referrer-Policy"
    if not all(one in headers.get("Permissions-Policy", "") for one in POWERFUL):
        yield f"{told}Permissions-Policy"
    around = {"*"} if framed else {"'none'"}
    policy = directives(headers.get("Content-Security-Policy", ""))
    if policy.get("default-src") != {"'none'"} or policy.get("frame-ancestors") != around:
        yield f"{told}anything is allowed that is not named"
    if policy.get("base-uri") != {"'none'"} or not policy.get("form-action", {"*"}) <= HERE:
        yield f"{told}forms or links can be turned elsewhere"
    if any(not sources <= HERE | around for sources in policy.values()):
        yield f"{told}{policy}"


HERE = {"'self'", "'none'"}


def directives(policy: str) -> dict[str, set[str]]:
    parts = (part.split() for part in policy.split(";") if part.strip())
    return {name: set(sources) for name, *sources in parts}


def test_every_page_has_them_and_what_is_private_is_kept_by_nobody(world: World) -> None:
    visitor, desk, wrong = Client(), world.desk(), list[str]()
    pages = {(kind_of(one), one[:8]): one for one in addresses(world)}
    assert len(pages) > 80
    for address in pages.values():
        for client in (visitor, desk) if address.startswith("/admin/") else (visitor,):
            answer = Answer(address, client.get(address, secure=True))
            wrong += lacks(answer)
            if is_private(address) and answer.response["Cache-Control"] != "no-store":
                wrong.append(f"{address} may be kept")
    assert wrong == []


def is_private(address: str) -> bool:
    """Whether a page is one person's, or has a form."""
    return address.startswith(
        ("/admin/", "/confirm", "/private/", "/sign-on/")
    ) or address.endswith("/sign/")


def test_every_error_has_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Client(raise_request_exception=False)
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    sign, many = "/letters/open/sign/", {f"field{number}": "x" for number in range(2000)}
    answers = [
        visitor.get("/", secure=True, headers={"Host": "evil.example"}),
        visitor.get("/%00", secure=True),
        visitor.get("/nowhere/", secure=True),
        visitor.get("/static/none.css", secure=True),
        visitor.get("/static/signatures/site.css", secure=True),
        visitor.delete("/letters/open/", secure=True),
        visitor.get("/confirm/x/", secure=True),
        visitor.get("/letters/open", secure=True),
        visitor.post(sign, many, secure=True),
        strict.post(sign, {}, secure=True),
        strict.post("/admin/login/", {}, secure=True),
        world.desk().get("/admin/signatures/letter/?dated__year=-1", secure=True),
        world.desk().get("/admin/signatures/signonevent/add/", secure=True),
    ]
    failing: list[tuple[Exception, int]] = [(ValueError(), 500), (OperationalError(), 503)]
    for error, _status in failing:

        def broken(*_arguments: Any, error: Exception = error) -> HttpResponse:
            raise error

        monkeypatch.setattr("signatures.pages.states._read", broken)
        answers.append(visitor.get("/", secure=True))
    assert {response.status_code for response in answers} >= {400, 403, 404, 405, 500, 503, 301}
    for response in answers:
        response.close()
    found = [Answer(one.wsgi_request.path, one) for one in answers]
    assert [lack for answer in found for lack in lacks(answer)] == []
