"""Pages as some people need them: spaced out, enlarged, at rest, in colours of their own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from signatures.models import SignOn
from tests.factories import make_letter, make_signature
from tests.journey.steps import log_in
from tests.journey.test_sign_on import fill_in
from tests.looking import judging, scenes
from tests.looking.__main__ import open_scene
from tests.looking.world import furnish

pytestmark = pytest.mark.django_db(transaction=True)

Visitor = Callable[..., Page]

SHOWN = ("home", "letter", "list", "form-with-errors", "confirm", "private-approved", "guide")
SHOWN_TO_STAFF = ("start", "queue", "desk", "letter-translate", "import-rows")

SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
"""What WCAG 1.4.12 lets readers set. A constructed sheet is no inline style."""

LARGER_TEXT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html { font-size: 200% !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""

MOVING = """() => {
  const moving = [...document.querySelectorAll("*")].filter((element) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
    const fades = /[1-9]/.test(transitionDuration);
    return fades || animationName !== "none" || scrollBehavior === "smooth";
  });
  return moving.slice(0, 3).map((element) => element.outerHTML.slice(0, 100));
}"""

BORDERED = """(element) => {
  const { borderStyle, borderWidth, outlineStyle } = getComputedStyle(element);
  return borderStyle !== "none" && parseFloat(borderWidth) > 0 || outlineStyle !== "none";
}"""


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_cut_off_or_moves(
    new_page: Visitor, live_server: LiveServer, language: str
) -> None:
    world = furnish()
    found: list[str] = []

    def note(how: str, scene: scenes.Scene, said: list[Any]) -> None:
        found.extend(f"{scene.name}, {how}: {one}" for one in said)

    rooms = ((scenes.PUBLIC, SHOWN), (scenes.STAFF, SHOWN_TO_STAFF))
    for room, names in rooms:
        page = new_page(locale=language, reduced_motion="reduce")
        if room is scenes.STAFF:
            log_in(page, live_server, world.staff)
        for scene in room:
            if scene.name not in names:
                continue
            open_scene(page, world, scene, language)
            note("with reduced motion", scene, page.evaluate(MOVING))
            # A window of 1280 px, enlarged to 200 %, has room for 640 px.
            page.set_viewport_size({"width": 640, "height": 450})
            judging.settle(page)
            note("at 200 %", scene, judging.said_by_us(page, texts=False))
            page.evaluate(SPACING)
            for width in (1280, 320):
                page.set_viewport_size({"width": width, "height": 900})
                judging.settle(page)
                note(f"spaced at {width} px", scene, judging.said_by_us(page, texts=False))
            page.evaluate(LARGER_TEXT)
            page.set_viewport_size({"width": 1280, "height": 900})
            judging.settle(page)
            note("with larger text", scene, judging.said_by_us(page, texts=False))
    assert not found, "\n".join(found)


def colour(locator: Locator, prop: str) -> str:
    return str(locator.evaluate(f"element => getComputedStyle(element).{prop}"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_everything_to_be_seen(new_page: Visitor, scheme: str) -> None:
    letter = make_letter(demands=["Open the wells."])
    for number in range(12):
        make_signature(
            letter, f"Watch {number}", signed_on=timezone.localdate() - timedelta(number)
        )
    page = new_page(color_scheme=scheme, forced_colors="active", reduced_motion="reduce")
    page.goto("/letters/a-letter/")
    button, ground = page.locator("a.button:visible").first, page.locator("body")
    assert button.evaluate(BORDERED)
    for text in (button, page.locator(".count b"), page.locator(".demands li"), page.locator("h1")):
        assert colour(text, "color") != colour(ground, "backgroundColor")
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert colour(button, "outlineStyle") == "solid"
    assert colour(button, "outlineColor") != colour(ground, "backgroundColor")
    drawn = page.locator("main svg :is(rect, path, line, polyline, circle, polygon):visible")
    assert drawn.count()
    for shape in drawn.all():
        painted = {colour(shape, "fill"), colour(shape, "stroke")} - {"none"}
        assert painted - {colour(ground, "backgroundColor")}, shape.evaluate("it => it.outerHTML")

    page.goto("/letters/a-letter/sign/")
    page.locator("form.form button.button").click()
    page.locator(".error-summary").wait_for()
    page.wait_for_load_state()  # it may stand there without its style
    for one in (
        page.locator(".error-summary"),
        page.locator("#id_name"),
        page.locator("button.button"),
    ):
        assert one.evaluate(BORDERED)
    checkbox = page.locator("#id_authorized")
    assert colour(checkbox, "appearance") != "none"


def test_there_is_no_time_limit_on_the_form(page: Page) -> None:
    make_letter()
    with time_machine.travel(timezone.now() - timedelta(days=9), tick=True):
        page.goto("/letters/a-letter/sign/")
        fill_in(page)
    page.locator("form.form button.button").click()
    expect(page.locator("main h1")).to_have_text("Check your mail")
    sign_on = SignOn.objects.get()
    assert sign_on.flags == []
    assert sign_on.created_at > timezone.now() - timedelta(hours=1)


def test_without_a_pointer_or_a_picture_the_tree_tells_the_same(page: Page) -> None:
    """What assistive technology is given: roles, names and states."""
    letter = make_letter(demands=["Open the wells."])
    make_signature(letter, "Amal")
    page.goto("/letters/a-letter/")
    expect(page.locator("body")).to_match_aria_snapshot(
        """
        - link "Skip to the content"
        - banner:
          - navigation "Site"
        - main:
          - complementary "Signatures":
            - link "1 organisation has signed"
            - link "Sign as an organisation"
            - status
            - button "Stop updating"
          - article:
            - heading "Open letter on water" [level=1]
            - region "We ask you to":
              - heading "We ask you to" [level=2]
              - list:
                - listitem: Open the wells.
          - region "1 signatory":
            - heading "1 signatory" [level=2]
            - list:
              - listitem: Amal
        - contentinfo
        """
    )
    page.goto("/letters/a-letter/sign/")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("alert")).to_match_aria_snapshot(
        """
        - alert "Something is missing or not right yet":
          - heading "Something is missing or not right yet" [level=2]
          - list:
            - listitem:
              - link
        """
    )
    for field in page.locator("form.form [aria-invalid=true]").all():
        assert field.evaluate(
            "it => it.getAttribute('aria-describedby').split(' ')"
            ".some((id) => document.getElementById(id).matches('.invalid-feedback'))"
        )
    assert page.locator("form.form [aria-invalid=true]").count() >= 5
