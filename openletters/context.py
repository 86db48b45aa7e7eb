"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_bidi


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name and address, the writing direction, what is promised to contacts, and
    whether this is the demo."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "CONTACTS_KEPT": settings.CONTACTS_KEPT,
        "DIRECTION": "rtl" if get_language_bidi() else "ltr",
        "DEMO": settings.DEMO,
    }
