"""What the page of an organisation shows beside its own names: what stands on it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from signatures import candidates
from signatures.candidates import Candidate, Stated
from signatures.matching.verdicts import Label
from signatures.models.merges import OrganizationMerge
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.signatures import Signature
from signatures.models.splits import OrganizationSplit, can_be_split_off

LONGEST_LIST = 100
"""Rows of one kind on the page; the lists of the admin have the others."""

LIKELY = 5


def may_see_sign_ons(request: HttpRequest) -> bool:
    """Whether who asks may look at private claims."""
    user: Any = request.user
    return bool(
        user.has_perm("signatures.view_signon") or user.has_perm("signatures.change_signon")
    )


def may_see_signatures(request: HttpRequest) -> bool:
    """Whether who asks may look at signatures, withdrawn ones among them."""
    user: Any = request.user
    return bool(
        user.has_perm("signatures.view_signature") or user.has_perm("signatures.change_signature")
    )


def likely(organization: Organization) -> list[Candidate]:
    """Return other organisations that may be the same as this one, or related to it.

    Those that are known to be its branches, or its umbrella, stand elsewhere on the page.
    """
    own = Stated(
        organization.official_name,
        local_name=organization.local_name,
        acronym=organization.acronym,
        country=organization.country.code or "",
    )
    [found] = candidates.find([own], limit=2 * LIKELY)
    known = {organization.pk, organization.parent_id}
    others = [
        one
        for one in found
        if one.organization.pk not in known and one.organization.parent_id != organization.pk
    ]
    return [one for one in others if one.verdict.label != Label.DIFFERENT][:LIKELY]


def signatures_of(organization: Organization) -> list[Signature]:
    """Return what an organisation signed, the newest first, with the letters' titles."""
    signed = Signature.objects.filter(organization=organization).select_related("letter")
    signed = signed.prefetch_related("letter__translations").order_by("-signed_on", "-pk")
    return list(signed[:LONGEST_LIST])


@dataclass(frozen=True)
class Known:
    """A name on record, and whether it can become an organisation of its own."""

    record: OrganizationName
    can_be_split_off: bool


@dataclass(frozen=True)
class Merged:
    """A merge into this organisation, and whether it is the next to be undone."""

    merge: OrganizationMerge
    can_be_undone: bool


def merges_of(organization: Organization) -> list[Merged]:
    """Return what was merged into an organisation; only the last can be undone."""
    rows = organization.merges.select_related("actor", "undone_by")
    standing = [merge for merge in rows if merge.undone_at is None]
    return [Merged(merge, merge in standing[:1]) for merge in rows]


@dataclass(frozen=True)
class Parted:
    """A split by which this organisation, or the other, came into being."""

    split: OrganizationSplit
    other: Organization | None
    """None when it has been merged away since."""
    is_origin: bool


def splits_of(organization: Organization) -> list[Parted]:
    """Return what was split off an organisation, and what it was split off from."""
    rows = OrganizationSplit.objects.filter(Q(origin=organization) | Q(created=organization))
    splits = list(rows.select_related("actor"))
    keys = {key for split in splits for key in (split.origin_id, split.created_id)}
    present = Organization.objects.in_bulk(keys) if keys else {}
    return [
        Parted(
            split,
            present.get(split.created_id if is_origin else split.origin_id),
            is_origin,
        )
        for split in splits
        for is_origin in [split.origin_id == organization.pk]
    ]


def panels(request: HttpRequest, organization: Organization, *, may: bool) -> dict[str, Any]:
    """Return what stands on an organisation; `may` is whether it can be merged and split."""
    known = organization.names.select_related("organization")
    sign_ons = organization.sign_ons.order_by("-created_at")
    return {
        "may_merge": may,
        "signed": signatures_of(organization) if may_see_signatures(request) else None,
        "sign_ons": list(sign_ons[:LONGEST_LIST]) if may_see_sign_ons(request) else None,
        "branches": list(organization.branches.order_by("key")[:LONGEST_LIST]),
        "known": [Known(record, may and can_be_split_off(record)) for record in known],
        "merged": merges_of(organization),
        "parted": splits_of(organization),
        "likely": likely(organization),
    }
