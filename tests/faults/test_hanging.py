"""PostgreSQL takes requests and says nothing, or somebody never gives back a lock."""

import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest
from django.conf import settings

from openletters.postgresql.base import Connection
from tests.faults.load import LETTER, letter_of, sign, stored
from tests.postgres import Throwaway
from tests.servers import Served, served


def test_while_the_database_hangs_people_are_told_soon(
    postgres: Throwaway, server: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    letter = letter_of(postgres.url)
    for _ in range(20):  # every process has a connection
        assert server.ask(f"{LETTER}sign/", Cookie="a=b")[0] == 200
    answers, slowest = [], 0.0
    os.killpg(postgres.process.pid, signal.SIGSTOP)
    for child in backends(postgres):
        os.kill(child, signal.SIGSTOP)
    try:
        for number in range(3):
            started = time.monotonic()
            answers.append(sign(server, letter, f"Organisation hanging {number}"))
            slowest = max(slowest, time.monotonic() - started)
        assert server.ask("/health/live")[0] == 200
        assert not server.is_ready()
    finally:
        for child in backends(postgres):
            os.kill(child, signal.SIGCONT)
        os.killpg(postgres.process.pid, signal.SIGCONT)
    recovery = server.wait_until(ready=True)
    with capsys.disabled():
        print(f"\nhanging: slowest answer {slowest:.1f} s, back after {recovery:.1f} s")
    assert [status for status, _headers in answers] == [503] * 3
    assert {headers["retry-after"] for _status, headers in answers} == {"10"}
    assert slowest <= 4
    assert recovery <= 5
    assert sign(server, letter, "Organisation afterwards")[0] == 302


def backends(postgres: Throwaway) -> list[int]:
    """Return the processes of PostgreSQL, each of which has a group of its own."""
    listed = subprocess.run(
        ["/bin/ps", "-o", "pid=", "--ppid", str(postgres.process.pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return [int(pid) for pid in listed.split()]


def test_a_lock_that_is_never_given_back_is_not_waited_for_for_ever(postgres: Throwaway) -> None:
    """With a shorter limit than people have, so that the test need not wait as long."""
    letter = letter_of(postgres.url)
    brief = f"{postgres.url}?options=-c%20statement_timeout%3D500ms"
    with served(url=brief) as server, psycopg.connect(postgres.url) as greedy:
        greedy.execute("LOCK TABLE signatures_signon IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        status, headers = sign(server, letter, "Organisation locked out")
        assert time.monotonic() - started < 3
        assert (status, headers["retry-after"]) == (503, "10")
        greedy.rollback()
        assert sign(server, letter, "Organisation let in")[0] == 302
    names, incomplete = stored(postgres.url)
    assert "Organisation let in" in names
    assert "Organisation locked out" not in names
    assert incomplete == 0


def test_a_statement_without_an_answer_is_given_up_and_its_connection_with_it(
    postgres: Throwaway,
) -> None:
    connection = Connection.connect(postgres.url)
    connection.patience = 0.3
    started = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT pg_sleep(30)")
    assert time.monotonic() - started < 3
    assert connection.closed


@pytest.mark.parametrize(
    ("first", "limit"), [("import openletters.wsgi", "10s"), ("import django; django.setup()", "0")]
)
def test_people_wait_ten_seconds_and_commands_for_ever(
    postgres: Throwaway, first: str, limit: str
) -> None:
    story = (
        f"{first}\nfrom django.db import connection\nwith connection.cursor() as cursor:\n"
        "    cursor.execute('SHOW statement_timeout')\n    print(cursor.fetchone()[0])\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", story],
        cwd=settings.BASE_DIR,
        env={"DATABASE_URL": postgres.url, "DJANGO_SETTINGS_MODULE": "openletters.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == limit
