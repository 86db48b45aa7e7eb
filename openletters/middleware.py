"""What holds for every address: its language, and which characters it cannot hold."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase
from django.utils import translation


class LanguageMiddleware:
    """Speak the language of the address's prefix; without a prefix, the site's own.

    Django's LocaleMiddleware also looks at the browser's wishes and therefore makes every page
    vary by them, which would cost caches one copy per browser for identical bytes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = translation.get_language_from_path(request.path_info)
        with translation.override(language or settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
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
            return HttpResponseBadRequest("An address cannot hold this character.")
        return self.get_response(request)
