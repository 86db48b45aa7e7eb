"""Faults of PostgreSQL need the run on PostgreSQL, and no database of the tests."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from django.db import connection

from tests.faults.load import manage
from tests.postgres import Throwaway, throwaway_server
from tests.servers import Served, served

_of_postgres = ["test_disk_full.py", "test_hanging.py", "test_postgres.py"]
_of_sqlite = ["test_full_file.py"]
collect_ignore = _of_postgres if connection.vendor == "sqlite" else _of_sqlite


def may_mount() -> bool:
    """Whether a small disk can be mounted here; most containers forbid it, and so do most users."""
    if not shutil.which("unshare"):
        return False
    trial = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


if connection.vendor == "postgresql" and not may_mount():
    collect_ignore = [*_of_sqlite, "test_disk_full.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if "test_disk_full.py" in collect_ignore and connection.vendor == "postgresql":
        terminalreporter.write_line("NOT TESTED: a full disk, because none can be mounted here.")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Throwaway]:
    """A PostgreSQL that waits for the disk, with the demo's letters."""
    with throwaway_server(durable=True) as server:
        manage(server.url, "migrate", "--verbosity=0")
        manage(server.url, "load_demo")
        yield server


@pytest.fixture
def server(postgres: Throwaway) -> Iterator[Served]:
    """The app, on that PostgreSQL."""
    with served(url=postgres.url) as server:
        yield server
