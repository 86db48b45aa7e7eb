"""Countries are named and sorted as readers of each language expect."""

import pytest
from django.utils import translation
from django_countries import countries

from signatures.names import collation_key
from tests.factories import make_letter, make_organization, make_signature

LANGUAGES = ("en", "ar", "es", "fr")


def names(language: str) -> list[str]:
    with translation.override(language):
        return [str(name) for _code, name in countries]


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        ("fr", ["Égypte", "El Salvador", "Émirats arabes unis", "Équateur", "Érythrée", "Espagne"]),
        ("fr", ["Hongrie", "Île Bouvet", "Inde", "Islande"]),
        ("es", ["Nueva Zelanda", "Ñandú", "Omán"]),
        ("es", ["Canadá", "Cañada", "Chad", "Chequia", "Chile"]),
        ("ar", ["أرمينيا", "إسبانيا", "أستراليا", "إستونيا", "آيسلندا", "باكستان", "فلسطين"]),
    ],
)
def test_accents_and_hamza_do_not_part_neighbours(language: str, ordered: list[str]) -> None:
    assert sorted(sorted(ordered), key=lambda name: collation_key(name, language)) == ordered


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_of_countries_are_whole_and_in_order(language: str) -> None:
    found = names(language)
    assert len(found) == len(set(found)) == 250
    assert found == sorted(found, key=lambda name: collation_key(name, language))
    arabic = [name for name in found if "\u0600" <= name[0] <= "\u06ff"]
    assert len(arabic) == (250 if language == "ar" else 0)


def test_names_take_no_side() -> None:
    told = {}
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = [str(countries.name(code)) for code in ("PS", "XK", "TW")]
    assert told == {
        "en": ["Palestine", "Kosovo", "Taiwan"],
        "ar": ["فلسطين", "كوسوفو", "تايوان"],
        "es": ["Palestina", "Kosovo", "Taiwán"],
        "fr": ["Palestine", "Kosovo", "Taïwan"],
    }


@pytest.mark.django_db
def test_the_countries_of_a_list_stand_in_the_order_of_the_language(client: object) -> None:
    letter = make_letter()
    for code in ("EG", "ES", "SV"):
        make_signature(letter, make_organization(f"In {code}", country=code))
    for address, ordered in (
        ("/letters/{}/signatories/", ["EG", "SV", "ES"]),
        ("/fr/letters/{}/signatories/", ["EG", "ES", "SV"]),
        ("/ar/letters/{}/signatories/", ["ES", "SV", "EG"]),
    ):
        page = client.get(address.format(letter.slug)).content.decode()  # type: ignore[attr-defined]
        places = [page.index(f'<option value="{code}"') for code in ordered]
        assert places == sorted(places), address
