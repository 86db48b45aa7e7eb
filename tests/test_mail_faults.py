"""What happens to mails when things are killed."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from signatures.models import OutgoingMail, SignOn
from signatures.models.letters import Letter
from tests.factories import claim, make_letter, make_sign_on
from tests.mailboxes import Mailbox, receiving
from tests.servers import database_url

MAILS = 60
KILLS = 20


class SlowMailbox(Mailbox):
    """Takes a mail over, and takes its time to say so: the worst moment to be killed in."""

    def handle_message(self, message: Message) -> None:
        super().handle_message(message)
        time.sleep(0.02)


@contextmanager
def sender(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a mail sender as a process of its own."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "SECRET_KEY": "of this test",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "send_mail", "--pause=0.05"],
        cwd=django_settings.BASE_DIR,
        env=environment,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_a_little(until: float) -> None:
    assert time.monotonic() < until, "the sender does not get on"
    time.sleep(0.002)


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_twenty_times_loses_nothing() -> None:
    sign_on = make_sign_on()
    OutgoingMail.objects.bulk_create(
        OutgoingMail(sign_on=sign_on, kind=OutgoingMail.Kind.LISTED) for _ in range(MAILS)
    )
    mailbox = SlowMailbox()
    with receiving(mailbox) as port:
        for _ in range(KILLS):
            before, until = len(mailbox.messages), time.monotonic() + 30
            with sender(port) as process:
                while len(mailbox.messages) == before:
                    assert process.poll() is None, "the sender ended by itself"
                    wait_a_little(until)
                time.sleep(random.uniform(0, 0.04))  # noqa: S311
            # What the killed sender held becomes free, as it would after five minutes.
            OutgoingMail.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        until = time.monotonic() + 60
        with sender(port):
            while OutgoingMail.objects.waiting().exists():
                wait_a_little(until)
    delivered = mailbox.message_ids()
    assert len(set(delivered)) == MAILS
    assert len(delivered) - MAILS <= KILLS


@pytest.mark.django_db(transaction=True)
def test_a_sign_on_and_its_mail_are_stored_together_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = make_letter()
    owe = SignOn.owe

    def killed(self: SignOn, kind: OutgoingMail.Kind, note: str = "") -> None:
        owe(self, kind, note)
        raise InterruptedError

    monkeypatch.setattr(SignOn, "owe", killed)
    with pytest.raises(InterruptedError):
        SignOn.objects.submit(Letter.objects.filter(pk=letter.pk), **claim())
    assert not transaction.get_connection().in_atomic_block
    assert SignOn.objects.count() == OutgoingMail.objects.count() == 0
