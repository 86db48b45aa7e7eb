"""The versions of a letter's text: what has changed, and each as data."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from signatures import canonical
from signatures.models.letters import Letter
from signatures.models.translated import read_translated
from signatures.models.versions import TextVersion
from signatures.pages import states
from signatures.pages.kept import Page, answer
from signatures.pages.offers import offer_of_interface
from signatures.pages.states import State
from signatures.pages.versions import public_versions


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """List the versions that the public could read, and what has changed from one to the next."""

    def make(state: State) -> Page:
        letter = state.subject
        [translated] = read_translated(Letter.objects.filter(pk=letter.pk), "campaign") or [letter]
        context = {
            "letter": translated,
            "campaign": translated.campaign,
            "languages": offer_of_interface(),
            "versions": public_versions(translated),
            "switches": state.switches,
            "BANNER": state.switches.banner_text,
        }
        return Page(render_to_string("signatures/versions.html", context, request).encode())

    return answer(request, partial(states.of_letter, slug, "versions"), make)


@require_safe
def version_json(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Hand out one version as canonical JSON, whose SHA-256 its page tells."""

    def make(state: State) -> Page:
        # A larger number no database could be asked for.
        version = None
        if number <= state.subject.text_version:
            version = TextVersion.objects.public(state.subject).filter(number=number).first()
        if version is None:
            raise Http404
        return Page(canonical.packed(version.content), "application/json")

    return answer(request, partial(states.of_letter, slug, "version"), make)
