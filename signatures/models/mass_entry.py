"""Many organisations, signatures and claims at once, by the same rules as one.

`register_many` does what `Organization.objects.register`, `sign_many` what
`Signature.objects.sign` and `enter_many` what `SignOn.objects.enter` do for one, in a number of
queries that grows by the hundred. To be called in the transaction of their common cause.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.utils import timezone

from signatures import names
from signatures.models.history import SignOnEvent
from signatures.models.letters import Letter
from signatures.models.mail import OutgoingMail, recipient_hash
from signatures.models.organizations import Organization, OrganizationName, Signature
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn

T = TypeVar("T")
PORTION = 500
"""Rows named in one query; SQLite takes no more than a thousand values."""


@dataclass(frozen=True)
class Listing:
    """How one organisation shall stand in the list."""

    organization: Organization
    name: str
    local_name: str
    signed_on: date
    position: int | None


def portions(things: Iterable[T]) -> Iterator[list[T]]:
    """Yield `things` in lists of at most PORTION."""
    iterator = iter(things)
    while portion := list(islice(iterator, PORTION)):
        yield portion


def register_many(
    wanted: Iterable[Organization],
) -> tuple[dict[tuple[str, str], Organization], set[int]]:
    """Return the organisations of exactly these names and countries by key and country.

    Those that are not known yet are made from the unsaved ones given; the second answer is the
    set of their primary keys.
    """
    unsaved = {
        (names.comparison_key(one.official_name), one.country.code or ""): one for one in wanted
    }
    known = _by_key(unsaved)
    missing = [unsaved[identity] for identity in sorted(unsaved.keys() - known.keys())]
    # Whoever registers the same one at the same moment is waited for, and theirs is used.
    Organization.objects.bulk_create(missing, ignore_conflicts=True, batch_size=PORTION)
    found = _by_key(unsaved)
    made = {one.pk for identity, one in found.items() if identity not in known}
    kinds = OrganizationName.Kind
    known_by = []
    for organization in found.values():
        if organization.pk in made:
            own = (
                (organization.official_name, kinds.OFFICIAL),
                (organization.local_name, kinds.LOCAL),
                (organization.acronym, kinds.ACRONYM),
            )
            known_by += [(organization, name, kind) for name, kind in own]
    remember_many(known_by)
    return found, made


def _by_key(identities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Organization]:
    wanted = set(identities)
    found = {}
    for keys in portions({key for key, _country in wanted}):
        for organization in Organization.objects.filter(key__in=keys):
            identity = (organization.key, organization.country.code or "")
            if identity in wanted:
                found[identity] = organization
    return found


def remember_many(
    known_by: Iterable[tuple[Organization, str, str]],
) -> dict[tuple[int, str], OrganizationName]:
    """Record names that organisations are known by; return the new ones by owner and key."""
    wanted: dict[tuple[int, str], OrganizationName] = {}
    for organization, name, kind in known_by:
        if key := names.comparison_key(name):
            row = OrganizationName(organization=organization, name=name, kind=kind)
            wanted.setdefault((organization.pk, key), row)
    for owners in portions({owner for owner, _key in wanted}):
        recorded = OrganizationName.objects.filter(organization__in=owners)
        for identity in recorded.values_list("organization_id", "key"):
            wanted.pop(identity, None)
    OrganizationName.objects.bulk_create(wanted.values(), batch_size=PORTION)
    return wanted


def lock_organizations(pks: Iterable[int]) -> None:
    """Let nobody list or strike these organisations until this transaction ends."""
    for portion in portions(sorted(set(pks))):
        rows = Organization.objects.filter(pk__in=portion).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))


def sign_many(
    listings: Sequence[Listing], letters: Iterable[Letter], *, source: str
) -> dict[int, list[Signature]]:
    """Put organisations under letters; return what this newly listed, by organisation.

    One that stands under a letter already is left as it is; a withdrawn one stands again, under
    the new name. Of two listings of one organisation the first counts.
    """
    first: dict[int, Listing] = {}
    for listing in listings:
        first.setdefault(listing.organization.pk, listing)
    lock_organizations(first)
    brought: dict[int, list[Signature]] = {pk: [] for pk in first}
    changed = []
    for letter in sorted(letters, key=lambda letter: letter.pk):
        present: dict[int, Signature] = {}
        for portion in portions(first):
            rows = Signature.objects.filter(letter=letter, organization__in=portion)
            present |= {row.organization_id: row for row in rows.select_related("organization")}
        new = []
        for pk, listing in first.items():
            entry = {
                "name": listing.name,
                "local_name": listing.local_name,
                "source": source,
                "signed_on": listing.signed_on,
                "position": listing.position,
            }
            signature = present.get(pk)
            if signature is None:
                new.append(Signature(letter=letter, organization=listing.organization, **entry))
                brought[pk].append(new[-1])
            elif signature.withdrawn_at is not None:
                for field, value in entry.items():
                    setattr(signature, field, value)
                signature.withdrawn_at = None
                signature.save()
                brought[pk].append(signature)
        Signature.objects.bulk_create(new, batch_size=PORTION)
        if any(one.letter_id == letter.pk for signatures in brought.values() for one in signatures):
            changed.append(letter.pk)
    Letter.objects.filter(pk__in=changed).raise_revision()
    return brought


def enter_many(
    claims: Sequence[dict[str, Any]], letters: Sequence[Letter], *, actor: User, tell: bool
) -> list[SignOn]:
    """Put claims from elsewhere into the queue; `tell` their contacts that they wait there."""
    now = timezone.now()
    sign_ons = SignOn.objects.bulk_create(
        [
            SignOn(
                source=Signature.Source.IMPORT,
                status=SignOn.Status.PENDING,
                confirmed_at=now,
                consent_version="import",
                consented_at=now,
                language=letters[0].language,
                **claim,
            )
            for claim in claims
        ],
        batch_size=PORTION,
    )
    SignOnLetter.objects.bulk_create(
        [SignOnLetter(sign_on=one, letter=letter) for one in sign_ons for letter in letters],
        batch_size=PORTION,
    )
    SignOnEvent.objects.bulk_create(
        [
            SignOnEvent(
                sign_on=one,
                kind=SignOnEvent.Kind.ENTERED,
                actor=actor,
                origin=one.status,
                target=one.status,
                reason=one.provenance,
            )
            for one in sign_ons
        ],
        batch_size=PORTION,
    )
    if tell:
        OutgoingMail.objects.bulk_create(
            [
                OutgoingMail(
                    sign_on=one,
                    kind=OutgoingMail.Kind.RECEIVED,
                    recipient=recipient_hash(one.email),
                )
                for one in sign_ons
                if one.email
            ],
            batch_size=PORTION,
        )
    return sign_ons
