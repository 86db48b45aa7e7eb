"""What a typed name says: the name, acronyms, places, other names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.matching.parsing import looks_like_acronym, parse, spells
from signatures.matching.words import as_typed, core, plain, words


@pytest.mark.parametrize(
    ("raw", "text", "acronyms", "branches", "country"),
    [
        ("Al-Haq, Law in the Service of Mankind (Al-Haq)", None, {"alhaq"}, set(), ""),
        ("The Union of Agricultural Work Committees (UAWC)", None, {"uawc"}, set(), ""),
        ("ECCP - European Coordination of Committees", None, {"eccp"}, set(), ""),
        ("WMU, Western Michigan University", "Western Michigan University", {"wmu"}, set(), ""),
        ("Centre for Research on Corporations (SOMO)", None, {"somo"}, set(), ""),
        ("MRAP (Mouvement contre le Racisme)", "Mouvement contre le Racisme", {"mrap"}, set(), ""),
        ("Centre de Recherche (UC CeBER), Portugal", None, {"uc", "ceber", "ucceber"}, set(), "PT"),
        ("Defense for Children International – Palestine", None, set(), {"PS"}, ""),
        ("Ma'an Development Center/Gaza", "Ma'an Development Center", set(), {"gaza"}, ""),
        ("El Amal Rehabilitation Society – Rafah", None, set(), {"rafah"}, ""),
        ("Boycott Israel Network (UK)", "Boycott Israel Network", set(), set(), "GB"),
        ("Asociación Venezolana de Juristas, Venezuela", None, set(), set(), "VE"),
        ("Women in Black Vienna, Austria", "Women in Black Vienna", set(), set(), "AT"),
        ("New Weapons Research Group. Odv, Italy", None, set(), set(), "IT"),
        ("Arab Centre (ACAD) /Ramallah – Gaza", "Arab Centre", {"acad"}, set(), ""),
        ("Amnesty International, Kisumu Section", None, set(), {"kisumu section"}, ""),
        ("Jurists (ICJ Norway)", "Jurists", {"icj"}, {"NO"}, ""),
        ("Trade Union Congress (Africa)", "Trade Union Congress", set(), {"*africa"}, ""),
        ("350.org", "350.org", set(), set(), ""),
        ("11.11.11", "11.11.11", set(), set(), ""),
        ("", "", set(), set(), ""),
        ("(", "(", set(), set(), ""),
    ],
)
def test_a_name_is_taken_apart(
    raw: str, text: str | None, acronyms: set[str], branches: set[str], country: str
) -> None:
    name = parse(raw)
    if text is not None:
        assert name.text == text
    assert (set(name.acronyms), set(name.branches), name.country) == (acronyms, branches, country)


@pytest.mark.parametrize(
    "raw",
    [
        "Asociación Americana de Juristas/ American Association of Jurists (AAJ)",
        "Asociación Americana de Juristas - American Association of Jurists",
        "American Association of Jurists (Asociación Americana de Juristas)",
    ],
)
def test_a_name_in_two_languages_has_two_forms(raw: str) -> None:
    assert core(words("American Association of Jurists")) in parse(raw).forms
    assert core(words("Asociación Americana de Juristas")) in parse(raw).forms


def test_what_follows_a_dash_is_a_part_unless_it_says_the_same() -> None:
    name = parse("Community Health Systems - Oro Valley Hospital")
    assert name.text == "Community Health Systems"
    assert name.parts == (("oro", "valley", "hospital"),)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("ECCP", True),
        ("LO-Norway", False),
        ("DCI-P", True),
        ("CeBER", True),
        ("Novact", False),
        ("TWO WORDS", False),
        ("2022", False),
        ("A", False),
    ],
)
def test_acronyms_are_told_by_their_capitals(text: str, is_one: bool) -> None:
    assert looks_like_acronym(text) is is_one


@pytest.mark.parametrize(
    ("acronym", "name", "fits"),
    [
        ("UAWC", "Union of Agricultural Work Committees", True),
        ("FIDH", "Fédération internationale pour les droits humains", True),
        ("UPWC", "The Union of Palestinian Women’s Committees", True),
        ("WHO", "Water Watch", False),
        ("PAX", "Organisation for Peace", False),
    ],
)
def test_an_acronym_is_spelled_by_the_beginnings_of_words(
    acronym: str, name: str, fits: bool
) -> None:
    assert spells(acronym, name) is fits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Centre for Organisations", "Center of organization"),
        ("Women's Committees", "Womens Committee"),
        ("Asociación de Mujeres", "Association of Women"),
        ("Union des travailleurs", "Unión de Trabajadores"),
        ("Stichting Vrouwen", "Women"),
        ("Water Watch e.V.", "Water Watch"),
        ("l'Action", "Acción"),
        ("U.S. Coalition", "US Coalition"),
        ("Société & Paix", "Society and peace"),
        ("Центр Мемориал", "Centre Memorial"),
        ("مركز الدراسات النسوية", "مركز دراسات نسوية"),
        ("مؤسّسة الحق", "مؤسسه حق"),
        ("أطفال", "اطفال"),
        ("עמותת שלום", "עמותה שלום"),
        ("רופאים לזכויות אדם", "רופאים לזכויות האדם"),
    ],
)
def test_spellings_and_languages_share_their_telling_words(one: str, other: str) -> None:
    assert core(words(one)) == core(words(other))


@pytest.mark.parametrize(
    ("one", "other"), [("حق", "هق"), ("北京", "背景"), ("Women", "Workers"), ("Henan", "Hunan")]
)
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert core(words(one)) != core(words(other))


def test_words_are_quoted_as_they_were_typed() -> None:
    assert as_typed("The Centre for Women's Studies")["center"] == "Centre"


@given(st.text(max_size=60))
def test_any_text_can_be_taken_apart(raw: str) -> None:
    name = parse(raw)
    assert name.whole == plain(raw) or name.disguised
    assert all(name.acronyms)
    assert all(name.branches)


def test_a_long_name_is_taken_apart_quickly() -> None:
    for raw in (
        "(" * 150 + ")" * 50,
        "a " * 100,
        "A - " * 50,
        "a, " * 60 + "b",
        '"' * 200,
        f"{'aaaa ' * 30}c/{'a' * 40}b",  # not its acronym, in more ways than can be tried
    ):
        assert parse(raw)
