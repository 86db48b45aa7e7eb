"""Mails to staff: once a day to moderators while something waits longer than it should, and once to
editors of each addressee who has not answered in time."""

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
from signatures.models.silences import AnswerReminder, silences
from signatures.models.staff import editors, moderators

logger = logging.getLogger(__name__)

QUEUE = "signatures/email/queue_waits"
SILENCE = "signatures/email/no_answer"


def send_due() -> int:
    """Send whatever reminders are due; return how many mails went out."""
    return _remind_moderators() + _remind_editors()


def _remind_moderators() -> int:
    """Remind each moderator who has an address, once a day.

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
        desk = settings.SITE_URL + reverse("admin:signatures_signon_changelist")
        name = f"queue-{reminder.day}-{reminder.pk}"
        if _sent(_compose(moderator, QUEUE, name, {**state, "desk": desk})):
            reminder.mark_sent()
            sent += 1
    return sent


def _remind_editors() -> int:
    """Tell each editor who has an address, once, that an addressee has not answered in time.

    They are told again only when another step of ours has been waited for as long.
    """
    found = silences()
    if not found:
        return 0
    sent = 0
    for editor in editors().exclude(email=""):
        taken = AnswerReminder.objects.take(editor, found)
        if not taken:
            continue
        state = {
            "silent": len(taken),
            "days": settings.ANSWER_EXPECTED_WITHIN,
            "start": settings.SITE_URL + reverse("admin:index"),
        }
        name = f"answers-{taken[0].since}-{taken[0].pk}"
        if _sent(_compose(editor, SILENCE, name, state)):
            AnswerReminder.objects.mark_sent(taken)
            sent += 1
    return sent


def _sent(message: EmailMultiAlternatives) -> bool:
    """Whether a mail server took it over; one address must not stop the others."""
    try:
        message.send()
    except Exception as error:  # noqa: BLE001
        named = message.extra_headers["Message-ID"]
        logger.warning("reminder %s deferred: %s", named, type(error).__name__)
        return False
    return True


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


def _compose(
    member: User, template: str, name: str, state: dict[str, Any]
) -> EmailMultiAlternatives:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    language = languages.of(member)
    with translation.override(language):
        context = {
            **state,
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
        }
        subject = render_to_string(f"{template}.subject.txt", context)
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    message = EmailMultiAlternatives(
        subject=f"{settings.SITE_NAME}: {' '.join(subject.split())}",
        body=text.strip() + "\n",
        from_email=formataddr((settings.SITE_NAME, settings.DEFAULT_FROM_EMAIL)),
        to=[member.email],
        headers={
            "Message-ID": f"<{name}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )
    message.attach_alternative(html, "text/html")
    return message
