"""Somebody has found a vulnerability, and looks for whom to tell."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from openletters import environment

PATH = "/.well-known/security.txt"


def test_it_names_the_contact_for_half_a_year_from_today(
    client: Client, settings: Settings
) -> None:
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    settings.SITE_URL = "https://letters.example.org"
    with time_machine.travel(datetime(2026, 11, 25, 9, 30, tzinfo=UTC)):
        response = client.get(PATH)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "Contact: mailto:security@example.org\n"
        "Expires: 2027-05-24T00:00:00Z\n"
        "Preferred-Languages: en, ar, es, fr\n"
        "Canonical: https://letters.example.org/.well-known/security.txt\n"
    )
    assert not response.cookies


@pytest.mark.django_db
def test_without_a_contact_there_is_no_such_page(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = ""
    assert client.get(PATH).status_code == 404


def test_it_takes_no_form(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "https://example.org/report"
    assert client.post(PATH).status_code == 405


@pytest.mark.parametrize(
    ("stated", "contact"),
    [
        ("security@example.org", "mailto:security@example.org"),
        ("mailto:security@example.org", "mailto:security@example.org"),
        ("https://example.org/report", "https://example.org/report"),
        ("", ""),
    ],
)
def test_an_address_is_named_as_the_standard_wants_it(
    monkeypatch: pytest.MonkeyPatch, stated: str, contact: str
) -> None:
    monkeypatch.setenv("A_CONTACT", stated)
    assert environment.contact("A_CONTACT") == contact
