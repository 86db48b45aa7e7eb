"""The life of a letter: draft, collected privately, open, closed; and the steps between them.

Opening and closing times need no job: what a letter is now is found by comparing them.
"""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

opened = Signal()
"""Sent with a `letter`, in the transaction in which a draft begins to take signatures, or another
letter does with a text that nobody has asked about.

By it private claims learn of it, of which a letter knows nothing."""


class Status(models.TextChoices):
    """What staff have decided about a letter."""

    DRAFT = "draft", _("draft")
    PRIVATE = "private", _("private")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Phases:
    """Mixin of letters: in which phase one is, and the verbs that change that."""

    objects: ClassVar[Any]
    pk: Any
    slug: Any
    status: Any
    opens_at: Any
    closes_at: Any
    time_zone: Any
    text_version: Any
    refresh_from_db: Any

    def is_published(self) -> bool:
        """Whether the public may read the letter now."""
        return self.status in {Status.OPEN, Status.CLOSED} and (
            self.opens_at is None or self.opens_at <= timezone.now()
        )

    def is_open(self) -> bool:
        """Whether organisations can sign the letter now."""
        return self.is_published() and self.takes_sign_ons()

    def is_private(self) -> bool:
        """Whether only those with a secret link may read the letter now: while it is collected
        privately, and once it is published under an embargo, until that ends."""
        return self.status == Status.PRIVATE or self.is_embargoed()

    def is_embargoed(self) -> bool:
        """Whether the letter becomes public by itself, at its opening time."""
        return (
            self.status == Status.OPEN
            and self.opens_at is not None
            and self.opens_at > timezone.now()
        )

    def takes_sign_ons(self) -> bool:
        """Whether the letter can be signed now, by everybody or with a secret link alone."""
        return self.status in {Status.PRIVATE, Status.OPEN} and self.closed_at() is None

    def days_left(self) -> int | None:
        """In how many days of the calendar in its own zone the letter closes; None if it is not
        open or has no closing time."""
        if self.closes_at is None or not self.is_open():
            return None
        zone = ZoneInfo(self.time_zone)
        return (timezone.localdate(self.closes_at, zone) - timezone.localdate(timezone=zone)).days

    def closed_at(self) -> datetime | None:
        """When the letter's closing time passed, if it did."""
        past = self.closes_at is not None and self.closes_at <= timezone.now()
        return self.closes_at if past else None

    def collect_privately(self) -> bool:
        """Open the letter to those with a secret link, or take it back there before the public has
        seen it; return whether that changed anything."""
        hidden = Q(status=Status.DRAFT) | Q(status=Status.OPEN, opens_at__gt=timezone.now())
        return self._change_status(hidden, Status.PRIVATE)

    def stop_collecting(self) -> bool:
        """Make a letter that was collected privately a draft again; its signatures are kept."""
        return self._change_status(Q(status=Status.PRIVATE), Status.DRAFT)

    def publish(self) -> bool:
        """Open the letter for readers and signatories; under an embargo, if it opens later.

        Otherwise it opens now, and that is put down; of a letter that was public before, when it
        became so stays what it was.
        """
        hidden = Q(status__in=[Status.DRAFT, Status.PRIVATE])
        now = timezone.now()
        keeps = Q(opens_at__gt=now) | Q(public_version__gt=0) | Q(closes_at__lte=now)
        opens_at = Case(When(keeps, then=F("opens_at")), default=Value(now))
        return self._change_status(hidden, Status.OPEN, opens_at=opens_at)

    def lift_embargo(self) -> bool:
        """Make a letter public now that was to become so later."""
        now = timezone.now()
        embargoed = Q(status=Status.OPEN, opens_at__gt=now)
        return self._change_status(embargoed, Status.OPEN, opens_at=now)

    def close(self) -> bool:
        """End the signing; the page and its list stay."""
        return self._change_status(Q(status=Status.OPEN), Status.CLOSED)

    def reopen(self) -> bool:
        """Take signatures again."""
        return self._change_status(Q(status=Status.CLOSED), Status.OPEN)

    def extend_to(self, closes_at: datetime) -> bool:
        """Take signatures until another time, which is to come."""
        published = Q(opens_at__isnull=True) | Q(opens_at__lte=timezone.now())
        shown = Q(published, status__in=[Status.OPEN, Status.CLOSED])
        return self._change_status(shown, Status.OPEN, closes_at=closes_at)

    def unpublish(self) -> bool:
        """Take the letter off the public pages; its signatures are kept."""
        shown = Q(status__in=[Status.OPEN, Status.CLOSED])
        return self._change_status(shown, Status.DRAFT)

    def _change_status(self, origin: Q, target: str, **columns: Any) -> bool:
        """Go to `target` if the row is as `origin` says, and write `columns` with it."""
        letters = type(self).objects
        with transaction.atomic():
            # Locked in the order in which signing takes the same letters.
            together = letters.issued_with(self.slug).order_by("pk")
            list(together.select_for_update(no_key=True))
            self._note_public()
            self.refresh_from_db(fields=["status", "opens_at", "text_version"])
            before = self.status, self.text_version
            was_named = letters.naming(self)
            collects = target in {Status.PRIVATE, Status.OPEN}
            changed = letters.filter(origin, pk=self.pk).update(
                status=target,
                ended_at=None if collects else Coalesce("ended_at", timezone.now()),
                **columns,
            )
            self.refresh_from_db(fields=["status", "opens_at", "closes_at", "ended_at"])
            if changed:
                if collects:
                    self._freeze()
                (was_named | letters.naming(self)).raise_revision()
                if collects and (before[0] == Status.DRAFT or before[1] != self.text_version):
                    opened.send(type(self), letter=self)
        self.refresh_from_db(fields=["revision"])
        return bool(changed)

    def _freeze(self) -> None:
        """Keep the text that somebody may sign from now on."""
        from signatures.models.versions import TextVersion  # it reads letters

        # What was changed without being marked is taken for what asks the most.
        letter: Any = self
        TextVersion.objects.freeze(letter, kind=TextVersion.Kind.SUBSTANCE)

    def _note_public(self) -> None:
        """Remember which text the public saw first, before it sees none, or another."""
        seen = type(self).objects.published().filter(pk=self.pk, public_version=0)
        seen.update(public_version=F("text_version"))
        self.refresh_from_db(fields=["public_version"])
