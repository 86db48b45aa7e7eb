"""Sign-ons from organisers' own forms: a campaign takes them once staff have made a key for it.

Checked, confirmed, moderated and limited like those of our own form, and answered as evenly: what
was known of an organisation or an address, only the mailbox learns.
"""

import json
from collections.abc import Iterable
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router, Schema
from ninja.security import HttpBearer
from pydantic import ConfigDict, Field

from openletters import languages
from openletters.problems import problem
from signatures import consent, throttling
from signatures.api import shapes
from signatures.api.letters import WRONG, Slug
from signatures.api.telling import METHODS, tell
from signatures.forms import LONGEST_INPUT, SignOnForm
from signatures.models.api_keys import ApiKey
from signatures.models.flags import Flag
from signatures.models.letters import Letter
from signatures.models.signatures import Signature
from signatures.models.switches import of_letter, switched
from signatures.pages import states
from signatures.submitting import submit

router = Router(tags=["Signing"])

Line = Annotated[str, Field(max_length=LONGEST_INPUT)]
TextNumber = Annotated[int, Field(strict=True, ge=1, le=32_767)]

ACCEPTED = gettext_lazy(
    "If all is in order, a mail is on its way to the address of the contact. The sign-on counts "
    "once a link in it was followed and confirmed, and people have checked the name."
)


class Declaration(Schema):
    """What whoever signs for an organisation declares. Show it beside a box to tick."""

    version: str
    language: str = Field(description="The language that it is in.")
    wording: str
    updates_wording: str = Field(description="For the second box, which may stay empty.")


class SignOnStated(Schema):
    """A sign-on as somebody has stated it in a form. What is not known here is refused."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(description="The organisation's name as it should be listed.")
    country: Line = Field(description="Where it is based: two letters (ISO 3166-1).")
    contact_name: Line = Field(description="Never published, like all of the contact.")
    contact_title: Line = Field(description="Their position in the organisation.")
    email: Line = Field(description="Where the link goes that confirms it.")
    local_name: Line = Field("", description="In the organisation's own language and script.")
    acronym: Line = ""
    website: Line = Field("", description="Helps people to check it.")
    withhold_name: bool = Field(
        False, strict=True, description="Count the organisation, and do not publish its name."
    )
    updates: bool = Field(
        False,
        strict=True,
        description="Whether the box for mails about what comes of it was ticked.",
    )
    letters: list[Line] | None = Field(
        None, max_length=100, description="Slugs; all of the campaign that are open, without it."
    )
    text_versions: dict[Line, TextNumber] = Field(
        {},
        max_length=100,
        description="Which text of each letter was shown: its `text_version`, by slug. Without it "
        "the present one is signed.",
    )
    language: shapes.Language = Field(
        "en", description="In which the form was filled in; mails and errors come in it."
    )
    declaration_version: Line = Field(description="That of the declaration that was shown.")
    declaration: Line = Field(description="Its wording, exactly as it was shown.")
    authorized: bool = Field(strict=True, description="Whether its box was ticked.")


class Accepted(Schema):
    """The same whatever was known before."""

    detail: str


class Key(HttpBearer):
    """The key that staff have made for a campaign, or for a letter that stands alone.

    Without the right one the answer is the same everywhere: nobody learns where sign-ons are taken.
    """

    def __call__(self, request: HttpRequest) -> ApiKey | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        match = request.resolver_match
        key = ApiKey.objects.opened_by(secret.strip()) if scheme.lower() == "bearer" else None
        if key is None or match is None:
            return None
        about = key.campaign if match.url_name == "campaign-sign-ons" else key.letter
        return key if about is not None and about.slug == match.kwargs["slug"] else None

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Not asked: what opens nothing is found out before."""


SENT = {
    202: Accepted,
    400: shapes.Problem,
    401: shapes.Problem,
    409: shapes.Problem,
    422: shapes.Invalid,
    429: shapes.Problem,
}


@router.api_operation(
    METHODS,
    "/declaration",
    url_name="declaration",
    operation_id="readDeclaration",
    response={200: Declaration, **WRONG},
    summary="What whoever signs declares",
)
def declaration(
    request: HttpRequest,
    language: Annotated[
        shapes.Language | None, Query(description="In this language, if it is spoken here.")
    ] = None,
) -> HttpResponse:
    """To be shown as it is, and sent back with a sign-on."""

    def make(state: states.State) -> Declaration:
        with languages.read_in(language or ""):
            return Declaration(
                version=consent.CURRENT,
                language=languages.spoken(languages.reading()),
                wording=consent.wording(consent.CURRENT),
                updates_wording=consent.wording(consent.UPDATES),
            )

    return tell(request, states.of_the_site, make, (language or "",))


@router.post(
    "/campaigns/{slug}/sign-ons",
    url_name="campaign-sign-ons",
    operation_id="signCampaign",
    auth=Key(),
    response=SENT,
    summary="Sign the open letters of a campaign, or some",
)
def sign_campaign(request: Any, slug: Slug, stated: SignOnStated) -> HttpResponse:
    """Sent with a key that an administrator has made, in a header: Authorization: Bearer olk_...
    Repeating it does no harm: at worst the contact gets the same mail again.
    """
    return _sign(request.auth, Letter.objects.filter(campaign=request.auth.campaign), stated)


@router.post(
    "/letters/{slug}/sign-ons",
    url_name="letter-sign-ons",
    operation_id="signLetter",
    auth=Key(),
    response=SENT,
    summary="Sign a letter that belongs to no campaign",
)
def sign_letter(request: Any, slug: Slug, stated: SignOnStated) -> HttpResponse:
    """Sent with a key that an administrator has made, in a header: Authorization: Bearer olk_...
    Repeating it does no harm: at worst the contact gets the same mail again.
    """
    return _sign(request.auth, Letter.objects.filter(pk=request.auth.letter_id), stated)


def _sign(key: ApiKey, about: Any, stated: SignOnStated) -> HttpResponse:
    key.note_use()
    with languages.read_in(stated.language):
        letters = [one for one in switched(about).order_by("pk") if one.is_open()]
        going = [one for one in letters if not of_letter(one).stopped]
        if not going:
            closed = _("This cannot be signed any more, or not yet.")
            return problem(409, _("Signing is paused.") if letters else closed)
        form = SignOnForm(_entered(stated, going), letters=going)
        errors = dict(form.errors.get_json_data())
        told = {name: [one["message"] for one in found] for name, found in errors.items()}
        if not _is_ours(stated):
            told["declaration"] = [_("Show the declaration exactly as it is handed out here.")]
        if changed := _to_be_shown(stated, form.cleaned_data.get("letters", ())):
            told["text_versions"] = changed
        if told:
            return problem(422, errors=told)
        counted = throttling.count_for_key(key, form.cleaned_data["letters"])
        if counted.retry_after:
            response = problem(429, _("Too many sign-ons came with this key. Try again later."))
            response["Retry-After"] = str(counted.retry_after)
            return response
        origin = {"source": Signature.Source.API, "provenance": key.name}
        submit(form, counted, [Flag.BY_API.value], **origin)
        accepted = str(ACCEPTED)
    return HttpResponse(
        Accepted(detail=accepted).model_dump_json(), status=202, content_type="application/json"
    )


def _entered(stated: SignOnStated, letters: list[Letter]) -> dict[str, Any]:
    """Return what our own form would have been sent."""
    keys = {one.slug: str(one.pk) for one in letters}
    chosen = list(keys) if stated.letters is None else stated.letters
    shown = stated.text_versions
    read = [one for one in letters if one.slug in shown and not _is_changed(one, shown[one.slug])]
    return stated.model_dump() | {
        # A slug that cannot be signed stays what it is, which is no key.
        "letters": [keys.get(slug, "") for slug in chosen],
        "texts": json.dumps({one.pk: shown[one.slug] for one in read}),
    }


def _is_changed(letter: Letter, shown: int) -> bool:
    """Whether the text that was shown is not the one that is signed now, in substance."""
    return not letter.substance_version <= shown <= letter.text_version


def _to_be_shown(stated: SignOnStated, letters: Iterable[Letter]) -> list[str]:
    """Return what has to be read anew of the letters that somebody wants to sign, in words."""
    told = _("The text of %(letter)s that can be signed is version %(number)s: show that one.")
    return [
        told % {"letter": one.slug, "number": one.text_version}
        for one in letters
        if one.slug in stated.text_versions and _is_changed(one, stated.text_versions[one.slug])
    ]


def _is_ours(stated: SignOnStated) -> bool:
    shown = " ".join(stated.declaration.split())
    wording = " ".join(consent.wording(consent.CURRENT).split())
    return (stated.declaration_version, shown) == (consent.CURRENT, wording)
