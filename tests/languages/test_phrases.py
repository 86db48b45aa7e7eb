"""Names in a sentence stand apart as its language sets them apart."""

import pytest
from django.utils.translation import override

from signatures.phrases import about, enumerated


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Al-Haq, Adalah"),
        ("fr", "Al-Haq, Adalah"),
        ("ar", "Al-Haq\u200f، Adalah"),
    ],
)
def test_names_are_enumerated_with_the_comma_of_the_language(language: str, said: str) -> None:
    with override(language):
        assert enumerated(["Al-Haq", "Adalah"]) == said
    with override(language):
        assert enumerated(["Al-Haq"]) == "Al-Haq"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Meeting: Ada"), ("fr", "Meeting\u00a0: Ada"), ("ar", "Meeting: Ada")],
)
def test_the_colon_is_that_of_the_language(language: str, said: str) -> None:
    with override(language):
        assert about("Meeting", "Ada") == said
