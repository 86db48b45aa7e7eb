"""Two known organisations that are one: what merging them means, and the journal of it.

The row of the removed organisation goes; everything that stood on it moves to the one that is
kept. The journal holds what is needed to take it apart again (`signatures.models.unmerging`):
keys of what moved, and the rows that had to go. Of private claims it holds keys only.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures import names
from signatures.models.distinctions import Distinction
from signatures.models.editions import EditionSignatory
from signatures.models.import_rows import ImportRow
from signatures.models.letters import Letter
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature

Row = TypeVar("Row", bound=models.Model)
Teaching = SignOn.taught.through

LINKS: dict[str, tuple[type[models.Model], str]] = {
    "branches": (Organization, "parent"),
    "sign_ons": (SignOn, "organization"),
    "distinctions": (Distinction, "organization"),
    "import_rows": (ImportRow, "organization"),
}
"""Rows that name an organisation, by the column in which they do, and follow it into a merge and
back. The place to add a further relation, as long as no constraint says that a row may occur once
only for an organisation; names and signatures, of which that is true, have rules of their own."""


class ChangedMeanwhile(Exception):
    """What was looked at is no longer so; nothing was changed."""


def fingerprint(*facts: Any) -> str:
    """Return a digest of what a preview has shown, to be sent back with its button."""
    return sha256(json.dumps(facts, default=str).encode()).hexdigest()[:32]


def lineage(organization: Organization) -> list[int]:
    """Return the keys of what `organization` is a branch of, the nearest first."""
    above: list[int] = []
    parent = organization.parent_id
    while parent is not None and parent not in above:
        above.append(parent)
        found = Organization.objects.filter(pk=parent).values_list("parent", flat=True)
        parent = found.first()
    return above


def lock(*organizations: int, sign_ons: list[int] | None = None) -> None:
    """Take these organisations, their branches and their sign-ons for this transaction.

    Sign-ons before organisations, each by their keys: the order of every step. Raises
    ChangedMeanwhile when a sign-on was approved for one of them at the same moment.
    """
    theirs = Q(organization__in=organizations) | Q(pk__in=sign_ons or [])
    claims = SignOn.objects.filter(theirs).order_by("pk")
    taken = {claim.pk for claim in claims.select_for_update(no_key=True)}
    rows = Organization.objects.filter(Q(pk__in=organizations) | Q(parent__in=organizations))
    list(rows.order_by("pk").select_for_update())
    if set(claims.values_list("pk", flat=True)) - taken:
        raise ChangedMeanwhile


def keys_in_use(organization: Organization) -> set[str]:
    """Return the keys of the names under which an organisation is listed or was signed for."""
    rows = (organization.signatures, organization.sign_ons)
    pairs = [pair for each in rows for pair in each.values_list("name", "local_name")]
    return {names.comparison_key(name) for pair in pairs for name in pair}


# Rows on record


def to_record(row: models.Model) -> dict[str, str | None]:
    """Return a row's own columns as texts, to the last digit; what is derived is left out."""
    return {
        field.attname: None if field.value_from_object(row) is None else field.value_to_string(row)
        for field in row._meta.concrete_fields
        if not hasattr(field, "derive")
    }


def from_record(model: type[Row], record: dict[str, str | None]) -> Row:
    """Return the row that was put on record, not saved; columns that are no more are left out."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return model(
        **{
            name: None if text is None else fields[name].to_python(text)
            for name, text in record.items()
            if name in fields
        }
    )


# What a merge would do


@dataclass(frozen=True)
class Clash:
    """A letter under which both stand: one listing stays, the other goes."""

    stays: Signature
    goes: Signature


@dataclass(frozen=True)
class MergePlan:
    """What merging `removed` into `kept` does, worked out before it is done."""

    kept: Organization
    removed: Organization
    moving: list[Signature]
    clashes: list[Clash]
    names: list[OrganizationName]
    known: list[OrganizationName]
    """Names of the removed one by which the kept one is known already."""
    sign_ons: list[SignOn]
    branches: list[Organization]
    parent: Organization | None
    """What the kept one is a branch of afterwards."""

    @property
    def parent_changes(self) -> bool:
        """Whether the kept one cannot stay a branch of what it is a branch of now."""
        return self.kept.parent_id != (self.parent.pk if self.parent else None)

    @property
    def letters(self) -> set[int]:
        """Keys of the letters whose public list the merge changes."""
        ours = [*self.moving, *(side for clash in self.clashes for side in _sides(clash))]
        return {
            signature.letter_id
            for signature in ours
            if signature.organization_id == self.removed.pk and signature.withdrawn_at is None
        }

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all of it."""
        return fingerprint(
            [to_record(one) for one in (self.kept, self.removed)],
            [to_record(one) for one in self.moving],
            [[to_record(side) for side in _sides(clash)] for clash in self.clashes],
            [to_record(one) for one in (*self.names, *self.known)],
            [[one.pk, one.status] for one in self.sign_ons],
            [one.pk for one in self.branches],
            self.parent and self.parent.pk,
        )


def _sides(clash: Clash) -> tuple[Signature, Signature]:
    return clash.stays, clash.goes


def precedence(signature: Signature) -> tuple[bool, bool, Any, int]:
    """Order the listings of one organisation under one letter; the first of them stays.

    A current one before a withdrawn one, an initiator before others, the earlier before the
    later.
    """
    return (
        signature.withdrawn_at is not None,
        not signature.is_initiator,
        signature.signed_on,
        signature.pk,
    )


def plan(kept: Organization, removed: Organization) -> MergePlan:
    """Work out what merging `removed` into `kept` would do. Changes nothing."""
    listed = Signature.objects.select_related("organization", "letter")
    listed = listed.prefetch_related("letter__translations").order_by("letter_id")
    standing = {one.letter_id: one for one in listed.filter(organization=kept)}
    moving, clashes = [], []
    for signature in listed.filter(organization=removed):
        if twin := standing.get(signature.letter_id):
            clashes.append(Clash(*sorted((twin, signature), key=precedence)))
        else:
            moving.append(signature)
    keys = set(kept.names.values_list("key", flat=True))
    records = list(removed.names.order_by("pk"))
    return MergePlan(
        kept=kept,
        removed=removed,
        moving=moving,
        clashes=clashes,
        names=[record for record in records if record.key not in keys],
        known=[record for record in records if record.key in keys],
        sign_ons=list(removed.sign_ons.order_by("pk")),
        branches=list(removed.branches.exclude(pk=kept.pk).order_by("pk")),
        parent=_parent_after(kept, removed),
    )


def _parent_after(kept: Organization, removed: Organization) -> Organization | None:
    """Return what `kept` is a branch of afterwards: it cannot be one of itself.

    Where it was, directly or further down, a branch of `removed`, it takes its place.
    """
    if removed.pk not in lineage(kept):
        return kept.parent
    return None if {kept.pk, removed.pk} & set(lineage(removed)) else removed.parent


# The journal


class OrganizationMergeQuerySet(models.QuerySet["OrganizationMerge"]):
    """Sets of merges."""

    @transaction.atomic
    def merge(
        self, kept: Organization, removed: Organization, *, actor: User, seen: str
    ) -> "OrganizationMerge":
        """Make one organisation of two; everything of `removed` becomes `kept`'s.

        `seen` is the fingerprint of the plan that the moderator has looked at. Raises
        ChangedMeanwhile, and changes nothing, when it would be another plan by now.
        """
        lock(kept.pk, removed.pk)
        rows = Organization.objects.select_related("parent").in_bulk([kept.pk, removed.pk])
        if len(rows) < 2:
            raise ChangedMeanwhile
        planned = plan(rows[kept.pk], rows[removed.pk])
        if planned.fingerprint != seen:
            raise ChangedMeanwhile
        return self._carry_out(planned, actor)

    def _carry_out(self, planned: MergePlan, actor: User) -> "OrganizationMerge":
        kept, removed = planned.kept, planned.removed
        letters = Letter.objects.filter(pk__in=planned.letters)
        journal: dict[str, Any] = {
            "organization": to_record(removed),
            "overruled": _overrule(planned),
            "names": _move_names(planned),
            "signatures": _move_signatures(planned),
        }
        if planned.parent_changes:
            after = planned.parent and planned.parent.pk
            journal["parent"] = {"before": kept.parent_id, "after": after}
            kept.parent = planned.parent
            kept.save(update_fields=["parent"])
        for name, (model, column) in LINKS.items():
            followers = model._default_manager.filter(**{column: removed})
            journal[name] = list(followers.order_by("pk").values_list("pk", flat=True))
            followers.update(**{column: kept})
        key = removed.pk
        removed.delete()
        letters.raise_revision()
        listed = Signature.objects.filter(organization=kept)
        journal["gave_way"] = SignOnLetter.objects.give_way(listed)
        return self.create(
            kept=kept,
            removed_key=key,
            removed_name=removed.official_name,
            journal=journal,
            actor=actor,
        )


class OrganizationMerge(models.Model):
    """That one organisation was merged into another, and how to take them apart again."""

    # No constraint: the kept one may itself be merged into another, and come back by its key.
    kept = models.ForeignKey(
        Organization,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="merges",
        verbose_name=_("kept organisation"),
    )
    removed_key = models.PositiveBigIntegerField(db_index=True)
    removed_name = models.CharField(_("removed organisation"), max_length=names.LONGEST_NAME)
    journal = models.JSONField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who"),
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("undone by"),
    )

    objects = OrganizationMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering: ClassVar = ["-created_at", "-pk"]
        default_permissions = ()  # who may change an organisation may merge it

    def __str__(self) -> str:
        return self.removed_name


def _overrule(planned: MergePlan) -> list[dict[str, str | None]]:
    """Drop distinctions between the one and names of the other, and return them.

    Whoever merges the two says that those names do stand for it.
    """
    theirs = {record.key for record in (*planned.names, *planned.known)}
    ours = planned.kept.names.values_list("key", flat=True)
    overruled = Distinction.objects.filter(
        Q(organization=planned.kept, key__in=theirs)
        | Q(organization=planned.removed, key__in=list(ours))
    )
    records = [to_record(distinction) for distinction in overruled]
    overruled.delete()
    return records


def _move_signatures(planned: MergePlan) -> dict[str, Any]:
    """Give the kept one the listings that stay; return those that moved and those that went."""
    kept, dropped = planned.kept, []
    staying = list(planned.moving)
    for clash in planned.clashes:
        rows = SignOnLetter.objects.filter(signature=clash.goes)
        # A claim whose listing goes has no longer brought one, and cannot take the other away.
        brought_by = list(rows.order_by("pk").values_list("pk", flat=True))
        imports = ImportRow.signatures.through.objects.filter(signature=clash.goes)
        dropped.append(
            {
                "row": to_record(clash.goes),
                "brought_by": brought_by,
                "imported_by": list(imports.values_list("importrow_id", flat=True)),
                "stays": clash.stays.pk,
                "stood_under": clash.stays.text_version,
                "entries": _join(clash) if clash.goes.withdrawn_at is None else [],
            }
        )
        Signature.objects.filter(pk=clash.goes.pk).delete()
        if clash.stays.organization_id != kept.pk:
            staying.append(clash.stays)
    moved = [to_record(signature) for signature in staying]
    for signature in staying:
        signature.move_to(kept)
    return {"moved": moved, "dropped": dropped}


def _join(clash: Clash) -> list[int]:
    """Let the listing that stays have signed what either has, and been delivered with either.

    Returns the keys of the entries in editions that are its own from now on.
    """
    if clash.goes.text_version > clash.stays.text_version:
        clash.stays.stand_under(clash.goes.text_version)
    return EditionSignatory.objects.hand_over(clash.goes.pk, clash.stays.pk)


def _move_names(planned: MergePlan) -> dict[str, Any]:
    """Let the kept one be known by all names of both; return what it takes to part them."""
    kept, kinds = planned.kept, OrganizationName.Kind
    moved = [[record.pk, record.name, record.kind] for record in planned.names]
    for record in planned.names:
        record.organization = kept
        if record.kind == kinds.OFFICIAL:
            record.kind = kinds.ALIAS
        record.save(update_fields=["organization", "kind"])
    twins = {record.key: record for record in kept.names.all()}
    dropped = []
    for record in planned.known:
        twin = twins[record.key]
        theirs, ours = taught_by(record), taught_by(twin)
        dropped.append({"name": record.name, "kind": record.kind, "taught_by": [theirs, ours]})
        record.delete()
        # A name goes when the last claim that taught it is undone; if either organisation knew
        # it by itself, it stays.
        teach(twin, {*theirs, *ours} if theirs and ours else set())
    own = (
        (planned.removed.official_name, kinds.ALIAS),
        (planned.removed.local_name, kinds.LOCAL),
        (planned.removed.acronym, kinds.ACRONYM),
    )
    added = filter(None, [kept.remember(name, kind) for name, kind in own])
    return {"moved": moved, "dropped": dropped, "added": [new.pk for new in added]}


def taught_by(record: OrganizationName) -> list[int]:
    """Return the keys of the claims whose approval added a name."""
    rows = Teaching.objects.filter(organizationname=record)
    return sorted(rows.values_list("signon_id", flat=True))


def teach(record: OrganizationName, claims: set[int]) -> None:
    """Set the claims whose approval added a name; those that are no more are left out."""
    Teaching.objects.filter(organizationname=record).exclude(signon__in=claims).delete()
    present = SignOn.objects.filter(pk__in=claims - set(taught_by(record)))
    Teaching.objects.bulk_create(
        Teaching(signon_id=claim, organizationname_id=record.pk)
        for claim in present.values_list("pk", flat=True)
    )
