"""What was erased does not come back with a backup."""

import os
import signal
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.test import Client
from pytest_django import Settings

from signatures import retention
from signatures.models import Erasure, OutgoingMail, Signature, SignOn, SignOnEvent
from signatures.models.erasures import Line
from signatures.models.withholding import withhold_listings
from tests.factories import make_letter, make_organization, make_sign_on, make_signature
from tests.retention.canaries import CANARY, CONTACT, everything, staff, watched
from tests.servers import database_url


@pytest.fixture
def exported(db: None) -> str:
    """What export_erasures says after a withdrawal, a wish to be forgotten, and a deletion.

    The database itself is by then as a backup brought it back that was made before.
    """
    letter = make_letter()
    gone = {}
    for name in ("Withdrawn Ones", "Erased Ones", "Deleted Ones", "Staying Ones"):
        status = SignOn.Status.UNCONFIRMED if name == "Deleted Ones" else SignOn.Status.PENDING
        gone[name] = watched(letter, name=name, status=status)
    for name in ("Withdrawn Ones", "Erased Ones", "Staying Ones"):
        gone[name].approve(actor=staff())
    at = datetime(2026, 11, 3, 4, 5, 6, 789, tzinfo=UTC)
    return "".join(
        f"{Line(at, kind, gone[name].public_id)}\n"
        for kind, name in (
            ("withdrawn", "Withdrawn Ones"),
            ("erased", "Withdrawn Ones"),
            ("erased", "Erased Ones"),
            ("deleted", "Deleted Ones"),
        )
    ) + str(Line(at, "erased", uuid.uuid4()))  # made after the backup


def apply(tmp_path: Path, lines: str) -> str:
    file = tmp_path / "erasures"
    file.write_text(lines, encoding="ascii")
    said = StringIO()
    call_command("apply_erasures", file, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_a_line_tells_time_kind_and_sign_on_and_nothing_else() -> None:
    sign_on = watched(make_letter())
    sign_on.withdraw()
    said = StringIO()
    call_command("export_erasures", stdout=said)
    [line] = said.getvalue().splitlines()
    at, kind, public_id = line.split()
    assert datetime.fromisoformat(at) == Erasure.objects.get().created_at
    assert at.endswith("+00:00")
    assert (kind, public_id) == ("withdrawn", str(sign_on.public_id))
    assert CANARY not in said.getvalue().lower()


def test_what_was_erased_since_the_backup_is_erased_again(
    client: Client, tmp_path: Path, exported: str
) -> None:
    OutgoingMail.objects.all().delete()
    assert apply(tmp_path, exported) == "5 erasures known, 3 applied.\n"
    assert not SignOn.objects.filter(name="Deleted Ones").exists()
    assert SignOn.objects.with_contact().get().name == "Staying Ones"
    assert SignOn.objects.get(name="Erased Ones").status == "approved"
    listed = set(Signature.objects.current().values_list("name", flat=True))
    assert listed == {"Erased Ones", "Staying Ones"}
    assert client.get("/letters/a-letter/count.json").json()["count"] == 2
    assert not OutgoingMail.objects.waiting().exists()
    # The list is as long as before, so that the next restore knows all of it.
    said = StringIO()
    call_command("export_erasures", stdout=said)
    assert set(exported.splitlines()) <= set(said.getvalue().splitlines())
    assert apply(tmp_path, exported).endswith(", 0 applied.\n")


def test_nothing_of_the_erased_is_left(tmp_path: Path, exported: str) -> None:
    SignOn.objects.filter(name="Staying Ones").erase()
    apply(tmp_path, exported)
    assert CANARY not in everything()


def test_a_line_that_a_crash_cut_short_is_passed_over(tmp_path: Path, exported: str) -> None:
    assert "3 applied" in apply(tmp_path, "2026-11-03T04:05:0\n" + exported)


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["not a list\n", "2026-11-03 erased nobody"])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(CommandError, match="is no list of erasures"):
        apply(tmp_path, content)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("apply_erasures", tmp_path / "missing")


@pytest.mark.django_db
def test_a_damaged_list_is_told_of_and_applied_as_far_as_it_can_be_read(
    tmp_path: Path, exported: str
) -> None:
    file = tmp_path / "erasures"
    damaged = exported.encode().replace(b" withdrawn ", b" with\xffrawn ")
    file.write_bytes(damaged + b"\n\n" + b"\x00" * 40)
    said, warned = StringIO(), StringIO()
    call_command("apply_erasures", file, stdout=said, stderr=warned)
    assert said.getvalue().startswith("4 erasures known, ")
    assert "passed over: 2." in warned.getvalue()


@pytest.mark.django_db
def test_a_damaged_list_does_not_stop_the_worker(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "erasures"
    settings.ERASURES_FILE = str(file)
    file.write_bytes(b"\xff\xfe of a broken disk")
    claim = watched(make_letter())
    claim.withdraw()
    call_command("send_mail", once=True)
    assert f" withdrawn {claim.public_id}\n".encode() in file.read_bytes()


@pytest.mark.django_db
def test_the_worker_keeps_the_list_in_a_file_as_well(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "erasures"
    settings.ERASURES_FILE = str(file)
    first = watched(make_letter(slug="one"))
    first.withdraw()
    call_command("send_mail", once=True)
    call_command("send_mail", once=True)
    said = StringIO()
    call_command("export_erasures", stdout=said)
    assert file.read_text() == said.getvalue()
    assert file.read_text().count(str(first.public_id)) == 2  # withdrawn, erased
    second = watched(make_letter(slug="two"))
    second.withdraw()
    with file.open("a") as cut_short:
        cut_short.write("2026-11-0")
    call_command("send_mail", once=True)
    assert f"\n2026-11-0\n{Erasure.objects.get(public_id=second.public_id)}\n" in file.read_text()


@pytest.mark.django_db
def test_a_file_that_cannot_be_written_stops_nothing(
    tmp_path: Path, settings: Settings, mailoutbox: list[object]
) -> None:
    settings.ERASURES_FILE = str(tmp_path / "missing" / "erasures")
    watched(make_letter()).withdraw()
    call_command("send_mail", once=True)
    assert mailoutbox


@pytest.mark.django_db
def test_an_imported_name_that_was_withheld_since_is_withheld_again() -> None:
    letter = make_letter()
    secret = make_signature(letter, "Secret Ones").organization
    make_signature(letter, make_organization("Secret Ones", country="ZA"))
    before = transaction.savepoint()
    withhold_listings(secret, actor=staff(), reason="They asked by telephone.")
    lines = [Line.parse(str(one)) for one in Erasure.objects.all()]
    assert not any("secret" in str(line).lower() for line in lines)
    transaction.savepoint_rollback(before)
    assert Signature.objects.current().count() == 2
    assert retention.apply_list(lines) == 1
    assert Signature.objects.current().get().organization.country == "ZA"
    letter.refresh_from_db()
    assert (letter.signatory_count, letter.withheld_count) == (2, 1)
    assert not OutgoingMail.objects.exists()
    assert retention.apply_list(lines) == 0


@pytest.mark.django_db
def test_who_wanted_no_more_updates_since_gets_none_after_a_restore() -> None:
    sign_on = make_sign_on(updates=True)
    before = transaction.savepoint()
    sign_on.end_updates()
    lines = [Line.parse(str(one)) for one in Erasure.objects.all()]
    assert [line.kind for line in lines] == [Erasure.Kind.NO_UPDATES]
    transaction.savepoint_rollback(before)
    assert SignOn.objects.wanting_updates().exists()
    assert retention.apply_list(lines) == 1
    assert not SignOn.objects.wanting_updates().exists()
    assert retention.apply_list(lines) == 0


# Several workers, and one that is killed

CLAIMS = 300


def withdrawn_claims() -> None:
    """Store many withdrawn claims whose contacts wait to be erased."""
    letter = make_letter()
    for number in range(CLAIMS):
        make_sign_on([letter], name=f"Organisation {number}", **CONTACT)
    SignOn.objects.update(status=SignOn.Status.WITHDRAWN)


def whole() -> int:
    """Return how many claims are erased, each of them whole and once."""
    erased = set(SignOn.objects.exclude(erased_at=None).values_list("pk", flat=True))
    kept = SignOn.objects.filter(erased_at=None)
    assert all(one.email == CONTACT["email"] for one in kept)
    assert not any(one.email for one in SignOn.objects.filter(pk__in=erased))
    events = SignOnEvent.objects.filter(kind=SignOnEvent.Kind.ERASED)
    assert sorted(events.values_list("sign_on", flat=True)) == sorted(erased)
    assert Erasure.objects.count() == len(erased)
    return len(erased)


@pytest.mark.django_db(transaction=True)
def test_several_workers_erase_each_contact_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 20)
    withdrawn_claims()

    def work(_number: int) -> int:
        try:
            done = 0
            while batch := retention.erase_withdrawn():
                done += batch
            return done
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        done = list(workers.map(work, range(4)))
    assert sum(done) + retention.erase_withdrawn() == CLAIMS
    assert whole() == CLAIMS


KILLED_HALF_WAY = """
import os, signal, django
django.setup()
from django.core.management import call_command
from signatures import retention
from signatures.models.erasures import ErasureQuerySet

batches, note = [], ErasureQuerySet.note

def killed(self, *stated):
    note(self, *stated)
    batches.append(stated)
    if len(batches) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

ErasureQuerySet.note, retention.BATCH = killed, 50
call_command("tidy_up")
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_half_way_leaves_nothing_half_done() -> None:
    withdrawn_claims()
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "openletters.settings",
    }
    process = subprocess.run(
        [sys.executable, "-c", KILLED_HALF_WAY],
        cwd=django_settings.BASE_DIR,
        env=environment,
        check=False,
        capture_output=True,
        timeout=120,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()
    assert whole() == 50  # one batch; the second was in the middle of its transaction
    call_command("tidy_up")
    assert whole() == CLAIMS
