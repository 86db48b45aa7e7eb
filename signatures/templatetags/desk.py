"""What waits at the moderation desk, for the frame of every staff page."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser, User
from django.template.context import Context
from django.urls import reverse

from signatures import consent, throttling
from signatures.admin import evidence
from signatures.admin import figures as all_figures
from signatures.admin.filters import all_letters
from signatures.admin.queue import waiting
from signatures.models.flags import Flag
from signatures.models.letters import Letter
from signatures.models.sign_ons import SignOn
from signatures.models.silences import Silence, silences

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_for(context: Context, user: User | AnonymousUser) -> dict[str, Any] | None:
    """Return how many sign-ons and corrections wait, and how old the oldest is.

    None for somebody who may not see them.
    """
    if not (user.has_perm("signatures.view_signon") or user.has_perm("signatures.change_signon")):
        return None
    found = waiting(context["request"])
    age = evidence.age_mark(found["oldest"], waiting=True) if found["oldest"] else ""
    return found | {"age": age}


@register.simple_tag
def silences_for(user: User | AnonymousUser) -> list[Silence]:
    """Return who has not answered in time; nobody for somebody who may not read the ledger."""
    return silences() if user.has_perm("signatures.view_response") else []


register.filter("declared", consent.declared)


TOPICS = {
    "letter": "letters",
    "letter_links": "private",
    "letter_extend": "closing",
    "letter_deliver": "delivering",
    "letter_responses": "responses",
    "letter_respond": "responses",
    "letter_response": "responses",
    "letter_note": "responses",
    "letter_correct_note": "responses",
    "campaign": "letters",
    "signatoryimport": "initiators",
    "signon": "moderation",
    "organization": "moderation",
    "switches": "moderation",
    "signature": "initiators",
    "edition": "delivering",
    "export": "delivering",
    "update": "updates",
    "updatemail": "updates",
    "apikey": "sharing",
}
"""Which page of the guide helps with which kind of rows, or with one page of theirs."""


@register.simple_tag(takes_context=True)
def guide_address(context: Context) -> str:
    """Return where the guide helps with the page on which one stands."""
    match = getattr(context.get("request"), "resolver_match", None)
    _app, _under, page = (match.url_name or "").partition("_") if match else ("", "", "")
    topic = TOPICS.get(page) or TOPICS.get(page.partition("_")[0])
    return reverse("admin:guide", args=[topic]) if topic else reverse("admin:guide_start")


@register.simple_tag
def held_back() -> int:
    """Return how many contacts are not written to before somebody lets them through."""
    return SignOn.objects.held().count()


@register.filter
def is_held(sign_on: SignOn) -> bool:
    """Whether its contact is not written to before somebody lets it through."""
    return sign_on.status == SignOn.Status.UNCONFIRMED and Flag.HELD in sign_on.flags


@register.simple_tag(takes_context=True)
def rushed_letters(context: Context) -> list[Letter]:
    """Return the letters that are being signed faster than organisations sign."""
    keys = throttling.rushed_letters()
    letters = all_letters(context["request"]) if keys else {}
    return [letters[key] for key in keys if key in letters]


@register.simple_tag(takes_context=True)
def figures(context: Context) -> all_figures.Figures:
    """Return the figures of the first page, as far as whoever asks may see them."""
    return all_figures.figures(context["request"])
