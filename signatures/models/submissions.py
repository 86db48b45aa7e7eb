"""Sets of claims, and the ways in which claims come in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone

from signatures import consent, names, periods, vault
from signatures.models.flags import Flag
from signatures.models.history import SignOnEvent, Status
from signatures.models.letters import Letter, is_current
from signatures.models.mail import OutgoingMail
from signatures.models.shielded import NAME
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.signatures import Signature
from signatures.models.updates_wanted import UpdatesWantedQuerySet
from signatures.vault import address_hashes

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


class SignOnQuerySet(UpdatesWantedQuerySet):
    """Sets of claims."""

    def queue(self) -> Self:
        """What waits for a moderator: confirmed claims, the oldest first."""
        return self.filter(status=Status.PENDING).order_by("confirmed_at", "pk")

    def from_address(self, email: str) -> Self:
        """Claims whose contact is reached under `email`."""
        return self.filter(email_hash__in=address_hashes(email))

    def stating(self, name: str) -> Self:
        """Claims that state exactly this name, withheld or not."""
        key = names.comparison_key(name)
        withheld = Q(withhold_name=True, name_hash__in=vault.fingerprints(key, NAME))
        return self.filter(Q(withhold_name=False, key=key) | withheld)

    def listing_nothing(self) -> Self:
        """Claims none of whose letters is listed by a name that they brought."""
        current = SignOnLetter.objects.filter(is_current("signature__"), signature__isnull=False)
        return self.exclude(pk__in=current.values("sign_on")).order_by("pk")

    def standing(self) -> Self:
        """Claims that are under review or led to a listing."""
        return self.filter(status__in=[Status.PENDING, Status.APPROVED])

    def twin_of(self, sign_on: "SignOn", letters: Iterable[Letter]) -> "SignOn | None":
        """Return a claim of the same contact that already does all that this one would do."""
        wanted = {letter.pk for letter in letters}
        twins = (
            self.standing()
            .from_address(sign_on.email)
            .stating(sign_on.name)
            .filter(country=sign_on.country)
            .exclude(pk=sign_on.pk)
        )
        listed = Signature.objects.current().filter(
            letter=OuterRef("letter"), organization=OuterRef("sign_on__organization")
        )
        # In one query, found or not: the time it takes must not tell.
        found = SignOnLetter.objects.filter(sign_on__in=twins).annotate(listed=Exists(listed))
        rows: Iterable[Any] = found.select_related("sign_on").order_by("sign_on")
        about: dict[SignOn, set[int]] = defaultdict(set)
        for row in rows:
            # An approved claim does what is listed, or counted; one under review, all it states.
            done = row.withheld_id if row.sign_on.withhold_name else row.listed
            if done or row.sign_on.status != Status.APPROVED:
                about[row.sign_on].add(row.letter_id)
        return next((twin for twin, letters in about.items() if wanted <= letters), None)

    # How they come in

    def submit(
        self,
        letters: Iterable[Letter],
        *,
        hold: bool = False,
        shown: Mapping[int, int] | None = None,
        updates: bool = False,
        **claim: Any,
    ) -> None:
        """Take a claim from the public form: store it and owe its contact a mail.

        `shown` says which text of each letter its contact has seen, by the letters' keys; of
        others the present one.

        Tells the caller nothing about what was known before, because the page must not: only
        the mailbox learns whether this was new, a repetition, or one mail too many. Put on
        `hold`, it is owed no mail until somebody lets it through. With `updates` its contact
        wants to be told what becomes of the letters.
        """
        letters = list(letters)
        sign_on = self.model(
            consent_version=consent.CURRENT,
            consent_wording=consent.wording(consent.CURRENT),
            consented_at=timezone.now(),
            **claim,
        )
        if updates:
            sign_on.agree_to_updates()
        if hold:
            sign_on.flags = [*sign_on.flags, Flag.HELD.value]
        with transaction.atomic():
            enough = OutgoingMail.objects.is_enough_for(sign_on.email)
            standing = self.twin_of(sign_on, letters)
            if standing and sign_on.withhold_name and standing.may_withhold:
                # Whoever wants the name withheld has to prove only that the mailbox is theirs.
                standing = None
            # The same work for all three, so that the time it takes tells nothing either: what
            # there is no need for is stored and taken back.
            with taken_back(if_=enough):
                with taken_back(if_=standing is not None):
                    sign_on.save()
                    SignOnLetter.objects.bulk_create(
                        SignOnLetter(
                            sign_on=sign_on,
                            letter=letter,
                            text_version=(shown or {}).get(letter.pk, letter.text_version),
                        )
                        for letter in letters
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

    def enter(
        self, letters: Iterable[Letter], *, actor: User, provenance: str, **claim: Any
    ) -> "SignOn":
        """Enter a claim that reached staff on paper or by mail; it waits like any other."""
        stated = self.model(
            source=Signature.Source.STAFF,
            provenance=provenance,
            consent_version=consent.ON_PAPER,
            **claim,
        )
        [entered] = self.enter_many([stated], letters, actor=actor)
        return entered

    @transaction.atomic
    def enter_many(
        self,
        sign_ons: "Iterable[SignOn]",
        letters: Iterable[Letter],
        *,
        actor: User,
        tell: bool = True,
    ) -> "list[SignOn]":
        """Put claims that were not made in the form into the queue, under the same letters.

        `sign_ons` are unsaved, and say where they came from. `tell` their contacts that they
        wait. Takes a fixed number of queries, whatever their number.
        """
        letters = list(letters)
        entered = list(sign_ons)
        now = timezone.now()
        for sign_on in entered:
            sign_on.status = Status.PENDING
            sign_on.confirmed_at = sign_on.consented_at = now
        self.bulk_create(entered)
        SignOnLetter.objects.bulk_create(
            SignOnLetter(sign_on=sign_on, letter=letter, text_version=letter.text_version)
            for sign_on in entered
            for letter in letters
        )
        SignOnEvent.objects.bulk_create(
            SignOnEvent(
                sign_on=sign_on,
                kind=SignOnEvent.Kind.ENTERED,
                actor=actor,
                origin=sign_on.status,
                target=sign_on.status,
            )
            for sign_on in entered
        )
        if tell:
            OutgoingMail.objects.owe((sign_on, OutgoingMail.Kind.RECEIVED) for sign_on in entered)
        return entered

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
