"""A real browser for the journeys, and what it complains about."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Response,
    Route,
    expect,
    sync_playwright,
)
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

# How pages look, and what runs in them, does not depend on the database behind them.
_once_on_sqlite = [
    "test_accessibility.py",
    "test_by_keyboard.py",
    "test_import.py",
    "test_in_other_ways.py",
    "test_languages.py",
    "test_left_open.py",
    "test_live_count.py",
    "test_rights.py",
    "test_scripts.py",
    "test_staff.py",
]
_once_on_postgres = ["test_desk.py", "test_under_attack.py"]
collect_ignore = _once_on_sqlite if connection.vendor == "postgresql" else _once_on_postgres

# An answer may take long where other tests keep the machine busy.
expect.set_options(timeout=20_000)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        missing = "No browser: install Debian's package chromium, or name one in CHROMIUM."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's event loop is that of this thread; Django would refuse queries in it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What went wrong in the browser; whatever is left in it at the end fails the test.

    That is: errors on the console, uncaught exceptions, violations of the content security
    policy, subresources that fail, requests to other hosts. A test that means to cause one
    asserts on it and clears the list.
    """
    complaints: list[str] = []
    yield complaints
    assert not complaints


@pytest.fixture
def new_page(
    browser: Browser, live_server: LiveServer, settings: Settings, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """Open a page as a new visitor, with options of Playwright's new_context()."""
    settings.SITE_URL = live_server.url  # so that mailed links lead here
    contexts = []

    def is_elsewhere(url: str) -> bool:
        return not url.startswith((f"{live_server.url}/", "data:", "blob:"))

    def refuse(route: Route) -> None:
        complaints.append(f"request to another host: {route.request.url}")
        route.abort()

    def hear(message: ConsoleMessage) -> None:
        # Chromium also logs each answer of 400 and above; check() is more discerning.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console: {message.text}")

    def check(response: Response) -> None:
        # Whether a page itself may be a 404 is for the test to say.
        if not response.ok and not response.request.is_navigation_request():
            complaints.append(f"{response.status}: {response.url}")

    def open_page(**options: Any) -> Page:
        defaults = {"base_url": live_server.url, "viewport": {"width": 1280, "height": 900}}
        context = browser.new_context(**{**defaults, **options})
        contexts.append(context)
        context.route(is_elsewhere, refuse)
        context.on("console", hear)
        context.on("weberror", lambda error: complaints.append(f"exception: {error.error}"))
        context.on("response", check)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """The one page of a simple test."""
    return new_page()
