"""What became of a letter: the versions of its text, and the editions that were delivered."""

from datetime import datetime
from functools import partial
from typing import Annotated, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Query, Router

from openletters import languages
from signatures import canonical
from signatures.api import shapes
from signatures.api.letters import WRONG, Slug
from signatures.api.telling import METHODS, page_of, tell
from signatures.models.editions import Edition
from signatures.models.letters import Letter
from signatures.models.translated import read_translated
from signatures.models.versions import TextVersion
from signatures.pages import states, timeline
from signatures.pages.states import State

router = Router(tags=["Afterwards"])

Number = Annotated[int, Path(ge=1, le=32_767, description="As it is numbered, from 1.")]


@router.api_operation(
    METHODS,
    "/letters/{slug}/versions",
    url_name="versions",
    operation_id="listVersions",
    response={200: shapes.Versions, **WRONG},
    summary="The versions of a letter's text",
)
def versions(request: HttpRequest, slug: Slug) -> HttpResponse:
    """Each is a text that the public was asked to sign. The first one comes first."""

    def make(state: State) -> shapes.Versions:
        found = TextVersion.objects.public(state.subject).defer("content")
        return shapes.Versions(versions=[_version(one, state.subject) for one in found])

    return tell(request, partial(states.of_letter, slug), make)


@router.api_operation(
    METHODS,
    "/letters/{slug}/versions/{number}",
    url_name="version",
    operation_id="readVersion",
    response={200: shapes.Version, **WRONG},
    summary="One version of a letter's text",
)
def version(request: HttpRequest, slug: Slug, number: Number) -> HttpResponse:
    """With the whole text, in every language it had."""

    def make(state: State) -> shapes.Version:
        one = TextVersion.objects.public(state.subject).filter(number=number).first()
        if one is None:
            raise Http404
        return _version(one, state.subject).model_copy(update={"content": one.content})

    return tell(request, partial(states.of_letter, slug), make)


@router.api_operation(
    METHODS,
    "/letters/{slug}/timeline",
    url_name="timeline",
    operation_id="readTimeline",
    response={200: shapes.Timeline, **WRONG},
    summary="What became of a letter",
)
def events(
    request: HttpRequest,
    slug: Slug,
    language: Annotated[
        shapes.Language | None, Query(description="Told in this language, where it can be.")
    ] = None,
) -> HttpResponse:
    """The earliest first: deliveries, answers, and where the demands stand."""

    def make(state: State) -> shapes.Timeline:
        found = read_translated(Letter.objects.filter(pk=state.subject.pk))
        if not found:
            raise Http404
        with languages.read_in(language or found[0].language):
            return shapes.Timeline(
                events=[_event(one) for one in timeline.events(found[0])],
            )

    part = (language or "",)
    return tell(request, partial(states.of_letter, slug, *part), make, part)


def _event(one: timeline.Event) -> shapes.Event:
    def whole(path: str) -> str | None:
        return f"{settings.SITE_URL}{path}" if path else None

    return shapes.Event(
        id=one.id,
        kind=str(one.kind),
        at=canonical.moment(one.at) if isinstance(one.at, datetime) else one.at.isoformat(),
        told_at=one.told_at,
        title=str(one.title),
        text=str(one.text),
        language=one.text.language or one.title.language,
        addressees=[str(addressee) for addressee in one.addressees],
        demand=str(one.about),
        status=one.status or None,
        source=one.source or None,
        address=whole(one.address) or "",
        file=whole(one.file),
    )


@router.api_operation(
    METHODS,
    "/letters/{slug}/editions",
    url_name="editions",
    operation_id="listEditions",
    response={200: shapes.Editions, **WRONG},
    summary="A letter's editions",
)
def editions(request: HttpRequest, slug: Slug) -> HttpResponse:
    """Each is the letter as it was delivered. The first one comes first."""

    def make(state: State) -> shapes.Editions:
        found = Edition.objects.filter(letter=state.subject).order_by("number")
        rows = found.select_related("letter", "version").defer("content", "version__content")
        return shapes.Editions(editions=[_edition(one) for one in rows])

    return tell(request, partial(states.of_letter, slug), make)


@router.api_operation(
    METHODS,
    "/letters/{slug}/editions/{number}",
    url_name="edition",
    operation_id="readEdition",
    response={200: shapes.Edition, **WRONG},
    summary="One edition of a letter",
)
def edition(request: HttpRequest, slug: Slug, number: Number) -> HttpResponse:
    """With all that its fingerprint covers: of each signatory, a fingerprint."""

    def make(state: State) -> shapes.Edition:
        found = Edition.objects.filter(letter=state.subject, number=number)
        one = found.select_related("letter", "version").defer("version__content").first()
        if one is None:
            raise Http404
        return shapes.Edition(**dict(_edition(one)), content=one.content)

    return tell(request, partial(states.of_letter, slug), make)


def _version(one: TextVersion, letter: Letter) -> shapes.Version:
    # How the first one came about, and when, only those know who read it before it was public.
    told = one.number > (letter.public_version or letter.text_version)
    since = one.made_at if told else letter.opens_at or one.made_at
    return shapes.Version(
        number=one.number,
        kind=cast("shapes.Kind", one.kind if told else TextVersion.Kind.FIRST),
        made_at=since,
        note=one.note if told else "",
        reaffirm_by=one.reaffirm_by if told else None,
        sha256=one.sha256,
    )


def _edition(one: Edition) -> shapes.EditionSummary:
    return shapes.EditionSummary(
        number=one.number,
        address=f"{page_of(one.letter)}editions/{one.number}/",
        delivered_at=one.delivered_at,
        text_version=one.version.number,
        count=one.count,
        withheld=one.withheld_count,
        sha256=one.sha256,
    )
