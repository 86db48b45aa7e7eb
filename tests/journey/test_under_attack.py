"""The letter is attacked: staff act in the browser, and a contact without scripts loses nothing."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from signatures import throttling
from signatures.models import Allowance, SignOn
from signatures.models.limits import WINDOW
from tests.factories import make_letter, make_sign_on, make_signature, make_staff
from tests.journey.steps import log_in
from tests.journey.test_sign_on import fill_in

pytestmark = pytest.mark.django_db(transaction=True)

Visitor = Callable[..., Page]


def test_who_had_the_form_open_while_signing_was_paused_signs_later(
    new_page: Visitor, live_server: LiveServer
) -> None:
    make_letter()
    contact = new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    contact.goto("/letters/a-letter/sign/")
    fill_in(contact)

    staff = new_page()
    log_in(staff, live_server, make_staff(is_superuser=True))
    staff.goto("/admin/signatures/switches/")
    staff.get_by_role("link", name="Set the switches").click()
    staff.get_by_label("Signing is paused", exact=True).check()
    staff.get_by_label("Why signing is paused, in English").fill("We are back on Monday.")
    staff.get_by_label("Banner on all public pages, in English").fill("We are under attack.")
    staff.get_by_role("button", name="Save").click()
    expect(staff.locator(".switches")).to_contain_text("We are back on Monday.")

    button = contact.get_by_role("button", name="Sign, and confirm by e-mail")
    button.click()
    expect(contact.locator(".error-summary")).to_contain_text("We are back on Monday.")
    expect(contact.locator(".banner")).to_have_text("We are under attack.")
    expect(contact.locator("#id_contact_name")).to_have_value("Alice Achieng")
    contact.wait_for_load_state()
    assert contact.evaluate("document.documentElement.scrollWidth") <= 390

    reader = new_page()
    reader.goto("/letters/a-letter/")
    expect(reader.locator(".ledger")).to_contain_text("Signing is paused.")
    expect(reader.get_by_role("link", name="Sign as an organisation")).to_have_count(0)

    staff.get_by_role("link", name="Change it").click()
    staff.get_by_label("Signing is paused", exact=True).uncheck()
    staff.get_by_role("button", name="Save").click()
    button.click()
    expect(contact.get_by_role("heading", name="Check your mail")).to_be_visible()


def test_who_is_one_too_many_presses_the_button_again(page: Page) -> None:
    make_letter()
    page.goto("/letters/a-letter/sign/")
    fill_in(page)
    used_up = Allowance.objects.create(name=throttling.SITE, full_at=time.time() + 2 * WINDOW)
    page.get_by_role("button", name="Sign").click()
    expect(page.locator(".error-summary")).to_contain_text("What you entered is still here")
    expect(page.locator("#id_local_name")).to_have_value("جمعية المياه")
    used_up.delete()
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    assert SignOn.objects.count() == 1


def test_a_moderator_clears_fakes_away_keeps_one_and_takes_it_back(
    page: Page, live_server: LiveServer
) -> None:
    letter = make_letter()
    make_signature(letter, "Real Organisation")
    for number in range(4):
        make_sign_on([letter], name=f"Fake {number}", email=f"f{number}@bots.example")
    log_in(page, live_server, make_staff(is_superuser=True))
    page.goto("/admin/signatures/signon/")
    page.get_by_role("link", name="Clean up after an attack").click()
    page.get_by_role("button", name="Show what is found").click()
    expect(page.locator(".errorlist")).to_contain_text("tells the fakes from the others")
    page.get_by_label("E-mail domain").fill("bots.example")
    page.get_by_role("button", name="Show what is found").click()
    expect(page.get_by_role("heading", name="4 sign-ons will be cleared away")).to_be_visible()
    expect(page.locator(".effects")).to_contain_text("No public count changes")
    page.get_by_label("keep").first.check()
    page.get_by_label("Reason").fill("Bots")
    page.get_by_role("button", name="Clear these 4 away").click()
    expect(page.locator(".messagelist")).to_contain_text("3 sign-ons cleared away")
    page.get_by_role("link", name="Undo all 3").click()
    page.get_by_role("button", name="Undo all 3").click()
    assert SignOn.objects.queue().count() == 4
