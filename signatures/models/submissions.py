"""What becomes of claims as they come in, beside the steps that their contacts take."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models.functions import Cast
from django.utils import timezone

from signatures import consent, periods
from signatures.models.flags import Flag
from signatures.models.history import SignOnEvent, Status
from signatures.models.letters import Letter
from signatures.models.mail import OutgoingMail
from signatures.models.retaining import RetentionQuerySet
from signatures.models.sign_on_letters import SignOnLetter

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


class SubmissionQuerySet(RetentionQuerySet):
    """Sets of claims, as they came in."""

    def submit(self, letters: Iterable[Letter], *, hold: bool = False, **claim: Any) -> None:
        """Take a claim from the public form: store it and owe its contact a mail.

        Tells the caller nothing about what was known before, because the page must not: only
        the mailbox learns whether this was new, a repetition, or one mail too many. Put on
        `hold`, it is owed no mail until somebody lets it through.
        """
        letters = list(letters)
        sign_on = self.model(consent_version=consent.CURRENT, consented_at=timezone.now(), **claim)
        if hold:
            sign_on.flags = [*sign_on.flags, Flag.HELD.value]
        with transaction.atomic():
            enough = OutgoingMail.objects.is_enough_for(sign_on.email)
            standing = sign_on.twin_for(letters)
            if standing and sign_on.withhold_name and standing.may_withhold:
                # Whoever wants the name withheld has to prove only that the mailbox is theirs.
                standing = None
            # The same work for all three, so that the time it takes tells nothing either: what
            # there is no need for is stored and taken back.
            with taken_back(if_=enough):
                with taken_back(if_=standing is not None):
                    sign_on.save()
                    SignOnLetter.objects.bulk_create(
                        SignOnLetter(sign_on=sign_on, letter=letter) for letter in letters
                    )
                known = SignOnEvent.Kind.SUBMITTED_AGAIN, OutgoingMail.Kind.ALREADY_SIGNED
                new = SignOnEvent.Kind.SUBMITTED, OutgoingMail.Kind.CONFIRM
                line, mail = known if standing else new
                (standing or sign_on).record(line)
                with taken_back(if_=hold):
                    (standing or sign_on).owe(mail)

    def held(self) -> Self:
        """Those whose contacts wait for somebody to let them through."""
        # What a list in JSON contains cannot be asked of every database.
        flags = Cast("flags", models.TextField())
        return (
            self.filter(status=Status.UNCONFIRMED)
            .alias(said=flags)
            .filter(said__contains=f'"{Flag.HELD.value}"')
        )

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
        old = self.filter(created_at__lt=timezone.now() - periods.NETWORK_KEPT).exclude(client="")
        keys = list(old.order_by("pk").values_list("pk", flat=True)[:most])
        return self.filter(pk__in=keys).update(client="")
