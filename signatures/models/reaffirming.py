"""Asking signatories whether they stand by a text that was changed in substance.

What somebody signed stays as it was; nothing is taken off a list because nobody answers. Who stands
under which text is told by the numbers on claims and signatures.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from signatures.changes import Change
from signatures.models.history import IllegalTransition, SignOnEvent, Status
from signatures.models.letters import Letter
from signatures.models.mail import OutgoingMail
from signatures.models.sign_on_letters import SignOnLetter, stand_under
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature
from signatures.models.versions import TextVersion

SOONEST = timedelta(days=3)
"""How long signatories have at least to stand by a changed text."""

REMINDED_BEFORE = timedelta(days=2)
"""How long before the end of that time who has not answered is reminded, once."""

MISSED_WITHIN = timedelta(days=1)
"""How long after a change is looked for somebody who was not asked."""

Kind = OutgoingMail.Kind

MAILS = (Kind.REAFFIRM, Kind.REAFFIRM_SOON)


@dataclass(frozen=True)
class Asked:
    """A letter whose contact is asked whether they stand by its changed text."""

    letter: Letter
    asked_by: TextVersion
    """The version with which the question came."""
    change: Change
    """What lies between the text that was signed and the present one."""

    @property
    def may_answer(self) -> bool:
        """Whether it is not too late."""
        return may_reaffirm(self.letter, self.asked_by.reaffirm_by)


def may_reaffirm(letter: Letter, until: datetime | None) -> bool:
    """Whether a changed text can be stood by: until the time that was given, or the letter closes,
    whichever is later."""
    collecting = letter.status in {Letter.Status.PRIVATE, Letter.Status.OPEN}
    return (collecting and not letter.closed_at()) or (until is not None and until > timezone.now())


def earlier_rows() -> models.QuerySet[SignOnLetter]:
    """Letters of standing claims that were signed, and have been changed in substance since."""
    standing = [Status.PENDING, Status.APPROVED]
    return SignOnLetter.objects.under_earlier_text().filter(sign_on__status__in=standing)


def asked_about(letter: Letter) -> int:
    """Return how many claims are owed the mail that asks about the text of this letter."""
    asked = OutgoingMail.objects.filter(kind=Kind.REAFFIRM).unsent()
    rows = earlier_rows().filter(letter=letter)
    return asked.filter(sign_on__in=rows.values("sign_on")).count()


@transaction.atomic
def mark(
    letter: Letter,
    *,
    kind: TextVersion.Kind,
    note: str = "",
    reaffirm_by: datetime | None = None,
) -> TextVersion:
    """Freeze a changed text as what the editor says it is; of a change of substance, ask everybody.

    To be called like TextVersion.objects.freeze(). Raises NotACorrection.
    """
    version = TextVersion.objects.freeze(letter, kind=kind, note=note, reaffirm_by=reaffirm_by)
    if version.kind == TextVersion.Kind.SUBSTANCE:
        ask(letter)
    return version


@transaction.atomic
def ask(letter: Letter, *, among: "models.QuerySet[Any] | None" = None, **kwargs: Any) -> None:
    """Owe the contacts of claims under an earlier text the question whether they stand by this one.

    Those `among` these keys of claims alone, if they are given. Harmless when repeated. While the
    letter is a draft nobody is asked; as a receiver of phases.opened, this comes again once it is
    shown.
    """
    # Whoever asks about the same letter meanwhile waits, and sees who has been asked.
    letter = Letter.objects.select_for_update(no_key=True).get(pk=letter.pk)
    if letter.status == Letter.Status.DRAFT or letter.substance_version <= 1:
        return
    changed = TextVersion.objects.get(letter=letter, number=letter.substance_version)
    if not may_reaffirm(letter, changed.reaffirm_by):
        return
    asked = OutgoingMail.objects.filter(kind=Kind.REAFFIRM, failed_at=None)
    # One mail tells of all letters that wait; until it is sent, no second one is needed.
    asked = asked.filter(created_at__gte=changed.made_at) | asked.unsent()
    rows = earlier_rows().filter(letter=letter)
    claims = SignOn.objects.with_contact().filter(pk__in=rows.values("sign_on"))
    claims = claims.exclude(pk__in=asked.values("sign_on")).order_by("pk")
    if among is not None:
        claims = claims.filter(pk__in=among)
    OutgoingMail.objects.owe((one, Kind.REAFFIRM) for one in claims.only("email"))


def ask_missed() -> None:
    """Ask again about what changed in the last day, and those whose claims stand again since then.

    A claim that was confirmed at the very moment of a change was not seen when the others were
    asked, and a mail that was just being sent could not tell of it. One that had been declined
    then was not asked.
    """
    since = timezone.now() - MISSED_WITHIN
    changed = TextVersion.objects.filter(
        number=F("letter__substance_version"), number__gt=1, made_at__gte=since
    )
    for version in changed.select_related("letter"):
        ask(version.letter)
    reopened = SignOnEvent.objects.filter(
        sign_on=OuterRef("sign_on"), kind=SignOnEvent.Kind.REOPEN, created_at__gte=since
    )
    again = earlier_rows().filter(Exists(reopened))
    for letter in Letter.objects.filter(pk__in=again.values("letter")):
        ask(letter, among=again.values("sign_on"))


@transaction.atomic
def remind(most: int) -> int:
    """Remind some of those who have not answered shortly before the time is over; return how many.

    Each once. Any number of workers may do so at once.
    """
    now = timezone.now()
    due = TextVersion.objects.filter(
        number=F("letter__substance_version"),
        reaffirm_by__gt=now,
        reaffirm_by__lte=now + REMINDED_BEFORE,
    ).exclude(letter__status=Letter.Status.DRAFT)
    reminded = OutgoingMail.objects.filter(
        kind=Kind.REAFFIRM_SOON, created_at__gt=now - REMINDED_BEFORE
    )
    rows = earlier_rows().filter(letter__in=due.values("letter"))
    claims = SignOn.objects.with_contact().filter(pk__in=rows.values("sign_on"))
    waiting = claims.exclude(pk__in=reminded.values("sign_on")).order_by("pk")
    locked = waiting.select_for_update(no_key=True, skip_locked=True, of=("self",))
    taken = list(locked.only("email")[:most])
    # Asked once more behind the lock: another worker may have been faster.
    told = set(reminded.filter(sign_on__in=taken).values_list("sign_on", flat=True))
    left = [one for one in taken if one.pk not in told]
    OutgoingMail.objects.owe((one, Kind.REAFFIRM_SOON) for one in left)
    return len(left)


def asked_of(sign_on: SignOn) -> list[Asked]:
    """Return the letters whose changed text the claim's contact has not answered to."""
    standing = sign_on.status in {Status.PENDING, Status.APPROVED}
    return changed_since(sign_on) if standing else []


def to_be_answered(sign_on: SignOn) -> list[Asked]:
    """Return those of `asked_of` to which an answer is not too late."""
    return [one for one in asked_of(sign_on) if one.may_answer]


def changed_since(sign_on: SignOn) -> list[Asked]:
    """Return the letters that were changed in substance since the claim's contact saw them.

    Of a draft nobody is told: it may read otherwise again before it is shown.
    """
    earlier = SignOnLetter.objects.under_earlier_text().filter(sign_on=sign_on)
    rows = list(earlier.exclude(letter__status=Letter.Status.DRAFT).order_by("letter"))
    if not rows:
        return []
    chosen = Letter.objects.filter(pk__in=[row.letter_id for row in rows])
    letters = {one.pk: one for one in chosen.prefetch_related("translations")}
    versions = {
        (one.letter_id, one.number): one for one in TextVersion.objects.filter(letter__in=letters)
    }
    found = []
    for row in rows:
        letter = letters[row.letter_id]
        present = versions[letter.pk, letter.text_version]
        signed = versions.get((letter.pk, row.text_version), present)
        asked_by = versions[letter.pk, letter.substance_version]
        found.append(Asked(letter, asked_by, Change(signed.content, present.content)))
    return found


@transaction.atomic
def reaffirm(sign_on: SignOn, letter_key: int, *, shown: int) -> bool:
    """Put a claim, and what its organisation brought, under the text that was shown.

    `shown` is the number of that text. Returns whether anything changed; harmless when repeated.
    Raises IllegalTransition when the text is another by now, when it is too late, or when the
    claim does not stand.
    """
    sign_on.lock()
    if sign_on.status not in {Status.PENDING, Status.APPROVED}:
        raise IllegalTransition(f"a sign-on that is {sign_on.status} stands by nothing")
    sign_on.lock_organization()
    letter = _locked(letter_key, shown)
    rows = sign_on.letter_rows.filter(letter=letter, text_version__lt=shown)
    if not rows.update(text_version=shown):
        return False
    if sign_on.status == Status.APPROVED and sign_on.organization_id:
        stand_under(
            Signature.objects.filter(letter=letter, organization=sign_on.organization_id), shown
        )
    if not to_be_answered(sign_on):
        sign_on.mails.unsent().filter(kind__in=MAILS).delete()
    sign_on.record(SignOnEvent.Kind.REAFFIRM, reason=f"{letter.slug} {shown}")
    return True


def can_be_asked(signature: Signature) -> bool:
    """Whether a contact is known who can stand by a changed text for this signature."""
    claims = SignOn.objects.with_contact().filter(
        status=Status.APPROVED,
        organization=signature.organization_id,
        letter_rows__letter=signature.letter_id,
    )
    return claims.exclude(email_hash="").exists()


@transaction.atomic
def reaffirm_on_paper(signature: Signature, *, actor: User, provenance: str, shown: int) -> bool:
    """Put a signature whose contact is not known under the text of number `shown`.

    `provenance` says where staff have it from. Returns whether anything changed; raises
    IllegalTransition as reaffirm() does, and where a contact is known, who alone may say so.
    """
    rows = SignOnLetter.objects.filter(signature=signature)
    claims = list(SignOn.objects.filter(pk__in=rows.values("sign_on")).locked())
    if can_be_asked(signature):
        raise IllegalTransition("its contact can be asked")
    letter = _locked(signature.letter_id, shown)
    if not stand_under(Signature.objects.filter(pk=signature.pk), shown):
        return False
    rows.filter(text_version__lt=shown).update(text_version=shown)
    for claim in claims:
        reason = f"{letter.slug} {shown}: {provenance}"
        claim.record(SignOnEvent.Kind.REAFFIRM, actor=actor, reason=reason)
    return True


def _locked(letter_key: int, shown: int) -> Letter:
    """Take the letter for this transaction. Raises IllegalTransition unless `shown` can be stood
    by."""
    letter = Letter.objects.filter(pk=letter_key).select_for_update(no_key=True).first()
    if letter is None or not letter.substance_version <= shown <= letter.text_version:
        raise IllegalTransition("the text is another by now")
    asked_by = TextVersion.objects.filter(letter=letter, number=letter.substance_version).first()
    if asked_by is None or not may_reaffirm(letter, asked_by.reaffirm_by):
        raise IllegalTransition("it is too late")
    return letter
