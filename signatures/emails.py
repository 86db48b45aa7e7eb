"""Mails to contacts: put together from the outbox at the moment of sending."""

import logging
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from openletters import languages
from signatures import tokens
from signatures.models.letters import Letter
from signatures.models.mail import OutgoingMail
from signatures.models.reaffirming import MAILS, to_be_answered
from signatures.models.sign_ons import SignOn
from signatures.tokens import Purpose

logger = logging.getLogger(__name__)


def compose(mail: OutgoingMail) -> EmailMultiAlternatives:
    """Return the message a row of the outbox stands for, in the language of the sign-on.

    Subjects are ours alone: no word of a stranger stands in them. The Message-ID belongs to the
    row, so that a mail that had to be sent twice is recognised as one.
    """
    sign_on = mail.sign_on
    with languages.read_in(sign_on.language) as language:
        letters = _letters(sign_on)
        context = {
            "mail": mail,
            "sign_on": sign_on,
            "letters": letters,
            "links": _links(mail),
            "asked": to_be_answered(sign_on) if mail.kind in MAILS else [],
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
        }
        template = f"signatures/email/{mail.kind}"
        subject = render_to_string(f"{template}.subject.txt", context)
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    message = EmailMultiAlternatives(
        subject=f"{settings.SITE_NAME}: {' '.join(subject.split())}",
        body=text.strip() + "\n",
        from_email=formataddr((settings.SITE_NAME, settings.DEFAULT_FROM_EMAIL)),
        to=[mail.address()],
        reply_to=list(filter(None, [letter.contact_email for letter in letters][:1])),
        headers={
            "Message-ID": f"<{mail.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": languages.spoken(language),
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def send_next(connection: BaseEmailBackend | None = None) -> bool:
    """Send the next due mail; return whether there was one.

    Delivery is at least once: a sender that dies between handing a mail over and recording that
    leaves it to be sent again, under the same Message-ID. Errors of the mail server end here; the
    row records them and waits for its next attempt.
    """
    mail = OutgoingMail.objects.take_next()
    if mail is None:
        return False
    try:
        if reason := _reason_to_be_silent(mail):
            mail.give_up(reason)
            return True
        message = compose(mail)
        if not message.to[0]:
            mail.give_up("the address was given up")
            return True
        message.connection = connection or get_connection()
        message.send()
    except Exception as error:  # noqa: BLE001  one mail must never stop the others
        # The reply of a mail server may quote the address, so only its code is kept.
        reply = getattr(error, "smtp_code", "")
        mail.mark_deferred(f"{type(error).__name__} {reply}".strip())
        logger.warning("mail %s deferred: %s", mail.pk, mail.last_error)
    else:
        mail.mark_sent()
    return True


def _reason_to_be_silent(mail: OutgoingMail) -> str:
    """Return why what a mail tells is over, or nothing."""
    sign_on, statuses = mail.sign_on, SignOn.Status
    if mail.kind in MAILS and not to_be_answered(sign_on):
        return "it was answered before it was sent, or nobody may any more"
    waits = sign_on.status in {statuses.UNCONFIRMED, statuses.PENDING}
    if mail.kind == OutgoingMail.Kind.EXTENDED and not waits:
        return "it was decided before it was sent"
    if mail.kind == OutgoingMail.Kind.EXTENDED and sign_on.status == statuses.UNCONFIRMED:
        with transaction.atomic():
            if OutgoingMail.objects.is_enough_for(sign_on.email, besides=mail):
                return "strangers have caused enough mails to this address"
    return ""


def private_path(sign_on: SignOn, address: str = "") -> str:
    """Return the path of a sign-on's private page, for whoever reads its contact's mail.

    Bound to the address, the present one unless another is given, so that links in a mailbox
    that the contact has left do not work.
    """
    binding = (address or sign_on.email).lower()
    token = tokens.make(Purpose.MANAGE, sign_on.public_id, binding)
    return reverse("sign-on", args=[token])


def confirm_path(sign_on: SignOn) -> str:
    """Return the path of the page on which a sign-on's contact confirms it."""
    token = tokens.make(Purpose.CONFIRM, sign_on.public_id, binding=sign_on.email.lower())
    return reverse("confirm", args=[token])


def _letters(sign_on: SignOn) -> list[Letter]:
    letters = Letter.objects.filter(sign_ons=sign_on).order_by("pk")
    return list(letters.prefetch_related("translations", "addressees__translations"))


def _links(mail: OutgoingMail) -> dict[str, str]:
    sign_on = mail.sign_on
    links = {"manage": private_path(sign_on, mail.address())}
    unconfirmed = sign_on.status == SignOn.Status.UNCONFIRMED
    kinds = OutgoingMail.Kind
    if mail.kind == kinds.CONFIRM or (mail.kind == kinds.EXTENDED and unconfirmed):
        links["confirm"] = confirm_path(sign_on)
    if mail.kind == kinds.NEW_ADDRESS:
        token = tokens.make(Purpose.EMAIL, sign_on.public_id, sign_on.new_email.lower())
        links["confirm_address"] = reverse("confirm-address", args=[token])
    return {name: settings.SITE_URL + path for name, path in links.items()}
