"""Moments are written as each language writes them."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from signatures import moments

SOON = datetime(2026, 12, 1, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "1_December, 18:00_UTC"),
        ("ar", "1_ديسمبر، 18:00_UTC"),
        ("es", "1_de_diciembre, 18:00_UTC"),
        ("fr", "1er_décembre à_18:00_UTC"),
    ],
)
def test_what_is_soon_has_day_and_time_joined_by_the_language(language: str, written: str) -> None:
    with translation.override(language):
        assert moments.moment(SOON, "near") == written.replace("_", "\u00a0")
