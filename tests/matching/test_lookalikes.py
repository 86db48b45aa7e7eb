"""Names dressed up as others."""

import json

import pytest

from signatures import demo
from signatures.matching.lookalikes import lookalikes, undisguised
from signatures.matching.parsing import parse
from signatures.matching.verdicts import Label, Why, verdict

SPOOFS = [
    ("Аmnesty International", "Amnesty International"),
    ("Amnesty Intеrnational", "Amnesty International"),
    ("Αmnesty International", "Amnesty International"),
    ("Amnεsty International", "Amnesty International"),
    ("Ꭺmnesty International", "Amnesty International"),
    ("Ａmnesty International", "Amnesty International"),
    ("𝐀mnesty International", "Amnesty International"),
    ("ᴀmnesty International", "Amnesty International"),
    ("Amnesty 1nternational", "Amnesty International"),
    ("Amnesty Internati0nal", "Amnesty International"),
    ("Human Rіghts Watch", "Human Rights Watch"),
    ("Human Rights Wаtсh", "Human Rights Watch"),
    ("Нuman Rights Watch", "Human Rights Watch"),
    ("Ηuman Rights Watch", "Human Rights Watch"),
    ("Greenpеасе", "Greenpeace"),
    ("Greеnpeace", "Greenpeace"),
    ("Оxfam", "Oxfam"),
    ("Oхfam", "Oxfam"),
    ("Oxfаm", "Oxfam"),
    ("ѕave the Children", "save the Children"),
    ("Save tһe Children", "Save the Children"),
    ("Save the Сhildren", "Save the Children"),
    ("Cаritas", "Caritas"),
    ("Саritas", "Caritas"),
    ("Al-Нaq", "Al-Haq"),
    ("Al-Hаq", "Al-Haq"),
    ("Al Μezan Center", "Al Mezan Center"),
    ("Аddameer", "Addameer"),
    ("Ⅾefense for Children", "Defense for Children"),
    ("Trосаire", "Trocaire"),
]

GENUINE = [
    "Мемориал",
    "НКО Мемориал",
    "Ελληνική Ένωση",
    "Greenpeace Россия",
    "مؤسسة الحق",
    "בצלם",
    "NGO组织",
    "Şişli Kadın Derneği",
    "Azərbaycan Gənclər Birliyi",
    "350.org",
    "11.11.11",
    "H2O",
    "ICT4D",
    "1st Avenue",
    "Union 2ª",
    "Women’s Studies Centre",
]


@pytest.mark.parametrize(("spoof", "genuine"), SPOOFS)
def test_every_disguise_is_flagged(spoof: str, genuine: str) -> None:
    assert lookalikes(spoof)
    assert undisguised(spoof).casefold() == genuine.casefold()


@pytest.mark.parametrize(("spoof", "genuine"), SPOOFS)
def test_a_disguised_name_is_never_the_same_and_always_shown(spoof: str, genuine: str) -> None:
    said = verdict(parse(spoof), parse(genuine), "GB", "GB")
    assert (said.label, said.why) == (Label.RELATED, Why.DISGUISED)


@pytest.mark.parametrize("name", GENUINE)
def test_names_in_a_script_of_their_own_are_not_flagged(name: str) -> None:
    assert lookalikes(name) == ""
    assert undisguised(name) == name


def test_no_real_name_of_the_demonstration_is_flagged() -> None:
    listed = json.loads(demo.FIXTURE.read_text(encoding="utf-8"))["organizations"]
    assert [one["name"] for one in listed if lookalikes(one["name"])] == []
