"""Withholding a name that may be public by now: at once, and everywhere."""

import uuid
from collections.abc import Iterable
from contextlib import suppress

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from signatures import consent, vault
from signatures.models import forgetting
from signatures.models.erasures import Erasure
from signatures.models.history import IllegalTransition, SignOnEvent
from signatures.models.mail import OutgoingMail
from signatures.models.organizations import Organization
from signatures.models.sign_on_letters import SignOnLetter, identities
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature

LASTING = "organisation withheld"
"""What the fingerprints are for by which a restored backup is told of a name."""

PROVENANCE = 250
"""Characters of the reason that say where such a sign-on came from."""

ATTEMPTS = 5
"""How often it is tried while others, who decide about the same organisation, get ahead."""


class ChangedMeanwhile(Exception):
    """What was to be locked is not all by now; the transaction has to begin anew."""


def withhold(sign_on: SignOn, *, actor: User | None, reason: str) -> None:
    """Take the name that a sign-on brought off every list, and count its organisation without it.

    What else tells the name goes, too. Other sign-ons of the organisation that list nothing have
    their names withheld as well, because an open one beside it would tell. Harmless when repeated.
    Raises IllegalTransition.
    """
    for _attempt in range(ATTEMPTS):
        with suppress(ChangedMeanwhile):
            _withhold(sign_on, actor, reason)
            return
    raise IllegalTransition("the organisation is being decided about again and again")


def lasting_ids(organizations: Iterable[int]) -> dict[uuid.UUID, int]:
    """Return by what the list of erasures finds organisations whose listings no sign-on brought.

    An id for each name and each of CONTACT_KEYS, without which it says nothing of the name.
    """
    found: dict[uuid.UUID, int] = {}
    for pk, known in identities(organizations).items():
        # With the country, where one is known: elsewhere the name may be somebody else's.
        for one in {name for name in known if not name.startswith(" ")} or known:
            found |= {uuid.UUID(hashed[:32]): pk for hashed in vault.fingerprints(one, LASTING)}
    return found


def listed_without_sign_on() -> set[int]:
    """Return the organisations that have listings which no sign-on brought."""
    brought = SignOnLetter.objects.filter(signature__isnull=False).values("signature")
    listings = Signature.objects.current().exclude(pk__in=brought)
    return set(listings.values_list("organization", flat=True))


@transaction.atomic
def withhold_listings(organization: Organization, *, actor: User | None, reason: str) -> SignOn:
    """Withhold the name of an organisation that lists were imported with, because it asked to.

    A sign-on without a contact stands for all its listings that no sign-on brought; return it.
    Raises IllegalTransition when there are none, or others have brought more.
    """
    brought = SignOnLetter.objects.filter(signature__isnull=False).values("signature")
    listings = Signature.objects.current().filter(organization=organization)
    rest = list(listings.exclude(pk__in=brought).order_by("letter"))
    if not rest:
        raise IllegalTransition("a sign-on brought every listing")
    now = timezone.now()
    sign_on = SignOn.objects.create(
        status=SignOn.Status.APPROVED,
        source=Signature.Source.STAFF,
        name=organization.official_name,
        local_name=organization.local_name,
        acronym=organization.acronym,
        country=organization.country,
        website=organization.website,
        provenance=reason[:PROVENANCE],
        consent_version=consent.ON_PAPER,
        consented_at=now,
        confirmed_at=now,
        decided_at=now,
        organization=organization,
    )
    SignOnLetter.objects.bulk_create(
        SignOnLetter(
            sign_on=sign_on,
            letter_id=one.letter_id,
            signature=one,
            text_version=one.text_version,
        )
        for one in rest
    )
    sign_on.record(SignOnEvent.Kind.ENTERED, actor=actor, reason=reason)
    # A backup from before does not know this sign-on.
    Erasure.objects.note(Erasure.Kind.WITHHELD, lasting_ids([organization.pk]))
    withhold(sign_on, actor=actor, reason=reason)
    return sign_on


@transaction.atomic
def _withhold(sign_on: SignOn, actor: User | None, reason: str) -> None:
    organization = _lock(sign_on)
    if sign_on.withhold_name:
        return
    if not sign_on.may_withhold:
        raise IllegalTransition(f"this sign-on, {sign_on.status}, lists no name")
    sign_on.letter_rows.lock_letters()
    brought = sign_on.brought()
    listed_as = {signature.pk: signature.name for signature in brought}
    forgetting.forget_entries(organization, listed_as)
    brought.strike()
    brought.delete()  # the withdrawn ones, which striking leaves
    _conceal(sign_on)
    if organization:
        others = list(SignOn.objects.filter(organization=organization).listing_nothing())
        for claim in others:
            _conceal(claim)
        approved = [one for one in (sign_on, *others) if one.status == SignOn.Status.APPROVED]
        SignOnLetter.objects.count_claims(dict.fromkeys(approved, organization))
        forgetting.forget_organization(organization, listed_as)
        Erasure.objects.note(Erasure.Kind.WITHHELD, [one.public_id for one in others])
    sign_on.record(SignOnEvent.Kind.WITHHOLD, actor=actor, reason=reason)
    # A backup from before must not publish the name again.
    Erasure.objects.note(Erasure.Kind.WITHHELD, [sign_on.public_id])
    if sign_on.status != SignOn.Status.UNCONFIRMED:
        sign_on.owe(OutgoingMail.Kind.WITHHELD)


def _lock(sign_on: SignOn) -> Organization | None:
    """Take every claim of the organisation, then that, for this transaction; return it.

    Sign-ons before organisations, each by their keys. Raises ChangedMeanwhile when one was decided
    about before all were taken.
    """
    sign_on.refresh_from_db(fields=["organization"])
    foreseen = sign_on.organization_id
    theirs = Q(organization__isnull=False, organization=foreseen)
    claims = SignOn.objects.filter(Q(pk=sign_on.pk) | theirs)
    taken = set(claims.locked().values_list("pk", flat=True))
    sign_on.refresh_from_db()
    if sign_on.organization_id != foreseen:
        raise ChangedMeanwhile
    sign_on.lock_organization()
    if set(claims.values_list("pk", flat=True)) - taken:
        raise ChangedMeanwhile
    return sign_on.organization


def _conceal(sign_on: SignOn) -> None:
    """Seal the name of a claim, and cut what ties it to a known organisation."""
    told_before = sign_on.told_by
    sign_on.organization = None
    sign_on.save(update_fields=["organization"])
    sign_on.save_shielded(withhold_name=True)
    sign_on.taught.clear()
    sign_on.corrections.open().update(decided_at=timezone.now(), accepted=False)
    forgetting.forget_claim(sign_on, told_before)
