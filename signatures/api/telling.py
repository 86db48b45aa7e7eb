"""How the interface answers: one page of JSON for each state of what it is about."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from openletters import languages
from signatures.api.shapes import Texts
from signatures.models.letters import Campaign, Letter
from signatures.models.translated import Translated
from signatures.pages.kept import Page, answer
from signatures.pages.states import Reader, State

ROOT = "/api/v1"

METHODS = ["GET", "HEAD"]


def tell(
    request: HttpRequest,
    read_state: Reader,
    make: Callable[[State], Schema],
    part: tuple[str, ...] | None = (),
) -> HttpResponse:
    """Answer with what `make` says of the state that `read_state` reads, kept like a page.

    `part` is what of the query it depends on; None for an answer not to be kept.
    """

    def page(state: State) -> Page:
        return Page(make(state).model_dump_json().encode(), "application/json")

    return answer(request, read_state, page, part)


def address(path: str, **terms: str | int | None) -> str:
    """Return the whole address of something in the interface, with what is asked for."""
    asked = urlencode({name: term for name, term in terms.items() if term})
    return f"{settings.SITE_URL}{ROOT}/{path}{'?' if asked else ''}{asked}"


def page_of(thing: Letter | Campaign) -> str:
    """Return the whole address of a page in the authoritative language of what it is about."""
    with languages.read_in(thing.language):
        return f"{settings.SITE_URL}{thing.get_absolute_url()}"


def texts(row: Translated, fields: Iterable[str], wanted: Iterable[str], only: str | None) -> Texts:
    """Return the `fields` of a row in the languages it is written in, of those `wanted`.

    In `only` one language, if that is named: where the row lacks it, in the authoritative one.
    """
    written: dict[str, Any] = {one.language_code: one for one in row.translations.all()}
    if only:
        wanted = [only if only in written else row.authoritative_language()]
    return {
        code: {field: getattr(written[code], field) for field in fields}
        for code in wanted
        if code in written
    }
