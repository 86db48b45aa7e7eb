"""What becomes of claims as they come in, beside the steps that their contacts take."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from signatures.models.decisions import DecisionQuerySet
from signatures.models.flags import Flag
from signatures.models.history import SignOnEvent, Status
from signatures.models.limits import CLIENTS_KEPT
from signatures.models.mail import OutgoingMail

if TYPE_CHECKING:
    from signatures.models.sign_ons import SignOn


@contextmanager
def taken_back(*, if_: bool) -> Iterator[None]:
    """Store what is stored inside, and take it back `if_` so."""
    savepoint = transaction.savepoint()
    yield
    if if_:
        transaction.savepoint_rollback(savepoint)
    else:
        transaction.savepoint_commit(savepoint)


class SubmissionQuerySet(DecisionQuerySet):
    """Sets of claims, as they came in."""

    @transaction.atomic
    def let_through(self, sign_ons: "Iterable[SignOn]", *, actor: User) -> "list[SignOn]":
        """Write to the contacts of claims that were held; return whom. Harmless when repeated.

        What is for an address that is written to enough for today stays held.
        """
        written = []
        for one in self.filter(pk__in=[one.pk for one in sign_ons]).locked():
            held = one.status == Status.UNCONFIRMED and Flag.HELD in one.flags
            if not held or OutgoingMail.objects.is_enough_for(one.email):
                continue
            one.flags = [flag for flag in one.flags if flag != Flag.HELD]
            one.save(update_fields=["flags"])
            one.record(SignOnEvent.Kind.LET_THROUGH, actor=actor)
            one.owe(OutgoingMail.Kind.CONFIRM)
            written.append(one)
        return written

    def forget_clients(self, most: int) -> int:
        """Forget from which client some older claims came; return of how many."""
        old = self.filter(created_at__lt=timezone.now() - CLIENTS_KEPT).exclude(client="")
        keys = list(old.order_by("pk").values_list("pk", flat=True)[:most])
        return self.filter(pk__in=keys).update(client="")
