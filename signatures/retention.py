"""What the worker tidies up without being asked, so that nothing private is kept for longer than
the privacy page says.

Every chore takes a batch at a time, in a transaction of its own: it never holds many rows, can be
killed at any moment, and any number of workers may do it at once.
"""

import fcntl
import logging
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import timezone

from openletters.staff import guessing
from openletters.staff.models import GIVE_UP_AFTER, StaffMail
from signatures import periods, throttling
from signatures.models import reaffirming, withholding
from signatures.models.erasures import Erasure, Line
from signatures.models.history import IllegalTransition
from signatures.models.imports import NotAsShown, SignatoryImport
from signatures.models.mail import MAIL_WINDOW, OutgoingMail
from signatures.models.organizations import Organization
from signatures.models.presence import ABSENT_AFTER, Presence
from signatures.models.reminders import Reminder
from signatures.models.sign_ons import SignOn
from signatures.models.update_mails import UpdateMail
from signatures.models.updates import Update

logger = logging.getLogger(__name__)

BATCH = 200
"""Rows that a chore takes at a time."""

Chore = Callable[[], int]
"""Tidies up a batch, and returns how many rows that were; 0 when nothing is left to do."""


def delete_unconfirmed() -> int:
    """Delete sign-ons that were never confirmed."""
    return SignOn.objects.never_confirmed().delete_unconfirmed(most=BATCH)


def erase_withdrawn() -> int:
    """Erase the contacts of withdrawn sign-ons, as soon as they have been told."""
    return SignOn.objects.withdrawn_and_told().erase(most=BATCH)


def erase_rejected() -> int:
    """Erase the contacts of sign-ons that stayed rejected."""
    return SignOn.objects.long_rejected().erase(most=BATCH)


def erase_closed() -> int:
    """Erase the contacts of sign-ons whose letters closed long ago."""
    return SignOn.objects.long_closed().erase(most=BATCH)


def delete_old_mails() -> int:
    """Forget mails that were sent or given up long ago; of erased sign-ons, after a day."""
    now = timezone.now()
    done = OutgoingMail.objects.done()
    old = models.Q(created_at__lte=now - periods.OUTBOX_KEPT)
    needless = models.Q(created_at__lte=now - MAIL_WINDOW, sign_on__erased_at__isnull=False)
    return _delete(done.filter(old | needless))


def delete_old_update_mails() -> int:
    """Forget who got which update, and tests, once nothing of it is being sent any more."""
    old = UpdateMail.objects.filter(created_at__lte=timezone.now() - periods.OUTBOX_KEPT)
    return _delete(old.exclude(update__status=Update.Status.SENDING))


def delete_staged_imports() -> int:
    """Discard one list that was uploaded long ago and never imported."""
    done = (SignatoryImport.Status.COMMITTED, SignatoryImport.Status.UNDONE)
    uploaded = timezone.now() - periods.STAGED_KEPT
    left = SignatoryImport.objects.defer("content").exclude(status__in=done)
    oldest = left.filter(created_at__lte=uploaded).first()
    if oldest is None:
        return 0
    with suppress(NotAsShown):  # imported, or discarded, at this very moment
        oldest.discard()
    return 1


def delete_old_looks() -> int:
    """Forget which sign-on a moderator has looked at."""
    return _delete(Presence.objects.filter(seen_at__lte=timezone.now() - ABSENT_AFTER))


def delete_old_reminders() -> int:
    """Forget which moderators were reminded long ago."""
    before = timezone.localdate() - periods.REMINDERS_KEPT
    return _delete(Reminder.objects.filter(day__lt=before))


def delete_old_sessions() -> int:
    """Delete expired sessions of staff."""
    return _delete(Session.objects.filter(expire_date__lte=timezone.now()))


def delete_old_guesses() -> int:
    """Forget from where wrong passwords came, as soon as that keeps nobody out any more."""
    return guessing.forget()


def delete_old_staff_mails() -> int:
    """Forget links that staff were sent, or could not be sent, long ago."""
    return _delete(StaffMail.objects.filter(created_at__lte=timezone.now() - GIVE_UP_AFTER))


def ask_to_reaffirm() -> int:
    """Ask contacts whom a change of a text they signed has missed."""
    reaffirming.ask_missed()
    return 0


def remind_to_reaffirm() -> int:
    """Remind contacts, once, that a text they signed has changed and an answer is due."""
    return reaffirming.remind(most=BATCH)


CHORES: list[Chore] = [
    erase_withdrawn,
    erase_rejected,
    erase_closed,
    delete_unconfirmed,
    delete_old_mails,
    delete_old_update_mails,
    delete_staged_imports,
    delete_old_looks,
    delete_old_reminders,
    delete_old_sessions,
    throttling.erase_old,
    delete_old_guesses,
    delete_old_staff_mails,
    ask_to_reaffirm,
    remind_to_reaffirm,
]
"""The place to add a further one."""


def _delete(rows: "models.QuerySet[Any]") -> int:
    """Delete a batch of rows that nobody else is deleting; return how many."""
    with transaction.atomic():
        batch = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))
        keys = list(batch.values_list("pk", flat=True)[:BATCH])
        rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)


def tidy() -> dict[str, int]:
    """Do a batch of every chore; return of which, by its name, there may be more to do.

    One that fails does not stop the others; it stands in the log, and under -1 in the answer.
    """
    more = {}
    for chore in CHORES:
        try:
            done = chore()
        except Exception as error:  # noqa: BLE001  what one stumbles over must not spare the rest
            logger.warning("chore %s failed: %s", chore.__name__, type(error).__name__)
            done = -1
        if done:
            more[chore.__name__] = done
    if settings.ERASURES_FILE:
        try:
            keep_list(Path(settings.ERASURES_FILE))
        except OSError as error:
            logger.warning("ERASURES_FILE cannot be written: %s", type(error).__name__)
    return more


# The list of erasures, which outlives the database

OVERLAP = timedelta(days=1)
"""How far before the end of a list is looked for what is missing: transactions end in any order."""


def keep_list(path: Path) -> int:
    """Add to the list in a file what was erased since, and return how many lines that were.

    Any number of workers may share the file; what is in it stays.
    """
    with path.open("a+", encoding="ascii", errors="replace") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read()
        known = set(text.splitlines())
        rows = Erasure.objects.all()
        if last := next(read_list("\n".join(text.splitlines()[:-4:-1])), None):
            rows = rows.filter(created_at__gt=last.at - OVERLAP)
        new = [line for line in map(str, rows.iterator()) if line not in known]
        if new:
            # A line that a crash has cut short stays one of its own.
            cut = "\n" if text and not text.endswith("\n") else ""
            file.write(cut + "".join(f"{line}\n" for line in new))
            file.flush()
            os.fsync(file.fileno())
    return len(new)


def read_list(text: str) -> Iterator[Line]:
    """Yield the lines of a list; what a crash has cut short is passed over, and logged."""
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            yield Line.parse(line)
        except ValueError:
            if line.strip():
                logger.warning("line %s of the list of erasures is damaged", number)


def apply_list(lines: Iterable[Line]) -> int:
    """Do again what a list says and a restored backup does not know; return for how many lines.

    Withdrawn sign-ons leave the list again, erased contacts go, and nobody is written to.
    """
    waiting = iter(lines)
    applied = 0
    unknown: dict[uuid.UUID, datetime] = {}
    while portion := list(islice(waiting, BATCH)):
        # With their own times, before the verbs write the same lines with the present one.
        Erasure.objects.bulk_create(
            (Erasure(public_id=one.public_id, kind=one.kind, created_at=one.at) for one in portion),
            ignore_conflicts=True,
        )
        claims = SignOn.objects.filter(public_id__in={line.public_id for line in portion})
        found = {row.public_id: row for row in claims}
        for line in portion:
            if (claim := found.get(line.public_id)) and _apply(line.kind, claim, line.at):
                applied += 1
        withheld = [line for line in portion if line.kind == Erasure.Kind.WITHHELD]
        unknown.update((one.public_id, one.at) for one in withheld if one.public_id not in found)
    return applied + (_withhold_listings(unknown) if unknown else 0)


@transaction.atomic
def _withhold_listings(times: dict[uuid.UUID, datetime]) -> int:
    """Withhold names that a backup lists without a sign-on; return of how many organisations."""
    ids = withholding.lasting_ids(withholding.listed_without_sign_on())
    told = {pk: times[one] for one, pk in ids.items() if one in times}
    for pk, at in sorted(told.items()):
        organization = Organization.objects.get(pk=pk)
        withholding.withhold_listings(organization, actor=None, reason=_repeated(at))
    return len(told)


@transaction.atomic
def _apply(kind: str, claim: SignOn, at: datetime) -> bool:
    if kind == Erasure.Kind.WITHHELD:
        return _withhold(claim, at)
    if kind == Erasure.Kind.NO_UPDATES:  # whoever has wanted them since is asked anew
        return bool(SignOn.objects.filter(pk=claim.pk).end_updates())
    withdrawn = claim.status == SignOn.Status.WITHDRAWN
    if claim.erased_at and (withdrawn or kind != Erasure.Kind.WITHDRAWN):
        return False
    mine = SignOn.objects.filter(pk=claim.pk)
    if kind == Erasure.Kind.DELETED and mine.delete_unconfirmed():
        return True
    if not mine.exists():  # deleted by an earlier line of the same list
        return False
    if kind == Erasure.Kind.WITHDRAWN:
        with suppress(IllegalTransition):
            claim.withdraw(reason=_repeated(at))
    mine.erase()
    claim.refresh_from_db(fields=["status", "erased_at"])
    return True


def _withhold(claim: SignOn, at: datetime) -> bool:
    """Withhold a name that a backup publishes; if it was shown again since, staff do that anew."""
    claim.refresh_from_db()
    if not claim.may_withhold:
        return False
    claim.withhold(reason=_repeated(at))
    claim.mails.filter(kind=OutgoingMail.Kind.WITHHELD, sent_at=None).delete()
    return True


def _repeated(at: datetime) -> str:
    return f"Repeated after a restore; it was on {at:%Y-%m-%d %H:%M %Z}."
