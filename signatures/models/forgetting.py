"""Taking a name out of everything that tells it, because it is withheld from now on."""

from collections.abc import Collection, Mapping

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from signatures.models import name_index
from signatures.models.distinctions import Distinction
from signatures.models.editions import EditionSignatory
from signatures.models.import_rows import ImportRow
from signatures.models.imports import SignatoryImport
from signatures.models.merges import OrganizationMerge
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature
from signatures.models.splits import OrganizationSplit
from signatures.names import comparison_key

OVER = (SignatoryImport.Status.COMMITTED, SignatoryImport.Status.UNDONE)
"""States of an import whose rows nobody decides about any more."""


def forget_claim(sign_on: SignOn, told_before: tuple[str, str]) -> None:
    """Leave the name of a claim, which is withheld by now, nowhere beside it in the clear."""
    _blank(ImportRow.objects.filter(sign_on=sign_on))
    key, country = told_before
    key_now, _country = sign_on.told_by
    Distinction.objects.filter(key=key, country=country).update(key=key_now)
    stated = {sign_on.name, sign_on.local_name, sign_on.listed_name} - {""}
    keys = {comparison_key(name) for name in stated}
    if not OrganizationName.objects.filter(key__in=keys).exists():
        # It may have been listed, and that undone since.
        imports = ImportRow.objects.filter(batch__status__in=OVER)
        _blank(imports.filter(key__in=keys))
        _blank_log(Q(), stated)
        EditionSignatory.objects.forget((), stated, country)
        name_index.forget_words(stated)


def forget_entries(organization: Organization | None, listings: Collection[int]) -> None:
    """Leave these listings in no edition, nor those that gave way to them in merges."""
    gone = set(listings)
    if organization:
        merges = OrganizationMerge.objects.filter(kept__in=_merged_into(organization))
        letters = set(Signature.objects.filter(pk__in=gone).values_list("letter", flat=True))
        for journal in merges.values_list("journal", flat=True):
            rows = [entry["row"] for entry in journal["signatures"]["dropped"]]
            gone |= {int(row["id"]) for row in rows if int(row["letter_id"]) in letters}
    EditionSignatory.objects.forget(gone)


def forget_organization(organization: Organization, listed_as: Mapping[int, str]) -> None:
    """Forget an organisation that stands under no letter by its name any more.

    With it go the records of merges and splits, which can then no longer be undone, the rows of
    imports that state it, and what the admin's log calls it. `listed_as` are the names under which
    it stood until now, by the keys of those listings. To be called in a transaction
    that holds the organisation.
    """
    listings = Signature.objects.filter(organization=organization)
    if listings.current().exists():
        return
    names = {*organization.names.values_list("name", flat=True), organization.official_name}
    names |= {*listed_as.values(), *listings.values_list("name", flat=True)}
    of_it = Q(organization=organization) | Q(suggested=organization) | Q(signatures__in=listings)
    _blank(ImportRow.objects.filter(of_it))
    merges = OrganizationMerge.objects
    merged = _merged_into(organization)
    about = Q(content_type=ContentType.objects.get_for_model(Organization), object_id__in=merged)
    about |= Q(
        content_type=ContentType.objects.get_for_model(Signature),
        object_id__in=[*listed_as, *listings.values_list("pk", flat=True)],
    )
    _blank_log(about, names)
    forget_entries(organization, listings.values_list("pk", flat=True))
    EditionSignatory.objects.forget((), names, organization.country.code or "")
    listings.delete()
    organization.branches.update(parent=None)
    merges.filter(Q(kept__in=merged) | Q(removed_key__in=merged)).delete()
    splits = OrganizationSplit.objects
    splits.filter(Q(origin=organization) | Q(created=organization)).delete()
    organization.delete()
    name_index.forget_words(names)


def _blank(rows: QuerySet[ImportRow]) -> None:
    """Let rows of imports say nothing any more of what they stated."""
    chosen = list(rows.values_list("pk", flat=True))
    nothing = dict.fromkeys(("name", "local_name", "acronym", "website", "key", "squashed"), "")
    ImportRow.objects.filter(pk__in=chosen).update(
        **nothing,
        cells={},
        problems=[],
        candidates=[],
        namesakes=[],
        organization=None,
        suggested=None,
    )


def _merged_into(organization: Organization) -> set[int]:
    """Return the key of an organisation, and those of all that went into it, one after another."""
    keys, new = set(), {organization.pk}
    while new:
        keys |= new
        merges = OrganizationMerge.objects.filter(kept__in=new, undone_at=None)
        new = set(merges.values_list("removed_key", flat=True)) - keys
    return keys


def _blank_log(about: Q, names: set[str]) -> None:
    """Let the admin's log say that something was done, and not to whom."""
    told = about | Q(object_repr__in=names)
    for name in names:
        told |= Q(change_message__contains=name)
    LogEntry.objects.filter(told).update(object_repr="–", change_message="")
