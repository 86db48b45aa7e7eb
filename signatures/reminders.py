"""A mail a day to the moderators, while something waits longer than it should."""

import logging
from datetime import timedelta
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from openletters.staff import languages
from signatures.models.corrections import Correction
from signatures.models.reminders import Reminder
from signatures.models.sign_ons import SignOn
from signatures.models.staff import moderators

logger = logging.getLogger(__name__)

TEMPLATE = "signatures/email/queue_waits"


def send_due() -> int:
    """Remind each moderator who has an address, once a day; return how many mails went out.

    Any number of hosts may call this as often as they like. A mail that could not be handed over
    is tried again by the first call after five minutes, on the same day.
    """
    state = _state()
    if not state["late"]:
        return 0
    sent = 0
    today = timezone.localdate()
    for moderator in moderators().exclude(email=""):
        reminder = Reminder.objects.take(today, moderator)
        if reminder is None:
            continue
        try:
            _compose(moderator, reminder, state).send()
        except Exception as error:  # noqa: BLE001  one address must not stop the others
            logger.warning("reminder %s deferred: %s", reminder.pk, type(error).__name__)
        else:
            reminder.mark_sent()
            sent += 1
    return sent


def _state() -> dict[str, Any]:
    """Return how many sign-ons wait and how many of them too long: numbers, and nobody's name."""
    limit = timedelta(hours=settings.MODERATION_SERVICE_LEVEL)
    queue = SignOn.objects.queue()
    late = queue.filter(confirmed_at__lt=timezone.now() - limit)
    oldest = late.values_list("confirmed_at", flat=True).first()
    return {
        "late": late.count(),
        "waiting": queue.count(),
        "corrections": Correction.objects.open().count(),
        "hours": f"{settings.MODERATION_SERVICE_LEVEL:g}",
        "oldest": (timezone.now() - oldest) // timedelta(hours=1) if oldest else 0,
    }


def _compose(moderator: User, reminder: Reminder, state: dict[str, Any]) -> EmailMultiAlternatives:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    language = languages.of(moderator)
    with translation.override(language):
        context = {
            **state,
            "desk": settings.SITE_URL + reverse("admin:signatures_signon_changelist"),
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
        }
        subject = render_to_string(f"{TEMPLATE}.subject.txt", context)
        text = render_to_string(f"{TEMPLATE}.txt", context)
        html = render_to_string(f"{TEMPLATE}.html", context)
    message = EmailMultiAlternatives(
        subject=f"{settings.SITE_NAME}: {' '.join(subject.split())}",
        body=text.strip() + "\n",
        from_email=formataddr((settings.SITE_NAME, settings.DEFAULT_FROM_EMAIL)),
        to=[moderator.email],
        headers={
            "Message-ID": f"<queue-{reminder.day}-{reminder.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )
    message.attach_alternative(html, "text/html")
    return message
