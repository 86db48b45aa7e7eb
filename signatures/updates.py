"""Mails with updates: put together when they are sent, after every other mail."""

import logging
from collections.abc import Iterable
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse

from openletters import languages
from openletters.languages import Text
from signatures import markdown, names, tokens
from signatures.models.letters import Campaign, Letter
from signatures.models.sign_ons import SignOn
from signatures.models.update_mails import UpdateMail
from signatures.models.updates import Update
from signatures.tokens import Purpose

logger = logging.getLogger(__name__)

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
"""What a mail program sends to the address in List-Unsubscribe (RFC 8058)."""


def unsubscribe_path(sign_on: SignOn) -> str:
    """Return the path at which whoever reads a contact's mail ends the updates, and nothing else.

    An update may be passed on. So it has no private link, with which one could withdraw.
    """
    token = tokens.make(Purpose.UPDATES, sign_on.public_id, sign_on.email.lower())
    return reverse("unsubscribe", args=[token])


def compose(mail: UpdateMail) -> EmailMultiAlternatives:
    """Return the message, in the language of who gets it or else in the authoritative one.

    One to a member of staff is marked as a test; one to nobody is a preview. Neither has a link
    that ends anything.
    """
    update, sign_on = mail.update, mail.sign_on
    letters = _letters(update)
    with languages.read_in(mail.language) as language:
        title, body = update.told_in(language)
        context = {
            "title": title,
            "body": body,
            "text": body.then(markdown.plain),
            "html": body.then(markdown.render),
            "interface": languages.spoken(language),
            "about": _about(letters),
            "unsubscribe": settings.SITE_URL
            + (unsubscribe_path(sign_on) if sign_on else reverse("unsubscribe", args=["test"])),
            "is_test": mail.tester is not None,
            "is_meant": sign_on is not None,
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
        }
        template = "signatures/email/update"
        subject = render_to_string(f"{template}.subject.txt", context)
        text = render_to_string(f"{template}.txt", context)
        html = render_to_string(f"{template}.html", context)
    message = EmailMultiAlternatives(
        subject=f"{settings.SITE_NAME}: {names.clean_line(subject)}",
        body=text.strip() + "\n",
        from_email=formataddr((settings.SITE_NAME, settings.DEFAULT_FROM_EMAIL)),
        to=[_address(mail)],
        reply_to=list(filter(None, (one.contact_email for one in letters)))[:1],
        headers=_headers(mail, title, context),
    )
    message.attach_alternative(html, "text/html")
    return message


def preview(update: Update, language: str) -> EmailMultiAlternatives:
    """Return the message as a contact will get it who reads in `language`, but for their link."""
    return compose(UpdateMail(update=update, language=language))


def send_next(connection: BaseEmailBackend | None = None) -> bool:
    """Send the next mail with an update; return whether there was one to send now.

    To be called when no other mail is due. Tests go first; of those to contacts no more go out
    within a minute than settings.UPDATES_PER_MINUTE. Whether the contact is still to get it is
    looked at here again. Errors of the mail server end here, as for every mail.
    """
    mail = UpdateMail.objects.tests().take_next() or UpdateMail.objects.take_next_in_pace()
    if mail is None:
        Update.objects.finish()  # whose last sender died before it could say so
        return False
    if mail.sign_on and (reason := mail.reason_to_skip()):
        mail.skip(reason)
    else:
        _send(mail, connection)
    Update.objects.filter(pk=mail.update_id).finish()
    return True


def _send(mail: UpdateMail, connection: BaseEmailBackend | None) -> None:
    try:
        message = compose(mail)
        if not message.to[0]:  # of somebody of the staff, who has none any more
            mail.give_up("there is no address")
            return
        message.connection = connection or get_connection()
        message.send()
    except Exception as error:  # noqa: BLE001  one mail must never stop the others
        # The reply of a mail server may quote the address, so only its code is kept.
        reply = getattr(error, "smtp_code", "")
        mail.mark_deferred(f"{type(error).__name__} {reply}".strip())
        logger.warning("update %s deferred: %s", mail.pk, mail.last_error)
    else:
        mail.mark_sent()


def _address(mail: UpdateMail) -> str:
    if mail.sign_on:
        return str(mail.sign_on.email)
    return mail.tester.email if mail.tester else ""


def _letters(update: Update) -> list[Letter]:
    """Return the letters that the mail is about.

    Of a campaign those that are published: who signed one does not thereby know others.
    """
    letters = update.letters() if update.letter_id else update.letters().published()
    return list(letters.prefetch_related("translations").order_by("pk"))


def _about(letters: Iterable[Letter]) -> list[dict[str, Any]]:
    """Return titles, and addresses of what is published."""
    return [
        {
            "title": one.title,
            "address": settings.SITE_URL + one.get_absolute_url() if one.is_published() else "",
        }
        for one in letters
    ]


def _headers(mail: UpdateMail, title: Text, context: dict[str, Any]) -> dict[str, str]:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    interface: str = context["interface"]
    headers = {
        "Message-ID": f"<{mail.pk}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": ", ".join(dict.fromkeys([title.language, interface])),
        "List-Id": f"<{_list_of(mail.update)}.{host}>",
        "Precedence": "bulk",
    }
    if mail.sign_on:
        headers["List-Unsubscribe"] = f"<{context['unsubscribe']}>"
        headers["List-Unsubscribe-Post"] = "=".join(*ONE_CLICK.items())
    return headers


def _list_of(update: Update) -> str:
    about = update.about
    kind = "campaigns" if isinstance(about, Campaign) else "letters"
    assert isinstance(about, Campaign | Letter)
    return f"{about.slug}.{kind}"
