"""Guessing passwords is slow: django-axes counts, and this is what it is allowed to know.

Five wrong passwords for one account from one address, or thirty from one address for whatever
accounts, and for half an hour nothing from there is looked at. The owner of the account enters
from anywhere else meanwhile. Neither account nor address stands in the counters: only keyed
hashes of them, which go after the half hour.
"""

import hashlib
import hmac
import logging
from datetime import timedelta
from ipaddress import IPv6Address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user
from django.db import DatabaseError
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from openletters.clients import client_address

logger = logging.getLogger(__name__)

FOR_AN_ACCOUNT: int = settings.AXES_FAILURE_LIMIT
"""Wrong passwords for one account from one address after which no more are looked at."""

FOR_AN_ADDRESS = 30
"""Wrong passwords from one address, whatever the accounts: a whole office may stand behind it."""

COOL_OFF: timedelta = settings.AXES_COOLOFF_TIME


def _pseudonym(what: str) -> bytes:
    key = f"openletters.guessing{settings.SECRET_KEY}".encode()
    return hmac.digest(key, what.encode("utf-8", "replace"), hashlib.sha256)


def pseudonymous_address(request: HttpRequest) -> str:
    """Return a keyed hash of the client's address, in the form of an address: axes wants one."""
    return str(IPv6Address(b"\xfd" + _pseudonym(f"address {client_address(request)}")[:15]))


def pseudonymous_account(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return a keyed hash of the name that was typed, which may have been a password."""
    typed = (credentials or {}).get("username") or ""
    return _pseudonym(f"account {str(typed).casefold()}").hex()[:40]


class Guard(AxesDatabaseHandler):
    """Counts wrong passwords without browsers, pages, forms and addresses; fails closed.

    The counters lie in the same database as accounts and sessions. If they alone cannot be read,
    nobody gets in by password until they can: the answer is the page of a stopped guesser.
    """

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Whether a password is looked at."""
        try:
            allowed = bool(super().is_allowed(request, credentials))
        except DatabaseError:
            logger.exception("Wrong passwords cannot be counted")
            allowed = False
        request.axes_refused = not allowed  # type: ignore[attr-defined]
        return allowed

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return wrong passwords so far, in proportion to FOR_AN_ACCOUNT."""
        of_account, of_address = (
            attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(of_account, of_address * FOR_AN_ACCOUNT // FOR_AN_ADDRESS)

    def reset_user_attempts(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> int:
        """Forget what was wrong for the account; the address may be guessing at others."""
        of_account, _of_address = self.filter_user_attempts(request, credentials)
        return int(of_account.delete()[0])

    def user_login_failed(
        self,
        sender: Any,
        credentials: dict[str, Any],
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> None:
        """Count, from a request of which nothing else is known."""
        if request is None:
            return
        bare: Any = HttpRequest()
        for name in ("ip_address", "attempt_time", "locked_out"):
            setattr(bare, f"axes_{name}", getattr(request, f"axes_{name}"))
        bare.axes_user_agent = bare.axes_path_info = bare.axes_http_accept = ""
        bare.axes_refused = getattr(request, "axes_refused", False)
        try:
            super().user_login_failed(sender, credentials, bare, **kwargs)
        except DatabaseError:
            logger.exception("A wrong password was not counted")
        request.axes_locked_out = bare.axes_locked_out  # type: ignore[attr-defined]
        request.axes_credentials = credentials  # type: ignore[attr-defined]


def forget() -> int:
    """Drop counters that count no more; return how many. The worker does it, and each login."""
    old = AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - COOL_OFF)
    return int(old.delete()[0])


def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer whoever guessed too often."""
    request.user = get_user(request)
    page = TemplateResponse(
        request,
        "admin/staff/locked_out.html",
        {
            "site_header": admin.site.site_header,
            "site_title": admin.site.site_title,
            "title": _("Too many wrong passwords"),
            "minutes": COOL_OFF // timedelta(minutes=1),
        },
        status=429,
        headers={"Retry-After": str(int(COOL_OFF.total_seconds()))},
    )
    return page.render()
