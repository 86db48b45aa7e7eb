"""Who may keep which answer, and how pages that are kept ready stay true."""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from openletters import caching
from signatures.models import Letter, Signature
from signatures.pages import kept, letters, states
from signatures.pages.kept import Page, Shelf, wanted_encoding
from tests.factories import make_campaign, make_letter, make_organization, make_signature

pytestmark = pytest.mark.django_db

LETTER = "/letters/a-letter/"
PUBLIC = [
    "/",
    "/campaigns/a-campaign/",
    LETTER,
    "/letters/a-letter/signatories/",
    "/letters/a-letter/signatories/?q=water",
    "/letters/a-letter/signatories/?country=KE",
    "/letters/a-letter/signatories.csv",
    "/letters/a-letter/count.json",
    "/letters/a-letter/share.png",
    "/ar/letters/a-letter/",
    "/privacy/",
    "/guide/",
]
ELSEWHERE = ("/campaigns/a-campaign/", "/privacy/", "/guide/")  # no letter without a campaign
SOON = timedelta(days=5)


# Who may keep what


def addresses(resolver: URLResolver, way: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the name of every address there is, with the namespaces it stands in."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inside = (*way, entry.namespace) if entry.namespace else way
            yield from addresses(entry, inside)
        elif isinstance(entry, URLPattern):
            yield ":".join((*way, entry.name or str(entry.pattern)))


def test_only_the_reading_pages_may_be_kept_by_others() -> None:
    """Every address is named here or private: a new one has to be thought about."""
    every = set(addresses(get_resolver()))
    assert every >= caching.PUBLIC | caching.FOREVER
    assert {"colours", "logo"} == caching.FOREVER
    private = every - caching.PUBLIC - caching.FOREVER
    own = {"confirm", "confirm-address", "edition-verify", "erase", "held-json", "security-txt"}
    own |= {"sign", "sign-on", "sign-sent", "unsubscribe", "verify"}
    own |= {f"api:{name}" for name in ("api-root", "campaign-sign-ons", "letter-sign-ons")}
    assert {name for name in private if not name.startswith(("admin:", "private"))} == own


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_may_be_kept_for_a_second(client: Client, path: str) -> None:
    make_signature(make_letter(campaign=make_campaign()))
    response = client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == caching.SHARED
    assert response["Vary"] == "Accept-Encoding"
    assert re.fullmatch(r'"\d+-(en|ar)-[0-9a-f]{12}"', response["ETag"])
    assert re.fullmatch(r"@\d{10}", response["X-Accel-Expires"])
    assert not response.cookies


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/letters/a-letter/sign/", 200),
        ("post", "/letters/a-letter/sign/", 200),
        ("get", "/letters/a-letter/sign/sent/", 200),
        ("post", "/letters/another/", 405),
        ("get", "/letters/another/sign/", 404),
        ("get", "/letters/a-letter", 301),
        ("post", LETTER, 405),
        ("get", "/confirm/forged/", 404),
        ("get", "/sign-on/forged/", 404),
        ("get", "/admin/", 302),
        ("get", "/admin/login/", 200),
        ("get", "/static/none.css", 404),
        ("get", "/%00", 400),
        ("get", "/nothing-here/", 404),
    ],
)
def test_nothing_else_is_kept(client: Client, method: str, path: str, status: int) -> None:
    make_letter()
    response = getattr(client, method)(path)
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response
    assert "X-Accel-Expires" not in response


@pytest.mark.parametrize(
    "path", ["/letters/another/", "/campaigns/another/", f"{LETTER}count.json"]
)
def test_that_there_is_no_such_page_takes_the_place_of_the_page(client: Client, path: str) -> None:
    """Caches that keep nothing in its place would send the page again while we are down."""
    make_letter().unpublish()
    response = client.get(path)
    assert response.status_code == 404
    assert response["Cache-Control"] == caching.SHARED
    assert re.fullmatch(r"@\d{10}", response["X-Accel-Expires"])
    assert "ETag" not in response
    assert not response.cookies


# The same page again


@pytest.mark.parametrize("path", PUBLIC)
def test_who_has_the_page_is_told_so(client: Client, path: str) -> None:
    make_signature(make_letter(campaign=make_campaign()))
    tag = client.get(path)["ETag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        response = client.get(path, headers={"if-none-match": known})
        assert response.status_code == 304
        assert response.content == b""
        assert response["ETag"] == tag
        assert response["Cache-Control"] == caching.SHARED
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_page_that_is_ready_takes_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_signature(make_letter(campaign=make_campaign()))
    for path in PUBLIC:
        if "?q=" not in path:
            first = client.get(path).content
            with django_assert_num_queries(1):
                assert client.get(path).content == first


def test_what_people_search_for_is_not_kept(client: Client) -> None:
    make_signature(make_letter())
    client.get("/letters/a-letter/signatories/?q=water")
    assert not kept.shelf._pages


def test_words_that_a_page_knows_nothing_of_do_not_make_it_another(client: Client) -> None:
    make_letter()
    first = client.get(LETTER)
    second = client.get(f"{LETTER}?fbclid=x&utm_source=y")
    assert second["ETag"] == first["ETag"]
    assert len(kept.shelf._pages) == 1


CHANGES: dict[str, Callable[[Letter], object]] = {
    "sign": lambda letter: make_signature(letter, "Another"),
    "withdraw": lambda letter: letter.signatures.get().withdraw(),
    "relist": lambda letter: letter.signatures.get().relist("Other", "", None),
    "strike": lambda letter: letter.signatures.get().strike(),
    "close": lambda letter: letter.close(),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("path", [path for path in PUBLIC if path not in ELSEWHERE])
def test_a_change_is_on_the_page_at_once(client: Client, path: str, change: str) -> None:
    letter = make_letter()
    make_signature(letter)
    before = client.get(path)["ETag"]
    CHANGES[change](letter)
    response = client.get(path, headers={"if-none-match": before})
    assert response.status_code == 200
    assert response["ETag"] != before


def test_the_page_says_since_when_its_count_stands(client: Client) -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False):
        make_signature(make_letter())
    with time_machine.travel("2026-11-03T12:00:00Z", tick=False):
        assert "as of 1 November 2026, 10:00 (UTC)" in client.get(LETTER).content.decode()
        answer = client.get(f"{LETTER}count.json").json()
        assert answer == {"count": 1, "withheld": 0, "as_of": "2026-11-01T10:00:00Z"}


def test_time_changes_a_page_without_anybody_doing_anything(client: Client) -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as clock:
        now, campaign = timezone.now(), make_campaign()
        make_letter(campaign=campaign, closes_at=now + timedelta(days=2))
        make_letter(slug="later", campaign=campaign, opens_at=now + timedelta(hours=1))
        seen = []
        for hours in (0, 2, 20, 70):
            clock.move_to(now + timedelta(hours=hours))
            response = client.get(LETTER)
            html = response.content.decode()
            seen.append((response["ETag"], "/letters/later/" in html, "closes in" in html))
        clock.move_to(now + timedelta(hours=71))
        assert client.get(LETTER)["ETag"] == seen[-1][0]
    tags, sibling, closing = zip(*seen, strict=True)
    assert len(set(tags)) == 4
    assert sibling == (False, True, True, True)
    assert closing == (True, True, False, False)


def test_every_language_and_encoding_has_a_tag_of_its_own(client: Client) -> None:
    make_letter()
    tags = {
        client.get(path, headers={"accept-encoding": encoding})["ETag"]
        for path in (LETTER, "/ar" + LETTER)
        for encoding in ("br", "gzip", "")
    }
    assert len(tags) == 6


def test_two_processes_make_the_same_bytes_of_the_same_state(client: Client) -> None:
    make_signature(make_letter())
    first = client.get(LETTER, headers={"accept-encoding": "gzip"})
    kept.shelf.clear()
    with time_machine.travel(timezone.now() + timedelta(seconds=90)):
        second = client.get(LETTER, headers={"accept-encoding": "gzip"})
    assert (first["ETag"], first.content) == (second["ETag"], second.content)


def test_another_release_makes_other_tags(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_letter()
    before = client.get(LETTER)["ETag"]
    monkeypatch.setattr(states, "release", lambda: "another")
    assert client.get(LETTER)["ETag"] != before


@pytest.mark.parametrize("part", ["requirements.lock", "templates/base.html", "openletters/a.py"])
def test_another_library_template_or_line_is_another_release(
    tmp_path: Path, settings: Settings, part: str
) -> None:
    settings.BASE_DIR = tmp_path
    releases = set()
    (tmp_path / part).parent.mkdir(exist_ok=True)
    for words in ("one", "another", "one"):
        (tmp_path / part).write_text(words)
        releases.add(states.release.__wrapped__())
    assert len(releases) == 2


def test_a_letter_that_changes_while_it_is_read_is_read_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count of one moment over the list of another would be neither."""
    letter = make_letter()
    make_signature(letter, "Amal")
    read, late = letters.in_order, ["Beit", "Cairo"]

    def meanwhile(rows: Any) -> Any:
        if late:
            make_signature(letter, late.pop())
        return read(rows)

    monkeypatch.setattr(letters, "in_order", meanwhile)
    response = client.get(LETTER)
    html = response.content.decode()
    assert "<b>3</b>" in html
    assert html.count("<li><bdi>") == 3
    assert "ETag" in response


def test_a_letter_that_never_stands_still_is_shown_and_not_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter()
    read, names = letters.in_order, (f"Name {number}" for number in range(100))

    def meanwhile(rows: Any) -> Any:
        make_signature(letter, next(names))
        return read(rows)

    monkeypatch.setattr(letters, "in_order", meanwhile)
    response = client.get(LETTER)
    assert response.status_code == 200
    assert "ETag" not in response
    assert not kept.shelf._pages


# Compressed


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("BR", "br"),
        ("gzip", "gzip"),
        ("gzip; q=0.0", ""),
        ("identity", ""),
        ("brotli", ""),
        ("*", ""),
        ("", ""),
    ],
)
def test_the_best_encoding_that_a_reader_takes_is_chosen(accepted: str, encoding: str) -> None:
    assert wanted_encoding(accepted) == encoding


@pytest.mark.parametrize(
    ("encoding", "unpack"),
    [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)],
)
def test_pages_are_sent_compressed(client: Client, encoding: str, unpack: Any) -> None:
    make_signature(make_letter(), "Amal")
    plain = client.get(LETTER).content
    response = client.get(LETTER, headers={"accept-encoding": encoding})
    assert response.get("Content-Encoding", "") == encoding
    assert unpack(response.content) == plain
    assert int(response["Content-Length"]) == len(response.content)


def test_a_few_bytes_are_sent_as_they_are(client: Client) -> None:
    make_letter()
    response = client.get(f"{LETTER}count.json", headers={"accept-encoding": "br, gzip"})
    assert "Content-Encoding" not in response
    assert response["Vary"] == "Accept-Encoding"


# The shelf


def test_what_was_not_asked_for_longest_makes_room(settings: Settings) -> None:
    settings.PAGE_CACHE_BYTES = 1000
    shelf = Shelf()
    for name in ("a", "b", "c"):
        shelf.put(name, Page(b"x" * 150))
    assert shelf.get("a")
    shelf.put("d", Page(b"x" * 150))
    assert [name for name in "abcd" if shelf.get(name)] == ["a", "c", "d"]


def test_a_page_replaces_its_older_self(settings: Settings) -> None:
    settings.PAGE_CACHE_BYTES = 1000
    shelf = Shelf()
    for number in range(50):
        shelf.put("a", Page(b"x" * 240 + b"%d" % number))
    shelf.put("b", Page(b"x" * 150))
    page = shelf.get("a")
    assert page
    assert page.body.endswith(b"49")


def test_a_page_too_large_for_the_shelf_is_sent_and_not_kept(
    client: Client, settings: Settings
) -> None:
    settings.PAGE_CACHE_BYTES = 1000
    make_letter()
    assert client.get(LETTER).status_code == 200
    assert not kept.shelf._pages


# Without the database


class Fault:
    """A database that is away while `away` is set, and counts who asks."""

    def __init__(self) -> None:
        self.away = True
        self.asked = 0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.asked += 1
        if self.away:
            raise OperationalError
        return execute(*arguments)


@pytest.fixture
def fault() -> Iterator[Fault]:
    fault = Fault()
    yield fault
    kept.outage.ends()


def test_a_letter_stays_up_while_the_database_is_away(client: Client, fault: Fault) -> None:
    make_signature(make_letter())
    before = client.get(LETTER)
    with connection.execute_wrapper(fault):
        for _ in range(20):
            response = client.get(LETTER)
            assert (response.status_code, response.content) == (200, before.content)
            assert response["Cache-Control"] == caching.SHARED
    assert fault.asked == 1  # the others did not wait for it


def test_the_database_is_asked_again_after_a_while(client: Client, fault: Fault) -> None:
    make_letter()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.get(LETTER)
        with connection.execute_wrapper(fault):
            client.get(LETTER)
            clock.shift(3)
            client.get(LETTER)
            assert fault.asked == 2
            fault.away = False
            clock.shift(1)
            client.get(LETTER)
            assert fault.asked == 2
            clock.shift(2)
            client.get(LETTER)
            client.get(LETTER)
            assert fault.asked == 4


def test_a_page_nobody_could_confirm_for_a_day_is_not_sent(client: Client, fault: Fault) -> None:
    make_letter()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.get(LETTER)
        clock.shift(24 * 3600 + 1)
        with connection.execute_wrapper(fault), pytest.raises(OperationalError):
            client.get(LETTER)


def test_nor_while_others_are_sent(client: Client, fault: Fault) -> None:
    make_letter()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.get(LETTER)
        clock.shift(24 * 3600 + 1)
        client.get("/")
        with connection.execute_wrapper(fault):
            assert client.get("/").status_code == 200
            with pytest.raises(OperationalError):
                client.get(LETTER)


def test_a_letter_that_is_public_no_more_does_not_come_back(client: Client, fault: Fault) -> None:
    letter = make_letter()
    client.get(LETTER)
    letter.unpublish()
    assert client.get(LETTER).status_code == 404
    with connection.execute_wrapper(fault), pytest.raises(OperationalError):
        client.get(LETTER)


def test_a_page_that_is_gone_tells_that_the_database_is_back(client: Client, fault: Fault) -> None:
    letter, other = make_letter(), make_letter(slug="another")
    other_page = "/letters/another/"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.get(LETTER)
        client.get(other_page)
        with connection.execute_wrapper(fault):
            client.get(LETTER)
            fault.away = False
            letter.unpublish()
            make_signature(other, "Beit")
            clock.shift(3)
            assert client.get(LETTER).status_code == 404
            assert "Beit" in client.get(other_page).content.decode()


def test_a_page_that_was_never_made_cannot_be_sent(client: Client, fault: Fault) -> None:
    make_letter()
    with connection.execute_wrapper(fault), pytest.raises(OperationalError):
        client.get(LETTER)


# The count


def test_the_count_is_that_of_the_rows_after_every_change() -> None:
    letter, other = make_letter(), make_letter(slug="other")
    organizations = [make_organization(f"Organisation {number}") for number in range(4)]

    def is_true() -> bool:
        told = dict(Letter.objects.values_list("pk", "signatory_count"))
        rows = {one.pk: one.signatures.current().count() for one in (letter, other)}
        return told == rows

    for organization in organizations:
        make_signature(letter, organization)
        make_signature(other, organization)
        assert is_true()
    Signature.objects.filter(letter=letter)[0].withdraw()
    assert is_true()
    Signature.objects.filter(organization=organizations[2]).strike()
    assert is_true()
    assert Letter.objects.get(pk=letter.pk).signatory_count == 2
