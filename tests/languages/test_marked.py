"""Every word of the interface is marked for translation, and no number for machines is dressed up.

One walk through every page in a language of brackets, in a world whose keys have seven digits.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.translation import trans_real

from signatures.models import Letter, Organization
from tests.hostile.addresses import BESIDE_THE_RESOLVER, addresses
from tests.hostile.crawling import Answer
from tests.hostile.world import World, fill, furnish
from tests.languages.pseudo import SEPARATOR, Pseudo, Reader, take_the_place_of_french
from tests.languages.test_catalogs import LANGUAGES, catalog

pytestmark = pytest.mark.django_db

FIRST_KEY = 1_000_001


def move_sequences() -> None:
    """Give whatever is stored next a key of seven digits."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER SEQUENCE "{name}" RESTART WITH {FIRST_KEY}')
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("DELETE FROM sqlite_sequence")
        for name in tables:
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, FIRST_KEY - 1]
            )


_numbers = count(1)


def in_brackets(column: str, longest: int) -> str:
    """Write content as if it were translated: it is none of the interface's words."""
    return f"⟦{f'{next(_numbers)} {column}'[: max(longest - 2, 0)]}⟧"


@pytest.fixture
def world() -> World:
    move_sequences()
    world = furnish(in_brackets)
    fill(in_brackets)
    Letter.objects.update(signatory_count=1_234_567)
    return world


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Pseudo:
    return take_the_place_of_french(monkeypatch)


def visit(world: World) -> Iterator[Answer]:
    """Visit every page, the public's as a reader and the others as staff."""
    desk, reader = world.desk(), Client(raise_request_exception=False)
    for client in (desk, reader):
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    organizations = Organization.objects.values_list("pk", flat=True)
    pages = [f"/admin/signatures/organization/{pk}/change/" for pk in organizations]
    for address in dict.fromkeys([*addresses(world), *pages]):
        # What shows how something looks speaks the language of its letter, the guide many.
        if address in BESIDE_THE_RESOLVER or re.search(
            "/(preview|guide.*|[-0-9a-f]{36})/$", address
        ):
            continue
        if address.startswith("/admin/"):
            yield Answer(address, desk.get(address))
        elif not address.startswith("/demo/"):
            yield Answer(f"/fr{address}", reader.get(f"/fr{address}"))


PLAIN = re.compile(
    r"(?:[\W\d_]|à|UTC|CSV|SHA-256|EN|KE|en|Open Letters"  # figures, codes
    r"|https?://[^ ]*"
    r"|PDF|Word|JSON|[0-9a-f]{4}(?: |$)"
    r"|(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[-\w/ ]+"
    r"|\S+@\S+|[0-9a-f]{64}|[A-Z2-7]{4}(?: |$)"
    r"|English|Français|Español|العربيّة|root|Rosa|letters"  # names
    r"|list\.csv|name|email|\.example|a-campaign"  # the file that was imported, and addresses
    r"|Decided with others|Corrected Union|Union approved|Removed"  # written down before `fill`
    r"|Open letter on(?: all water)?|all|water|All water|They did|President of the Assembly"
    r"|Demand \d: met|\(UAP\)|Lokal approved|news\.example\.org|Thank you for your letter\..*"
    r"|Uploaded|Imported"  # the admin's own record, in the language of who did it
    r"|(?<=\d )[A-Z][a-z]+(?= \d{4})"  # the day of an English letter
    r"|True|False"  # pictures of the admin
    # rows without a page, where superusers delete
    r"|Name keys?|Response addressees?|(?<![^ ])s(?=:))*"
)
"""What stands on pages and is none of the interface's words."""


FROZEN = re.compile(r'<div class="letter wording" lang="en".*?</details>', re.DOTALL)
"""A text that was delivered before `fill`, and is in no other language than its own."""


def test_every_word_is_marked_and_machines_read_plain_numbers(world: World, pseudo: Pseudo) -> None:
    unmarked: dict[str, str] = {}
    formatted: dict[str, str] = {}
    grouped = 0
    for answer in visit(world):
        assert answer.status < 500, answer.address
        kind = answer.response.get("Content-Type", "")
        if not kind.startswith(("text/html", "image/svg+xml")):
            if SEPARATOR.encode() in answer.body:
                formatted.setdefault(kind, answer.address)
            continue
        html = FROZEN.sub("", answer.body.decode())
        page = Reader(html)
        grouped += f"234{SEPARATOR}567" in html
        for text in page.unmarked:
            if not PLAIN.fullmatch(text):
                unmarked.setdefault(text, answer.address)
        for text in page.formatted:
            formatted.setdefault(text, answer.address)
    assert formatted == {}
    assert unmarked == {}
    assert grouped
    assert untranslated(pseudo) == set()


FALL_BACK = frozenset(
    {"Democratic Republic of the Congo", "Vatican City", "Saint Helena", "South Georgia"}
)
"""Countries that django-countries translates by another of their names."""


def untranslated(pseudo: Pseudo) -> set[str]:
    """Return what was asked of packages, and what they do not say in each of our languages.

    Of our own messages test_catalogs.py sees to it.
    """
    ours = {
        message.id if isinstance(message.id, str) else message.id[0] for message in catalog("fr")
    }
    missing = set()
    for language in LANGUAGES:
        known: Any = trans_real.DjangoTranslation(language)
        for context, message in pseudo.asked:
            key = f"{context}\x04{message}" if context else message
            found = any(known._catalog.get(one) for one in (key, (key, 0), (key, 1)))
            if not found and message not in ours and "⟦" not in message:
                missing.add(message)
    return missing - FALL_BACK
