"""The whole journey by keyboard alone, in a language from either side: nobody loses their place."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from signatures.models import SignOn
from tests.factories import (
    make_campaign,
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)
from tests.journey.keyboard import Keyboard
from tests.journey.steps import log_in

pytestmark = pytest.mark.django_db(transaction=True)

Visitor = Callable[..., Page]

LOOKS = [
    ("en", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}),
    ("ar", {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}),
]


def newest_link(page: str) -> str:
    """Send what is owed; return the link of that kind in the newest mail."""
    call_command("send_mail", once=True)
    [address] = re.findall(rf"http://\S+/{page}/\S+", str(mail.outbox[-1].body))
    return str(address)


@pytest.mark.parametrize(("language", "look"), LOOKS, ids=["en-desktop-light", "ar-phone-dark"])
def test_an_organisation_signs_confirms_and_withdraws(
    new_page: Visitor, language: str, look: dict[str, object]
) -> None:
    letter = make_letter(demands=["Open the wells."])
    make_signature(letter, "Amal")
    page = new_page(reduced_motion="reduce", **look)
    keys = Keyboard(page)

    # The first key leads past what is on every page.
    page.goto("/letters/a-letter/" if language == "en" else "/ar/letters/a-letter/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    keys.activate(page.locator(".skip"))
    assert len(keys.way) == 1
    keys.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")

    keys.activate(page.locator("a.button:visible"))
    expect(page.locator("#id_name")).to_be_visible()

    # What is missing is said first, and each mistake leads to its field.
    button = page.locator("form.form button.button")
    keys.activate(button)
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    mistakes = summary.get_by_role("link")
    for number in range(mistakes.count()):
        target = mistakes.nth(number).get_attribute("href")
        keys.tab_to(mistakes.nth(number))
        keys.press("Enter")
        expect(page.locator(f"{target}:focus, {target} :focus")).to_have_count(1)
        summary.focus()

    # Fields come in the order in which they stand.
    keys.fill(page.locator("#id_name"), "Association of Wells")
    keys.fill(page.locator("#id_local_name"), "جمعية المياه")
    keys.fill(page.locator("#id_acronym"), "AW")
    keys.tab_to(page.locator("#id_country"))
    keys.press("ArrowDown")
    keys.fill(page.locator("#id_website"), "wells.example.org")
    keys.fill(page.locator("#id_contact_name"), "Alice Achieng")
    keys.fill(page.locator("#id_contact_title"), "Director")
    keys.fill(page.locator("#id_email"), "alice@wells.example.org")
    keys.activate(page.locator("#id_authorized"), "Space")
    assert len(set(keys.way[-12:])) == 12  # nothing twice: nobody went around
    keys.activate(button)
    expect(page).to_have_url(re.compile("/sign/sent/"))

    page.goto(newest_link("confirm"))
    keys.activate(page.locator("main form button"))
    expect(page.get_by_role("status")).to_be_visible()
    assert SignOn.objects.get().status == SignOn.Status.PENDING

    panel = page.locator("details.panel", has=page.locator("[value=withdraw]"))
    keys.activate(panel.locator("summary"))
    keys.activate(panel.get_by_role("button"), "Space")
    expect(page.locator(".state-withdrawn")).to_be_visible()
    expect(page.get_by_role("status")).to_be_visible()
    assert SignOn.objects.get().status == SignOn.Status.WITHDRAWN
    assert not keys.wrong, "\n".join(sorted(set(keys.wrong)))


def test_the_language_is_changed_and_the_focus_is_seen_in_every_colour(new_page: Visitor) -> None:
    make_signature(make_letter(campaign=make_campaign(colour="#f2c14e")), "Amal")
    page = new_page(reduced_motion="reduce")
    keys = Keyboard(page)
    page.goto("/letters/a-letter/signatories/")
    keys.activate(page.locator(".languages li [hreflang=ar]"))
    page.wait_for_url("**/ar/letters/a-letter/signatories/")
    keys.activate(page.locator(".languages li [hreflang=en]"))
    page.wait_for_url(re.compile("[0-9]/letters/a-letter/signatories/"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert len(keys.tab_through()) > 8
    assert not keys.wrong, "\n".join(sorted(set(keys.wrong)))


def test_a_moderator_finds_their_way_without_the_keys_of_the_desk(
    new_page: Visitor, live_server: LiveServer
) -> None:
    mona = make_staff("mona", is_superuser=True)
    make_organization("River Group")
    sign_on = make_sign_on(name="River Group Gaza")
    page = new_page(reduced_motion="reduce")
    log_in(page, live_server, mona)
    keys = Keyboard(page)
    page.goto("/admin/")
    keys.activate(page.locator(".desk-button.go"))
    expect(page.locator("#case-title")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        keys.tab_through()

    # Whoever dictates or types by accident switches the keys off, and still decides.
    keys.activate(page.locator("[data-key='?']"))
    keys.activate(page.get_by_label("These keys work"), "Space")
    keys.press("Escape", "a")
    page.reload()
    reject = page.locator("details", has=page.locator("form[action$='/reject/']"))
    keys.activate(reject.locator("summary"))
    keys.fill(reject.locator("textarea"), "Nobody knows them.")
    keys.activate(reject.get_by_role("button", name="Reject", exact=True))
    expect(page.locator(".messagelist")).to_contain_text("Rejected: River Group Gaza")
    sign_on.refresh_from_db()
    assert sign_on.status == SignOn.Status.REJECTED
    assert not keys.wrong, "\n".join(sorted(set(keys.wrong)))
