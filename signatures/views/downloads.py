"""Taking the letter, its list, its count and a picture of it elsewhere."""

import json
from datetime import UTC
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from openletters import languages
from signatures.models.signatures import Signature
from signatures.pages import papers, states
from signatures.pages.kept import Page, answer
from signatures.pages.share import share_picture
from signatures.pages.states import State
from signatures.papers import docx, pdf
from signatures.resources import public_csv
from signatures.typesetting import Busy

PAPERS = {
    "pdf": (pdf, "application/pdf"),
    "docx": (
        docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}

COME_AGAIN = 10
"""Seconds after which a paper can be asked for again where others were in line."""


@require_safe
def count_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell how many organisations stand under the letter, and since when that is so.

    `withheld` is how many of these are in no list, because their names are withheld.
    """

    def make(state: State) -> Page:
        letter = state.subject
        as_of = letter.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {
            "count": letter.signatory_count,
            "withheld": letter.withheld_count,
            "as_of": as_of,
        }
        return Page(json.dumps(told).encode(), "application/json")

    return answer(request, partial(states.of_letter, slug), make)


@require_safe
def signatories_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand out the public list as a table."""

    def make(state: State) -> Page:
        listed = Signature.objects.filter(letter=state.subject).current().in_list_order()
        name = f'attachment; filename="signatories-{state.subject.slug}.csv"'
        headers = {"Content-Disposition": name}
        return Page(public_csv(listed), "text/csv; charset=utf-8", headers)

    return answer(request, partial(states.of_letter, slug), make)


@require_safe
def share_png(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the picture that is shown beside a link to the letter."""

    def make(state: State) -> Page:
        return Page(share_picture(state.subject), "image/png")

    return answer(request, partial(states.of_letter, slug, "share"), make)


@require_safe
def paper(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Hand out the letter on paper, as it is now: to print, or to paste."""
    make_paper, content_type = PAPERS[kind]

    def make(state: State) -> Page:
        name = f'attachment; filename="{slug}-{languages.reading()}.{kind}"'
        body = papers.as_of_now(state.subject, make_paper)
        return Page(body, content_type, {"Content-Disposition": name})

    try:
        return answer(request, partial(states.of_letter, slug, kind), make, turn=papers.turn)
    except Busy:
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": str(COME_AGAIN)})
