"""What a page says of the language of each of its texts."""

from html.parser import HTMLParser

EMPTY = {"meta", "link", "input", "br", "img", "hr"}


class Marked(HTMLParser):
    """Reads a page: `texts` tells of each text the language and the direction that hold for it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, tuple[str, str]] = {}
        self.links: list[dict[str, str]] = []
        """The attributes of what leads somewhere."""
        self.metas: list[tuple[str, str]] = []
        self._around: list[tuple[str, str, str]] = [("", "", "")]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        assert len(values) == len(attrs), f"an attribute twice: {attrs}"
        if "href" in values:
            self.links.append({"tag": tag, **values})
        if tag == "meta" and "property" in values:
            self.metas.append((values["property"], values["content"]))
        if tag not in EMPTY:
            _tag, language, direction = self._around[-1]
            around = (tag, values.get("lang", language), values.get("dir", direction))
            self._around.append(around)

    def handle_endtag(self, tag: str) -> None:
        while self._around.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.texts[text] = self._around[-1][1:]

    def alternates(self) -> dict[str, str]:
        """Return the addresses that search engines are told, by language."""
        return {
            one["hreflang"]: one["href"]
            for one in self.links
            if one.get("rel") == "alternate" and "hreflang" in one
        }

    def canonical(self) -> str:
        """Return the address that is the page's own."""
        [found] = [one["href"] for one in self.links if one.get("rel") == "canonical"]
        return found

    def switch(self) -> dict[str, str]:
        """Return where the links to other languages lead."""
        return {
            one["lang"]: one["href"]
            for one in self.links
            if one["tag"] == "a" and "hreflang" in one and "lang" in one
        }
