"""An administrator makes a key for an organiser's own form, once, and revokes it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from openletters.staff import roles
from signatures.models import ApiKey, Campaign
from tests.factories import make_campaign, make_letter, make_member

pytestmark = pytest.mark.django_db

ADD = "/admin/signatures/apikey/add/"
LIST = "/admin/signatures/apikey/"


@pytest.fixture
def desk() -> Client:
    """A browser of an administrator."""
    client = Client()
    client.force_login(make_member("ada", roles.ADMINISTRATOR))
    return client


@pytest.fixture
def campaign() -> Campaign:
    return make_letter(campaign=make_campaign()).campaign  # type: ignore[return-value]


def make(desk: Client, **stated: Any) -> Any:
    return desk.post(
        ADD, {"name": "The form on example.org", "campaign": "", "letter": ""} | stated
    )


def test_what_opens_it_is_shown_once(desk: Client, campaign: Campaign) -> None:
    answer = make(desk, campaign=campaign.pk)
    assert answer["Cache-Control"] == "no-store"
    html = answer.content.decode()
    [secret] = re.findall(r"olk_[\w-]{43}", html)
    key = ApiKey.objects.get()
    assert ApiKey.objects.opened_by(secret) == key
    assert (key.campaign, key.made_by.username) == (campaign, "ada")
    assert "A campaign" in html
    for page in (LIST, reverse("admin:signatures_apikey_change", args=[key.pk]), "/admin/"):
        shown = desk.get(page).content.decode()
        assert secret not in shown
        assert key.digest not in shown


def test_a_revoked_key_stays_on_record_and_opens_nothing(desk: Client, campaign: Campaign) -> None:
    secret = re.findall(r"olk_[\w-]+", make(desk, campaign=campaign.pk).content.decode())[0]
    key = ApiKey.objects.get()
    address = reverse("admin:signatures_apikey_revoke", args=[key.pk])
    assert desk.get(address).status_code == 405
    for _twice in range(2):
        assert desk.post(address).status_code == 302
    key.refresh_from_db()
    assert key.revoked_by
    first = key.revoked_at
    assert not key.revoke(actor=key.made_by)
    assert key.revoked_at == first
    assert ApiKey.objects.opened_by(secret) is None
    assert "revoked by ada" in desk.get(LIST).content.decode()


@pytest.mark.parametrize("both", [True, False])
def test_it_is_for_a_campaign_or_else_for_a_letter(
    desk: Client, campaign: Campaign, both: bool
) -> None:
    alone = make_letter("alone")
    chosen = {"campaign": campaign.pk, "letter": alone.pk} if both else {}
    answer = make(desk, **chosen)
    assert "Choose a campaign, or else a letter." in answer.content.decode()
    assert not ApiKey.objects.exists()
    assert make(desk, letter=alone.pk).status_code == 200
    assert ApiKey.objects.get().letter == alone


def test_a_letter_of_a_campaign_has_no_key_of_its_own(desk: Client, campaign: Campaign) -> None:
    letter = campaign.letters.get()
    assert make(desk, letter=letter.pk).context["adminform"].form.errors
    assert not ApiKey.objects.exists()
