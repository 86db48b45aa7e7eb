"""What every template knows."""

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_bidi

from openletters.languages import Text
from signatures.models.switches import Switches


def _banner() -> Text:
    """What staff have all pages say; a page that needs no database must not need it for this."""
    try:
        return Switches.objects.of_site().banner_text
    except (DatabaseError, InterfaceError):
        return Text()


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name and address, its banner, the writing direction, what is promised to contacts,
    and whether this is the demo."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "CONTACTS_KEPT": settings.CONTACTS_KEPT,
        "DIRECTION": "rtl" if get_language_bidi() else "ltr",
        "DEMO": settings.DEMO,
        # Read when a page has room for it, and has not read it with the rest.
        "BANNER": SimpleLazyObject(_banner),
    }
