"""Logins and failed ones, as Django and axes tell of them: what follows, and their record."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.http import HttpRequest

from openletters.staff import factors, languages, sessions
from openletters.staff.models import StaffAct

Kind = StaffAct.Kind


def listen() -> None:
    """Hear of every login."""
    user_logged_in.connect(sessions.begin)
    user_logged_in.connect(languages.begin)
    user_logged_in.connect(factors.owe)
    user_logged_in.connect(logged_in)
    user_login_failed.connect(login_failed)
    user_locked_out.connect(locked_out)


def logged_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Somebody gave the right password."""
    StaffAct.objects.record(Kind.LOGGED_IN, actor=user)


def login_failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """Somebody gave a wrong password for an account that there is.

    What was typed as the name of one that there is not may be a password, and is kept nowhere. Of
    guesses that were not even looked at nothing is told, so that nobody can fill the record.
    """
    if getattr(request, "axes_refused", False):
        return
    if user := _named(credentials.get("username")):
        StaffAct.objects.record(Kind.LOGIN_FAILED, actor=None, about=user.get_username())


def locked_out(request: HttpRequest, username: str, **kwargs: Any) -> None:
    """Somebody guessed too often."""
    if getattr(request, "axes_refused", False):
        return
    credentials = getattr(request, "axes_credentials", None) or {}
    if user := _named(credentials.get("username")):
        StaffAct.objects.record(Kind.LOCKED_OUT, actor=None, about=user.get_username())


def _named(username: Any) -> User | None:
    if not isinstance(username, str):
        return None
    return User.objects.filter(username=username[:150].replace("\x00", "")).first()
