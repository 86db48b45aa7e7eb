"""The worker erases what has been kept long enough, without anybody pressing a button."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import ManyToOneRel
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from signatures import periods, retention
from signatures.emails import confirm_path, private_path
from signatures.models import (
    Erasure,
    Letter,
    Note,
    OutgoingMail,
    Presence,
    Reminder,
    SignatoryImport,
    SignOn,
    SignOnEvent,
)
from signatures.models.sign_ons import SignOnQuerySet
from tests.factories import make_letter, make_sign_on, make_signature, make_staff
from tests.retention.canaries import CANARY, CONTACT, everything, staff, staged, watched

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLOSING = START + timedelta(days=10)
READ = [
    prefix + path
    for prefix in ("", "/ar", "/es", "/fr")
    for path in (
        "/",
        "/letters/a-letter/",
        "/letters/a-letter/signatories/",
        "/letters/a-letter/signatories.csv",
        "/letters/a-letter/count.json",
    )
]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands, until it is moved."""
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def work() -> None:
    """Let the worker do what is due, and end."""
    call_command("send_mail", once=True)


def months_later(moment: datetime, months: int) -> datetime:
    month = moment.month - 1 + months
    return moment.replace(year=moment.year + month // 12, month=month % 12 + 1)


def test_contacts_are_erased_six_months_after_the_letter_closed(
    client: Client, clock: time_machine.Traveller
) -> None:
    letter = make_letter(closes_at=CLOSING)
    make_signature(letter, "Imported before")
    for name in ("Listed Ones", "Waiting Ones", "Rejected Ones", "Paper Ones", "Withdrawn Ones"):
        watched(letter, name=name)
    by_name = {row.name: row for row in SignOn.objects.all()}
    by_name["Listed Ones"].approve(actor=staff())
    by_name["Listed Ones"].correct(acronym="LO")
    by_name["Rejected Ones"].reject(actor=staff(), reason="Unknown", why=True)
    by_name["Withdrawn Ones"].withdraw()
    SignOn.objects.enter([letter], actor=staff(), name="Entered Ones", country="KE", **CONTACT)
    staged(letter)
    assert everything().count(CANARY) > 40

    clock.move_to(CLOSING + timedelta(days=1))
    work()
    before = {path: client.get(path).content for path in READ}
    assert b"Listed Ones" in before["/letters/a-letter/"]

    clock.move_to(months_later(CLOSING, 6) - timedelta(minutes=1))
    work()
    kept = SignOn.objects.get(name="Listed Ones")
    assert kept.email == CONTACT["email"]
    assert kept.erased_at is None

    clock.move_to(months_later(CLOSING, 6))
    work()
    assert everything().count(CANARY) == 0
    assert not SignOn.objects.with_contact().exists()
    assert {path: client.get(path).content for path in READ} == before
    shell = SignOn.objects.get(name="Listed Ones")
    assert (shell.status, shell.consent_version) == ("approved", kept.consent_version)
    assert shell.consented_at == kept.consented_at
    assert shell.events.filter(kind="erased").count() == 1


def test_how_many_months_is_a_setting(clock: time_machine.Traveller, settings: Settings) -> None:
    settings.CONTACTS_KEPT = 2
    sign_on = watched(make_letter(closes_at=CLOSING))
    clock.move_to(months_later(CLOSING, 2))
    work()
    sign_on.refresh_from_db()
    assert sign_on.erased_at


def test_the_last_of_several_letters_counts(clock: time_machine.Traveller) -> None:
    sign_on = watched(make_letter(closes_at=CLOSING))
    later = make_letter(slug="later", closes_at=months_later(CLOSING, 3))
    sign_on.letters.add(later)
    clock.move_to(months_later(CLOSING, 8))
    work()
    assert SignOn.objects.with_contact().get() == sign_on
    clock.move_to(months_later(CLOSING, 9))
    work()
    assert not SignOn.objects.with_contact().exists()


def test_a_letter_that_closes_by_itself_never_is_never_over(clock: time_machine.Traveller) -> None:
    watched(make_letter())
    clock.move_to(months_later(START, 60))
    work()
    assert SignOn.objects.with_contact().exists()


@pytest.mark.parametrize("step", ["close", "unpublish"])
def test_closing_by_hand_counts_from_that_moment(clock: time_machine.Traveller, step: str) -> None:
    letter = make_letter()
    watched(letter)
    clock.move_to(CLOSING)
    getattr(letter, step)()
    clock.move_to(months_later(CLOSING, 6) - timedelta(minutes=1))
    work()
    assert SignOn.objects.with_contact().exists()
    clock.move_to(months_later(CLOSING, 6))
    work()
    assert not SignOn.objects.with_contact().exists()


def test_taking_a_closed_letter_off_the_site_does_not_begin_anew(
    clock: time_machine.Traveller,
) -> None:
    letter = make_letter()
    letter.close()
    clock.move_to(CLOSING)
    letter.unpublish()
    assert Letter.objects.get().ended_at == START


def test_a_letter_that_was_opened_again_is_not_over(clock: time_machine.Traveller) -> None:
    letter = make_letter()
    watched(letter)
    letter.close()
    clock.move_to(months_later(START, 5))
    letter.reopen()
    clock.move_to(months_later(START, 12))
    work()
    assert SignOn.objects.with_contact().exists()
    letter.close()
    clock.move_to(months_later(START, 18))
    work()
    assert not SignOn.objects.with_contact().exists()


def test_a_sign_on_that_nobody_confirms_is_deleted_whole_after_seven_days(
    client: Client, clock: time_machine.Traveller
) -> None:
    sign_on = watched(make_letter(), status=SignOn.Status.UNCONFIRMED, waiting=timedelta(0))
    link = confirm_path(sign_on)
    clock.shift(timedelta(days=7, minutes=-1))
    work()
    assert SignOn.objects.exists()
    clock.shift(timedelta(minutes=1))
    work()
    assert not SignOn.objects.exists()
    assert not SignOnEvent.objects.exists()
    assert CANARY not in everything()
    assert client.post(link).status_code == 404
    assert Erasure.objects.get().kind == Erasure.Kind.DELETED


def test_no_hoarded_link_can_be_used(client: Client, clock: time_machine.Traveller) -> None:
    """A hundred sign-ons, sent by a stranger and never confirmed: none is worth anything."""
    open_letter, closing = make_letter(), make_letter(slug="b", closes_at=START + timedelta(days=1))
    hoard = [
        make_sign_on(
            [letter],
            status=SignOn.Status.UNCONFIRMED,
            waiting=timedelta(0),
            name=f"Hoarded {number}",
            email=f"x{number}@hoard.example",
        )
        for number in range(50)
        for letter in (open_letter, closing)
    ]
    links = {sign_on.pk: confirm_path(sign_on) for sign_on in hoard}
    clock.shift(timedelta(days=2))
    for sign_on in hoard[1::2]:
        client.post(links[sign_on.pk])  # its letter has closed
    clock.shift(timedelta(hours=25))
    for sign_on in hoard:
        assert client.post(links[sign_on.pk]).status_code == 410
    assert set(SignOn.objects.values_list("status", flat=True)) == {"unconfirmed"}
    clock.shift(timedelta(days=4))
    work()
    assert [client.post(link).status_code for link in links.values()] == [404] * len(hoard)
    assert not SignOn.objects.exists()


def test_whoever_confirmed_is_not_deleted(clock: time_machine.Traveller) -> None:
    watched(make_letter(), waiting=timedelta(0))
    clock.shift(timedelta(days=300))
    work()
    assert SignOn.objects.with_contact().exists()


def test_a_withdrawal_erases_as_soon_as_the_contact_was_told(mailoutbox: list[object]) -> None:
    sign_on = watched(make_letter())
    sign_on.approve(actor=staff())
    sign_on.withdraw()
    retention.tidy()
    assert SignOn.objects.with_contact().exists()  # the mail has to go out first
    work()
    assert mailoutbox
    retention.tidy()
    assert not SignOn.objects.with_contact().exists()
    assert CANARY not in everything()


def test_a_withdrawal_erases_within_a_day_whatever_the_mail_server_does(
    clock: time_machine.Traveller, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "tests.retention.test_schedule.Nowhere"
    sign_on = watched(make_letter())
    sign_on.withdraw()
    clock.shift(timedelta(hours=22))
    work()
    assert SignOn.objects.with_contact().exists()
    clock.shift(timedelta(hours=1, minutes=30))
    work()
    assert timezone.now() - START < periods.WITHDRAWN_KEPT
    assert not SignOn.objects.with_contact().exists()
    clock.shift(timedelta(hours=1))
    work()
    assert CANARY not in everything()
    assert not OutgoingMail.objects.waiting().exists()


class Nowhere:
    """A mail server that is down."""

    def __init__(self, **_options: object) -> None:
        pass

    def send_messages(self, _messages: object) -> int:
        raise ConnectionRefusedError


def test_a_rejected_contact_has_thirty_days_to_answer(clock: time_machine.Traveller) -> None:
    sign_on = watched(make_letter())
    sign_on.reject(actor=staff(), reason="Unknown to us")
    clock.shift(timedelta(days=29))
    work()
    assert SignOn.objects.with_contact().exists()
    clock.shift(timedelta(days=1))
    work()
    assert not SignOn.objects.with_contact().exists()
    sign_on.refresh_from_db()
    assert sign_on.status == "rejected"


def test_mails_are_forgotten_after_thirty_days(clock: time_machine.Traveller) -> None:
    watched(make_letter())
    work()
    assert OutgoingMail.objects.done().exists()
    clock.shift(timedelta(days=29))
    work()
    assert OutgoingMail.objects.exists()
    clock.shift(timedelta(days=1))
    work()
    assert not OutgoingMail.objects.exists()


def test_a_mail_that_waits_is_not_forgotten(
    clock: time_machine.Traveller, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "tests.retention.test_schedule.Nowhere"
    watched(make_letter())
    retention.tidy()
    assert OutgoingMail.objects.waiting().exists()


def test_a_list_that_was_left_is_discarded_and_an_imported_one_is_not(
    clock: time_machine.Traveller,
) -> None:
    letter = make_letter()
    staged(letter)
    imported = staged(letter)
    SignatoryImport.objects.filter(pk=imported.pk).update(status="committed", content=None)
    clock.shift(timedelta(days=30))
    work()
    assert SignatoryImport.objects.get() == imported


def test_looks_reminders_and_sessions_are_forgotten(
    client: Client, clock: time_machine.Traveller
) -> None:
    moderator = make_staff()
    client.force_login(moderator)
    Presence.objects.arrive(make_sign_on(), moderator)
    Reminder.objects.create(day=timezone.localdate(), moderator=moderator)
    work()
    assert Presence.objects.count() == Reminder.objects.count() == Session.objects.count() == 1
    clock.shift(timedelta(days=31))
    work()
    assert Presence.objects.count() == Reminder.objects.count() == Session.objects.count() == 0


def test_it_is_done_in_batches_and_twice_is_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    letter = make_letter()
    for number in range(8):
        watched(letter, name=f"Organisation {number}").withdraw()
    OutgoingMail.objects.all().delete()
    assert retention.tidy() == {"erase_withdrawn": 3}
    assert SignOn.objects.with_contact().count() == 5
    written = StringIO()
    call_command("tidy_up", stdout=written)
    assert written.getvalue() == "erase withdrawn: 5\n"
    call_command("tidy_up", stdout=written)
    assert retention.tidy() == {}
    assert SignOnEvent.objects.filter(kind="erased").count() == 8
    assert not Note.objects.exists()


def test_a_chore_that_fails_stops_neither_the_others_nor_the_mail(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[object]
) -> None:
    def broken() -> int:
        raise RuntimeError

    monkeypatch.setattr(retention, "CHORES", [broken, *retention.CHORES])
    watched(make_letter()).withdraw()
    work()
    assert mailoutbox
    retention.tidy()
    assert not SignOn.objects.with_contact().exists()
    with pytest.raises(CommandError):
        call_command("tidy_up")


def test_the_database_refuses_half_an_erasure() -> None:
    sign_on = watched(make_letter())
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOn.objects.filter(pk=sign_on.pk).update(erased_at=timezone.now())


def test_the_list_of_erasures_cannot_be_rewritten() -> None:
    Erasure.objects.note(Erasure.Kind.ERASED, [make_sign_on().public_id])
    erasure = Erasure.objects.get()
    for refused in (
        Erasure.objects.all().delete,
        erasure.delete,
        erasure.save,
        lambda: Erasure.objects.update(kind="deleted"),
    ):
        with pytest.raises(TypeError):
            refused()


@pytest.mark.parametrize(
    ("moment", "months", "before"),
    [
        ("2026-08-31", 6, "2026-02-28"),
        ("2028-08-31", 6, "2028-02-29"),
        ("2026-03-15", 3, "2025-12-15"),
        ("2026-01-31", 1, "2025-12-31"),
        ("2026-12-01", 12, "2025-12-01"),
    ],
)
def test_months_are_those_of_the_calendar(moment: str, months: int, before: str) -> None:
    counted = periods.months_before(datetime.fromisoformat(moment), months)
    assert counted == datetime.fromisoformat(before)


def test_an_erased_contact_is_written_to_no_more(
    client: Client, clock: time_machine.Traveller
) -> None:
    letter = make_letter()
    sign_on = watched(letter)
    sign_on.approve(actor=staff())
    correction = sign_on.correct(acronym="WW")
    link = private_path(sign_on)
    SignOn.objects.filter(pk=sign_on.pk).erase()
    OutgoingMail.objects.all().delete()
    assert correction
    assert correction.decide(actor=staff(), accept=True)
    sign_on.refresh_from_db()
    sign_on.reopen(actor=staff(), reason="Looked at again")
    sign_on.approve(actor=staff())
    sign_on.send_again()
    sign_on.withdraw(actor=staff(), reason="Asked for by letter")
    assert not OutgoingMail.objects.exists()
    assert client.get("/letters/a-letter/count.json").json()["count"] == 0
    assert client.get(link).status_code == 410


SHELL = {
    "id",
    "public_id",
    "status",
    "name",
    "local_name",
    "acronym",
    "country",
    "website",
    "language",
    "source",
    "organization",
    "flags",
    "consent_version",
    "consent_wording",
    "consented_at",
    "created_at",
    "confirmed_at",
    "decided_at",
    "erased_at",
    "key",
    "withhold_name",
    "name_hash",
}
"""What is kept of an erased sign-on, on purpose; the privacy page says so."""

TABLES = {
    "Correction",
    "ImportRow",
    "Note",
    "OutgoingMail",
    "Presence",
    "SignOnEvent",
    "SignOnLetter",
    "SignOn_taught",
    "UpdateMail",
}
"""What hangs on a sign-on, and was thought about."""


def test_whatever_is_stored_is_erased_or_kept_on_purpose() -> None:
    """A new column or table of sign-ons: erase it, or name it here and on the privacy page."""
    columns = {field.name for field in SignOn._meta.concrete_fields}
    assert columns == SHELL | {*SignOnQuerySet.CONTACT, "link", "updates_at"}
    fields = SignOn._meta.get_fields(include_hidden=True)
    related = {one.related_model.__name__ for one in fields if isinstance(one, ManyToOneRel)}
    assert related == TABLES
