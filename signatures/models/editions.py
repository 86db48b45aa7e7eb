"""Letters as they were delivered: dated, fixed, and open to anybody's verification."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openletters.records import OnlyAdded, OnlyAddedQuerySet
from signatures.models.letters import Addressee, Letter
from signatures.models.organizations import Signature
from signatures.models.versions import TextVersion


class EditionQuerySet(OnlyAddedQuerySet, models.QuerySet["Edition"]):
    """Sets of editions."""


class Edition(OnlyAdded, models.Model):
    """A letter with its signatories at the moment of a delivery. Nothing of it changes later."""

    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, related_name="editions", verbose_name=_("letter")
    )
    number = models.PositiveSmallIntegerField(_("edition"))
    version = models.ForeignKey(
        TextVersion, on_delete=models.PROTECT, related_name="editions", verbose_name=_("text")
    )
    delivered_at = models.DateTimeField(_("delivered"), default=timezone.now)
    delivered_to = models.ManyToManyField(
        Addressee, related_name="editions", verbose_name=_("delivered to")
    )
    count = models.PositiveIntegerField(_("signatories"))
    withheld_count = models.PositiveIntegerField(_("of these, with their names withheld"))
    content = models.JSONField(help_text="A canonical.EditionContent.")
    sha256 = models.CharField(max_length=64, db_index=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering: ClassVar = ["letter", "number"]
        default_permissions: ClassVar = ("add", "view")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["letter", "number"], name="edition_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.letter} · {self.number}"


class EditionSignatory(models.Model):
    """One signatory as an edition lists it.

    The one part of an edition that can be forgotten: the edition knows it by its fingerprint.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="signatories")
    number = models.PositiveIntegerField()
    signature = models.ForeignKey(
        Signature, on_delete=models.SET_NULL, null=True, related_name="edition_entries"
    )
    sha256 = models.CharField(max_length=64)
    entry = models.JSONField(null=True, help_text="A canonical.Entry; none if it was forgotten.")

    class Meta:
        ordering: ClassVar = ["edition", "number"]
        default_permissions: ClassVar[Any] = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "number"], name="edition_entry_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.number}"


class EditionFile(models.Model):
    """An edition as a file, exactly as it was handed over."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"
        CSV = "csv", "CSV"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4, choices=Kind)
    language = models.CharField(max_length=10, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField(
        null=True, help_text="None where it named somebody whose name is withheld by now."
    )

    class Meta:
        ordering: ClassVar = ["edition", "kind", "language"]
        default_permissions: ClassVar[Any] = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["edition", "kind", "language"], name="edition_file_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.kind} {self.language}".strip()
