"""A database to measure in, made for one run and dropped after it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import django

from tests.__main__ import DATABASES


@contextmanager
def throwaway(name: str) -> Iterator[str]:
    """Set Django up with an empty, migrated database; yield what it is called.

    `name` is "sqlite" (a file) or "postgres" (the server that tests/postgres.py finds).
    """
    with ExitStack() as stack:
        os.environ["DATABASE_URL"] = stack.enter_context(DATABASES[name]())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletters.settings")
        django.setup()
        from django.db import connection

        connection.creation.create_test_db(verbosity=0, serialize=False)
        stack.callback(connection.close)
        with connection.cursor() as cursor:
            cursor.execute("SELECT sqlite_version()" if name == "sqlite" else "SHOW server_version")
            [version] = cursor.fetchone()
        yield f"{connection.vendor} {version}"
