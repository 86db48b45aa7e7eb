"""Staff record what became of a letter; what is wrong is corrected, and the history stays."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from signatures.attachments import Attachment
from signatures.models import Addressee, Demand, Letter, Response, ResponseFile
from signatures.models.recorded import Outdated
from tests.factories import make_letter
from tests.responding.steps import correct, days_ago, old_letter, recorder, respond, say

pytestmark = pytest.mark.django_db

LETTER = "/letters/a-letter/"
FILE = Attachment(b"Dear all", "txt")


@pytest.fixture
def letter() -> Letter:
    return old_letter(demands=["Stop the leak.", "Pay for it."])


def read(client: Client, address: str = LETTER) -> str:
    return client.get(address).content.decode()


def test_today_is_that_of_the_letters_time_zone() -> None:
    letter = old_letter("far", time_zone="Pacific/Kiritimati")
    with time_machine.travel(datetime(2026, 11, 29, 12, tzinfo=UTC), tick=False):
        assert respond(letter, dated=date(2026, 11, 30)).dated == date(2026, 11, 30)
        with pytest.raises(ValidationError):
            respond(letter, dated=date(2026, 12, 1))


def test_an_entry_is_internal_unless_somebody_says_otherwise(letter: Letter) -> None:
    made = Response.objects.record(
        letter,
        kind="meeting",
        dated=days_ago(1),
        addressees=letter.addressees.all(),
        texts={},
        actor=respond(letter).recorded_by,
    )
    assert not made.public


def test_a_public_entry_changes_the_page_and_an_internal_one_nothing(
    letter: Letter, client: Client
) -> None:
    before, revision = read(client), letter.revision
    respond(letter, texts={"en": "Between us."}, public=False)
    letter.refresh_from_db()
    assert (letter.revision, read(client)) == (revision, before)
    respond(letter, texts={"en": "For all to read."})
    letter.refresh_from_db()
    assert letter.revision == revision + 1
    assert "For all to read." in read(client)


def test_what_is_made_internal_disappears(letter: Letter, client: Client) -> None:
    made = respond(letter, texts={"en": "Not meant for all."})
    assert "Not meant for all." in read(client)
    correct(made, public=False)
    assert "Not meant for all." not in read(client)
    assert client.get(made.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("day", [days_ago(-1), days_ago(101)])
def test_it_refuses_days_to_come_and_before_the_letter(letter: Letter, day: object) -> None:
    with pytest.raises(ValidationError):
        respond(letter, dated=day)
    with pytest.raises(ValidationError):
        say(letter.demands.all()[0], dated=day)
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "source",
    [
        "http://news.example.org/",
        "https://192.168.0.1/",
        "https://intranet/",
        "ftp://a.example.org",
    ],
)
def test_it_refuses_sources_that_cannot_be_offered(letter: Letter, source: str) -> None:
    with pytest.raises(ValidationError):
        respond(letter, source=source)
    with pytest.raises(ValidationError):
        say(letter.demands.all()[0], source=source)


def test_a_reply_needs_a_text_or_a_file(letter: Letter) -> None:
    with pytest.raises(ValidationError):
        respond(letter, texts={"en": "  "})
    assert respond(letter, texts={}, attachment=FILE).file == FILE.file


def test_it_refuses_the_addressees_of_another_letter(letter: Letter) -> None:
    other = make_letter("other")
    with pytest.raises(ValidationError):
        respond(letter, addressees=other.addressees.all())
    with pytest.raises(ValidationError):
        respond(letter, addressees=[])


def test_a_form_sent_twice_makes_one_entry(letter: Letter) -> None:
    entry = uuid.uuid4()
    assert respond(letter, entry=entry) == respond(letter, entry=entry)
    demand = letter.demands.all()[0]
    assert say(demand, entry=entry) == say(demand, entry=entry)
    assert Response.objects.count() == 1


def test_a_correction_takes_the_place_and_the_address_of_the_entry(
    letter: Letter, client: Client
) -> None:
    first = respond(letter, texts={"en": "We regert.", "ar": "نأسف"})
    second = correct(first, texts={"en": "We regret."})
    assert "We regret." in read(client)
    assert "regert" not in read(client)
    assert second.get_absolute_url() == first.get_absolute_url()
    assert [one.texts.get("en") for one in second.history()] == ["We regret.", "We regert."]


def test_two_who_correct_the_same_wording_learn_of_each_other(letter: Letter) -> None:
    first = respond(letter)
    correct(first, texts={"en": "One"})
    with pytest.raises(Outdated):
        correct(first, texts={"en": "Two"})
    assert Response.objects.current().get().texts == {"en": "One"}


def test_what_was_entered_by_mistake_is_nowhere_but_in_the_history(
    letter: Letter, client: Client
) -> None:
    made = correct(respond(letter), retracted=True)
    note = say(letter.demands.all()[0])
    say(note.demand, corrects=note, retracted=True, texts={})
    assert not Response.objects.current().exists()
    assert len(made.history()) == 2
    assert "What became of this letter" not in read(client)
    assert "standing-badge" not in read(client)


def test_a_file_stays_with_a_correction_until_it_is_taken_away(letter: Letter) -> None:
    kept = correct(respond(letter, attachment=FILE))
    assert kept.file == FILE.file
    correct(kept, keep_file=False)
    assert not ResponseFile.objects.exists()
    assert {one.file for one in kept.history()} == {FILE.file, ""}


def test_lines_are_only_ever_added(letter: Letter) -> None:
    made, note = respond(letter), say(letter.demands.all()[0])
    for row in (made, note):
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            row.delete()
    for table in (
        "signatures_response",
        "signatures_response_translation",
        "signatures_responseaddressee",
        "signatures_demandnote",
        "signatures_demandnote_translation",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET id = id + 1")  # noqa: S608


def test_what_the_ledger_names_cannot_be_deleted(letter: Letter) -> None:
    respond(letter)
    say(letter.demands.all()[0])
    for row in (Addressee.objects.get(), Demand.objects.earliest("pk"), letter):
        with pytest.raises(ProtectedError):
            row.delete()


def test_a_demand_stands_where_its_newest_note_says(letter: Letter, client: Client) -> None:
    demand = letter.demands.all()[0]
    say(demand, "met", dated=days_ago(2))
    say(demand, "refused", dated=days_ago(9), texts={"en": "They said no."})
    say(demand, "partly_met", dated=days_ago(5), texts={"en": "Half of it."})
    page = read(client)
    assert page.count("standing-badge") == 1
    assert '<b class="standing-badge">Met</b>' in page
    assert page.index("Demand 1: refused") < page.index("Demand 1: partly met")
    assert page.index("Demand 1: partly met") < page.index("Demand 1: met")


def test_a_note_on_a_demand_says_something(letter: Letter) -> None:
    with pytest.raises(ValidationError):
        say(letter.demands.all()[0], texts={"en": " "})


def test_the_hour_of_recording_is_known(letter: Letter) -> None:
    assert timezone.now() - respond(letter).recorded_at < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_file_stays_that_another_letter_is_getting_while_it_is_deleted() -> None:
    here, there = old_letter("here"), old_letter("there")
    first = respond(here, attachment=FILE)
    is_kept, is_asked = threading.Event(), threading.Event()

    def record() -> None:
        try:
            with transaction.atomic():
                respond(there, attachment=FILE)
                is_kept.set()
                is_asked.wait(1)  # which it is not, because it waits for us
        finally:
            connection.close()

    recorder()
    recording = threading.Thread(target=record)
    recording.start()
    is_kept.wait()
    correct(first, keep_file=False)
    is_asked.set()
    recording.join()
    assert ResponseFile.objects.get().content == FILE.content
    correct(Response.objects.get(letter=there), keep_file=False)
    assert not ResponseFile.objects.exists()
