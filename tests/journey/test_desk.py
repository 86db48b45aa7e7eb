"""A moderator works through the queue by keyboard alone, and another by mouse without scripts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from signatures.admin import sign_ons
from signatures.candidates import Candidate, Stated
from signatures.matching.verdicts import Label, Verdict, Why
from signatures.models import Distinction, Organization, Signature, SignOn
from tests.factories import make_letter, make_organization, make_sign_on, make_signature, make_staff
from tests.journey.accessible import LOOKS, assert_accessible
from tests.journey.steps import log_in

pytestmark = pytest.mark.django_db(transaction=True)

Visitor = Callable[..., Page]
Status = SignOn.Status


@pytest.fixture
def mona() -> User:
    return make_staff("mona", is_superuser=True)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> list[SignOn]:
    """Five that wait: one known and listed, one near a known one, and three new ones."""
    letter = make_letter()
    listed = make_organization("Water Watch")
    make_signature(letter, listed)
    near = make_organization("Hydrology Group")

    def find(stated: list[Stated], **options: int) -> list[list[Candidate]]:
        known = {
            "The Water-Watch": (listed, Verdict(Label.SAME, 1.0, Why.SAME_NAME)),
            "Hydrology Group Gaza": (near, Verdict(Label.RELATED, 0.8, Why.BRANCH, "Gaza")),
        }
        apart = Distinction.objects.excluded(one.claim for one in stated)
        found = [known.get(one.name) if one.claim not in apart else None for one in stated]
        return [[Candidate(one[0], str(one[0]), one[1])] if one else [] for one in found]

    monkeypatch.setattr(sign_ons, "find", find)
    names = ("The Water-Watch", "Hydrology Group Gaza", "River Group", "Lake Group", "Sea Group")
    return [
        make_sign_on([letter], name=name, waiting=timedelta(hours=40 - number))
        for number, name in enumerate(names)
    ]


def address(sign_on: SignOn) -> str:
    return f"/admin/signatures/signon/{sign_on.pk}/change/"


def expect_item(page: Page, sign_on: SignOn, *said: str) -> None:
    """See this sign-on, with the focus on its name, and hear what happened."""
    page.wait_for_url(f"**{address(sign_on)}")
    expect(page.locator("#desk-case[aria-busy=false] #case-title")).to_have_text(sign_on.name)
    expect(page.locator("#case-title")).to_be_focused()
    for words in (*said, sign_on.name):
        expect(page.get_by_role("status")).to_contain_text(words)


def status(sign_on: SignOn) -> str:
    sign_on.refresh_from_db()
    return sign_on.status


def test_the_queue_is_worked_through_by_keyboard_alone(
    page: Page, live_server: LiveServer, mona: User, queue: list[SignOn]
) -> None:
    known, near, river, lake, sea = queue
    log_in(page, live_server, mona)
    page.goto(address(known))
    key = page.keyboard.press

    # There and back again; the ends of the line say so.
    key("j")
    expect_item(page, near)
    key("k")
    expect_item(page, known)
    key("k")
    expect(page.get_by_role("status")).to_have_text("This is the first one that waits.")
    expect(page.locator("#case-title")).to_be_focused()

    # The likely choice is made, and the button says what it does.
    expect(page.get_by_role("radio", name="Water Watch", exact=True)).to_be_checked()
    expect(page.get_by_role("button", name="Already signed: tell them")).to_be_visible()
    key("a")
    expect_item(page, near, "Approved: Water Watch stood under these letters already.")
    assert status(known) == Status.APPROVED

    # Nothing is chosen where a person has to look, and "a" asks for it.
    expect(page.locator("#approve :checked")).to_have_count(0)
    key("a")
    expect(page.get_by_role("radio").first).to_be_focused()
    assert status(near) == Status.PENDING

    # Undo leads back to the one that was decided; from there the line goes on.
    key("u")
    expect_item(page, known, "Undone: The Water-Watch waits for review again.")
    assert status(known) == Status.PENDING
    key("j")
    expect_item(page, near)

    # Not the same: the candidate goes, and the next of that name is not asked about it.
    key("1")
    expect(page.get_by_role("radio", name="Hydrology Group", exact=True)).to_be_checked()
    key("d")
    expect_item(page, near, "It will not be asked again.")
    assert Distinction.objects.get().organization.official_name == "Hydrology Group"
    expect(page.get_by_text("decided not the same by mona")).to_be_visible()

    # A new one.
    key("n")
    expect_item(page, river, "Approved: Hydrology Group Gaza is now listed under 1 letter.")
    assert Organization.objects.filter(official_name="Hydrology Group Gaza").exists()

    # Rejecting asks for the reason first; a mistake costs nothing.
    key("r")
    expect(page.get_by_label("Reason", exact=False).first).to_be_focused()
    page.keyboard.type("janku")
    key("Escape")
    expect(page.locator("#case-title")).to_be_focused()
    assert status(river) == Status.PENDING
    key("r")
    page.keyboard.type(" unknown to us")
    page.get_by_role("button", name="Reject", exact=True).press("Enter")
    expect_item(page, lake, "Rejected: River Group.")
    assert river.events.get(kind="reject").reason == "janku unknown to us"

    # Help takes the keys, and gives the focus back.
    key("?")
    help_ = page.get_by_role("dialog", name="Keys of this page")
    expect(help_.get_by_role("button", name="Close")).to_be_focused()
    key("a")
    assert status(lake) == Status.PENDING
    key("Escape")
    expect(help_).to_be_hidden()
    expect(page.locator("#case-title")).to_be_focused()

    # The search box takes letters as letters.
    key("/")
    expect(page.get_by_label("Find a sign-on by its name")).to_be_focused()
    page.keyboard.type("an")
    assert status(lake) == Status.PENDING
    key("Escape")

    # The last ones, and the desk is empty.
    key("a")
    expect_item(page, sea, "Approved: Lake Group")
    key("k")
    expect_item(page, known)
    key("a")
    expect_item(page, sea)
    key("j")
    expect(page.get_by_role("status")).to_have_text("This is the last one that waits.")
    key("a")
    expect(page.get_by_text("Nothing waits here. Well done.")).to_be_visible()
    assert not SignOn.objects.queue().exists()


def test_a_key_that_slips_decides_once(
    page: Page, live_server: LiveServer, mona: User, queue: list[SignOn]
) -> None:
    *_rest, river, lake, _sea = queue
    log_in(page, live_server, mona)
    page.goto(address(river))
    page.wait_for_load_state("networkidle")
    for _ in range(4):
        page.keyboard.press("a")
    expect_item(page, lake, "Approved: River Group")
    assert Signature.objects.filter(name__endswith="Group").count() == 1
    assert status(lake) == Status.PENDING


def test_a_second_press_that_comes_late_does_not_decide_about_the_next(
    page: Page, live_server: LiveServer, mona: User, queue: list[SignOn]
) -> None:
    *_rest, river, lake, _sea = queue
    log_in(page, live_server, mona)
    page.clock.install()
    page.goto(address(river))
    page.clock.pause_at(timezone.now() + timedelta(hours=1))
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("Approved: River Group")
    expect(page.locator("#case-title")).to_have_text("Lake Group")
    page.keyboard.press("a")
    page.clock.run_for(600)
    expect_item(page, lake)
    assert status(lake) == Status.PENDING
    page.keyboard.press("r")
    expect(page.get_by_label("Reason", exact=False).first).to_be_focused()


def test_the_next_one_is_there_before_the_answer(
    page: Page, live_server: LiveServer, mona: User, queue: list[SignOn]
) -> None:
    *_rest, river, lake, _sea = queue
    log_in(page, live_server, mona)
    page.goto(address(river))
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.route("**/approve/", lambda route: held.append(route))

    page.keyboard.press("a")

    expect(page.locator("#case-title")).to_have_text("Lake Group")
    expect(page.locator("#case-title")).to_be_focused()
    page.keyboard.press("r")
    page.keyboard.type("A reason begun meanwhile")
    [route] = held
    route.continue_()
    page.wait_for_url(f"**{address(lake)}")
    expect(page.locator("#desk-case[aria-busy=false]")).to_be_visible()
    expect(page.get_by_label("Reason", exact=False).first).to_have_value("A reason begun meanwhile")
    expect(page.get_by_label("Reason", exact=False).first).to_be_focused()
    assert status(river) == Status.APPROVED


def test_nothing_is_lost_when_the_line_is_down(
    page: Page, live_server: LiveServer, mona: User, queue: list[SignOn]
) -> None:
    *_rest, river, lake, _sea = queue
    log_in(page, live_server, mona)
    page.goto(address(river))
    page.wait_for_load_state("networkidle")
    page.route("**/reject/", lambda route: route.abort())
    page.keyboard.press("r")
    page.keyboard.type("We do not know them.")
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("The server cannot be reached.")
    expect(page.locator("#case-title")).to_have_text("River Group")
    expect(page.get_by_label("Reason", exact=False).first).to_have_value("We do not know them.")
    page.unroute("**/reject/")
    expect(page.locator("#desk-case[aria-busy=false]")).to_be_visible()
    page.get_by_role("button", name="Reject", exact=True).click()
    expect_item(page, lake, "Rejected: River Group.")


def test_who_comes_second_reads_who_was_first(
    page: Page, live_server: LiveServer, mona: User, queue: list[SignOn]
) -> None:
    *_rest, river, _lake, _sea = queue
    log_in(page, live_server, mona)
    page.goto(address(river))
    page.wait_for_load_state("networkidle")
    river.reject(actor=make_staff("ben"), reason="Not ours")
    page.keyboard.press("a")
    expect_item(page, river, "Nothing was done", "rejected (ben, 0 min ago)")
    assert status(river) == Status.REJECTED


def test_the_keys_can_be_switched_off(
    page: Page, live_server: LiveServer, mona: User, queue: list[SignOn]
) -> None:
    log_in(page, live_server, mona)
    page.goto(address(queue[2]))
    page.keyboard.press("?")
    page.get_by_label("These keys work").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("n")
    page.wait_for_load_state("networkidle")
    assert status(queue[2]) == Status.PENDING


def test_it_works_by_mouse_and_without_scripts(
    new_page: Visitor, live_server: LiveServer, mona: User, queue: list[SignOn]
) -> None:
    known, near, river, lake, _sea = queue
    page = new_page(java_script_enabled=False)
    log_in(page, live_server, mona)
    page.goto(address(known))
    page.get_by_role("button", name="Already signed: tell them").click()
    expect(page.locator("#case-title")).to_have_text(near.name)
    page.get_by_role("radio", name="A new organisation, branch or member").check()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Hydrology Group Gaza is now listed")
    assert Organization.objects.get(official_name="Hydrology Group Gaza").parent
    page.get_by_text("Reject…").click()
    page.get_by_label("Reason", exact=False).first.fill("Unknown")
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Rejected: River Group.")
    page.get_by_role("button", name="Undo last").click()
    expect(page.locator("#case-title")).to_have_text(river.name)
    page.get_by_label("Another one that is known already").fill("hydrology")
    page.get_by_role("button", name="Look up").click()
    page.get_by_role("radio", name="Hydrology Group", exact=True).check()
    page.get_by_role("button", name="Not the same").click()
    expect(page.locator(".messagelist")).to_contain_text("It will not be asked again.")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_label("Note for colleagues").fill("Asked Ben.")
    page.get_by_label("In charge").select_option(label="mona")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".line .here")).to_contain_text("with mona")
    page.get_by_role("link", name=lake.name).click()
    expect(page.locator("#case-title")).to_have_text(lake.name)


@pytest.mark.parametrize("look", LOOKS, ids=["desktop-light", "phone-dark"])
def test_everybody_can_use_it(
    new_page: Visitor,
    live_server: LiveServer,
    mona: User,
    queue: list[SignOn],
    look: dict[str, Any],
    complaints: list[str],
) -> None:
    known, near, *_rest = queue
    Distinction.objects.tell_apart(near, make_organization("Somebody"), actor=mona)
    page = new_page(**look)
    log_in(page, live_server, mona)
    for sign_on in (known, near):
        page.goto(f"{address(sign_on)}?find=water")
        assert_accessible(page)
    page.get_by_text("Reject…").click()
    page.get_by_label("Reason", exact=False).first.fill(" ")
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Give the reason")
    expect(page.get_by_label("Reason", exact=False).first).to_be_focused()
    assert [one[:3] for one in complaints] == ["400"]
    complaints.clear()
    assert_accessible(page)
    page.locator("[data-key='?']").click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= look["viewport"]["width"]
