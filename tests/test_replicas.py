"""What the public reads may come from a copy of the database; all else does not."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from openletters import replicas

STORY = """
from django.contrib.auth.models import User
from django.db import OperationalError, connections
from openletters import replicas

def names():
    return [user.username for user in User.objects.all()]

{story}
"""


PEOPLE = ("primary", "copy")
"""Who is in which database."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make two databases that hold different people, once for all tests."""
    folder = tmp_path_factory.mktemp("databases")
    first, second = (folder / f"{name}.sqlite3" for name in PEOPLE)
    run({"DATABASE_URL": f"sqlite:///{first}"}, "User.objects.create(username='x')", migrate=True)
    shutil.copy(first, second)
    for file in (first, second):
        with closing(sqlite3.connect(file)) as database:
            database.execute("UPDATE auth_user SET username = ?", [file.stem])
            database.commit()
    return folder


@pytest.fixture
def both(made: Path, tmp_path: Path) -> dict[str, str]:
    """Return the environment of two databases that hold different people."""
    first, second = (shutil.copy(made / f"{name}.sqlite3", tmp_path) for name in PEOPLE)
    return {"DATABASE_URL": f"sqlite:///{first}", "DATABASE_REPLICA_URL": f"sqlite:///{second}"}


def run(environment: dict[str, str], story: str, *, migrate: bool = False) -> str:
    """Have a process of its own tell a story about the databases; return what it prints."""
    first = "from django.core.management import call_command as c; c('migrate', verbosity=0)\n"
    done = subprocess.run(
        [
            *(sys.executable, "manage.py", "shell", "--no-imports", "-c"),
            (first if migrate else "") + STORY.format(story=story),
        ],
        cwd=django_settings.BASE_DIR,
        env={"PATH": os.defpath, "DEMO": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_only_what_the_public_reads_comes_from_the_copy(both: dict[str, str]) -> None:
    told = run(both, "print(names(), replicas.read(names), names())")
    assert told == "['primary'] ['copy'] ['primary']"


def test_nothing_is_written_to_the_copy(both: dict[str, str]) -> None:
    story = """
def write():
    user = User.objects.get()
    user.first_name = "changed"
    User.objects.create(username="new")
    User.objects.filter(username="primary").update(last_name="changed")
    return user
print(replicas.read(write), names())
print(sorted(User.objects.using("replica").values_list("username", "last_name")))
"""
    assert run(both, story) == "copy ['primary', 'new']\n[('copy', '')]"


def test_what_was_read_from_the_copy_is_saved_in_the_database(both: dict[str, str]) -> None:
    story = """
user = replicas.read(User.objects.get)
user.first_name = "saved"
user.save(update_fields=["first_name"])
print(user.username, *(User.objects.using(db).get().first_name for db in ("default", "replica")))
"""
    assert run(both, story) == "copy saved"


def test_when_the_copy_is_away_the_database_answers(both: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "copy.sqlite3").unlink()
    (tmp_path / "copy.sqlite3").mkdir()
    story = """
asked = []
def look():
    asked.append(replicas._reading.get())
    return names()
print(replicas.read(look), replicas.read(look), asked)
replicas._away_until = 0
print(replicas.read(look), asked)
"""
    assert run(both, story) == (
        "['primary'] ['primary'] [True, False, False]\n"
        "['primary'] [True, False, False, True, False]"
    )


def test_what_the_database_itself_refuses_is_told(both: dict[str, str]) -> None:
    story = """
def broken():
    raise OperationalError
try:
    replicas.read(broken)
except OperationalError:
    print("told")
"""
    assert run(both, story) == "told"


def test_another_mistake_is_not_tried_twice(both: dict[str, str]) -> None:
    story = """
asked = []
def broken():
    asked.append(1)
    raise KeyError
try:
    replicas.read(broken)
except KeyError:
    print(len(asked))
"""
    assert run(both, story) == "1"


def test_a_letter_is_read_from_the_copy_by_all_but_the_staff(both: dict[str, str]) -> None:
    for url, slug in ((both["DATABASE_URL"], "new"), (both["DATABASE_REPLICA_URL"], "old")):
        run(
            {"DATABASE_URL": url},
            "from signatures import demo; demo.load()\n"
            "from signatures.models import Letter\n"
            f"Letter.objects.filter(slug='asp-president').update(slug={slug!r})",
        )
    story = """
from functools import partial
from django.test import Client as AnyHost
Client = partial(AnyHost, HTTP_HOST='127.0.0.1')
print([Client().get(f"/letters/{slug}/").status_code for slug in ("old", "new")])
staff = Client()
staff.cookies["session"] = "x"
print([staff.get(f"/letters/{slug}/").status_code for slug in ("old", "new")])
print([Client().get(f"/letters/{slug}/sign/").status_code for slug in ("old", "new")])
"""
    assert run(both, story) == "[200, 404]\n[404, 200]\n[404, 200]"


def test_without_a_copy_nothing_is_different() -> None:
    if replicas.REPLICA not in django_settings.DATABASES:
        assert replicas.read(replicas._reading.get) is False
