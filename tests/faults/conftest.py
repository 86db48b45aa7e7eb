"""Faults of PostgreSQL need the run on PostgreSQL, and no database of the tests."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.faults.load import manage
from tests.postgres import Throwaway, throwaway_server
from tests.servers import Served, served

_of_postgres = ["test_disk_full.py", "test_hanging.py", "test_postgres.py"]
_of_sqlite = ["test_full_file.py"]
collect_ignore = _of_postgres if connection.vendor == "sqlite" else _of_sqlite


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
