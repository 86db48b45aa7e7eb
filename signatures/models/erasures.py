"""What was erased, told without anything about anybody, so that no backup brings it back.

Lines are added, and never changed or removed. A copy of the list outlives the database beside the
backups; whoever restores one applies it: see signatures.retention.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from openletters.records import OnlyAdded, OnlyAddedQuerySet


class ErasureQuerySet(OnlyAddedQuerySet, models.QuerySet["Erasure"]):
    """Sets of lines, which can be read and extended only."""

    def note(self, kind: "Erasure.Kind", public_ids: Iterable[uuid.UUID]) -> None:
        """Write a line for each sign-on, in the transaction of what is done with it."""
        self.bulk_create(
            [Erasure(kind=kind, public_id=public_id) for public_id in public_ids],
            ignore_conflicts=True,  # after a restore it may stand there already
        )


class Erasure(OnlyAdded, models.Model):
    """That something about one sign-on came to its end."""

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", _("withdrawn")
        WITHHELD = "withheld", _("name withheld")
        ERASED = "erased", _("contact data erased")
        DELETED = "deleted", _("deleted")
        NO_UPDATES = "no_updates", _("updates not wanted any more")

    public_id = models.UUIDField()
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    created_at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering: ClassVar = ["created_at", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["public_id", "kind"], name="erasure_once_of_a_kind")
        ]

    def __str__(self) -> str:
        return str(Line(self.created_at, self.kind, self.public_id))


@dataclass(frozen=True)
class Line:
    """One erasure as it stands in a file: time, kind and public id, with a blank between."""

    at: datetime
    kind: str
    public_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat()} {self.kind} {self.public_id}"

    @classmethod
    def parse(cls, text: str) -> "Line":
        """Return what `text` says. Raises ValueError if it is no such line."""
        at, kind, public_id = text.split()
        moment = parse_datetime(at)
        if moment is None or moment.tzinfo is None:
            raise ValueError(at)
        return cls(moment, Erasure.Kind(kind).value, uuid.UUID(public_id))
