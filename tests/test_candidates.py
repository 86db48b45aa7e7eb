"""Known organisations are found by what somebody else calls them."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signatures import demo
from signatures.candidates import Stated, find
from signatures.matching.verdicts import Label, Why
from signatures.models import Distinction, NameKey, Organization, OrganizationName
from tests.factories import make_organization, make_sign_on, make_staff

pytestmark = pytest.mark.django_db

Kind = OrganizationName.Kind


def first(name: str, country: str = "PS", **stated: str) -> Any:
    [found] = find([Stated(name, country=country, **stated)])
    return found[0] if found else None


@pytest.mark.parametrize(
    ("asked", "found", "label"),
    [
        ("European Coordination Committees & Associations Palestine", "The European", "same"),
        ("Trocáire", "Trócaire", "same"),
        ("Popular Arts Center", "Popular Art Centre", "same"),
        ("Popullar Art Centre", "Popular Art Centre", "same"),
        ("Bissan Centre for Research and Development", "Bisan Center", "related"),
        ("BusinessWomens Association of Palestinians", "Palestinian Businesswomen", "same"),
        ("UAWC", "The Union of Agricultural Work Committees", "same"),
        ("Union of Agricultural Work Committees – Gaza", "The Union of Agricult", "related"),
        ("Gaza Mental Health Programme", "Gaza Community Mental Health Program", "related"),
        ("Аmnesty International", "Amnesty International", "related"),
        ("General Federation of Handicapped", "General Federation of Palestinian", "related"),
    ],
)
def test_the_198_are_found_under_other_spellings(asked: str, found: str, label: str) -> None:
    demo.load()
    country = {"Tro": "IE", "Eur": "BE", "Аmn": "GB"}.get(asked[:3], "PS")
    candidate = first(asked, country)
    assert candidate.organization.official_name.startswith(found)
    assert candidate.verdict.label == label


def test_a_stored_alias_finds_what_spelling_cannot() -> None:
    organization = make_organization("Al-Haq", country="PS")
    assert first("القانون من أجل الإنسان") is None
    organization.remember("القانون من أجل الإنسان", Kind.LOCAL)
    candidate = first("قانون من أجل انسان")
    assert candidate.organization == organization
    assert candidate.known_as == "القانون من أجل الإنسان"
    assert candidate.verdict.label == Label.SAME


def test_the_local_name_finds_it_too() -> None:
    organization = make_organization("Al-Haq", country="PS", local_name="مؤسسة الحق")
    candidate = first("Law in Service", local_name="مؤسسة الحق")
    assert candidate.organization == organization


def test_an_acronym_is_one_however_it_is_stored() -> None:
    organization = make_organization("Water Justice Now", acronym="WJN")
    assert first("WJN", "KE").verdict.why == Why.ITS_ACRONYM
    assert first("Something else", "KE", acronym="wjn").organization == organization
    elsewhere = first("WJN", "FR")
    assert elsewhere.verdict.label == Label.RELATED
    assert elsewhere.verdict.reason == "shares the acronym WJN, other country"


def test_an_acronym_outweighs_words_that_many_share() -> None:
    for number in range(100):
        make_organization(f"Turkana Pastoralists Network {number}")
    wanted = make_organization("Lodwar Herders", acronym="TPNL")
    stated = Stated("Turkana Pastoralists Network Lodwar", acronym="TPNL", country="KE")
    [found] = find([stated], limit=20)
    assert wanted in [one.organization for one in found]


def test_joined_words_meet_divided_ones() -> None:
    divided = make_organization("Food Workers Alliance", country="US")
    joined = make_organization("Streetvendors Project", country="US")
    assert first("Foodworkers Alliance", "US").organization == divided
    assert first("Street Vendors Project", "US").organization == joined


def test_the_same_country_comes_first() -> None:
    make_organization("Ministry of Water", country="TZ")
    here = make_organization("Ministry of Water", country="KE")
    [found] = find([Stated("Ministry of Water", country="KE")])
    assert found[0].organization == here
    assert [one.verdict.label for one in found] == [Label.SAME, Label.RELATED]


def test_common_words_tell_apart_what_rare_ones_find() -> None:
    for number in range(40):
        make_organization(f"Kootenay Branch Office {number}")
    wanted = make_organization("National Park Kootenay")
    assert first("Parc national de Kootenay", "KE").organization == wanted


def test_a_renamed_a_removed_and_a_moved_name_are_followed() -> None:
    one, other = make_organization("Water Watch"), make_organization("Fire Brigade")
    name = one.names.get()
    name.name = "Rivers United"
    name.save()
    assert first("Water Watch", "KE") is None
    assert first("River United", "KE").organization == one
    one.names.update(organization=other)
    assert first("River United", "KE").organization == other
    other.names.filter(name="Rivers United").delete()
    assert first("River United", "KE") is None


def test_a_name_that_becomes_an_acronym_is_filed_as_one() -> None:
    organization = make_organization("Water Watch")
    name = organization.remember("HORA", Kind.ALIAS)
    assert name
    name.kind = Kind.ACRONYM
    name.save()
    assert first("HORA", "KE").verdict.why == Why.ITS_ACRONYM


def test_many_at_once_are_answered_like_one_and_in_as_many_queries() -> None:
    demo.load()
    asked = [
        Stated(str(name), country="PS")
        for name in Organization.objects.order_by("pk").values_list("official_name", flat=True)
    ]
    alone = [find([one])[0] for one in asked[:25]]
    with CaptureQueriesContext(connection) as few:
        find(asked[:1])
    with CaptureQueriesContext(connection) as many:
        together = find(asked)
    assert together[:25] == alone
    assert len(many) == len(few) == 7


def test_what_the_name_was_told_apart_from_is_left_out() -> None:
    known, staff = make_organization("Water Watch"), make_staff()
    Distinction.objects.tell_apart(make_sign_on(name="Water Wacth"), known, actor=staff)
    assert first("Water Wacth", "KE") is None
    assert first("Water Wacth", "TZ").organization == known
    assert first("Water Watchh", "KE").organization == known


@pytest.mark.parametrize("name", ["", "...", "﷽", "N" * 200, "a " * 100, "(((", "'; --", "%_"])
def test_any_text_can_be_asked_about(name: str) -> None:
    make_organization("Water Watch")
    assert isinstance(find([Stated(name)]), list)


def test_nobody_asks_and_nothing_happens(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert find([]) == []


def test_the_index_can_be_made_anew() -> None:
    organization = make_organization("Water Watch", acronym="WW")
    filed = set(NameKey.objects.values_list("key", "name_id"))
    NameKey.objects.all().delete()
    assert first("Water Watch", "KE") is None
    call_command("index_names", verbosity=0)
    assert set(NameKey.objects.values_list("key", "name_id")) == filed
    assert first("Water Watsh", "KE").organization == organization
