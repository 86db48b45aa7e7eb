"""Extensions: that a letter takes signatures for longer, and what the public is told about it."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openletters.languages import Text
from openletters.records import OnlyAdded, OnlyAddedQuerySet
from signatures.models.letters import Letter
from signatures.models.switches import in_language


class ExtensionQuerySet(OnlyAddedQuerySet, models.QuerySet["Extension"]):
    """Sets of extensions, which can be read and added to only."""

    def of(self, letter: Letter) -> Self:
        """Those that are the reason for a letter's present closing time, the newest first."""
        return self.filter(letter=letter, closes_at=letter.closes_at).order_by("-pk")


class Extension(OnlyAdded, models.Model):
    """A later closing time, as somebody set it."""

    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("letter")
    )
    closed_at = models.DateTimeField(null=True, help_text="The closing time before, if any.")
    closes_at = models.DateTimeField(_("closes at"))
    note = models.JSONField(_("note"), default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering: ClassVar = ["pk"]
        default_permissions: ClassVar[Any] = ()  # they are made by a step of the letter's

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def note_text(self) -> Text:
        """What readers are told, in the present language; nothing if nobody has said."""
        return in_language(self.note)
