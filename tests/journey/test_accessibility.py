"""Pages that everybody can use, as far as a machine can tell: every page, state and look."""

from collections.abc import Callable
from itertools import product
from typing import Literal

import pytest
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.journey.accessible import WIDTHS
from tests.journey.steps import log_in
from tests.looking import judging, scenes
from tests.looking.__main__ import open_scene
from tests.looking.world import furnish

pytestmark = pytest.mark.django_db(transaction=True)

Visitor = Callable[..., Page]

COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOOKS = tuple(product(WIDTHS, COLOURS))

ALIKE = (".names li:nth-child(n+9)", ".results tbody tr:nth-child(n+6)")
"""Rows that are as those before them: one look is enough for these."""


def judge(page: Page, scene: scenes.Scene, language: str) -> list[str]:
    """Return what is wrong with the open scene, in every look."""
    found = []
    for number, (width, colour) in enumerate(LOOKS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=colour, media="print" if scene.on_paper else "screen")
        judging.settle(page)
        first = number == 0
        said = judging.said_by_axe(page, only_looks=not first, without=() if first else ALIKE)
        said += judging.said_by_us(page, language=scene.speaks or language, texts=first)
        found += [f"{scene.name}, {language}, {colour}, {width} px: {one}" for one in said]
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_in_every_state_and_look(
    new_page: Visitor, live_server: LiveServer, settings: Settings, language: str
) -> None:
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.looking.urls"
    world = furnish(longest=300)
    outside = scenes.PUBLIC + scenes.LONG + scenes.DEMO + scenes.DOOR
    rooms = ((outside, False), (scenes.STAFF, True))
    found = []
    for room, inside in rooms:
        page = new_page(locale=language, reduced_motion="reduce")
        if inside:
            log_in(page, live_server, world.staff)
        for scene in room:
            open_scene(page, world, scene, language)
            found += judge(page, scene, language)
    assert not found, "\n".join(found)
