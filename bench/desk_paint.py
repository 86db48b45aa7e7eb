"""How soon the moderation desk can be seen: from navigation to first paint, in Chromium.

Start the demo (`make run`), then `.venv/bin/python bench/desk.py --password ...` with the
password it printed. Prints one line of JSON, in milliseconds; "cold" is a browser without a cache.
"""

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.journey.conftest import FLAGS

PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def first_paint(context: BrowserContext, address: str) -> float:
    """Open the page anew and return when something of it was seen."""
    page = context.new_page()
    page.goto(address)
    while not (painted := float(page.evaluate(PAINT))):
        page.wait_for_timeout(20)
    page.close()
    return painted


def measure(browser: Browser, options: argparse.Namespace) -> dict[str, float]:
    """Log in, and open what has waited longest again and again."""
    context = browser.new_context(base_url=options.url)
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/signatures/signon/desk/")
    page.get_by_label("Username").fill(options.user)
    page.get_by_label("Password").fill(options.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/change/")
    address, session = page.url, context.storage_state()
    cold = []
    for _ in range(options.times):
        fresh = browser.new_context(storage_state=session)
        cold.append(first_paint(fresh, address))
        fresh.close()
    warm = [first_paint(context, address) for _ in range(options.times)]
    return {
        "warm_median": round(statistics.median(warm)),
        "warm_max": round(max(warm)),
        "cold_median": round(statistics.median(cold)),
        "cold_max": round(max(cold)),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--user", default="staff")
    parser.add_argument("--password", required=True)
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        print(json.dumps(measure(browser, options)))
        browser.close()


if __name__ == "__main__":
    main()
