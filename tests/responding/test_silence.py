"""Staff learn of addressees who have not answered in time: once, and anew after another step."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from openletters.staff import roles
from signatures import reminders
from signatures.models import Addressee, Letter
from signatures.models.silences import silences
from tests.factories import make_member
from tests.responding.steps import correct, days_ago, old_letter, respond
from tests.responding.test_timeline import deliver
from tests.staff.steps import give_app, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def letter() -> Letter:
    return old_letter()


@pytest.fixture
def editor() -> User:
    return make_member("edda", roles.EDITOR, email="edda@staff.example")


def silent() -> list[tuple[str, int]]:
    return [(str(one.addressee), one.days) for one in silences()]


def test_who_was_not_asked_owes_no_answer(letter: Letter) -> None:
    respond(letter, "acknowledged", dated=days_ago(60))
    assert silent() == []


@pytest.mark.parametrize(("days", "found"), [(29, []), (30, [("President of the Assembly", 30)])])
def test_an_answer_is_waited_for_thirty_days(
    letter: Letter, days: int, found: list[tuple[str, int]]
) -> None:
    respond(letter, "sent", dated=days_ago(days))
    assert silent() == found


def test_the_time_can_be_set(letter: Letter, settings: Settings) -> None:
    settings.ANSWER_EXPECTED_WITHIN = 7
    respond(letter, "sent", dated=days_ago(8))
    assert silent()


def test_a_delivery_asks_as_well(letter: Letter) -> None:
    deliver(letter, at=timezone.now() - timedelta(days=40))
    assert silent() == [("President of the Assembly", 40)]


@pytest.mark.parametrize(
    ("kind", "ends"), [("acknowledged", False), ("replied", True), ("meeting", True)]
)
@pytest.mark.parametrize("public", [True, False])
def test_a_reply_or_meeting_ends_it_also_an_internal_one(
    letter: Letter, kind: str, ends: bool, public: bool
) -> None:
    respond(letter, "sent", dated=days_ago(50))
    respond(letter, kind, dated=days_ago(40), public=public)
    assert bool(silent()) is not ends


def test_a_step_of_ours_begins_anew(letter: Letter) -> None:
    respond(letter, "sent", dated=days_ago(90))
    respond(letter, "replied", dated=days_ago(80))
    respond(letter, "follow_up", dated=days_ago(35))
    assert silent() == [("President of the Assembly", 35)]
    respond(letter, "follow_up", dated=days_ago(5))
    assert silent() == []


def test_what_was_retracted_asks_nobody(letter: Letter) -> None:
    correct(respond(letter, "sent", dated=days_ago(50)), retracted=True)
    assert silent() == []


def test_who_gets_a_copy_need_not_answer(letter: Letter) -> None:
    Addressee.objects.create(letter=letter, kind="copy", name="The press")
    respond(letter, "sent", dated=days_ago(50))
    assert silent() == [("President of the Assembly", 50)]


def test_editors_are_told_once_for_each_step(
    letter: Letter, editor: User, noon: time_machine.Traveller
) -> None:
    make_member("mona", roles.MODERATOR)
    respond(letter, "sent", dated=days_ago(31))
    assert reminders.send_due() == 1
    [message] = mail.outbox
    assert message.to == [editor.email]
    assert message.subject == "Open Letters: 1 addressee has not answered"
    assert "has not answered within 30 days of your last step." in message.body
    assert "http://127.0.0.1:8000/admin/" in message.body
    assert "President" not in message.body
    for _day in range(3):
        noon.shift(timedelta(days=1))
        assert reminders.send_due() == 0
    respond(letter, "follow_up", dated=days_ago(0))
    noon.shift(timedelta(days=29))
    assert reminders.send_due() == 0
    noon.shift(timedelta(days=1))
    assert reminders.send_due() == 1


def test_a_mail_that_failed_is_tried_again(
    letter: Letter, editor: User, monkeypatch: pytest.MonkeyPatch, noon: time_machine.Traveller
) -> None:
    respond(letter, "sent", dated=days_ago(31))

    def fail(*_arguments: object) -> int:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", fail)
        assert reminders.send_due() == 0
    assert reminders.send_due() == 0  # another sender may have it
    noon.shift(timedelta(minutes=6))
    assert reminders.send_due() == 1
    assert [message.to for message in mail.outbox] == [[editor.email]]


def test_the_start_page_names_them(letter: Letter, editor: User) -> None:
    respond(letter, "sent", dated=days_ago(31))
    give_app(editor)
    browser = Client()
    log_in(browser, editor)
    page = " ".join(browser.get("/admin/").content.decode().split())
    assert "<b>1</b> addressee has not answered" in page
    assert f'href="/admin/signatures/letter/{letter.pk}/responses/"' in page
    assert "no answer for 31 days" in page
    page = browser.get(f"/admin/signatures/letter/{letter.pk}/responses/").content.decode()
    assert "no answer for 31 days" in page


def test_it_takes_the_same_queries_however_many_are_silent(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(3):
        respond(old_letter(f"letter-{number}"), "sent", dated=days_ago(40))
    with django_assert_num_queries(4):
        assert {str(one.addressee.letter.title) for one in silences()} == {"Open letter on water"}
