"""The whole chain: edge, server, app and database, as readers and staff meet it."""

import json
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from urllib.parse import urlencode

import brotli
import pytest

from openletters.caching import SHARED
from signatures.models import Allowance, Letter, SignOn
from tests.edge.servers import Edge, edge
from tests.factories import claim, make_letter, make_sign_on, make_signature, make_staff
from tests.servers import Served, served

pytestmark = pytest.mark.django_db(transaction=True)

LETTER = "/letters/a-letter/"
HOST: Any = {"Host": "127.0.0.1"}


@pytest.fixture
def letter() -> Letter:
    letter = make_letter()
    make_signature(letter, "Amal")
    return letter


@pytest.fixture
def server(letter: Letter) -> Iterator[Served]:
    with served() as server:
        yield server


@pytest.fixture
def front(server: Served) -> Iterator[Edge]:
    with edge(server.port) as front:
        yield front


def count(front: Edge) -> int:
    """Return the count as a reader of the page sees it, which is that of its list."""
    answer = front.ask(LETTER, **HOST)
    assert answer.status == 200
    listed = answer.text.count("<li><bdi>")
    assert f"<b>{listed}</b>" in answer.text
    return listed


def test_a_letter_comes_compressed_with_all_it_needs_to_be_kept(front: Edge) -> None:
    for _ in range(3):  # from the app, and from the edge
        answer = front.ask(LETTER, Accept_Encoding="gzip, br", **HOST)
        assert answer.headers["content-encoding"] == "br"
        assert b"<bdi>Amal</bdi>" in brotli.decompress(answer.body)
        assert answer.headers["cache-control"] == SHARED
        assert re.fullmatch(r'"\d+-en-[0-9a-f]{12}-br"', answer.headers["etag"])
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers
        tag = answer.headers["etag"]
        assert front.ask(LETTER, Accept_Encoding="br", If_None_Match=tag, **HOST).status == 304


def test_of_all_readers_one_asks_the_app_whether_a_page_has_changed(front: Edge) -> None:
    asked, started = 1, time.monotonic()
    front.ask(LETTER, **HOST)
    with ThreadPoolExecutor(16) as readers:
        while time.monotonic() - started < 2.2:
            asked += len(list(readers.map(lambda _: front.ask(LETTER, **HOST), range(16))))
    states: list[str] = []
    while "STALE" not in states:  # the log is written with a delay, all at once
        assert time.monotonic() - started < 20
        time.sleep(0.1)
        lines = [line for line in front.log().splitlines(keepends=True) if line.endswith("}\n")]
        states = [json.loads(line)["cache"] for line in lines]
    assert asked > 100
    assert len(states) <= 6


def test_approvals_and_withdrawals_are_seen_within_two_seconds_and_never_half(
    letter: Letter, front: Edge
) -> None:
    """While readers read all the time, every page they get is of one moment."""
    staff, done = make_staff(), Event()

    def read() -> int:
        pages = 0
        while not done.is_set():
            count(front)
            pages += 1
        return pages

    with ThreadPoolExecutor(4) as readers:
        reading = [readers.submit(read) for _ in range(4)]
        try:
            for number in range(1, 6):
                make_sign_on([letter], name=f"Organisation {number}").approve(actor=staff)
                assert_seen(front, 1 + number)
            SignOn.objects.first().withdraw()  # type: ignore[union-attr]
            assert_seen(front, 5)
        finally:
            done.set()
        assert sum(one.result() for one in reading) > 100
    told = json.loads(front.ask(f"{LETTER}count.json", **HOST).text)
    assert told["count"] == 5


def assert_seen(front: Edge, number: int) -> None:
    started = time.monotonic()
    while count(front) != number:
        assert time.monotonic() - started < 2.1
        time.sleep(0.01)


def test_staff_see_their_decision_at_once(letter: Letter, server: Served) -> None:
    """Who comes with a cookie is not served from memory, past the edge."""
    for number in range(5):
        server.ask(LETTER)
        make_signature(letter, f"Organisation {number}")
        _status, _headers, body = server.ask(LETTER, Cookie="sessionid=x")
        assert body.decode().count("<li><bdi>") == 2 + number


def test_letters_stay_up_while_the_app_is_down_and_follow_it_when_it_is_back(
    letter: Letter, server: Served, front: Edge
) -> None:
    for path in (LETTER, "/", f"{LETTER}count.json", f"{LETTER}signatories/"):
        front.ask(path, **HOST)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(20)
    time.sleep(2.1)
    assert {count(front) for _ in range(50)} == {1}
    for path in ("/", f"{LETTER}count.json", f"{LETTER}signatories/"):
        assert front.ask(path, **HOST).status == 200
    away = front.ask(f"{LETTER}sign/", **HOST)
    assert (away.status, away.headers["retry-after"]) == (503, "10")
    assert away.headers["cache-control"] == "no-store"
    assert "back in a moment" in away.text
    make_signature(letter, "Beit")
    with served(port=server.port):
        assert_seen(front, 2)


def test_a_form_can_be_sent_through_it(letter: Letter, front: Edge) -> None:
    page = front.ask(f"{LETTER}sign/", **HOST)
    assert page.headers["cache-control"] == "no-store"
    assert "csrftoken=" in page.headers["set-cookie"]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    sent = front.ask(
        f"{LETTER}sign/",
        method="POST",
        body=f"csrfmiddlewaretoken={token[1]}&name=Water+Watch".encode(),
        Cookie=page.headers["set-cookie"].split(";")[0],
        Content_Type="application/x-www-form-urlencoded",
        Origin=f"http://127.0.0.1:{front.port}",
        Host=f"127.0.0.1:{front.port}",
    )
    assert sent.status == 400
    assert 'value="Water Watch"' in sent.text


def test_a_host_that_is_not_ours_is_refused(front: Edge) -> None:
    assert front.ask(LETTER, Host="evil.example").status == 400
    assert front.ask(LETTER, **HOST).status == 200


def test_a_hundred_spoofed_addresses_are_one_client(letter: Letter, front: Edge) -> None:
    """What ends TLS puts the address it was asked from behind whatever the client had sent."""

    def sign(number: int, forwarded: str) -> int:
        form = claim(name=f"Organisation {number}", email=f"person{number}@office.example")
        form |= {"letters": letter.pk, "authorized": "on", "csrfmiddlewaretoken": "c" * 32}
        answer = front.ask(
            f"{LETTER}sign/",
            method="POST",
            body=urlencode(form).encode(),
            Cookie=f"csrftoken={'c' * 32}",
            Content_Type="application/x-www-form-urlencoded",
            X_Forwarded_For=forwarded,
            X_Real_IP=f"198.51.100.{number}",
            Forwarded=f"for=198.51.100.{number}",
            **HOST,
        )
        return answer.status

    answers = [sign(number, f"198.51.100.{number}, 203.0.113.9") for number in range(100)]
    # The edge lets 40 pass at once, and the app sixty an hour: both know one client.
    assert answers.count(429) >= 40
    assert len(set(SignOn.objects.values_list("client", flat=True))) == 1
    assert Allowance.objects.filter(name__startswith="client:").count() == 1
    assert sign(100, "203.0.113.9, 203.0.113.10") == 302
    assert len(set(SignOn.objects.values_list("client", flat=True))) == 2
