"""What the edge says by itself: to requests that are none, too large, or endless."""

import socket
import time
from collections.abc import Iterator

import pytest

from tests.edge.servers import App, Edge, edge

HEADERS = (
    "content-security-policy: default-src 'none'; base-uri 'none'; form-action 'none'; ",
    "cross-origin-opener-policy: same-origin",
    "cross-origin-resource-policy: same-origin",
    "permissions-policy: camera=()",
    "referrer-policy: same-origin",
    "x-content-type-options: nosniff",
    "cache-control: no-store",
)


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    app = App()
    app.start()
    yield app
    app.stop()


@pytest.fixture(scope="module")
def front(app: App) -> Iterator[Edge]:
    with edge(app.port) as front:
        yield front


def told(front: Edge, request: bytes) -> str:
    """Send bytes as they are; return what came back until the edge closed or fell silent."""
    with socket.create_connection(("127.0.0.1", front.port), timeout=15) as line:
        received = b""
        try:
            line.sendall(request)
            while part := line.recv(65536):
                received += part
        except OSError:  # closed before everything was sent
            pass
        return received.decode()


HOST = b"Host: letters.example.org\r\nConnection: close\r\n"
REFUSED = {
    "a header too long": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 400),
    "too many headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 10_000 + b"\r\n", 400),
    "an address too long": (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "no host": (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", 400),
    "a host that is none": (b"GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n", 400),
    "a NUL": (b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a body of 100 MB": (
        b"POST /letters/a/sign/ HTTP/1.1\r\n" + HOST + b"Content-Length: 100000000\r\n\r\n",
        413,
    ),
    "two lengths": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        400,
    ),
    "a length and pieces": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0",
        400,
    ),
    "what is for our machines": (b"GET /metrics HTTP/1.1\r\n" + HOST + b"\r\n", 404),
    "tracing": (b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", 405),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_that_is_none_is_refused_with_every_header(front: Edge, case: str) -> None:
    request, status = REFUSED[case]
    answer = told(front, request)
    assert answer.startswith(f"HTTP/1.1 {status} ")
    small = answer.lower()
    assert [one for one in HEADERS if one not in small] == []
    assert "strict-transport-security" not in small  # nobody came by TLS
    assert front.ask("/letters/a-letter/").status == 200


def test_a_page_that_is_away_has_every_header_and_knows_tls(app: App, front: Edge) -> None:
    app.stop()
    try:
        answer = front.ask("/letters/a-letter/sign/", X_Forwarded_Proto="https")
    finally:
        app.start()
    assert answer.status == 503
    small = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    assert [one for one in HEADERS if one not in small] == []
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_headers_that_never_end_are_cut_off(front: Edge) -> None:
    lines = [socket.create_connection(("127.0.0.1", front.port), timeout=20) for _ in range(50)]
    started = time.monotonic()
    for line in lines:
        line.sendall(b"GET / HTTP/1.1\r\nHost: letters.example.org\r\nX: ")
    assert front.ask("/letters/a-letter/").status == 200
    assert front.ask("/letters/a-letter/sign/").status == 200
    for line in lines:
        try:
            while line.recv(4096):
                pass
        except ConnectionResetError:
            pass
        line.close()
    assert 8 < time.monotonic() - started < 14
