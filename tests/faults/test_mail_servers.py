"""The mail server is down, silent or refuses; people sign, and get their mail afterwards."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from statistics import quantiles
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from signatures.models import OutgoingMail, SignOn
from tests.factories import make_letter
from tests.faults.load import sign
from tests.mailboxes import Mailbox, receiving
from tests.postgres import free_port
from tests.servers import Served, served
from tests.test_mail_faults import sender

pytestmark = pytest.mark.django_db(transaction=True)

SIGN_ONS = 15
"""For each of the four faults."""


@contextmanager
def silent(port: int) -> Iterator[None]:
    """Take connections, and never say a word."""
    with socket.create_server(("127.0.0.1", port), backlog=64):
        yield


def refusing(reply: str) -> Callable[[int], AbstractContextManager[None]]:
    """Return a mail server that answers so to whomever a mail is for."""

    class Refusing:
        async def handle_RCPT(self, *_arguments: Any) -> str:  # noqa: N802
            return reply

    @contextmanager
    def running(port: int) -> Iterator[None]:
        server = Controller(Refusing(), hostname="127.0.0.1", port=port)
        server.start()
        try:
            yield
        finally:
            server.stop()

    return running


FAULTS: dict[str, Callable[[int], AbstractContextManager[None]]] = {
    "down": lambda _port: nullcontext(),
    "silent": silent,
    "busy": refusing("451 4.3.2 come again"),
    "unwilling": refusing("550 5.7.1 not from you"),
}


def test_whatever_a_mail_server_does_people_sign_and_get_their_mail_afterwards(
    capsys: pytest.CaptureFixture[str],
) -> None:
    letter, port = make_letter("asp-president"), free_port()
    seconds: list[float] = []
    with served() as server:
        undisturbed = [timed(server, letter.pk, f"none {number}") for number in range(SIGN_ONS)]
        for fault, running in FAULTS.items():
            with running(port), sender(port):
                seconds += [
                    timed(server, letter.pk, f"{fault} {number}") for number in range(SIGN_ONS)
                ]
                # A silent server is given twenty seconds; nobody waits for it but the sender.
                wait_for_attempts(1 if fault == "silent" else SIGN_ONS, fault)
                assert not OutgoingMail.objects.filter(sent_at__isnull=False).exists()
    for mail in OutgoingMail.objects.exclude(last_error=""):
        assert mail.next_attempt_at > mail.created_at + timedelta(seconds=40)
    told = Counter(OutgoingMail.objects.values_list("last_error", flat=True))
    assert {"ConnectionRefusedError", "SMTPRecipientsRefused"} < set(told)

    # What the pauses and leases bring about, without waiting for them.
    OutgoingMail.objects.update(next_attempt_at=timezone.now(), leased_until=None)
    mailbox = Mailbox()
    with receiving(mailbox) as working, sender(working):
        wait_until(lambda: not OutgoingMail.objects.waiting().exists())
    delivered = mailbox.message_ids()
    p95, usual = (1000 * quantiles(one, n=20)[-1] for one in (seconds, undisturbed))
    with capsys.disabled():
        print(
            f"\n{len(FAULTS)} faults of mail servers: {len(seconds)} sign-ons, p95 {p95:.0f} ms "
            f"(without them {usual:.0f} ms), "
            f"{len(delivered)} mails delivered afterwards, {dict(told)}"
        )
    assert p95 <= max(300, 2 * usual)  # a machine that is busy otherwise is not the mail's fault
    assert SignOn.objects.count() == (len(FAULTS) + 1) * SIGN_ONS
    assert len(delivered) == len(set(delivered)) == SignOn.objects.count()
    assert {str(message["To"]) for message in mailbox.messages} == {
        one.email for one in SignOn.objects.all()
    }


def timed(server: Served, letter: int, name: str) -> float:
    """Sign; return how many seconds that took."""
    started = time.monotonic()
    assert sign(server, letter, name)[0] == 302
    return time.monotonic() - started


def wait_for_attempts(number: int, fault: str) -> None:
    """Let the sender try with so many of this fault's mails."""
    tried = OutgoingMail.objects.filter(sign_on__name__startswith=fault, attempts__gte=1)
    wait_until(lambda: tried.count() >= number)


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
