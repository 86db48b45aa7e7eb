"""How soon a page can be seen, in Chromium, in milliseconds. Prints a line of JSON for each page.

Start the demo (`make run`), then

    .venv/bin/python bench/first_paint.py --letter /letters/icc-prosecutor/

for the public page as it comes to a phone on a bad line: slow 3G (400 kbit/s, 400 ms there and
back) and a processor slowed four times; "first" is a browser that was never here, "next" one that
comes from another page of the site. To be reached: largest paint within 2,000 ms, nothing moves
(shift 0), no input waits (blocked 0). Or, with the password that the demo printed,

    .venv/bin/python bench/first_paint.py --password ...

for the moderation desk, from navigation to first paint; "cold" is a browser without a cache.
"""

import argparse
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletters.settings")

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


SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}

WATCH = """
window.seen = {largest: 0, what: "", shift: 0, moved: [], blocked: 0};
const watch = (type, see) => new PerformanceObserver((list) => list.getEntries().forEach(see))
  .observe({type, buffered: true});
watch("largest-contentful-paint", (entry) => {
  seen.largest = entry.startTime; seen.what = entry.element?.tagName ?? "";
});
watch("layout-shift", (entry) => {
  seen.shift += entry.value;
  seen.moved.push(...entry.sources.map(({node}) => node?.className || node?.nodeName));
});
watch("longtask", (entry) => { seen.blocked += Math.max(0, entry.duration - 50); });
"""

FETCHED = """performance.getEntries().filter((one) => "transferSize" in one)
  .map((one) => [one.name, one.transferSize])"""


def on_a_bad_line(context: BrowserContext, address: str, slower: int) -> dict[str, Any]:
    """Open the page on a slow phone; return what was seen, and how many bytes came."""
    page = context.new_page()
    page.add_init_script(WATCH)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    line.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(address, wait_until="networkidle")
    page.mouse.wheel(0, 20_000)
    page.wait_for_timeout(1500)
    seen: dict[str, Any] = page.evaluate("seen")
    fetched = page.evaluate(FETCHED)
    page.close()
    seen["bytes"] = sum(size for _name, size in fetched)
    seen["of_these_fonts"] = sum(size for name, size in fetched if name.endswith(".woff2"))
    return seen


def measure_letter(browser: Browser, options: argparse.Namespace) -> dict[str, Any]:
    """Open a public page as a stranger, and again from another page of the site."""
    phone = {"viewport": {"width": 390, "height": 844}, "base_url": options.url}
    first, following = [], []
    for _ in range(options.times):
        context = browser.new_context(**phone)
        first.append(on_a_bad_line(context, options.letter, options.slower))
        following.append(on_a_bad_line(context, f"{options.letter}?again", options.slower))
        context.close()
    return {"page": options.letter, "first": _told(first), "next": _told(following)}


def _told(seen: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "largest_median": round(statistics.median(one["largest"] for one in seen)),
        "largest_max": round(max(one["largest"] for one in seen)),
        "largest_is": seen[0]["what"],
        "shift_max": round(max(one["shift"] for one in seen), 4),
        "moved": sorted({str(what) for one in seen for what in one["moved"]}),
        "blocked_max": round(max(one["blocked"] for one in seen)),
        "bytes": round(statistics.median(one["bytes"] for one in seen)),
        "of_these_fonts": round(statistics.median(one["of_these_fonts"] for one in seen)),
    }


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
    parser.add_argument("--password")
    parser.add_argument("--letter")
    parser.add_argument("--slower", type=int, default=4, help="by how much the processor is slowed")
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        if options.letter:
            print(json.dumps(measure_letter(browser, options)))
        if options.password:
            print(json.dumps(measure(browser, options)))
        browser.close()


if __name__ == "__main__":
    main()
