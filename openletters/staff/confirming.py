"""Asking again who it is, before what a stolen session must not be able to do.

A password or a second step counts for five minutes. Whoever has to be asked in the middle of a
form loses nothing: the question carries the form along.
"""

import re

from django import forms
from django.contrib import admin
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openletters.staff import factors, sessions

SECRET = "confirm_secret"  # noqa: S105


class ConfirmForm(forms.Form):
    """The password once more, or a code of the app."""

    confirm_secret = forms.CharField(
        label=gettext_lazy("Your password, or a code of your app"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, data: object = None, *, request: HttpRequest) -> None:
        super().__init__(data, label_suffix="")  # type: ignore[arg-type]
        self.request = request

    def clean_confirm_secret(self) -> str:
        secret = str(self.cleaned_data[SECRET])
        if not is_right(self.request, secret):
            raise ValidationError(_("That is neither your password nor a present code."))
        return secret


def is_right(request: HttpRequest, secret: str) -> bool:
    """Whether it is the password of who is logged in, or a code of their app."""
    user = request.user
    assert user.is_authenticated
    if re.fullmatch(r"\s*\d{3}\s?\d{3}\s*", secret) and factors.take_code(user, secret):
        return True
    return is_password(request, secret)


def is_password(request: HttpRequest, secret: str) -> bool:
    """Whether it is the password of who is logged in.

    Counted like a login, so that a stolen session cannot guess it either.
    """
    user = request.user
    assert user.is_authenticated
    return authenticate(request, username=user.get_username(), password=secret) == user


def ask(request: HttpRequest) -> HttpResponse | None:
    """Return the question, or None when it need not be asked or has just been answered.

    To be called by a view before it does anything: `if asked := confirming.ask(request): return
    asked`. Files of a form are not carried along.
    """
    if sessions.is_fresh(request):
        return None
    if request.method != "POST":
        here = request.get_full_path()
        return HttpResponseRedirect(reverse("admin:confirm", query={"next": here}))
    form = ConfirmForm(request.POST if SECRET in request.POST else None, request=request)
    if form.is_valid():
        sessions.confirm(request)
        return None
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {SECRET, "csrfmiddlewaretoken"}
        for value in values
    ]
    return _page(request, form, carried)


def confirm(request: HttpRequest) -> HttpResponse:
    """Ask, and go on to where the question came up."""
    if not (request.user.is_active and request.user.is_staff):
        return HttpResponseRedirect(reverse("admin:login"))
    form = ConfirmForm(request.POST if request.method == "POST" else None, request=request)
    if (request.method == "POST" and sessions.is_fresh(request)) or form.is_valid():
        sessions.confirm(request)
        return HttpResponseRedirect(safe_next(request))
    return _page(request, form, [("next", safe_next(request))])


def safe_next(request: HttpRequest) -> str:
    """Return where the request says to go on to, if that is on this site; else the first page."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(target, hosts, require_https=request.is_secure()):
        return target
    return reverse("admin:index")


def _page(request: HttpRequest, form: ConfirmForm, carried: list[tuple[str, str]]) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Please confirm that it is you"),
        "form": form,
        "carried": carried,
        "has_passkey": _has_passkey(request),
    }
    status = 400 if form.is_bound else 403 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/staff/confirm.html", context, status=status)


def _has_passkey(request: HttpRequest) -> bool:
    user = request.user
    assert user.is_authenticated
    return any(factors.is_passkey(device) for device in factors.of(user))
