"""A reader looks at how a letter's list grew, and where its names come from."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django_countries import countries
from pytest_django import DjangoAssertNumQueries

from signatures.models import Letter, Organization, Signature
from signatures.models.withheld import WithheldSignature
from signatures.pages import kept, letters, pictures
from tests.factories import make_letter, make_organization, make_signature

pytestmark = pytest.mark.django_db

FIRST = date(2026, 5, 4)
SECTION = re.compile(r'<section class="sheet pictures".*?</section>', re.DOTALL)


def sign(letter: Letter, *numbers: tuple[str, int, int]) -> list[Signature]:
    """Put this many organisations of a country under a letter, so many days after the first."""
    made = []
    for country, number, after in numbers:
        for _one in range(number):
            name = f"{country}{Organization.objects.count()}"
            organization = make_organization(name, country=country)
            day = FIRST + timedelta(days=after)
            made.append(make_signature(letter, organization, signed_on=day))
    return made


def drawn(client: Client, language: str = "") -> str:
    """Return the pictures of the letter, or nothing."""
    kept.shelf.clear()
    html = client.get(f"{language}/letters/a-letter/").content.decode()
    found = SECTION.search(html)
    assert ('href="#pictures"' in html) == bool(found)
    return " ".join(found[0].split()) if found else ""


def rows(html: str) -> list[tuple[str, int]]:
    """Return what the tables say."""
    found = re.findall(
        r'<th scope="row">(.*?)</th><td(?: class="number")?>(?:<span class="number">)?(\d+)<', html
    )
    return [(name, int(number)) for name, number in found]


def test_it_shows_what_the_tables_say(client: Client) -> None:
    letter = make_letter()
    sign(letter, ("KE", 4, 0), ("PS", 2, 1), ("FR", 1, 6), ("", 1, 6))
    html = drawn(client)
    growth, places = html.split('<figure class="picture places">')
    assert rows(growth) == [("4 May 2026", 4), ("5 May 2026", 6), ("10 May 2026", 8)]
    assert rows(places) == [("Kenya", 4), ("Palestine", 2), ("France", 1)]
    said = "The list of names grew from 4 on 4 May 2026 to 8 on 10 May 2026."
    assert growth.count(said) == 2  # to be read, and as the name of the picture
    assert "come from 3 countries; the most, 4, from Kenya." in places
    assert "1 name on the list stands there without a country." in places
    # Six days and one more for the last: the second step after a seventh, the third after six.
    heights = "0,80 85.7,80 85.7,40 514.3,40 514.3,0 600,0"
    assert f'd="M{heights}"' in growth
    assert re.findall(r'width="([\d.]+)" height="8"', places) == ["100", "50", "25"]


def test_in_arabic_time_and_bars_start_at_the_right(client: Client) -> None:
    letter = make_letter()
    sign(letter, ("KE", 4, 0), ("PS", 2, 1), ("FR", 2, 6))
    html = drawn(client, "/ar")
    assert 'd="M600,80 514.3,80 514.3,40 85.7,40 85.7,0 0,0"' in html
    assert '<rect fill="currentColor" x="50" width="50"' in html
    assert "كينيا" in html


def test_there_is_no_picture_where_there_is_nothing_to_see(client: Client) -> None:
    letter = make_letter()
    assert drawn(client) == ""
    sign(letter, ("KE", 5, 0), ("FR", 5, 0))
    assert drawn(client) == ""  # one day, two countries
    sign(letter, ("PS", 1, 0))
    assert "growth" not in drawn(client)
    [last] = sign(letter, ("PS", 1, 1))
    assert "growth" in drawn(client)
    last.withdraw()
    assert "growth" not in drawn(client)
    assert ("Palestine", 1) in rows(drawn(client))


def test_who_is_as_many_as_another_leads_nobody(client: Client) -> None:
    sign(make_letter(), ("KE", 2, 0), ("PS", 2, 0), ("FR", 1, 0))
    assert "come from 3 countries." in drawn(client)


def test_whose_name_is_withheld_is_in_no_picture(client: Client) -> None:
    letter = make_letter()
    sign(letter, ("KE", 3, 0), ("PS", 2, 3), ("FR", 1, 4))
    before = drawn(client)
    WithheldSignature.objects.create(letter=letter)
    Letter.objects.filter(pk=letter.pk).raise_revision()
    after = drawn(client)
    note = re.search(r' <p class="note">Organisations whose names are withheld.*?</p>', after)
    assert note
    assert after.replace(note[0], "") == before
    assert "<b>7</b>" in client.get("/letters/a-letter/").content.decode()


def test_a_name_that_is_withheld_later_leaves_as_if_it_had_never_been(client: Client) -> None:
    letter = make_letter()
    sign(letter, ("KE", 3, 0), ("PS", 2, 3), ("FR", 1, 4))
    before = drawn(client)
    [only] = sign(letter, ("SY", 1, 9))
    assert "Syria" in drawn(client)
    Signature.objects.filter(pk=only.pk).strike()
    assert drawn(client) == before


def test_the_most_frequent_countries_have_bars_and_all_are_in_the_table(client: Client) -> None:
    letter = make_letter()
    codes = [code for code, _name in countries][:14]
    sign(letter, *((code, 15 - place, 0) for place, code in enumerate(codes) if place < 13))
    html = drawn(client)
    assert html.count('class="bar-of"') == pictures.TOP
    assert "3 more countries" in html
    assert len(rows(html)) == 13
    assert sum(number for _name, number in rows(html)) == letter.signatures.count()


@pytest.mark.parametrize(("whole", "queries"), [(100, 13), (5, 14)])
def test_a_long_list_takes_one_more_query_and_draws_the_same(
    client: Client,
    whole: int,
    queries: int,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(letters, "LISTED_WHOLE", whole)
    monkeypatch.setattr(letters, "LISTED_AT_FIRST", 2)
    letter = make_letter()
    sign(letter, ("KE", 4, 0), ("PS", 2, 1), ("FR", 1, 6), ("", 1, 6))
    [gone] = sign(letter, ("SY", 1, 9))
    gone.withdraw()
    with django_assert_num_queries(queries):
        html = drawn(client)
    assert rows(html) == [
        *(("4 May 2026", 4), ("5 May 2026", 6), ("10 May 2026", 8)),
        *(("Kenya", 4), ("Palestine", 2), ("France", 1)),
    ]
    assert "1 name on the list stands there without a country." in html


def test_a_list_that_is_too_long_is_not_drawn(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "LISTED_WHOLE", 2)
    monkeypatch.setattr(pictures, "PICTURED", 3)
    sign(make_letter(), ("KE", 2, 0), ("PS", 1, 1), ("FR", 1, 6))
    assert drawn(client) == ""


def test_a_hundred_and_ninety_countries_stay_small(client: Client) -> None:
    shown = pictures.pictures(
        (FIRST + timedelta(days=place), code, 190 - place)
        for place, (code, _name) in enumerate(list(countries)[:190])
    )
    assert len(shown.places) == pictures.TOP
    assert len(shown.further) == 180
    assert shown.countries == 190
    assert len(shown.steps) <= 61
    assert [one.number for one in shown.places + shown.further] == list(range(190, 0, -1))


def names(found: Any) -> list[str]:
    return [place.name for place in found]


def test_equals_are_ordered_by_their_names() -> None:
    shown = pictures.pictures([(FIRST, code, 1) for code in ("KE", "DZ", "PS", "FR")])
    assert names(shown.places) == ["Algeria", "France", "Kenya", "Palestine"]
    assert shown.leader is None
