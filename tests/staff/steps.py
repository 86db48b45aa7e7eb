"""What staff do to get in, again and again."""

import re
import secrets
import time
from base64 import b32decode
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP

from openletters.staff.models import App
from tests.factories import PASSWORD

INDEX = "/admin/"
LOGIN = "/admin/login/"
SECOND_STEP = "/admin/second-step/"
ADD_APP = "/admin/security/app/"
SECURITY = "/admin/security/"
CONFIRM = "/admin/confirm/"


def give_app(user: User) -> App:
    """Store an app of somebody's, as if it had been set up long ago."""
    app = App.offered(user, secrets.token_bytes(20))
    app.name = "Phone"
    app.save()
    return app


def app_of(secret: str) -> App:
    """Return an app into which somebody has typed a secret."""
    return App.offered(User(), b32decode(secret))


def code_of(app: App, *, ahead: int = 0) -> str:
    """Return what an app shows now, or in `ahead` times 30 seconds."""
    shown = TOTP(app.bin_key, app.step, app.t0, app.digits)
    shown.time = time.time() + ahead * app.step
    return f"{shown.token():06d}"


def give_password(client: Client, user: User, password: str = PASSWORD, **extra: Any) -> Any:
    """Send the login form."""
    return client.post(LOGIN, {"username": user.username, "password": password}, **extra)


def log_in(client: Client, user: User) -> None:
    """Take both steps, with the one app that somebody has."""
    give_password(client, user)
    app = App.objects.get(user=user)
    # As if its last code was used long ago: a test may log the same person in twice.
    App.objects.filter(pk=app.pk).update(last_t=-1)
    done = client.post(SECOND_STEP, {"code": code_of(app)})
    assert done.status_code == 302, done.content.decode()


def offered(html: str) -> dict[str, str]:
    """Return what the page that sets up an app holds: its secret, and the signed offer."""
    offer = re.search(r'name="offer" value="([^"]+)"', html)
    secret = re.search(r'class="secret">([^<]+)<', html)
    assert offer
    assert secret
    return {"offer": offer[1], "secret": secret[1].replace(" ", "")}
