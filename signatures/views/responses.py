"""What came back: a reply that is too long for the letter's page, and its file."""

import uuid
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from signatures import attachments
from signatures.models.letters import Addressee, Letter
from signatures.models.responses import Response, ResponseFile
from signatures.models.translated import read_translated
from signatures.pages import states, timeline
from signatures.pages.kept import Page, answer
from signatures.pages.offers import offer_of_interface
from signatures.pages.states import State


def _published(state: State, entry: uuid.UUID) -> Response:
    """Return a public entry of the letter's ledger. Raises Http404."""
    found = Response.objects.published().filter(letter=state.subject, entry=entry)
    responses = read_translated(found, "letter")
    if not responses:
        raise Http404
    return responses[0]


@require_safe
def response(request: HttpRequest, slug: str, entry: uuid.UUID) -> HttpResponse:
    """Show one entry of the ledger with the whole of its text."""

    def make(state: State) -> Page:
        found = _published(state, entry)
        [letter] = read_translated(Letter.objects.filter(pk=found.letter_id), "campaign")
        found.letter = letter
        parties = read_translated(Addressee.objects.filter(responses=found))
        for one in parties:
            one.letter = letter
        parties.sort(key=lambda one: (one.order, one.pk))
        context: dict[str, Any] = {
            "letter": letter,
            "campaign": letter.campaign,
            "event": timeline.of_response(found, parties),
            "languages": offer_of_interface(),
            "BANNER": state.switches.banner_text,
        }
        return Page(render_to_string("signatures/response.html", context, request).encode())

    return answer(request, partial(states.of_letter, slug, str(entry)), make)


@require_safe
def file(request: HttpRequest, slug: str, entry: uuid.UUID, digest: str, kind: str) -> HttpResponse:
    """Hand out the file of a public entry, as a download in every case."""
    name = f"{digest}.{kind}"

    def make(state: State) -> Page:
        found = _published(state, entry)
        if found.file != name:
            raise Http404
        kept = get_object_or_404(ResponseFile, file=name)
        called = f"{found.kind}-{found.dated:%Y-%m-%d}.{kind}"
        headers = {
            **attachments.HEADERS,
            "Content-Disposition": f'attachment; filename="{called}"',
        }
        return Page(bytes(kept.content), attachments.TYPES[kind], headers)

    return answer(request, partial(states.of_letter, slug, str(entry), name), make)
