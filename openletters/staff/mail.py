"""Mails to staff with a link for a password; made when they are sent, and kept nowhere."""

import logging
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from openletters.staff import languages
from openletters.staff.models import StaffMail

logger = logging.getLogger(__name__)


def send_next() -> bool:
    """Send the next mail that is owed to staff; return whether there was one.

    One that could not be handed over is tried again after five minutes, for a day.
    """
    mail = StaffMail.objects.take_next()
    if mail is None:
        return False
    try:
        if mail.user.email:
            compose(mail).send()
    except Exception as error:  # noqa: BLE001  one address must not stop the others
        logger.warning("staff mail %s deferred: %s", mail.pk, type(error).__name__)
    else:
        mail.mark_sent()
    return True


def link(mail: StaffMail) -> str:
    """Return the address at which the password can be set, once."""
    account = urlsafe_base64_encode(force_bytes(mail.user.pk))
    token = default_token_generator.make_token(mail.user)
    return settings.SITE_URL + reverse("admin:set_password", args=[account, token])


def compose(mail: StaffMail) -> EmailMultiAlternatives:
    """Return the message."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    template = f"admin/staff/email/{mail.kind}"
    language = languages.of(mail.user)
    with translation.override(language):
        context = {
            "link": link(mail),
            "account": mail.user.get_username(),
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
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
        to=[mail.user.email],
        headers={
            "Message-ID": f"<staff-{mail.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )
    message.attach_alternative(html, "text/html")
    return message
