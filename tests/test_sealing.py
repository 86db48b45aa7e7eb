"""What is private stands sealed in the database, under keys that can be replaced."""

import base64
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from openletters.local_secrets import local_secret
from signatures import vault
from signatures.models import Note, OutgoingMail, SignatoryImport, SignOn, SignOnEvent
from signatures.models.import_rows import ImportRow
from signatures.models.mail import MAILS_PER_ADDRESS
from signatures.vault import address_hash
from tests.factories import make_sign_on, make_staff

OLD, NEW = "o" * 43, "n" * 43

CANARY = "kanari"
"""Stands in everything that has to be sealed."""


def stored(model: Any, column: str) -> Any:
    """Return what the database holds in a column of the only row of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table}")  # noqa: S608
        [[value]] = cursor.fetchall()
    return value


def everything() -> Iterator[str]:
    """Return every value of every table, as the database holds it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            for row in cursor.fetchall():
                for value in row:
                    held = isinstance(value, bytes | memoryview)
                    yield bytes(value).decode("latin-1") if held else str(value)


class TestVault:
    @given(st.text())
    def test_it_opens_what_it_sealed(self, text: str) -> None:
        assert vault.unseal(vault.seal(text)) == text

    def test_equal_texts_look_different_each_time(self) -> None:
        assert vault.seal("Alice") != vault.seal("Alice")

    def test_the_length_tells_little(self) -> None:
        lengths = {len(vault.seal("x" * length)) for length in range(1, 64)}
        assert len(lengths) == 1

    def test_nothing_is_stored_as_nothing(self) -> None:
        assert vault.seal("") == vault.unseal("") == ""

    def test_a_change_of_any_byte_is_noticed(self) -> None:
        name, data = vault.seal("Alice").split(":")
        raw = base64.b64decode(data)
        for at in range(len(raw)):
            changed = bytearray(raw)
            changed[at] ^= 1
            with pytest.raises(vault.Unreadable):
                vault.unseal(f"{name}:{base64.b64encode(changed).decode()}")

    @pytest.mark.parametrize("text", ["Alice", ":", "12345678:", "12345678:AAAA", "ünseal:ä"])
    def test_what_was_never_sealed_is_refused(self, text: str) -> None:
        with pytest.raises(vault.Unreadable):
            vault.unseal(text)

    def test_an_older_key_opens_and_the_newest_seals(self, settings: Settings) -> None:
        settings.CONTACT_KEYS = [OLD]
        sealed = vault.seal("Alice")
        settings.CONTACT_KEYS = [NEW, OLD]
        assert vault.unseal(sealed) == "Alice"
        assert vault.seal("Alice")[:8] == vault.current().id != sealed[:8]
        settings.CONTACT_KEYS = [NEW]
        with pytest.raises(vault.Unreadable, match=sealed[:8]):
            vault.unseal(sealed)

    def test_a_fingerprint_needs_the_key_and_the_purpose(self, settings: Settings) -> None:
        settings.CONTACT_KEYS = [OLD]
        mine = vault.fingerprint("alice@example.org", "address")
        assert mine == vault.fingerprint("alice@example.org", "address")
        assert mine != vault.fingerprint("alice@example.org", "name")
        settings.CONTACT_KEYS = [NEW, OLD]
        assert vault.fingerprint("alice@example.org", "address") != mine
        assert mine in vault.fingerprints("alice@example.org", "address")

    def test_a_local_key_is_made_once(self, settings: Settings, tmp_path: Path) -> None:
        settings.STATE_DIR = tmp_path / "var"
        with ThreadPoolExecutor(8) as pool:
            [made] = set(pool.map(local_secret, ["contact-key"] * 8))
        assert len(made) >= 43
        file = settings.STATE_DIR / "contact-key"
        assert file.read_text() == made
        assert file.stat().st_mode & 0o077 == 0
        assert [*settings.STATE_DIR.iterdir()] == [file]


@pytest.mark.django_db
class TestAtRest:
    def test_no_column_shows_a_contact(self) -> None:
        mona = make_staff()
        sign_on = make_sign_on(
            contact_name=f"{CANARY} name",
            contact_title=f"{CANARY} title",
            email=f"{CANARY}@waterwatch.example",
            new_email=f"new-{CANARY}@waterwatch.example",
            former_email=f"old-{CANARY}@waterwatch.example",
            provenance=f"{CANARY} in the blue folder",
        )
        Note.objects.create(sign_on=sign_on, author=mona, text=f"{CANARY} called")
        sign_on.record(SignOnEvent.Kind.CORRECTED, reason=f"{CANARY} asked")
        sign_on.owe(OutgoingMail.Kind.REJECTED, note=f"{CANARY} was told")
        batch = SignatoryImport.objects.create(
            actor=mona, content=f"name,{CANARY}".encode(), target="sign_ons"
        )
        row = ImportRow.objects.create(
            batch=batch,
            line=1,
            cells={"email": CANARY},
            problems=[CANARY],
            contact_name=CANARY,
            contact_title=CANARY,
            email=CANARY,
        )
        held = [*everything()]
        assert len(held) > 100
        assert [value for value in held if CANARY in value] == []
        for kept in (sign_on, batch, row):
            kept.refresh_from_db()
        assert sign_on.email == f"{CANARY}@waterwatch.example"
        assert bytes(batch.content or b"") == f"name,{CANARY}".encode()
        assert (row.cells, row.problems) == ({"email": CANARY}, [CANARY])
        assert sign_on.notes.get().text == f"{CANARY} called"

    def test_an_address_is_found_by_its_hash_alone(self) -> None:
        sign_on = make_sign_on(email="Alice@waterwatch.example")
        assert SignOn.objects.from_address("alice@WATERWATCH.example").get() == sign_on
        assert stored(SignOn, "email_hash") == address_hash("alice@waterwatch.example")
        assert not SignOn.objects.from_address("").exists()

    @pytest.mark.parametrize("lookup", ["email__iexact", "email__contains", "email", "email__in"])
    def test_looking_into_a_sealed_column_is_an_error(self, lookup: str) -> None:
        with pytest.raises(FieldError):
            SignOn.objects.filter(**{lookup: "alice@waterwatch.example"}).exists()

    def test_one_can_ask_whether_there_is_anything(self) -> None:
        known, unknown = make_sign_on(), make_sign_on(email="")
        assert SignOn.objects.get(email="") == unknown
        assert SignOn.objects.exclude(email="").get() == known

    def test_a_text_that_is_too_long_is_not_valid(self) -> None:
        sign_on = make_sign_on(contact_name="x" * 151)
        with pytest.raises(Exception, match="150"):
            sign_on.clean_fields(exclude=["country"])


@pytest.mark.django_db
class TestAnotherKey:
    @pytest.fixture
    def sign_on(self, settings: Settings) -> SignOn:
        """A sign-on that was made under the old key, with all that belongs to one."""
        settings.CONTACT_KEYS = [OLD]
        sign_on = make_sign_on()
        mona = make_staff()
        Note.objects.create(sign_on=sign_on, author=mona, text="called")
        SignatoryImport.objects.create(actor=mona, content=b"a,b", target="sign_ons")
        for _ in range(MAILS_PER_ADDRESS):
            sign_on.owe(OutgoingMail.Kind.CONFIRM)
        sign_on.record(SignOnEvent.Kind.CORRECTED, reason="name")
        settings.CONTACT_KEYS = [NEW, OLD]
        return sign_on

    def reseal(self, *arguments: str) -> str:
        out = StringIO()
        call_command("reseal", *arguments, stdout=out)
        return out.getvalue()

    def test_what_was_known_of_an_address_is_still_known(self, sign_on: SignOn) -> None:
        assert SignOn.objects.from_address(sign_on.email).get() == sign_on
        assert OutgoingMail.objects.is_enough_for(sign_on.email)

    def test_it_takes_the_place_of_the_old_one(self, sign_on: SignOn, settings: Settings) -> None:
        before = {key: str(value) for key, value in vars(sign_on).items() if key != "_state"}
        assert re.search(r"[1-9]\d* rows", self.reseal())
        settings.CONTACT_KEYS = [NEW]
        sign_on = SignOn.objects.get()
        after = {key: str(getattr(sign_on, key)) for key in before}
        changed = {key for key in before if after[key] != before[key]}
        assert changed == {"email_hash"}
        assert SignOn.objects.from_address(sign_on.email).get() == sign_on
        assert sign_on.notes.get().text == "called"
        assert sign_on.events.get(kind="corrected").reason == "name"
        assert bytes(SignatoryImport.objects.get().content or b"") == b"a,b"
        assert [mail.address() for mail in OutgoingMail.objects.all()] == [sign_on.email] * 3

    def test_nothing_is_left_to_do_then(self, sign_on: SignOn) -> None:
        self.reseal()
        sealed = stored(SignOn, "email")
        assert "0 rows" in self.reseal()
        assert stored(SignOn, "email") == sealed

    def test_a_database_of_another_key_is_refused(
        self, sign_on: SignOn, settings: Settings
    ) -> None:
        name = str(stored(SignOn, "email"))[:8]
        call_command("check", databases=["default"])
        settings.CONTACT_KEYS = [NEW]
        with pytest.raises(SystemCheckError, match=f"lacks the key {name}"):
            call_command("check", databases=["default"])

    def test_a_lost_key_is_told_with_its_name(self, sign_on: SignOn, settings: Settings) -> None:
        name = str(stored(SignOn, "email"))[:8]
        settings.CONTACT_KEYS = [NEW]
        with pytest.raises(vault.Unreadable, match=name):
            SignOn.objects.get()
