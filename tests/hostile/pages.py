"""What a page offers to whoever looks at it: links, and forms with their fields."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

TYPED = frozenset({"text", "search", "textarea", "password", "email", "url", "tel"})
"""Kinds of fields into which people type whatever they like."""

ORIGIN = "http://testserver"


@dataclass
class Field:
    """One field of a form, as the browser knows it."""

    name: str
    kind: str
    value: str = ""
    checked: bool = False
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """One form, and where it was found."""

    page: str
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    @property
    def kind(self) -> tuple[str, frozenset[str]]:
        """What tells a form from the others, whichever row of the database it is about."""
        steps = ("0" if part.isdigit() else part for part in urlsplit(self.action).path.split("/"))
        return f"{self.method} {'/'.join(steps)}", frozenset(one.name for one in self.fields)

    def names(self) -> list[str]:
        """The names of its fields, each once."""
        return list(dict.fromkeys(one.name for one in self.fields))

    def filled(self) -> dict[str, list[str]]:
        """Return what a browser sends when nothing is typed and everything is ticked."""
        data: dict[str, list[str]] = {}
        chosen: set[str] = set()
        for one in self.fields:
            if one.kind == "file" or (one.kind == "radio" and one.name in chosen):
                continue
            if one.kind == "submit" and "submit" in chosen:
                continue  # one presses one button
            chosen |= {one.name, one.kind}
            data.setdefault(one.name, []).append(one.value)
        return data


class Page(HTMLParser):
    """Reads the links and forms of a page."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._outside: list[Field] = []
        self._form: Form | None = None
        self._select: Field | None = None
        self._text: Field | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, a form or a field."""
        told = {name: value or "" for name, value in attrs}
        match tag:
            case "a" | "link" if "href" in told:
                self.links.append(self._local(told["href"]))
            case "form":
                action = self._local(told.get("action", ""))
                self._form = Form(self.address, action, told.get("method", "get").lower())
                self.forms.append(self._form)
            case "input" | "button" if told.get("name"):
                kind = told.get("type", "submit" if tag == "button" else "text")
                default = "on" if kind == "checkbox" else ""
                value = told.get("value", default)
                self._add(Field(told["name"], kind, value, "checked" in told))
            case "select" if told.get("name"):
                self._select = self._add(Field(told["name"], "select"))
            case "option" if self._select:
                value = told.get("value", "")
                self._select.options.append(value)
                if "selected" in told or not self._select.value:
                    self._select.value = value
            case "textarea" if told.get("name"):
                self._text = self._add(Field(told["name"], "textarea"))

    def handle_data(self, data: str) -> None:
        """Note what stands in a large field."""
        if self._text:
            self._text.value += data

    def handle_endtag(self, tag: str) -> None:
        """End a form or a field."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None

    def _add(self, found: Field) -> Field:
        if self._form:
            self._form.fields.append(found)
        return found

    def _local(self, address: str) -> str:
        """Return an address of the site without its origin, any other as it is."""
        whole = urljoin(ORIGIN + self.address, address.split("#")[0])
        return whole.removeprefix(ORIGIN) or "/"

    def local_links(self) -> Iterator[str]:
        """The links that stay on the site."""
        return (link for link in self.links if link.startswith("/") and "/static/" not in link)
