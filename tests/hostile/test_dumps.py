"""What somebody finds who walks off with the database: no contact, in no byte of it."""

import subprocess
from pathlib import Path

import pytest
from django.db import connection

from signatures.models import SignOn
from tests.hostile.canaries import Aviary
from tests.hostile.test_canaries import CONTACT
from tests.hostile.world import fill, furnish
from tests.servers import database_url

pytestmark = pytest.mark.django_db(transaction=True)

SEALED = CONTACT | {"SignOn.former_email", "ImportRow.contact_title", "SignatoryImport.content"}
"""Columns that hold what is known about contacts. Mails name them by their sign-on alone."""


def stolen() -> bytes:
    """Return a dump of PostgreSQL, or every byte of SQLite's files, its journal included."""
    if connection.vendor == "postgresql":
        dump = subprocess.run(
            ["pg_dump", "--format=plain", database_url().replace("postgres:", "postgresql:")],
            capture_output=True,
            check=True,
        )
        return dump.stdout
    file = Path(connection.settings_dict["NAME"])
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))


def swept() -> bytes:
    """Return the same once SQLite has swept its files; PostgreSQL dumps no dead rows anyway."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return stolen()


def test_a_stolen_database_tells_of_no_contact() -> None:
    aviary = Aviary("kanari7f3a")
    world = furnish(aviary)
    fill(aviary)
    assert_sealed(aviary, stolen())
    assert_sealed(aviary, swept())

    changed, erased = world.sign_ons["pending"], world.sign_ons["twin"]
    for sign_on in (changed, erased):
        sign_on.refresh_from_db()
    changed.correct(contact_name=aviary("SignOn.contact_name", 99))
    address = f"{aviary('SignOn.email', 99)}@a.example"
    changed.request_new_email(address)
    changed.confirm_new_email(address)
    assert SignOn.objects.filter(pk=erased.pk).erase(actor=world.root) == 1
    assert_sealed(aviary, stolen())
    assert_sealed(aviary, swept())


def assert_sealed(aviary: Aviary, content: bytes) -> None:
    """Assert that what is no secret can be read in `content`, and no contact."""
    found = aviary.found_in(content)
    assert {"SignOn.name", "OrganizationName.name", "LetterTranslation.body"} <= found
    assert found & SEALED == set()
