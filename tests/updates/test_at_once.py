"""Two people press at the same moment, a sender is killed, and nobody gets an update twice."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from signatures import updates
from signatures.models import OutgoingMail, SignOn, Update, UpdateMail
from signatures.vault import address_hash
from tests.factories import make_letter, make_sign_on, make_update
from tests.mailboxes import Mailbox, receiving
from tests.test_mail_faults import SlowMailbox, wait_a_little
from tests.test_mail_faults import sender as process
from tests.updates.world import send, sender

pytestmark = pytest.mark.django_db(transaction=True)

CONTACTS = 30
KILLS = 8


def about_to_tell(number: int = CONTACTS) -> Update:
    """Return an update to so many contacts, still a draft."""
    letter, staff = make_letter(), sender()
    claims = [
        make_sign_on([letter], name=f"Watch {n}", email=f"w{n}@contact.example", updates=True)
        for n in range(number)
    ]
    SignOn.objects.approve(dict.fromkeys(claims), actor=staff)
    return make_update(letter)


def together(work: Callable[[], Any], times: int) -> list[Any]:
    """Do the same in several threads at once."""

    def alone() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return [one.result() for one in [pool.submit(alone) for _ in range(times)]]


def test_send_pressed_by_several_at_once_sends_once() -> None:
    update = about_to_tell(5)
    answers = together(lambda: send(Update.objects.get(pk=update.pk)), 4)
    assert sorted(answers) == [False, False, False, True]
    assert UpdateMail.objects.count() == 5


def test_senders_at_work_together_send_each_contact_one(settings: Settings) -> None:
    update, mailbox = about_to_tell(), Mailbox()
    send(update)

    def send_all() -> None:
        while updates.send_next():
            pass

    with receiving(mailbox) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        together(send_all, 3)
    addresses = [message["To"] for message in mailbox.messages]
    assert len(addresses) == len(set(addresses)) == CONTACTS
    update.refresh_from_db()
    assert update.status == Update.Status.SENT


def test_senders_at_work_together_keep_the_pace(settings: Settings) -> None:
    settings.UPDATES_PER_MINUTE = 2
    update, mailbox = about_to_tell(8), SlowMailbox()
    send(update)
    with receiving(mailbox) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        assert sorted(together(updates.send_next, 4)) == [False, False, True, True]
    assert len(mailbox.messages) == 2


def test_a_sender_killed_again_and_again_loses_nobody() -> None:
    update, mailbox = about_to_tell(), SlowMailbox()
    SignOn.objects.filter(email_hash=address_hash("w0@contact.example")).end_updates()
    OutgoingMail.objects.all().delete()
    send(update)
    with receiving(mailbox) as port:
        for _ in range(KILLS):
            before, until = len(mailbox.messages), time.monotonic() + 60
            with process(port) as running:
                while len(mailbox.messages) == before:
                    assert running.poll() is None, "the sender ended by itself"
                    wait_a_little(until)
            # What the killed sender held becomes free, as it would after five minutes.
            UpdateMail.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        until = time.monotonic() + 60
        with process(port):
            while Update.objects.get(pk=update.pk).status != Update.Status.SENT:
                wait_a_little(until)
    ids = mailbox.message_ids()
    assert len(set(ids)) == CONTACTS - 1
    assert len(ids) - len(set(ids)) <= KILLS
    assert len({message["To"] for message in mailbox.messages}) == CONTACTS - 1
