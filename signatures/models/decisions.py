"""What staff decide about claims: approve, reject, reopen; about one, or a thousand at once.

None asks anything for each claim: a thousand take as many queries as one, but for one for each
letter, and for the batches in which Django inserts and deletes. Rows are locked in the order of
their keys: sign-ons, then organisations, then letters.
"""

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Exists, F, Func, OuterRef, Subquery, Value
from django.utils import timezone

from signatures import names
from signatures.models.corrections import Correction
from signatures.models.flags import Flag
from signatures.models.history import (
    TRANSITIONS,
    IllegalTransition,
    SignOnEvent,
    Status,
    target,
)
from signatures.models.initiators import places
from signatures.models.mail import OutgoingMail
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.sign_on_letters import SignOnLetter, hashes_of, stand_under
from signatures.models.signatures import Signature

if TYPE_CHECKING:
    from signatures.models.sign_ons import SignOn

Kind = OutgoingMail.Kind

SPELLINGS = ("name", "local_name", "acronym")
"""What a claim calls its organisation."""


@dataclass
class Outcome:
    """What became of the claims that a decision was about, as they stand after it.

    Those about which just this had been decided before are in none of the lists.
    """

    decided: "list[SignOn]" = field(default_factory=list)
    refused: "dict[SignOn, str]" = field(default_factory=dict)
    """Left alone, each with the reason, for developers."""
    brought: dict[int, list[Signature]] = field(default_factory=dict)
    """The signatures that an approval brought about, by the key of the claim."""
    counted: dict[int, int] = field(default_factory=dict)
    """Under how many letters an approval counts an organisation whose name is withheld."""


class DecisionQuerySet(models.QuerySet["SignOn"]):
    """Sets of claims, and the decisions about many of them."""

    def locked(self) -> Self:
        """Take these rows for this transaction, in the order of their keys."""
        return self.order_by("pk").select_for_update(no_key=True)

    @transaction.atomic
    def approve(
        self,
        identified: "Mapping[SignOn, Organization | None]",
        *,
        actor: User,
        batch: uuid.UUID | None = None,
    ) -> Outcome:
        """List organisations under the letters of their claims.

        `identified` says who the moderator says each is; one without is registered anew, unless
        it is known under exactly this name and country. Of two claims of one organisation the
        first brings the listing. One whose name is withheld is counted: nothing is registered,
        taught or linked, and who it is said to be only tells whether it counts already. Harmless
        when repeated. `batch` marks the history of a decision about many.
        """
        outcome, waiting = self._take("approve", identified)
        decided_at = timezone.now()
        told = {
            row: identified[row] or (None if row.withhold_name else row.as_organization())
            for row in waiting
        }
        stated = {row: one for row, one in told.items() if one}
        known = dict(
            zip(stated, Organization.objects.register_many([*stated.values()]), strict=True)
        )
        for row in waiting:
            if row in known and known[row] is None:
                outcome.refused[row] = "the organisation was removed meanwhile"
            elif not (row.name or known.get(row) or row.letter_rows.exclude(counted_hash="")):
                outcome.refused[row] = "its name was erased, and nobody can tell who it is"
            else:
                row.organization = None if row.withhold_name else known[row]
                outcome.decided.append(row)
        rows = outcome.decided
        reasons = {row: str(known.get(row) or "") for row in rows}
        self._step("approve", reasons, actor=actor, batch=batch, decided_at=decided_at)
        named = [row for row in rows if not row.withhold_name]
        withheld = {row: known.get(row) for row in rows if row.withhold_name}
        self.model.taught.through.objects.filter(signon__in=named).delete()
        self.teach(named)
        letter_rows = SignOnLetter.objects.filter(sign_on__in=rows)
        if withheld:
            letter_rows.lock_letters()
        letter_rows.filter(sign_on__in=named).uncount()
        outcome.brought = _list(named)
        if withheld:
            outcome.counted = letter_rows.count_claims(withheld)
        news = outcome.brought.keys() | outcome.counted.keys()
        OutgoingMail.objects.owe(
            (row, Kind.LISTED if row.pk in news else Kind.ALREADY_LISTED) for row in rows
        )
        return outcome

    @transaction.atomic
    def reject(
        self,
        sign_ons: "Iterable[SignOn]",
        *,
        actor: User,
        reason: str,
        tell: bool = True,
        why: bool = False,
        batch: uuid.UUID | None = None,
    ) -> Outcome:
        """Decline claims; `tell` the contacts, and `why`. Harmless when repeated."""
        outcome, rows = self._take("reject", sign_ons)
        left = SignOnLetter.objects.filter(sign_on__in=rows).uncount()
        reasons = dict.fromkeys(rows, reason)
        self._step("reject", reasons, actor=actor, batch=batch, decided_at=timezone.now())
        SignOnLetter.objects.succeed(left)
        if tell:
            note = reason if why else ""
            OutgoingMail.objects.owe(((row, Kind.REJECTED) for row in rows), note=note)
        outcome.decided = rows
        return outcome

    @transaction.atomic
    def reopen(
        self,
        sign_ons: "Iterable[SignOn]",
        *,
        actor: User,
        reason: str = "",
        tell: bool = True,
        batch: uuid.UUID | None = None,
    ) -> Outcome:
        """Undo approvals and rejections, and what followed from them. Harmless when repeated.

        `tell` the contacts who were told of them. What nobody has confirmed waits for that again.
        """
        outcome, rows = self._take("reopen", sign_ons)
        told = _told(rows)
        resolved = {row.pk: row.organization_id for row in rows if row.organization_id}
        first_at: dict[int, datetime] = {}
        for row in rows:
            if row.organization_id and row.decided_at:
                earlier = first_at.get(row.organization_id, row.decided_at)
                first_at[row.organization_id] = min(earlier, row.decided_at)
        organizations = Organization.objects.filter(pk__in=first_at).locked()
        made = [one.pk for one in organizations if one.created_at >= first_at[one.pk]]
        Correction.objects.open().filter(sign_on__in=rows).update(
            decided_at=timezone.now(), accepted=False
        )
        letter_rows = SignOnLetter.objects.filter(sign_on__in=rows, signature__isnull=False)
        brought = list(letter_rows.values_list("signature", flat=True))
        theirs = SignOnLetter.objects.filter(sign_on__in=rows)
        if withheld := theirs.counted().exists():
            theirs.lock_letters()
        letter_rows.update(signature=None)
        for row in rows:
            row.organization = None
        unconfirmed = [row for row in rows if row.confirmed_at is None]
        confirmed = [row for row in rows if row.confirmed_at is not None]
        self._step("restore", dict.fromkeys(unconfirmed, reason), actor=actor, batch=batch)
        self._step("reopen", dict.fromkeys(confirmed, reason), actor=actor, batch=batch)
        listings = Signature.objects.filter(pk__in=brought)
        inherited = SignOnLetter.objects.inherit(listings.current())
        struck = listings.exclude(pk__in=inherited)
        left = hashes_of(struck.current())
        struck.strike()
        if withheld:
            for letter, hashes in theirs.uncount().items():
                left[letter] |= hashes
        SignOnLetter.objects.succeed(left)
        self._unteach(resolved)
        Organization.objects.filter(pk__in=made).delete_unless_needed()
        if tell:
            OutgoingMail.objects.owe((row, Kind.REOPENED) for row in rows if row.pk in told)
        if unconfirmed:
            _ask_again(unconfirmed)
        outcome.decided = rows
        return outcome

    @transaction.atomic
    def clear_away(
        self, sign_ons: "Iterable[SignOn]", *, actor: User, reason: str, batch: uuid.UUID
    ) -> Outcome:
        """Reject fakes wherever they stand, and tell nobody: their addresses are strangers'.

        What they brought leaves the lists, and no mail goes out to them that has not yet. Undone,
        they wait for review, or for their confirmation.
        """
        given = [sign_on.pk for sign_on in sign_ons]
        # Without the contacts, which are sealed.
        found = self.model.objects.filter(pk__in=given).only("status", "organization")
        rows = list(found.locked())
        approved = [row for row in rows if row.status == Status.APPROVED]
        self.reopen(approved, actor=actor, reason=reason, tell=False)
        unconfirmed = [row for row in rows if row.status == Status.UNCONFIRMED]
        reasons = dict.fromkeys(unconfirmed, reason)
        self._step("discard", reasons, actor=actor, batch=batch, decided_at=timezone.now())
        others = [row for row in rows if row.status != Status.REJECTED]
        outcome = self.reject(others, actor=actor, reason=reason, tell=False, batch=batch)
        outcome.decided += unconfirmed
        unsent = OutgoingMail.objects.unsent().filter(sign_on__in=outcome.decided)
        unsent.exclude(kind=Kind.ADDRESS_CHANGE).delete()
        return outcome

    def listed_by_these_alone(self) -> dict[int, int]:
        """Return for each letter how many organisations would leave its list with these claims."""
        these = {*self.filter(status=Status.APPROVED).values_list("pk", flat=True)}
        rows = SignOnLetter.objects.filter(
            sign_on__in=these, signature__isnull=False, signature__withdrawn_at__isnull=True
        )
        brought = {*rows.values_list("letter", "signature__organization")}
        approved = SignOnLetter.objects.filter(
            sign_on__status=Status.APPROVED,
            sign_on__organization__in={organization for _letter, organization in brought},
        )
        stated = approved.values_list("sign_on", "letter", "sign_on__organization")
        inherited = {(letter, whose) for pk, letter, whose in stated if pk not in these}
        return dict(Counter(letter for letter, _whose in brought - inherited))

    def counted_by_these_alone(self) -> dict[int, int]:
        """Return for each letter how many unnamed organisations would leave its count with these.

        An approved claim's place goes to another that states the same, when there is one; that of
        a claim which asks for its name, and is not decided yet, goes to nobody.
        """
        these = {*self.values_list("pk", flat=True)}
        rows = SignOnLetter.objects.counted().filter(sign_on__in=these)
        places = list(rows.values_list("letter", "counted_hash", "sign_on__status"))
        if not places:
            return {}
        waiting = SignOnLetter.objects.filter(
            letter__in={letter for letter, _whose, _status in places},
            withheld=None,
            sign_on__status=Status.APPROVED,
            sign_on__withhold_name=True,
        ).values_list("sign_on", "letter", "counted_hash")
        heirs = {(letter, whose) for pk, letter, whose in waiting if pk not in these}
        return dict(
            Counter(
                letter
                for letter, whose, status in places
                if status != Status.APPROVED or (letter, whose) not in heirs
            )
        )

    # Decisions about many

    def of_batch(self, batch: uuid.UUID) -> Self:
        """Claims about which `batch`, a decision about many, decided."""
        return self.filter(pk__in=_decisions(batch).values("sign_on"))

    def still_of_batch(self, batch: uuid.UUID) -> Self:
        """Claims whose newest decision is still that of `batch`."""
        later = SignOnEvent.objects.steps().filter(
            sign_on=OuterRef("sign_on"), pk__gt=OuterRef("pk")
        )
        return self.filter(pk__in=_decisions(batch).filter(~Exists(later)).values("sign_on"))

    @transaction.atomic
    def undo(self, batch: uuid.UUID, *, actor: User, reason: str = "") -> Outcome:
        """Reopen what `batch` decided, but for claims that took another step since."""
        locked = list(self.of_batch(batch).locked().values_list("pk", flat=True))
        # One question each: the two together take the database ten times as long.
        unchanged = {*self.still_of_batch(batch).values_list("pk", flat=True)}
        still = [self.model(pk=pk) for pk in locked if pk in unchanged]
        return self.reopen(still, actor=actor, reason=reason, batch=batch)

    # What the decisions are made of

    def teach(self, sign_ons: "Iterable[SignOn]") -> None:
        """Let organisations be known by their claims' names, and note which of them were new."""
        kinds = OrganizationName.Kind
        stated = [
            (row, OrganizationName(organization=row.organization, name=name, kind=kind))
            for row in sign_ons
            for name, kind in (
                (row.name, kinds.ALIAS),
                (row.local_name, kinds.LOCAL),
                (row.acronym, kinds.ACRONYM),
            )
            if name
        ]
        OrganizationName.objects.record(name for _row, name in stated)
        taught = self.model.taught.through
        taught.objects.bulk_create(
            taught(signon_id=row.pk, organizationname_id=name.pk)
            for row, name in stated
            if name.pk  # it is on record since just now
        )

    def spellings(self) -> set[tuple[int, str]]:
        """Return the organisations of claims, each with the key of a name they state for it."""
        stated = self.filter(organization__isnull=False)
        return {
            (organization, names.comparison_key(name))
            for organization, *pair in stated.values_list("organization", *SPELLINGS)
            for name in pair
        }

    def _unteach(self, resolved: Mapping[int, int]) -> None:
        """Forget what approvals taught, but for names that other approved claims use as well.

        `resolved` says which organisation each of the claims was, before.
        """
        in_use = self.model.objects.filter(organization__in=set(resolved.values())).spellings()
        taught = self.model.taught.through.objects.filter(signon__in=resolved)
        unused = [
            row.organizationname_id
            for row in taught.select_related("organizationname")
            if row.organizationname.organization_id == resolved[row.signon_id]
            and (row.organizationname.organization_id, row.organizationname.key) not in in_use
        ]
        OrganizationName.objects.filter(pk__in=unused).forget()

    def _take(self, step: str, sign_ons: "Iterable[SignOn]") -> "tuple[Outcome, list[SignOn]]":
        """Lock the claims; return those that can take the step, as they stand and as ordered."""
        given = list(dict.fromkeys(sign_on.pk for sign_on in sign_ons))
        found = {row.pk: row for row in self.model.objects.filter(pk__in=given).locked()}
        outcome = Outcome()
        ready = []
        for row in (found[pk] for pk in given if pk in found):
            if row.status in TRANSITIONS[step].values():
                continue
            try:
                target(step, row.status)
            except IllegalTransition as why:
                outcome.refused[row] = str(why)
            else:
                ready.append(row)
        return outcome, ready

    def _step(
        self,
        step: str,
        reasons: "Mapping[SignOn, str]",
        *,
        actor: User,
        batch: uuid.UUID | None,
        decided_at: datetime | None = None,
    ) -> None:
        """Write the new status of claims, whose they now are, and a line of history for each."""
        SignOnEvent.objects.bulk_create(
            SignOnEvent(
                sign_on=row,
                kind=step,
                actor=actor,
                origin=row.status,
                target=target(step, row.status),
                reason=reason,
                batch=batch,
            )
            for row, reason in reasons.items()
        )
        for row in reasons:
            row.status, row.decided_at = target(step, row.status), decided_at
        resolved = {row.pk: row.organization_id for row in reasons}
        for status in {row.status for row in reasons}:  # one, if there is anything to decide
            self.model.objects.filter(pk__in=[*resolved]).update(
                status=status,
                decided_at=decided_at,
                organization=_ByKey(resolved) if any(resolved.values()) else None,
            )


class _ByKey(Func):
    """The number, or nothing, that a mapping has for the key of each row.

    The same could be said with a CASE; with a thousand branches that is slow to put together.
    """

    output_field = models.BigIntegerField()

    def __init__(self, numbers: Mapping[int, int | None]) -> None:
        super().__init__(Value(json.dumps(numbers)), F("pk"))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        context |= {"template": "(%(expressions)s::text)::bigint", "arg_joiner": "::jsonb ->> "}
        return self.as_sql(compiler, connection, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        context |= {"template": "json_extract(%(expressions)s)", "arg_joiner": ", '$.' || "}
        return self.as_sql(compiler, connection, **context)


def _decisions(batch: uuid.UUID) -> models.QuerySet[SignOnEvent]:
    return SignOnEvent.objects.filter(batch=batch, kind__in=["approve", "reject", "discard"])


def _list(claims: "Sequence[SignOn]") -> dict[int, list[Signature]]:
    """Put organisations under the letters of their claims; return by claim what is newly listed."""
    about: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    letter_rows = SignOnLetter.objects.filter(sign_on__in=claims).order_by("letter")
    columns = ("sign_on", "pk", "letter", "text_version")
    for claim_pk, row_pk, letter, text_version in letter_rows.values_list(*columns):
        about[claim_pk].append((row_pk, letter, text_version))
    stands = {claim: [letter for _row, letter, _text in rows] for claim, rows in about.items()}
    initiators = places(claims, stands)
    stated = [
        (
            claim.pk,
            row_pk,
            Signature(
                letter_id=letter,
                organization=claim.organization,
                name=claim.listed_name,
                local_name=claim.local_name,
                position=initiators.get((claim.pk, letter)),
                source=claim.source,
                signed_on=timezone.localdate(claim.confirmed_at or timezone.now()),
                text_version=text_version,
            ),
        )
        for claim in claims
        for row_pk, letter, text_version in about[claim.pk]
    ]
    Signature.objects.sign_many(signature for *_keys, signature in stated)
    _stand_under_later_texts(signature for *_keys, signature in stated if not signature.pk)
    brought: dict[int, list[Signature]] = defaultdict(list)
    brought_rows = []
    for claim_pk, row_pk, signature in stated:
        if signature.pk:  # it is in a list since just now
            brought[claim_pk].append(signature)
            brought_rows.append(row_pk)
    listing = Signature.objects.filter(
        letter=OuterRef("letter"), organization__sign_ons=OuterRef("sign_on")
    )
    SignOnLetter.objects.filter(pk__in=brought_rows).update(
        signature=Subquery(listing.values("pk"))
    )
    SignOnLetter.objects.give_way(
        Signature.objects.filter(pk__in=[one.pk for some in brought.values() for one in some])
    )
    return dict(brought)


def _stand_under_later_texts(stated: "Iterable[Signature]") -> None:
    """Put organisations that were listed before under the texts that these claims sign."""
    later: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in stated:
        if one.text_version > 1:
            later[one.letter_id, one.text_version].append(one.organization_id)
    for (letter, text), organizations in sorted(later.items()):
        listed = Signature.objects.current().filter(letter=letter)
        stand_under(listed.filter(organization__in=organizations), text)


def _ask_again(unconfirmed: "Iterable[SignOn]") -> None:
    """Owe claims the mail that asks for their confirmation, if they never got it and may."""
    mails = OutgoingMail.objects.filter(sign_on__in=unconfirmed)
    asked = set(mails.values_list("sign_on", flat=True))
    OutgoingMail.objects.owe(
        (row, Kind.CONFIRM)
        for row in unconfirmed
        if row.pk not in asked and Flag.HELD not in row.flags
    )


def _told(rows: "Iterable[SignOn]") -> set[int]:
    """Take back what nobody has read yet about the decisions; return the claims told of theirs."""
    decided_at = {row.pk: row.decided_at for row in rows if row.decided_at}
    mails = OutgoingMail.objects.filter(
        sign_on__in=decided_at, kind__in=[Kind.LISTED, Kind.REJECTED, Kind.ALREADY_LISTED]
    )
    about = OutgoingMail.objects.filter(
        pk__in=[mail.pk for mail in mails if mail.created_at >= decided_at[mail.sign_on_id]]
    )
    about.unsent().delete()
    return set(about.values_list("sign_on", flat=True))
