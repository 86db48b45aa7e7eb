"""Visiting every page: those that the resolver knows, and whatever they lead to."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client

from tests.hostile.pages import Form, Page

MOST_PAGES = 3000
"""A crawl that finds more has run away: links lead to ever new addresses."""


@dataclass
class Answer:
    """What came back from one address."""

    address: str
    response: Any

    @property
    def status(self) -> int:
        """The status."""
        return int(self.response.status_code)

    @property
    def name(self) -> str:
        """What urls.py calls the address, if it has led to something."""
        match = self.response.wsgi_request.resolver_match
        return str(match.view_name) if match and self.status == 200 else ""

    @property
    def body(self) -> bytes:
        """The whole body."""
        if self.response.streaming:
            return b"".join(self.response.streaming_content)
        return bytes(self.response.content)

    @property
    def page(self) -> Page | None:
        """The page, if it is one."""
        kind = self.response.get("Content-Type", "")
        if not kind.startswith("text/html") or self.response.streaming:
            return None
        return Page(urlsplit(self.address).path, self.response.content.decode())

    @property
    def forms(self) -> list[Form]:
        """The forms of the page."""
        return self.page.forms if self.page else []

    @property
    def everything(self) -> bytes:
        """Headers and body, as they go over the line."""
        lines = [f"{name}: {value}" for name, value in self.response.items()]
        lines += [one.OutputString() for one in self.response.cookies.values()]
        return "\n".join(lines).encode() + b"\n\n" + self.body


def crawl(
    client: Client, start: Iterable[str], *, follow: Callable[[str], bool] = lambda _link: True
) -> Iterator[Answer]:
    """Visit addresses, what they lead to, and the answers to their search forms.

    Of many links that differ in their query alone a few are followed.
    """
    waiting, known = deque(dict.fromkeys(start)), set[str]()
    queries: dict[tuple[str, tuple[str, ...]], int] = {}
    while waiting:
        address = waiting.popleft()
        if address in known:
            continue
        known.add(address)
        assert len(known) < MOST_PAGES, "the crawl runs away"
        answer = Answer(address, client.get(address))
        yield answer
        links: list[str] = []
        if answer.status in {301, 302}:
            links.append(answer.response["Location"].removeprefix("http://testserver"))
        elif page := answer.page:
            links = [*page.local_links(), *map(asked, searches(page))]
        for link in links:
            kind = kind_of(link)
            queries[kind] = queries.get(kind, 0) + 1
            if follow(link) and ("?" not in link or queries[kind] <= 2):
                waiting.append(link)


def kind_of(link: str) -> tuple[str, tuple[str, ...]]:
    """Return what links have in common that differ in keys and values alone."""
    parts = urlsplit(link)
    path = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+", "0", parts.path)
    return path, tuple(sorted({term.split("=")[0] for term in parts.query.split("&")}))


def searches(page: Page) -> list[Form]:
    """The forms of a page that only ask."""
    return [form for form in page.forms if form.method == "get" and form.action.startswith("/")]


def asked(form: Form) -> str:
    """Return the address to which a form leads that asks."""
    return f"{urlsplit(form.action).path}?{urlencode(form.filled(), doseq=True)}"
