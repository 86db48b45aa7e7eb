"""What pages of other sites may read: public facts, by a script, without a cookie."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

READABLE = frozenset(
    {
        "count-json",
        "badge",
        "oembed",
        "api-description",
        "api:letters",
        "api:letter",
        "api:letter-count",
        "api:signatories",
        "api:versions",
        "api:version",
        "api:timeline",
        "api:editions",
        "api:edition",
        "api:campaigns",
        "api:campaign",
        "api:declaration",
    }
)
"""Names of the addresses that scripts of any site may read."""

METHODS = "GET, HEAD, OPTIONS"


class CrossOriginMiddleware:
    """Lets scripts of any site read what everybody can, and answers browsers that ask before.

    No page of another site is told of a cookie, so it reads what a stranger would.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_readable(request):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        return response

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, named: Any
    ) -> HttpResponseBase | None:
        """Answer in the place of the view what it takes to ask it."""
        if request.method != "OPTIONS" or not is_readable(request):
            return None
        return HttpResponse(
            status=204,
            headers={
                "Allow": METHODS,
                "Access-Control-Allow-Methods": METHODS,
                # The one header that a browser asks about, and our answers depend on.
                "Access-Control-Allow-Headers": "If-None-Match",
                "Access-Control-Max-Age": "86400",
            },
        )


def is_readable(request: HttpRequest) -> bool:
    """Whether the request is for what scripts of any site may read."""
    match = request.resolver_match
    return match is not None and match.view_name in READABLE
