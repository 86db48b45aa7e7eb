"""What staff record about a letter after it was sent, and how it is corrected.

Entries are only ever added. A correction is an entry that stands in the place of another, which
stays as the history of it; so does what is retracted because it was entered by mistake.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from parler.managers import TranslatableQuerySet

from openletters.records import OnlyAdded, OnlyAddedQuerySet
from signatures import websites
from signatures.models.letters import Letter
from signatures.models.translated import Translated

LONGEST_TEXT = 20_000
"""Characters of a text: a long reply, typed out."""


class Outdated(Exception):
    """What was to be corrected has been corrected by somebody else meanwhile."""


def check_day(letter: Letter, day: date) -> None:
    """Raise ValidationError if nothing can have become of a letter on that day."""
    if day > timezone.localdate(timezone=ZoneInfo(letter.time_zone)):
        raise ValidationError(gettext("This day is still to come: give the day when it happened."))
    if day < letter.dated:
        raise ValidationError(gettext("This day lies before the date of the letter itself."))


def check_source(address: str) -> None:
    """Raise ValidationError unless an address can be offered to readers as a source."""
    URLValidator(schemes=["https"])(address)
    if not websites.is_offered_to_all(address):
        told = gettext("Give the address of a page that everybody can open.")
        raise ValidationError(told)


class RecordedQuerySet(OnlyAddedQuerySet, TranslatableQuerySet):
    """Sets of entries, which can be read and extended only."""

    def current(self) -> Self:
        """Entries as they stand: corrected ones in their last wording, no retracted ones."""
        found: Self = self.filter(corrected_by__isnull=True, retracted=False)
        return found

    def newest_of_each(self) -> Self:
        """The last wording of every entry, also of those that were retracted."""
        found: Self = self.filter(corrected_by__isnull=True)
        return found

    def add(self, made: Any, texts: Mapping[str, str]) -> None:
        """Store an entry with its texts by language. Raises Outdated if another was faster."""
        if made.corrects_id and self.filter(corrects=made.corrects_id).exists():
            raise Outdated
        said = {language: text.strip() for language, text in texts.items() if text.strip()}
        # What has no text at all is read like everything else: by its translations.
        for language, text in (said or {made.authoritative_language(): ""}).items():
            made.set_current_language(language)
            made.text = text
        made.save()


class Recorded(OnlyAdded, Translated):
    """An entry: on which day, with which source, who has recorded it and when."""

    if TYPE_CHECKING:
        objects: Any

    entry = models.UUIDField(
        default=uuid.uuid4,
        editable=False,
        help_text="Shared by an entry and its corrections; it stands in public addresses.",
    )
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        related_name="corrected_by",
        null=True,
        editable=False,
    )
    retracted = models.BooleanField(
        _("entered by mistake"), default=False, help_text=_("It is no longer shown anywhere.")
    )
    dated = models.DateField(_("day"), help_text=_("When it happened."))
    source = models.URLField(
        _("source"),
        max_length=500,
        blank=True,
        help_text=_("A public page, beginning with https://, where readers find it themselves."),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @property
    def texts(self) -> dict[str, str]:
        """Its text in every language in which it is written, by the languages' codes."""
        return {one.language_code: one.text for one in self.translations.all() if one.text}

    def history(self) -> list[Any]:
        """Every wording of the entry, the newest first."""
        kept: Any = type(self)._default_manager.filter(entry=self.entry)
        return list(kept.select_related("recorded_by").order_by("-pk"))


def recorded_once(name: str) -> models.UniqueConstraint:
    """Return the rule that a form sent twice makes one entry."""
    return models.UniqueConstraint(
        fields=["entry"], condition=models.Q(corrects__isnull=True), name=f"{name}_recorded_once"
    )
