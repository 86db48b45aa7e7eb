"""What a letter's page shows, read in a fixed number of queries however long its list is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Value
from django.http import Http404

from openletters.languages import Text
from signatures import markdown
from signatures.models.editions import not_in
from signatures.models.extensions import Extension
from signatures.models.letters import Addressee, Demand, Letter
from signatures.models.signatures import Signature
from signatures.models.translated import read_translated
from signatures.pages.editions import Delivered, delivered, deliveries
from signatures.pages.offers import Offer, offer_of
from signatures.pages.pictures import Pictures, count_rows, pictures
from signatures.pages.timeline import Timeline, timeline_of

LISTED_WHOLE = 1000
"""A list up to this length is printed on the letter itself."""

LISTED_AT_FIRST = 200
"""Of a longer one, the letter shows as many; the rest is on the list's own pages."""

Name = tuple[str, str, int]
"""A name as listed, the one in the organisation's own language or nothing, and the number of the
text that it stands under."""

LISTED = ("name", "local_name", "text_version", "position", "signed_on", "country")

Ordered = TypeVar("Ordered", Addressee, Demand)


@dataclass(frozen=True)
class LetterPage:
    """Everything on a letter's page."""

    letter: Letter
    addressees: list[Addressee]
    copied: list[Addressee]
    demands: list[Demand]
    lead_html: Text
    rest_html: Text
    initiators: list[Name]
    organizations: list[Name]
    siblings: list[Letter]
    languages: Offer
    pictures: Pictures
    extension: Extension | None
    """Why it closes when it does, if that was later once."""
    delivered: Delivered
    later: frozenset[int]
    """The numbers of those shown who signed after the last delivery."""
    timeline: Timeline

    @property
    def count(self) -> int:
        """How many organisations have signed."""
        return self.letter.signatory_count

    @property
    def first_number(self) -> int:
        """The number of the first organisation after the initiators."""
        return len(self.initiators) + 1

    @property
    def unlisted(self) -> int:
        """How many signatories only the full list has."""
        return self.letter.listed_count - len(self.initiators) - len(self.organizations)


def letter_page(letter: Letter) -> LetterPage:
    """Read the page of a letter, in a number of queries that its list does not raise.

    A long list takes one more, to be drawn; a delivery one that tells who withdrew since, and with
    a long list another that counts who came later; a closing time one, of its extension.

    Raises Http404 if the letter is gone.
    """
    together = read_translated(Letter.objects.issued_with(letter.slug), "campaign")
    siblings = {one.pk: one for one in together}
    try:
        letter = siblings.pop(letter.pk)
    except KeyError as error:
        raise Http404 from error
    addressees = in_order(read_translated(Addressee.objects.filter(letter=letter)))
    demands = in_order(read_translated(Demand.objects.filter(letter=letter)))
    for one in (*addressees, *demands):
        one.letter = letter  # which tells the language they fall back to
    current = Signature.objects.filter(letter=letter).current().in_list_order()
    whole = letter.listed_count <= LISTED_WHOLE
    made = deliveries(letter)
    came_later = not_in(made[-1].edition) if made else Value(value=False)
    listed = list(
        current.values_list(*LISTED, came_later)[: LISTED_WHOLE if whole else LISTED_AT_FIRST]
    )
    # A list that was read whole is not counted a second time.
    drawn = [(row[4], row[5], 1) for row in listed] if whole else count_rows(letter)
    later = frozenset(number for number, row in enumerate(listed, start=1) if row[6])
    body = letter.body_html
    lead_html, rest_html = markdown.split_lead(body)
    return LetterPage(
        letter=letter,
        addressees=[one for one in addressees if one.kind == Addressee.Kind.TO],
        copied=[one for one in addressees if one.kind == Addressee.Kind.COPY],
        demands=demands,
        lead_html=Text(lead_html, body.language),
        rest_html=Text(rest_html, body.language),
        initiators=[row[:3] for row in listed if row[3] is not None],
        organizations=[row[:3] for row in listed if row[3] is None],
        siblings=[siblings[pk] for pk in sorted(siblings) if siblings[pk].is_published()],
        languages=offer_of(letter, _texts(letter, addressees, demands)),
        pictures=pictures(drawn),
        extension=Extension.objects.of(letter).first() if letter.closes_at else None,
        delivered=delivered(letter, made, len(later) if whole else None),
        later=later,
        timeline=timeline_of(letter, addressees, demands),
    )


def _texts(letter: Letter, addressees: list[Addressee], demands: list[Demand]) -> list[Text]:
    """Return every text of a letter that its page shows."""
    shown = [letter.title, letter.place, letter.salutation, letter.demands_intro, letter.closing]
    for one in addressees:
        shown += [one.name, one.position, one.institution, one.postal_address]
    return [*shown, *(demand.text for demand in demands)]


def in_order(rows: "Sequence[Ordered]") -> "list[Ordered]":
    """Return addressees or demands as the letter has them."""
    return sorted(rows, key=lambda row: (row.order, row.pk))
