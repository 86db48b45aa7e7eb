"""A backup can be read by nobody but the holder of the key, and restored by one command."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.factories import make_letter, make_sign_on, make_signature
from tests.postgres import drop_databases, with_database
from tests.servers import database_url

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("tools"),
]

SCRIPTS = settings.BASE_DIR / "deploy/backup"
CANARY = "canary@waterwatch.example"


@pytest.fixture
def tools() -> None:
    """Need what the image of the backup has."""
    if missing := [name for name in ("age", "pg_dump", "pg_restore") if not shutil.which(name)]:
        lacking = f"No backups: install Debian's packages age and postgresql-client ({missing})."
        if os.environ.get("REQUIRE_EDGE") == "1":
            pytest.fail(lacking)
        pytest.skip(lacking)


class Backups:
    """A folder of backups, a key to read them, and a database to restore into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "backups"
        self.folder.mkdir()
        self.key = folder / "key"
        made = subprocess.run(
            ["age-keygen", "-o", self.key], capture_output=True, text=True, check=True
        )
        self.public = made.stderr.split()[-1]
        self.restored = f"{connection.settings_dict['NAME']}_restored"

    def run(
        self,
        script: str,
        *arguments: object,
        database: str = "",
        typed: str = "",
        **more: str,
    ) -> str:
        parts = urlsplit(database_url())
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        host = parts.hostname or asked.get("host", "")
        done = subprocess.run(
            [str(SCRIPTS / script), *map(str, arguments)],
            env={
                "PATH": os.environ["PATH"],
                "PGHOST": host.replace("%2F", "/").replace("%2f", "/"),
                "PGPORT": str(parts.port or asked.get("port", 5432)),
                "PGUSER": parts.username or "postgres",
                "PGDATABASE": database or parts.path[1:],
                "BACKUP_PUBLIC_KEY": self.public,
                **more,
            },
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def backups(tmp_path: Path) -> Iterator[Backups]:
    backups = Backups(tmp_path)
    url = with_database(database_url(), "postgres")
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{backups.restored}"')
    yield backups
    drop_databases(url, prefix=backups.restored)


def contents(url: str) -> dict[str, tuple[int, str | None]]:
    """Return, for each table, how many rows it has and a digest of them all."""
    with psycopg.connect(url) as database:
        tables = database.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        return {
            table: database.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) "  # noqa: S608
                f'FROM "{table}" t'
            ).fetchone()
            or (0, None)
            for (table,) in tables
        }


def test_a_restored_copy_is_the_same_row_by_row(backups: Backups) -> None:
    letter = make_letter()
    make_signature(letter, "Amal")
    make_sign_on([letter], email=CANARY)
    made = Path(backups.run("backup.sh", backups.folder))
    backups.run("restore.sh", made, backups.key, database=backups.restored)
    before = contents(database_url())
    assert before["signatures_signature"][0] == 1
    assert contents(with_database(database_url(), backups.restored)) == before


def test_the_key_can_be_handed_over_without_a_file(backups: Backups) -> None:
    make_signature(make_letter(), "Amal")
    made = backups.run("backup.sh", backups.folder)
    key = backups.key.read_text()
    backups.run("restore.sh", made, "-", database=backups.restored, typed=key)
    assert contents(with_database(database_url(), backups.restored)) == contents(database_url())


def test_a_backup_tells_nothing_without_the_key(backups: Backups, tmp_path: Path) -> None:
    make_sign_on([make_letter()], email=CANARY)
    made = Path(backups.run("backup.sh", backups.folder))
    assert made.read_bytes().startswith(b"age-encryption.org/v1")
    assert CANARY.encode() not in made.read_bytes()
    assert made.stat().st_mode & 0o077 == 0
    (tmp_path / "other").mkdir()
    other = Backups(tmp_path / "other")
    with pytest.raises(AssertionError, match="no identity matched"):
        backups.run("restore.sh", made, other.key, database=backups.restored)


def test_a_database_with_something_in_it_is_not_restored_into(backups: Backups) -> None:
    made = backups.run("backup.sh", backups.folder)
    with pytest.raises(AssertionError, match="not empty"):
        backups.run("restore.sh", made, backups.key)


def test_the_oldest_backup_goes(backups: Backups) -> None:
    for day in range(1, 4):
        (backups.folder / f"openletters-2020010{day}T030000Z.dump.age").touch()
    (backups.folder / "another").touch()
    made = Path(backups.run("backup.sh", backups.folder, BACKUPS_KEPT="2"))
    assert sorted(path.name for path in backups.folder.iterdir()) == [
        "another",
        "openletters-20200103T030000Z.dump.age",
        made.name,
    ]


def test_a_backup_that_fails_leaves_nothing(backups: Backups) -> None:
    with pytest.raises(AssertionError):
        backups.run("backup.sh", backups.folder, database="there_is_none")
    assert not list(backups.folder.iterdir())
