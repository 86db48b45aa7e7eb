"""What stands in front of Django: answers of the present second, given from memory."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.conf import settings as django_settings

from openletters.microcache import Environ, MicroCache
from signatures.pages.kept import wanted_encoding


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.25

    def __call__(self) -> float:
        return self.now


class Application:
    """Answers with how often it was asked."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.asked = 0
        self.status = "200 OK"
        self.headers = {"Content-Type": "text/plain"}
        self.expires: int | None = 0

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        headers = dict(self.headers)
        if self.expires is not None:
            headers["X-Accel-Expires"] = f"@{int(self.clock()) + self.expires}"
            headers["ETag"] = f'"{self.asked}"'
        if "HTTP_IF_NONE_MATCH" in environ:
            start_response("304 Not Modified", [])
            return []
        start_response(self.status, list(headers.items()))
        return [str(self.asked).encode()]


class Front:
    """A reader in front of the micro-cache."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.application = Application(self.clock)
        self.cache = MicroCache(self.application, wanted_encoding, self.clock)

    def ask(self, path: str = "/", method: str = "GET", **environ: str) -> tuple[str, str]:
        told: list[Any] = []
        asked = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", **environ}
        body = b"".join(self.cache(asked, lambda *arguments: told.extend(arguments)))
        return told[0], body.decode()


@pytest.fixture
def front() -> Front:
    return Front()


def test_one_answer_serves_everybody_for_the_rest_of_the_second(front: Front) -> None:
    assert [front.ask() for _ in range(3)] == [("200 OK", "1")] * 3
    front.clock.now += 0.7
    assert front.ask() == ("200 OK", "1")
    front.clock.now += 0.1
    assert front.ask() == ("200 OK", "2")


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_COOKIE": "sessionid=x"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_CACHE_CONTROL": "no-cache"},
        {"HTTP_RANGE": "bytes=0-9"},
        {"method": "POST"},
    ],
)
def test_who_is_not_anybody_is_answered_anew(front: Front, environ: dict[str, str]) -> None:
    front.ask()
    assert front.ask(**environ) == ("200 OK", "2")
    assert front.ask(**environ) == ("200 OK", "3")
    assert front.ask() == ("200 OK", "1")


@pytest.mark.parametrize(
    "environ",
    [
        {"path": "/other"},
        {"QUERY_STRING": "q=x"},
        {"HTTP_HOST": "other.example"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
    ],
)
def test_what_can_make_another_answer_is_told_apart(front: Front, environ: dict[str, str]) -> None:
    front.ask()
    assert front.ask(**environ) == ("200 OK", "2")


def test_readers_are_not_told_apart_by_anything_else(front: Front) -> None:
    front.ask(HTTP_ACCEPT_ENCODING="gzip, deflate, br")
    other = {f"HTTP_X_{number}": "x" for number in range(30)} | {"HTTP_USER_AGENT": "y"}
    assert front.ask(HTTP_ACCEPT_ENCODING="br", **other) == ("200 OK", "1")


def test_no_thread_is_given_what_was_kept_in_the_last_second(front: Front) -> None:
    """Whatever another thread has got done of the change of seconds."""
    told: list[tuple[str, str]] = []

    class Watched(MicroCache):
        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if front.application.asked == 1 and not told:
                told.append(("", ""))
                told.append(front.ask())

    front.cache = Watched(front.application, wanted_encoding, front.clock)
    assert front.ask()[1] == "1"
    front.clock.now += 1
    front.ask()
    assert told[1] == ("200 OK", "2")


def test_an_answer_that_does_not_say_when_it_was_true_is_not_kept(front: Front) -> None:
    front.application.expires = None
    assert [front.ask()[1] for _ in range(2)] == ["1", "2"]


def test_an_answer_of_another_second_is_not_kept(front: Front) -> None:
    front.application.expires = -1
    assert [front.ask()[1] for _ in range(2)] == ["1", "2"]


def test_a_failure_is_not_kept(front: Front) -> None:
    front.application.status = "503 Service Unavailable"
    assert [front.ask()[1] for _ in range(2)] == ["1", "2"]


def test_who_has_the_answer_is_told_so_from_memory(front: Front) -> None:
    assert front.ask(HTTP_IF_NONE_MATCH='"7"') == ("200 OK", "1")
    assert front.ask(HTTP_IF_NONE_MATCH='"1"') == ("304 Not Modified", "")
    assert front.ask(HTTP_IF_NONE_MATCH='W/"1"') == ("304 Not Modified", "")
    assert front.ask(HTTP_IF_NONE_MATCH='"11"') == ("200 OK", "1")
    assert front.application.asked == 1


def test_a_look_at_the_headers_fills_the_memory_and_has_no_body(front: Front) -> None:
    assert front.ask(method="HEAD") == ("200 OK", "")
    assert front.ask() == ("200 OK", "1")
    assert front.ask(method="HEAD") == ("200 OK", "")


def test_the_memory_is_bounded(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openletters.microcache.MOST", 2)
    for path in ("/a", "/b", "/c", "/c", "/a"):
        front.ask(path)
    assert front.application.asked == 4


def test_the_app_is_served_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openletters.postgresql.base._people_wait", False)  # afterwards again

    from openletters.wsgi import application

    assert isinstance(application, MicroCache)
    assert django_settings.PAGE_CACHE_BYTES > 0
