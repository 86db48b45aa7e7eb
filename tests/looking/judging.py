"""What a machine can say against a page in a look: axe's rules, and ours where axe has none."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OFF_BY_DEFAULT = ("target-size", "label-content-name-mismatch")
"""Rules of these standards that axe applies only when it is told to."""

CAN_DIFFER = (
    "color-contrast",
    "link-in-text-block",
    "scrollable-region-focusable",
    "target-size",
)
"""What another colour or another width can break while the page stays the same."""

EXCEPT = (
    # Django puts an empty header above the column in which an inline's rows are named.
    "th.original",
)

RUN = """async ({context, options}) =>
  (await axe.run(context, options)).violations.map(({id, help, nodes}) =>
    `${id}: ${help}: ` + nodes.slice(0, 3).map(({html, target, any, all, none}) =>
      `${target} ${html.slice(0, 160)} (${[...any, ...all, ...none].map(({message}) => message)})`
    ).join(" | ") + (nodes.length > 3 ? ` and ${nodes.length - 3} more` : ""))
"""

SETTLED = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(done)))"""


@cache
def _script() -> str:
    return str(Axe().axe_script)


@cache
def _own_rules() -> str:
    text = (Path(__file__).parent / "own_rules.js").read_text()
    return re.sub(r"^//.*\n", "", text, flags=re.MULTILINE)


def said_by_axe(
    page: Page, *, only_looks: bool = False, without: tuple[str, ...] = ()
) -> list[str]:
    """Return what axe finds; `only_looks` asks for what can differ between looks alone."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_script())
    options: dict[str, Any] = {
        "preload": False,  # our content security policy lets nobody fetch a stylesheet
        "reporter": "no-passes",
        "resultTypes": ["violations"],
        "runOnly": {"type": "tag", "values": STANDARDS},
        "rules": {rule: {"enabled": True} for rule in OFF_BY_DEFAULT},
    }
    if only_looks:
        options["runOnly"] = {"type": "rule", "values": CAN_DIFFER}
        del options["rules"]
    context = {"exclude": [[one] for one in (*EXCEPT, *without)]}
    return list(page.evaluate(RUN, {"context": context, "options": options}))


def said_by_us(page: Page, *, language: str = "en", texts: bool = True) -> list[str]:
    """Return what our own rules find: width, cut text; and with `texts` languages and headings."""
    strictly = "/admin/" not in page.url
    asked = {"language": language, "texts": texts, "strictly": strictly}
    return list(page.evaluate(_own_rules(), asked))


def settle(page: Page) -> None:
    """Let a new look be drawn."""
    page.evaluate(SETTLED)
