"""What holds for every address: its language, and which characters it cannot hold."""

import logging
from collections.abc import Callable

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.defaults import bad_request

from openletters import languages
from openletters.problems import not_understood

logger = logging.getLogger(__name__)


class LanguageMiddleware:
    """Read in the language of the address's prefix; without a prefix, in the site's own.

    Django's LocaleMiddleware also looks at the browser's wishes and therefore makes every page
    vary by them, which would cost caches one copy per browser for identical bytes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with languages.read_in(languages.of_address(request.path_info)) as language:
            request.LANGUAGE_CODE = language
            if addresses := languages.addresses_in(language):
                request.urlconf = addresses
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
            return response


class RefuseNulMiddleware:
    """Answer 400 to an address or a cookie with a NUL in it.

    PostgreSQL stores no NUL and fails when asked for one; SQLite does neither. Forms remove it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        cookies = "".join(request.COOKIES.values())
        query = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path_info or "%00" in query or "\x00" in cookies:
            return not_understood(request, SuspiciousOperation())
        return self.get_response(request)


GARBLED = (ValueError, OverflowError, DataError)
"""What Python and the databases say about a value of the wrong kind or size."""


class RefuseGarbledQueryMiddleware:
    """Answer 400 where the stock admin fails about what somebody typed behind a question mark.

    It hands filters, starting values and ticked rows to the database as they come: `?id__in=` with
    a number of thirty digits, a year that no calendar has, a parent that is no key. The log keeps
    the place, should it have been a mistake of ours after all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer for the view, also while its template is rendered."""
        match = request.resolver_match
        at_the_desk = match is not None and match.namespaces[:1] == ["admin"]
        reading = request.method in {"GET", "HEAD"} and bool(request.GET)
        ticking = ACTION_CHECKBOX_NAME in request.POST
        if not (at_the_desk and (reading or ticking) and isinstance(exception, GARBLED)):
            return None
        logger.warning("A query that cannot be read", exc_info=exception)
        return bad_request(request, exception)
