"""Taking signatures for longer, and telling those who wait."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from signatures.differences import plain
from signatures.models.extensions import Extension
from signatures.models.history import Status
from signatures.models.letters import Letter
from signatures.models.mail import OutgoingMail
from signatures.models.sign_ons import SignOn
from signatures.models.switches import Texts


class CannotExtend(Exception):
    """The letter is not public, or the new closing time is no later one."""


@transaction.atomic
def extend(letter: Letter, closes_at: datetime, *, note: Texts, actor: User) -> Extension | None:
    """Let a letter close later, also one that has closed, and tell those who wait for it.

    `note` is published, by languages. Returns None, and does nothing, when just this was done
    before. Raises CannotExtend.
    """
    letters = Letter.objects.issued_with(letter.slug).order_by("pk")
    list(letters.select_for_update(no_key=True))
    letter.refresh_from_db(fields=["status", "opens_at", "closes_at"])
    note = {code: plain(text) for code, text in note.items()}
    before = letter.closes_at
    last = Extension.objects.of(letter).first()
    if last and last.closes_at == closes_at and last.note == note and letter.is_open():
        return None
    endless = letter.status == Letter.Status.OPEN and before is None
    too_early = closes_at <= timezone.now() or (before is not None and closes_at <= before)
    if endless or too_early or not letter.is_published():
        raise CannotExtend
    extension = Extension.objects.create(
        letter=letter, closed_at=before, closes_at=closes_at, note=note, actor=actor
    )
    letter.extend_to(closes_at)
    _tell(extension)
    return extension


def _tell(extension: Extension) -> None:
    """Owe one mail to each contact whose sign-on is not confirmed, or not decided.

    To an address that nobody has confirmed it goes out only if strangers have not caused enough
    mails to it already; and it counts as one of theirs.
    """
    # Who has not been told of an earlier one yet is told of this one alone.
    OutgoingMail.objects.unsent().filter(extension__letter=extension.letter_id).delete()
    waiting = SignOn.objects.with_contact().filter(
        letters=extension.letter_id, status__in=[Status.UNCONFIRMED, Status.PENDING]
    )
    held = SignOn.objects.held().values("pk")
    told: dict[str, SignOn] = {}
    # Those who have still to confirm first: their mail carries the link.
    for claim in waiting.exclude(pk__in=held).order_by("-status", "pk"):
        told.setdefault(claim.email_hash, claim)
    OutgoingMail.objects.owe(
        ((claim, OutgoingMail.Kind.EXTENDED) for claim in told.values()), extension=extension
    )
