"""Taking a merge apart again: what goes back, and what cannot because of what happened since.

Only what moved, and still stands where the merge put it, moves back. Whatever was decided anew
since then stays with the organisation for which it was decided.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatures import names
from signatures.models.distinctions import Distinction
from signatures.models.editions import EditionSignatory
from signatures.models.history import SignOnEvent
from signatures.models.import_rows import ImportRow
from signatures.models.letters import Letter
from signatures.models.merges import (
    LINKS,
    ChangedMeanwhile,
    OrganizationMerge,
    fingerprint,
    from_record,
    keys_in_use,
    lineage,
    lock,
    taught_by,
    teach,
    to_record,
)
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature


@dataclass(frozen=True)
class Restored:
    """A listing that is put back, and the rows of the claims and imports that brought it."""

    signature: Signature
    brought_by: list[int]
    imported_by: list[int]


@dataclass
class UndoPlan:
    """What undoing a merge does, worked out before it is done."""

    merge: OrganizationMerge
    organization: Organization
    """The removed one, as it will be again."""
    kept: Organization | None = None
    refusal: str = ""
    """Why it cannot be undone at all, in a sentence; the rest is empty then."""
    moving: list[Signature] = field(default_factory=list)
    restored: list[Restored] = field(default_factory=list)
    names: list[OrganizationName] = field(default_factory=list)
    links: dict[str, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """What will not be as it was, each in a sentence."""

    @property
    def fingerprint(self) -> str:
        """A digest of all of it."""
        return fingerprint(
            [self.merge.pk, self.refusal, self.notes, self.links],
            self.kept and to_record(self.kept),
            to_record(self.organization),
            [to_record(one) for one in self.moving],
            [[to_record(one.signature), one.brought_by, one.imported_by] for one in self.restored],
            [to_record(one) for one in self.names],
        )

    @property
    def letters(self) -> set[int]:
        """Keys of the letters whose public list the undoing changes."""
        moving = {one.letter_id for one in self.moving if one.withdrawn_at is None}
        return moving | {one.signature.letter_id for one in self.restored}


def plan(merge: OrganizationMerge) -> UndoPlan:
    """Work out what undoing `merge` would do. Changes nothing."""
    planned = UndoPlan(merge, from_record(Organization, merge.journal["organization"]))
    planned.kept = Organization.objects.filter(pk=merge.kept_id).first()
    planned.refusal = _refusal(planned)
    if planned.kept and not planned.refusal:
        _plan_links(planned)
        _plan_signatures(planned)
        _plan_names(planned)
    return planned


@transaction.atomic
def undo(merge: OrganizationMerge, *, actor: User, seen: str) -> UndoPlan:
    """Take `merge` apart; return what was done, with the restored organisation.

    `seen` is the fingerprint of the plan that the moderator has looked at. Raises
    ChangedMeanwhile, and changes nothing, when it would be another plan by now.
    """
    lock(merge.kept_id, sign_ons=merge.journal["sign_ons"])
    merge.refresh_from_db()
    planned = plan(merge)
    if planned.refusal or planned.fingerprint != seen:
        raise ChangedMeanwhile
    organization = planned.organization
    organization.save(force_insert=True)
    for name, keys in planned.links.items():
        model, column = LINKS[name]
        model._default_manager.filter(pk__in=keys).update(**{column: organization})
    _restore_parents(planned)
    for signature in planned.moving:
        signature.move_to(organization)
    for one in planned.restored:
        one.signature.save(force_insert=True)
        SignOnLetter.objects.filter(pk__in=one.brought_by).update(signature=one.signature)
        for row in ImportRow.objects.filter(pk__in=one.imported_by):
            row.signatures.add(one.signature)
    _part_listings(planned)
    _restore_names(planned)
    for record in merge.journal.get("overruled", ()):
        from_record(Distinction, record).save(force_insert=True)
    Letter.objects.filter(pk__in=planned.letters).raise_revision()
    SignOnLetter.objects.count_again(merge.journal.get("gave_way", ()))
    merge.undone_at, merge.undone_by = timezone.now(), actor
    merge.save(update_fields=["undone_at", "undone_by"])
    return planned


def _refusal(planned: UndoPlan) -> str:
    merge, named = planned.merge, {"name": planned.merge.removed_name}
    standing = OrganizationMerge.objects.filter(undone_at=None)
    if merge.undone_at is not None:
        return _("This merge has been undone already.")
    if planned.kept is None:
        elsewhere = standing.filter(removed_key=merge.kept_id).first()
        if elsewhere is None:
            return _("The organisation into which “%(name)s” was merged is no more.") % named
        return _(
            "“%(kept)s”, into which “%(name)s” was merged, was itself merged into another one "
            "since. Undo that first."
        ) % {"kept": elsewhere.removed_name, **named}
    if later := standing.filter(kept=merge.kept_id, pk__gt=merge.pk).order_by("-pk").first():
        return _("“%(later)s” was merged into the same organisation later. Undo that first.") % {
            "later": later.removed_name
        }
    try:
        planned.organization.clean()
    except ValidationError:
        return (
            _(
                "“%(name)s” cannot come back: an organisation of this name and country is on "
                "record by now. Rename that one, or merge the two."
            )
            % named
        )
    return ""


# Links: branches, sign-ons and whatever else names an organisation


def _plan_links(planned: UndoPlan) -> None:
    for name, (model, column) in LINKS.items():
        rows = model._default_manager.filter(
            pk__in=planned.merge.journal.get(name, []), **{column: planned.kept}
        )
        if model is SignOn:
            rows = rows.exclude(decided_at__gt=planned.merge.created_at)
        planned.links[name] = list(rows.order_by("pk").values_list("pk", flat=True))
    anew = len(planned.merge.journal["sign_ons"]) - len(planned.links["sign_ons"])
    if anew:
        planned.notes.append(
            _("Sign-ons that were decided anew since the merge, or are gone: %(number)s.")
            % {"number": anew}
        )
    parent = planned.organization.parent_id
    if parent and not Organization.objects.filter(pk=parent).exists():
        planned.organization.parent_id = None
        planned.notes.append(_("What it was a branch of is no more."))


def _restore_parents(planned: UndoPlan) -> None:
    """Put the kept one back where it stood; let nobody come to stand below itself."""
    organization, kept = planned.organization, planned.kept
    if organization.pk in lineage(organization):
        organization.parent = None
        organization.save(update_fields=["parent"])
        planned.notes.append(_("What it was a branch of is one of its own branches by now."))
    change = planned.merge.journal.get("parent")
    if not change or not kept or kept.parent_id != change["after"]:
        return
    kept.parent_id = change["before"]
    exists = Organization.objects.filter(pk=kept.parent_id).exists()
    if exists and kept.pk not in lineage(kept):
        kept.save(update_fields=["parent"])


# Signatures


def _plan_signatures(planned: UndoPlan) -> None:
    merge, journal = planned.merge, planned.merge.journal["signatures"]
    moved = [from_record(Signature, record) for record in journal["moved"]]
    dropped = [from_record(Signature, entry["row"]) for entry in journal["dropped"]]
    letters = Letter.objects.in_bulk([was.letter_id for was in dropped])
    present = Signature.objects.select_related("letter").in_bulk([one.pk for one in moved])
    standing = set(
        Signature.objects.filter(organization=merge.kept_id).values_list("letter_id", flat=True)
    )
    for was in moved:
        now = present.get(was.pk)
        if now is None or now.organization_id != merge.kept_id:
            planned.notes.append(_gone(was))
        elif _signed_anew(was, now, planned.links["sign_ons"]):
            planned.restored.append(_withdrawn_copy(was, planned))
            planned.notes.append(
                _("“%(name)s” signed “%(letter)s” anew since; that listing stays with it.")
                % {"name": planned.kept, "letter": now.letter}
            )
        else:
            planned.moving.append(now)
            standing.discard(now.letter_id)
    for was, entry in zip(dropped, journal["dropped"], strict=True):
        if was.organization_id == merge.kept_id and was.letter_id in standing:
            continue  # it stands there under another row by now
        restored = _as_it_would_stand(was, entry, merge)
        if restored and was.letter_id in letters:
            planned.restored.append(restored)
        else:
            planned.notes.append(_gone(was))


def _gone(was: Signature) -> str:
    return _(
        "The listing “%(name)s” under “%(letter)s” is not put back: it was removed, moved or "
        "decided anew since."
    ) % {"name": was.name, "letter": Letter.objects.filter(pk=was.letter_id).first() or "–"}


def _signed_anew(was: Signature, now: Signature, returning: list[int]) -> bool:
    """Whether a withdrawn listing was revived since by somebody who stays with the kept one."""
    if now.withdrawn_at is not None:
        return False
    others = SignOnLetter.objects.filter(signature=now).exclude(sign_on__in=returning)
    return (
        was.withdrawn_at is not None
        or (was.signed_on, was.source) != (now.signed_on, now.source)
        or others.filter(sign_on__status=SignOn.Status.APPROVED).exists()
    )


def _withdrawn_copy(was: Signature, planned: UndoPlan) -> Restored:
    rows = SignOnLetter.objects.filter(signature=was.pk, sign_on__in=planned.links["sign_ons"])
    brought_by = list(rows.order_by("pk").values_list("pk", flat=True))
    was.pk = None
    was.withdrawn_at = was.withdrawn_at or _withdrawn_at(brought_by, planned.merge)
    return Restored(was, brought_by, [])


def _as_it_would_stand(
    was: Signature, entry: dict[str, Any], merge: OrganizationMerge
) -> Restored | None:
    """Return a dropped listing as it would stand now had there been no merge; None if nowhere."""
    rows = SignOnLetter.objects.filter(pk__in=entry["brought_by"])
    imported_by = entry.get("imported_by", [])
    if not rows:
        return Restored(
            was, [], imported_by
        )  # it never had a claim, or that was erased: the fact stands
    valid = rows.filter(signature=None, sign_on__organization=merge.kept_id)
    valid = valid.exclude(sign_on__decided_at__gt=merge.created_at).order_by("pk")
    keys = list(valid.values_list("pk", flat=True))
    if not keys:
        return None
    if not valid.filter(sign_on__status=SignOn.Status.APPROVED).exists():
        was.withdrawn_at = was.withdrawn_at or _withdrawn_at(keys, merge)
    return Restored(was, keys, imported_by)


def _part_listings(planned: UndoPlan) -> None:
    """Let each listing of a pair stand under its own text again, and have its own entries."""
    restored = {one.signature.pk for one in planned.restored}
    for entry in planned.merge.journal["signatures"]["dropped"]:
        was = from_record(Signature, entry["row"])
        if was.pk not in restored or "stays" not in entry:
            continue
        EditionSignatory.objects.take_back(entry["entries"], was.pk)
        stood = entry["stood_under"]
        # Unless it has re-affirmed a later one since.
        raised = Signature.objects.filter(pk=entry["stays"], text_version=was.text_version)
        if stood < was.text_version and (stays := raised.first()):
            stays.stand_under(stood)


def _withdrawn_at(rows: list[int], merge: OrganizationMerge) -> datetime:
    """Return when the last of these claims was withdrawn; without one, as early as may be."""
    events = SignOnEvent.objects.filter(
        sign_on__letter_rows__in=rows, kind=SignOnEvent.Kind.WITHDRAW
    )
    times = events.order_by("created_at").values_list("created_at", flat=True)
    return times.last() or merge.created_at


# Names


def _plan_names(planned: UndoPlan) -> None:
    records = list(OrganizationName.objects.filter(organization=planned.merge.kept_id))
    by_pk = {record.pk: record for record in records}
    by_key = {record.key: record for record in records}
    for pk, name, kind in planned.merge.journal["names"]["moved"]:
        # A later merge, undone since, may have put the name on record anew.
        record = by_pk.get(pk) or by_key.get(names.comparison_key(name))
        if record is None:
            planned.notes.append(
                _("The name “%(name)s” was struck off the record since.") % {"name": name}
            )
            continue
        if (kind, record.kind) == (OrganizationName.Kind.OFFICIAL, OrganizationName.Kind.ALIAS):
            record.kind = kind
        planned.names.append(record)


def _restore_names(planned: UndoPlan) -> None:
    organization, kept = planned.organization, planned.kept
    assert kept is not None
    journal = planned.merge.journal["names"]
    kept.names.filter(pk__in=journal["added"]).forget()
    for record in planned.names:
        record.organization = organization
        record.save(update_fields=["organization", "kind"])
    twins = {record.key: record for record in kept.names.all()}
    for entry in journal["dropped"]:
        theirs, ours = map(set, entry["taught_by"])
        if again := organization.remember(entry["name"], entry["kind"]):
            teach(again, theirs)
        if twin := twins.get(names.comparison_key(entry["name"])):
            teach(twin, (set(taught_by(twin)) - theirs) | ours)
    organization.remember_names()
    in_use = keys_in_use(kept)
    for record in planned.names:
        if record.key in in_use:
            kept.remember(record.name, OrganizationName.Kind.ALIAS)
