"""Countries as people write them."""

import pytest

from signatures.matching.places import country_code, place


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PS", "PS"),
        ("pse", "PS"),
        ("Palestine", "PS"),
        ("State of Palestine", "PS"),
        ("فلسطين", "PS"),
        ("U.K.", "GB"),
        ("UK", "GB"),
        ("Reino Unido", "GB"),
        ("المملكة المتحدة", "GB"),
        ("the Netherlands", "NL"),
        ("Holland", "NL"),
        ("Países Bajos", "NL"),
        ("Pays-Bas", "NL"),
        ("U.S.A.", "US"),
        ("États-Unis", "US"),
        ("الولايات المتحدة", "US"),
        ("Côte d'Ivoire", "CI"),
        ("South Korea", "KR"),
        ("Corea del Sur", "KR"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Kosovo", "XK"),
        ("Deutschland", "DE"),
        ("Iran", "IR"),
        ("Bolivia", "BO"),
        ("España", "ES"),
        ("Gaza", ""),
        ("Narnia", ""),
        ("ZZ", ""),
        ("", ""),
        ("\x00", ""),
    ],
)
def test_a_country_is_known_by_its_codes_and_names(text: str, code: str) -> None:
    assert country_code(text) == code


def test_a_region_is_a_place_and_no_country() -> None:
    assert place("Latin America") == "*latin america"
    assert country_code("Latin America") == ""


def test_codes_do_not_make_words_of_a_name_to_places() -> None:
    assert place("IN") == ""
    assert place("DE") == ""
