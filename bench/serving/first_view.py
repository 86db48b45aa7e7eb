"""The row about somebody who opens a letter for the first time, in Chromium."""

import os
from typing import Any

from bench.serving.load import need
from bench.serving.rows import Row
from bench.serving.site import LETTER, app, database

LIMIT = 60
"""Kilobytes (of 1,000 bytes) on the wire, headers included."""


def first_view() -> Row:
    """All that the first view of a letter brings along, through the edge."""
    from tests.edge.servers import edge

    chromium = os.environ.get("CHROMIUM") or need("chromium", "chromium")
    with database() as postgres, app(postgres.url) as server, edge(server.port) as front:
        site = f"http://127.0.0.1:{front.port}"
        sizes, elsewhere, encodings = look(chromium, site)
        total = sum(sizes.values()) / 1000
        return Row(
            f"<= {LIMIT} kB, 0 third-party requests",
            f"{total:.1f} kB in {len(sizes)} files, {len(elsewhere)} third-party",
            total <= LIMIT and not elsewhere,
            {
                "bytes": {
                    address.removeprefix(site): [size, encodings.get(address, "")]
                    for address, size in sizes.items()
                }
            },
        )


def look(chromium: str, site: str) -> tuple[dict[str, int], list[str], dict[str, str]]:
    """Open the letter with nothing kept.

    Return the bytes of each address on the wire, the addresses of other hosts, and encodings.
    """
    from playwright.sync_api import sync_playwright

    from tests.journey.conftest import FLAGS

    asked: dict[str, str] = {}
    sizes: dict[str, int] = {}
    encodings: dict[str, str] = {}

    def note(event: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        encodings[event["response"]["url"]] = headers.get("content-encoding", "")

    def add(event: dict[str, Any]) -> None:
        address = asked[event["requestId"]]
        sizes[address] = sizes.get(address, 0) + int(event["encodedDataLength"])

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context().new_page()
        session = page.context.new_cdp_session(page)
        session.on(
            "Network.requestWillBeSent",
            lambda event: asked.update({event["requestId"]: event["request"]["url"]}),
        )
        session.on("Network.responseReceived", note)
        session.on("Network.loadingFinished", add)
        session.send("Network.enable")
        page.goto(f"{site}{LETTER}", wait_until="networkidle")
        page.mouse.wheel(0, 100_000)
        page.wait_for_timeout(1500)
        browser.close()
    elsewhere = [
        address for address in asked.values() if not address.startswith((f"{site}/", "data:"))
    ]
    return sizes, elsewhere, encodings
