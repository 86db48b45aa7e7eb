"""Reading: the letters, one letter, its signatories, its campaign.

No view here sets a cookie or depends on anything but the address.
"""

from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_countries import countries

from signatures import pages
from signatures.models.letters import Campaign, Letter
from signatures.models.organizations import Signature
from signatures.names import fold

NAMES_PER_PAGE = 200


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List the open letters, then the closed ones."""
    letters = list(
        Letter.objects.published().with_signatory_count().prefetch_related("translations")
    )
    return render(
        request,
        "signatures/home.html",
        {
            "open_letters": [letter for letter in letters if letter.is_open()],
            "closed_letters": [letter for letter in letters if not letter.is_open()],
        },
    )


@require_safe
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a letter with its current signatory count and list."""
    page = pages.letter_page(Letter.objects.published(), slug)
    return render(request, "signatures/letter.html", {"page": page, "letter": page.letter})


@require_safe
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the list alone: searchable, by country, 200 to a page."""
    letter: Letter = get_object_or_404(
        Letter.objects.published().with_signatory_count().prefetch_related("translations"),
        slug=slug,
    )
    listed = Signature.objects.filter(letter=letter).current()
    present = listed.exclude(organization__country="").values_list("organization__country")
    names = {code: countries.name(code) for (code,) in present.order_by().distinct()}
    query, country = request.GET.get("q", "").strip()[:200], request.GET.get("country", "")
    found = listed.search(query) if fold(query) or not query else listed.none()
    if country in names:
        found = found.filter(organization__country=country)
    paginator = Paginator(found.in_list_order().select_related("organization"), NAMES_PER_PAGE)
    try:
        page = paginator.page(request.GET.get("page", "1"))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    return render(
        request,
        "signatures/signatories.html",
        {
            "letter": letter,
            "page": page,
            "sections": _sections(page),
            "query": query,
            "country": country if country in names else "",
            "countries": sorted(names.items(), key=lambda pair: pair[1]),
        },
    )


def _sections(page: "Page[Signature]") -> list[dict[str, Any]]:
    """Return the page's initiators and its other names apart, each with its first number."""
    rows = list(page.object_list)
    initiators = [row for row in rows if row.is_initiator]
    first = page.start_index()
    sections = [
        {"title": _("Initiators"), "start": first, "signatures": initiators},
        {
            "title": _("Organisations") if initiators else "",
            "start": first + len(initiators),
            "signatures": rows[len(initiators) :],
        },
    ]
    return [section for section in sections if section["signatures"]]


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the letters that were issued together."""
    campaign = get_object_or_404(Campaign.objects.prefetch_related("translations"), slug=slug)
    letters = list(
        Letter.objects.published()
        .with_signatory_count()
        .filter(campaign=campaign)
        .prefetch_related("translations")
        .order_by("pk")
    )
    if not letters:
        raise Http404
    return render(request, "signatures/campaign.html", {"campaign": campaign, "letters": letters})
