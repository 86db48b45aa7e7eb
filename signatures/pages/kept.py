"""Public pages kept ready, so that a letter costs little more than a file.

Each process keeps the pages it has made, compressed, beside the state they show. A request asks
the database for the present state, which is one small query; as long as that is the same, the
page is sent as it is. So a page is never older than its last request, in however many processes.
"""

import gzip
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from threading import Lock

import brotli
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from openletters import replicas
from signatures.pages.states import Reader, State

ATTEMPTS = 3
"""How often a page is made anew because it changed while it was being made."""

STALE_FOR = 24 * 3600
"""Seconds for which a page is sent without the database confirming it."""

LOOK_AGAIN_AFTER = 2.0
LONGEST_WAIT = 5.0
"""Seconds between two looks at whether the database is back, and the longest that one takes."""

PACKED = ("image/", "application/pdf", "application/vnd.")
"""Types of content that are compressed as they are."""

WORTH_COMPRESSING = 500
"""Bytes below which compression saves nothing on the wire."""

ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}
"""In order of preference. The quality is what a page is worth that may live for a second."""


@dataclass
class Page:
    """A page as it was made, and its compressed forms as they are asked for."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    tag: str = ""
    true_at: float = 0
    forms: dict[str, bytes] = field(default_factory=dict)

    def form(self, encoding: str) -> tuple[str, bytes]:
        """Return the page in `encoding`, if that is worth it, and in which encoding it is."""
        if not encoding or self.is_packed or len(self.body) < WORTH_COMPRESSING:
            return "", self.body
        if encoding not in self.forms:
            self.forms[encoding] = ENCODINGS[encoding](self.body)
        return encoding, self.forms[encoding]

    @property
    def is_packed(self) -> bool:
        """Whether it is of a kind that is compressed already."""
        return self.content_type.startswith(PACKED)

    @property
    def is_too_old(self) -> bool:
        """Whether the database has confirmed it too long ago to be sent unasked."""
        return time.time() - self.true_at > STALE_FOR

    @property
    def size(self) -> int:
        """How many bytes it takes to keep it, at most."""
        return len(self.body) if self.is_packed else 2 * len(self.body)


class Shelf:
    """The pages of one process; what was not asked for longest makes room for what is new."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, address: Hashable) -> Page | None:
        """Return the page that was put there last, whatever its state."""
        with self._lock:
            if address in self._pages:
                self._pages.move_to_end(address)
            return self._pages.get(address)

    def put(self, address: Hashable, page: Page) -> None:
        """Keep `page`, in the place of an older one, unless it is too large to be kept."""
        with self._lock:
            self._drop(address)
            if page.size > settings.PAGE_CACHE_BYTES // 2:
                return
            self._pages[address] = page
            self._size += page.size
            while self._size > settings.PAGE_CACHE_BYTES:
                self._drop(next(iter(self._pages)))

    def drop(self, address: Hashable) -> None:
        """Forget what was put there."""
        with self._lock:
            self._drop(address)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._pages.clear()
            self._size = 0

    def _drop(self, address: Hashable) -> None:
        if page := self._pages.pop(address, None):
            self._size -= page.size


shelf = Shelf()


def answer(
    request: HttpRequest,
    read_state: Reader,
    make: Callable[[State], Page],
    part: tuple[str, ...] | None = (),
    turn: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> HttpResponse:
    """Answer with the page that `make` makes of the state that `read_state` reads.

    A page that the reader or this process has already is not made again. Nothing of `request`
    may reach the page but its path and what `part` names; None for a page not to be kept.
    `turn` is waited for before a page is made that takes long; others may have made it meanwhile.

    While the database is away, the page is sent as it was last, for up to a day.
    """
    address = None if part is None else (request.path, part)
    page = kept = shelf.get(address)
    second = int(time.time())

    def current() -> Page:
        state = read_state()
        if kept and kept.tag == state.tag:
            return kept
        with turn():
            meanwhile = shelf.get(address)
            if meanwhile and meanwhile is not kept and meanwhile.tag == state.tag:
                return meanwhile
            made = _make(state, read_state, make)
            if address and made.tag:
                shelf.put(address, made)
            return made

    if page is None or page.is_too_old or outage.ask_again():
        try:
            # Who has a cookie may be of the staff, and sees at once what they have decided.
            page = current() if request.COOKIES else replicas.read(current)
            page.true_at = time.time()
            outage.ends()
        except Http404:
            # It must not come back when the database goes.
            shelf.drop(address)
            outage.ends()
            raise
        except (OperationalError, InterfaceError):
            if page is None or page.is_too_old:
                raise
            outage.goes_on()
            second = int(time.time())
    response = _respond(request, page)
    response["Vary"] = "Accept-Encoding"
    # For the caches in front of us: as of when this was true.
    response["X-Accel-Expires"] = f"@{second}"
    return response


class Outage:
    """Whether the database is away, so that not every reader waits to find out."""

    def __init__(self) -> None:
        self._away = False
        self._next_look = 0.0

    def ask_again(self) -> bool:
        """Whether to ask the database; while it is away, one request in two seconds does."""
        now = time.time()
        if self._away and now < self._next_look:
            return False
        self._next_look = now + LOOK_AGAIN_AFTER + LONGEST_WAIT
        return True

    def goes_on(self) -> None:
        """Note that the database did not answer."""
        self._away, self._next_look = True, time.time() + LOOK_AGAIN_AFTER

    def ends(self) -> None:
        """Note that it answered."""
        self._away = False


outage = Outage()


def _make(state: State, read_state: Reader, make: Callable[[State], Page]) -> Page:
    """Make the page of one state: of what changed meanwhile, nothing or everything is on it."""
    for _attempt in range(ATTEMPTS):
        page = make(state)
        before, state = state, read_state()
        if state.tag == before.tag:
            page.tag = state.tag
            return page
    return page


def _respond(request: HttpRequest, page: Page) -> HttpResponse:
    encoding, body = page.form(wanted_encoding(request.META.get("HTTP_ACCEPT_ENCODING", "")))
    # Other bytes need another name (RFC 9110, 8.8.3.3).
    tag = f'"{page.tag}-{encoding}"' if encoding else f'"{page.tag}"'
    if page.tag and has(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
        # What is kept takes over the headers of this answer (RFC 9111, 3.2).
        response: HttpResponse = HttpResponseNotModified(headers=page.headers)
    else:
        response = HttpResponse(body, content_type=page.content_type, headers=page.headers)
        if encoding:
            response["Content-Encoding"] = encoding
    if page.tag:
        response["ETag"] = tag
    return response


def wanted_encoding(accepted: str) -> str:
    """Return the best of our encodings that an Accept-Encoding header takes, or nothing."""
    offers = {}
    for offer in accepted.lower().split(","):
        name, _semicolon, quality = offer.partition(";")
        offers[name.strip()] = quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((name for name in ENCODINGS if offers.get(name)), "")


def has(if_none_match: str, tag: str) -> bool:
    """Whether the reader has what is called `tag`, as If-None-Match compares (RFC 9110, 13.1.2)."""
    return if_none_match == "*" or tag in {
        known.removeprefix("W/") for known in parse_etags(if_none_match)
    }
