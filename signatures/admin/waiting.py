"""The line of waiting sign-ons beside the one that is being decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from signatures import mail_domains
from signatures.admin import evidence
from signatures.candidates import Candidate
from signatures.mail_domains import Provider
from signatures.matching.lookalikes import lookalikes
from signatures.matching.verdicts import Label
from signatures.models.history import SignOnEvent
from signatures.models.notes import Note
from signatures.models.sign_ons import SignOn

BEFORE, AFTER = 6, 24
"""Waiting sign-ons that are shown before and after the present one."""

UNDONE_WITHIN = timedelta(hours=1)
"""How old a decision may be that the desk offers to undo without showing it first."""


@dataclass(frozen=True)
class Chip:
    """A word about a waiting sign-on; `tone` is "good", "warn", "bad" or none."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """One of the waiting."""

    sign_on: SignOn
    age: SafeString
    letters: int
    chips: list[Chip]
    here: bool


class Line:
    """The waiting sign-ons around one, which need not be waiting itself."""

    def __init__(self, present: SignOn) -> None:
        self.present = present
        self.before = list(_before(present)[:BEFORE])[::-1]
        self.after = list(_after(present)[:AFTER])
        waits = present.status == SignOn.Status.PENDING
        self.sign_ons = [*self.before, *([present] if waits else []), *self.after]
        prefetch_related_objects([present, *self.before, *self.after], "letter_rows")

    @property
    def everybody(self) -> list[SignOn]:
        """The present one and all of the line."""
        return [self.present, *self.before, *self.after]

    @property
    def previous(self) -> SignOn | None:
        """Who waits before the present one."""
        return self.before[-1] if self.before else None

    @property
    def next(self) -> SignOn | None:
        """Who waits after it."""
        return self.after[0] if self.after else None

    def rows(self, candidates: Sequence[Sequence[Candidate]]) -> list[Row]:
        """Return the line with what can be told at a glance.

        `candidates` are those of `everybody`, in that order.
        """
        found = {one.pk: known for one, known in zip(self.everybody, candidates, strict=True)}
        newest = Note.objects.newest().filter(sign_on__in=self.sign_ons)
        notes = {note.sign_on_id: note for note in newest.select_related("assignee")}
        return [
            Row(
                sign_on=one,
                age=evidence.age_mark(since(one), waiting=True),
                letters=len(one.letter_rows.all()),
                chips=_chips(one, found[one.pk], notes.get(one.pk)),
                here=one.pk == self.present.pk,
            )
            for one in self.sign_ons
        ]


def since(sign_on: SignOn) -> datetime:
    """Return since when a sign-on waits."""
    return sign_on.confirmed_at or sign_on.created_at


def follower(decided: SignOn) -> SignOn | None:
    """Return where to go on: who was confirmed next, or else the oldest that waits."""
    return _after(decided).first() or SignOn.objects.queue().exclude(pk=decided.pk).first()


def last_decision(user: User) -> SignOn | None:
    """Return the sign-on that `user` decided last, if that was just now and still holds.

    A decision about many is none: it is undone as a whole, elsewhere.
    """
    kinds = SignOnEvent.Kind
    decided = SignOnEvent.objects.filter(
        actor=user,
        kind__in=[kinds.APPROVE, kinds.REJECT, kinds.REOPEN],
        created_at__gt=timezone.now() - UNDONE_WITHIN,
    )
    last = decided.select_related("sign_on").order_by("-created_at", "-pk").first()
    if last is None or last.batch or last.kind == kinds.REOPEN:
        return None
    if last.sign_on.status != last.target:
        return None
    since_then = last.sign_on.events.filter(pk__gt=last.pk, kind=kinds.REOPEN)
    return None if since_then.exists() else last.sign_on


def _before(sign_on: SignOn) -> QuerySet[SignOn]:
    at = since(sign_on)
    earlier = Q(confirmed_at__lt=at) | Q(pk__lt=sign_on.pk)
    queue = SignOn.objects.queue().filter(earlier, confirmed_at__lte=at)
    return queue.exclude(pk=sign_on.pk).reverse()


def _after(sign_on: SignOn) -> QuerySet[SignOn]:
    at = since(sign_on)
    later = Q(confirmed_at__gt=at) | Q(pk__gt=sign_on.pk)
    queue = SignOn.objects.queue().filter(later, confirmed_at__gte=at)
    return queue.exclude(pk=sign_on.pk)


def _chips(sign_on: SignOn, known: Iterable[Candidate], note: Note | None) -> list[Chip]:
    chips = []
    labels = {candidate.verdict.label for candidate in known}
    if Label.SAME in labels:
        chips.append(Chip(_("known"), "good"))
    elif Label.RELATED in labels:
        chips.append(Chip(_("maybe known"), "warn"))
    elif evidence.domains_agree(sign_on):
        chips.append(Chip(_("new, domain matches"), "good"))
    else:
        chips.append(Chip(_("new")))
    if sign_on.withhold_name:
        chips.append(Chip(_("name withheld"), "warn"))
    if lookalikes(sign_on.listed_name):
        chips.append(Chip(_("look-alike letters"), "bad"))
    if mail_domains.provider(sign_on.email_domain) == Provider.DISPOSABLE:
        chips.append(Chip(_("disposable address"), "bad"))
    if sign_on.flags:
        chips.append(Chip(_("looks automatic"), "bad"))
    if note and note.assignee:
        chips.append(Chip(_("with %(name)s") % {"name": note.assignee}))
    elif note:
        chips.append(Chip(_("note")))
    return chips
