"""A SQLite file is copied while it is in use, and restored whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from openletters import age
from openletters.backups import Impossible, back_up_file, restore_file

PRIVATE, PUBLIC = age.make_key()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with one row."""
    path = tmp_path / "site.sqlite3"
    with closing(sqlite3.connect(path)) as site:
        site.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for backups."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def rows(database: Path) -> list[int]:
    with closing(sqlite3.connect(database)) as site:
        return [a for (a,) in site.execute("SELECT a FROM t ORDER BY a")]


def test_it_is_restored_as_it_was(database: Path, folder: Path, tmp_path: Path) -> None:
    backup = back_up_file(database, folder, PUBLIC, kept=30)
    restored = tmp_path / "elsewhere" / "site.sqlite3"
    restore_file(backup, restored, f"# a comment\n{PRIVATE}\n")
    assert rows(restored) == [1]
    assert [path.name for path in restored.parent.iterdir()] == ["site.sqlite3"]
    for path in (backup, restored):
        assert path.stat().st_mode & 0o077 == 0


def test_what_others_are_writing_is_not_in_it(database: Path, folder: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as writer:
        writer.execute("INSERT INTO t VALUES (2)")
        writer.commit()
        writer.execute("INSERT INTO t VALUES (3)")
        backup = back_up_file(database, folder, PUBLIC, kept=30)
    restore_file(backup, tmp_path / "restored", PRIVATE)
    assert rows(tmp_path / "restored") == [1, 2]


@pytest.fixture
def backup(database: Path, folder: Path) -> Iterator[Path]:
    """A backup; whatever is done to it, nothing but it and the database is there afterwards."""
    backup = back_up_file(database, folder, PUBLIC, kept=30)
    yield backup
    assert {path.name for path in database.parent.iterdir()} <= {"backups", "site.sqlite3"}


def test_another_key_restores_nothing(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(Impossible, match="for another key"):
        restore_file(backup, tmp_path / "restored", age.make_key()[0])


def test_what_is_no_key_restores_nothing(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(Impossible, match="there is no line AGE-SECRET-KEY"):
        restore_file(backup, tmp_path / "restored", "password")


def test_a_backup_that_was_cut_short_restores_nothing(backup: Path, tmp_path: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-10])
    with pytest.raises(Impossible, match="is not whole"):
        restore_file(backup, tmp_path / "restored", PRIVATE)


def test_what_is_no_backup_restores_nothing(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(Impossible, match=r"restored\.age: No such file"):
        restore_file(tmp_path / "restored.age", tmp_path / "restored", PRIVATE)
    backup.write_text("words")
    with pytest.raises(Impossible, match="is not whole"):
        restore_file(backup, tmp_path / "restored", PRIVATE)


def test_nothing_is_overwritten(backup: Path, database: Path) -> None:
    with pytest.raises(Impossible, match="is not empty"):
        restore_file(backup, database, PRIVATE)
    assert rows(database) == [1]


def test_what_is_left_of_another_database_is_not_mixed_in(backup: Path, tmp_path: Path) -> None:
    (left := tmp_path / "restored-wal").touch()
    with pytest.raises(Impossible, match="belongs to another database"):
        restore_file(backup, tmp_path / "restored", PRIVATE)
    left.unlink()


def test_the_oldest_goes(database: Path, folder: Path) -> None:
    for day in (1, 2):
        (folder / f"openletters-2020010{day}T030000Z.sqlite3.age").touch()
    (folder / "another").touch()
    made = back_up_file(database, folder, PUBLIC, kept=2)
    assert {path.name for path in folder.iterdir()} == {
        "another",
        "openletters-20200102T030000Z.sqlite3.age",
        made.name,
    }


@pytest.mark.parametrize(
    ("public", "told"),
    [("age1wrong", "BACKUP_PUBLIC_KEY: this is no public key"), (PUBLIC, "There is no database")],
    ids=["no key", "no database"],
)
def test_one_that_fails_leaves_nothing(
    database: Path, folder: Path, public: str, told: str
) -> None:
    if public == PUBLIC:
        database.unlink()
    with pytest.raises(Impossible, match=told):
        back_up_file(database, folder, public, kept=30)
    assert list(folder.iterdir()) == []
