"""Names as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures import names

REAL_NAMES = [
    "350.org",
    "11.11.11",
    "Onestla.tech",
    "Women's Centre",
    "Women’s Studies Centre",
    "Al-Haq, Law in the Service of Mankind (Al-Haq)",
    "Suds – Associació Internacional de Solidaritat i Cooperacció (Spain)",
    "مؤسسة الحق",
    "بصرى‌ها می‌روند",
    "בצלם",
    "क्षत्रिय संघ",
    "Science & Culture Center",
    'Human Rights and Democracy Media Center "Shams"',
    "N" * 200,
]


@pytest.mark.parametrize("name", REAL_NAMES)
def test_a_real_name_is_shown_as_it_is(name: str) -> None:
    assert names.clean_display(name) == name
    assert names.says_something(name)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  Two   spaces ", "Two spaces"),
        ("Line\nbreak\tand tab", "Line break and tab"),
        ("Zero\u200bwidth\ufeff", "Zerowidth"),
        ("Turned \u202egro.live\u202c round", "Turned gro.live round"),
        ("Nul\x00 and bell\x07", "Nul and bell"),
        ("Isolated \u2066x\u2069", "Isolated x"),
        ("Hangul\u3164filler", "Hangulfiller"),
        ("Latin\u200cjoiner", "Latinjoiner"),
        ("Tag\U000e0041s", "Tags"),
        ("Amal Society--Rafah", "Amal Society – Rafah"),
        ("Abdel ـ Shafi", "Abdel Shafi"),
        ("Cafe\u0301", "Café"),
        ("z" + "\u0301" * 40, "ź" + "\u0301" * 4),
    ],
)
def test_what_nobody_can_see_is_removed(raw: str, shown: str) -> None:
    assert names.clean_display(raw) == shown


@pytest.mark.parametrize("name", ["", "...", "— & —", "‘’“”", "()"])
def test_a_name_without_letter_or_digit_says_nothing(name: str) -> None:
    assert not names.says_something(name)


@given(st.text())
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    once = names.clean_display(raw)
    assert names.clean_display(once) == once


@given(st.text())
def test_a_name_has_a_list_key_of_bounded_length(raw: str) -> None:
    assert len(names.list_key(raw)) <= 401


@pytest.mark.parametrize(
    ("name", "acronym", "listed"),
    [
        ("Union juive française pour la paix", "UJFP", "Union juive française pour la paix (UJFP)"),
        ("Union juive (UJFP)", "UJFP", "Union juive (UJFP)"),
        ("ECCP - European Coordination", "eccp", "ECCP - European Coordination"),
        ("Al-Haq", "", "Al-Haq"),
        ("Norwegian Confederation (LO-Norway)", "LO-Norway", "Norwegian Confederation (LO-Norway)"),
    ],
)
def test_an_acronym_is_listed_once(name: str, acronym: str, listed: str) -> None:
    assert names.listed_name(name, acronym) == listed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("societe", "Société"),
        ("WOMENS", "Women’s"),
        ("womens", "Women's"),
        ("science and culture", "Science & Culture"),
        ("strasse", "Straße"),
        ("soren", "Søren"),
        ("الحق", "الحَقّ"),
        ("مؤسسه", "مؤسسة"),
    ],
)
def test_a_search_is_blind_to_accents_and_case(typed: str, stored: str) -> None:
    assert names.fold(typed) == names.fold(stored)


def test_words_that_differ_by_a_vowel_sign_stay_different() -> None:
    assert names.fold("कि") != names.fold("कु")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Rights Forum", "rights forum"),
        ("Trocaire", "Trócaire"),
        ("Al-Dameer Association –Gaza", "Al Dameer Association - Gaza"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert names.comparison_key(one) == names.comparison_key(other)


def test_different_names_have_different_keys() -> None:
    one, other = "Youth Development Foundation", "Youth Development Society"
    assert names.comparison_key(one) != names.comparison_key(other)


def test_names_stand_in_the_order_in_which_people_look_for_them() -> None:
    in_order = [
        "11.11.11",
        "350.org",
        "Al Mezan",
        "Al-Najda",
        "The Assembly Benevolent",
        '"Basma" Society',
        "École des droits",
        "El Wafaa",
        "l'Étoile",
        "Le Monde solidaire",
        "Øster Forbund",
        "Trócaire",
        "TROCAIRE Ireland",
        "Żywa Woda",
        "בצלם",
        "مؤسسة الحق",
    ]
    shuffled = in_order[::2] + in_order[1::2]
    assert sorted(shuffled, key=names.list_key) == in_order


def test_initiators_come_first_in_their_given_order() -> None:
    keys = [names.list_key("Zeta", 1), names.list_key("Alpha", 2), names.list_key("11.11.11")]
    assert keys == sorted(keys)
