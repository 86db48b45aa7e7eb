"""Through the edge to the real app, and past it: answers nobody can poison, requests too large."""

import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from signatures.emails import confirm_path, private_path
from signatures.models import SignOn
from tests.edge.servers import Edge, edge
from tests.factories import make_letter, make_sign_on, make_signature
from tests.servers import Served, served

pytestmark = pytest.mark.django_db(transaction=True)

HOST: Any = {"Host": "127.0.0.1"}
EVIL = "evil.example"

UNKEYED = (
    *(("X-Forwarded-Host", EVIL), ("X-Forwarded-Port", "1337"), ("X-Forwarded-Server", EVIL)),
    *(("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-Scheme", "nothttps"), ("X-Host", EVIL)),
    *(("Forwarded", f"for=1.2.3.4;host={EVIL};proto=https"), ("X-Original-URL", "/admin/")),
    *(("X-Rewrite-URL", "/admin/"), ("X-HTTP-Method-Override", "POST"), ("X-HTTP-Method", "PUT")),
    *(("X-Method-Override", "DELETE"), ("X-Original-Host", EVIL), ("X-HTTP-Host-Override", EVIL)),
    *(("Origin", f"https://{EVIL}"), ("Referer", f"https://{EVIL}/"), ("User-Agent", "evil")),
    *(("Accept-Language", "ar"), ("Accept", "application/json"), ("Accept-Charset", "utf-7")),
    *(("Cookie", "language=ar; sessionid=evil; csrftoken=evil"), ("Authorization", "Bearer evil")),
    *(("X-Requested-With", "XMLHttpRequest"), ("X-Desk", "1"), ("Range", "bytes=0-3")),
    *(("If-None-Match", '"evil"'), ("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT")),
    *(("If-Range", '"evil"'), ("Expect", "evil"), ("Max-Forwards", "0"), ("Via", "1.1 evil")),
    *(("Cache-Control", "no-transform"), ("Pragma", "evil"), ("TE", "trailers"), ("DNT", "1")),
    *(("Purpose", "prefetch"), ("Save-Data", "on"), ("X-Real-IP", "1.2.3.4")),
    *(("X-Forwarded-For", "1.2.3.4"), ("X-Request-ID", "evil"), ("X-Wap-Profile", "evil")),
    *(("X-Script-Name", "/evil"), ("Script-Name", "/evil"), ("X-CSRFToken", "evil")),
    *(("HX-Request", "true"), ("X-Accel-Redirect", "/metrics"), ("X-Accel-Expires", "9")),
)
"""What a page may depend on, and no cache of ours asks for."""

CLOAKED = (
    "utm_content=1;q=Beit",
    "%71=Beit",
    "q%5B%5D=Beit",
    "q=&q=Beit",
    "q=%26q=Beit",
    "country=&country=PS",
    "page=2&q=",
    "_method=POST&q=",
    "language=ar",
    "q;=Beit",
    "callback=evil",
)
"""Queries that a cache and an app may understand differently."""


@pytest.fixture
def server() -> Iterator[Served]:
    make_signature(make_letter(), "Amal")
    with served(workers=1, SECRET_KEY=settings.SECRET_KEY) as server:
        yield server


@pytest.fixture
def front(server: Served) -> Iterator[Edge]:
    with edge(server.port) as front:
        yield front


def slugs() -> list[str]:
    """Return a letter for each attack, so that none finds what another has left."""
    return [f"letter-{number:03}" for number in range(len(UNKEYED) + len(CLOAKED) + 3)]


def same(body: bytes, slug: str) -> bytes:
    """Return a page without what differs from letter to letter, or from second to second."""
    return re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"NOW", body.replace(slug.encode(), b"SLUG"))


def test_no_header_query_or_body_poisons_a_page(front: Edge) -> None:
    assert len(UNKEYED) >= 30
    rest = iter(slugs())
    with transaction.atomic():
        for slug in slugs():
            make_signature(make_letter(slug), f"Amal {slug}")

    def attacked(path: str, **attack: Any) -> bytes:
        """Return what a reader gets after an attack."""
        slug = next(rest)
        address = f"/letters/{slug}/"
        front.ask(f"{address}{path}", **(HOST | attack))
        ours = front.ask(address + path.partition("?")[0], **HOST)
        assert ours.status == 200, (path, attack)
        assert EVIL not in str(ours.headers), attack
        assert "set-cookie" not in ours.headers, attack
        return same(ours.body, slug)

    clean = attacked("")
    assert b"Amal SLUG" in clean
    for name, value in UNKEYED:
        assert attacked("", **{name: value}) == clean, name
    listed = attacked("signatories/")
    assert attacked("signatories/?q=", body=b"q=Beit&country=PS") == listed  # a fat GET
    for query in CLOAKED:
        assert attacked(f"signatories/?{query}") == listed, query


def test_what_is_private_is_kept_by_no_cache_under_any_name(front: Edge, server: Served) -> None:
    sign_on = make_sign_on([make_letter("another")], status=SignOn.Status.PENDING)
    secret = private_path(sign_on)
    private = (secret, confirm_path(sign_on), "/letters/a-letter/sign/", "/admin/login/", "/admin/")
    dressed_up = (
        *("x.css", "..%2f..%2fprivacy/", "%2e%2e/..%2fprivacy/", ";x.css", "%00.css", "?x.css"),
        *("%3fx.css", "%23x.css", "..%2f..%2fletters%2fa-letter/", "static/x.css"),
    )
    told = [f"{secret}{one}" for one in dressed_up]
    told += [f"/static/..%2f{secret[1:]}", f"//{secret}", f"/privacy/..{secret}"]
    assert "Alice" in front.ask(secret, **HOST).text
    for path in private:
        assert front.ask(path, Cookie="sessionid=x", **HOST).headers["cache-control"] == "no-store"
    for path in told:
        for _time in range(2):
            answer = front.ask(path, Cookie="sessionid=x", **HOST)
            assert answer.status < 500, path
            if answer.headers["cache-control"] != "no-store":  # it was only another page's name
                assert "Alice" not in answer.text, path
    for path in ("/privacy/", "/letters/a-letter/", "/"):  # none of these has become another page
        answer = front.ask(path, **HOST)
        assert answer.status == 200
        assert "Alice" not in answer.text
    for port in (front.port, server.port):
        for line in (f"http://{EVIL}/letters/a-letter/", f"http://{EVIL}/letters/a-letter/sign/"):
            absolute = sent(port, f"GET {line} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode() + CLOSE)
            status, _space, text = absolute.decode("latin-1").partition("\r\n")
            assert status.split()[1] in {"200", "400"}, line
            assert EVIL not in text, line
    assert front.ask("/letters/a-letter/", **HOST).status == 200


CLOSE = b"Connection: close\r\n\r\n"


def sent(port: int, *parts: bytes) -> bytes:
    """Send bytes until nobody takes them; return what came back."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as line:
        try:
            for part in parts:
                line.sendall(part)
            while part := line.recv(65536):
                received += part
        except OSError:  # closed, before everything was sent
            pass
    return received


POST = b"POST /letters/a-letter/sign/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST += b"Content-Type: application/x-www-form-urlencoded\r\n"
LARGE = b"Content-Length: 100000000\r\n\r\n"
CHUNK = b"a=" + b"b" * 999_998


def test_the_worker_outlives_what_is_too_large_or_too_slow(front: Edge, server: Served) -> None:
    """Past the edge as well, as where another one is in front."""
    many = b"".join(b"X-%d: y\r\n" % number for number in range(10_000))
    requests: dict[str, list[bytes]] = {
        "a body of 100 MB": [POST, LARGE, *[CHUNK] * 100],
        "10,000 headers": [b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", many, CLOSE],
        "10,000 fields": [POST, b"Content-Length: 40000\r\n" + CLOSE, b"a=b&" * 10_000],
    }
    said: dict[tuple[str, str], str] = {}
    for name, parts in requests.items():
        for way, port in (("edge", front.port), ("straight", server.port)):
            said[name, way] = sent(port, *parts).decode("latin-1").partition("\r\n")[0]
            assert server.ask("/health/ready")[0] == 200, (name, way)
    for (name, way), status in said.items():
        assert status == "" or status.split()[1] in {"400", "413", "431"}, (name, way, status)
    lines = [socket.create_connection(("127.0.0.1", front.port), timeout=15) for _ in range(60)]
    for line in lines:
        line.sendall(POST + b"Content-Length: 1000\r\n\r\na")  # and never the rest
    started = time.monotonic()
    for _time in range(5):
        assert front.ask("/letters/a-letter/", **HOST).status == 200
        assert front.ask("/letters/a-letter/sign/", **HOST).status == 200
    assert time.monotonic() - started < 3
    for line in lines:
        line.close()
    assert server.process.poll() is None
    assert json.loads(front.ask("/letters/a-letter/count.json", **HOST).text)["count"] == 1
