"""A letter on paper: what stands on it, for whom it can be read, and that it is the same again."""

import io
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from signatures import canonical
from signatures.papers import Dress, docx, pdf
from tests.drawn import picture
from tests.papers.written import ADDRESS, DRESS, VERIFY_AT, addressee, as_of, edition, entries


def read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


INVISIBLE = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def words(made: bytes) -> str:
    """Return all that a file says, in one line."""
    said = " ".join(page.extract_text() for page in read(made).pages)
    return " ".join(said.translate(INVISIBLE).split())


def tags(node: Any) -> list[str]:
    """Return what the parts of a file are, in the order in which they are read."""
    node = node.get_object()
    found = [str(node["/S"])] if "/S" in node else []
    below = node.get("/K", [])
    for one in below if isinstance(below, list) else [below]:
        below_that = one.get_object()
        if isinstance(below_that, dict) and ("/S" in below_that or "/K" in below_that):
            found += tags(one)
    return found


def test_it_says_all_that_the_letter_says_and_who_signed() -> None:
    listed = entries("Al-Haq", "Water Watch", "Żółw", initiators=1, local="مؤسسة الحق")
    said = words(pdf(edition(listed, withheld=2), listed, "en", DRESS, VERIFY_AT))
    for told in (
        "Water for all",
        "Open Letters",
        "The Hague, 23 November 2022",
        "Ms Silvia Ríos President Netherlands",
        "Open letter on water",
        "Dear Madam President,",
        "We write to you about water.",
        "We call on you to 1. Open the wells 2. Keep them so",
        "Why now It is running out.",
        "Yours sincerely,",
        "5 signatories – including 2 whose names are withheld for their safety",
        "Initiators",
        "Organisations",
        "Water Watch",
        "Żółw",
        "and 2 organisations whose names are withheld for their safety",
        "Edition 2, delivered on 29 November 2026, 10:00 (UTC); text version 1",
        "Page 1 of 1",
        VERIFY_AT,
    ):
        assert told in said
    assert said.index("about water") < said.index("Open the wells") < said.index("Why now")


def test_who_signed_an_earlier_text_is_marked() -> None:
    listed = entries("Al-Haq", "Water Watch")
    listed[1]["text_version"] = 2
    content = edition(listed)
    assert "signed version" not in words(pdf(content, listed, "en", DRESS, VERIFY_AT))
    said = words(pdf(content, listed, "en", DRESS, VERIFY_AT, since=2))
    assert "Al-Haq (signed version 1)" in said
    assert "Water Watch (signed" not in said


def test_it_can_be_verified_by_its_code() -> None:
    listed = entries("Water Watch")
    content = edition(listed)
    code = canonical.fingerprint(content)
    said = words(pdf(content, listed, "en", DRESS, VERIFY_AT))
    assert " ".join(code[at : at + 4] for at in range(0, 64, 4)) in said


def test_moments_are_told_on_the_letters_own_clocks() -> None:
    listed = entries("Water Watch")
    dress = replace(DRESS, time_zone="Pacific/Kiritimati")
    assert "30 November 2026, 00:00 (Kiritimati time)" in words(
        pdf(edition(listed), listed, "en", dress, VERIFY_AT)
    )


def test_nobody_makes_it_again_without_the_random_bits_of_every_entry() -> None:
    listed = entries("Water Watch", "Al-Haq")
    content = edition(listed)
    made = pdf(content, listed, "en", DRESS, VERIFY_AT)
    told = read(made).metadata
    assert told
    assert str(told["/Keywords"]) == canonical.mark(listed)
    guessed = [listed[0], {**listed[1], "salt": "0" * 32}]
    for make in (pdf, docx):
        right, wrong = (make(content, some, "en", DRESS, VERIFY_AT) for some in (listed, guessed))
        assert right != wrong


def test_a_letter_as_it_is_now_has_no_code_to_verify() -> None:
    listed = entries("Water Watch")
    said = words(pdf(as_of(listed), listed, "en", DRESS))
    assert "As of 29 November 2026, 10:00 (UTC)" in said
    assert ADDRESS in said
    assert "SHA-256" not in said
    assert "delivered" not in said


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_accessible(language: str) -> None:
    listed = entries("Al-Haq", "Water Watch", initiators=1)
    logo = Dress(site="Open Letters", logo=picture(), logo_alt="A well")
    made = read(pdf(edition(listed), listed, language, logo, VERIFY_AT))
    root: Any = made.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    found = tags(root["/StructTreeRoot"])
    assert found.count("/H1") == 1
    assert found.count("/H2") >= 2
    assert found.count("/LI") == 4
    assert found.count("/Figure") == 2
    assert made.metadata
    assert made.metadata.title == (
        "Open letter on water" if language == "en" else "رسالة مفتوحة بشأن المياه"
    )


def test_all_fonts_are_in_the_file() -> None:
    listed = entries("Żółw Đặng Việt", "Привет", "Ελληνικά", "Ğüş İı", "שלום", "مؤسسة الحق")
    made = read(pdf(edition(listed), listed, "ar", DRESS, VERIFY_AT))
    fonts = 0
    for page in made.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            [below] = font.get_object()["/DescendantFonts"]
            descriptor = below.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            fonts += 1
    assert fonts > 3


NAMES = (
    "北京水资源研究所",
    "臺灣水資源協會",
    "水と人権ネットワーク",
    "한국 물 연대",
    "องค์กรน้ำสะอาด",
    "ພາກສ່ວນນ້ຳ",
    "தண்ணீர் அறக்கட்டளை",
    "జల సంఘం",
    "ಜಲ ವೇದಿಕೆ",
    "ജല വേദി",
    "जल अधिकार मंच",
    "জল অধিকার মঞ্চ",
    "જળ મંચ",
    "ਪਾਣੀ ਮੰਚ",
    "ජල සංවිධානය",
    "អង្គការទឹក",
    "ရေအဖွဲ့",
    "የውሃ ማህበር",
    "עמותת המים",
    "წყლის ასოციაცია",
    "Ջրի միություն",
    "Ελληνικό Νερό",
    "Вода для всех",
    "آب برای همه",
    "Nước Sạch Việt Nam",
    "Water 💧 Friends",
)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_world_are_printed_in_their_letters(name: str) -> None:
    """What no font has would be an empty box, which an accessible file must not have."""
    listed = entries("Water Watch", local=name)
    root: Any = read(pdf(edition(listed), listed, "en", DRESS, VERIFY_AT)).trailer["/Root"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_the_same_letter_gives_the_same_bytes() -> None:
    listed = entries("Water Watch", "Al-Haq")
    content = edition(listed)
    made = [pdf(content, listed, "en", DRESS, VERIFY_AT) for _time in range(2)]
    assert made[0] == made[1]
    assert made[0] != pdf(edition(listed[:1]), listed[:1], "en", DRESS, VERIFY_AT)


def test_a_letter_that_is_not_written_in_a_language_comes_in_its_own() -> None:
    listed = entries("Water Watch")
    content = edition(listed)
    assert pdf(content, listed, "fr", DRESS) == pdf(content, listed, "en", DRESS)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd") #panic() $x^2$ @key <label> *x* _y_ `z`',
        '= A heading\\ #import "x": *',
        "水 नमस्ते 한국어 🏴 \u0378",
        "a\x00b\x07c\ud800d\ufffee\u202ef\u2066g",
        "W" * 250,
        "\u0301" * 50,
        "-" * 200 + "/" * 100,
    ],
)
def test_whatever_somebody_writes_is_printed_and_nothing_else(hostile: str, language: str) -> None:
    listed = entries(hostile, "Water Watch", local=hostile)
    stated: dict[str, Any] = dict.fromkeys(
        ("title", "place", "body", "closing", "salutation"), hostile
    )
    stated["addressees"] = [addressee(name=hostile), addressee("copy", postal_address=hostile)]
    stated["demands"] = [{"texts": {"en": {"text": hostile}}}]
    dress = Dress(site=hostile, campaign=hostile, logo=picture(), logo_alt=hostile)
    content = as_of(listed, **stated)
    made = pdf(content, listed, language, dress)
    said = words(made)
    assert "Water Watch" in said
    assert "root:" not in said
    if "#read" in hostile:
        assert '#read("/etc/passwd")' in said


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("number", [20, 61, 150])
def test_columns_are_as_long_as_each_other_on_the_last_page(number: int, language: str) -> None:
    listed = entries(*(f"Watch {place}" for place in range(number)))
    columns: dict[bool, int] = {True: 0, False: 0}

    def see(text: str, page: Any, line: Any, *_font: Any) -> None:
        if "Watch" in text:
            columns[line[4] * page[0] + line[5] * page[2] + page[4] > 300] += 1

    read(pdf(edition(listed), listed, language, DRESS)).pages[-1].extract_text(visitor_text=see)
    assert min(columns.values()) > 0
    assert abs(columns[True] - columns[False]) <= 1
