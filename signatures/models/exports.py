"""Who took which list away. Lines are added, and never changed or removed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openletters.records import OnlyAdded, OnlyAddedQuerySet


class ExportQuerySet(OnlyAddedQuerySet, models.QuerySet["Export"]):
    """Sets of exports, which can be read and extended only."""


class Export(OnlyAdded, models.Model):
    """One export by a member of staff."""

    class Kind(models.TextChoices):
        SIGNATORIES = "signatories", _("signatories, as published")
        CONTACTS = "contacts", _("sign-ons with their contacts")

    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    format = models.CharField(_("format"), max_length=4)
    scope = models.CharField(
        _("which"), max_length=250, help_text=_("The letters and the states that were asked for.")
    )
    rows = models.PositiveIntegerField(_("rows"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.scope}"
