"""The list of a letter's signatories, in parts."""

from functools import partial
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django_countries import countries
from ninja import Query, Router

from signatures.api import shapes
from signatures.api.letters import WRONG, Slug, counted
from signatures.api.telling import METHODS, address, tell
from signatures.models.signatures import Signature
from signatures.names import fold
from signatures.pages import listing, states
from signatures.pages.states import State

router = Router(tags=["Letters"])

COLUMNS = ("name", "local_name", "country", "position", "signed_on", "text_version")

Section = Literal["initiator", "none"]


@router.api_operation(
    METHODS,
    "/letters/{slug}/signatories",
    url_name="signatories",
    operation_id="listSignatories",
    response={200: shapes.Signatories, **WRONG},
    summary="The organisations that are listed under a letter",
)
def signatories(
    request: HttpRequest,
    slug: Slug,
    country: Annotated[
        str | None,
        Query(pattern="^[A-Z]{2}$", description="Only those of a country, by its two letters."),
    ] = None,
    section: Annotated[
        Section | None, Query(description="Only the initiators, or all but them.")
    ] = None,
    q: Annotated[
        str | None,
        Query(max_length=200, description="Only those with all of these words in their names."),
    ] = None,
    start: Annotated[
        str,
        Query(
            alias="from",
            max_length=listing.LONGEST_START,
            description="Where a part starts, as `next` has it.",
        ),
    ] = "",
) -> HttpResponse:
    """200 at a time, in the order of the letter's own page. Follow `next` to the end.

    What has been withdrawn is in no list, nor are names that are withheld.
    """
    words = (q or "").strip()
    begin = listing.Start.parse(start)

    def make(state: State) -> shapes.Signatories:
        letter = state.subject
        found, number = Signature.objects.filter(letter=letter).current(), letter.listed_count
        if words:
            found = found.search(words) if fold(words) else found.none()
        if country:
            found = found.filter(country=country)
        if section:
            found = found.filter(position__isnull=section == "none")
        if words or country or section:
            number = found.count()
        rows = listing.read_rows(found, begin, *COLUMNS)
        asked = {"q": q, "country": country, "section": section}
        more = asked | {"from": str(rows.following)} if rows.following else None
        return shapes.Signatories(
            **counted(letter),
            found=number,
            next=address(f"letters/{slug}/signatories", **more) if more else None,
            signatories=[
                shapes.Signatory.model_construct(
                    number=place,
                    name=name,
                    local_name=local_name,
                    country=country,
                    section=None if position is None else "initiator",
                    signed_on=signed_on,
                    text_version=text_version or None,
                )
                for place, (
                    name,
                    local_name,
                    country,
                    position,
                    signed_on,
                    text_version,
                ) in enumerate(rows.rows, start=begin.number)
            ],
        )

    about = (words, country or "", section or "", str(begin))
    # What people search for is theirs; and of countries there are not so many.
    is_kept = not words and (not country or country in countries.countries)
    return tell(request, partial(states.of_letter, slug, *about), make, about if is_kept else None)
