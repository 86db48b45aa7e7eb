"""Encrypted copies of the whole database, and the way back.

A SQLite file is copied while it is in use, and encrypted here: that needs no program. For
PostgreSQL the scripts in deploy/backup do the work, with PostgreSQL's own tools and age.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection

from openletters import age

SCRIPTS = settings.BASE_DIR / "deploy/backup"

LIST = "erasures.txt"
"""The list beside the backups of what was erased: a restored one has to forget it again."""


class Impossible(Exception):
    """It cannot be done; the message says what is missing, or in the way."""


def back_up(folder: Path, public: str, *, kept: int) -> Path:
    """Write an encrypted copy into a folder, drop the oldest but `kept`, and return the new one.

    `public` is the public half of a key of age. Raises Impossible.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if connection.vendor == "sqlite":
        return back_up_file(Path(connection.settings_dict["NAME"]), folder, public, kept=kept)
    names = {"BACKUP_PUBLIC_KEY": public, "BACKUPS_KEPT": str(kept)}
    return Path(_run("backup.sh", folder, **names).strip())


def restore(backup: Path, key: str) -> None:
    """Put the database that is in a backup into the place of this site's, which must be empty.

    `key` names the file of the private key, or is - for the standard input. Everything or nothing
    is restored. Raises Impossible.
    """
    if connection.vendor == "sqlite":
        connection.close()
        typed = sys.stdin.read() if key == "-" else ""
        try:
            private = typed or Path(key).read_text(encoding="utf-8")
        except OSError as error:
            raise Impossible(f"{key}: {error.strerror}.") from error
        restore_file(backup, Path(connection.settings_dict["NAME"]), private)
    else:
        _run("restore.sh", backup, key)


def back_up_file(database: Path, folder: Path, public: str, *, kept: int) -> Path:
    """Do so with a SQLite file, whoever writes to it meanwhile. Raises Impossible."""
    path = folder / f"openletters-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.sqlite3.age"
    draft = path.with_name(f".{path.name}")
    try:
        with _created(draft) as file:
            file.write(age.encrypt(_copied(database), public))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except age.WrongKey as error:
        raise Impossible(f"BACKUP_PUBLIC_KEY: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    for oldest in sorted(folder.glob("openletters-*.sqlite3.age"))[:-kept]:
        oldest.unlink()
    return path


def restore_file(backup: Path, database: Path, private: str) -> None:
    """Do so with a SQLite file; `private` is what the file of the key holds. Raises Impossible."""
    _make_way_for(database)
    draft = database.with_name(f".{database.name}")
    try:
        found = age.decrypt(backup.read_bytes(), age.private_key_in(private))
        with _created(draft) as plain:
            plain.write(found)
            plain.flush()
            os.fsync(plain.fileno())
        with closing(sqlite3.connect(draft)) as restored:
            if restored.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Impossible(f"{backup} holds no sound database.")
        draft.replace(database)
    except (age.Damaged, sqlite3.DatabaseError) as error:
        raise Impossible(f"{backup} is not whole: {error}.") from error
    except age.WrongKey as error:
        raise Impossible(f"{backup} cannot be read with this key: {error}.") from error
    except OSError as error:
        raise Impossible(f"{error.filename}: {error.strerror}.") from error
    finally:
        for left in (draft, *(draft.with_name(draft.name + end) for end in ENDINGS)):
            left.unlink(missing_ok=True)


ENDINGS = ("-wal", "-shm")
"""What the files are called that SQLite keeps beside a database."""


def _copied(database: Path) -> bytes:
    """Return a SQLite file as it stands, in memory: what is deleted from a disk can be found."""
    if not database.exists():
        raise Impossible(f"There is no database at {database}.")
    with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(":memory:")) as copy:
        live.backup(copy)
        return copy.serialize()


def _make_way_for(database: Path) -> None:
    """See to it that nothing is overwritten. Raises Impossible."""
    database.parent.mkdir(parents=True, exist_ok=True)
    if database.exists():
        with closing(sqlite3.connect(database)) as present:
            [tables] = present.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables:
            raise Impossible(f"{database} is not empty. Stop the site, and move it away first.")
    for end in ENDINGS:
        if (left := database.with_name(database.name + end)).exists():
            raise Impossible(f"{left} belongs to another database. Move it away first.")


def _created(path: Path) -> BinaryIO:
    """Open a new file for its owner alone."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


ENVIRONMENT = {
    "dbname": "PGDATABASE",
    "host": "PGHOST",
    "passfile": "PGPASSFILE",
    "password": "PGPASSWORD",
    "port": "PGPORT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "user": "PGUSER",
}
"""Where the tools of PostgreSQL look for what DATABASE_URL says."""


def _run(script: str, *arguments: object, **names: str) -> str:
    """Run a script on the database of the settings; return what it prints. Raises Impossible."""
    for program, package in (("age", "age"), ("pg_dump", "postgresql-client")):
        if not shutil.which(program):
            raise Impossible(f"{program} is missing: sudo apt-get install {package}")
    stated = connection.get_connection_params()
    told = {name: str(stated[key]) for key, name in ENVIRONMENT.items() if stated.get(key)}
    done = subprocess.run(
        [str(SCRIPTS / script), *map(str, arguments)],
        env=os.environ | told | names,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Impossible(done.stderr.strip())
    return done.stdout
