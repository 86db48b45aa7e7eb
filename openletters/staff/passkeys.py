"""Passkeys: what the browser's script asks for, as JSON, to register one and to log in with one.

The ceremonies are those of django-otp-webauthn. A passkey is a second step here, and never takes
the place of the password.
"""

import json
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, JsonResponse
from django_otp_webauthn import exceptions
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import AbstractWebAuthnCredential, WebAuthnCredential
from django_otp_webauthn.views import (
    BeginCredentialAuthenticationView,
    BeginCredentialRegistrationView,
    CompleteCredentialAuthenticationView,
    CompleteCredentialRegistrationView,
)

from openletters.staff import confirming, factors, sessions
from openletters.staff.models import StaffAct

LONGEST_NAME = 64


class Helper(WebAuthnHelper):
    """Gives a new passkey the name that its owner typed."""

    def create_credential(self, user: User, *args: Any) -> Any:
        """Return the new passkey, not stored."""
        device = super().create_credential(user, *args)
        name = self.request.data.get("name", "")
        clean = "".join(sign for sign in str(name) if sign.isprintable()).strip()
        device.name = clean[:LONGEST_NAME] or "passkey"
        return device


class Staff:
    """Only for staff, and only for JSON that can be read."""

    request: Any

    def _parse_request_data(self, request: HttpRequest) -> Any:
        try:
            data = json.loads(request.body) if request.body else {}
        except (ValueError, RecursionError):
            raise exceptions.MalformedRequest from None
        if not isinstance(data, dict):
            raise exceptions.MalformedRequest
        return data

    def get_user(self) -> User | None:
        """Return who has given the password in this session."""
        user = self.request.user
        return user if user.is_active and user.is_staff else None


class Registration(Staff):
    """Whoever owes the first second step may set one up; later ones, who was there just now."""

    def check_can_register(self) -> None:
        """Refuse sessions that are old or not through."""
        may = factors.is_through(self.request) or not factors.has_any(self.request.user)
        if not may or not sessions.is_fresh(self.request):
            raise exceptions.NotVerified


class BeginRegistration(Registration, BeginCredentialRegistrationView):
    """What to ask the browser for."""


class CompleteRegistration(Registration, CompleteCredentialRegistrationView):
    """What the browser made."""

    def post(self, *args: Any, **kwargs: Any) -> JsonResponse:
        """Store the passkey; the session in which the first one was made is through."""
        was_through = self.request.user.is_verified()
        response: JsonResponse = super().post(*args, **kwargs)
        device = WebAuthnCredential.objects.get(pk=json.loads(response.content)["id"])
        StaffAct.objects.record(
            StaffAct.Kind.FACTOR_ADDED, actor=self.request.user, about=device.name
        )
        if not was_through:
            factors.pass_through(self.request, device)
        return response


class BeginAuthentication(Staff, BeginCredentialAuthenticationView):
    """What to ask the browser for."""


class CompleteAuthentication(Staff, CompleteCredentialAuthenticationView):
    """What the browser answered."""

    def complete_auth(self, device: AbstractWebAuthnCredential) -> None:
        """Let the session in; if it is in, the owner has shown that they are there."""
        if self.request.user.is_verified():
            sessions.confirm(self.request)
        else:
            factors.pass_through(self.request, device)

    def get_success_url(self) -> str:
        """Where the script goes on to."""
        return confirming.safe_next(self.request)
