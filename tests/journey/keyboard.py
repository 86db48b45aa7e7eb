"""Somebody who uses a page by keyboard alone, and always sees where they are."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

FOCUS = (Path(__file__).parent / "focus.js").read_text().split("\n", 1)[1]
LONGEST_WAY = 60
"""Tabs after which somebody gives up."""


class Keyboard:
    """The keys, and what of the focus could not be seen on the way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.way: list[str] = []

    def press(self, *keys: str) -> None:
        """Press one key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def look(self) -> bool:
        """Note where the focus is, and whether it can be seen; return whether there is any."""
        focus = self.page.evaluate(FOCUS)
        self.way.append(focus["where"])
        self.wrong += [f"{focus['where']}: {one}" for one in focus["wrong"]]
        return bool(focus["where"])

    def tab_to(self, target: Locator, key: str = "Tab") -> None:
        """Go on until `target` has the focus; it has to come on the way, once around."""
        expect(target).to_have_count(1)
        for _ in range(LONGEST_WAY):
            self.press(key)
            self.look()
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"not on the way: {target}; {self.way}")

    def tab_through(self) -> list[str]:
        """Go from the beginning of the page to its end; return what was passed."""
        self.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        started = len(self.way)
        self.press("Tab")
        while self.look() and len(self.way) - started < LONGEST_WAY:
            self.press("Tab")
        return [where for where in self.way[started:] if where]

    def activate(self, target: Locator, key: str = "Enter") -> None:
        """Go there and press it."""
        self.tab_to(target)
        self.press(key)

    def fill(self, target: Locator, text: str) -> None:
        """Go there and type."""
        self.tab_to(target)
        self.page.keyboard.type(text)
