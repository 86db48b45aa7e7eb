"""Every address of the site with what nobody should ask for: an answer, never a failure."""

from collections.abc import Callable, Iterator
from itertools import cycle, product
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile.addresses import (
    PARAMETER,
    addresses,
    filled,
    in_languages,
    routes,
)
from tests.hostile.crawling import kind_of
from tests.hostile.world import World, furnish

pytestmark = pytest.mark.django_db

VALUES = (
    "%00",
    "a%00b",
    "%FF%FE",
    "%ED%A0%80",  # half of a surrogate pair
    "%C0%AF",  # a slash, overlong
    "%252e%252e%252f",
    "..%2f..%2fetc%2fpasswd",
    "-1",
    "0",
    "00",
    "1e999",
    "NaN",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999999999",
    "%D9%A1%D9%A2",  # digits, but Arabic
    "%C2%B2",  # a digit that is no number
    "1%20OR%201=1",
    "%27",
    "%22%3E%3Cscript%3E",
    "%F0%9F%92%A9",
    "%E2%80%AE",
    "%0d%0aX-Injected:%201",
    "%7B%7B7*7%7D%7D",
    "%25",
    "%25s%25n",
    "_2F_00",  # the admin's own way of quoting
    "_00",
    "x",
    "..",
    ".",
    "~",
    "a" * 3000,
    "1" * 5000,
    "None",
    "[]",
    "%5B%5D",
)
"""What may stand in an address, as it is sent."""

TERMS = (
    "q",
    "country",
    "from",
    "done",
    "page",
    "next",
    "language",
    "verdict",
    "find",
    "with",
    "p",
    "o",
    "e",
    "all",
    "_facets",
    "_popup",
    "_to_field",
    "_changelist_filters",
    "_saved_filter",
    "term",
    "app_label",
    "model_name",
    "field_name",
    "status",
    "status__exact",
    "letter",
    "source",
    "assigned",
    "section",
    "parent",
    "id__in",
    "pk__exact",
    "created_at__gte",
    "letters__id__exact",
    "email",
    "email__startswith",
    "password__startswith",
    "organization__parent__id__exact",
    "dated__year",
    "letter__id__exact",
    "index",
    "select_across",
    "ids",
    "tickets",
    "name",
    "slug",
)
"""What pages of the site, of the admin and of their crackers ask for."""

NO_KEYS = ("x", "99999999999999999999999")
"""Values that a column of numbers does not hold."""

KINDS = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/json",
    f"multipart/form-data; boundary={'x' * 5000}",
    "a/b; charset=utf-7",
    "application/x-www-form-urlencoded; charset=nonsense",
)
BODIES = (
    b"",
    b"\0",
    b"name=\xff%ff%00&letters=\x00",
    b"--x\r\n\r\n--x--",
    b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff',
    b"&" * 5000,
    b"name=%u0041&=&&;",
    b"[" * 5000,
)
AUTOCOMPLETE = "/admin/autocomplete/?app_label=signatures&model_name=organization&field_name=parent"
HEADERS: tuple[str, ...] = (
    "Accept-Language",
    "Accept-Encoding",
    "Cookie",
    "If-None-Match",
    "Range",
    "If-Modified-Since",
    "X-Desk",
    "X-Forwarded-Proto",
    "Origin",
    "Referer",
)
CONTENT = (
    "\x00",
    "\xff\xfe",
    "a" * 10_000,
    "%00",
    "Thu, 99 Foo 99999",
    "bytes=9-1",
    "*",
    "https://[",
)


@pytest.fixture
def world() -> World:
    return furnish()


def failures(
    ask: Callable[[str], object], addresses: Iterator[str] | list[str]
) -> list[tuple[str, object]]:
    """Ask for each; return those that are answered with a failure."""
    failed = []
    for address in addresses:
        with transaction.atomic():
            status = ask(address)
            transaction.set_rollback(True)
        if not isinstance(status, int) or status >= 500:
            failed.append((address[:200], status))
    return failed


def asking(client: Client, method: str = "get") -> Callable[[str], object]:
    return lambda address: getattr(client, method)(address).status_code


def with_bad_parameters() -> Iterator[str]:
    """Every route with some of the values in each of its parameters; of public ones, with all."""
    values = cycle(VALUES)
    for route, _name in routes():
        count = len(PARAMETER.findall(route))
        for place in range(count):
            for _round in range(7 if route.startswith("admin/") else len(VALUES)):
                filling = iter(["1"] * place + [next(values)] + ["1"] * count)
                yield filled(route, tuple(next(filling) for _each in range(count)))


def with_bad_queries(world: World) -> Iterator[str]:
    """Every page with every term, and over all pages every value in each of them."""
    values = cycle(VALUES)
    pages = {kind_of(address): address for address in addresses(world)}
    for address in pages.values():
        terms = "&".join(f"{term}={next(values)}" for term in TERMS)
        yield f"{address}?{terms}"


def with_one_bad_term() -> Iterator[str]:
    """Pages of the desk that read a query, each term alone with what is no number or no key."""
    places = [f"/admin/signatures/{kind}/" for kind in ("letter", "organization")]
    places += ["/admin/signatures/organization/add/"]
    for place in (*(f"{one}?" for one in places), f"{AUTOCOMPLETE}&"):
        for number, term in enumerate(TERMS, start=connection.vendor == "postgresql"):
            yield f"{place}{term}={NO_KEYS[number % 2]}"


def test_no_parameter_makes_an_address_fail(world: World) -> None:
    bad = list(with_bad_parameters())
    assert len(bad) > 800
    public = [address for address in bad if not address.startswith("/admin/")]
    assert not failures(asking(Client(raise_request_exception=False)), public)
    assert not failures(asking(Client(raise_request_exception=False), "post"), public)
    assert not failures(asking(world.desk()), [one for one in bad if one not in public])


def test_no_query_makes_a_page_fail(world: World) -> None:
    bad = list(with_bad_queries(world))
    assert len(bad) > 100
    assert not failures(asking(Client(raise_request_exception=False)), bad)
    assert not failures(asking(world.desk()), bad)


def test_no_term_makes_a_page_fail(world: World) -> None:
    assert not failures(asking(world.desk()), list(with_one_bad_term()))


@pytest.mark.parametrize("query", ["letter/?dated__year=-1", "signon/?q=%00"])
def test_a_query_that_cannot_be_read_is_refused_in_words(world: World, query: str) -> None:
    response = world.desk().get(f"/admin/signatures/{query}")
    assert response.status_code == 400
    assert "That cannot be read" in response.content.decode()


def test_a_mistake_of_ours_stays_a_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ValueError

    monkeypatch.setattr("signatures.admin.queue.QueueAdmin.get_ordering", broken)
    assert world.desk().get("/admin/signatures/signon/").status_code == 500


def test_no_header_makes_a_page_fail(world: World) -> None:
    client = Client(raise_request_exception=False)
    for header in HEADERS:
        for value in CONTENT:
            name = f"HTTP_{header.upper().replace('-', '_')}"
            sent: Any = {name: value}
            assert client.get("/letters/open/", **sent).status_code < 500
            assert client.post("/letters/open/sign/", {}, **sent).status_code < 500


def test_no_body_makes_a_form_fail(world: World) -> None:
    visitor, desk = Client(raise_request_exception=False), world.desk()
    places = [(visitor, "/letters/open/sign/"), (desk, "/admin/login/")]
    places += [(desk, f"/admin/signatures/{one}/add/") for one in ("letter", "signatoryimport")]
    for kind, body in product(KINDS, BODIES):
        for sender, address in places:
            status = sender.generic("POST", address, body, kind).status_code
            assert status < 500, (kind, body, address)


def test_nothing_made_up_makes_a_page_fail(world: World) -> None:
    desk, visitor = world.desk(), Client(raise_request_exception=False)
    pages = [one for address in addresses(world) for one in in_languages(address)]
    queries = st.lists(st.tuples(st.sampled_from(TERMS), st.text(max_size=30)), max_size=4)

    @settings(max_examples=50, deadline=None, database=None, derandomize=True)
    @given(st.sampled_from(pages), queries, st.text(max_size=8))
    def ask(page: str, terms: list[tuple[str, str]], tail: str) -> None:
        query = "&".join(f"{term}={escaped(value)}" for term, value in terms)
        bad = [f"{page}?{query}", f"{page}{escaped(tail)}/?{query}"]
        assert not failures(asking(visitor), bad)
        assert not failures(asking(desk), bad)

    ask()


def escaped(value: str) -> str:
    return quote(value, safe="", errors="surrogatepass")
