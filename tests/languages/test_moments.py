"""Days, moments, numbers and shares are written as each language writes them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from signatures import moments

WRITTEN = {
    # A day, a moment of it, the same in a table; a number, a share.
    "en": (
        "1 November 2022",
        "1 November 2022, 23:30 CET",
        "1 Nov 2022, 23:30",
        "10,000",
        "12.5%",
    ),
    "fr": (
        "1er novembre 2022",
        "1er novembre 2022 à 23:30 CET",
        "1er nov. 2022, 23:30",
        "10\u202f000",
        "12,5\xa0%",
    ),
    "es": (
        "1 de noviembre de 2022",
        "1 de noviembre de 2022, 23:30 CET",
        "1 nov 2022, 23:30",
        "10.000",
        "12,5\xa0%",
    ),
    "ar": (
        "1 نوفمبر 2022",
        "1 نوفمبر 2022، 23:30 CET",
        "1 نوفمبر 2022، 23:30",
        "10,000",
        "12.5%",
    ),
}


@pytest.mark.parametrize("language", WRITTEN)
def test_every_language_has_its_own_way(language: str) -> None:
    late = datetime(2022, 11, 1, 22, 30, tzinfo=UTC)
    with timezone.override("Europe/Amsterdam"), translation.override(language):
        assert (
            moments.day(date(2022, 11, 1)),
            moments.moment(late),
            moments.moment(late, "short"),
            moments.number(10_000),
            moments.percent(0.12512),
        ) == WRITTEN[language]
        assert moments.percent(0.75).rstrip("%\xa0") == "75"
        # A day is that of the site's zone, and what has none is not written.
        assert moments.day(datetime(2022, 10, 31, 23, 30, tzinfo=UTC)) == WRITTEN[language][0]
        assert moments.day(None) == moments.moment(None) == ""


def test_only_the_first_day_of_a_french_month_is_counted() -> None:
    with translation.override("fr"):
        assert moments.day(date(2022, 11, 11)) == "11 novembre 2022"
        assert moments.day(date(2022, 11, 21)) == "21 novembre 2022"
