"""Somebody reads what is kept about people, and for how long."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django import Settings

from signatures import consent, periods
from signatures.emails import confirm_path
from signatures.pages import kept
from signatures.pages.states import release
from tests.factories import make_letter, make_sign_on

pytestmark = pytest.mark.django_db


def read(client: Client, path: str = "/privacy/") -> str:
    """Return the page as a new process would make it."""
    kept.shelf.clear()
    release.cache_clear()
    return " ".join(unescape(client.get(path).content.decode()).split())


def test_it_tells_the_settings_in_force(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read(client)
    for words in (
        "Erased 6 months after the last of its letters",
        "Erased within 24 hours of a withdrawal",
        "Erased 30 days after a sign-on was not accepted",
        "Deleted whole after 7 days",
        "the link works for 72 hours",
        "look at each sign-on within 24 hours",
        "The newest 30, one each night",
        "Open Letters, letters@localhost",
    ):
        assert words in before, words
    settings.CONTACTS_KEPT = 1
    settings.MODERATION_SERVICE_LEVEL = 12.5
    settings.PRIVACY_CONTACT = "Water Coalition <x>, 1 Road, privacy@water.example"
    settings.BACKUPS_KEPT = 14
    monkeypatch.setattr(periods, "UNCONFIRMED_KEPT", timedelta(days=3))
    after = read(client)
    for words in (
        "Erased 1 month after the last of its letters",
        "Deleted whole after 3 days",
        "look at each sign-on within 12.5 hours",
        "The newest 14, one each night",
        "Water Coalition <x>, 1 Road, ",
        "mailto:privacy@water.example",
    ):
        assert words in after, words


def test_another_setting_is_another_page(client: Client, settings: Settings) -> None:
    release.cache_clear()
    tags = {client.get("/privacy/")["ETag"]}
    for name, value in (("CONTACTS_KEPT", 9), ("PRIVACY_CONTACT", "Us"), ("BACKUPS_KEPT", 9)):
        setattr(settings, name, value)
        release.cache_clear()
        tags.add(client.get("/privacy/")["ETag"])
    release.cache_clear()
    assert len(tags) == 4


@pytest.mark.parametrize("path", ["/", "/letters/a-letter/", "/letters/a-letter/sign/", "/ar/"])
def test_every_page_leads_there(client: Client, path: str) -> None:
    make_letter()
    address = "/ar/privacy/" if path == "/ar/" else "/privacy/"
    assert f'href="{address}"' in client.get(path).content.decode()
    assert client.get(address).status_code == 200


def test_the_form_says_how_long_contact_data_is_kept(client: Client, settings: Settings) -> None:
    settings.CONTACTS_KEPT = 8
    make_letter()
    html = client.get("/letters/a-letter/sign/").content.decode()
    assert "Your contact data is erased 8 months after the last of your letters closes" in html
    assert str(consent.WORDINGS[consent.CURRENT]) in html


def test_the_page_before_the_confirmation_says_what_happens_without(client: Client) -> None:
    html = client.get(confirm_path(make_sign_on(status="unconfirmed"))).content.decode()
    assert "deleted 7 days after it was sent" in html
