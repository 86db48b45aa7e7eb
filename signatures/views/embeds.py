"""The letter in the pages of others: badge, frame, code, and how to find them (oEmbed)."""

import json
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from openletters import languages
from openletters.problems import problem
from signatures.models.letters import Letter
from signatures.models.translated import read_translated
from signatures.pages import embeds, states
from signatures.pages.kept import Page, answer
from signatures.pages.share import HEIGHT, WIDTH
from signatures.pages.states import State

FOR_ANYBODY = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""Lets pages of other sites show it."""

SVG = "image/svg+xml"


def _read(state: State) -> Letter:
    """Return the letter of a state with its texts. Raises Http404 if it is gone."""
    found = read_translated(Letter.objects.filter(pk=state.subject.pk), "campaign")
    if not found:
        raise Http404
    return found[0]


@require_safe
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the number of signatories."""

    def make(state: State) -> Page:
        context = {"badge": embeds.badge_of(_read(state))}
        drawn = render_to_string("signatures/badge.svg", context, request)
        return Page(drawn.encode(), SVG, FOR_ANYBODY)

    return answer(request, partial(states.of_letter, slug, "badge"), make)


@require_safe
def qr(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the letter's address, for telephones that look at paper."""

    def make(state: State) -> Page:
        letter = _read(state)
        drawn = embeds.code(embeds.address_of("letter", letter), str(letter.title))
        return Page(drawn, SVG)

    return answer(request, partial(states.of_letter, slug, "qr"), make)


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # it knows views without parts
def frame(request: HttpRequest, slug: str) -> HttpResponse:
    """Show title, count and the way to sign: the one page that other sites may frame."""

    def make(state: State) -> Page:
        letter = _read(state)
        context = {"letter": letter, "campaign": letter.campaign, "switches": state.switches}
        html = render_to_string("signatures/frame.html", context, request)
        return Page(html.encode(), headers=FOR_ANYBODY)

    return answer(request, partial(states.of_letter, slug, "frame"), make)


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Tell a site that was given a letter's address how to show it (oembed.com)."""
    if request.GET.get("format", "json") != "json":
        return problem(501, _("This is told in JSON alone."))
    try:
        widest = _pixels(request.GET.get("maxwidth", ""))
        highest = _pixels(request.GET.get("maxheight", ""))
    except ValueError:
        return problem(400)
    language, slug = _letter_at(request.GET.get("url", ""))

    def make(state: State) -> Page:
        told = _told(_read(state), widest, highest)
        return Page(json.dumps(told).encode(), "application/json")

    with languages.read_in(language):
        part = ("oembed", language, slug, str(widest), str(highest))
        # Of sizes there is no end.
        kept_as = part if widest is highest is None else None
        return answer(request, partial(states.of_letter, slug, *part), make, kept_as)


def _pixels(stated: str) -> int | None:
    """Return a size; None if there is none. Raises ValueError."""
    if not stated:
        return None
    size = int(stated) if stated.isascii() and len(stated) < 7 else 0
    if size < 1:
        raise ValueError(stated)
    return size


def _letter_at(address: str) -> tuple[str, str]:
    """Return the language and the slug of a letter's page. Raises Http404 if it is no such page."""
    parts = urlsplit(address) if address.startswith(f"{settings.SITE_URL}/") else None
    if parts is None:
        raise Http404
    language = languages.of_address(parts.path)
    try:
        match = resolve(languages.address_in(settings.LANGUAGE_CODE, parts.path))
    except Resolver404 as error:
        raise Http404 from error
    if match.view_name != "letter":
        raise Http404
    return language, match.kwargs["slug"]


def _told(letter: Letter, widest: int | None, highest: int | None) -> dict[str, Any]:
    width = min(embeds.FRAME_WIDTH, widest or embeds.FRAME_WIDTH)
    height = min(embeds.FRAME_HEIGHT, highest or embeds.FRAME_HEIGHT)
    told: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{settings.SITE_URL}/",
        "title": str(letter.title),
        "html": embeds.frame_snippet(letter, width, height),
        "width": width,
        "height": height,
        "cache_age": 3600,
    }
    if (widest or WIDTH) >= WIDTH and (highest or HEIGHT) >= HEIGHT:
        picture = embeds.address_of("share-picture", letter)
        told |= {
            "thumbnail_url": picture,
            "thumbnail_width": WIDTH,
            "thumbnail_height": HEIGHT,
        }
    return told
