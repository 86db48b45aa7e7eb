"""Which claims have been kept long enough, and what becomes of them then.

What remains of an erased claim is a shell: what it called its organisation, unless that name is
withheld, its letters, dates and status, the version of the consent, and a history that names no
contact. The public facts stand.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from signatures import periods
from signatures.models import history
from signatures.models.decisions import DecisionQuerySet
from signatures.models.erasures import Erasure
from signatures.models.history import SignOnEvent, Status
from signatures.models.letters import Letter
from signatures.models.mail import MAIL_WINDOW, OutgoingMail
from signatures.models.sign_on_letters import SignOnLetter

if TYPE_CHECKING:
    from signatures.models.sign_ons import SignOn

SAFELY = timedelta(hours=1)
"""How much earlier than promised the worker begins: it may be away for a while."""


class RetentionQuerySet(DecisionQuerySet):
    """Sets of claims, and what ends for them with time."""

    CONTACT: ClassVar = (
        "contact_name",
        "contact_title",
        "email",
        "email_hash",
        "new_email",
        "former_email",
        "provenance",
        "client",
        "updates_version",
        "updates_wording",
    )
    """What of a claim is about its contact; the provenance names who signed on paper."""

    def with_contact(self) -> Self:
        """Claims whose contact data has not been erased."""
        return self.filter(erased_at__isnull=True)

    def never_confirmed(self) -> Self:
        """Claims that nobody has confirmed in all the time there was for it."""
        submitted = timezone.now() - periods.UNCONFIRMED_KEPT
        return self.filter(status=Status.UNCONFIRMED, created_at__lte=submitted)

    def withdrawn_and_told(self) -> Self:
        """Withdrawn claims whose contact has been told so, or has waited for it long enough."""
        waiting = OutgoingMail.objects.waiting().filter(sign_on=OuterRef("pk"))
        long_ago = SignOnEvent.objects.filter(
            sign_on=OuterRef("pk"),
            kind=SignOnEvent.Kind.WITHDRAW,
            created_at__lte=timezone.now() - periods.WITHDRAWN_KEPT + SAFELY,
        )
        return self.with_contact().filter(
            ~Exists(waiting) | Exists(long_ago), status=Status.WITHDRAWN
        )

    def long_rejected(self) -> Self:
        """Rejected claims about which nobody has changed their mind."""
        decided = timezone.now() - periods.REJECTED_KEPT
        return self.with_contact().filter(status=Status.REJECTED, decided_at__lte=decided)

    def long_closed(self) -> Self:
        """Claims all of whose letters closed as many months ago as contact data is kept."""
        since = periods.months_before(timezone.now(), settings.CONTACTS_KEPT)
        closed = list(Letter.objects.closed_before(since).values_list("pk", flat=True))
        if not closed:
            return self.none()
        rows = SignOnLetter.objects.filter(sign_on=OuterRef("pk"))
        return self.with_contact().filter(
            Exists(rows.filter(letter__in=closed)), ~Exists(rows.exclude(letter__in=closed))
        )

    @transaction.atomic
    def erase(
        self, *, actor: User | None = None, by_contact: bool = False, most: int | None = None
    ) -> int:
        """Erase the contact data of these claims, of `most` at a time; return of how many.

        `actor` or the contact may have wished it; else its time was over. With it goes what staff
        wrote about them, and mails that wait are given up. Rows that are being changed at this
        moment are left for the next time if there is to be one. Harmless when repeated.
        """
        rows = self.with_contact().order_by("pk")
        locked = rows.select_for_update(no_key=True, skip_locked=most is not None)
        taken = list(locked.only("pk", "public_id", "status")[:most])
        keys = [row.pk for row in taken]
        now = timezone.now()
        nothing = dict.fromkeys(self.CONTACT, "")
        self._all().filter(pk__in=keys).update(erased_at=now, link=None, updates_at=None, **nothing)
        self._erase_withheld_names(keys)
        self._related("notes").filter(sign_on__in=keys).delete()
        self._related("update_mails").filter(sign_on__in=keys).forget()
        mails = OutgoingMail.objects.filter(sign_on__in=keys)
        mails.waiting().update(
            failed_at=now, leased_until=None, last_error="the contact data was erased"
        )
        mails.update(note="")
        mails.filter(created_at__lte=now - MAIL_WINDOW).delete()
        kinds = SignOnEvent.Kind
        SignOnEvent.objects.bulk_create(
            SignOnEvent(
                sign_on=row,
                actor=actor,
                kind=kinds.ERASED_BY_CONTACT if by_contact else kinds.ERASED,
                origin=row.status,
                target=row.status,
            )
            for row in taken
        )
        Erasure.objects.note(Erasure.Kind.ERASED, [row.public_id for row in taken])
        return len(taken)

    def _erase_withheld_names(self, keys: list[int]) -> None:
        """Let these claims say no more what the organisation is called, if that is withheld.

        The public facts stand without it. By its hash one can still tell that it counts already.
        """
        nothing = dict.fromkeys(("name", "local_name", "acronym"), "")
        withheld = list(
            self._all().filter(pk__in=keys, withhold_name=True).values_list("pk", flat=True)
        )
        self._all().filter(pk__in=withheld).update(**nothing, website="", name_hash="")
        self._related("corrections").filter(sign_on__in=withheld).update(**nothing)
        SignOnLetter.objects.filter(sign_on__in=withheld).update(counted_as="")

    @transaction.atomic
    def forget(self, claim: "SignOn", *, actor: User | None = None, withdraw: bool = False) -> None:
        """Erase everything about a contact, as they wish; `withdraw` as well if they wish that.

        `actor` does it for a contact who asked staff.
        Without a contact nobody can check a claim: one that is not decided is taken back, and one
        that was never confirmed is deleted. Harmless when repeated.
        """
        claim.lock()
        mine = self._all().filter(pk=claim.pk)
        if mine.delete_unconfirmed():
            return
        if withdraw or claim.status == Status.PENDING:
            claim.withdraw(actor=actor)
        mine.erase(actor=actor, by_contact=actor is None)
        claim.refresh_from_db()

    @transaction.atomic
    def delete_unconfirmed(self, *, most: int | None = None) -> int:
        """Delete those of these claims that nobody has confirmed, as if they had not been made.

        `most` of them at a time; returns how many. Their history, in which nobody has decided
        anything, goes with them.
        """
        rows = self.filter(status=Status.UNCONFIRMED).order_by("pk")
        locked = rows.select_for_update(skip_locked=most is not None)
        taken = dict(locked.values_list("pk", "public_id")[:most])
        if taken:
            with history.erasing():
                SignOnEvent.objects.filter(sign_on__in=taken).delete()
                self._all().filter(pk__in=taken).delete()
            Erasure.objects.note(Erasure.Kind.DELETED, taken.values())
        return len(taken)

    def _all(self) -> "RetentionQuerySet":
        claims: RetentionQuerySet = self.model._default_manager.all()
        return claims

    def _related(self, name: str) -> Any:
        """The rows of a model that is built on claims."""
        relation: Any = self.model._meta.get_field(name)
        return relation.related_model._default_manager.all()


def is_erased() -> Q:
    """Return the constraint that an erased claim holds nothing about its contact."""
    nothing = dict.fromkeys(RetentionQuerySet.CONTACT, "")
    erased = Q(**nothing, link__isnull=True, updates_at__isnull=True)
    return Q(erased_at__isnull=True) | erased
