"""Readers and contacts of an app that loses its database."""

import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self
from urllib.parse import urlencode
from zlib import crc32

import psycopg
from django.conf import settings

from tests.factories import claim
from tests.servers import Served

LETTER = "/letters/asp-president/"


def manage(url: str, *arguments: str) -> None:
    """Run a command of the project on a database."""
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={"DATABASE_URL": url, "DEMO": "1", "PATH": ""},
        check=True,
        capture_output=True,
    )


def letter_of(url: str) -> int:
    """Return the key of the letter that is signed."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT id FROM signatures_letter WHERE slug = 'asp-president'"
        ).fetchone()
    assert row
    return int(row[0])


def address_of(name: str) -> str:
    """Return the network address from which an organisation signs: each has one of its own."""
    return ".".join(map(str, [10, *crc32(name.encode()).to_bytes(4, "big")[1:]]))


def sign(server: Served, letter: int, name: str) -> tuple[int, dict[str, str]]:
    """Sign for an organisation; return status and headers of the answer."""
    form = claim(name=name, email=f"{name.replace(' ', '')}@example.org", website="")
    form |= {"letters": letter, "authorized": "on", "csrfmiddlewaretoken": "c" * 32}
    status, headers, _body = server.ask(
        f"{LETTER}sign/",
        "POST",
        urlencode(form).encode(),
        Content_Type="application/x-www-form-urlencoded",
        Cookie=f"csrftoken={'c' * 32}",
        X_Forwarded_For=address_of(name),
    )
    return status, headers


@dataclass
class Load:
    """People who read and sign all the time, until told to stop."""

    server: Served
    letter: int
    people: int = 6
    statuses: "Counter[tuple[str, int]]" = field(default_factory=Counter)
    acknowledged: list[str] = field(default_factory=list)
    slowest: float = 0.0
    last_failure: float = 0.0
    _numbers: Any = field(default_factory=count)

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._act, args=(act,))
            for act in [self.sign, self.read] * self.people
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _act(self, act: Any) -> None:
        while not self._stop.is_set():
            started = time.monotonic()
            kind, status = act()
            self.slowest = max(self.slowest, time.monotonic() - started)
            self.statuses[kind, status] += 1
            if status >= 500:
                self.last_failure = time.monotonic()

    def read(self) -> tuple[str, int]:
        """Read the letter, not from a cache."""
        return "read", self.server.ask(LETTER, Cache_Control="no-cache")[0]

    def sign(self) -> tuple[str, int]:
        """Fill in the form for an organisation nobody has heard of."""
        name = f"Organisation {next(self._numbers)}"
        status, _headers = sign(self.server, self.letter, name)
        if status == 302:
            self.acknowledged.append(name)
        return "sign", status

    def failing_since(self, moment: float) -> float:
        """For how many seconds after `moment` requests went on failing."""
        return max(0.0, self.last_failure - moment)


def stored(url: str) -> tuple[set[str], int]:
    """Return the names of all stored sign-ons, and how many of them are incomplete."""
    with psycopg.connect(url) as connection:
        names = {
            name
            for (name,) in connection.execute(
                "SELECT name FROM signatures_signon WHERE name LIKE 'Organisation %'"
            )
        }
        row = connection.execute(
            """
            SELECT count(*) FROM signatures_signon s WHERE name LIKE 'Organisation %' AND NOT (
                EXISTS (SELECT FROM signatures_signonevent WHERE sign_on_id = s.id)
                AND EXISTS (SELECT FROM signatures_outgoingmail WHERE sign_on_id = s.id)
                AND EXISTS (SELECT FROM signatures_signonletter WHERE sign_on_id = s.id))
            """
        ).fetchone()
    assert row
    return names, row[0]
