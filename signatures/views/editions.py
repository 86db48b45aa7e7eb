"""Reading a letter as it was delivered, and taking its files along."""

import json
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from openletters import languages
from signatures.models.letters import Letter
from signatures.models.translated import read_translated
from signatures.pages import states
from signatures.pages.editions import deliveries, edition_json, edition_page, file_content
from signatures.pages.kept import Page, answer
from signatures.pages.offers import offer_of_interface
from signatures.pages.states import State

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
def editions(request: HttpRequest, slug: str) -> HttpResponse:
    """List what was delivered, when and to whom."""

    def make(state: State) -> Page:
        found = read_translated(Letter.objects.filter(pk=state.subject.pk), "campaign")
        made = [one for letter in found for one in deliveries(letter)]
        if not made:
            raise Http404
        [letter] = found
        context = {
            "letter": letter,
            "campaign": letter.campaign,
            "deliveries": made[::-1],
            "languages": offer_of_interface(),
            "BANNER": state.switches.banner_text,
        }
        return Page(render_to_string("signatures/editions.html", context, request).encode())

    return answer(request, partial(states.of_letter, slug, "editions"), make)


@require_safe
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a letter's edition: to whom it went, with whom, and how to verify it."""

    def make(state: State) -> Page:
        page = edition_page(state.subject, number)
        context = {
            "page": page,
            "letter": page.letter,
            "campaign": page.letter.campaign,
            "languages": offer_of_interface(),
            "BANNER": state.switches.banner_text,
        }
        return Page(render_to_string("signatures/edition.html", context, request).encode())

    return answer(request, partial(states.of_letter, slug, "edition", str(number)), make)


@require_safe
def as_json(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Hand out an edition with all that it takes to verify it without us."""

    def make(state: State) -> Page:
        told = edition_json(state.subject, number)
        return Page(json.dumps(told, ensure_ascii=False).encode(), "application/json")

    return answer(request, partial(states.of_letter, slug, "edition", str(number)), make)


@require_safe
def file(
    request: HttpRequest, slug: str, number: int, kind: str, language: str = ""
) -> HttpResponse:
    """Hand out a file of an edition, to the byte as it was delivered."""
    if language and language not in languages.codes():
        raise Http404

    def make(state: State) -> Page:
        content = file_content(state.subject, number, kind, language)
        parts = [state.subject.slug, "edition", str(number), *filter(None, [language])]
        name = f'attachment; filename="{"-".join(parts)}.{kind}"'
        return Page(content, TYPES[kind], {"Content-Disposition": name})

    return answer(request, partial(states.of_letter, slug, "edition", str(number)), make)
