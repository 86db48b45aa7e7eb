"""How long somebody stays logged in, and for how long we believe that it is still them."""

import time
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

IDLE = 30 * 60
"""Seconds without a page after which a session ends."""

LONGEST = 12 * 3600
"""Seconds after its login at which a session ends, whatever is done in it."""

FRESH = 5 * 60
"""Seconds for which a password or a second step is as good as just given."""

_NOTED = 60
"""Seconds within which a session's last page is not written down anew."""


class SessionLimitsMiddleware:
    """Ends sessions of staff that were idle for too long, or have lasted too long.

    Only staff have sessions, and only below /admin/ are they looked at: what the public reads does
    not depend on cookies.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(reverse("admin:index")) and SESSION_KEY in request.session:
            _keep_or_end(request)
        return self.get_response(request)


def _keep_or_end(request: HttpRequest) -> None:
    now = time.time()
    seen, began = (request.session.get(name, 0) for name in ("seen_at", "began_at"))
    if not 0 <= now - seen < IDLE:
        told = _("You were logged out because nothing was done for half an hour.")
    elif not 0 <= now - began < LONGEST:
        told = _("You were logged out because twelve hours have passed.")
    else:
        if now - seen >= _NOTED and not is_unattended(request):
            request.session["seen_at"] = now
        return
    request.session.flush()
    request.user = AnonymousUser()
    messages.info(request, told)


def is_unattended(request: HttpRequest) -> bool:
    """Whether a script asks by itself, so that the answer shows that nobody is there.

    That is the desk as it fetches what may come next, and an import that waits for its analysis.
    """
    return request.headers.get("X-Desk") == "ahead" or "progress" in request.GET


def begin(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Start counting; a receiver of user_logged_in."""
    request.session["began_at"] = request.session["seen_at"] = time.time()
    confirm(request)


def confirm(request: HttpRequest) -> None:
    """Remember that the owner of the account was there just now."""
    request.session["confirmed_at"] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    """Whether the owner of the account was there just now."""
    age: float = time.time() - request.session.get("confirmed_at", 0)
    return 0 <= age < FRESH
