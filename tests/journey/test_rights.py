"""A contact takes along what is held about them, and has it erased, in a real browser."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from signatures.emails import private_path
from signatures.models import SignOn
from tests.factories import make_letter, make_sign_on, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_contact_is_forgotten_and_the_signature_stands(
    new_page: Callable[..., Page], scripts: bool, tmp_path: Path
) -> None:
    page = new_page(java_script_enabled=scripts, viewport={"width": 390, "height": 844})
    sign_on = make_sign_on([make_letter()])
    sign_on.approve(actor=make_staff())
    sign_on.refresh_from_db()
    page.goto(private_path(sign_on))
    page.get_by_text("What we hold about you").click()
    expect(page.get_by_text("alice@waterwatch.example")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Take it along as a file").click()
    download.value.save_as(tmp_path / "held.json")
    assert json.loads((tmp_path / "held.json").read_text())["contact"]["name"] == "Alice Achieng"
    page.get_by_text("Erase what you hold about me").click()
    page.get_by_role("button", name="the signature stands").click()
    expect(page.get_by_role("status")).to_have_text("Your contact data is erased.")
    assert not SignOn.objects.with_contact().exists()
    page.goto("/letters/a-letter/")
    expect(page.locator(".names")).to_contain_text("Water Watch")


def test_the_privacy_page_is_one_step_from_the_form_and_fits_a_phone(
    new_page: Callable[..., Page],
) -> None:
    make_letter()
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto("/letters/a-letter/sign/")
    page.get_by_label("Name of the organisation").fill("Water Watch")
    with page.expect_popup() as popup:
        page.locator(".kept").get_by_role("link").click()
    other = popup.value
    expect(other.get_by_role("heading", name="Privacy")).to_be_visible()
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    other.wait_for_load_state()  # its style is part of its width
    assert not other.evaluate(wide)
    expect(page.get_by_label("Name of the organisation")).to_have_value("Water Watch")
