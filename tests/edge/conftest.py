"""An edge in front of an app that does as it is told."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.edge.servers import App, Edge, edge


@pytest.fixture
def app() -> Iterator[App]:
    app = App()
    app.start()
    yield app
    app.stop()


@pytest.fixture
def front(app: App) -> Iterator[Edge]:
    with edge(app.port) as front:
        yield front


# What stands in front of the app does not know which database is behind it.
collect_ignore = ["test_edge.py"] if connection.vendor == "postgresql" else []
