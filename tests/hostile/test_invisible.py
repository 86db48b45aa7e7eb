"""Characters that hide, turn around or pile up: none stands in a stored name."""

import pytest
from django.test import Client

from signatures.models import SignOn
from tests.factories import claim, make_letter

pytestmark = pytest.mark.django_db

HIDING = [
    *map(chr, (0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180E)),
    *map(chr, range(0x200B, 0x2010)),
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2060, 0x206A)),
    *map(chr, (0x2028, 0x2029, 0x2800, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB)),
    *map(chr, (0x1BCA0, 0x1D173, 0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xE000, 0xF0000, 0xFFFF)),
    *map(chr, (0x01, 0x07, 0x08, 0x1B, 0x7F, 0x80, 0x85, 0x9F)),
]
"""Zero width, direction, tags, fillers, variation selectors, controls, private use."""

SPELT = [
    "سازمان ملی کتاب‌خانه‌ها",  # Persian, with its zero-width non-joiner
    "जल अधिकार संगठन क्‍ष",  # Hindi, with its zero-width joiner
    "شبكة منظمات المجتمع المدني",
    "ארגון זכויות המים",
    "สมาคมสิทธิน้ำ",
    "Hội Nước Sạch Việt Nam",
    "འབྲུག་རྒྱལ་ཁབ།",
    "ক্ষেত মজুর ইউনিয়ন",
]
"""Names whose letters need joiners and marks."""


def stored(**stated: str) -> SignOn | None:
    """Sign with these words; return what is stored of them."""
    letter = make_letter()
    data = {"letters": [letter.pk], "authorized": "on", **claim(**stated)}
    Client().post("/letters/a-letter/sign/", data)
    return SignOn.objects.first()


def test_there_are_many() -> None:
    assert len(set(HIDING)) >= 40


@pytest.mark.parametrize("hidden", HIDING, ids=lambda one: f"U+{ord(one):04X}")
def test_no_hiding_character_is_stored(hidden: str) -> None:
    where = f"{hidden}Water{hidden} Wat{hidden}ch{hidden * 3}"
    kept = stored(name=where, local_name=where, acronym=f"W{hidden}W", contact_name=where)
    assert kept is not None
    for text in (kept.name, kept.local_name, kept.acronym, kept.contact_name):
        assert hidden not in text
    assert kept.name.replace(" ", "") == "WaterWatch"


@pytest.mark.parametrize("hidden", HIDING, ids=lambda one: f"U+{ord(one):04X}")
def test_what_only_hides_is_no_name(hidden: str) -> None:
    assert stored(name=hidden * 5) is None


def test_marks_do_not_pile_up() -> None:
    kept = stored(name="W" + "\u0300\u0489\u035c\u0360" * 40 + "ater")
    assert kept is not None
    assert len(kept.name) < 12


@pytest.mark.parametrize("name", SPELT)
def test_a_name_stays_as_it_is_spelt(name: str) -> None:
    kept = stored(name=name, local_name=name)
    assert kept is not None
    assert kept.name == kept.local_name == name
