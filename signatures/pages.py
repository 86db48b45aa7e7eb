"""What the public pages show, read in a fixed number of queries however long a list is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from parler.models import TranslatableModel

from signatures import markdown
from signatures.models.letters import Addressee, Demand, Letter
from signatures.models.organizations import Signature

LISTED_ON_LETTER = 1000
"""Signatories printed on the letter itself; a longer list continues on its own page."""

Translated = TypeVar("Translated", bound=TranslatableModel)


@dataclass(frozen=True)
class LetterPage:
    """Everything on a letter's page."""

    letter: Letter
    addressees: list[Addressee]
    copied: list[Addressee]
    demands: list[Demand]
    lead_html: str
    rest_html: str
    initiators: list[Signature]
    organizations: list[Signature]
    count: int
    siblings: list[Letter]
    as_of: datetime

    @property
    def first_number(self) -> int:
        """The number of the first organisation after the initiators."""
        return len(self.initiators) + 1

    @property
    def unlisted(self) -> int:
        """How many signatories only the full list has."""
        return self.count - len(self.initiators) - len(self.organizations)


def letter_page(letters: QuerySet[Letter], slug: str) -> LetterPage:
    """Read the page of the letter called `slug` among `letters`, in at most six queries.

    Raises Http404 when it is not among them.
    """
    as_of = timezone.now()
    found = read_translated(letters.filter(slug=slug), "campaign")
    if not found:
        raise Http404
    letter = found[0]
    addressees = read_translated(Addressee.objects.filter(letter=letter))
    addressees.sort(key=lambda addressee: (addressee.order, addressee.pk))
    demands = read_translated(Demand.objects.filter(letter=letter))
    demands.sort(key=lambda demand: (demand.order, demand.pk))
    current = Signature.objects.filter(letter=letter).current()
    listed = list(
        current.in_list_order().only("name", "local_name", "position")[: LISTED_ON_LETTER + 1]
    )
    count = len(listed)
    if count > LISTED_ON_LETTER:
        count, listed = current.count(), listed[:LISTED_ON_LETTER]
    siblings: list[Letter] = []
    if letter.campaign_id:
        others = Letter.objects.published().filter(campaign=letter.campaign_id)
        siblings = read_translated(others.exclude(pk=letter.pk))
        siblings.sort(key=lambda sibling: sibling.pk)
    lead_html, rest_html = markdown.split_lead(letter.body_html)
    return LetterPage(
        letter=letter,
        addressees=[one for one in addressees if one.kind == Addressee.Kind.TO],
        copied=[one for one in addressees if one.kind == Addressee.Kind.COPY],
        demands=demands,
        lead_html=lead_html,
        rest_html=rest_html,
        initiators=[signature for signature in listed if signature.is_initiator],
        organizations=[signature for signature in listed if not signature.is_initiator],
        count=count,
        siblings=siblings,
        as_of=as_of,
    )


def read_translated(queryset: "QuerySet[Translated]", *related: str) -> list[Translated]:
    """Return the rows of `queryset` with all their translations, in one query instead of two.

    Rows that `related` names are read along.
    """
    texts: Any = queryset.model._parler_meta.root_model
    rows: dict[int, Translated] = {}
    translations: dict[int, list[Any]] = defaultdict(list)
    along = ("master", *(f"master__{name}" for name in related))
    for text in texts.objects.filter(master__in=queryset).select_related(*along):
        rows.setdefault(text.master_id, text.master)
        translations[text.master_id].append(text)
    for pk, row in rows.items():
        row._prefetched_objects_cache = {"translations": translations[pk]}
    return list(rows.values())
