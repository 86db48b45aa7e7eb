"""Taking a name out of everything that tells it, because it is withheld from now on."""

from collections.abc import Iterable

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from signatures.models import name_index
from signatures.models.distinctions import Distinction
from signatures.models.import_rows import ImportRow
from signatures.models.merges import OrganizationMerge
from signatures.models.organizations import Organization, Signature
from signatures.models.sign_ons import SignOn
from signatures.models.splits import OrganizationSplit


def forget_claim(sign_on: SignOn, told_before: tuple[str, str]) -> None:
    """Leave the name of a claim, which is withheld by now, nowhere beside it in the clear."""
    _blank(ImportRow.objects.filter(sign_on=sign_on))
    key, country = told_before
    key_now, _country = sign_on.told_by
    Distinction.objects.filter(key=key, country=country).update(key=key_now)


def forget_organization(organization: Organization, listed_as: Iterable[str]) -> None:
    """Forget an organisation that stands under no letter by its name any more.

    With it go the records of merges and splits, which can then no longer be undone, the rows of
    imports that state it, and what the admin's log calls it. `listed_as` are names under which it
    stood until now. To be called in a transaction that holds the organisation.
    """
    listings = Signature.objects.filter(organization=organization)
    if listings.current().exists():
        return
    names = {*organization.names.values_list("name", flat=True), organization.official_name}
    names |= {*listed_as, *listings.values_list("name", flat=True)}
    of_it = Q(organization=organization) | Q(suggested=organization) | Q(signatures__in=listings)
    _blank(ImportRow.objects.filter(of_it))
    _blank_log(organization, names)
    listings.delete()
    organization.branches.update(parent=None)
    merges = OrganizationMerge.objects
    merges.filter(Q(kept=organization) | Q(removed_key=organization.pk)).delete()
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


def _blank_log(organization: Organization, names: set[str]) -> None:
    """Let the admin's log say that something was done, and not to whom."""
    content_type = ContentType.objects.get_for_model(Organization)
    told = Q(object_repr__in=names) | Q(content_type=content_type, object_id=organization.pk)
    for name in names:
        told |= Q(change_message__contains=name)
    LogEntry.objects.filter(told).update(object_repr="–", change_message="")
