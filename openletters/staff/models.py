"""What members of staff did with their rights, and the mails that they are owed."""

import base64
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from openletters.records import OnlyAdded, OnlyAddedQuerySet
from signatures import vault


class App(TOTPDevice):
    """An app that makes codes. Its secret is at rest under the keys of contact data."""

    class Meta:
        proxy = True

    @classmethod
    def offered(cls, user: User, secret: bytes) -> "App":
        """Return an app to be, not stored."""
        return cls(user=user, key=seal_secret(secret))

    @property
    def bin_key(self) -> bytes:
        """The secret, in the clear. Raises Unreadable where its key is missing."""
        return vault.unseal_bytes(base64.b64decode(self.key))


def seal_secret(secret: bytes) -> str:
    """Return an app's secret as its column holds it: 76 characters for 20 bytes, of 80."""
    return base64.b64encode(vault.seal_bytes(secret)).decode()


def seal_anew() -> int:
    """Put the secrets of apps under the newest key; return how many were under another."""
    changed = 0
    for app in App.objects.order_by("pk"):
        if base64.b64decode(app.key)[: vault.ID_LENGTH].decode() != vault.current().id:
            changed += App.objects.filter(pk=app.pk, key=app.key).update(
                key=seal_secret(app.bin_key)
            )
    return changed


class StaffActQuerySet(OnlyAddedQuerySet, models.QuerySet["StaffAct"]):
    """Sets of acts, which can be read and extended only."""

    def record(
        self,
        kind: "StaffAct.Kind",
        *,
        actor: User | AnonymousUser | None,
        about: str = "",
        reason: str = "",
    ) -> "StaffAct":
        """Add a line, in the transaction of what it tells of.

        `about` names an account, a switch, a letter: never a contact, and no network address.
        """
        doer = actor if isinstance(actor, User) else None
        return self.create(kind=kind, actor=doer, about=about[:200], reason=reason)


class StaffAct(OnlyAdded, models.Model):
    """One use of a right that others have to be able to look up. Only ever added.

    Decisions about sign-ons, merges and exports have records of their own.
    """

    class Kind(models.TextChoices):
        LOGGED_IN = "logged_in", _("logged in")
        LOGIN_FAILED = "login_failed", _("wrong password")
        LOCKED_OUT = "locked_out", _("guessing stopped")
        SECOND_STEP = "second_step", _("second step taken")
        SECOND_STEP_FAILED = "second_step_failed", _("wrong code")
        PASSWORD_FORGOTTEN = "password_forgotten", _("asked for a new password")
        PASSWORD_SET = "password_set", _("password set")
        FACTOR_ADDED = "factor_added", _("second step added")
        FACTOR_REMOVED = "factor_removed", _("second step removed")
        CODES_MADE = "codes_made", _("recovery codes made")
        FACTORS_RESET = "factors_reset", _("all second steps removed by an administrator")
        ACCOUNT_MADE = "account_made", _("account made")
        ACCOUNT_CHANGED = "account_changed", _("account changed")
        INVITED = "invited", _("invitation sent")
        SWITCHED = "switched", _("switch set")
        CLEANED_UP = "cleaned_up", _("many sign-ons cleaned up")
        ERASED = "erased", _("contact data erased")

    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("who"),
        help_text=_("Empty: somebody who was not logged in."),
    )
    about = models.CharField(_("about what"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = StaffActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of staff")
        verbose_name_plural = _("acts of staff")
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Preferences(models.Model):
    """How somebody of the staff wants their pages and mails."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    language = models.CharField(max_length=10)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.language


LEASE = timedelta(minutes=5)
"""How long one sender keeps a mail to itself; after that, another may try again."""

GIVE_UP_AFTER = timedelta(hours=24)
MAILS_PER_ACCOUNT = 3
"""Mails that strangers can cause to one account within GIVE_UP_AFTER."""


class StaffMailQuerySet(models.QuerySet["StaffMail"]):
    """Sets of mails to members of staff."""

    @transaction.atomic
    def owe(self, kind: "StaffMail.Kind", user: User) -> bool:
        """Owe somebody a link, unless one is on its way or they have had enough of them today."""
        list(User.objects.select_for_update(no_key=True).filter(pk=user.pk))
        today = self.filter(user=user, kind=kind, created_at__gt=timezone.now() - GIVE_UP_AFTER)
        if today.filter(sent_at=None).exists():
            return False
        if kind == StaffMail.Kind.NEW_PASSWORD and today.count() >= MAILS_PER_ACCOUNT:
            return False
        self.create(kind=kind, user=user)
        return True

    def take_next(self) -> "StaffMail | None":
        """Lease the next mail to this sender; one that could not be sent is free again later."""
        now = timezone.now()
        free = self.due(now)
        while (pk := free.values_list("pk", flat=True).first()) is not None:
            if free.filter(pk=pk).update(leased_until=now + LEASE):
                return self.select_related("user").get(pk=pk)
        return None

    def due(self, now: Any) -> QuerySet["StaffMail"]:
        """Mails to be sent now, oldest first."""
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        recent = self.filter(free, sent_at=None, created_at__gt=now - GIVE_UP_AFTER)
        return recent.filter(user__is_active=True).order_by("pk")


class StaffMail(models.Model):
    """A link that somebody of the staff is owed. It is made when the mail is sent, never before."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        NEW_PASSWORD = "new_password", _("new password")

    kind = models.CharField(max_length=12, choices=Kind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = StaffMailQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_kind_display()

    def mark_sent(self) -> None:
        """Record that a mail server took it over."""
        self.sent_at = timezone.now()
        self.save(update_fields=["sent_at"])
