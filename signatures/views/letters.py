"""Reading: the letters, one letter, its signatories, its campaign.

No view here sets a cookie or depends on anything but the address.
"""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from django_countries import countries

from signatures import nations
from signatures.models.letters import Campaign, Letter
from signatures.models.signatures import Signature
from signatures.models.translated import read_translated
from signatures.names import fold
from signatures.pages import listing, states
from signatures.pages.editions import delivered, deliveries
from signatures.pages.kept import Page, answer
from signatures.pages.letters import letter_page
from signatures.pages.offers import offer_of_campaign, offer_of_interface
from signatures.pages.states import State
from signatures.pages.timeline import Event, timelines


def _page(request: HttpRequest, template: str, state: State, context: dict[str, Any]) -> Page:
    context |= {
        "switches": state.switches,
        "paused": state.paused,
        "BANNER": state.switches.banner_text,
    }
    return Page(render_to_string(template, context, request).encode())


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List the open letters, then the closed ones."""

    def make(state: State) -> Page:
        letters = read_translated(Letter.objects.published())
        letters.sort(key=lambda letter: (letter.dated, -letter.pk), reverse=True)
        context = {
            "open_letters": [letter for letter in letters if letter.is_open()],
            "closed_letters": [letter for letter in letters if not letter.is_open()],
            "languages": offer_of_interface(),
        }
        return _page(request, "signatures/home.html", state, context)

    return answer(request, states.of_home, make)


@require_safe
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a letter with its current signatory count and list."""

    def make(state: State) -> Page:
        page = letter_page(state.subject)
        context = {
            "page": page,
            "letter": page.letter,
            "campaign": page.letter.campaign,
            "languages": page.languages,
        }
        return _page(request, "signatures/letter.html", state, context)

    return answer(request, partial(states.of_letter, slug), make)


@require_safe
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the list alone: searchable, by country, in parts of 200."""
    query = request.GET.get("q", "").strip()[:200]
    country = request.GET.get("country", "")
    if country and country not in countries.countries:
        raise Http404
    start = listing.Start.parse(request.GET.get("from", ""))

    def make(state: State) -> Page:
        letter = state.subject
        listed = Signature.objects.filter(letter=letter).current()
        present = {code: countries.name(code) for code in listing.countries_of(letter)}
        found, number = listed, letter.listed_count
        if query:
            found = listed.search(query) if fold(query) else listed.none()
        if country:
            found = found.filter(country=country)
            present.setdefault(country, countries.name(country))
        if query or country:
            number = found.count()
        made = deliveries(letter)
        part = listing.read(found, start, made[-1].edition if made else None)
        [translated] = read_translated(Letter.objects.filter(pk=letter.pk), "campaign") or [letter]
        asked = {"q": query, "country": country}
        context = {
            "letter": translated,
            "campaign": translated.campaign,
            "languages": offer_of_interface(_kept(asked, start)),
            "part": part,
            "delivered": delivered(letter, made),
            "previous": _address(asked, part.previous),
            "following": _address(asked, part.following),
            "found": number,
            "query": query,
            "country": country,
            "countries": sorted(present.items(), key=nations.in_order),
        }
        return _page(request, "signatures/signatories.html", state, context)

    about = (query, country, str(start))
    # What people search for is theirs, and rarely asked twice.
    kept_as = None if query else about
    return answer(request, partial(states.of_letter, slug, *about), make, kept_as)


def _address(asked: dict[str, str], start: listing.Start | None) -> str:
    """Return the address of a part of the list, as seen from the list."""
    if start is None:
        return ""
    return _kept(asked, start) or "."


def _kept(asked: dict[str, str], start: listing.Start) -> str:
    """Return what stands behind the address of a part of the list."""
    terms = {name: value for name, value in asked.items() if value}
    if start.number > 1:
        terms["from"] = str(start)
    return f"?{urlencode(terms)}" if terms else ""


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the letters that were issued together."""

    def make(state: State) -> Page:
        [campaign] = read_translated(Campaign.objects.filter(slug=slug)) or [None]
        letters = read_translated(Letter.objects.published().filter(campaign__slug=slug))
        if campaign is None or not letters:
            raise Http404
        letters.sort(key=lambda letter: letter.pk)
        offer = offer_of_campaign(campaign)
        lines = timelines(letters).values()
        events = [event for line in lines if line.tells for event in line.events]
        context = {
            "campaign": campaign,
            "letters": letters,
            "events": sorted(events, key=Event.order),
            "languages": offer,
        }
        return _page(request, "signatures/campaign.html", state, context)

    return answer(request, partial(states.of_campaign, slug), make)
