"""What is said where there is no answer: to people on a page, to programs in JSON."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

MACHINES = "/api/"
"""Where everything is answered in JSON, failures too."""

FILES = ".json"
"""How other addresses end of which the same is true."""

STAFFS = "/admin/"
"""Where nothing is for programs, whatever is typed."""


def is_for_machines(request: HttpRequest) -> bool:
    """Whether a program has asked; whoever follows a secret link to a file is a person."""
    match = request.resolver_match
    if match is not None and "token" in match.kwargs:
        return False
    path = request.path_info
    return path.startswith(MACHINES) or (path.endswith(FILES) and not path.startswith(STAFFS))


def problem(status: int, detail: str = "", **more: Any) -> HttpResponse:
    """Return the answer that says what is wrong, in a sentence and in what `more` tells."""
    said = {
        400: _("This request cannot be read."),
        404: _("There is no such thing here, or it is not public."),
        405: _("This cannot be done here."),
        422: _("Some of what was sent is not as it should be."),
        500: _("Something of ours broke. We have been told."),
        503: _("The database does not answer. Try again soon."),
    }
    content = json.dumps({"detail": detail or said[status], **more}, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type="application/json")


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read, such as a NUL in an address."""
    return problem(400) if is_for_machines(request) else bad_request(request, exception)


class MethodMiddleware:
    """Tells programs in words that an address cannot be asked so; Django answers with none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or not is_for_machines(request):
            return response
        told = problem(405)
        told["Allow"] = response.headers["Allow"]
        return told
