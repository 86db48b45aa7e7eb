"""Whoever was given a file learns whether it is exactly what was delivered."""

import json
from time import process_time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from signatures import throttling
from signatures.models import Edition, Signature
from signatures.models.withholding import withhold_listings
from tests.editions.steps import delivered, signed_letter
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

EDITION = "/letters/a-letter/editions/1/"


def fetch(edition: Edition, name: str) -> bytes:
    return Client().get(edition.get_absolute_url() + name).content


def verified(content: bytes | str, at: str = "/verify/") -> str:
    """Return what the page says of a file, or of a code."""
    sent: dict[str, Any] = {"code": content}
    if isinstance(content, bytes):
        sent = {"file": SimpleUploadedFile("file", content)}
    return Client().post(at, sent).content.decode()


@pytest.mark.parametrize("at", ["/verify/", f"{EDITION}verify/"])
@pytest.mark.parametrize("name", ["signatories.csv", "edition.json"])
def test_a_file_that_was_delivered_is_known(name: str, at: str) -> None:
    edition = delivered(signed_letter())
    assert "This is edition 1, unchanged." in verified(fetch(edition, name), at)


def test_the_code_is_known_however_it_is_typed() -> None:
    edition = delivered(signed_letter())
    for code in (edition.sha256, edition.sha256[:16].upper(), f" {edition.sha256[:20]} "):
        said = verified(code)
        assert "This is the code of edition 1." in said
        assert "Anybody can print a code under another text." in said
        assert "unchanged" not in said
    grouped = " ".join(edition.sha256[at : at + 4] for at in range(0, 64, 4))
    assert "This is the code of edition 1." in verified(grouped)
    for code in (edition.sha256[:15], "0" * 64, "not a code at all"):
        said = verified(code)
        assert "No letter here has this code." in said
        assert f'value="{code}"' in said


def test_an_older_edition_is_told_apart() -> None:
    letter = signed_letter()
    first = fetch(delivered(letter), "edition.json")
    Signature.objects.get(name="Water Watch").withdraw()
    delivered(letter)
    said = verified(first, "/letters/a-letter/editions/2/verify/")
    assert "This belongs to edition 1, an older one; unchanged." in said
    assert "The newest edition of this letter is number 2." in verified(first)


def test_another_letter_is_told_apart() -> None:
    other = fetch(delivered(signed_letter("Al-Haq", slug="other")), "signatories.csv")
    delivered(signed_letter("Water Watch"))
    said = verified(other, f"{EDITION}verify/")
    assert "This belongs to another letter" in said


def test_a_list_that_was_changed_says_where() -> None:
    edition = delivered(signed_letter())
    rows = fetch(edition, "signatories.csv").decode().splitlines()
    rows[1] = rows[1].replace("initiator", "")
    rows[2] = rows[2].replace("Rivers of Kenya", "Rivers of Uganda")
    said = verified("\r\n".join(rows).encode(), f"{EDITION}verify/")
    assert "This is not edition 1 as it was delivered: it was changed." in said
    for what, name in (
        ("1 signatory is missing", "Rivers of Kenya"),
        ("1 line is not in the edition", "Rivers of Uganda"),
        ("1 signatory is listed otherwise", "Al-Haq"),
    ):
        assert said.index(what) < said.index(f"<bdi>{name}</bdi>", said.index(what))


def test_a_list_that_a_spreadsheet_wrote_has_the_same_names() -> None:
    edition = delivered(signed_letter())
    rewritten = b"\xef\xbb\xbf" + fetch(edition, "signatories.csv").replace(b",", b";")
    said = verified(rewritten, f"{EDITION}verify/")
    assert "exactly the signatories of edition 1" in said


def test_json_that_was_changed_says_where() -> None:
    edition = delivered(signed_letter())
    told = json.loads(fetch(edition, "edition.json"))
    told["signatories"][1]["name"] = "Somebody Else"
    said = verified(json.dumps(told).encode())
    assert "it was changed" in said
    assert "Signatory 2 was changed." in said
    told["edition"]["count"] = 4
    assert "does not have the edition’s code" in verified(json.dumps(told).encode())


def test_an_old_copy_verifies_though_a_name_is_withheld_since() -> None:
    edition = delivered(signed_letter())
    copies = [fetch(edition, name) for name in ("edition.json", "signatories.csv")]
    organization = Signature.objects.get(name="Water Watch").organization
    withhold_listings(organization, actor=make_staff(), reason="asked by mail")
    for copy in (*copies, fetch(edition, "edition.json")):
        said = verified(copy)
        assert "This is edition 1, unchanged." in said
        assert "Water Watch" not in said


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 nonsense",
        b"{}",
        b"[" * 100_000,
        b'{"edition": 1, "signatories": [], "sha256": ""}',
        b'{"edition": {"format": "openletters-edition/1", "signatories": []}, "signatories": []}',
        (
            b'{"edition": {"format": "openletters-edition/1", "signatories": [1]}, "sha256": [],'
            b'"signatories": [{"name": 1e999}], "files": [{}]}'
        ),
        b"\xff\xfe\x00",
        b"name,country\n" + b"x,y\n" * 60_000,
        b'name,"' + b"x" * 200_000,
    ],
)
def test_what_is_no_file_of_ours_does_no_harm(content: bytes) -> None:
    delivered(signed_letter())
    said = verified(content, f"{EDITION}verify/")
    assert "This is not a file of this letter, or it was changed." in said


def test_whoever_has_a_list_that_was_saved_anew_is_led_to_the_page_of_its_edition() -> None:
    edition = delivered(signed_letter())
    copy = fetch(edition, "signatories.csv").replace(b",", b";")
    said = "the page of its edition"
    assert said in verified(copy)
    assert said not in verified(copy, f"{EDITION}verify/")
    assert said not in verified(b"no list")
    assert said not in verified("0" * 64)


def test_nothing_that_is_too_large_is_read() -> None:
    delivered(signed_letter())
    sent = {"file": SimpleUploadedFile("file", b"x" * (10 * 1024 * 1024 + 1))}
    answer = Client().post("/verify/", sent)
    assert answer.status_code == 413
    assert "larger than 10 MB" in answer.content.decode()


def test_nothing_is_asked_for_in_vain() -> None:
    answer = Client().post("/verify/", {})
    assert answer.status_code == 400
    assert "Choose a file, or type in the code." in answer.content.decode()


def test_letters_that_are_not_public_are_not_told() -> None:
    letter = signed_letter()
    edition = delivered(letter)
    copy = fetch(edition, "edition.json")
    letter.unpublish()
    assert "This belongs to no letter here" in verified(copy)
    assert "No letter here has this code." in verified(edition.sha256)
    assert Client().get(f"{EDITION}verify/").status_code == 404


def test_no_cookie_is_set_and_nothing_is_kept() -> None:
    delivered(signed_letter())
    for answer in (Client().get("/verify/"), Client().post("/verify/", {"code": "0" * 64})):
        assert not answer.cookies
        assert answer["Cache-Control"] == "no-store"


def test_one_network_verifies_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "VERIFICATIONS", 2)
    answers = [Client().post("/verify/", {"code": "0" * 64}) for _number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


@pytest.mark.parametrize(
    "changed",
    [
        {"withheld": "none"},
        {"withheld": [1]},
        {"address": "https://open.example/letters/\ud800/"},
        {"address": "https://open.example/letters/\x00/"},
        {"edition": 10**30},
        {"signatories": "abc"},
    ],
)
@pytest.mark.parametrize("sha256", ["", "\ud800" * 16, "\x00" * 64])
def test_json_of_somebody_s_own_is_no_edition(changed: dict[str, Any], sha256: str) -> None:
    edition = delivered(signed_letter())
    told = json.loads(fetch(edition, "edition.json"))
    told["edition"] |= changed
    told["sha256"] = sha256 or told["sha256"]
    said = verified(json.dumps(told).encode(), f"{EDITION}verify/")
    assert "it was changed." in said


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" + b"{}," * 1_000_000 + b"{}]",
        b"[" + b"[]," * 1_000_000 + b"[]]",
        b"name,country" + b"," * 5_000_000 + b"\nAl-Haq,PS\n",
    ],
    ids=["objects", "lists", "columns"],
)
def test_what_would_fill_the_memory_is_not_unpacked(bomb: bytes) -> None:
    delivered(signed_letter())
    began = process_time()
    said = verified(bomb, f"{EDITION}verify/")
    assert "This is not a file of this letter, or it was changed." in said
    assert process_time() - began < 2
