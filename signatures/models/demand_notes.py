"""Where the demands of a letter stand: dated notes with sources, of which the newest counts."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from parler.models import TranslatedFields

from signatures.models.fields import TypedTextField
from signatures.models.letters import Demand, Letter
from signatures.models.recorded import (
    Recorded,
    RecordedQuerySet,
    check_day,
    check_source,
    recorded_once,
)
from signatures.models.translated import translated

LONGEST_NOTE = 2000
"""Characters of what a note says."""


class DemandNoteQuerySet(RecordedQuerySet, models.QuerySet["DemandNote"]):
    """Sets of notes."""

    @transaction.atomic
    def record(
        self,
        demand: Demand,
        *,
        status: str,
        dated: date,
        texts: Mapping[str, str],
        actor: User,
        source: str = "",
        entry: uuid.UUID | None = None,
        corrects: "DemandNote | None" = None,
        retracted: bool = False,
    ) -> "DemandNote":
        """Say where a demand stands since a day, or put another wording in the place of a note.

        A note of the same `entry` is returned as it was recorded before. Raises Outdated if
        somebody has corrected it meanwhile, and ValidationError for a day on which it cannot have
        been, a source that cannot be offered, and a note that says nothing.
        """
        letter = demand.letter
        list(Letter.objects.filter(pk=letter.pk).select_for_update(no_key=True))
        if entry and (known := self.filter(entry=entry, corrects__isnull=True).first()):
            return known
        if not retracted:
            check_day(letter, dated)
            if source:
                check_source(source)
            if not any(text.strip() for text in texts.values()):
                raise ValidationError(gettext("Say in a sentence what has happened."))
        if corrects:
            entry = corrects.entry
        made = DemandNote(
            demand=demand,
            status=status,
            dated=dated,
            source=source,
            corrects=corrects,
            retracted=retracted,
            recorded_by=actor,
            **({"entry": entry} if entry else {}),
        )
        self.add(made, texts)
        Letter.objects.filter(pk=letter.pk).raise_revision()
        return made


class DemandNote(Recorded):
    """What has become of one demand on a day. Everybody reads it."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("a demand", "Open")
        PARTLY_MET = "partly_met", pgettext_lazy("a demand", "Partly met")
        MET = "met", pgettext_lazy("a demand", "Met")
        REFUSED = "refused", pgettext_lazy("a demand", "Refused")

    demand = models.ForeignKey(
        Demand, on_delete=models.PROTECT, related_name="notes", verbose_name=_("demand")
    )
    status = models.CharField(_("where it stands"), max_length=10, choices=Status)
    text = translated()
    translations = TranslatedFields(
        text=TypedTextField(_("text"), max_length=LONGEST_NOTE, blank=True)
    )

    objects = DemandNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note on a demand")
        verbose_name_plural = _("notes on demands")
        ordering: ClassVar = ["dated", "pk"]
        default_permissions: ClassVar[Any] = ("view", "add", "change")
        constraints: ClassVar = [recorded_once("demand_note")]

    def __str__(self) -> str:
        return f"{self.dated} · {self.get_status_display()}"

    def authoritative_language(self) -> str:
        """That of its letter; where it is not written in that, any is read."""
        return str(self.demand.letter.language)
