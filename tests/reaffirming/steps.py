"""What editors, moderators and contacts do when a text changes."""

import re
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from signatures import emails
from signatures.models import (
    Letter,
    OutgoingMail,
    SignOn,
    TextVersion,
    reaffirming,
)
from tests.factories import make_sign_on

SUBSTANCE, CORRECTION = TextVersion.Kind.SUBSTANCE, TextVersion.Kind.CORRECTION
ASKED, REMINDED = OutgoingMail.Kind.REAFFIRM, OutgoingMail.Kind.REAFFIRM_SOON


def change(
    letter: Letter, title: str = "Open letter on wells", kind: Any = SUBSTANCE
) -> TextVersion:
    """Change what it says, as an editor would."""
    letter.title = title
    letter.save()
    until = timezone.now() + timedelta(days=10) if kind == SUBSTANCE else None
    version = reaffirming.mark(letter, kind=kind, note="Now on wells.", reaffirm_by=until)
    Letter.objects.filter(pk=letter.pk).raise_revision()
    return version


def approved(letter: Letter, mona: User, **stated: Any) -> SignOn:
    sign_on = make_sign_on([letter], **stated)
    sign_on.approve(actor=mona)
    return sign_on


def page_of(sign_on: SignOn) -> str:
    return emails.private_path(sign_on)


def press(client: Client, sign_on: SignOn) -> Any:
    """Press the button of the private page, as it is shown now."""
    shown = client.get(page_of(sign_on)).content.decode()
    [texts] = re.findall(r'name="texts" value="([^"]+)"', shown)
    sent = {"action": "reaffirm", "texts": texts.replace("&quot;", '"')}
    return client.post(page_of(sign_on), sent, follow=True)
