"""The drill, by the commands that people use: back up, destroy, restore, compare, erase again."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from openletters import age

CANARY = "canary@waterwatch.example"


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
                "CONTACT_KEYS": "k" * 43,
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
        return self.run("shell", "--no-imports", "-c", story)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A SQLite file with the demo's letters, and a claim with contact data."""
    file = tmp_path_factory.mktemp("filled") / "site.sqlite3"
    site = Site(file.parent, f"sqlite:///{file}")
    site.run("migrate", "--verbosity=0")
    site.run("load_demo")
    site.tell(
        "from tests.factories import make_sign_on\n"
        f"make_sign_on(email={CANARY!r}, name='Water Watch')\n"
        "from django.db import connection\n"
        "connection.cursor().execute('PRAGMA wal_checkpoint(TRUNCATE)')"
    )
    return file.read_bytes()


@pytest.fixture
def site(tmp_path: Path, filled: bytes) -> Site:
    file = tmp_path / "site.sqlite3"
    file.write_bytes(filled)
    return Site(tmp_path, f"sqlite:///{file}")


def file_of(site: Site) -> Path:
    return Path(site.url.removeprefix("sqlite:///"))


def contents(path: Path) -> dict[str, tuple[int, str]]:
    """Return, for each table, how many rows it has and a digest of them all."""
    with closing(sqlite3.connect(path)) as database:
        tables = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        rows = {
            table: sorted(map(repr, database.execute(f'SELECT * FROM "{table}"')))  # noqa: S608
            for table in tables
        }
    return {
        table: (len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
        for table, lines in rows.items()
    }


def destroy(site: Site) -> None:
    for path in file_of(site).parent.glob(f"{file_of(site).name}*"):
        path.unlink()


def test_what_was_destroyed_is_restored_row_by_row(site: Site) -> None:
    before = contents(file_of(site))
    assert before["signatures_signature"][0] == 396
    backup = site.back_up()
    destroy(site)
    assert f"{backup.name} is restored." in site.run("restore", backup, site.key)
    assert contents(file_of(site)) == before
    assert CANARY in site.tell(
        "from signatures.models import SignOn; print([one.email for one in SignOn.objects.all()])"
    )
