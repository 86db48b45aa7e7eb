"""The edge keeps letters up and true: deploy/nginx.conf, run by a real nginx."""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPException
from typing import Any

import pytest

from openletters import hardening
from openletters.caching import SHARED
from tests.edge.servers import App, Edge, Names, edge

LETTER = "/letters/a-letter/"
PAGES = [
    "/",
    "/ar/",
    LETTER,
    "/ar/letters/a-letter/",
    "/campaigns/a-campaign/",
    "/guide/",
    "/privacy/",
    "/letters/a-letter/signatories/",
    "/letters/a-letter/signatories.csv",
    "/letters/a-letter/count.json",
    "/letters/a-letter/share.png",
    "/letters/a-letter/letter.pdf",
    "/ar/letters/a-letter/letter.docx",
    "/letters/a-letter/badge.svg",
    "/ar/letters/a-letter/frame/",
    "/oembed.json",
    "/api/v1/letters",
    "/api/v1/letters/a-letter/editions/1",
    "/api/v1/docs",
]


def version(front: Edge, path: str = LETTER) -> int:
    """Return which version of a page a reader gets."""
    answer = front.ask(path)
    assert answer.status == 200
    return int(answer.text.split(" ")[1])


def new_second() -> None:
    """Wait for the beginning of a second, so that what follows is in one."""
    time.sleep(1 - time.time() % 1)


def early_in_a_second() -> None:
    """Wait until enough of a second is left for two requests, as it mostly is."""
    if time.time() % 1 > 0.6:
        new_second()


def seconds_until(condition: Callable[[], bool], limit: float = 5) -> float:
    """Return how long it takes for something to come true while somebody looks all the time."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < limit
        time.sleep(0.01)
    return time.monotonic() - started


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_is_asked_for_once_a_second(app: App, front: Edge, path: str) -> None:
    new_second()
    answers = [front.ask(path) for _ in range(20)]
    assert {answer.body for answer in answers} == {answers[0].body}
    assert len(app.asked) == 1
    headers = answers[-1].headers
    assert headers["cache-control"] == SHARED
    assert headers["vary"] == "Accept-Encoding"
    assert headers["etag"] == '"1-"'
    assert "x-accel-expires" not in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "path", ["/letters/a-letter/sign/", "/confirm/token/", "/sign-on/token/", "/admin/", "/x"]
)
def test_everything_else_is_asked_for_each_time(app: App, front: Edge, path: str) -> None:
    answers = [front.ask(path, Cookie="session=x") for _ in range(3)]
    assert len(app.asked) == 3
    if path != "/x":
        assert answers[0].headers["cache-control"] == "no-store"
        assert answers[0].headers["set-cookie"] == "csrf=x"
        assert app.asked[0][2]["cookie"] == "session=x"


@pytest.mark.parametrize("offset", [0.02, 0.5, 0.9])
def test_a_change_is_seen_within_two_seconds_by_readers_who_keep_reading(
    app: App, front: Edge, offset: float
) -> None:
    """Wherever in a second the page was kept, and the change came just after."""
    new_second()
    time.sleep(offset)
    assert version(front) == 1
    app.version = 2
    assert seconds_until(lambda: version(front) == 2) < 2.1
    assert {version(front) for _ in range(20)} == {2}


def test_the_first_reader_after_a_quiet_time_sees_the_change(app: App, front: Edge) -> None:
    assert version(front) == 1
    app.version = 2
    time.sleep(2.1)
    assert version(front) == 2


def test_a_page_that_has_not_changed_is_confirmed_and_not_sent_again(app: App, front: Edge) -> None:
    version(front)
    time.sleep(2.1)
    assert version(front) == 1
    assert app.asked[-1][2]["if-none-match"] == '"1-"'


def test_readers_who_have_the_page_are_told_so(app: App, front: Edge) -> None:
    answer = front.ask(LETTER)
    again = front.ask(LETTER, If_None_Match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    look = front.ask(LETTER, method="HEAD")
    assert (look.status, look.body) == (200, b"")
    assert look.headers["etag"] == answer.headers["etag"]


def test_a_thousand_readers_at_once_are_one_to_the_app(app: App, front: Edge) -> None:
    app.delay = 0.05

    def read(_number: int) -> float:
        started = time.monotonic()
        version(front)
        return time.monotonic() - started

    with ThreadPoolExecutor(50) as readers:
        new_second()
        first = list(readers.map(read, range(200)))
        asked = len(app.asked)
        new_second()
        second = list(readers.map(read, range(800)))
    assert asked <= 3
    assert len(app.asked) <= asked + 5
    assert max(first) < 1.0
    assert max(second) < 0.5


@pytest.mark.parametrize("path", PAGES)
def test_while_the_app_is_down_every_reader_is_served(app: App, front: Edge, path: str) -> None:
    before = front.ask(path).body
    app.stop()
    time.sleep(2.1)
    for _ in range(50):
        answer = front.ask(path)
        assert (answer.status, answer.body) == (200, before)
    app.start()
    app.version = 2
    assert seconds_until(lambda: version(front, path) == 2) < 2.5


@pytest.mark.parametrize(
    ("path", "silent"),
    [(LETTER, False), (LETTER, True), (f"{LETTER}signatories/", False), ("/static/x.css", False)],
)
def test_while_nobody_knows_where_the_app_is_every_reader_is_served(
    app: App, path: str, silent: bool
) -> None:
    """As in Docker, where the name of a service goes with its last container."""
    names = Names()
    resolver = f"resolver 127.0.0.1:{names.port} valid=1s ipv6=off;"
    with closing(names.socket), edge(app.port, "web.test", resolver) as front:
        before = front.ask(path).body
        assert front.ask("/admin/").status == 200
        app.stop()
        names.known, names.silent = False, silent
        time.sleep(3.1)
        with ThreadPoolExecutor(5) as readers:
            answers = list(readers.map(lambda _number: front.ask(path), range(10)))
        assert {(answer.status, answer.body) for answer in answers} == {(200, before)}
        away = front.ask("/admin/")
        assert (away.status, away.headers["retry-after"]) == (503, "10")
        assert "may not have arrived" in away.text  # the app can fall silent after storing it


@pytest.mark.parametrize("status", [500, 502, 503])
def test_while_the_app_fails_every_reader_is_served(app: App, front: Edge, status: int) -> None:
    version(front)
    app.status = status
    time.sleep(2.1)
    assert {version(front) for _ in range(20)} == {1}


def test_a_letter_that_is_public_no_more_does_not_come_back(app: App, front: Edge) -> None:
    version(front)
    app.status = 404
    time.sleep(2.1)
    assert front.ask(LETTER).status == 404
    app.stop()
    time.sleep(2.1)
    assert front.ask(LETTER).status == 404
    app.status = 200
    app.start()
    assert seconds_until(lambda: front.ask(LETTER).status == 200) < 2.5


def test_while_the_app_hangs_readers_get_the_page_after_two_seconds(app: App, front: Edge) -> None:
    version(front)
    time.sleep(2.1)
    app.delay = 8
    started = time.monotonic()
    with ThreadPoolExecutor(20) as readers:
        assert set(readers.map(lambda _number: version(front), range(20))) == {1}
    assert time.monotonic() - started < 4


def test_what_people_and_networks_append_to_addresses_is_dropped(app: App, front: Edge) -> None:
    new_second()
    for number in range(10):
        front.ask(f"{LETTER}?fbclid={number}&utm_source=x")
    assert [path for _method, path, _headers in app.asked] == [LETTER]


def test_a_list_is_asked_for_what_it_knows(app: App, front: Edge) -> None:
    path = "/letters/a-letter/signatories/"
    new_second()
    front.ask(f"{path}?q=%C3%A9cole+b&country=KE&x=1")
    front.ask(f"{path}?country=KE&q=%C3%A9cole+b")
    front.ask(f"{path}?q=other")
    assert [asked for _method, asked, _headers in app.asked] == [
        f"{path}?q=%C3%A9cole+b&country=KE&from=",
        f"{path}?q=other&country=&from=",
    ]


def test_a_program_is_asked_for_what_it_has_named(app: App, front: Edge) -> None:
    path = "/api/v1/letters/a-letter/signatories"
    new_second()
    front.ask(f"{path}?section=none&country=KE&x=1", Cookie="a=b", Authorization="Bearer x")
    front.ask(f"{path}?country=KE&section=none&q=")
    front.ask("/api/v1/letters/a-letter?language=ar&page=2")
    front.ask("/api/v1/letters?page=2")
    assert [asked for _method, asked, _headers in app.asked] == [
        f"{path}?country=KE&section=none&",
        "/api/v1/letters/a-letter?language=ar&",
        "/api/v1/letters?page=2&",
    ]
    assert not {"cookie", "authorization"} & {*app.asked[0][2]}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=1.0, gzip;q=0.5", "br"),
        ("gzip, br;q=0", "gzip"),
        ("x-brotli", ""),
        ("", ""),
    ],
)
def test_encodings_are_kept_apart(app: App, front: Edge, accepted: str, encoding: str) -> None:
    for other in ("br", "gzip", ""):
        front.ask(LETTER, Accept_Encoding=other)
    answer = front.ask(LETTER, Accept_Encoding=accepted)
    assert answer.headers.get("content-encoding", "") == encoding
    assert answer.text.split(" ")[2].startswith(encoding or "/")


POISON = [
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Scheme",
    "X-Forwarded-Server",
    "X-Forwarded-Prefix",
    "X-Host",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-HTTP-Method-Override",
    "X-Method-Override",
    "X-Forwarded-For",
    "X-Real-IP",
    "Forwarded",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Accept-Language",
    "Accept",
    "User-Agent",
    "Referer",
    "Origin",
    "Cookie",
    "Authorization",
    "Cache-Control",
    "Pragma",
    "Range",
    "If-Modified-Since",
    "If-None-Match",
    "X-Requested-With",
    "Via",
    "X-Request-ID",
    "Max-Forwards",
    "Transfer-Encoding-X",
]


@pytest.mark.parametrize("first", POISON)
def test_no_header_of_a_reader_reaches_another_reader(app: App, front: Edge, first: str) -> None:
    evil: Any = {first.replace("-", "_"): "evil.example"}
    early_in_a_second()
    poisoned = front.ask(LETTER, **evil)
    clean = front.ask(LETTER)
    assert poisoned.body == clean.body
    assert {**poisoned.headers, "date": ""} == {**clean.headers, "date": ""}
    assert len(app.asked) == 1 or first == "Range"
    received = app.asked[0][2]
    for name in ("cookie", "authorization", "cache-control", "pragma", "x-forwarded-host"):
        assert "evil" not in received.get(name, "")
    assert received["host"] == "letters.example.org"


def test_the_app_learns_one_address_and_only_proxies_are_believed(app: App, front: Edge) -> None:
    front.ask("/admin/", X_Forwarded_For="6.6.6.6, 203.0.113.9, 10.0.0.2")
    received = app.asked[0][2]
    assert received["x-forwarded-for"] == "203.0.113.9"
    assert received["x-forwarded-proto"] == "http"
    front.ask("/admin/", X_Forwarded_Proto="https")
    assert app.asked[1][2]["x-forwarded-proto"] == "https"


def test_a_form_that_is_too_large_is_refused(app: App, front: Edge) -> None:
    large = b"x" * 1_100_000
    assert front.ask("/letters/a-letter/sign/", method="POST", body=large).status == 413
    brought = ("signatoryimport/add/", "letter/from-document/", "letter/7/responses/add/")
    for page in brought:
        assert front.ask(f"/admin/signatures/{page}", method="POST", body=large).status == 200
    assert len(app.asked) == len(brought)


@pytest.mark.parametrize("path", ["/letters/a-letter/sign/", LETTER, "/"])
def test_a_flood_of_forms_is_refused_and_readers_are_not(app: App, front: Edge, path: str) -> None:
    sent = [front.ask(path, method="POST", body=b"x").status for _ in range(60)]
    assert sent[:41] == [200] * 41
    assert 429 in sent
    assert {front.ask(path).status for _ in range(60)} == {200}
    assert {front.ask(path, method="POST", X_Forwarded_For="203.0.113.9").status} == {200}


@pytest.mark.parametrize("path", [LETTER, "/letters/a-letter/sign/"])
def test_what_it_refuses_is_said_to_people_and_not_kept(app: App, front: Edge, path: str) -> None:
    large = front.ask(path, method="POST", body=b"x" * 1_100_000)
    flood = [front.ask(path, method="POST", body=b"x") for _ in range(60)][-1]
    for refused, status, said in (
        (large, 413, "too large"),
        (flood, 429, "again in a minute"),
        (front.ask("/metrics"), 404, "no such page"),
    ):
        assert refused.status == status
        assert said in refused.text
        assert refused.headers["content-type"] == "text/html; charset=utf-8"
        assert refused.headers["cache-control"] == "no-store"
        assert refused.headers["content-security-policy"] == hardening.NOT_SHOWN
        assert refused.headers.get("retry-after") == ("10" if status == 429 else None)


@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
def test_what_is_for_our_own_machines_is_not_found(app: App, front: Edge, path: str) -> None:
    assert front.ask(path).status == 404
    assert not app.asked


def test_files_are_kept_while_the_app_is_down(app: App, front: Edge) -> None:
    path = "/static/signatures/site.0123abcd.css"
    answers = [front.ask(path, Accept_Encoding=encoding).text for encoding in ("br", "gzip", "")]
    assert len(set(answers)) == 3
    app.stop()
    assert [front.ask(path, Accept_Encoding=one).text for one in ("br", "gzip", "")] == answers


def test_the_log_tells_nothing_about_anybody(app: App, front: Edge) -> None:
    secrets = ("/confirm/SECRET/", "/ar/sign-on/SECRET/?done=SECRET", "/confirm-address/SECRET/")
    private = ("/private/SECRET/", "/fr/private/SECRET/letters/a-letter/", "/private/SECRET/sign/")
    for path in (*secrets, *private, "/unsubscribe/SECRET/"):
        front.ask(path, X_Forwarded_For="203.0.113.9", User_Agent="Canary", Referer="http://ref/")
    front.ask("/admin/set-password/MQ/SECRET/", X_Forwarded_For="203.0.113.9")
    front.ask(f"{LETTER}?q=Canary")
    app.stop()
    front.ask("/confirm/SECRET/")
    seconds_until(lambda: front.log().count("\n") >= 9, limit=10)
    log = front.log()
    assert '"path":"/confirm/..."' in log
    assert '"path":"/ar/sign-on/..."' in log
    assert '"path":"/fr/private/..."' in log
    for personal in ("SECRET", "203.0.113.9", "127.0.0.1", "Canary", "ref"):
        assert personal not in log


def test_an_edge_that_cannot_write_tells_nothing_about_anybody(app: App, front: Edge) -> None:
    for folder in ("body", "cache"):
        shutil.rmtree(front.folder / folder)
        (front.folder / folder).touch()
    large = b"x" * 300_000  # does not fit into memory
    answer = front.ask("/confirm/SECRET/", method="POST", body=large, X_Forwarded_For="203.0.113.9")
    assert answer.status == 500
    with suppress(HTTPException):
        front.ask(LETTER, X_Forwarded_For="203.0.113.9")
    seconds_until(lambda: front.log().count('"path"') >= 2, limit=10)
    for personal in ("SECRET", "203.0.113.9"):
        assert personal not in front.log()
