"""A letter as a Word file, for those who have to paste it."""

import io
import zipfile
from typing import Any

import docx as python_docx
import pytest

from signatures import canonical
from signatures.papers import Dress, docx
from signatures.papers.sheet import sheet
from tests.drawn import picture
from tests.papers.written import DRESS, VERIFY_AT, addressee, as_of, edition, entries

RICH = """Lead *with emphasis* and [a link](https://example.org/x).

## Heading

1. one
2. two

   - deeper

> Quoted

| a | b |
|---|---|
| 1 | 2 |

***

    code
"""


def styled(made: bytes) -> list[tuple[str, str]]:
    """Return every paragraph, and its style."""
    document = python_docx.Document(io.BytesIO(made))
    return [(str(one.style and one.style.name), one.text) for one in document.paragraphs]


def part(made: bytes, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return packed.read(name).decode()


def test_it_has_headings_demands_and_names() -> None:
    listed = entries("Al-Haq", "Water Watch", initiators=1, local="مؤسسة الحق")
    said = styled(docx(edition(listed, withheld=1), listed, "en", DRESS, VERIFY_AT))
    assert ("Title", "Open letter on water") in said
    start = said.index(("Heading 1", "We call on you to"))
    assert said[start + 1 : start + 3] == [
        ("List Number", "Open the wells"),
        ("List Number", "Keep them so"),
    ]
    assert ("Heading 1", "Why now") in said
    assert ("Heading 2", "Initiators") in said
    assert ("Normal", "1.\tAl-Haq مؤسسة الحق") in said
    assert ("Normal", "2.\tWater Watch مؤسسة الحق") in said
    assert ("Normal", "and 1 organisation whose name is withheld for its safety") in said
    code = canonical.fingerprint(edition(listed, withheld=1))
    assert any(code[:4] in text and code[-4:] in text for _style, text in said)


def test_who_signed_an_earlier_text_is_marked() -> None:
    listed = entries("Al-Haq", "Water Watch")
    listed[1]["text_version"] = 2
    said = styled(docx(edition(listed), listed, "en", DRESS, VERIFY_AT, since=2))
    assert ("Normal", "1.\tAl-Haq (signed version 1)") in said
    assert ("Normal", "2.\tWater Watch") in said


def test_its_names_stand_in_two_columns() -> None:
    listed = entries("Al-Haq", "Water Watch", initiators=1)
    document = python_docx.Document(io.BytesIO(docx(edition(listed), listed, "en", DRESS)))
    columns = [section._sectPr.xpath("w:cols/@w:num") for section in document.sections]
    assert columns == [["1"], ["2"], ["1"], ["2"], []]


def test_an_arabic_letter_runs_from_right_to_left() -> None:
    listed = entries("Al-Haq", "مؤسسة الحق")
    made = docx(edition(listed), listed, "ar", DRESS, VERIFY_AT)
    document: Any = python_docx.Document(io.BytesIO(made))
    for paragraph in document.paragraphs:
        is_english = paragraph.style.name == "List Number"  # the demands are not translated
        assert bool(paragraph._p.xpath("w:pPr/w:bidi")) is not is_english, paragraph.text
    [arabic] = [run for one in document.paragraphs for run in one.runs if run.text == "مؤسسة الحق"]
    [latin] = [run for one in document.paragraphs for run in one.runs if run.text == "Al-Haq"]
    assert arabic.font.rtl
    assert not latin.font.rtl
    assert 'w:bidi="ar"' in part(made, "word/styles.xml")
    assert all(section._sectPr.xpath("w:bidi") for section in document.sections)


def test_its_properties_tell_of_the_letter_and_nothing_else() -> None:
    listed = entries("Water Watch")
    made = docx(edition(listed), listed, "en", DRESS, VERIFY_AT)
    known = python_docx.Document(io.BytesIO(made)).core_properties
    assert (known.title, known.language) == ("Open letter on water", "en")
    assert known.author == known.last_modified_by == "Open Letters"
    assert f"{known.created:%Y-%m-%d %H:%M}" == f"{known.modified:%Y-%m-%d %H:%M}"
    assert f"{known.created:%Y-%m-%d %H:%M}" == "2026-11-29 10:00"
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in packed.namelist() if "thumbnail" in name]


def test_it_refers_to_nothing_outside() -> None:
    listed = entries("Water Watch")
    dress = Dress(site="Open Letters", logo=picture(), logo_alt="A well")
    made = docx(edition(listed, body=RICH), listed, "en", dress, VERIFY_AT)
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        for name in packed.namelist():
            assert b'TargetMode="External"' not in packed.read(name), name
    assert 'descr="A well"' in part(made)
    assert "a link (https://example.org/x)." in " ".join(text for _style, text in styled(made))


def test_lists_of_the_text_do_not_go_on_counting_the_demands() -> None:
    listed = entries("Water Watch")
    document: Any = python_docx.Document(
        io.BytesIO(docx(edition(listed, body=RICH), listed, "en", DRESS))
    )
    lists: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        for key in paragraph._p.xpath("w:pPr/w:numPr/w:numId/@w:val"):
            lists.setdefault(key, []).append(paragraph.text)
    assert list(lists.values()) == [["Open the wells", "Keep them so"], ["one", "two"], ["deeper"]]
    assert document.tables[0].cell(1, 1).text == "2"


def test_the_same_letter_gives_the_same_bytes() -> None:
    listed = entries("Water Watch")
    dress = Dress(site="Open Letters", logo=picture())
    made = [docx(edition(listed), listed, "ar", dress, VERIFY_AT) for _time in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    "hostile", ["a\x00b\x07\ud800\ufffe<w:p/>&amp;", "]]>", "\u202e\u2066", ""]
)
def test_whatever_somebody_writes_is_written_and_nothing_else(hostile: str) -> None:
    listed = entries(hostile, "Water Watch", local=hostile)
    stated: dict[str, Any] = dict.fromkeys(
        ("title", "place", "body", "closing", "salutation"), hostile
    )
    stated["addressees"] = [addressee(name=hostile), addressee("copy", postal_address=hostile)]
    made = docx(as_of(listed, **stated), listed, "en", Dress(site=hostile, campaign=hostile))
    assert any(text.startswith("2.\tWater Watch") for _style, text in styled(made))


def test_it_says_to_whom_it_went_unless_that_is_everybody_it_is_addressed_to() -> None:
    addressees = [addressee(), addressee(), addressee("copy")]
    went = edition([], addressees=addressees)
    told = {
        places: "Delivered to:" in part(docx({**went, "delivered_to": places}, [], "en", DRESS))
        for places in [(1, 2), (1, 3), (1,), (1, 2, 3)]
    }
    assert told == {(1, 2): False, (1, 3): True, (1,): True, (1, 2, 3): True}


def test_it_names_them_with_their_positions_in_the_papers_language() -> None:
    ana = addressee(name="Ms Ana Keller", position="Special Rapporteur")
    bank = addressee(institution="The Bank\nLegal department")
    others = [addressee(), bank, addressee(position="Chair")]
    went: dict[str, Any] = {**edition([], addressees=[ana, *others]), "delivered_to": [1, 3, 4]}
    line = sheet(went, [], "en", DRESS, None, 1).delivered_to
    plain = line.replace("\u2068", "").replace("\u2069", "")
    assert plain == "Delivered to: Ms Ana Keller, Special Rapporteur; The Bank; Chair"
    assert "، " in sheet(went, [], "ar", DRESS, None, 1).delivered_to
