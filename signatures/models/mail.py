"""The outbox: which mail is owed to whom.

A row says only that a sign-on's contact must be told something. Address, words and links are put
together at the moment of sending, so that neither a mail's text nor a working private link is
ever at rest in the database.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures.models.extensions import Extension
from signatures.models.history import Status
from signatures.models.queued import Queued, QueuedQuerySet
from signatures.models.sealed import SealedTextField
from signatures.vault import address_hash, address_hashes

if TYPE_CHECKING:
    from signatures.models.sign_ons import SignOn

MAILS_PER_ADDRESS = 3
"""Mails that strangers can cause to one address within `MAIL_WINDOW`."""

MAIL_WINDOW = timedelta(hours=24)


def one_at_a_time(key: str) -> None:
    """Wait until no other transaction works on `key`; to be called inside one.

    SQLite needs no telling: it has one writer at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key[:15], 16)])


class OutgoingMailQuerySet(QueuedQuerySet["OutgoingMail"]):
    """Sets of mails."""

    def is_enough_for(self, email: str, *, besides: "OutgoingMail | None" = None) -> bool:
        """Whether strangers have caused as many mails to `email` as they may in a day.

        To be asked in the transaction that owes the next one: whoever asks about the same address
        meanwhile waits for its end. Of one that is owed already, `besides` it.
        """
        one_at_a_time(address_hash(email))
        since = timezone.now() - MAIL_WINDOW
        # Until somebody has confirmed from there, whatever we write is a stranger's doing.
        extended = Q(kind=OutgoingMail.Kind.EXTENDED, sign_on__status=Status.UNCONFIRMED)
        caused = self.filter(
            Q(kind__in=CAUSED_BY_STRANGERS) | (extended & Q(failed_at=None)),
            recipient__in=address_hashes(email),
            created_at__gt=since,
        )
        if besides:
            caused = caused.exclude(pk=besides.pk)
        return caused.count() >= MAILS_PER_ADDRESS

    def owe(
        self,
        owed: "Iterable[tuple[SignOn, OutgoingMail.Kind]]",
        *,
        note: str = "",
        extension: Extension | None = None,
    ) -> None:
        """Owe contacts a mail each, in the transaction of whatever it is about.

        Where no address is known, nothing is owed.
        """
        kinds = OutgoingMail.Kind
        self.bulk_create(
            OutgoingMail(
                sign_on=sign_on,
                kind=kind,
                note=note,
                extension=extension,
                recipient=address_hash(
                    sign_on.new_email if kind == kinds.NEW_ADDRESS else sign_on.email
                ),
            )
            for sign_on, kind in owed
            if sign_on.email
        )


class OutgoingMail(Queued):
    """One mail to the contact of one sign-on."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("confirm your sign-on")
        ALREADY_SIGNED = "already_signed", _("already signed")
        RECEIVED = "received", _("waiting for review")
        LISTED = "listed", _("listed")
        ALREADY_LISTED = "already_listed", _("listed already")
        REJECTED = "rejected", _("not accepted")
        REOPENED = "reopened", _("being reviewed again")
        WITHDRAWN = "withdrawn", _("withdrawn")
        WITHHELD = "withheld", _("name withheld")
        CORRECTED = "corrected", _("listing corrected")
        CORRECTION_DECLINED = "correction_declined", _("correction not accepted")
        NEW_ADDRESS = "new_address", _("confirm your new address")
        ADDRESS_CHANGE = "address_change", _("another address was named")
        PRIVATE_LINK = "private_link", _("your private link")
        EXTENDED = "extended", _("signing was extended")
        REAFFIRM = "reaffirm", _("the text has changed")
        REAFFIRM_SOON = "reaffirm_soon", _("reminder: the text has changed")

    sign_on = models.ForeignKey(
        "signatures.SignOn", on_delete=models.CASCADE, related_name="mails", editable=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    recipient = models.CharField(max_length=64, editable=False, db_index=True)
    note = SealedTextField(
        blank=True, editable=False, help_text=_("Words of the staff that the mail passes on.")
    )
    extension = models.ForeignKey(
        Extension, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.get_kind_display()

    def address(self) -> str:
        """Return whom the mail is for, or nothing if that address has been given up since.

        What is said about an address goes to the one it was about; everything else to the
        contact's present one.
        """
        kinds = OutgoingMail.Kind
        match self.kind:
            case kinds.NEW_ADDRESS:
                candidates = [self.sign_on.new_email]
            case kinds.ADDRESS_CHANGE:
                candidates = [self.sign_on.email, self.sign_on.former_email]
            case _:
                return self.sign_on.email
        for one in candidates:
            if self.recipient in address_hashes(one):
                return one
        return ""


CAUSED_BY_STRANGERS = (
    OutgoingMail.Kind.CONFIRM,
    OutgoingMail.Kind.ALREADY_SIGNED,
    OutgoingMail.Kind.PRIVATE_LINK,
    OutgoingMail.Kind.NEW_ADDRESS,
)
"""Mails that anybody can have written who knows an address, or an old link."""
