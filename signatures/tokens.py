"""Links in mails: signed, bound to one purpose, and expiring."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.core import signing
from django.utils import timezone


class Purpose(StrEnum):
    """What a link may be used for; a token made for one is refused for every other."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    EMAIL = "email"
    UPDATES = "updates"


LIFETIMES = {
    Purpose.CONFIRM: timedelta(hours=72),
    Purpose.MANAGE: timedelta(days=365),
    Purpose.EMAIL: timedelta(hours=72),
    Purpose.UPDATES: timedelta.max,  # a link that ends mails works for as long as they lie there
}
"""How long a link works. Every mail carries a fresh one."""

_CLOCK_SKEW = timedelta(minutes=1)


class InvalidToken(Exception):
    """The token is not one of ours for this purpose: forged, swapped, damaged or post-dated."""


@dataclass(frozen=True)
class OpenedToken:
    """What a genuine token says."""

    sign_on: uuid.UUID
    expired: bool


def make(purpose: Purpose, sign_on: uuid.UUID, binding: str = "") -> str:
    """Return a URL-safe token by which the holder of `sign_on`'s mailbox acts for `purpose`.

    `binding` ties the token to a value that must still hold when it is opened.
    """
    return _signer(purpose, binding).sign(sign_on.hex)


def read(purpose: Purpose, token: str, binding: str = "") -> OpenedToken:
    """Open `token`.

    Raises InvalidToken, the same for every reason but age: a genuine old token comes back with
    `expired` set, so that its holder can be offered a new mail.
    """
    signer = _signer(purpose, binding)
    try:
        value = signer.unsign(token)
        sign_on = uuid.UUID(hex=value)
        made_at = datetime.fromtimestamp(signing.b62_decode(token.split(".")[1]), tz=UTC)
    except (signing.BadSignature, ValueError, OverflowError, OSError) as error:
        raise InvalidToken from error
    age = timezone.now() - made_at
    if age < -_CLOCK_SKEW:
        raise InvalidToken
    return OpenedToken(sign_on, expired=age > LIFETIMES[purpose])


def peek(token: str) -> uuid.UUID:
    """Return the sign-on a token claims to speak for, unverified, to look its binding up.

    Raises InvalidToken when it names none.
    """
    try:
        return uuid.UUID(hex=token.split(".", 1)[0])
    except ValueError as error:
        raise InvalidToken from error


def _signer(purpose: Purpose, binding: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"openletters.{purpose}.{binding}")
