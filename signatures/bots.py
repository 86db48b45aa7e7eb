"""Signs of a script in the public form: a field that people do not see, and the time it took.

They are shown to the moderator and refuse nobody: whoever is taken for a script by mistake loses
nothing, and a script learns nothing.
"""

import time

from django.core import signing

from signatures.models.flags import HASTE, Flag

CLOCK_SKEW = 60
"""Seconds by which the clocks of two servers may differ."""

_signer = signing.TimestampSigner(salt="openletters.form-opened")


def opened_now() -> str:
    """Return the time as a hidden field carries it, signed."""
    return _signer.sign("form")


def flags(*, hidden_field: str, opened: str) -> list[str]:
    """Return what about a submission people seldom do; `opened` is what its form carried."""
    found = [Flag.HIDDEN_FIELD] if hidden_field else []
    if flag := _timing(opened):
        found.append(flag)
    return [flag.value for flag in found]


def _timing(opened: str) -> Flag | None:
    try:
        _signer.unsign(opened)
        since = time.time() - signing.b62_decode(opened.split(":")[1])
    except (signing.BadSignature, ValueError, IndexError):
        return Flag.UNOPENED
    if since < -CLOCK_SKEW:
        return Flag.UNOPENED
    return Flag.HASTY if since < HASTE else None
