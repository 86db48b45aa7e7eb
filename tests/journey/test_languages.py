"""A reader whose browser speaks another language than the page."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import make_letter

pytestmark = pytest.mark.django_db(transaction=True)

SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 50)));
})"""


def test_the_readers_language_is_offered_and_never_forced(
    live_server: LiveServer, new_page: Callable[..., Page]
) -> None:
    letter = make_letter(title="Water")
    letter.create_translation("ar", title="ماء", body="ماء.")
    address = f"{live_server.url}/letters/a-letter/"
    for width in (320, 1280):
        size: Any = {"width": width, "height": 800}
        # Of Spanish there is no text, so that is not offered.
        page = new_page(locale="es-MX", viewport=size)
        page.add_init_script(
            "Object.defineProperty(navigator, 'languages', {get: () => ['es-MX', 'ar-EG', 'en']})"
        )
        page.goto(address)
        offer = page.locator(".offer")
        expect(offer).to_be_visible()
        assert page.url == address
        link = offer.get_by_role("link")
        assert (link.get_attribute("lang"), link.get_attribute("dir")) == ("ar", "rtl")
        box = offer.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        assert page.evaluate(SHIFTS) == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        offer.get_by_role("button").click()
        expect(offer).to_have_count(0)
        page.reload()
        expect(page.locator("h1")).to_be_visible()
        expect(offer).to_have_count(0)
        page.evaluate("sessionStorage.clear()")
        page.reload()
        link.click()
        page.wait_for_url("**/ar/letters/a-letter/")
        expect(page.get_by_role("heading", name="ماء")).to_be_visible()
        expect(offer).to_have_count(0)
