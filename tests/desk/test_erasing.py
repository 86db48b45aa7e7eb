"""Staff erase the contact data of somebody who asked them to."""

import pytest
from django.test import Client
from django.urls import reverse

from signatures.admin import evidence
from signatures.models import OutgoingMail, SignOn
from tests.factories import DESK, make_letter, make_staff
from tests.retention.canaries import CANARY, everything, staff, watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client: Client) -> Client:
    """Somebody who may erase."""
    client.force_login(make_staff(permissions=[*DESK, "erase_contacts"]))
    return client


def page(sign_on: SignOn, step: str = "change") -> str:
    return reverse(f"admin:signatures_signon_{step}", args=[sign_on.pk])


def erase(client: Client, sign_on: SignOn) -> int:
    seen = {"seen": evidence.seen(sign_on)}
    return client.post(page(sign_on, "erase"), seen, follow=True).status_code


def test_the_contact_goes_and_the_listing_stays(keeper: Client) -> None:
    sign_on = watched(make_letter())
    sign_on.approve(actor=staff())
    sign_on.refresh_from_db()
    assert erase(keeper, sign_on) == 200
    assert CANARY not in everything()
    assert keeper.get("/letters/a-letter/count.json").json()["count"] == 1
    html = keeper.get(page(sign_on)).content.decode()
    assert "The contact data was erased on" in html
    assert "contact data erased · <bdi>mona</bdi>" in html
    assert page(sign_on, "erase") not in html


def test_a_sign_on_that_waits_is_withdrawn_and_nobody_written_to(keeper: Client) -> None:
    sign_on = watched(make_letter())
    assert "it is withdrawn as well" in keeper.get(page(sign_on)).content.decode()
    erase(keeper, sign_on)
    sign_on.refresh_from_db()
    assert sign_on.status == "withdrawn"
    assert not OutgoingMail.objects.waiting().exists()


def test_it_takes_a_right_of_its_own(client: Client) -> None:
    client.force_login(make_staff())
    sign_on = watched(make_letter())
    assert page(sign_on, "erase") not in client.get(page(sign_on)).content.decode()
    assert erase(client, sign_on) == 403
    assert SignOn.objects.with_contact().exists()


def test_what_somebody_else_changed_meanwhile_is_left_alone(keeper: Client) -> None:
    sign_on = watched(make_letter())
    seen = evidence.seen(sign_on)
    sign_on.approve(actor=staff())
    keeper.post(page(sign_on, "erase"), {"seen": seen})
    assert SignOn.objects.with_contact().exists()


@pytest.mark.parametrize("step", ["reject", "withdraw"])
def test_the_history_takes_no_address(client: Client, step: str) -> None:
    client.force_login(make_staff())
    sign_on = watched(make_letter())
    form = {"seen": evidence.seen(sign_on), "tell": "silent"}
    words = "Asked for by carla@canary.example, by phone"
    response = client.post(page(sign_on, step), form | {"reason": words})
    assert response.status_code == 400
    html = response.content.decode()
    assert "Leave the e-mail address out" in html
    assert words in html
    assert client.post(page(sign_on, step), form | {"reason": "Asked @ noon"}).status_code == 302
