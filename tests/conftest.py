"""What holds for every test."""

import os
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings as django_settings
from django.core.servers.basehttp import WSGIServer
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from pytest_django import Settings

from signatures.pages import kept

_asks_no_database = [
    "dependencies",
    "languages/test_catalogs.py",
    "matching",
    "test_age.py",
    "test_backups_of_a_file.py",
    "test_differences.py",
    "test_inline.py",
    "test_markdown.py",
    "test_names.py",
    "test_replicas.py",
    "test_settings.py",
    "test_tables.py",
    "test_tokens.py",
]
_needs_two_transactions = ["desk/test_dress_at_once.py", "test_backups.py"]

# What these find does not depend on the database; each runs where there is time for it.
_once_on_sqlite = [
    "hostile/test_headers.py",
    "hostile/test_links.py",
    "hostile/test_websites.py",
    "languages/test_marked.py",
    "test_demo.py",
    "test_mirror.py",
]
_once_on_postgres = [
    "hostile/test_canaries.py",
    "hostile/test_mass_assignment.py",
    "who_may",
]
collect_ignore = (
    _needs_two_transactions + _once_on_postgres
    if connection.vendor == "sqlite"
    else _asks_no_database + _once_on_sqlite
)


def pytest_configure() -> None:
    """Compile translations that are newer than what was compiled, as `make catalogs` does."""
    for locale in django_settings.LOCALE_PATHS:
        for text in Path(locale).glob("*/LC_MESSAGES/django.po"):
            compiled = text.with_suffix(".mo")
            if compiled.exists() and compiled.stat().st_mtime >= text.stat().st_mtime:
                continue
            with text.open("rb") as source:
                catalog = read_po(source, locale=text.parts[-3])
            # Whole at once: another run may be reading it.
            written = compiled.with_suffix(f".{os.getpid()}")
            with written.open("wb") as result:
                write_mo(result, catalog)
            written.replace(compiled)


@pytest.fixture(autouse=True)
def plain_settings(settings: Settings) -> None:
    """Need no collected static files, and spend no time on hashing passwords."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MFA_REQUIRED = False  # tests/staff/ and tests/who_may/ ask for it


@pytest.fixture(scope="session", autouse=True)
def flush_guarded_tables() -> Iterator[None]:
    """Let tests that cannot be rolled back be swept up, past the triggers that keep records."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        database: Any = self.connection
        if database.vendor == "postgresql":
            flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])
            return
        database.ensure_connection()
        triggers = "SELECT name, sql FROM sqlite_master WHERE name LIKE '%/_guard/_%' ESCAPE '/'"
        with database.cursor() as cursor:
            guarded = cursor.execute(triggers).fetchall()
        drop = [f"DROP TRIGGER {name}" for name, _sql in guarded]
        flush(self, [*drop, *sql_list, *(sql for _name, sql in guarded)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield


@pytest.fixture(autouse=True)
def empty_shelf() -> None:
    """Keep no page of another test, whose letters may have had the same keys."""
    kept.shelf.clear()


@pytest.fixture(scope="session", autouse=True)
def patient_server() -> Iterator[None]:
    """Let a hundred visitors knock at once; Django's test server turns the eleventh away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIServer, "request_queue_size", 128)
        yield


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to other machines: no test may depend on one, or write to one."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not is_loopback(address[0]):
            self.close()
            pytest.fail(f"A test tried to connect to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Make the folder of the SQLite file, for a pytest called without `python -m tests`."""
    django_settings.STATE_DIR.mkdir(exist_ok=True)


def skipped_under_ci(config: pytest.Config) -> bool:
    """Let no test go missing unnoticed: on a machine with CI=true a skip is a failure."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return os.environ.get("CI") == "true" and bool(reporter and reporter.stats.get("skipped"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped_under_ci(session.config):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if skipped_under_ci(config):
        terminalreporter.write_line(
            "Failed, because with CI=true no test may be skipped.", red=True
        )
