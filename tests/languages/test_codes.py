"""What follows from a language's code alone."""

import pytest
from pytest_django import Settings

from openletters import languages
from signatures.pages import states
from signatures.pages.offers import Offer


@pytest.mark.parametrize(
    ("code", "told"),
    [("ar", "ar_AR"), ("en", "en_GB"), ("pt-br", "pt_BR"), ("zh-hans", "zh"), ("sw", "sw")],
)
def test_open_graph_hears_of_a_country_only_where_there_is_one(code: str, told: str) -> None:
    assert languages.open_graph(code) == told


@pytest.mark.parametrize(
    ("code", "comma"), [("ar", "، "), ("fa", "، "), ("en", ", "), ("he", ", ")]
)
def test_the_parts_of_a_line_have_the_comma_of_its_script(code: str, comma: str) -> None:
    assert languages.comma(code) == comma


def test_no_address_is_in_a_language_that_the_site_has_given_up(settings: Settings) -> None:
    offer = Offer(texts=["fa", "ar"], shown="fa", reading="ar")
    assert offer.canonical == "en"
    assert offer.elsewhere == []
    settings.LETTER_LANGUAGES = [*settings.LANGUAGES, ("fa", "Persian")]
    assert offer.canonical == "fa"
    assert offer.elsewhere == ["fa", "ar"]


def test_another_language_of_letters_makes_other_tags(settings: Settings) -> None:
    before = states.release.__wrapped__()
    settings.LETTER_LANGUAGES = [*settings.LANGUAGES, ("fa", "Persian")]
    assert states.release.__wrapped__() != before
