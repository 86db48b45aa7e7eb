"""Whoever signs says whether they want to be told what becomes of the letter."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from signatures import consent
from signatures.emails import confirm_path, private_path
from signatures.models import ImportRow, Letter, SignOn, SignOnEvent
from signatures.models.history import IllegalTransition
from tests.factories import claim, make_letter, make_sign_on, make_staff

pytestmark = pytest.mark.django_db

SIGN = "/letters/a-letter/sign/"


def filled(**more: object) -> dict[str, object]:
    letter = make_letter()
    return {"letters": [letter.pk], "authorized": "on"} | claim() | more


def test_the_box_is_not_ticked_and_nobody_has_to(client: Client) -> None:
    data = filled()
    html = client.get(SIGN).content.decode()
    box = next(tag for tag in html.split("<input") if 'name="updates"' in tag)
    assert "checked" not in box.split(">")[0]
    assert "required" not in box.split(">")[0]
    assert consent.wording(consent.UPDATES) in html
    assert client.post(SIGN, data).status_code == 302
    sign_on = SignOn.objects.get()
    assert (sign_on.updates_version, sign_on.updates_wording) == ("", "")
    assert sign_on.updates_at is None


def test_who_ticks_it_leaves_wording_and_time_apart_from_the_declaration(client: Client) -> None:
    before = timezone.now()
    client.post(f"/ar{SIGN}", filled(updates="on"))
    sign_on = SignOn.objects.get()
    assert sign_on.updates_version == consent.UPDATES
    assert sign_on.consent_version == consent.CURRENT
    assert sign_on.updates_at
    assert before <= sign_on.updates_at <= timezone.now()
    html = client.get(f"/ar{SIGN}").content.decode()
    assert sign_on.updates_wording in html


def test_a_form_that_comes_back_keeps_the_tick(client: Client) -> None:
    html = client.post(SIGN, filled(updates="on", name="")).content.decode()
    box = next(tag for tag in html.split("<input") if 'name="updates"' in tag)
    assert "checked" in box.split(">")[0]


def test_the_page_that_confirms_says_so(client: Client) -> None:
    for wanted in (True, False):
        sign_on = make_sign_on(status=SignOn.Status.UNCONFIRMED, updates=wanted)
        html = client.get(confirm_path(sign_on)).content.decode()
        assert ("We will also tell you by e-mail" in html) is wanted


def test_entered_and_imported_sign_ons_want_none() -> None:
    letter, staff = make_letter(), make_staff()
    SignOn.objects.enter([letter], actor=staff, provenance="On paper", **claim())
    row = ImportRow(name="Imported", country="KE", email="i@contact.example")
    SignOn.objects.enter_many([row.claim("list.csv: 2")], [letter], actor=staff)
    assert SignOn.objects.count() == 2
    assert not SignOn.objects.wanting_updates().exists()


def test_a_contact_changes_it_at_any_time(client: Client) -> None:
    sign_on = make_sign_on()
    page = private_path(sign_on)
    assert "Updates: you do not get them" in client.get(page).content.decode()
    for action, wanted in (("want-updates", True), ("want-updates", True), ("end-updates", False)):
        response = client.post(page, {"action": action}, follow=True)
        sign_on.refresh_from_db()
        assert bool(sign_on.updates_version) is wanted
        said = "We will tell you by e-mail" if wanted else "You get no more updates"
        assert said in response.content.decode()
    kinds = list(sign_on.events.values_list("kind", flat=True))
    assert kinds[1:] == [SignOnEvent.Kind.UPDATES_WANTED, SignOnEvent.Kind.UPDATES_ENDED]


def test_what_is_agreed_anew_has_the_wording_of_the_page_on_which_it_was() -> None:
    sign_on = make_sign_on()
    sign_on.want_updates()
    assert sign_on.updates_wording == consent.wording(consent.UPDATES)
    assert sign_on.updates_version == consent.UPDATES


def test_ending_holds_for_every_sign_on_of_the_address_and_for_no_other() -> None:
    first, second = (make_sign_on(name=name, updates=True) for name in ("One", "Two"))
    other = make_sign_on(name="Three", email="bob@contact.example", updates=True)
    first.end_updates()
    assert list(SignOn.objects.wanting_updates()) == [other]
    assert second.events.filter(kind="updates_ended").count() == 1
    first.end_updates()
    assert SignOnEvent.objects.filter(kind="updates_ended").count() == 2


@pytest.mark.parametrize("state", ["withdrawn", "rejected", "erased"])
def test_there_is_no_news_for_who_does_not_sign(state: str) -> None:
    sign_on = make_sign_on()
    if state == "withdrawn":
        sign_on.withdraw()
    elif state == "rejected":
        sign_on.reject(actor=make_staff(), reason="Unknown")
    else:
        SignOn.objects.filter(pk=sign_on.pk).erase()
    with pytest.raises(IllegalTransition):
        sign_on.want_updates()
    assert not SignOn.objects.wanting_updates().exists()
    sign_on.end_updates()  # harmless


def test_whoever_confirms_a_repetition_that_wants_them_gets_them() -> None:
    letter = make_letter()
    first = make_sign_on([letter])
    again = make_sign_on([letter], status=SignOn.Status.UNCONFIRMED, updates=True)
    assert again.confirm() == first
    first.refresh_from_db()
    assert first.updates_version


def test_a_stranger_who_repeats_a_sign_on_changes_nothing(client: Client) -> None:
    data = filled(updates="on")
    first = make_sign_on(Letter.objects.all())
    client.post(SIGN, data)
    first.refresh_from_db()
    assert SignOn.objects.count() == 1
    assert not first.updates_version


def test_an_erased_contact_has_agreed_to_nothing_any_more() -> None:
    sign_on = make_sign_on(updates=True)
    SignOn.objects.filter(pk=sign_on.pk).erase()
    sign_on.refresh_from_db()
    assert (sign_on.updates_version, sign_on.updates_wording) == ("", "")
    assert sign_on.updates_at is None
    for half in ({"updates_version": "x"}, {"updates_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignOn.objects.filter(pk=sign_on.pk).update(**half)


def test_it_stands_with_what_is_held_about_the_contact(client: Client) -> None:
    sign_on = make_sign_on(updates=True)
    held = client.get(f"{private_path(sign_on)}held.json").json()["updates"]
    assert held["wording"] == consent.wording(consent.UPDATES)
    assert held["version"] == consent.UPDATES
    assert held["wanted_since"]
    assert held["sent"] == []
    assert "Updates about the letter" in client.get(private_path(sign_on)).content.decode()
