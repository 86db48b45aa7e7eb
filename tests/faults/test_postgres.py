"""PostgreSQL is killed and comes back under load; nobody loses what they were told we have."""

import time

import psycopg
import pytest

from tests.faults.load import LETTER, Load, letter_of, stored
from tests.postgres import Throwaway
from tests.servers import Served

KILLS = 3
TERMINATIONS = 10
AT_WORK = 8  # threads of the app


def test_nothing_acknowledged_is_lost_and_service_comes_back_by_itself(
    postgres: Throwaway, server: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    recoveries = []
    with Load(server, letter_of(postgres.url)) as load:
        for _kill in range(KILLS):
            wait_for_signatures(load, 20)
            postgres.kill()
            time.sleep(1)
            postgres.start()
            back = time.monotonic()
            wait_for_signatures(load, 20)
            recoveries.append(load.failing_since(back))
    names, incomplete = stored(postgres.url)
    with capsys.disabled():
        print(
            f"\n{KILLS} kills: {len(load.acknowledged)} acknowledged, {len(names)} stored, "
            f"{incomplete} incomplete, recovery {max(recoveries):.1f} s, "
            f"slowest answer {load.slowest:.1f} s, {dict(load.statuses)}"
        )
    assert set(load.acknowledged) <= names
    assert incomplete == 0
    assert {status for _kind, status in load.statuses} <= {200, 302, 503}
    assert load.statuses["read", 503] == 0
    assert load.statuses["sign", 503] > 0
    assert max(recoveries) <= 5
    assert load.slowest <= 5
    assert server.process.poll() is None


def wait_for_signatures(load: Load, number: int) -> None:
    """Let so many more organisations sign."""
    target, deadline = len(load.acknowledged) + number, time.monotonic() + 30
    while len(load.acknowledged) < target:
        assert time.monotonic() < deadline, load.statuses
        time.sleep(0.02)


def end_connections(postgres: Throwaway) -> None:
    """Have the database end every connection, as one does before it hands over to another."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def test_connections_that_the_database_ends_are_replaced_unnoticed(
    postgres: Throwaway, server: Served
) -> None:
    for _round in range(5):
        assert {server.ask("/", Cache_Control="no-cache")[0] for _ in range(8)} == {200}
        end_connections(postgres)
        assert {server.ask(f"{LETTER}sign/")[0] for _ in range(8)} == {200}


def test_connections_that_the_database_ends_under_load_cost_only_what_was_under_way(
    postgres: Throwaway, server: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    recoveries = []
    with Load(server, letter_of(postgres.url)) as load:
        for _round in range(TERMINATIONS):
            wait_for_signatures(load, 10)
            ended = time.monotonic()
            end_connections(postgres)
            wait_for_signatures(load, 10)
            recoveries.append(load.failing_since(ended))
    names, incomplete = stored(postgres.url)
    with capsys.disabled():
        print(
            f"\n{TERMINATIONS} times all connections ended: {len(load.acknowledged)} acknowledged, "
            f"{incomplete} incomplete, failing for {max(recoveries):.2f} s, {dict(load.statuses)}"
        )
    assert {status for _kind, status in load.statuses} <= {200, 302, 503}
    failed = load.statuses["read", 503] + load.statuses["sign", 503]
    assert failed <= TERMINATIONS * AT_WORK
    assert set(load.acknowledged) <= names
    assert incomplete == 0
    assert max(recoveries) <= 1


def test_while_the_database_is_away_letters_stay_up_and_the_rest_says_so_soon(
    postgres: Throwaway, server: Served
) -> None:
    for _ in range(20):  # every process has it
        server.ask(LETTER, Cache_Control="no-cache")
    postgres.kill()
    try:
        started = time.monotonic()
        status, headers, _body = server.ask(f"{LETTER}sign/")
        assert time.monotonic() - started < 3
        assert (status, headers["retry-after"]) == (503, "10")
        assert not server.is_ready()
        assert server.ask("/health/live")[0] == 200
        assert {server.ask(LETTER)[0] for _ in range(20)} == {200}
    finally:
        postgres.start()
    assert server.wait_until(ready=True) <= 5
