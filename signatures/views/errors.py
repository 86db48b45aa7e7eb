"""Pages for what went wrong."""

import logging
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string

from openletters.problems import is_for_machines, problem
from signatures.views import signing

logger = logging.getLogger(__name__)

RETRY_AFTER = 10
"""Seconds after which to try again while the database is away."""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without its cookie: offer it again, as it was filled in where we can."""
    if is_for_machines(request):
        return HttpResponseNotAllowed(["GET", "HEAD"])  # where a cookie is asked for, nothing else
    page = request.resolver_match
    if page and page.url_name == "sign":
        return signing.sign_again(request, **page.kwargs)
    return render(request, "signatures/errors/csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or not for the public: the answer is the same."""
    if is_for_machines(request):
        return problem(404)
    secret = request.resolver_match is not None and "token" in request.resolver_match.kwargs
    # Nothing of a secret address stands on it, so that all that are not genuine look alike.
    return render(request, "404.html", {"place": "/"} if secret else {}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Something broke. If it is the database that is away, it will be back: say when to come.

    The page needs neither the database nor a cookie. Nothing was stored that was not confirmed.
    """
    error, machine = sys.exception(), is_for_machines(request)
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("The database does not answer (%s)", type(error).__name__)
        page = HttpResponse(render_to_string("503.html"), status=503)
        away: Any = problem(503) if machine else page
        away.headers["Retry-After"] = str(RETRY_AFTER)
        away._has_been_logged = True  # in a line, not a page for each visitor
        return away  # type: ignore[no-any-return]
    return problem(500) if machine else HttpResponse(render_to_string("500.html"), status=500)
