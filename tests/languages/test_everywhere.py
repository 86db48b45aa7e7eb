"""Mails speak the contact's language, and errors that of the address, whatever is spoken around."""

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from django.test import Client
from django.utils import translation

from signatures import emails
from signatures.models import OutgoingMail, SignOn
from tests.factories import about, make_letter, make_sign_on

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]


def spoken(html: str) -> str:
    """Return the opening tag of a page."""
    return html[html.index("<html") : html.index(">", html.index("<html"))]


def test_every_mail_speaks_the_language_of_its_contact() -> None:
    said: dict[str, set[str]] = {}
    for language in LANGUAGES:
        sign_on = make_sign_on(
            language=language,
            name=f"Union {language}",
            email=f"a@{language}.example",
            new_email=f"b@{language}.example",
            status=SignOn.Status.UNCONFIRMED,
        )
        around = "ar" if language != "ar" else "fr"
        with translation.override(around):
            for kind in OutgoingMail.Kind.values:
                mail = about(sign_on, kind, note="Words.")
                message = emails.compose(mail)
                assert message.extra_headers["Content-Language"] == language
                [alternative] = message.alternatives
                page = str(alternative[0])
                assert f'lang="{language}"' in spoken(page)
                assert ('dir="rtl"' in spoken(page)) == (language == "ar")
                prefix = "" if language == "en" else f"/{language}"
                links = re.findall(r"https?://[^/]*(\S*)/sign-on/", str(message.body))
                assert set(links) <= {prefix}, kind
                said.setdefault(kind, set()).add(str(message.subject))
            assert translation.get_language() == around
    # No two languages have one subject.
    assert {kind: len(subjects) for kind, subjects in said.items()} == dict.fromkeys(
        OutgoingMail.Kind.values, len(LANGUAGES)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_errors_speak_the_language_of_the_address(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter()
    prefix = "" if language == "en" else f"/{language}"
    client = Client(raise_request_exception=False, headers={"Accept-Language": "de"})
    strict = Client(enforce_csrf_checks=True)
    answers: dict[int, Any] = {
        400: client.get(f"{prefix}/?q=%00"),
        404: client.get(f"{prefix}/letters/none/"),
        403: strict.post(f"{prefix}/letters/{letter.slug}/sign/", {}),
    }
    for status, error in ((500, ValueError), (503, OperationalError)):

        def broken(*_arguments: Any, error: type[Exception] = error, **_options: Any) -> None:
            raise error

        monkeypatch.setattr("signatures.pages.states.of_home", broken)
        answers[status] = client.get(f"{prefix}/")
    for status, answer in answers.items():
        assert answer.status_code == status
        tag = spoken(answer.content.decode())
        assert f'lang="{language}"' in tag, status
        assert ('dir="rtl"' in tag) == (language == "ar"), status
        assert answer["Content-Language"] == language, status
