"""A letter takes signatures for longer, and those who wait are told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as mailbox
from django.test import Client
from django.urls import reverse

from signatures import emails
from signatures.models import Extension, Letter, OutgoingMail, SignOn
from signatures.models.extending import CannotExtend, extend
from tests.factories import make_letter, make_sign_on, make_staff

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 29, 9, tzinfo=UTC)
CLOSING = START + timedelta(days=2)
LATER = START + timedelta(days=9)
NOTE = {"en": "The vote was postponed.", "fr": "Le vote est reporté."}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands, until it is moved."""
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def letter() -> Letter:
    return make_letter(closes_at=CLOSING, time_zone="Europe/Brussels", title="On water")


def longer(letter: Letter, until: datetime = LATER, **note: str) -> Extension | None:
    actor = make_staff(f"edda{Extension.objects.count()}{until:%d%H%M}{len(note)}")
    return extend(letter, until, note=note or NOTE, actor=actor)


def told(kind: str = OutgoingMail.Kind.EXTENDED) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("sign_on_id"))


def test_an_open_letter_closes_later_and_says_why(client: Client, letter: Letter) -> None:
    tag = client.get("/letters/a-letter/")["ETag"]
    assert longer(letter)
    letter.refresh_from_db()
    assert (letter.status, letter.closes_at) == ("open", LATER)
    page = client.get("/letters/a-letter/")
    assert page["ETag"] != tag
    html = page.content.decode()
    assert "Extended until 8 December 2026" in html
    assert "(Brussels time)" in html
    assert "The vote was postponed." in html
    assert "Le vote est reporté." in client.get("/fr/letters/a-letter/").content.decode()
    row = Extension.objects.get()
    assert (row.closed_at, row.closes_at, row.note) == (CLOSING, LATER, NOTE)


@pytest.mark.parametrize("by_hand", [False, True], ids=["by its time", "by hand"])
def test_a_closed_letter_opens_again(
    client: Client, letter: Letter, clock: time_machine.Traveller, *, by_hand: bool
) -> None:
    if by_hand:
        letter.close()
    else:
        clock.move_to(CLOSING)
    assert client.get("/letters/a-letter/sign/").status_code == 200
    assert b"authorized" not in client.get("/letters/a-letter/sign/").content
    assert longer(letter)
    assert b"authorized" in client.get("/letters/a-letter/sign/").content
    letter.refresh_from_db()
    assert letter.ended_at is None


def test_an_unconfirmed_claim_that_closing_made_useless_can_be_confirmed_again(
    client: Client, letter: Letter, clock: time_machine.Traveller
) -> None:
    sign_on = make_sign_on([letter], status=SignOn.Status.UNCONFIRMED)
    link = emails.confirm_path(sign_on)
    clock.move_to(CLOSING + timedelta(minutes=5))
    assert b"Too late to sign" in client.get(link).content
    longer(letter)
    assert b"Confirm: we sign" in client.get(link).content
    assert client.post(link).status_code == 302
    sign_on.refresh_from_db()
    assert sign_on.status == SignOn.Status.PENDING


def test_after_its_72_hours_the_old_link_stays_dead(
    client: Client, letter: Letter, clock: time_machine.Traveller
) -> None:
    link = emails.confirm_path(make_sign_on([letter], status=SignOn.Status.UNCONFIRMED))
    clock.shift(timedelta(hours=73))
    longer(letter)
    assert client.get(link).status_code == 410


def test_those_who_wait_are_told_once_in_their_language(letter: Letter) -> None:
    unconfirmed = make_sign_on(
        [letter], status=SignOn.Status.UNCONFIRMED, name="One", email="a@one.example", language="fr"
    )
    pending = make_sign_on([letter], name="Two", email="b@two.example")
    make_sign_on([letter], name="Two again", email="B@two.example")
    approved = make_sign_on([letter], name="Three", email="c@three.example")
    approved.approve(actor=make_staff())
    make_sign_on([make_letter("other")], name="Elsewhere", email="d@four.example")
    make_sign_on([letter], status=SignOn.Status.UNCONFIRMED, email="e@five.example", flags=["held"])
    assert longer(letter)
    assert [mail.sign_on for mail in told()] == [unconfirmed, pending]
    french, english = (emails.compose(mail) for mail in told())
    assert "Le vote est reporté." in french.body
    assert "/confirm/" in french.body
    assert french.extra_headers["Content-Language"] == "fr"
    assert "The vote was postponed." in english.body
    assert "until 8 December 2026" in english.body
    assert "/confirm/" not in english.body
    assert "On water" in english.body
    for message in (french, english):
        assert message.alternatives


def test_who_was_decided_about_before_it_was_sent_is_not_told(letter: Letter) -> None:
    sign_on = make_sign_on([letter])
    assert longer(letter)
    sign_on.approve(actor=make_staff())
    while emails.send_next():
        pass
    [message] = mailbox.outbox
    assert "is listed" in message.subject


def test_it_counts_against_nothing_else(letter: Letter) -> None:
    sign_on = make_sign_on([letter], status=SignOn.Status.UNCONFIRMED)
    for days in range(3, 9):
        longer(letter, START + timedelta(days=days))
    assert len(told()) == 1  # the earlier ones had not been sent yet
    assert told()[0].extension == Extension.objects.latest("pk")
    assert not OutgoingMail.objects.is_enough_for(sign_on.email)


def test_repeating_it_is_harmless(letter: Letter) -> None:
    make_sign_on([letter])
    assert longer(letter)
    letter.refresh_from_db()
    revision = letter.revision
    assert longer(letter) is None
    letter.refresh_from_db()
    assert letter.revision == revision
    assert (Extension.objects.count(), len(told())) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "until"),
    [
        ({"closes_at": CLOSING}, CLOSING),
        ({"closes_at": CLOSING}, CLOSING - timedelta(hours=1)),
        ({"closes_at": START - timedelta(days=3)}, START - timedelta(days=1)),
        ({"status": Letter.Status.DRAFT, "closes_at": CLOSING}, LATER),
        ({"status": Letter.Status.PRIVATE, "closes_at": CLOSING}, LATER),
        ({"opens_at": START + timedelta(days=1), "closes_at": CLOSING}, LATER),
        ({}, LATER),
    ],
    ids=["the same", "earlier", "past", "draft", "private", "under an embargo", "without an end"],
)
def test_what_is_no_extension_is_refused(fields: dict[str, Any], until: datetime) -> None:
    letter = make_letter(**fields)
    with pytest.raises(CannotExtend):
        longer(letter, until)
    assert not Extension.objects.exists()


class TestTheDesk:
    @pytest.fixture
    def editor(self) -> Client:
        client = Client()
        client.force_login(make_staff("edda", permissions=["view_letter", "change_letter"]))
        return client

    def page(self, letter: Letter) -> str:
        return reverse("admin:signatures_letter_extend", args=[letter.pk])

    def test_an_editor_types_the_time_in_the_letters_zone(
        self, editor: Client, letter: Letter
    ) -> None:
        change = reverse("admin:signatures_letter_change", args=[letter.pk])
        assert self.page(letter) in editor.get(change).content.decode()
        assert "On the clocks of Europe/Brussels." in editor.get(self.page(letter)).content.decode()
        data = {"closes_at_0": "2026-12-04", "closes_at_1": "18:00", "note_en": "More time."}
        html = editor.post(self.page(letter), data, follow=True).content.decode()
        assert "Extended until 4 December 2026" in html
        letter.refresh_from_db()
        assert letter.closes_at == datetime(2026, 12, 4, 17, tzinfo=UTC)
        assert Extension.objects.get().note == {"en": "More time."}
        assert Extension.objects.get().actor.username == "edda"

    @pytest.mark.parametrize(
        ("day", "told"),
        [
            ("", "Enter the new closing time."),
            ("2026-11-20", "This time has passed."),
            ("2026-11-30", "The letter closes on 1 December 2026"),
        ],
    )
    def test_a_wrong_time_is_told_and_the_note_stays(
        self, editor: Client, letter: Letter, day: str, told: str
    ) -> None:
        data = {"closes_at_0": day, "closes_at_1": day and "18:00", "note_en": "More time."}
        response = editor.post(self.page(letter), data)
        assert response.status_code == 400
        html = response.content.decode()
        assert told in html
        assert "More time." in html

    def test_a_draft_is_not_extended(self, editor: Client) -> None:
        letter = make_letter("draft", status=Letter.Status.DRAFT)
        response = editor.get(self.page(letter), follow=True)
        assert "Nothing was done" in response.content.decode()
