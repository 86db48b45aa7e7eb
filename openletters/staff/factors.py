"""The second step of a login: apps that make codes, passkeys, and recovery codes for bad days."""

import hashlib
import secrets
import time
from base64 import b32encode
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django_otp import DEVICE_ID_SESSION_KEY, verify_token
from django_otp import login as otp_login
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp_webauthn.models import WebAuthnCredential

from openletters.staff import sessions
from openletters.staff.models import App, StaffAct

Kind = StaffAct.Kind

RECOVERY_CODES = 10
_CODE_LENGTH = 16
"""Characters of base32, 80 bits: too many to guess, so that a plain hash keeps them secret."""

SETTING_UP = 30 * 60
"""Seconds within which a new app's first code has to come."""

_SALT = "openletters.staff.app"


def of(user: User) -> list[Device]:
    """Return the apps and passkeys with which somebody can take the second step, oldest first."""
    apps = App.objects.devices_for_user(user, confirmed=True).order_by("pk")
    passkeys = WebAuthnCredential.objects.devices_for_user(user, confirmed=True).order_by("pk")
    return [*apps, *passkeys]


def has_any(user: User) -> bool:
    """Whether somebody has an app or a passkey."""
    return bool(of(user))


def is_passkey(device: Device) -> bool:
    """Whether it is a passkey rather than an app."""
    return isinstance(device, WebAuthnCredential)


# Being through


def is_through(request: HttpRequest) -> bool:
    """Whether the session has taken the second step, or owes none.

    None is owed where MFA_REQUIRED is off, as in the demo, by those who have set up none.
    """
    user: Any = request.user
    if user.is_verified():
        return True
    return not settings.MFA_REQUIRED and not request.session.get("owes_second_step")


def owe(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Remember at a login whether the second step has to follow; a receiver of user_logged_in.

    One that was taken earlier in the same session is of the login before.
    """
    request.session.pop(DEVICE_ID_SESSION_KEY, None)
    request.session["owes_second_step"] = settings.MFA_REQUIRED or has_any(user)


@transaction.atomic
def pass_through(request: HttpRequest, device: Device) -> None:
    """Let the session in, under a new key; `device` has just shown that it is the owner's."""
    otp_login(request, device)
    request.session.cycle_key()
    request.session.pop("owes_second_step", None)
    sessions.confirm(request)
    StaffAct.objects.record(Kind.SECOND_STEP, actor=_owner(device), about=device.name)


def _owner(device: Device) -> User:
    user: User = device.user
    return user


# Codes


def take_code(user: User, typed: str) -> Device | None:
    """Return the app, or the list of recovery codes, that a code is from; None if it is wrong.

    A code works once. After each wrong one, longer and longer none is looked at: see `pause`.
    """
    code = "".join(typed.split()).replace("-", "").lower()
    found: Device | None = None
    if code.isascii() and code.isdigit():
        for app in App.objects.devices_for_user(user, confirmed=True).order_by("pk"):
            found = found or verify_token(user, app.persistent_id, code)
    elif device := StaticDevice.objects.devices_for_user(user, confirmed=True).first():
        found = verify_token(user, device.persistent_id, _digest(code))
    return found


def pause(user: User) -> int:
    """Return for how many seconds no code of somebody is looked at, after wrong ones."""
    now, longest = time.time(), 0.0
    devices: list[Any] = [
        *App.objects.devices_for_user(user, confirmed=True),
        *StaticDevice.objects.devices_for_user(user, confirmed=True),
    ]
    for device in devices:
        allowed, why = device.verify_is_allowed()
        if not allowed and why and "locked_until" in why:
            longest = max(longest, why["locked_until"].timestamp() - now)
    return int(longest) + 1 if longest > 0 else 0


def forgive(user: User) -> None:
    """End the pause after wrong codes."""
    for model in (App, StaticDevice):
        model.objects.filter(user=user).update(
            throttling_failure_timestamp=None, throttling_failure_count=0
        )


def _digest(code: str) -> str:
    return b32encode(hashlib.sha256(code.encode("utf-8", "replace")).digest()).decode()[:16].lower()


def codes_left(user: User) -> int:
    """Return how many recovery codes of somebody are unused."""
    number: int = StaticToken.objects.filter(device__user=user).count()
    return number


@transaction.atomic
def make_codes(user: User) -> list[str]:
    """Return new recovery codes, to be shown once; the former ones work no more."""
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk))
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [b32encode(secrets.token_bytes(10)).decode().lower() for _one in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(code)) for code in codes
    )
    StaffAct.objects.record(Kind.CODES_MADE, actor=user, about=user.get_username())
    return ["-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4)) for code in codes]


# Apps


def offer_app(user: User) -> str:
    """Return a new secret for an app, signed; nothing is stored before its first code came."""
    return signing.dumps({"user": user.pk, "key": secrets.token_hex(20)}, salt=_SALT)


def read_offer(user: User, offer: str) -> App | None:
    """Return the app to be that an offer is about, not stored; None if it is not (any more) one."""
    try:
        offered = signing.loads(offer, salt=_SALT, max_age=SETTING_UP)
    except signing.BadSignature:
        return None
    return App.offered(user, bytes.fromhex(offered["key"])) if offered["user"] == user.pk else None


@transaction.atomic
def add_app(user: User, app: App, name: str, code: str) -> bool:
    """Store an app if `code` is its present one; return whether it is. The code is used up."""
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk))
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == app.digits):
        return False
    now = TOTP(app.bin_key, app.step, app.t0, app.digits)
    now.time = time.time()
    if not now.verify(int(digits), app.tolerance):
        return False
    if stored(user, app) is None:
        app.name, app.last_t, app.drift = name, now.t(), now.drift
        app.save()
        StaffAct.objects.record(Kind.FACTOR_ADDED, actor=user, about=name)
    return True


def stored(user: User, app: App) -> App | None:
    """Return the app of somebody's that has this one's secret; None if it was never added."""
    mine = App.objects.filter(user=user)
    return next((one for one in mine if one.bin_key == app.bin_key), None)


# Taking away


class LastFactor(Exception):
    """It is the only second step of somebody who has to have one."""


@transaction.atomic
def remove(user: User, device_id: str) -> str | None:
    """Take away one of somebody's own apps or passkeys; return its name, None if there is none.

    Raises LastFactor.
    """
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk))
    mine = {device.persistent_id: device for device in of(user)}
    device = mine.get(device_id)
    if device is None:
        return None
    if len(mine) == 1:
        if settings.MFA_REQUIRED:
            raise LastFactor
        StaticDevice.objects.filter(user=user).delete()
    device.delete()
    StaffAct.objects.record(Kind.FACTOR_REMOVED, actor=user, about=device.name)
    return str(device.name)


@transaction.atomic
def reset(user: User, *, actor: User | None, reason: str) -> None:
    """Take away every second step of a colleague who lost theirs; they set up a new one at login.

    Sessions of theirs that had taken it are out with it.
    """
    for model in (App, WebAuthnCredential, StaticDevice):
        model.objects.filter(user=user).delete()
    StaffAct.objects.record(
        Kind.FACTORS_RESET, actor=actor, about=user.get_username(), reason=reason
    )
