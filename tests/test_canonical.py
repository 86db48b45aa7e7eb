"""One form for what a letter says, and a fingerprint that anybody can find again."""

import hashlib
import json
from datetime import UTC, datetime

from signatures import canonical
from signatures.canonical import Entry, TextContent

TEXT = TextContent(
    format=canonical.TEXT,
    letter="water",
    language="ar",
    dated="2022-11-23",
    texts={"ar": {"title": "الماء", "body": "نكتب إليكم."}},
    addressees=[],
    demands=[],
)


def entry(name: str = "Water Watch") -> Entry:
    return canonical.entry(
        number=1,
        name=name,
        local_name="",
        country="KE",
        is_initiator=True,
        signed_on="2022-11-23",
        text_version=1,
    )


def test_it_is_json_with_sorted_keys_no_spaces_and_utf_8() -> None:
    packed = canonical.packed(TEXT)
    plain = json.dumps(TEXT, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert packed == plain.encode()
    assert canonical.fingerprint(TEXT) == hashlib.sha256(packed).hexdigest()


def test_the_order_in_which_it_was_put_together_does_not_matter() -> None:
    turned = dict(reversed(list(TEXT.items())))
    assert canonical.packed(turned) == canonical.packed(TEXT)


def test_the_same_signatory_has_another_fingerprint_each_time() -> None:
    one, other = entry(), entry()
    assert len(one["salt"]) == 32
    assert {**one, "salt": other["salt"]} == other
    assert canonical.fingerprint(one) != canonical.fingerprint(other)


def test_an_edition_names_nobody() -> None:
    entries = [entry(), entry("Rivers of Kenya")]
    edition = canonical.edition(
        TEXT,
        entries,
        address="https://letters.example/letters/water/",
        number=2,
        delivered_at=datetime(2026, 11, 29, 10, 0, 0, 999_999, tzinfo=UTC),
        delivered_to=[1],
        text_version=1,
        withheld=3,
    )
    assert edition["count"] == 5
    assert edition["delivered_at"] == "2026-11-29T10:00:00Z"
    assert edition["text_sha256"] == canonical.fingerprint(TEXT)
    assert edition["signatories"] == [canonical.fingerprint(one) for one in entries]
    assert b"Water Watch" not in canonical.packed(edition)
