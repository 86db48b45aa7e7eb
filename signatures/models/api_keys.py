"""Keys with which organisers' own forms send sign-ons here. There are none until staff make one."""

import hashlib
import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures.models.letters import Campaign, Letter

MARK = "olk_"
"""How every key begins, so that people and scanners of source code know one when they see it."""


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Sets of keys."""

    def make(
        self,
        name: str,
        *,
        actor: User,
        campaign: Campaign | None = None,
        letter: Letter | None = None,
    ) -> "tuple[ApiKey, str]":
        """Store a key for a campaign or else for one letter; return it, and what opens it.

        That is shown this once: what is stored cannot be turned back into it.
        """
        secret = MARK + secrets.token_urlsafe(32)
        made = self.create(
            name=name, campaign=campaign, letter=letter, digest=digest(secret), made_by=actor
        )
        return made, secret

    def opened_by(self, secret: str) -> "ApiKey | None":
        """Return the key that `secret` opens, unless it was revoked."""
        found = self.filter(digest=digest(secret), revoked_at=None)
        return found.select_related("campaign", "letter").first()


class ApiKey(models.Model):
    """Lets one program send sign-ons for one campaign, or one letter, until it is revoked."""

    name = models.CharField(
        _("name"),
        max_length=100,
        help_text=_("Which form it is for, such as: the form on example.org."),
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        related_name="api_keys",
        null=True,
        blank=True,
        verbose_name=_("campaign"),
    )
    letter = models.ForeignKey(
        Letter,
        on_delete=models.PROTECT,
        related_name="api_keys",
        null=True,
        blank=True,
        verbose_name=_("letter"),
        help_text=_("For a letter that belongs to no campaign."),
    )
    # Of 256 random bits, which nobody guesses, a fast digest is as good as a slow one.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    last_used_on = models.DateField(_("last used"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("revoked by"),
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key for programs")
        verbose_name_plural = _("keys for programs")
        ordering: ClassVar = ["-made_at", "-pk"]
        default_permissions: ClassVar[Any] = ("add", "view")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(campaign__isnull=False, letter__isnull=True)
                | Q(campaign__isnull=True, letter__isnull=False),
                name="api_key_for_one",
                violation_error_message=_("Choose a campaign, or else a letter."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def revoke(self, *, actor: User) -> bool:
        """Have it open nothing any more; return whether it did until now."""
        standing = ApiKey.objects.filter(pk=self.pk, revoked_at=None)
        revoked = standing.update(revoked_at=timezone.now(), revoked_by=actor)
        self.refresh_from_db(fields=["revoked_at", "revoked_by"])
        return bool(revoked)

    def note_use(self) -> None:
        """Note the day on which it is used."""
        today = timezone.localdate()
        if self.last_used_on != today:
            ApiKey.objects.filter(pk=self.pk).update(last_used_on=today)


def digest(secret: str) -> str:
    """Return what is stored of a key."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
