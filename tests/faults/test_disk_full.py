"""The disk of PostgreSQL is full, and has room again later."""

import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.faults.load import Load, letter_of, manage, stored
from tests.postgres import Throwaway
from tests.servers import served

SIZE = 100_000_000
"""Bytes: twice what an empty database and its log take."""

REFUSALS = 50
"""Sign-ons that are refused before there is room again."""


@pytest.fixture(scope="module")
def small_disk() -> Iterator[Path]:
    """A disk in memory."""
    with TemporaryDirectory(prefix="openletters-disk-") as folder:
        options = f"size={SIZE},mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def postgres(small_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Throwaway]:
    """A PostgreSQL on it, with the demo's letters; what it says it says elsewhere."""
    server = Throwaway(str(small_disk), durable=True)
    server.log = tmp_path_factory.mktemp("postgres") / "log"
    server.start()
    try:
        manage(server.url, "migrate", "--verbosity=0")
        manage(server.url, "load_demo")
        yield server
    finally:
        server.stop()


@contextmanager
def no_room(folder: Path) -> Iterator[None]:
    """Leave no room on a disk."""
    ballast = folder / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(8192))
        yield
    finally:
        ballast.unlink()


def test_a_full_disk_costs_nothing_acknowledged_and_service_comes_back_by_itself(
    small_disk: Path, postgres: Throwaway, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(url=postgres.url) as server, Load(server, letter_of(postgres.url)) as load:
        wait_for(load, "acknowledged", 20)
        with no_room(small_disk):
            wait_for(load, "refused", REFUSALS)
            assert postgres.process.poll() is None
        freed = time.monotonic()
        wait_for(load, "acknowledged", 20)
        recovery = load.failing_since(freed)
    report(capsys, "full disk", postgres, load, recovery)


def test_a_database_without_room_for_its_log_has_everything_when_there_is_room_again(
    small_disk: Path, postgres: Throwaway, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends all connections then, and starts again by itself, or is started again."""
    with served(url=postgres.url) as server, Load(server, letter_of(postgres.url)) as load:
        wait_for(load, "acknowledged", 20)
        with no_room(small_disk):
            fill_its_log(postgres)
            wait_for(load, "refused", REFUSALS)
        freed = time.monotonic()
        with started_again(postgres):
            wait_for(load, "acknowledged", 20)
        recovery = load.failing_since(freed)
    assert "PANIC" in postgres.log.read_text()
    report(capsys, "no room for the log", postgres, load, recovery)


def fill_its_log(postgres: Throwaway) -> None:
    """Have PostgreSQL begin one file of its log after the other, until it cannot."""
    with suppress(psycopg.Error):
        for _ in range(100):
            with psycopg.connect(postgres.url, autocommit=True) as connection:
                connection.execute("SELECT pg_logical_emit_message(false, 'a', repeat('b', 9000))")
                connection.execute("SELECT pg_switch_wal()")


@contextmanager
def started_again(postgres: Throwaway) -> Iterator[None]:
    """Start it when it ends, as Docker does."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            if postgres.process.poll() is not None:
                postgres.start()

    with ThreadPoolExecutor(1) as watcher:
        watching = watcher.submit(watch)
        try:
            yield
        finally:
            done.set()
            watching.result()


def wait_for(load: Load, what: str, number: int) -> None:
    """Let so many more be acknowledged, or refused."""

    def so_far() -> int:
        refused = load.statuses["sign", 503]
        return refused if what == "refused" else len(load.acknowledged)

    target, deadline = so_far() + number, time.monotonic() + 30
    while so_far() < target:
        assert time.monotonic() < deadline, load.statuses
        time.sleep(0.02)


def report(
    capsys: pytest.CaptureFixture[str],
    what: str,
    postgres: Throwaway,
    load: Load,
    recovery: float,
) -> None:
    names, incomplete = stored(postgres.url)
    lost = set(load.acknowledged) - names
    with capsys.disabled():
        print(
            f"\n{what}: {len(load.acknowledged)} acknowledged, {len(lost)} lost, "
            f"{incomplete} incomplete, recovery {recovery:.1f} s, slowest answer "
            f"{load.slowest:.1f} s, {dict(load.statuses)}"
        )
    assert {status for _kind, status in load.statuses} <= {200, 302, 503}
    assert not lost
    assert incomplete == 0
    assert load.slowest <= 3
    assert recovery <= 5
