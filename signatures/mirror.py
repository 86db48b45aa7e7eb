"""A copy of everything public as a folder of files, which any host can serve without us.

When the site is blocked or attacked, the copy can be published elsewhere in a minute: on another
web host, as an onion service, on a memory stick. Its links lead to one another by relative ways;
what files cannot do, such as signing, leads back to the site itself.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils.html import escape

from openletters import languages
from openletters.caching import FOREVER, PUBLIC
from signatures.models.editions import Edition, EditionFile
from signatures.models.letters import Campaign, Letter
from signatures.models.responses import Response
from signatures.models.versions import TextVersion
from signatures.pages.editions import file_address
from signatures.pages.listing import Start

OF_A_LETTER = (
    "letter",
    "letter-feed",
    "signatories",
    "signatories-csv",
    "letter-pdf",
    "letter-docx",
    "count-json",
    "share-picture",
    "badge",
    "qr",
)
"""Names of what is copied of each letter."""

ONLY_THERE = frozenset({"api-description", "api-documentation", "frame", "oembed"})
"""Names of public pages that a copy cannot stand in for; nor for what programs ask."""

RECORD = "openletters-mirror.json"
"""The file in the folder that tells which files are ours, and in which state."""

BEGUN = "openletters-mirror.begun"
"""While the folder is updated: what is written that the record does not tell yet, a file a line.

An update that is cut short leaves it to the next one, which else would not know these files: it
would refuse the folder, or leave a name that was withdrawn meanwhile.
"""


class NotAMirror(Exception):
    """The folder holds files that no mirror has put there."""


@dataclass
class Entry:
    """What was copied of one address: into which file, in which state, and what it leads to."""

    file: str
    tag: str = ""
    following: str = ""
    assets: list[str] = field(default_factory=list)


@dataclass
class Update:
    """What an update of a mirror did, in numbers of files."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0


class Mirror:
    """The copy in `folder`. Raises NotAMirror if that holds anything else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, Entry] = {}
        self.entries: dict[str, Entry] = {}
        self.done = Update()
        record, begun = folder / RECORD, folder / BEGUN
        self.begun = set(begun.read_text(encoding="utf-8").splitlines() if begun.exists() else [])
        if record.exists():
            read = json.loads(record.read_text(encoding="utf-8"))
            self.known = {address: Entry(**entry) for address, entry in read.items()}
        elif not begun.exists() and folder.exists() and any(folder.iterdir()):
            raise NotAMirror(folder)

    def update(self) -> Update:
        """Bring the copy up to date; what has not changed is not even made.

        Pages of letters that are public no more are removed. Every file is replaced as a whole,
        so that the folder can be served meanwhile.
        """
        self.ours = {RECORD, *self.begun, *(entry.file for entry in self.known.values())}
        for language in languages.codes():
            with languages.read_in(language):
                said = render_to_string("signatures/_copy_note.html", {"site": settings.SITE_URL})
                for address in addresses():
                    with suppress(Http404):  # it has gone since the addresses were read
                        self._copy_with_what_follows(address, said)
        for entry in list(self.entries.values()):
            for asset in entry.assets:
                self._copy_asset(asset)
        self._remove_what_is_gone()
        record = {address: asdict(entry) for address, entry in sorted(self.entries.items())}
        self._write(RECORD, json.dumps(record, indent=1).encode())
        (self.folder / BEGUN).unlink(missing_ok=True)
        return self.done

    def _copy_with_what_follows(self, address: str, note: str) -> None:
        """Copy a page, and the further parts of the list that it starts."""
        while address:
            known = self.known.get(address, Entry(file_of(address)))
            there = (self.folder / known.file).exists()
            response = ask(address, known.tag if there else "")
            if response.status_code == 304:
                self.entries[address] = known
                self.done.unchanged += 1
            else:
                entry = Entry(file_of(address), response.get("ETag", ""))
                body = response.content
                if response["Content-Type"].startswith("text/html"):
                    page = Rewriting(address, note)
                    body = page.rewrite(body.decode()).encode()
                    entry.following, entry.assets = page.following, sorted(page.assets)
                self._write(entry.file, body)
                self.entries[address] = entry
                self.done.written += 1
            address = self.entries[address].following

    def _copy_asset(self, address: str) -> None:
        if address in self.entries:
            return
        entry = Entry(file_of(address))
        body = read_asset(address)
        path = self.folder / entry.file
        if path.exists() and path.read_bytes() == body:
            self.done.unchanged += 1
        else:
            self._write(entry.file, body)
            self.done.written += 1
        self.entries[address] = entry
        if address.endswith(".css"):
            for named in NAMED_IN_CSS.findall(body.decode()):
                self._copy_asset(urljoin(address, named))

    def _remove_what_is_gone(self) -> None:
        kept = {entry.file for entry in self.entries.values()}
        for file in sorted(self.ours - {RECORD}):
            path = self.folder / file
            unfinished(path).unlink(missing_ok=True)
            if file not in kept and path.exists():
                path.unlink()
                self.done.removed += 1
                for parent in path.relative_to(self.folder).parents:
                    if parent.name and not any((self.folder / parent).iterdir()):
                        (self.folder / parent).rmdir()

    def _write(self, name: str, body: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name not in self.ours:
            with (self.folder / BEGUN).open("a", encoding="utf-8") as begun:
                begun.write(f"{name}\n")
            self.ours.add(name)
        new = unfinished(path)
        new.write_bytes(body)
        new.replace(path)


def unfinished(path: Path) -> Path:
    """Return where a file is written before it takes its place."""
    return path.with_name(f".{path.name}.new")


def addresses() -> Iterator[str]:
    """Yield what can be read in the present language; of a list, its first part."""
    yield reverse("home")
    yield reverse("letters-feed")
    yield reverse("privacy")
    yield reverse("guide")
    letters = Letter.objects.published().order_by("pk")
    campaigns = Campaign.objects.filter(letters__in=letters).order_by("pk").distinct()
    for slug in campaigns.values_list("slug", flat=True):
        yield reverse("campaign", args=[slug])
    for slug in letters.values_list("slug", flat=True):
        for name in OF_A_LETTER:
            yield reverse(name, args=[slug])
    for letter in letters:
        yield reverse("versions", args=[letter.slug])
        for number in TextVersion.objects.public(letter).values_list("number", flat=True):
            yield reverse("version-json", args=[letter.slug, number])
    recorded = Response.objects.published().filter(letter__in=letters).order_by("pk")
    for response in recorded.select_related("letter"):
        yield response.get_absolute_url()
        if response.file:
            yield response.file_address
    yield from _editions()


def _editions() -> Iterator[str]:
    """Yield the pages of editions; of their files, which stand at one address, in one language."""
    letter = ""
    for edition in Edition.objects.published().light().order_by("letter", "number"):
        if edition.letter.slug != letter:
            letter = edition.letter.slug
            yield reverse("editions", args=[letter])
        yield edition.get_absolute_url()
        if languages.reading() == settings.LANGUAGE_CODE:
            yield file_address(edition, "edition.json")
            held = EditionFile.objects.filter(edition=edition, content__isnull=False)
            for one in held.defer("content"):
                yield file_address(edition, one.name)


def ask(address: str, known: str) -> HttpResponse:
    """Have the page at an address made, unless it is still as `known` (an ETag).

    Raises Http404 if it has gone meanwhile.
    """
    request = RequestFactory().get(address, headers={"if-none-match": known})
    match = resolve(urlsplit(address).path)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


def file_of(address: str) -> str:
    """Return the file, relative to the folder, that holds what stands at an address."""
    parts = urlsplit(address)
    path = parts.path.lstrip("/")
    if start := parse_qs(parts.query).get("from"):
        path += f"{Start.parse(start[0]).number}/"
    return f"{path}index.html" if path.endswith("/") or not path else path


def is_copied(address: str) -> bool:
    """Whether an address of the site is one that a copy has."""
    parts = urlsplit(address)
    if is_asset(parts.path):
        return has_asset(address)
    if set(parse_qs(parts.query)) - {"from"}:
        return False
    with languages.read_in(languages.of_address(parts.path)):
        try:
            name = str(resolve(parts.path).view_name)
            return name in PUBLIC - ONLY_THERE and bool(file_of(address))
        except Http404:
            return False


def static_path() -> str:
    """Return the path below which the site's own files stand."""
    return urlsplit(settings.STATIC_URL).path


def is_asset(path: str) -> bool:
    """Whether a path is that of a file which pages are made with, and no page."""
    if path.startswith(static_path()):
        return True
    with suppress(Http404):
        return resolve(path).view_name in FOREVER
    return False


def read_asset(address: str) -> bytes:
    """Return a file of ours, as collected, or as it lies in the source while nothing is.

    A campaign's colours and logo are asked for. Raises Http404 if there are none.
    """
    if not address.startswith(static_path()):
        return ask(address, "").content
    name = urlsplit(address).path.removeprefix(static_path())
    if settings.STATIC_ROOT and staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as stored:
            return bytes(stored.read())
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(address)
    return Path(found).read_bytes()


def has_asset(address: str) -> bool:
    """Whether there is such a file of ours: a letter's text may lead anywhere."""
    try:
        return bool(read_asset(address))
    except (OSError, SuspiciousFileOperation, Http404):
        return False


NAMED_IN_CSS = re.compile(r"""url\(["']?([^)"']+)""")
"""What a stylesheet asks for: typefaces."""

LINK = re.compile(r'(\s(?:href|src|action|data-[\w-]+))="([^"]*)"')


class Rewriting(HTMLParser):
    """Makes the page at `address` one of a folder: its links become relative.

    `assets` and `following` are what was met on the way: files of ours, and the list's next part.
    """

    def __init__(self, address: str, note: str) -> None:
        super().__init__(convert_charrefs=False)
        self.address = address
        self.note = note
        self.here = posixpath.dirname(f"/{file_of(address)}")
        self.assets: set[str] = set()
        self.following = ""
        self._tags: list[tuple[tuple[int, int], str, str]] = []

    def rewrite(self, html: str) -> str:
        """Return the page with its links rewritten, and otherwise to the letter as it is."""
        self.feed(html)
        self.close()
        # Lines as the parser counts them: splitlines() knows ends that it does not.
        starts = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        parts, done = [], 0
        for (line, column), before, after in self._tags:
            offset = starts[line - 1] + column
            parts += [html[done:offset], after]
            done = offset + len(before)
        return "".join([*parts, html[done:]])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Rewrite what leads somewhere; mention that this is a copy where the content starts."""
        written = self.get_starttag_text() or ""
        values = dict(attrs)
        if values.get("rel") == "next" and (href := values.get("href")):
            self.following = urljoin(self.address, href)

        def linked(match: re.Match[str]) -> str:
            name, value = match[1], unescape(match[2])
            if name.strip().startswith("data-") and not value.startswith("/"):
                return match[0]
            return f'{name}="{escape(self._link(tag, value))}"'

        rewritten = LINK.sub(linked, written)
        if tag == "main":
            rewritten += self.note
        self._tags.append((self.getpos(), written, rewritten))

    def _link(self, tag: str, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme or parts.netloc or not (parts.path or parts.query):
            return value
        address = urljoin(self.address, value)
        parts = urlsplit(address)
        if tag == "form" or not is_copied(address):
            return f"{settings.SITE_URL}{address}"
        if is_asset(parts.path):
            self.assets.add(parts.path)
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return posixpath.relpath(f"/{file_of(address)}", self.here) + fragment
