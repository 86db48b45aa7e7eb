"""The steps of an import, as staff take them."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from signatures.candidates import Candidate, Stated
from signatures.matching.verdicts import Label, Verdict, Why
from signatures.models import (
    Letter,
    Organization,
    SignatoryImport,
    Signature,
)
from tests.factories import (
    DESK,
)
from tests.tables import csv_file

LIST = "/admin/signatures/signatoryimport/"
IMPORTING = (*DESK, *(f"{verb}_signatoryimport" for verb in ("view", "add", "change", "delete")))
Status = SignatoryImport.Status
ROWS = (
    ("name", "local name", "acronym", "country", "website", "section", "date", "email"),
    ("Zeta", "", "", "KE", "zeta.example", "", "2024-05-03", "z@zeta.example"),
    ("Water Network (WN)", "شبكة المياه", "WN", "PS", "", "initiator", "3.5.2024", ""),
)


def at(step: str, batch: SignatoryImport) -> str:
    return reverse(f"admin:signatures_signatoryimport_{step}", args=[batch.pk])


def upload(
    client: Client, content: bytes, letters: Sequence[Letter], name: str = "list.csv", **stated: Any
) -> Any:
    data = {
        "file": SimpleUploadedFile(name, content),
        "letters": [letter.pk for letter in letters],
        "target": "signatures",
        "provenance": "Form of the coalition, exported by Rosa",
        "default_country": "",
        **stated,
    }
    return client.post(f"{LIST}add/", data)


def match(client: Client, batch: SignatoryImport, *fields: str, **more: str) -> Any:
    """Say what the columns hold; by default what was guessed."""
    columns = fields or batch.columns
    data = {f"column-{number}": field for number, field in enumerate(columns)}
    return client.post(at("columns", batch), {"edition": str(batch.edition)} | data | more)


def leads_to(response: Any, address: str) -> bool:
    return bool(response.status_code == 302 and response.url == address)


def compare(client: Client, batch: SignatoryImport) -> None:
    while client.get(at("analysis", batch)).status_code == 200:
        pass
    batch.refresh_from_db()
    assert batch.status == Status.READY


def prepared(
    client: Client, rows: Sequence[Sequence[str]], letters: Sequence[Letter], **stated: Any
) -> SignatoryImport:
    """Upload rows, take the columns as guessed, and compare them."""
    assert upload(client, csv_file(rows).encode(), letters, **stated).status_code == 302
    batch = SignatoryImport.objects.latest("pk")
    assert match(client, batch).status_code == 302
    compare(client, batch)
    return batch


def decide(client: Client, batch: SignatoryImport, **data: Any) -> Any:
    verdict = data.pop("verdict", "")
    batch.refresh_from_db()
    address = at("decide", batch) + (f"?verdict={verdict}" if verdict else "")
    return client.post(address, {"edition": batch.edition, **data})


def commit(client: Client, batch: SignatoryImport, **data: Any) -> Any:
    batch.refresh_from_db()
    return client.post(at("commit", batch), {"edition": batch.edition, **data})


def verdicts(batch: SignatoryImport) -> list[tuple[str, str, str]]:
    return list(batch.rows.order_by("line").values_list("name", "verdict", "decision"))


def listed(letter: Letter) -> list[str]:
    found = Signature.objects.filter(letter=letter).current().in_list_order()
    return [signature.name for signature in found]


def unlike(number: int) -> str:
    """Return a name that no other number's name is near to."""
    syllables = ("ka", "mo", "ri", "tan", "wel", "su", "bar", "ni", "dal", "fe")
    return "".join(syllables[int(digit)] for digit in str(number)[::-1]).title()


def say(label: Label, why: Why, *organizations: Organization) -> Any:
    """Return a search that says this of every name."""

    def find(stated: Sequence[Stated], *, limit: int = 5) -> list[list[Candidate]]:
        verdict = Verdict(label, 0.8, why, "Gaza")
        return [[Candidate(one, one.official_name, verdict) for one in organizations]] * len(stated)

    return find
