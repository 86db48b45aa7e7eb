"""Wherever an editor sits, times are typed on the clocks of the letter, and so is "Now"."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import make_letter, make_staff
from tests.journey.steps import log_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("step", ["change", "extend"])
def test_now_is_that_of_the_letter(
    new_page: Callable[..., Page], live_server: LiveServer, step: str, width: int
) -> None:
    closes_at = timezone.now() + timedelta(days=9)
    letter = make_letter(time_zone="Asia/Tokyo", closes_at=closes_at)
    viewport = {"width": width, "height": 900}
    page = new_page(timezone_id="America/New_York", viewport=viewport)
    log_in(page, live_server, make_staff("edda", permissions=["view_letter", "change_letter"]))
    page.goto(f"/admin/signatures/letter/{letter.pk}/{step}/")
    row = page.locator("p.datetime").last
    row.get_by_role("link", name="Today").click()
    row.get_by_role("link", name="Now").click()
    day, time = (row.locator(f".v{part}Field").input_value() for part in ("Date", "Time"))
    tokyo = ZoneInfo("Asia/Tokyo")
    typed = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=tokyo)
    assert abs(typed - timezone.now()) < timedelta(minutes=5)
    expect(page.locator(".timezonewarning:visible")).to_have_count(0)
