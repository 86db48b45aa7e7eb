"""The guide: to those who sign, and to staff."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from signatures import guide
from signatures.pages import states
from signatures.pages.kept import Page, answer
from signatures.pages.offers import Offer


def _topic(name: str) -> guide.Topic:
    return guide.topic(name, get_language() or "")


@require_safe
def signing(request: HttpRequest) -> HttpResponse:
    """Say how names are checked, how a mistake is put right, and what is kept."""

    def make(state: states.State) -> Page:
        shown = _topic(guide.SIGNING)
        context = {
            "topic": shown,
            "languages": Offer(guide.written_in(guide.SIGNING), shown.language),
            "BANNER": state.switches.banner_text,
        }
        return Page(render_to_string("signatures/guide.html", context, request).encode())

    return answer(request, states.of_the_site, make)


@require_safe
def staff(request: HttpRequest, topic: str = guide.STAFF[0]) -> HttpResponse:
    """Show a page of the guide for staff, with the others beside it."""
    shown = _topic(topic)
    context = admin.site.each_context(request) | {
        "topic": shown,
        "topics": [_topic(name) for name in guide.STAFF],
        "signing": _topic(guide.SIGNING),
        "title": shown.title,
    }
    return TemplateResponse(request, "admin/guide.html", context)
