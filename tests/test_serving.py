"""The server starts, watches itself, and goes without dropping anybody."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from openletters import health
from tests.factories import make_letter, make_signature
from tests.servers import Served, served

pytestmark = pytest.mark.django_db(transaction=True)

IN_FLIGHT = 100


def search(server: Served, words: str) -> socket.socket:
    """Ask for something that is made for this reader alone, and do not wait for it."""
    reader = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    address = f"/letters/a-letter/signatories/?q={words}"
    reader.sendall(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return reader


def test_whoever_has_asked_when_it_stops_is_answered() -> None:
    letter = make_letter()
    for number in range(50):
        make_signature(letter, f"Organisation {number}")
    with served(drain=1) as server, ExitStack() as stack:
        readers = [search(server, f"organisation+{number}") for number in range(IN_FLIGHT)]
        server.process.send_signal(signal.SIGTERM)
        answers = [stack.enter_context(reader).recv(15, socket.MSG_WAITALL) for reader in readers]
        assert answers == [b"HTTP/1.1 200 OK"] * IN_FLIGHT
        assert server.process.wait(30) == 0


def test_before_it_stops_it_says_so_and_still_answers() -> None:
    make_letter()
    with served(drain=1.0) as server:
        server.process.send_signal(signal.SIGTERM)
        server.wait_until(ready=False)
        for _ in range(10):  # in every worker
            assert server.ask("/health/ready")[0] == 503
            assert server.ask("/health/live")[0] == 200
            assert server.ask("/letters/a-letter/")[0] == 200
        assert server.process.wait(20) == 0
        with pytest.raises(OSError, match="refused"):
            server.ask("/")


def test_a_worker_that_is_killed_is_replaced() -> None:
    with served(workers=1) as server:
        [worker] = workers_of(server)
        os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while workers_of(server) in ([], [worker]):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        server.wait_until(ready=True)


def workers_of(server: Served) -> list[int]:
    """Return the processes that answer."""
    listed = subprocess.run(
        ["/bin/ps", "-o", "pid=,args=", "--ppid", str(server.process.pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "serve" in line]


def test_a_port_is_not_shared_with_another_server() -> None:
    with served(workers=1) as server:
        second = subprocess.run(
            [sys.executable, "manage.py", "serve", f"--port={server.port}"],
            env=os.environ | {"DEMO": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    assert second.returncode == 1
    assert f"Port {server.port} is in use." in second.stderr


@pytest.fixture
def looked_at_anew() -> None:
    health.is_migrated.cache_clear()


@pytest.mark.usefixtures("looked_at_anew")
class TestHealth:
    """What machines that watch the server are told."""

    def test_it_lives_and_is_ready(self, client: Client) -> None:
        for path in (health.LIVE, health.READY):
            response = client.get(path, headers={"host": "10.9.8.7"})
            assert response.status_code == 200
            assert response["Cache-Control"] == "no-store"
            assert not response.cookies

    def test_whether_it_lives_asks_nobody(
        self, client: Client, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(0):
            assert client.get(health.LIVE).content == b"alive\n"

    def test_looking_changes_nothing_and_takes_one_query(
        self, client: Client, django_assert_num_queries: Any
    ) -> None:
        client.get(health.READY)
        with django_assert_num_queries(1):
            assert client.get(health.READY).content == b"ready\n"

    def test_without_its_database_it_lives_and_is_not_ready(self, client: Client) -> None:
        def away(*_arguments: Any) -> None:
            raise OperationalError("secret-host:5432 is gone")

        with connection.execute_wrapper(away):
            response = client.get(health.READY)
            assert response.status_code == 503
            assert response.content == b"not ready\n"
            assert client.get(health.LIVE).status_code == 200

    def test_before_its_database_is_up_to_date_it_is_not_ready(self, client: Client) -> None:
        [newest] = MigrationLoader(connection).graph.leaf_nodes("signatures")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", newest)
        try:
            assert client.get(health.READY).status_code == 503
        finally:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO django_migrations (app, name, applied) "
                    "VALUES (%s, %s, CURRENT_TIMESTAMP)",
                    newest,
                )
        assert client.get(health.READY).status_code == 200
