"""Answers of the present second, kept in front of Django.

On the day everybody reads one letter, even asking the database whether it has changed is asked
too often. An answer that says `X-Accel-Expires: @S` was true in the second S (of Unix time), and
is given to whoever asks for the same in the rest of that second. The cache at the edge goes by
the same second, so the two delays do not add up.

Who sends a cookie is not served from here, nor who asks with `Cache-Control: no-cache`: staff see
at once what they have decided.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from openletters import metrics

LARGEST = 1_000_000
"""Bytes of the largest answer that is kept."""

MOST = 500
"""How many answers are kept at most."""

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What was answered, ready to be given again."""

    headers: Headers
    body: bytes
    tag: str

    def give(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Give it to somebody else, or tell them that they have it."""
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        if known and self.tag and (self.tag in known or known == "*"):
            dropped = {"content-length", "content-type", "content-encoding"}
            headers = [pair for pair in self.headers if pair[0].lower() not in dropped]
            start_response("304 Not Modified", headers)
            return []
        start_response("200 OK", self.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


class MicroCache:
    """A WSGI application in front of another one.

    `clock` tells Unix time in seconds.
    """

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        encoding: Callable[[str], str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.application = application
        self.encoding = encoding
        self.clock = clock
        # One thing, replaced at once: no thread takes answers of the last second for this one's.
        self.present: tuple[int, dict[Key, Answer]] = (0, {})

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        key = self.key(environ)
        if key is None:
            metrics.count_bypass()
            return self.application(environ, start_response)
        second = int(self.clock())
        of, answers = self.present
        if of != second:
            answers = {}
            self.present = second, answers
        answer = answers.get(key)
        if answer is not None:
            metrics.count_hit()
            return answer.give(environ, start_response)
        metrics.count_miss()
        return self.ask(environ, start_response, key, second, answers)

    def key(self, environ: Environ) -> Key | None:
        """Return what the answer depends on, or None if it is not for everybody."""
        if (
            environ["REQUEST_METHOD"] not in {"GET", "HEAD"}
            or "HTTP_COOKIE" in environ
            or "HTTP_AUTHORIZATION" in environ
            or "HTTP_RANGE" in environ
            or "no-cache" in environ.get("HTTP_CACHE_CONTROL", "")
        ):
            return None
        return (
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
            environ.get("HTTP_HOST", ""),
            environ.get("HTTP_X_FORWARDED_PROTO", ""),
            self.encoding(environ.get("HTTP_ACCEPT_ENCODING", "")),
        )

    def ask(
        self,
        environ: Environ,
        start_response: Callable[..., Any],
        key: Key,
        second: int,
        answers: dict[Key, Answer],
    ) -> Iterable[bytes]:
        """Have the application answer, and keep that if it is of this second."""
        told: list[Any] = []
        # A whole answer, whatever this reader has of it or wants: the next may have nothing.
        # Servers send no body in answer to HEAD, whatever they are given.
        whole = environ | {"REQUEST_METHOD": "GET"}
        whole.pop("HTTP_IF_NONE_MATCH", None)
        chunks = self.application(whole, lambda *arguments: told.extend(arguments))
        status, headers = told[0], told[1]
        named = {name.lower(): value for name, value in headers}
        if not status.startswith("200 ") or "x-accel-expires" not in named:
            start_response(*told)
            return chunks
        body = b"".join(chunks)
        getattr(chunks, "close", lambda: None)()
        answer = Answer(headers, body, named.get("etag", ""))
        fresh = named["x-accel-expires"] == f"@{second}"
        if fresh and len(body) <= LARGEST and len(answers) < MOST:
            answers[key] = answer
        return answer.give(environ, start_response)
