"""The letters, and one letter: what it says, and how many stand under it."""

from functools import partial
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Query, Router

from signatures.api import shapes
from signatures.api.telling import METHODS, address, page_of, tell, texts
from signatures.models.letters import Addressee, Campaign, Demand, Letter
from signatures.models.translated import read_translated
from signatures.models.versions import ADDRESSEE_TEXTS, DEMAND_TEXTS, LETTER_TEXTS
from signatures.pages import states
from signatures.pages.letters import in_order
from signatures.pages.states import State

router = Router(tags=["Letters"])

PER_PAGE = 50
FARTHEST = 10_000
"""The last page anybody can ask for."""

SAID = (*LETTER_TEXTS[:2], "summary", *LETTER_TEXTS[2:4], "body_html", *LETTER_TEXTS[4:])

NOWHERE = {404: shapes.Problem}
WRONG = {400: shapes.Problem, 404: shapes.Problem, 422: shapes.Invalid}

Slug = Annotated[str, Path(description="The last part of its page's address.")]
Language = Annotated[
    shapes.Language | None,
    Query(description="Texts in this language alone; what lacks it, in the authoritative one."),
]


@router.api_operation(
    METHODS,
    "/letters",
    url_name="letters",
    operation_id="listLetters",
    response={200: shapes.Letters, **WRONG},
    summary="Letters that the public can read",
)
def letters(
    request: HttpRequest,
    status: Annotated[shapes.Status | None, Query(description="Only open, or closed ones.")] = None,
    language: Annotated[
        shapes.Language | None,
        Query(description="Only those written in this language, and their texts in it alone."),
    ] = None,
    campaign: Annotated[
        str | None, Query(description="Only those of this campaign, by its slug.", max_length=50)
    ] = None,
    page: Annotated[int, Query(ge=1, le=FARTHEST, description="50 letters each.")] = 1,
) -> HttpResponse:
    """The newest first. A campaign or a page that there is not is a 404."""

    def make(state: State) -> shapes.Letters:
        published = Letter.objects.published()
        if campaign is not None:
            published = published.filter(campaign__slug=campaign)
        found = read_translated(published, "campaign")
        if campaign is not None and not found:
            raise Http404
        found = [
            one
            for one in found
            if (status is None or one.is_open() == (status == "open"))
            and (language is None or language in one.text_languages())
        ]
        found.sort(key=lambda one: (one.dated, -one.pk), reverse=True)
        start = (page - 1) * PER_PAGE
        if page > 1 and start >= len(found):
            raise Http404
        more = page + 1 if len(found) > start + PER_PAGE else None
        asked = {"status": status, "language": language, "campaign": campaign, "page": more}
        return shapes.Letters(
            count=len(found),
            next=address("letters", **asked) if more else None,
            letters=[summary(one, language) for one in found[start : start + PER_PAGE]],
        )

    part = ("letters", status or "", language or "", campaign or "", str(page))
    return tell(request, partial(states.of_home, *part), make, part)


@router.api_operation(
    METHODS,
    "/letters/{slug}",
    url_name="letter",
    operation_id="readLetter",
    response={200: shapes.Letter, **WRONG},
    summary="One letter, with all that it says",
)
def letter(request: HttpRequest, slug: Slug, language: Language = None) -> HttpResponse:
    """Its text, addressees and demands, in every language, and how many stand under it."""

    def make(state: State) -> shapes.Letter:
        found = read_translated(Letter.objects.filter(slug=slug), "campaign")
        if not found:
            raise Http404
        [letter] = found
        written = letter.text_languages()
        addressees = in_order(read_translated(Addressee.objects.filter(letter=letter)))
        demands = in_order(read_translated(Demand.objects.filter(letter=letter)))
        for one in (*addressees, *demands):
            one.letter = letter  # which tells the language they fall back to
        return shapes.Letter(
            **dict(summary(letter, language)) | {"texts": texts(letter, SAID, written, language)},
            addressees=[
                shapes.Addressee(
                    kind=one.kind,
                    country=one.country.code or "",
                    texts=texts(one, ADDRESSEE_TEXTS, written, language),
                )
                for one in addressees
            ],
            demands=[
                shapes.Demand(number=number, texts=texts(one, DEMAND_TEXTS, written, language))
                for number, one in enumerate(demands, start=1)
            ],
            text_version=letter.text_version or None,
            contact=letter.contact_email,
            links=_links(letter),
        )

    part = (language or "",)
    return tell(request, partial(states.of_letter, slug, *part), make, part)


@router.api_operation(
    METHODS,
    "/letters/{slug}/count",
    url_name="letter-count",
    operation_id="countSignatories",
    response={200: shapes.Count, **NOWHERE, 400: shapes.Problem},
    summary="How many organisations have signed",
)
def count(request: HttpRequest, slug: Slug) -> HttpResponse:
    """The number that every page, picture and list of the letter says."""

    def make(state: State) -> shapes.Count:
        return shapes.Count(**counted(state.subject))

    return tell(request, partial(states.of_letter, slug), make)


def counted(letter: Letter) -> dict[str, Any]:
    """Return how many stand under a letter, and since when."""
    return {
        "count": letter.signatory_count,
        "withheld": letter.withheld_count,
        "as_of": letter.as_of,
    }


def summary(letter: Letter, language: str | None = None) -> shapes.LetterSummary:
    """Return a letter as lists have it; read with its translations and its campaign."""
    written = letter.text_languages()
    campaign: Campaign | None = letter.campaign
    return shapes.LetterSummary.model_construct(
        **counted(letter),
        slug=letter.slug,
        address=page_of(letter),
        status="open" if letter.is_open() else "closed",
        dated=letter.dated,
        closes_at=letter.closes_at,
        language=letter.language,
        languages=written,
        campaign=campaign.slug if campaign else None,
        texts=texts(letter, ("title", "summary"), written, language),
    )


def _links(letter: Letter) -> dict[str, str]:
    """Return where to find what belongs to a letter."""
    page, here = page_of(letter), f"letters/{letter.slug}"
    return {
        "sign": f"{page}sign/",
        "list": f"{page}signatories/",
        "csv": f"{page}signatories.csv",
        "pdf": f"{page}letter.pdf",
        "docx": f"{page}letter.docx",
        "picture": f"{page}share.png",
        "badge": f"{page}badge.svg",
        "frame": f"{page}frame/",
        **{
            name: address(f"{here}/{name}")
            for name in ("count", "signatories", "versions", "editions", "timeline")
        },
    }
