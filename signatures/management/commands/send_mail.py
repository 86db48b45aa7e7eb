"""Send what the outbox holds, make files of editions, remind moderators, forget what is over."""

import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from openletters.staff import mail as staff_mail
from signatures import delivering, emails, reminders, retention, updates

BETWEEN_REMINDERS = 300
"""Seconds between two looks at whether the moderators have to be reminded."""


BETWEEN_CHORES = 60
"""Seconds between two looks at what has been kept long enough."""

SENDERS = (staff_mail.send_next, emails.send_next, delivering.make_next, updates.send_next)
"""What is asked for the next thing that waits, one after another. A file of an edition takes some
seconds, and updates come last: whoever signs while ten thousand of them go out does not wait for
more than one of either."""


class Command(BaseCommand):
    """Send due mails, for ever or until none is left; any number of senders may run.

    It is the site's one worker: the chores of signatures.retention are done here as well.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when no mail is due")
        parser.add_argument("--pause", type=float, default=2.0, help="seconds between looks")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        remind_at = tidy_at = 0.0
        while not stop.is_set():
            try:
                if time.monotonic() >= remind_at:
                    remind_at = time.monotonic() + BETWEEN_REMINDERS
                    reminders.send_due()
                if time.monotonic() >= tidy_at:
                    # A batch at a time, so that mails do not wait for it.
                    more = any(number > 0 for number in retention.tidy().values())
                    tidy_at = 0.0 if more else time.monotonic() + BETWEEN_CHORES
                if any(send_next() for send_next in SENDERS) or tidy_at == 0.0:
                    continue
            except DatabaseError as error:
                if options["once"]:
                    raise
                # The database comes back; the mails are in it.
                self.stderr.write(f"{type(error).__name__}; trying again")
            if options["once"]:
                break
            close_old_connections()
            stop.wait(options["pause"])
