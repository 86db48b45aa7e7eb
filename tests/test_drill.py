"""The drill, by the commands that people use: back up, destroy, restore, compare, erase again."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from openletters import age
from tests.postgres import connect, drop_databases, with_database
from tests.servers import database_url

CANARY = "canary@waterwatch.example"
KEYS = "k" * 43


class Site:
    """A site of its own on this machine: a database, a key for backups, a folder of them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.backups, self.key = folder / "backups", folder / "backup.key"
        private, self.public = age.make_key()
        self.key.write_text(private)

    def run(self, *arguments: object, typed: str = "", **environment: str) -> str:
        """Run a command of the site; return what it prints, or raise with what it complains of."""
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=settings.BASE_DIR,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": self.url,
                "BACKUP_PUBLIC_KEY": self.public,
                "CONTACT_KEYS": KEYS,
                **environment,
            },
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout.strip()

    def back_up(self, **environment: str) -> Path:
        return Path(self.run("backup", self.backups, **environment))

    def tell(self, story: str) -> str:
        """Have the site do something in Python."""
        first = "from signatures.models import SignOn\nfrom tests.factories import make_sign_on\n"
        return self.run("shell", "--no-imports", "-c", first + story)

    def contacts(self) -> str:
        """Return the addresses of all contacts."""
        return self.tell("print([one.email for one in SignOn.objects.filter(name='Water Watch')])")

    @property
    def file(self) -> Path:
        """Where the database is, if it is SQLite."""
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def database(self) -> str:
        """What it is called, if it is on a server."""
        return self.url.rpartition("/")[2].partition("?")[0]

    def destroy(self) -> None:
        """Lose the database; where there is a server, it has an empty one again."""
        if connection.vendor == "sqlite":
            for path in self.file.parent.glob(f"{self.file.name}*"):
                path.unlink()
        else:
            drop_databases(self.url, prefix=self.database)
            with connect(self.url) as server:
                server.execute(f'CREATE DATABASE "{self.database}"')

    def contents(self) -> dict[str, tuple[int, str]]:
        """Return, for each table, how many rows it has and a digest of them all."""
        rows = self._rows_of_file() if connection.vendor == "sqlite" else self._rows_of_server()
        return {
            table: (len(lines), hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest())
            for table, lines in rows.items()
        }

    def _rows_of_file(self) -> dict[str, list[str]]:
        with closing(sqlite3.connect(self.file)) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {
                name: list(map(repr, database.execute(f'SELECT * FROM "{name}"')))  # noqa: S608
                for (name,) in tables.fetchall()
            }

    def _rows_of_server(self) -> dict[str, list[str]]:
        with psycopg.connect(self.url) as database:
            tables = database.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            every: dict[str, list[Any]] = {
                name: database.execute(f'SELECT t::text FROM "{name}" t').fetchall()  # noqa: S608
                for (name,) in tables
            }
        return {name: [row for (row,) in rows] for name, rows in every.items()}


@pytest.fixture(scope="module")
def filled(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with the demo's letters, and a claim with contact data."""
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("filled")
        site = Site(folder, f"sqlite:///{folder}/site.sqlite3")
    else:
        name = f"{connection.settings_dict['NAME']}_drill"
        site = Site(tmp_path_factory.mktemp("filled"), with_database(database_url(), name))
        site.destroy()
    site.tell(
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "call_command('load_demo')\n"
        f"make_sign_on(email={CANARY!r}, name='Water Watch')"
    )
    yield site
    if connection.vendor == "postgresql":
        drop_databases(site.url, prefix=name)


@pytest.fixture
def site(tmp_path: Path, filled: Site) -> Iterator[Site]:
    """A copy of that site."""
    if connection.vendor == "sqlite":
        site = Site(tmp_path, f"sqlite:///{tmp_path}/site.sqlite3")
        with closing(sqlite3.connect(filled.file)) as full:
            full.execute("VACUUM INTO ?", [str(site.file)])
        yield site
        return
    with connect(filled.url) as server:
        server.execute(f'CREATE DATABASE "{filled.database}_copy" TEMPLATE "{filled.database}"')
    yield Site(tmp_path, with_database(filled.url, f"{filled.database}_copy"))
    drop_databases(filled.url, prefix=f"{filled.database}_copy")


def test_what_was_destroyed_is_restored_row_by_row(site: Site) -> None:
    before = site.contents()
    assert before["signatures_signature"][0] == 396
    backup = site.back_up()
    assert CANARY.encode() not in backup.read_bytes()
    assert backup.stat().st_mode & 0o077 == 0
    site.destroy()
    assert f"{backup.name} is restored." in site.run("restore", backup, site.key)
    assert site.contents() == before
    assert CANARY in site.contacts()


def test_what_was_erased_since_does_not_come_back(site: Site) -> None:
    backup, beside = site.back_up(), site.backups / "erasures.txt"
    assert beside.read_text() == ""
    listed = site.folder / "of the worker"
    site.tell(
        "SignOn.objects.get(name='Water Watch').withdraw()\n"
        "from signatures import retention\n"
        "from pathlib import Path\n"
        f"retention.keep_list(Path({str(listed)!r}))"
    )
    assert " withdrawn " in listed.read_text()
    site.destroy()
    site.run("restore", backup, site.key, ERASURES_FILE=str(listed))
    assert site.contacts() == "['']"


def test_a_site_that_lacks_the_keys_of_its_contacts_says_so(site: Site) -> None:
    backup = site.back_up()
    site.destroy()
    with pytest.raises(AssertionError, match="CONTACT_KEYS lacks the key"):
        site.run("restore", backup, site.key, CONTACT_KEYS="other" * 9)
    assert site.contents()["signatures_signature"][0] == 396


def test_without_the_list_of_erasures_nothing_is_restored(tmp_path: Path) -> None:
    (tmp_path / "backup").touch()
    with pytest.raises(CommandError, match=r"erasures.txt is missing"):
        call_command("restore", tmp_path / "backup", "key")


def test_a_list_that_cannot_be_read_stops_it_before_anything_is_restored(site: Site) -> None:
    """Or the site could be opened with what people have had erased, and not be restored again."""
    backup, beside = site.back_up(), site.backups / "erasures.txt"
    site.destroy()
    for damaged in (b"\xff\xfe\x00", b"something else\n"):
        beside.write_bytes(damaged)
        with pytest.raises(AssertionError, match=r"erasures\.txt is no list of erasures"):
            site.run("restore", backup, site.key)
    beside.write_bytes(b"")
    assert "is restored." in site.run("restore", backup, site.key, ERASURES_FILE="/nowhere/list")
    assert site.contents()["signatures_signature"][0] == 396


def test_whoever_backs_up_without_a_key_is_told_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BACKUP_PUBLIC_KEY", raising=False)
    with pytest.raises(CommandError, match="make_backup_key"):
        call_command("backup", tmp_path)
    made = tmp_path / "made.key"
    call_command("make_backup_key", made)
    assert made.stat().st_mode & 0o077 == 0
    public = capsys.readouterr().out.strip().removeprefix("BACKUP_PUBLIC_KEY=")
    private = age.private_key_in(made.read_text())
    assert age.decrypt(age.encrypt(b"told", public), private) == b"told"
    with pytest.raises(CommandError, match="exists"):
        call_command("make_backup_key", made)
