"""What stands inside of a page that its policy would not let run, or show."""

from html.parser import HTMLParser


class Inline(HTMLParser):
    """Finds in the elements of a page what its policy would not let run, or show.

    What they say is text: a snippet to be copied may have a style.
    """

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        stated = {name: value or "" for name, value in attrs}
        if tag == "style" or (
            tag == "script" and "src" not in stated and "json" not in stated.get("type", "")
        ):
            self.found.append(tag)
        for name, value in stated.items():
            runs = value.strip().lower().startswith("javascript:")
            if name == "style" or name.startswith("on") or runs:
                self.found.append(f"{tag} {name}={value!r}")
