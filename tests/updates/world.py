"""A letter, contacts who want updates about it, and an update on its way to them."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives

from signatures import updates
from signatures.models import Letter, SignOn, Update
from tests.factories import make_sign_on, make_staff


def sender() -> User:
    """Return the moderator who sends."""
    return User.objects.filter(username="mona").first() or make_staff()


def signed(
    letters: Iterable[Letter], name: str = "Water Watch", *, updates: bool = True, **stated: Any
) -> SignOn:
    """Store a sign-on that was approved, whose contact is called like its organisation."""
    stated = {"email": f"{name.split()[0].lower()}@contact.example", **stated}
    sign_on = make_sign_on(letters, name=name, updates=updates, **stated)
    sign_on.approve(actor=sender())
    return sign_on


def send(update: Update) -> bool:
    """Send an update as it stands."""
    number = len(update.contacts())
    return update.send(actor=sender(), seen=update.fingerprint(), number=number)


def deliver() -> list[EmailMultiAlternatives]:
    """Let the worker send all that is due now; return what arrived, in that order."""
    before = len(django_mail.outbox)
    while updates.send_next():
        pass
    return django_mail.outbox[before:]  # type: ignore[return-value]
