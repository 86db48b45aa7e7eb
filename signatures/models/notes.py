"""What staff write to each other about a sign-on, and who takes care of it. Only ever added."""

from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures.models.sealed import SealedTextField
from signatures.models.sign_ons import SignOn

LONGEST_NOTE = 2000


class NoteQuerySet(models.QuerySet["Note"]):
    """Sets of notes, which can be read and extended only."""

    def newest(self) -> Self:
        """The last note on each sign-on: it says who takes care of it now."""
        later = Note.objects.filter(sign_on=OuterRef("sign_on"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))

    def assigned_to(self, user: User) -> Self:
        """The last notes on the sign-ons that `user` takes care of."""
        return self.filter(assignee=user).newest()

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: a log is not rewritten."""
        raise TypeError("a note cannot be changed")


class Note(models.Model):
    """One note on a sign-on, and whom it leaves in charge of it."""

    sign_on = models.ForeignKey(
        SignOn, on_delete=models.CASCADE, related_name="notes", editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("who"),
    )
    text = SealedTextField(_("note"), blank=True, max_length=LONGEST_NOTE)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("in charge"),
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering: ClassVar = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a note cannot be changed")
        super().save(*args, **kwargs)
