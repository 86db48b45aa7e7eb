"""Every address of the site, with every method, for everybody: who may see, and who may send.

The addresses are read from the site itself. One that stands in no table of `tables.py` fails the
test: whoever adds a page says there whom it is for.
"""

from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings

from tests.inline import Inline
from tests.staff.steps import give_password, log_in
from tests.who_may.tables import MODELS, NAMELESS, PAGES, STAFF, is_door, may, rule
from tests.who_may.world import Address, World, patterns

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST")

PASSING = ("sessions.Session", "signatures.Presence", "axes.AccessAttempt")
"""Tables in which looking leaves a trace: who is logged in, and who looks at what right now."""


def digest() -> dict[str, list[Any]]:
    """Return all rows of all tables in which looking leaves no trace."""
    kept = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label not in PASSING:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')  # noqa: S608
                kept[model._meta.label] = [
                    [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
                    for row in cursor.fetchall()
                ]
    return kept


def entered(world: World, who: str) -> Client:
    """Return a browser of somebody, by the first letter of their role or in a state of its own."""
    browser = Client()
    if who in world.staff:
        log_in(browser, world.staff[who])
    elif who == "password only":
        give_password(browser, world.staff["a"])
    elif who == "deactivated":
        log_in(browser, world.staff["a"])
        User.objects.filter(pk=world.staff["a"].pk).update(is_active=False)
    return browser


def ask(browser: Client, method: str, url: str, *, undo: bool) -> Any:
    """Ask, and keep the cookies as they were; `undo` what the database was told as well."""
    cookies = browser.cookies
    browser.cookies = SimpleCookie(cookies.output(header="", sep=";"))
    with transaction.atomic():
        answer = browser.generic(
            method, url, "post=yes", content_type="application/x-www-form-urlencoded"
        )
        transaction.set_rollback(undo)
    browser.cookies = cookies
    return answer


def wrong(answer: Any, method: str, who: str, address: Address) -> str:
    """Return what is wrong with an answer, or nothing."""
    see, send = rule(address.name)
    status = answer.status_code
    to_login = status == 302 and answer.headers["Location"].startswith("/admin/login/")
    is_out = to_login or status in {401, 403, 404, 405}
    if status >= 500:
        return "broken"
    if method in {"GET", "HEAD"}:
        let_in = may(who, see)
    elif method == "POST":
        let_in = may(who, send)
    else:
        # No page knows these: its readers see what they see anyway, or that it does not.
        return "" if is_out or may(who, see) or may(who, send) else "let in"
    if is_out and let_in:
        known = address.name == "(?P<url>.*)$" or is_door(address.name)
        return "" if known else "kept out"
    return "let in" if let_in < (not is_out) else ""


def faults(answer: Any, address: Address) -> list[str]:
    """Return what a page holds, or lacks, that none may."""
    found = []
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        found.append(f"policy {policy!r}")
    framed = address.name == "frame" and answer.status_code == 200  # the one page that may be
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        **({} if framed else {"X-Frame-Options": "DENY"}),
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        if headers.get(name) not in {value, "no-referrer"}:
            found.append(f"{name}: {headers.get(name)}")
    if address.url.startswith("/admin/") and headers.get("Cache-Control") != "no-store":
        found.append(f"Cache-Control: {headers.get('Cache-Control')}")
    if "html" in headers.get("Content-Type", "") and (inline := Inline(answer.content).found):
        found.append(f"inline {inline[0]}")
    return found


PEOPLE = ("nobody", "password only", "deactivated", *STAFF, "s")


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_sees_and_sends_what_is_theirs_and_nothing_else(
    settings: Settings, who: str
) -> None:
    """And whatever is not a POST of somebody who may leaves every row as it was."""
    settings.MFA_REQUIRED = True
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    world = World()
    browser = entered(world, who)
    before = digest()
    surprises = []
    for address in world.addresses():
        _see, send = rule(address.name)
        for method in METHODS:
            undo = method == "POST" and (may(who, send) or is_door(address.name))
            answer = ask(browser, method, address.url, undo=undo)
            found = [wrong(answer, method, who, address), *faults(answer, address)]
            surprises += [
                f"{method} {address.name} {address.url}: {answer.status_code} {what}"
                for what in found
                if what
            ]
    assert not surprises, "\n".join(surprises)
    after = digest()
    assert [table for table in before if before[table] != after[table]] == []


def test_the_tables_name_no_address_that_there_is_not() -> None:
    there = {name for name, _route in patterns(get_resolver())}
    assert set(PAGES) <= there
    assert set(NAMELESS) <= there
    assert {f"admin:{model}_change" for model in MODELS} <= there
