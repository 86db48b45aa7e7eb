"""Who is owed which update, and what became of it: a row for each address, without the address."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from signatures.models.mail import one_at_a_time
from signatures.models.queued import LEASE, Queued, QueuedQuerySet
from signatures.vault import address_hashes

if TYPE_CHECKING:
    from signatures.models.updates import Update


PACE = b"updates".hex()
"""Names the lock behind which it is counted how many went out."""


class State(models.TextChoices):
    """Where the mail to one contact is."""

    QUEUED = "queued", pgettext_lazy("state of a mail", "queued")
    DEFERRED = "deferred", pgettext_lazy("state of a mail", "deferred")
    SENT = "sent", pgettext_lazy("state of a mail", "sent")
    FAILED = "failed", pgettext_lazy("state of a mail", "given up")
    SKIPPED = "skipped", pgettext_lazy("state of a mail", "skipped")


class UpdateMailQuerySet(QueuedQuerySet["UpdateMail"]):
    """Sets of mails with updates."""

    def waiting(self) -> Self:
        """Mails that are still to be sent, now or later."""
        return super().waiting().filter(skipped="")

    def to_contacts(self) -> Self:
        """Those that are meant; the others are tests."""
        return self.filter(tester__isnull=True)

    def tests(self) -> Self:
        """Mails by which staff see what it will look like."""
        return self.filter(tester__isnull=False)

    def going_out(self) -> Self:
        """Mails of updates that are being sent."""
        return self.to_contacts().filter(update__status="sending")

    def on_their_way(self) -> Self:
        """Tests, and mails of updates that nobody has stopped: what the demo's mailbox shows."""
        return self.filter(Q(tester__isnull=False) | Q(update__status__in=["sending", "sent"]))

    def take_next_in_pace(self) -> "UpdateMail | None":
        """Lease the next mail of those that are going out, unless that is one too many for now.

        All senders together take no more within a minute than the mail server is to get from us.
        """
        if not self.going_out().due().exists():
            return None
        with transaction.atomic():
            one_at_a_time(PACE)
            return None if self._is_enough_for_now() else self.going_out().take_next()

    def _is_enough_for_now(self) -> bool:
        since = timezone.now() - timedelta(minutes=1)
        sent, held = Q(sent_at__gt=since), Q(sent_at=None, leased_until__gt=since + LEASE)
        return self.to_contacts().filter(sent | held).count() >= settings.UPDATES_PER_MINUTE

    def with_state(self) -> QuerySet[Any]:
        """With where each of them is."""
        return self.annotate(
            state=Case(
                When(sent_at__isnull=False, then=Value(State.SENT)),
                When(~Q(skipped=""), then=Value(State.SKIPPED)),
                When(failed_at__isnull=False, then=Value(State.FAILED)),
                When(~Q(last_error=""), then=Value(State.DEFERRED)),
                default=Value(State.QUEUED),
            )
        )

    def by_state(self) -> QuerySet[Any]:
        """How many are in each state."""
        states = self.with_state().order_by().values_list("state")
        found: QuerySet[Any] = states.annotate(number=Count("pk"))
        return found

    @transaction.atomic
    def owe_test(self, update: "Update", to: User, language: str) -> bool:
        """Owe somebody of the staff a test, unless the same one is on its way to them."""
        list(User.objects.select_for_update(no_key=True).filter(pk=to.pk))
        tests = self.tests().filter(update=update, tester=to, language=language)
        if tests.waiting().exists():
            return False
        self.create(update=update, tester=to, language=language)
        return True

    def forget(self) -> None:
        """Keep nothing by which these contacts could be found, and write to them no more."""
        self.waiting().update(skipped=UpdateMail.Skipped.ERASED, leased_until=None)
        self.update(recipient="")


class UpdateMail(Queued):
    """The mail by which one address gets one update; or a test of it, to somebody of the staff."""

    State = State

    class Skipped(models.TextChoices):
        ENDED = "ended", _("wants no updates any more")
        WITHDRAWN = "withdrawn", _("does not stand under the letter any more")
        ERASED = "erased", _("contact data erased")
        MOVED = "moved", _("address changed meanwhile")

    update = models.ForeignKey(
        "signatures.Update", on_delete=models.CASCADE, related_name="mails", editable=False
    )
    sign_on = models.ForeignKey(
        "signatures.SignOn",
        on_delete=models.CASCADE,
        related_name="update_mails",
        null=True,
        editable=False,
    )
    tester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        editable=False,
    )
    language = models.CharField(_("language"), max_length=10, editable=False)
    recipient = models.CharField(
        max_length=64, blank=True, editable=False, help_text="A keyed hash of the address."
    )
    skipped = models.CharField(
        _("why it was not sent"), max_length=10, choices=Skipped, blank=True, editable=False
    )

    objects = UpdateMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail with an update")
        verbose_name_plural = _("mails with updates")
        ordering: ClassVar = ["created_at", "pk"]
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(
                fields=["update", "next_attempt_at"],
                condition=Q(sent_at__isnull=True, failed_at__isnull=True, skipped=""),
                name="update_mail_waiting",
            ),
            models.Index(fields=["sent_at"], name="update_mail_sent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["update", "recipient"],
                condition=~Q(recipient=""),
                name="update_once_for_an_address",
            ),
            models.CheckConstraint(
                condition=Q(sign_on__isnull=True) ^ Q(tester__isnull=True),
                name="update_mail_to_a_contact_or_a_tester",
            ),
        ]

    def __str__(self) -> str:
        return str(self.update)

    def reason_to_skip(self) -> str:
        """Return why its contact must not get it any more, as things are now; or nothing."""
        sign_on = self.sign_on
        assert sign_on is not None
        if sign_on.erased_at or not sign_on.email:
            return self.Skipped.ERASED
        if self.recipient not in address_hashes(sign_on.email):
            return self.Skipped.MOVED
        # Who signed several times may have withdrawn one of them.
        claims = type(sign_on).objects.from_address(sign_on.email)
        if not claims.wanting_updates().exists():
            return self.Skipped.ENDED
        if not self.update.audience().from_address(sign_on.email).exists():
            return self.Skipped.WITHDRAWN
        return ""

    def skip(self, reason: str) -> None:
        """Leave its contact alone."""
        self.skipped, self.leased_until = reason, None
        self.save(update_fields=["skipped", "leased_until"])
