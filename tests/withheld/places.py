"""Where a name can be found: what the public reads, what staff take along, what lies in tables."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from signatures.mirror import Mirror
from signatures.models import Letter, Signature
from signatures.names import fold
from signatures.resources import FORMATS, ListResource
from tests.factories import claim

CANARY = "kanari"
"""Stands in every name of the organisation whose name is withheld, and in its website."""

LETTER = "/letters/a-letter/"


def secret_claim(**stated: Any) -> dict[str, Any]:
    """Return what an organisation states whose every name holds the canary."""
    return claim(
        **{
            "name": "Xkanariname Union",
            "local_name": "Xkanarilokal",
            "acronym": "XKANARIAC",
            "website": "https://xkanariweb.example",
            "email": "alice@mailbox.example",
            **stated,
        }
    )


def tells(text: str) -> bool:
    """Whether a text holds the canary, whatever its case and accents."""
    return CANARY in text.lower() or CANARY in fold(text)


def public_answers() -> Iterator[tuple[str, str]]:
    """Yield every public address, in two languages, with all that is answered there."""
    reader = Client()
    slugs = list(Letter.objects.values_list("slug", flat=True))
    for language in ("", "/ar"):
        paths = ["/", "/campaigns/a-campaign/"]
        for slug in slugs:
            here = f"/letters/{slug}/"
            paths += [
                here,
                f"{here}sign/",
                f"{here}sign/sent/",
                f"{here}signatories/",
                f"{here}signatories/?country=KE",
                f"{here}signatories/?q=union",
                f"{here}signatories.csv",
                f"{here}count.json",
            ]
        for path in paths:
            answer = reader.get(f"{language}{path}")
            assert answer.status_code in {200, 404}, path
            yield path, f"{answer.headers}{answer.content.decode()}"


def copied(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every file of a copy of the site, which is brought up to date first."""
    Mirror(folder).update()
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in {".html", ".json", ".csv"}:
            yield str(path), path.read_text(encoding="utf-8")


def exported() -> Iterator[tuple[str, str]]:
    """Yield the lists as staff take them along, in every form."""
    table = ListResource().export(Signature.objects.select_related("organization", "letter"))
    for form, (write, _content_type) in FORMATS.items():
        yield form, write(table).decode("latin-1")


def at_rest(*, only: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value of every table as the database holds it, with its table and column."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if only and not re.fullmatch(only, table):
                continue
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  tables of ours
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    held = isinstance(value, bytes | memoryview)
                    text = bytes(value).decode("latin-1") if held else str(value)
                    yield f"{table}.{column}", text


def leaks(found: Iterator[tuple[str, str]]) -> list[str]:
    """Return the places that tell the name."""
    return sorted({place for place, text in found if tells(text)})


def counts(slug: str = "a-letter") -> set[int]:
    """Return what each public form of a letter says is the number of its signatories."""
    reader, here = Client(), f"/letters/{slug}/"
    page = reader.get(here).content.decode()
    told = json.loads(reader.get(f"{here}count.json").content)
    rows = list(csv.DictReader(io.StringIO(reader.get(f"{here}signatories.csv").content.decode())))
    listed = reader.get(f"{here}signatories/").content.decode()
    letter = Letter.objects.get(slug=slug)
    current = letter.signatures.current().count()
    return {
        int(re.findall(r'class="count"[^>]*><b>(\d+)</b>', page)[0]),
        len(re.findall(r'<ol class="names".*?</ol>', page, re.DOTALL) and names(page))
        + withheld(page),
        len(names(listed)) + withheld(listed),
        told["count"],
        len(rows) + told["withheld"],
        letter.signatory_count,
        current + letter.withheld_signatures.count(),
        current + letter.withheld_count,
    }


def names(page: str) -> list[str]:
    """Return the names that a page lists."""
    lists = re.findall(r'<ol class="names"[^>]*>(.*?)</ol>', page, re.DOTALL)
    return [name for some in lists for name in re.findall(r"<li><bdi>(.*?)</bdi>", some)]


def withheld(page: str) -> int:
    """Return how many organisations a page says have their names withheld."""
    said = re.findall(r'<p class="withheld">(?:and )?(\d+) organisation', page)
    return int(said[0]) if said else 0
