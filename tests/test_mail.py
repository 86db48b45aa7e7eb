"""What the outbox owes is sent, whatever the mail server does."""

import smtplib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from signatures import emails
from signatures.models import OutgoingMail, SignOn
from signatures.models.queued import LEASE
from tests.factories import about, make_letter, make_sign_on
from tests.mailboxes import Mailbox, receiving

pytestmark = pytest.mark.django_db


def owed(kind: str = "confirm", **stated: Any) -> OutgoingMail:
    """Owe the contact of a new sign-on a mail."""
    sign_on = make_sign_on([make_letter(slug=f"letter-{SignOn.objects.count()}")], **stated)
    return OutgoingMail.objects.create(sign_on=sign_on, kind=kind)


@pytest.mark.parametrize("kind", OutgoingMail.Kind)
def test_every_mail_has_a_subject_a_text_and_a_page(kind: str) -> None:
    sign_on = make_sign_on([make_letter()], new_email="new@waterwatch.example", name="<b>Zed</b>")
    sign_on.former_email = sign_on.email
    message = emails.compose(about(sign_on, kind))
    [(html, mimetype)] = message.alternatives
    assert message.subject.startswith("Open Letters: ")
    assert mimetype == "text/html"
    assert "http://127.0.0.1:8000/" in str(message.body)
    assert "http://127.0.0.1:8000/" in str(html)
    assert "<b>Zed</b>" not in str(html)
    assert "{{" not in str(message.body)
    assert "Zed" not in message.subject


def test_links_come_from_the_setting_alone(settings: Settings) -> None:
    settings.SITE_URL = "https://letters.example.org"
    message = emails.compose(owed())
    assert "https://letters.example.org/confirm/" in str(message.body)
    assert "127.0.0.1" not in str(message.body)
    assert message.extra_headers["Message-ID"].endswith("@letters.example.org>")


def test_a_mail_speaks_the_language_of_the_sign_on() -> None:
    message = emails.compose(owed(language="ar"))
    assert "http://127.0.0.1:8000/ar/confirm/" in str(message.body)


def test_a_private_reason_is_passed_on_only_if_it_was_meant_to_be() -> None:
    mail = owed("rejected")
    assert "The reason they give" not in str(emails.compose(mail).body)
    mail.note = "We could not reach you."
    assert "We could not reach you." in str(emails.compose(mail).body)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A mail server to which the settings lead."""
    box = Mailbox()
    with receiving(box) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield box


def test_the_worker_sends_what_is_due(mailbox: Mailbox) -> None:
    first, second = owed(email="alice@waterwatch.example"), owed("listed", email="bob@x.example")
    call_command("send_mail", once=True)
    assert {message["To"] for message in mailbox.messages} == {
        "alice@waterwatch.example",
        "bob@x.example",
    }
    assert {message["Message-ID"] for message in mailbox.messages} == {
        f"<{mail.pk}@127.0.0.1>" for mail in (first, second)
    }
    assert not OutgoingMail.objects.waiting().exists()
    call_command("send_mail", once=True)
    assert len(mailbox.messages) == 2


def test_a_server_that_is_down_loses_nothing(settings: Settings, mailbox: Mailbox) -> None:
    working_port = settings.EMAIL_PORT
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_PORT = free.getsockname()[1]
    mail = owed()
    call_command("send_mail", once=True)
    mail.refresh_from_db()
    assert (mail.attempts, mail.sent_at) == (1, None)
    assert mail.last_error == "ConnectionRefusedError"
    settings.EMAIL_PORT = working_port
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        call_command("send_mail", once=True)
    assert len(mailbox.messages) == 1


def test_a_silent_server_does_not_hold_the_worker(settings: Settings) -> None:
    mail = owed()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.2
        call_command("send_mail", once=True)
    mail.refresh_from_db()
    assert mail.last_error == "SMTPServerDisconnected"
    assert mail.sent_at is None


def test_pauses_grow_up_to_two_hours() -> None:
    mail = owed()
    pauses = []
    for attempt in range(1, 12):
        mail.attempts = attempt
        mail.mark_deferred("refused")
        pauses.append((mail.next_attempt_at - timezone.now()).total_seconds() / 60)
    expected = [1, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120]
    assert all(0.7 * e < p < 1.3 * e for e, p in zip(expected, pauses, strict=True))


def test_after_five_days_a_mail_is_given_up_and_can_be_tried_again() -> None:
    mail = owed()
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        mail.mark_deferred("refused")
        assert mail.failed_at
        assert not OutgoingMail.objects.waiting().exists()
        mail.try_again()
        assert OutgoingMail.objects.due().get() == mail


def test_two_senders_never_take_the_same_mail() -> None:
    mails = {owed().pk for _ in range(2)}
    taken = [OutgoingMail.objects.take_next() for _ in range(3)]
    assert {mail.pk for mail in taken if mail} == mails
    assert taken[2] is None


def test_a_mail_whose_sender_died_is_sent_by_the_next_under_the_same_id() -> None:
    first = OutgoingMail.objects.take_next() if owed() else None
    assert first
    assert OutgoingMail.objects.take_next() is None
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        again = OutgoingMail.objects.take_next()
    assert again == first
    assert (
        emails.compose(first).extra_headers["Message-ID"]
        == emails.compose(again).extra_headers["Message-ID"]
    )


def test_an_error_tells_nothing_about_the_recipient(caplog: pytest.LogCaptureFixture) -> None:
    class Refusing:
        def send_messages(self, messages: list[Any]) -> int:
            raise smtplib.SMTPRecipientsRefused({"alice@waterwatch.example": (550, b"no alice")})

    mail = owed()
    emails.send_next(Refusing())  # type: ignore[arg-type]
    mail.refresh_from_db()
    assert mail.last_error == "SMTPRecipientsRefused"
    assert "alice" not in caplog.text


def test_nothing_is_sent_by_a_web_request() -> None:
    make_sign_on(status=SignOn.Status.UNCONFIRMED).confirm()
    assert django_mail.outbox == []
    assert OutgoingMail.objects.due().count() == 1


def test_a_mail_that_cannot_be_put_together_does_not_stop_the_others(mailbox: Mailbox) -> None:
    broken = owed(email="a@" + "ß" * 60 + ".de")
    owed()
    call_command("send_mail", once=True)
    broken.refresh_from_db()
    assert len(mailbox.messages) == 1
    assert broken.attempts == 1
    assert broken.next_attempt_at > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_senders_at_work_together_send_every_mail_once(mailbox: Mailbox) -> None:
    sign_on = make_sign_on()
    OutgoingMail.objects.bulk_create(
        OutgoingMail(sign_on=sign_on, kind=OutgoingMail.Kind.LISTED) for _ in range(40)
    )

    def send_all() -> None:
        try:
            while emails.send_next():
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as senders:
        for work in [senders.submit(send_all) for _ in range(4)]:
            work.result()
    delivered = mailbox.message_ids()
    assert len(delivered) == len(set(delivered)) == 40
