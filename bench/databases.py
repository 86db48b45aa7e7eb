"""A database to measure in, made for one run and dropped after it."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import django

from tests.__main__ import DATABASES


@contextmanager
def throwaway(kind: str) -> Iterator[str]:
    """Set Django up with an empty, migrated database; yield what it is called.

    `kind` is "sqlite" (a file) or "postgres" (the server that tests/postgres.py finds).
    """
    with DATABASES[kind]() as url:
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletters.settings")
        django.setup()
        from django.db import connection
        from django.test.utils import override_settings

        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, serialize=False)
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT sqlite_version()" if kind == "sqlite" else "SHOW server_version"
                )
                [version] = cursor.fetchone()
            # No static files are collected for this.
            warnings.filterwarnings("ignore", "No directory at")
            with override_settings(STORAGES={"staticfiles": plain}, ALLOWED_HOSTS=["testserver"]):
                yield f"{connection.vendor} {version.split()[0]}"
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def settle() -> None:
    """Do what autovacuum does on a server that runs: count rows, note which pages are visible."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
