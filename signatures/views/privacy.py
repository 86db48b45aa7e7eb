"""What is kept about people, told from the settings in force."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from signatures import periods, tokens
from signatures.pages import states
from signatures.pages.kept import Page, answer
from signatures.pages.offers import offer_of_interface


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept, why, how long, who sees it, and what people can ask for."""

    def make(state: states.State) -> Page:
        hour, day = timedelta(hours=1), timedelta(days=1)
        context = {
            "languages": offer_of_interface(),
            "BANNER": state.switches.banner_text,
            "contacts_kept": settings.CONTACTS_KEPT,
            "responsible": settings.PRIVACY_CONTACT,
            "service_level": f"{settings.MODERATION_SERVICE_LEVEL:g}",
            "backups_kept": settings.BACKUPS_KEPT,
            "link_hours": tokens.LIFETIMES[tokens.Purpose.CONFIRM] // hour,
            "unconfirmed_days": periods.UNCONFIRMED_KEPT // day,
            "withdrawn_hours": periods.WITHDRAWN_KEPT // hour,
            "rejected_days": periods.REJECTED_KEPT // day,
            "outbox_days": periods.OUTBOX_KEPT // day,
            "network_days": periods.NETWORK_KEPT // day,
        }
        return Page(render_to_string("signatures/privacy.html", context, request).encode())

    return answer(request, states.of_the_site, make)
