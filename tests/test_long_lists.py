"""A reader pages through the list of a letter that thousands have signed."""

import re
from contextlib import suppress
from html import unescape

import pytest
from django.http import Http404
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from signatures.models import Letter, Signature
from signatures.pages import listing
from signatures.pages.listing import Start
from tests.factories import make_letter, make_organization, make_signature

pytestmark = pytest.mark.django_db

LIST = "/letters/a-letter/signatories/"


def make_list(names: list[str], letter: Letter | None = None) -> Letter:
    """Put organisations under a letter; of the same name, each in another country."""
    letter = letter or make_letter()
    for number, name in enumerate(names):
        country = "KE" if names.index(name) == number else ("PS", "FR", "DE", "JO")[number % 4]
        organization = make_organization(f"{name} {number}", country=country)
        make_signature(letter, organization, name=name)
    return letter


class Reader:
    """Somebody who follows the links of a list."""

    def __init__(self, client: Client, address: str = LIST) -> None:
        self.client = client
        self.open(address)

    def open(self, address: str) -> None:
        response = self.client.get(address)
        assert response.status_code == 200, address
        self.html = response.content.decode()

    @property
    def numbered(self) -> list[tuple[int, str]]:
        """The names of this page with their numbers."""
        found = []
        for start, names in re.findall(
            r'<ol class="names"(?: start="(\d+)")?>(.*?)</ol>', self.html, re.DOTALL
        ):
            items = re.findall(r"<li><bdi>(.*?)</bdi>", names)
            found += [
                (number, unescape(name)) for number, name in enumerate(items, int(start or 1))
            ]
        return found

    def link(self, rel: str) -> str:
        found = re.search(rf'rel="{rel}" href="([^"]*)"', self.html)
        return unescape(found[1]) if found else ""

    def follow(self, rel: str) -> bool:
        address = self.link(rel)
        if address:
            self.open(LIST if address == "." else LIST + address)
        return bool(address)


@pytest.fixture
def five_to_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "NAMES_PER_PART", 5)


NAMES = [
    ["Amal", "Beit", "Cairo"],
    [f"Name {number:02}" for number in range(23)],
    ["Same"] * 4 + ["Other"] * 4 + [f"Zz {number}" for number in range(9)],
    ["Same"] * 5,
    [f"Name {number}" for number in range(10)],
]


@pytest.mark.usefixtures("five_to_a_page")
@pytest.mark.parametrize("names", NAMES)
def test_following_the_links_reads_every_name_once_forwards_and_backwards(
    client: Client, names: list[str]
) -> None:
    letter = make_list(names)
    make_signature(letter, "Issuer B", position=2)
    make_signature(letter, "Issuer A", position=1)
    in_order = Signature.objects.filter(letter=letter).in_list_order()
    expected = list(enumerate(in_order.values_list("name", flat=True), start=1))
    reader, pages = Reader(client), []
    pages.append(reader.numbered)
    while reader.follow("next"):
        pages.append(reader.numbered)
    assert [pair for page in pages for pair in page] == expected
    assert {len(page) for page in pages[:-1]} <= {5}
    back = [reader.numbered]
    while reader.follow("prev"):
        back.append(reader.numbered)
    assert back[::-1] == pages


@pytest.mark.usefixtures("five_to_a_page")
def test_more_of_one_name_than_a_page_holds_are_read_once(client: Client) -> None:
    letter = make_letter()
    for number in range(13):
        make_signature(letter, f"Twin {number}", name="Twin")
    make_signature(letter, "Amal")
    make_signature(letter, "Zeta")
    reader, read = Reader(client), []
    read += reader.numbered
    while reader.follow("next"):
        read += reader.numbered
    assert read == [(1, "Amal"), *((n, "Twin") for n in range(2, 15)), (15, "Zeta")]
    while reader.follow("prev"):
        read.append(reader.numbered[0])
    assert [number for number, _name in read[15:]] == [6, 1]


@pytest.mark.usefixtures("five_to_a_page")
def test_the_country_and_the_words_stay_while_paging(client: Client) -> None:
    make_list([f"Water {number}" for number in range(8)] + ["Fire"])
    reader = Reader(client, f"{LIST}?q=water&country=KE")
    assert reader.follow("next")
    assert [name for _number, name in reader.numbered] == ["Water 5", "Water 6", "Water 7"]
    assert "8 organisations found." in reader.html
    assert reader.follow("prev")
    assert len(reader.numbered) == 5


@pytest.mark.usefixtures("five_to_a_page")
def test_a_part_stays_where_it_is_when_a_name_before_it_leaves(client: Client) -> None:
    letter = make_list([f"Name {number:02}" for number in range(12)])
    reader = Reader(client)
    following = reader.link("next")
    Signature.objects.filter(letter=letter).in_list_order()[0].withdraw()
    reader.open(LIST + following)
    assert reader.numbered[0] == (6, "Name 05")


def test_two_hundred_stand_on_a_page(client: Client) -> None:
    make_list([f"Name {number:03}" for number in range(201)])
    reader = Reader(client)
    assert len(reader.numbered) == 200
    assert "1 to 200 of 201" in reader.html
    assert reader.follow("next")
    assert reader.numbered == [(201, "Name 200")]


@pytest.mark.usefixtures("five_to_a_page")
def test_a_deep_page_takes_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_list([f"Name {number:02}" for number in range(30)])
    address, reader = "", Reader(client)
    for queries in (8, 8, 8):
        reader.follow("next")
        address = reader.link("next")
        with django_assert_num_queries(queries):
            client.get(LIST + address)


@pytest.mark.parametrize(
    "start",
    [
        *("0", "-1", "x", "9" * 400, "2.0.", "2.0.!!", "1.0.AWE", "2.5.AWE", "2.0.AWE="),
        *("02.0.AWE", "2.0.AWE.x", "٢.0.AWE", "99.0._w", "2.0.%FF", "2.0." + "A" * 5000),
        "1000000000.0.AWE",
    ],
)
def test_a_part_that_does_not_exist_is_not_found(client: Client, start: str) -> None:
    make_signature(make_letter(), "Amal")
    assert client.get(LIST, {"from": start}).status_code == 404


def test_a_part_cannot_be_numbered_by_others(client: Client) -> None:
    letter = make_letter()
    [signature] = [make_signature(letter, name) for name in ("Amal", "Bread")][1:]
    ours = str(Start(2, bytes(signature.list_key)))
    assert client.get(LIST, {"from": ours}).status_code == 200
    for other in (f"7{ours}", ours.rpartition(".")[0], f"{ours}0", ours.replace("2.", "3.", 1)):
        assert client.get(LIST, {"from": other}).status_code == 404


@given(
    number=st.integers(2, 10**9 - 1),
    key=st.binary(min_size=1, max_size=405),
    skipped=st.integers(0, 1),
)
def test_the_name_of_a_part_leads_to_it(number: int, key: bytes, skipped: int) -> None:
    start = Start(number, key, skipped)
    assert Start.parse(str(start)) == start


@given(st.text(max_size=50))
def test_whatever_is_asked_for_is_a_part_or_not_found(text: str) -> None:
    with suppress(Http404):
        assert str(Start.parse(text)) in {text, str(Start())}


def test_the_countries_offered_are_those_of_the_list(client: Client) -> None:
    letter, other = make_letter(), make_letter(slug="other")
    for name, country in (("A", "KE"), ("B", "PS"), ("C", "KE"), ("D", "")):
        make_signature(letter, make_organization(name, country=country))
    make_signature(letter, make_organization("Gone", country="FR")).withdraw()
    make_signature(other, make_organization("Elsewhere", country="DE"))
    assert listing.countries_of(letter) == ["KE", "PS"]
    assert listing.countries_of(make_letter(slug="empty")) == []
    html = client.get(LIST).content.decode()
    assert re.findall(r'<option value="(\w\w)"', html) == ["KE", "PS"]
