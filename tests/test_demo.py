"""The demonstration: two real letters, whole."""

import re
import socket
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from openletters.staff.models import StaffMail
from signatures import demo
from signatures.management.commands.run_demo import Command
from signatures.matching.lookalikes import lookalikes
from signatures.models import Campaign, Letter, Organization, OutgoingMail, Signature, SignOn
from signatures.views.demo import mailbox
from tests.factories import make_letter, make_sign_on, make_staff, make_update
from tests.updates.world import send, signed

pytestmark = pytest.mark.django_db

MAILBOX = re.compile(r"\.example$|^sami\.hydrology@gmail\.com$|@mailinator\.com$")

INITIATORS = [
    "Al-Haq, Law in the Service of Mankind (Al-Haq)",
    "Al Mezan Center For Human Rights",
    "Addameer Prisoner Support and Human Rights Association (Addameer)",
    "Defense for Children International – Palestine (DCI-P)",
    "Bisan Center for Research and Development (Bisan Center)",
    "The Union of Agricultural Work Committees (UAWC)",
    "The Union of Palestinian Women Committees (UPWC)",
    "Health Work Committees (HWC)",
]


@pytest.fixture
def loaded() -> None:
    demo.load()


@pytest.mark.usefixtures("loaded")
def test_it_holds_two_open_letters_with_their_demands_and_signatories() -> None:
    letters = {letter.slug: letter for letter in Letter.objects.open_for_signature()}
    assert {slug: letter.demands.count() for slug, letter in letters.items()} == {
        "asp-president": 4,
        "icc-prosecutor": 6,
    }
    for letter in letters.values():
        current = letter.signatures.current().in_list_order()
        assert current.count() == 198
        assert [row.name for row in current if row.is_initiator] == INITIATORS
        assert letter.dated.isoformat() == "2022-11-23"
    assert Organization.objects.count() == 198
    one, other = (
        set(letter.signatures.values_list("organization", "name")) for letter in letters.values()
    )
    assert one == other


@pytest.mark.usefixtures("loaded")
def test_the_addressees_have_their_whole_address() -> None:
    president = Letter.objects.get(slug="asp-president").addressees.get()
    assert president.name == "Ms Silvia Fernández de Gurmendi"
    assert president.position == "President of the Assembly of States Parties"
    assert president.institution == "International Criminal Court"
    assert president.postal_address == "Oude Waalsdorperweg 10\nThe Hague"
    assert president.country.code == "NL"


@pytest.mark.usefixtures("loaded")
def test_names_are_as_printed_and_clean() -> None:
    listed = set(Signature.objects.values_list("name", flat=True))
    assert "Arab Women's Union Soceity" in listed
    assert "Abdel Shafi Community Health Association (ACHA)" in listed
    assert "El Amal Rehabilitation Society – Rafah" in listed
    assert not [name for name in listed if re.search(r"\.$|--|ـ|\s\s", name)]
    assert Organization.objects.known_as("Arab Women's Union Soceity").get().official_name == (
        "Arab Women's Union Society"
    )


@pytest.mark.usefixtures("loaded")
def test_some_sign_ons_wait_at_the_desk_and_nobody_is_written_to() -> None:
    waiting = SignOn.objects.queue()
    assert [one.letters.count() for one in waiting] == [2, 2, 2, 2, 1, 2, 2, 2, 2]
    assert {one.events.count() for one in waiting} == {2}
    assert waiting.get(withhold_name=True).country == "EG"
    assert lookalikes(waiting.get(country="GB").name) == "А"
    assert not OutgoingMail.objects.exists()
    assert not [one.email for one in waiting if not MAILBOX.search(one.email)]


@pytest.mark.usefixtures("loaded")
def test_loading_again_changes_nothing() -> None:
    revisions = list(Letter.objects.values_list("revision", flat=True))
    call_command("load_demo")
    assert Signature.objects.count() == 396
    assert SignOn.objects.count() == 9
    assert list(Letter.objects.values_list("revision", flat=True)) == revisions


@pytest.mark.usefixtures("loaded")
def test_a_demonstration_that_lay_around_is_open_again() -> None:
    with time_machine.travel(timezone.now() + timedelta(days=365)):
        assert not Letter.objects.open_for_signature().exists()
        call_command("load_demo")
        assert Letter.objects.open_for_signature().count() == 2


@pytest.mark.usefixtures("loaded")
def test_the_pages_show_it(client: Client) -> None:
    for slug in ("asp-president", "icc-prosecutor"):
        html = client.get(f"/letters/{slug}/").content.decode()
        names = re.findall(r"<li><bdi>(.*?)</bdi>", html)
        assert len(names) == 198
        assert "<b>198</b>" in html
        assert client.get(f"/letters/{slug}/count.json").json()["count"] == 198
    campaign = Campaign.objects.get()
    assert client.get(campaign.get_absolute_url()).content.decode().count("<b>198</b>") == 2


def test_the_mailbox_holds_what_contacts_and_staff_are_sent(rf: RequestFactory) -> None:
    make_sign_on([make_letter()]).owe(OutgoingMail.Kind.CONFIRM)
    invited = make_staff("invited")
    invited.email = "invited@example.org"
    invited.save()
    StaffMail.objects.owe(StaffMail.Kind.INVITATION, invited)
    page = mailbox(rf.get("/demo/mailbox/")).content.decode()
    assert "/confirm/" in page
    assert "/admin/set-password/" in page
    assert page.index("invited@example.org") < page.index("/confirm/")


def test_the_mailbox_holds_updates_that_are_wanted_and_not_stopped(
    rf: RequestFactory,
) -> None:
    letter = make_letter()
    signed([letter], "Water Watch")
    tired = signed([letter], "Well Diggers")
    update = make_update(letter, title="Handed over")
    send(update)
    update.send_test(make_staff("tester", email="tester@staff.example"), "ar")
    tired.end_updates()
    page = mailbox(rf.get("/demo/mailbox/")).content.decode()
    assert page.count("Handed over</h2>") == 2
    assert "tester@staff.example" in page
    assert "/unsubscribe/" in page
    update.stop()
    page = mailbox(rf.get("/demo/mailbox/")).content.decode()
    assert page.count("Handed over</h2>") == 1


def test_its_staff_can_have_mails_sent_to_themselves(settings: Settings, tmp_path: Path) -> None:
    settings.STATE_DIR = tmp_path
    Command()._staff_password()
    assert get_user_model().objects.get().email == "staff@letters.example"


def test_the_demo_is_not_served_by_accident(client: Client) -> None:
    assert client.get("/demo/mailbox/").status_code == 404
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("run_demo")


def test_production_needs_its_own_settings(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    found = {problem.id for problem in run_checks(include_deployment_checks=True)}
    assert {"openletters.E001", "openletters.E002"} <= found


def test_a_port_that_is_taken_is_refused(settings: Settings) -> None:
    settings.DEMO = True
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match="in use"):
            call_command("run_demo", port=port)
