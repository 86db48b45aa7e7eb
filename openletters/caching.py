"""Who may keep an answer, and for how long: the one place that decides it for every address."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from openletters.crossing import READABLE

PUBLIC = READABLE | frozenset(
    {
        "home",
        "campaign",
        "letter",
        "signatories",
        "letter-pdf",
        "letter-docx",
        "signatories-csv",
        "share-picture",
        "versions",
        "version-json",
        "frame",
        "qr",
        "editions",
        "edition",
        "edition-json",
        "edition-csv",
        "edition-pdf",
        "edition-docx",
        "letters-feed",
        "letter-feed",
        "response",
        "response-file",
        "privacy",
        "guide",
        "api-documentation",
    }
)
"""Names of the addresses that everybody reads alike."""

SHARED = "public, max-age=1, stale-while-revalidate=1, stale-if-error=86400"
"""A change is everywhere within two seconds, and a letter stays up for a day without us."""

FOREVER = frozenset({"colours", "logo"})
"""Names of the addresses that tell their content: another content has another address."""

IMMUTABLE = "public, max-age=31536000, immutable"

PRIVATE = "no-store"


class CachePolicyMiddleware:
    """Sets Cache-Control on every answer, whatever the view has said about it.

    Only the plain answer of a public page may be kept, by anybody. So may that there is none, or
    caches would bring back a letter that is public no more, as soon as we are down. Whatever sets
    a cookie, is a form, a secret address or the staff's, has failed or leads elsewhere, is not
    kept at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        second = int(time.time())
        response = self.get_response(request)
        if not is_static(request, response):
            response.headers["Cache-Control"] = policy(request, response)
            response.headers.pop("Expires", None)
            if response.headers["Cache-Control"] in {PRIVATE, IMMUTABLE}:
                response.headers.pop("X-Accel-Expires", None)
            else:
                # Behind it: nginx before 1.23 reads nothing of a Cache-Control that comes later,
                # and would send everybody on to us while one asks whether a page has changed.
                stated = response.headers.get("X-Accel-Expires", f"@{second}")
                response.headers.pop("X-Accel-Expires", None)
                response.headers["X-Accel-Expires"] = stated
        return response


def policy(request: HttpRequest, response: HttpResponseBase) -> str:
    """Return the Cache-Control of the answer to a request."""
    match = request.resolver_match
    name = match.view_name if match else ""
    public = name in PUBLIC
    if name in FOREVER:
        return IMMUTABLE if response.status_code == 200 and not response.cookies else PRIVATE
    reading = request.method in {"GET", "HEAD"} and response.status_code in {200, 304, 404}
    return SHARED if public and reading and not response.cookies else PRIVATE


def is_static(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the answer is a file of ours, about which WhiteNoise has decided.

    It keeps those for ever whose names change with their content.
    """
    inside = request.path_info.startswith(settings.STATIC_URL)
    return inside and response.status_code in {200, 206, 304}
