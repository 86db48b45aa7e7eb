"""Secret links: who holds one reads and signs letters that are not public yet."""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures.models.letters import Letter
from signatures.models.sealed import SealedTextField

RANDOM_BYTES = 24
"""Of a token: 192 bits, so that nobody guesses one, and its plain hash cannot be turned back."""


def token_hash(token: str) -> str:
    """Return what the row of a token is found by."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class SecretLinkQuerySet(models.QuerySet["SecretLink"]):
    """Sets of links."""

    def in_force(self) -> Self:
        """Links that nobody has revoked."""
        return self.filter(revoked_at__isnull=True)

    @transaction.atomic
    def make(
        self, letters: Iterable[Letter], *, name: str, for_initiators: bool, actor: User
    ) -> "SecretLink":
        """Return a new link to letters. Their status decides whether it leads anywhere yet."""
        token = secrets.token_urlsafe(RANDOM_BYTES)
        link = self.create(
            name=name,
            for_initiators=for_initiators,
            token=token,
            token_hash=token_hash(token),
            made_by=actor,
        )
        link.letters.set(letters)
        return link

    def opened_by(self, token: str) -> "SecretLink":
        """Return the link of a token, found in one query.

        Raises SecretLink.DoesNotExist, the same for one that is unknown, forged or revoked.
        """
        return self.in_force().get(token_hash=token_hash(token))


class SecretLink(models.Model):
    """A secret address under which letters can be read and signed before they are public.

    Its token is sealed, so that editors can copy it again, and goes when the link is revoked. The
    row stays, because sign-ons that came through it remember it.
    """

    name = SealedTextField(
        _("for whom"),
        max_length=100,
        help_text=_("For instance: the initiators. Only staff see this."),
    )
    letters = models.ManyToManyField(Letter, related_name="secret_links", verbose_name=_("letters"))
    for_initiators = models.BooleanField(
        _("for initiators"),
        default=False,
        help_text=_("Who is approved after signing through it is listed among the initiators."),
    )
    token = SealedTextField(blank=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = SecretLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("secret link")
        verbose_name_plural = _("secret links")
        ordering: ClassVar = ["pk"]
        default_permissions: ClassVar[Any] = ()  # whoever may change a letter looks after its links
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(token=""),
                name="secret_link_revoked_without_token",
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        """Where its letters are read; only of one that is in force."""
        return reverse("private", args=[self.token])

    @transaction.atomic
    def revoke(self) -> bool:
        """Let the link lead nowhere any more, at once and for good; whether that changed anything.

        What was signed through it stays. Harmless when repeated.
        """
        links = SecretLink.objects.in_force().filter(pk=self.pk)
        changed = links.update(revoked_at=timezone.now(), token="")
        self.refresh_from_db()
        return bool(changed)
