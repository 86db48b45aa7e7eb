"""Where to report a vulnerability of this site (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

PATH = ".well-known/security.txt"

VALID_FOR = timedelta(days=180)
"""The standard wants less than a year, so that nobody writes to an address long given up."""


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Name the contact of the settings; without one there is no such page."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + VALID_FOR
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": f"{until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": ", ".join(code for code, _name in settings.LANGUAGES),
        "Canonical": f"{settings.SITE_URL}/{PATH}",
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return HttpResponse(text, "text/plain; charset=utf-8")
