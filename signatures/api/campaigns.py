"""The campaigns: letters that were issued together."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from signatures.api import shapes
from signatures.api.letters import WRONG, Language, Slug, summary
from signatures.api.telling import METHODS, page_of, tell, texts
from signatures.models.letters import Campaign, Letter
from signatures.models.translated import read_translated
from signatures.pages import states
from signatures.pages.offers import offer_of_campaign
from signatures.pages.states import State

router = Router(tags=["Campaigns"])


@router.api_operation(
    METHODS,
    "/campaigns",
    url_name="campaigns",
    operation_id="listCampaigns",
    response={200: shapes.Campaigns, **WRONG},
    summary="Campaigns with a letter that the public can read",
)
def campaigns(request: HttpRequest, language: Language = None) -> HttpResponse:
    """By their slugs."""

    def make(state: State) -> shapes.Campaigns:
        public = Letter.objects.published().values("campaign")
        found = read_translated(Campaign.objects.filter(pk__in=public))
        found.sort(key=lambda one: one.slug)
        return shapes.Campaigns(campaigns=[_summary(one, language) for one in found])

    part = ("campaigns", language or "")
    return tell(request, partial(states.of_home, *part), make, part)


@router.api_operation(
    METHODS,
    "/campaigns/{slug}",
    url_name="campaign",
    operation_id="readCampaign",
    response={200: shapes.Campaign, **WRONG},
    summary="One campaign, with its letters",
)
def campaign(request: HttpRequest, slug: Slug, language: Language = None) -> HttpResponse:
    """Its letters in the order in which they were written here."""

    def make(state: State) -> shapes.Campaign:
        found = read_translated(Campaign.objects.filter(slug=slug))
        published = Letter.objects.published().filter(campaign__slug=slug)
        letters = read_translated(published, "campaign")
        if not found or not letters:
            raise Http404
        [campaign] = found
        letters.sort(key=lambda letter: letter.pk)
        return shapes.Campaign(
            **dict(_summary(campaign, language)),
            letters=[summary(letter, language) for letter in letters],
        )

    part = (language or "",)
    return tell(request, partial(states.of_campaign, slug, *part), make, part)


def _summary(campaign: Campaign, language: str | None) -> shapes.CampaignSummary:
    written = offer_of_campaign(campaign).texts
    return shapes.CampaignSummary(
        slug=campaign.slug,
        address=page_of(campaign),
        language=campaign.language,
        languages=written,
        texts=texts(campaign, ("title", "summary"), written, language),
    )
