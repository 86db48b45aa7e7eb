"""Every request that reaches Django leaves a line in the log, and is counted."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from openletters import logs, metrics

logger = logging.getLogger("openletters.requests")

_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What an edge makes up (nginx's $request_id, or a UUID); there is no room in it for words."""


class WatchMiddleware:
    """Logs and counts each request, under the name that the edge has given it.

    The name goes back to the reader only with what nobody keeps: a page is the same for all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        name = given if _ID.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_id.set(name)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            self._tell(request, response, seconds)
        finally:
            logs.request_id.reset(token)
        if response.headers.get("Cache-Control") == "no-store":
            response.headers["X-Request-ID"] = name
        return response

    def _tell(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        method, route = logs.method_of(request), logs.route_of(request)
        status = response.status_code
        metrics.count_request(method, route, status, seconds)
        if logger.isEnabledFor(logging.INFO):
            milliseconds = round(1000 * seconds, 1)
            logger.info(
                "%s %s %s in %s ms",
                method,
                route,
                status,
                milliseconds,
                extra={
                    "method": method,
                    "route": route,
                    "status": status,
                    "milliseconds": milliseconds,
                },
            )
