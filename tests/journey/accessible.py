"""What every page owes everybody, as far as a machine can tell."""

from typing import Any

from playwright.sync_api import Page

from tests.looking import judging

WIDTHS = (1280, 320)

LOOKS: list[dict[str, Any]] = [
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 320, "height": 844}, "color_scheme": "dark"},
]


def assert_accessible(page: Page) -> None:
    """Find nothing against the page as it is open: what no scene of tests/looking/ shows."""
    page.wait_for_load_state()  # a page that a button leads to may stand there without its style
    said = judging.said_by_axe(page) + judging.said_by_us(page, texts=False)
    assert not said, "\n".join(said)
