"""The language of the staff's pages and mails: what the account says, and before that the browser.

Their addresses have no prefix, and no cache keeps them: they may differ from browser to browser.
"""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openletters.staff.models import Preferences

KEY = "language"
"""What the language of the account is called in its session, so that no page asks for it."""

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class BrowserLanguageMiddleware:
    """Speak the browser's language on pages of staff. It needs no database: errors speak it too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_of_staff(request):
            return self.get_response(request)
        return _answer(request, self.get_response, translation.get_language_from_request(request))


class AccountLanguageMiddleware:
    """Speak the language that somebody of the staff has chosen; it stands behind the session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = request.session.get(KEY) if _is_of_staff(request) else None
        if language not in dict(settings.LANGUAGES):
            return self.get_response(request)
        return _answer(request, self.get_response, language)


def _is_of_staff(request: HttpRequest) -> bool:
    return request.path_info.startswith(reverse("admin:index"))


def _answer(request: HttpRequest, get_response: GetResponse, language: str) -> HttpResponseBase:
    with translation.override(language):
        request.LANGUAGE_CODE = language
        response = get_response(request)
    response.headers.setdefault("Content-Language", language)
    return response


def offered() -> list[tuple[str, str]]:
    """Return the languages of the interface, each by the name that its readers look for."""
    return [
        (code, capfirst(translation.get_language_info(code)["name_local"]))
        for code, _name in settings.LANGUAGES
    ]


def of(user: User) -> str:
    """Return the language in which somebody is written to; the site's until they have chosen."""
    chosen = Preferences.objects.filter(user=user).values_list("language", flat=True).first()
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def remember(user: User, language: str) -> None:
    """Store what somebody has chosen, or was invited in."""
    Preferences.objects.update_or_create(user=user, defaults={"language": language})


def begin(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Take the choice into the new session; a receiver of user_logged_in."""
    chosen = Preferences.objects.filter(user=user).values_list("language", flat=True).first()
    if chosen:
        request.session[KEY] = chosen


class LanguageForm(forms.Form):
    """One of the languages of the interface."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=offered)


def choose(request: HttpRequest) -> HttpResponse:
    """Take the language of one's own pages and mails."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = LanguageForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That is none of the languages of these pages."))
        return redirect("admin:security")
    language = form.cleaned_data["language"]
    remember(cast("User", request.user), language)
    request.session[KEY] = language
    with translation.override(language):
        messages.success(request, _("Your pages and mails are in this language now."))
    return redirect("admin:security")
