"""Two texts of a letter are compared: what reads otherwise, and what can be no correction."""

import copy
from typing import Any

import pytest

from signatures.changes import Change, Part, Reason


def address(**fields: str) -> dict[str, str]:
    return {"name": "", "position": "", "institution": "", "postal_address": "", **fields}


def addressee(kind: str = "to", country: str = "NL", **fields: str) -> dict[str, Any]:
    return {"kind": kind, "country": country, "texts": {"en": address(**fields)}}


def content(**changes: Any) -> Any:
    text = {
        "title": "On water",
        "place": "Nairobi",
        "salutation": "",
        "body": "We write about water.",
        "demands_intro": "",
        "closing": "",
    }
    return {
        "format": "openletters-text/1",
        "letter": "on-water",
        "language": "en",
        "dated": "2026-11-23",
        "texts": {"en": text, "fr": {**text, "title": "Sur l'eau"}},
        "addressees": [
            addressee(name="Päivi Kaukoranta", position="President of the Assembly"),
            addressee(kind="copy", position="Registrar of the Court"),
        ],
        "demands": [
            {"texts": {"en": {"text": "Publish the figures of all wells by the end of May."}}},
            {"texts": {"en": {"text": "Pay those who repair them."}}},
        ],
        **changes,
    }


def with_demands(*texts: str) -> Any:
    return content(demands=[{"texts": {"en": {"text": text}}} for text in texts])


FIGURES = "Publish the figures of all wells by the end of May."
PAY = "Pay those who repair them."


def reasons(new: Any) -> list[Reason]:
    return Change(content(), new).reasons


def test_the_same_text_is_no_change() -> None:
    change = Change(content(), copy.deepcopy(content()))
    assert change.is_nothing
    assert not change.is_translation
    assert change.parts == []


def test_a_change_is_told_field_by_field_the_binding_language_first() -> None:
    new = content(dated="2026-11-24")
    new["texts"]["en"]["body"] = "We write about clean water."
    new["texts"]["fr"]["title"] = "De l'eau"
    assert Change(content(), new).parts == [
        Part("letter", 0, "dated", "", "2026-11-23", "2026-11-24"),
        Part("letter", 0, "body", "en", "We write about water.", "We write about clean water."),
        Part("letter", 0, "title", "fr", "Sur l'eau", "De l'eau"),
    ]


def test_what_differs_in_translations_alone_is_a_translation() -> None:
    new = content()
    new["texts"]["fr"]["title"] = "De l'eau"
    assert Change(content(), new).is_translation
    new["demands"][0]["texts"]["fr"] = {"text": "Publiez les chiffres."}
    assert Change(content(), new).is_translation
    new["texts"]["en"]["title"] = "Of water"
    assert not Change(content(), new).is_translation


def test_another_binding_language_is_no_translation() -> None:
    assert not Change(content(), content(language="fr")).is_translation


@pytest.mark.parametrize(
    "demands",
    [
        (FIGURES.replace("figures", "numbers"), PAY),
        (FIGURES, "Pay all of those who repair them."),
        (FIGURES.replace("May", "June"), PAY),
    ],
)
def test_a_demand_may_be_worded_otherwise(demands: tuple[str, ...]) -> None:
    assert reasons(with_demands(*demands)) == []


@pytest.mark.parametrize(
    ("demands", "reason"),
    [
        ((FIGURES, PAY, "Resign."), Reason.DEMAND_ADDED),
        ((FIGURES,), Reason.DEMAND_REMOVED),
        ((PAY, FIGURES), Reason.DEMANDS_REORDERED),
        (("Pay them who repair them.", FIGURES), Reason.DEMANDS_REORDERED),
        ((FIGURES, "Close the border at once."), Reason.DEMAND_REPLACED),
    ],
)
def test_other_demands_are_of_substance(demands: tuple[str, ...], reason: Reason) -> None:
    assert reasons(with_demands(*demands)) == [reason]


@pytest.mark.parametrize(
    "president",
    [
        addressee(name="Paivi Kaukoranta", position="President of the Assembly"),
        addressee(name="Päivi Kaukoranta", position="President of the Assembly of States"),
        addressee(name="Päivi Kaukoranta", position="President of the Assembly", country=""),
        addressee(position="President of the Assembly"),
        addressee(
            name="Päivi Kaukoranta",
            position="President of the Assembly",
            postal_address="The Hague",
        ),
    ],
)
def test_an_addressee_may_be_spelt_otherwise(president: Any) -> None:
    assert reasons(content(addressees=[president, content()["addressees"][1]])) == []


@pytest.mark.parametrize(
    "president",
    [
        addressee(name="Silvia Fernández", position="President of the Assembly"),
        addressee(name="Päivi Kaukoranta", position="Prosecutor"),
        addressee(name="Päivi Kaukoranta", position="President of the Assembly", country="KE"),
        addressee(name="Päivi Kaukoranta", position="President of the Assembly", kind="copy"),
    ],
)
def test_somebody_else_in_the_same_place_is_another_addressee(president: Any) -> None:
    told = reasons(content(addressees=[president, content()["addressees"][1]]))
    assert told == [Reason.ADDRESSEE_ADDED, Reason.ADDRESSEE_REMOVED]


def test_who_comes_or_goes_is_told_and_an_order_of_addressees_is_not() -> None:
    one, other = content()["addressees"]
    third = addressee(position="Secretary-General")
    assert reasons(content(addressees=[one, other, third])) == [Reason.ADDRESSEE_ADDED]
    assert reasons(content(addressees=[one])) == [Reason.ADDRESSEE_REMOVED]
    assert reasons(content(addressees=[other, one])) == []
    change = Change(content(), content(addressees=[other, one]))
    assert not change.is_nothing
    assert not change.is_translation


def test_a_reordering_alone_is_told_as_well() -> None:
    one, other = content()["addressees"]
    assert Change(content(), content(addressees=[other, one])).parts
