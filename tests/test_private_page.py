"""A contact person comes back with the private link."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from signatures import emails, vault
from signatures.emails import private_path
from signatures.models import Letter, Organization, OutgoingMail, Signature, SignOn
from tests.editions.steps import delivered
from tests.factories import make_letter, make_sign_on, make_signature, make_staff

pytestmark = pytest.mark.django_db


def approved(**stated: Any) -> SignOn:
    sign_on = make_sign_on(**stated)
    sign_on.approve(actor=make_staff("approver"))
    return sign_on


def corrected(sign_on: SignOn, **changes: str) -> dict[str, str]:
    fields = (
        "name",
        "local_name",
        "acronym",
        "country",
        "website",
        "contact_name",
        "contact_title",
    )
    stated = {field: str(getattr(sign_on, field)) for field in fields}
    return {"action": "correct"} | stated | changes


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (SignOn.Status.UNCONFIRMED, "Not confirmed yet"),
        (SignOn.Status.PENDING, "People check every name"),
        (SignOn.Status.REJECTED, "Not accepted"),
        (SignOn.Status.WITHDRAWN, "Withdrawn"),
    ],
)
def test_it_says_how_the_sign_on_stands(client: Client, status: str, words: str) -> None:
    assert words in client.get(private_path(make_sign_on(status=status))).content.decode()


def test_it_says_that_the_organisation_is_listed(client: Client) -> None:
    assert "Listed." in client.get(private_path(approved())).content.decode()


def test_looking_changes_nothing(client: Client) -> None:
    sign_on = approved()
    client.get(private_path(sign_on) + "?action=withdraw")
    client.head(private_path(sign_on))
    assert Signature.objects.current().count() == 1


def test_withdrawing_takes_the_organisation_off_the_list_at_once(client: Client) -> None:
    letter = make_letter()
    sign_on = approved(letters=[letter])
    assert client.get("/letters/a-letter/count.json").json()["count"] == 1
    for _ in range(2):
        response = client.post(private_path(sign_on), {"action": "withdraw"}, follow=True)
        assert "Your sign-on is withdrawn" in response.content.decode()
    assert client.get("/letters/a-letter/count.json").json()["count"] == 0
    assert "Water Watch" not in client.get("/letters/a-letter/").content.decode()
    assert sign_on.events.filter(kind="withdraw").count() == 1
    assert OutgoingMail.objects.filter(kind="withdrawn").count() == 1


def test_who_would_withdraw_after_a_delivery_is_told_what_stays(client: Client) -> None:
    letter = make_letter()
    sign_on = approved(letters=[letter])
    told = "will say that your organisation withdrew after the delivery"
    assert told not in client.get(private_path(sign_on)).content.decode()
    delivered(letter)
    assert client.get(private_path(sign_on)).content.decode().count(told) == 2
    client.post(private_path(sign_on), {"action": "withdraw"})
    assert told not in client.get(private_path(sign_on)).content.decode()


def test_a_second_claim_cannot_withdraw_what_another_brought(client: Client) -> None:
    letter = make_letter()
    make_signature(letter, "Water Watch")
    second = approved(letters=[letter], email="somebody@elsewhere.example")
    assert "listed already" in client.get(private_path(second)).content.decode()
    client.post(private_path(second), {"action": "withdraw"})
    assert Signature.objects.current().count() == 1


def test_everything_can_be_corrected_before_it_is_listed(client: Client) -> None:
    sign_on = make_sign_on()
    changes = {"name": "Water Watch Kenya", "website": "https://ww.example", "contact_name": "Bob"}
    response = client.post(private_path(sign_on), corrected(sign_on, **changes), follow=True)
    assert "Your correction is saved" in response.content.decode()
    sign_on.refresh_from_db()
    assert sign_on.name == "Water Watch Kenya"
    assert sign_on.key == "water watch kenya"
    assert sign_on.contact_name == "Bob"
    assert "name" in sign_on.events.get(kind="corrected").reason


def test_a_correction_of_a_listed_name_waits_for_staff(client: Client) -> None:
    sign_on = approved()
    changes = {"name": "Water Watch Kenya", "contact_name": "Bob"}
    page = client.post(private_path(sign_on), corrected(sign_on, **changes), follow=True)
    assert "waits for review" in page.content.decode()
    sign_on.refresh_from_db()
    assert (sign_on.name, sign_on.contact_name) == ("Water Watch", "Bob")
    assert Signature.objects.get().name == "Water Watch"
    correction = sign_on.corrections.get()
    before = Letter.objects.get().revision

    staff = make_staff()
    assert correction.decide(actor=staff, accept=True)
    assert not correction.decide(actor=staff, accept=True)
    assert Signature.objects.get().name == "Water Watch Kenya"
    assert Letter.objects.get().revision == before + 1
    assert Organization.objects.known_as("Water Watch Kenya").get().official_name == "Water Watch"
    assert OutgoingMail.objects.filter(kind="corrected").count() == 1


def test_a_declined_correction_changes_nothing(client: Client) -> None:
    sign_on = approved()
    client.post(private_path(sign_on), corrected(sign_on, name="Something else"))
    sign_on.corrections.get().decide(actor=make_staff(), accept=False, reason="Another name")
    assert Signature.objects.get().name == "Water Watch"
    assert OutgoingMail.objects.filter(kind="correction_declined").count() == 1


def test_a_newer_correction_replaces_the_one_that_waits(client: Client) -> None:
    sign_on = approved()
    for name in ("First try", "Second try"):
        client.post(private_path(sign_on), corrected(sign_on, name=name))
    assert sign_on.corrections.open().get().name == "Second try"
    assert 'value="Second try"' in client.get(private_path(sign_on)).content.decode()


def test_a_correction_is_taken_back_by_stating_what_is_listed(client: Client) -> None:
    sign_on = approved()
    client.post(private_path(sign_on), corrected(sign_on, name="Another"))
    client.post(private_path(sign_on), corrected(sign_on))
    assert not sign_on.corrections.open().exists()


def test_a_mistake_in_a_correction_is_explained_and_costs_nothing(client: Client) -> None:
    sign_on = make_sign_on()
    response = client.post(private_path(sign_on), corrected(sign_on, name="...", contact_name="Bo"))
    html = response.content.decode()
    assert response.status_code == 400
    assert "at least one letter or digit" in html
    assert 'value="Bo"' in html
    sign_on.refresh_from_db()
    assert sign_on.name == "Water Watch"


def test_another_address_counts_once_it_is_confirmed_from_there(client: Client) -> None:
    sign_on = make_sign_on()
    change = {"action": "email", "new_email": "bob@waterwatch.example"}
    client.post(private_path(sign_on), change)
    sign_on.refresh_from_db()
    assert sign_on.email == "alice@waterwatch.example"

    mail = OutgoingMail.objects.get(kind="new_address")
    message = emails.compose(mail)
    assert message.to == ["bob@waterwatch.example"]
    notice = emails.compose(OutgoingMail.objects.get(kind="address_change"))
    assert notice.to == ["alice@waterwatch.example"]
    [path] = re.findall(r"(/confirm-address/\S+)", str(message.body))
    client.get(path)
    sign_on.refresh_from_db()
    assert sign_on.email == "alice@waterwatch.example"
    assert client.post(path).status_code == 302
    sign_on.refresh_from_db()
    assert (sign_on.email, sign_on.new_email) == ("bob@waterwatch.example", "")
    assert client.post(path).status_code == 302  # it says that the address is in use


def test_a_link_to_an_address_that_was_replaced_is_dead(client: Client) -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("bob@waterwatch.example")
    first = emails.compose(OutgoingMail.objects.get(kind="new_address"))
    [path] = re.findall(r"(/confirm-address/\S+)", str(first.body))
    sign_on.request_new_email("eve@waterwatch.example")
    assert client.post(path).status_code == 404


def test_the_present_address_as_the_new_one_promises_no_mail(client: Client) -> None:
    sign_on = make_sign_on([make_letter()])
    address = {"action": "email", "new_email": sign_on.email.upper()}
    answer = client.post(private_path(sign_on), address, follow=True)
    assert "the address we write to already" in answer.content.decode()
    assert not sign_on.mails.exists()


def test_a_broken_new_address_is_explained(client: Client) -> None:
    sign_on = make_sign_on()
    response = client.post(private_path(sign_on), {"action": "email", "new_email": "bob"})
    assert response.status_code == 400
    assert "such as name@example.org" in response.content.decode()


def test_a_withdrawn_sign_on_cannot_be_changed(client: Client) -> None:
    sign_on = make_sign_on(status=SignOn.Status.WITHDRAWN)
    client.post(private_path(sign_on), corrected(sign_on, name="Back again"))
    client.post(private_path(sign_on), {"action": "email", "new_email": "bob@example.org"})
    sign_on.refresh_from_db()
    assert (sign_on.name, sign_on.new_email) == ("Water Watch", "")


def test_an_old_link_offers_a_new_mail(client: Client) -> None:
    sign_on = approved()
    OutgoingMail.objects.all().delete()
    address = private_path(sign_on)
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        assert client.post(address, {"action": "withdraw"}).status_code == 410
    assert Signature.objects.current().count() == 1
    assert OutgoingMail.objects.get().kind == "private_link"


def test_links_in_a_mailbox_that_was_left_stop_working(client: Client) -> None:
    sign_on = approved()
    old = private_path(sign_on)
    sign_on.request_new_email("bob@waterwatch.example")
    sign_on.confirm_new_email("bob@waterwatch.example")
    assert client.post(old, {"action": "withdraw"}).status_code == 404
    assert Signature.objects.current().count() == 1
    assert client.get(private_path(sign_on)).status_code == 200
    assert sign_on.events.filter(kind="new_email_confirmed").count() == 1


def test_only_the_address_that_is_still_named_can_be_confirmed() -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("bob@waterwatch.example")
    sign_on.confirm_new_email("eve@elsewhere.example")
    assert sign_on.email == "alice@waterwatch.example"


def test_nobody_is_flooded_by_naming_them_in_turns() -> None:
    sign_on = make_sign_on()
    for number in range(20):
        sign_on.request_new_email(f"victim{number % 2}@elsewhere.example")
    assert OutgoingMail.objects.filter(kind="new_address").count() == 6


def test_an_expired_address_link_writes_to_the_new_address_again(client: Client) -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("bob@waterwatch.example")
    message = emails.compose(OutgoingMail.objects.get(kind="new_address"))
    [path] = re.findall(r"(/confirm-address/\S+)", str(message.body))
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        assert client.post(path).status_code == 410
    assert OutgoingMail.objects.filter(kind="new_address").count() == 2
    assert not OutgoingMail.objects.filter(kind="private_link").exists()


def test_the_address_page_stays_secret(client: Client) -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("bob@waterwatch.example")
    message = emails.compose(OutgoingMail.objects.get(kind="new_address"))
    [path] = re.findall(r"(/confirm-address/\S+)", str(message.body))
    response = client.get(path)
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"


def test_it_shows_the_listing_as_it_is_and_not_as_it_was_asked_for(client: Client) -> None:
    sign_on = approved()
    Signature.objects.get().relist("Water Watch (Kenya)", "", None)
    assert "<bdi>Water Watch (Kenya)</bdi>" in client.get(private_path(sign_on)).content.decode()


def test_it_says_that_a_listing_through_another_claim_is_gone(client: Client) -> None:
    letter = make_letter()
    listed = make_signature(letter, "Water Watch")
    second = approved(letters=[letter])
    assert "listed already" in client.get(private_path(second)).content.decode()
    listed.withdraw()
    assert "not listed any more" in client.get(private_path(second)).content.decode()


def test_the_warning_of_a_change_reaches_the_mailbox_that_is_left() -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("bob@waterwatch.example")
    sign_on.confirm_new_email("bob@waterwatch.example")
    warning = OutgoingMail.objects.get(kind="address_change")
    assert emails.compose(warning).to == ["alice@waterwatch.example"]
    invitation = OutgoingMail.objects.get(kind="new_address")
    assert emails.send_next()
    assert emails.send_next()
    invitation.refresh_from_db()
    assert (invitation.sent_at, bool(invitation.failed_at)) == (None, True)


def test_a_link_in_the_warning_dies_with_the_change(client: Client) -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("bob@waterwatch.example")
    warning = OutgoingMail.objects.get(kind="address_change")
    sign_on.confirm_new_email("bob@waterwatch.example")
    [path] = re.findall(r"(/sign-on/\S+)", str(emails.compose(warning).body))
    assert client.get(path).status_code == 404


def test_naming_the_same_address_again_does_nothing() -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("Alice@waterwatch.example")
    assert not OutgoingMail.objects.exists()


def test_a_name_that_another_claim_listed_cannot_be_changed(client: Client) -> None:
    letter = make_letter()
    make_signature(letter, "Water Watch")
    second = approved(letters=[letter])
    assert 'name="name"' not in client.get(private_path(second)).content.decode()
    client.post(private_path(second), corrected(second, name="Fake", contact_name="Bo"))
    second.refresh_from_db()
    assert (second.name, second.contact_name) == ("Water Watch", "Bo")
    assert not second.corrections.exists()


def test_saving_an_unchanged_correction_says_so(client: Client) -> None:
    sign_on = make_sign_on()
    page = client.post(private_path(sign_on), corrected(sign_on), follow=True)
    assert "Nothing was changed" in page.content.decode()


def test_a_mistyped_address_can_be_taken_back(client: Client) -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("typo@elsewhere.example")
    message = emails.compose(OutgoingMail.objects.get(kind="new_address"))
    [path] = re.findall(r"(/confirm-address/\S+)", str(message.body))
    sign_on.request_new_email(sign_on.email)
    assert client.post(path).status_code == 404
    sign_on.refresh_from_db()
    assert sign_on.email == "alice@waterwatch.example"


def test_a_link_in_use_does_not_confirm_the_next_address(client: Client) -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("bob@waterwatch.example")
    message = emails.compose(OutgoingMail.objects.get(kind="new_address"))
    [path] = re.findall(r"(/confirm-address/\S+)", str(message.body))
    client.post(path)
    sign_on.refresh_from_db()
    sign_on.request_new_email("eve@elsewhere.example")
    assert client.post(path).status_code == 404
    sign_on.refresh_from_db()
    assert sign_on.email == "bob@waterwatch.example"


def test_who_changes_the_address_before_confirming_gets_another_link() -> None:
    sign_on = make_sign_on(status=SignOn.Status.UNCONFIRMED)
    sign_on.request_new_email("bob@waterwatch.example")
    sign_on.confirm_new_email("bob@waterwatch.example")
    assert emails.compose(OutgoingMail.objects.get(kind="confirm")).to == ["bob@waterwatch.example"]


def test_a_withdrawal_does_not_silence_the_warning_of_a_change() -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("eve@elsewhere.example")
    sign_on.confirm_new_email("eve@elsewhere.example")
    sign_on.withdraw()
    warning = OutgoingMail.objects.waiting().get(kind="address_change")
    assert warning.address() == "alice@waterwatch.example"


def test_a_warning_outlives_a_change_of_the_key(settings: Settings) -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("bob@waterwatch.example")
    settings.CONTACT_KEYS = ["n" * 43, *vault.secrets()]
    assert OutgoingMail.objects.get(kind="new_address").address() == "bob@waterwatch.example"


def test_an_expired_link_to_an_address_in_use_writes_to_the_contact(client: Client) -> None:
    sign_on = make_sign_on()
    sign_on.request_new_email("bob@waterwatch.example")
    message = emails.compose(OutgoingMail.objects.get(kind="new_address"))
    [path] = re.findall(r"(/confirm-address/\S+)", str(message.body))
    client.post(path)
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        assert client.post(path).status_code == 410
    assert OutgoingMail.objects.get(kind="private_link").address() == "bob@waterwatch.example"
    assert OutgoingMail.objects.filter(kind="new_address").count() == 1


def test_the_country_can_be_corrected_until_it_is_decided(client: Client) -> None:
    sign_on = make_sign_on()
    link = private_path(sign_on)
    client.post(link, corrected(sign_on, country="UG"))
    sign_on.refresh_from_db()
    assert sign_on.country.code == "UG"
    assert sign_on.events.last().reason == "country"  # type: ignore[union-attr]
    response = client.post(link, corrected(sign_on, country=""))
    assert response.status_code == 400
    assert "Choose the country" in response.content.decode()
    sign_on.approve(actor=make_staff())
    assert 'name="country"' not in client.get(link).content.decode()
    client.post(link, corrected(sign_on, country="FR"))
    sign_on.refresh_from_db()
    assert sign_on.country.code == "UG"
