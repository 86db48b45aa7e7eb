"""Same, related or different: real names, real and invented pairs, and what holds for any two."""

import json
from itertools import combinations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from signatures import demo
from signatures.matching.parsing import parse
from signatures.matching.verdicts import Label, Verdict, Why, verdict

SAME, RELATED, DIFFERENT = Label.SAME, Label.RELATED, Label.DIFFERENT


def say(one: str, other: str, countries: str = "PS PS") -> Verdict:
    return verdict(parse(one), parse(other), *countries.split())


@pytest.mark.parametrize(
    ("one", "other", "countries", "label", "reason"),
    [
        (
            "ECCP - European Coordination of Committees and Associations for Palestine",
            "The European Coordination of Committees and Associations for Palestine (ECCP)",
            "BE BE",
            SAME,
            "same name",
        ),
        (
            "Arab Center for Agricultural Development",
            "Arab Centre for Agricultural Development (ACAD) /Ramallah – Gaza",
            "PS PS",
            SAME,
            "same name, other spelling of Center / Centre",
        ),
        (
            "The Palestinian Hydrology Group/Gaza",
            "Palestinian Hydrology Group",
            "PS PS",
            RELATED,
            "branch: Gaza",
        ),
        (
            "Ma'an Development Center/Gaza",
            "Ma'an Development Center/Ramallah",
            "PS PS",
            RELATED,
            "branch: Gaza, Ramallah",
        ),
        (
            "Democracy and Workers' Rights Center",
            "The Democracy and Workers' Rights Centre/Gaza",
            "PS PS",
            RELATED,
            "branch: Gaza",
        ),
        (
            "Leeds Palestine Solidarity Campaign",
            "Palestine Solidarity Campaign (PSC)",
            "GB GB",
            RELATED,
            "similar name; differs in Leeds",
        ),
        (
            "Leeds Palestine Solidarity Campaign",
            "Sheffield Palestine Solidarity Campaign (UK)",
            "GB GB",
            RELATED,
            "similar name; differs in Leeds, Sheffield",
        ),
        (
            "Ireland-Palestine Solidarity Campaign",
            "Palestine Solidarity Campaign (PSC)",
            "IE GB",
            RELATED,
            "branch: Ireland",
        ),
        (
            "Jewish Voice for Peace",
            "Jewish Voice for Peace Health Advisory Council",
            "US US",
            RELATED,
            "one name holds the other; added: Advisory, Council, Health",
        ),
        (
            "Youth Development Foundation",
            "Youth Development Society",
            "PS PS",
            DIFFERENT,
            "shares only Development, Youth",
        ),
        (
            "Basma Society for Culture and Arts",
            "Siwar for Culture and Arts Society",
            "PS PS",
            DIFFERENT,
            "shares only Arts, Culture, Society",
        ),
        (
            "Palestinian Hydrology Group – Hebron Branch",
            "The Palestinian Hydrology Group/Gaza",
            "PS PS",
            RELATED,
            "branch: Gaza, Hebron",
        ),
        ("Al-Haq", "Al Najda Social Association", "PS PS", DIFFERENT, "shares only Al"),
        (
            "Al-Haq Gaza Office",
            "Al-Haq, Law in the Service of Mankind (Al-Haq)",
            "PS PS",
            RELATED,
            "branch: Gaza",
        ),
        ("UJFP Suisse", "Union juive française pour la paix (UJFP)", "CH FR", RELATED, None),
        (
            "ACT Now",
            "Action by Churches Together (ACT)",
            "CH CH",
            RELATED,
            "shares the acronym ACT",
        ),
        ("Hope for Children", "Health Of People Everywhere (HOPE)", "KE KE", DIFFERENT, None),
        ("Arab Women's Union Soceity", "Arab Women's Union Society", "PS PS", SAME, None),
        ("Trocaire", "Trócaire", "IE IE", SAME, "same name"),
        ("Trócaire", "Trócaire", "IE GB", RELATED, "same name, other country"),
        ("Sadaka-the Alliance", "Sadaka – the Alliance", "IE IE", SAME, "same name"),
        ("Novact (Spain)", "Novact", "ES ES", SAME, "same name"),
        ("Women's Network (WN)", "Women's Network (RM)", "DE DE", RELATED, None),
        ("UJFP", "Union juive française pour la paix (UJFP)", "FR FR", SAME, None),
        ("UJFP", "Union juive française pour la paix (UJFP)", "FR BE", RELATED, None),
        ("UJFP", "Union juive française pour la paix", "FR FR", RELATED, None),
        ("ARIJ", "Arab Jurists (ARIJ)", "PS JO", RELATED, "shares the acronym ARIJ, other country"),
        (
            "Al Mezan Center",
            "Al Mizan Centre",
            "PS PS",
            RELATED,
            "similar name; differs in Mezan, Mizan",
        ),
        ("Henan Hospital Network", "Hunan Hospital Network", "CN CN", RELATED, None),
        ("Water Watch", "Fire Brigade", "KE KE", DIFFERENT, "nothing in common"),
        ("Asociación de Mujeres Abogadas", "Association of Women Lawyers", "ES ES", SAME, None),
        ("Association des Femmes", "Union des Femmes", "FR FR", DIFFERENT, None),
        ("مركز الدراسات النسوية", "مركز دراسات نسوية", "PS PS", SAME, None),
        ("مؤسسة الحق", "مؤسسة الضمير", "PS PS", DIFFERENT, None),
        ("עמותת שלום עכשיו", "עמותה שלום עכשיו", "IL IL", SAME, None),
        (
            "Oro Valley Hospital",
            "Community Health Systems - Oro Valley Hospital",
            "US US",
            RELATED,
            "named as a part of it",
        ),
        ("", "", "PS PS", DIFFERENT, None),
        ("...", "Water", "PS PS", DIFFERENT, None),
    ],
)
def test_real_pairs(one: str, other: str, countries: str, label: Label, reason: str | None) -> None:
    said = say(one, other, countries)
    assert said.label == label, said
    if reason is not None:
        assert said.reason == reason


def test_the_listed_198_are_told_apart() -> None:
    """Each name of the demonstration against each other: two pairs are one organisation."""
    listed = json.loads(demo.FIXTURE.read_text(encoding="utf-8"))["organizations"]
    said = {
        frozenset((a["name"], b["name"])): verdict(
            parse(a["name"]), parse(b["name"]), a["country"], b["country"]
        ).label
        for a, b in combinations(listed, 2)
    }
    same = {pair for pair, label in said.items() if label == SAME}
    assert {min(pair) for pair in same} == {
        "Arab Center for Agricultural Development",
        "ECCP - European Coordination of Committees and Associations for Palestine",
    }
    related = {name for pair, label in said.items() if label == RELATED for name in pair}
    assert {
        "Leeds Palestine Solidarity Campaign",
        "Sheffield Palestine Solidarity Campaign (UK)",
        "Ireland-Palestine Solidarity Campaign",
        "Palestine Solidarity Campaign (PSC)",
        "Ma'an Development Center/Gaza",
        "Jewish Voice for Peace Health Advisory Council",
    } <= related
    culture = [one["name"] for one in listed if "Culture and Art" in one["name"]]
    assert len(culture) >= 5
    assert not any(said[frozenset(pair)] == SAME for pair in combinations(culture, 2))


def test_an_acronym_alone_decides_nothing() -> None:
    assert say("Medicines Evaluation Board", "MEB", "NL NL").label == RELATED
    assert say("MEB (Medicines Board)", "MEB (Muslim Elders)", "NL NL").label == RELATED


def test_the_reason_speaks_the_language_of_the_page() -> None:
    said = say("Trócaire", "Trócaire", "IE GB")
    with translation.override("en"):
        assert said.reason == "same name, other country"
    assert said.why is Why.OTHER_COUNTRY


WORDS = st.sampled_from(
    [
        *("Water", "Watch", "Women", "Women's", "Centre", "Center", "Union", "Association"),
        *("(UAWC)", "UAWC", "ECCP", "/", "-", ",", "for", "of", "the", "Kenya", "(Kenya)"),
        *("Gaza", "Ramallah", "Palestine", '"Shams"', "الحق", "مركز", "Trócaire", "Аmnesty"),
        *("Development", "Developments", "Foodworkers", "Food", "Workers", "Asociación"),
    ]
)
NAMES = st.lists(WORDS, max_size=7).map(" ".join) | st.text(max_size=30)
COUNTRIES = st.sampled_from(["", "PS", "KE"])


@given(NAMES, NAMES, COUNTRIES, COUNTRIES)
def test_it_does_not_matter_which_name_comes_first(
    one: str, other: str, country_one: str, country_other: str
) -> None:
    forth = verdict(parse(one), parse(other), country_one, country_other)
    back = verdict(parse(other), parse(one), country_other, country_one)
    assert forth == back
    assert 0 <= forth.score <= 1
    assert forth.reason


@given(NAMES, COUNTRIES)
def test_a_name_is_the_same_as_itself(name: str, country: str) -> None:
    if parse(name).whole:
        assert verdict(parse(name), parse(name), country, country).label == SAME
