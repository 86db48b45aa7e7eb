"""Moderators are reminded, once a day, of what waits too long."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from signatures import reminders
from signatures.models import Reminder
from tests.factories import make_sign_on, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """Keep midnight away from those who count days."""
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def mona() -> User:
    return make_staff("mona", email="mona@staff.example")


@pytest.fixture
def late() -> None:
    make_sign_on(name="Secret Society", email="alice@secret.example", waiting=timedelta(hours=31))
    make_sign_on(waiting=timedelta(hours=2))


@pytest.mark.usefixtures("late")
def test_it_tells_numbers_and_the_way_to_the_desk() -> None:
    assert reminders.send_due() == 1
    [message] = mail.outbox
    assert message.to == ["mona@staff.example"]
    assert message.subject == "Open Letters: 1 sign-on waits too long"
    assert isinstance(message, EmailMultiAlternatives)
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    for text in (str(message.body), str(html)):
        words = " ".join(text.split())
        assert "1 sign-on has waited for review longer than 24 hours." in words
        assert "The oldest has waited for 31 hours." in words
        assert "Waiting altogether: 2" in words
        assert "http://127.0.0.1:8000/admin/signatures/signon/" in words
        assert "Secret" not in text
        assert "alice" not in text


@pytest.mark.usefixtures("late")
def test_it_comes_once_a_day_however_often_it_is_asked_for() -> None:
    for hours in range(3):
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            call_command("remind_moderators")
            call_command("send_mail", once=True)
    assert len(mail.outbox) == 1
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        call_command("send_mail", once=True)
    assert len(mail.outbox) == 2
    assert mail.outbox[0].extra_headers["Message-ID"] != mail.outbox[1].extra_headers["Message-ID"]


@pytest.mark.usefixtures("late")
def test_two_hosts_at_the_same_moment_send_one(mona: User) -> None:
    today = timezone.localdate()
    assert Reminder.objects.take(today, mona)
    assert Reminder.objects.take(today, mona) is None
    assert reminders.send_due() == 0


@pytest.mark.usefixtures("late")
def test_what_the_server_refused_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> int:
        raise OSError("down")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        assert reminders.send_due() == 0
    assert reminders.send_due() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert reminders.send_due() == 1


def test_nobody_is_bothered_while_everything_is_in_time(settings: Settings) -> None:
    make_sign_on(waiting=timedelta(hours=5))
    assert reminders.send_due() == 0
    assert not Reminder.objects.exists()
    settings.MODERATION_SERVICE_LEVEL = 4
    assert reminders.send_due() == 1


@pytest.mark.usefixtures("late")
def test_it_goes_to_those_who_may_decide_and_can_be_reached() -> None:
    make_staff("vera", email="vera@staff.example", permissions=["view_signon"])
    make_staff("nora", email="")
    left = make_staff("left", email="left@staff.example")
    left.is_staff = False
    left.save()
    make_staff("gone", email="gone@staff.example", is_active=False)
    User.objects.create_superuser("root", email="root@staff.example", password="x")
    group = Group.objects.create(name="moderators")
    group.permissions.add(Permission.objects.get(codename="change_signon"))
    make_staff("gina", email="gina@staff.example", permissions=[]).groups.add(group)
    reminders.send_due()
    assert sorted(message.to[0] for message in mail.outbox) == [
        "gina@staff.example",
        "mona@staff.example",
        "root@staff.example",
    ]
