"""Websites as strangers state them: some are refused, none is ever visited by the app."""

import socket
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from signatures.admin.entry import EntryForm
from signatures.admin.organizations import OrganizationForm
from signatures.forms import CorrectionForm, SignOnForm, WebsiteField
from signatures.models import ImportRow, Organization
from tests.desk.importing import IMPORTING, prepared
from tests.factories import make_letter, make_staff
from tests.hostile.addresses import addresses
from tests.hostile.crawling import Answer, kind_of
from tests.hostile.world import furnish

HOSTILE = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript://water.example/%0aalert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)",
    "blob:https://water.example/1",
    "file:///etc/passwd",
    "ftp://water.example/",
    "gopher://water.example:70/_x",
    "ws://water.example/",
    "mailto:alice@water.example",
    "tel:+254",
    "view-source:https://water.example/",
    "intent://water.example#Intent;scheme=https;end",
    "https://alice@water.example/",
    "https://alice:secret@water.example/",
    "https://water.example@evil.example/",
    "https://water.example%40evil.example/",
    "https://water.example\\@evil.example/",
    "https:\\\\water.example",
    "https://water.example#@evil.example:x@/ y",
    "http://127.0.0.1/",
    "http://127.0.0.1:8000/admin/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://10.0.0.1/",
    "http://192.168.1.1/reboot",
    "http://172.16.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://203.0.113.9/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00::1]/",
    "http://localhost/",
    "http://LOCALHOST:5432/",
    "http://localhost./",
    "http://a.localhost/",
    "http://router.local/",
    "http://metadata.google.internal/",
    "http://db.lan/",
    "http://printer.home.arpa/",
    "http://intranet/",
    "http://①②⑦.⓪.⓪.①/",
    "http://water.example:0x50/",
    "http://water.example:99999999/",
    "http://-water.example/",
    "http://water..example/",
    "http://.example/",
    "https://wa ter.example/",
    "https://water.example/\r\nSet-Cookie: a=b",
    "https://[",
    "https://",
    "//",
    "https://" + "a" * 300 + ".example/",
    "https://water.example/" + "a" * 300,
    "https://xn--/",
)
"""Schemes that do things, users that are hosts, hosts that are inside, and what is no address."""

HONEST = (
    ("water.example", "https://water.example"),
    ("//water.example/en", "https://water.example/en"),
    ("HTTP://Water.Example/En",) * 2,
    ("https://water.example:8443/?a=b&c=%20#top", "https://water.example:8443/?a=b&c=%20#top"),
    ("https://münchen.example/", "https://münchen.example/"),
    ("https://xn--mnchen-3ya.example/", "https://xn--mnchen-3ya.example/"),
    ("https://вода.рф/", "https://вода.рф/"),
    ("https://ماء.example/", "https://ماء.example/"),
    ("https://水.中国/", "https://水.中国/"),
    ("https://watchwaterabcdefghijklmnopqrstuvwxyz234567abcdefghijklmn.onion/",) * 2,
    ("https://facebook.com/@water", "https://facebook.com/@water"),
    ("https://water.example/a--b?c=%2D%2D", "https://water.example/a--b?c=%2D%2D"),
    ("https://10.example/", "https://10.example/"),
)
"""Addresses that organisations have, and what is stored of them."""


def stated(address: str) -> dict[str, list[str]]:
    """Return what the public form and that of the private page say of a website."""
    forms = (
        SignOnForm({"website": address}, letters=[]),
        CorrectionForm({"website": address}, names_too=True, country_too=True),
    )
    assert {form["website"].value() for form in forms} == {address}  # shown again as entered
    said: dict[str, list[str]] = {}
    for form in forms:
        refused = [str(one) for one in form.errors.get("website", [])]
        said[type(form).__name__] = refused or [form.cleaned_data["website"]]
    return said


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_is_refused_in_words(address: str) -> None:
    for said in stated(address).values():
        assert "such as https://example.org, or" in said[0] or "has at most 200" in said[0]


@pytest.mark.parametrize(("address", "kept"), HONEST)
def test_an_address_of_an_organisation_is_taken_as_it_is(address: str, kept: str) -> None:
    assert stated(address) == {"SignOnForm": [kept], "CorrectionForm": [kept]}


def test_staff_and_lists_state_them_in_the_same_field() -> None:
    forms: tuple[Any, ...] = (SignOnForm, CorrectionForm, EntryForm, OrganizationForm)
    assert {type(form.base_fields["website"]) for form in forms} == {WebsiteField}


@pytest.mark.django_db
def test_of_a_list_no_hostile_address_is_taken(client: Client) -> None:
    client.force_login(make_staff(permissions=IMPORTING))
    rows = [("name", "country", "website")]
    rows += [(f"Union {number}", "KE", address) for number, address in enumerate(HOSTILE)]
    batch = prepared(client, rows, [make_letter()])
    read = list(ImportRow.objects.filter(batch=batch))
    assert len(read) == len(HOSTILE)
    assert {row.website for row in read} == {""}
    assert {row.verdict for row in read} == {"error"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names and addresses of machines that the app has asked for."""
    asked: list[str] = []

    def connect(_socket: socket.socket, address: Any) -> None:
        asked.append(str(address))
        raise OSError

    def resolve(host: Any, *_arguments: Any, **_options: Any) -> list[Any]:
        asked.append(str(host))
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyaddr"):
        monkeypatch.setattr(socket, name, resolve)
    return asked


class Links(HTMLParser):
    """Reads where the links of a page lead, and what they say about it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in {"a", "area", "form", "iframe", "img"}:
            for name in ("href", "src", "action"):
                if urlsplit(told.get(name, "")).scheme:
                    self.found.append((told[name], set(told.get("rel", "").split())))


SAFE = {"noopener", "noreferrer"}
PUBLIC = {"told.example", "also.example", "news.example.org"}
"""Where public pages lead: by the texts of letters, and as the source of what became of them."""

WRITTEN = "[told](https://told.example/) and https://shown.example/ <https://also.example/>"


def reader() -> Client:
    """A browser in which somebody is logged in who may only look at organisations."""
    client = Client()
    client.force_login(make_staff(permissions=["view_organization"]))
    return client


@pytest.mark.django_db
def test_no_website_is_visited_and_links_to_them_tell_nobody(asked: list[str]) -> None:
    """Websites stand on pages of the staff alone; public letters link where their texts do.

    So does what became of them, to its sources.
    """
    world = furnish()
    for letter in world.letters.values():
        letter.body = WRITTEN
        letter.save()
    visitor, desk, seen, wrong = Client(), world.desk(), set[str](), []
    pages = {kind_of(one): one for one in addresses(world)}
    known = Organization.objects.exclude(website="").first()
    assert known
    card = f"/admin/signatures/organization/{known.pk}/change/"
    visits = [(desk if one.startswith("/admin/") else visitor, one) for one in pages.values()]
    for client, address in [*visits, (reader(), card)]:
        staffs = address.startswith("/admin/")
        answer = Answer(address, client.get(address))
        for link, rel in Links(answer.response.content.decode()).found if answer.page else ():
            parts = urlsplit(link)
            if parts.scheme == "mailto" or link.startswith(settings.SITE_URL):
                continue
            seen.add(parts.hostname or "")
            needed = SAFE if staffs else SAFE | {"nofollow"}
            if parts.scheme not in {"http", "https"} or not needed <= rel:
                wrong.append((address, link, sorted(rel)))
            if not staffs and parts.hostname not in PUBLIC:
                wrong.append((address, link, ["is public"]))
    assert wrong == []
    assert seen >= {"told.example", "pending.example", "parent.example"}
    assert asked == []
