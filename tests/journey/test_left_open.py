"""A mailed link that a browser opens and leaves open, as scanners do: nothing happens."""

import pytest
from playwright.sync_api import Page

from signatures.emails import confirm_path, private_path
from signatures.models import SignOn
from tests.factories import make_letter, make_sign_on
from tests.hostile.test_links import everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("where", [confirm_path, private_path])
def test_a_page_left_open_does_nothing(page: Page, where: object) -> None:
    assert callable(where)
    sign_on = make_sign_on([make_letter()], status=SignOn.Status.UNCONFIRMED)
    before = everything()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.clock.install()
    page.goto(where(sign_on))
    page.mouse.move(200, 200)
    page.keyboard.press("Tab")
    page.clock.run_for(24 * 3600 * 1000)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.goto("about:blank")
    assert set(sent) == {"GET"}
    assert everything() == before
