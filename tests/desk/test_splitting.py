"""A known name turns out to be an organisation of its own."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from signatures import names
from signatures.models import (
    Letter,
    Organization,
    OrganizationName,
    OrganizationSplit,
    Signature,
    SignOn,
)
from tests.desk.steps import merge, names_of, public_count, said
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db


def page(organization: Organization) -> str:
    return reverse("admin:signatures_organization_change", args=[organization.pk])


def split_page(record: OrganizationName | None) -> str:
    assert record is not None
    return reverse("admin:signatures_organization_split", args=[record.pk])


def alias(organization: Organization, name: str = "Well Keepers") -> OrganizationName:
    record = organization.remember(name, OrganizationName.Kind.ALIAS)
    assert record is not None
    return record


def split(client: Client, record: OrganizationName, along: Any = None, **data: Any) -> Any:
    """Press the preview's button, with what it ticks unless `along` says otherwise."""
    shown = client.get(split_page(record)).context
    ticked = [portion.ticket for portion, ticked in shown["portions"] if ticked]
    form = {
        "seen": shown["plan"].fingerprint,
        "country": "KE",
        "along": ticked if along is None else along,
    }
    return client.post(split_page(record), form | data)


def test_what_bears_the_name_goes_along(desk: Client, mona: User) -> None:
    origin = make_organization("Water Watch")
    letters = [make_letter(slug=slug) for slug in ("one", "two", "three")]
    make_signature(letters[0], origin)
    listed = make_signature(letters[1], origin, name="WELL KEEPERS")
    sign_on = make_sign_on([letters[2]], name="Well Keepers", local_name="Visima", country="TZ")
    [claimed] = sign_on.approve(actor=mona, organization=origin)
    record = origin.names.get(name="Well Keepers")
    revisions = dict(Letter.objects.values_list("slug", "revision"))

    shown = desk.get(split_page(record)).context
    assert shown["form"]["country"].value() == "TZ"
    answer = split(desk, record, country="TZ")

    created = Organization.objects.get(official_name="Well Keepers", country="TZ")
    assert answer.url == page(created)
    assert "Split off: “Well Keepers (Tanzania)”" in said(answer)
    for row in (listed, claimed, sign_on):
        row.refresh_from_db()
        assert row.organization == created
    assert sign_on.brought().get() == claimed
    assert [one.letter for one in origin.signatures.all()] == [letters[0]]
    assert names_of(created) == {("Well Keepers", "official"), ("Visima", "local")}
    assert names_of(origin) == {("Water Watch", "official")}
    assert [public_count(letter) for letter in letters] == [1, 1, 1]
    raised = dict(Letter.objects.values_list("slug", "revision"))
    assert raised == {
        "one": revisions["one"],
        "two": revisions["two"] + 1,
        "three": revisions["three"] + 1,
    }
    logged = LogEntry.objects.order_by("pk").values_list("object_id", "change_message")
    assert list(logged) == [
        (str(origin.pk), "“Well Keepers (Tanzania)” was split off."),
        (str(created.pk), "Split off “Water Watch (Kenya)”."),
    ]


def test_what_is_not_ticked_stays_and_so_does_its_name(desk: Client) -> None:
    origin = make_organization("Water Watch")
    record = alias(origin)
    stays = make_signature(make_letter(slug="stays"), origin, name="Well Keepers")
    goes = make_signature(make_letter(slug="goes"), origin)
    split(desk, record, along=[f"signature-{goes.pk}", "signature-0", "nonsense"])
    created = Organization.objects.get(official_name="Well Keepers")
    assert [one.pk for one in created.signatures.all()] == [goes.pk]
    assert [one.pk for one in origin.signatures.all()] == [stays.pk]
    assert ("Well Keepers", "alias") in names_of(origin)
    assert names_of(created) == {("Well Keepers", "official"), ("Water Watch", "alias")}


@pytest.mark.parametrize("older", ["withdrawn", "standing"])
def test_a_listing_stays_with_the_sign_on_that_stands(desk: Client, mona: User, older: str) -> None:
    origin, letter = make_organization("Water Watch"), make_letter()
    names_in_order = ["Water Watch", "Well Keepers"]
    claims = {
        name: make_sign_on([letter], name=name)
        for name in (names_in_order if older == "withdrawn" else reversed(names_in_order))
    }
    first, second = claims["Water Watch"], claims["Well Keepers"]
    first.approve(actor=mona, organization=origin)
    first.withdraw()
    [signature] = second.approve(actor=mona, organization=origin)
    record = origin.names.get(name="Well Keepers")
    portions = {
        portion.sign_on: portion.signatures
        for portion, _ticked in desk.get(split_page(record)).context["portions"]
    }
    assert portions == {first: [], second: [signature]}
    split(desk, record)
    second.refresh_from_db()
    second.withdraw()
    assert public_count(letter) == 0


def test_merging_them_again_takes_it_back(desk: Client, mona: User) -> None:
    origin, letter = make_organization("Water Watch"), make_letter()
    make_sign_on([letter], name="Well Keepers").approve(actor=mona, organization=origin)
    signature = Signature.objects.get()
    answer = split(desk, origin.names.get(name="Well Keepers"))
    done = OrganizationSplit.objects.get()
    back = reverse(
        "admin:signatures_organization_merge", args=[origin.pk], query={"with": done.created_id}
    )
    assert back in said(answer)
    for organization in (origin, done.created):
        assert back in desk.get(page(organization)).content.decode()

    merge(desk, origin, done.created)

    signature.refresh_from_db()
    assert signature.organization == origin
    assert names_of(origin) == {("Water Watch", "official"), ("Well Keepers", "alias")}
    assert "merged since" in desk.get(page(origin)).content.decode()


@pytest.mark.parametrize(
    "name", ["Water Watch", "Maji", "WW", "x" * (names.LONGEST_NAME + 1)], ids=len
)
def test_a_name_of_its_own_or_too_long_cannot_be_split_off(desk: Client, name: str) -> None:
    origin = make_organization("Water Watch", local_name="Maji", acronym="WW")
    origin.remember(name, OrganizationName.Kind.ALIAS)
    record = origin.names.get(name=name)
    assert split_page(record) not in desk.get(page(origin)).content.decode()
    for answer in (desk.get(split_page(record)), desk.post(split_page(record))):
        assert "cannot be split off" in said(answer)
    assert Organization.objects.count() == 1


def test_a_known_organisation_is_not_made_twice_and_no_tick_is_lost(desk: Client) -> None:
    origin = make_organization("Water Watch")
    record = alias(origin)
    make_signature(make_letter(), origin, name="Well Keepers")
    make_organization("Well Keepers", country="TZ")
    answer = split(desk, record, along=[], country="TZ")
    assert answer.status_code == 400
    assert "is already known in this country" in answer.content.decode()
    assert [ticked for _portion, ticked in answer.context["portions"]] == [False]
    assert Organization.objects.count() == 2


def test_a_country_that_is_none_is_refused(desk: Client) -> None:
    answer = split(desk, alias(make_organization("Water Watch")), country="XX")
    assert answer.status_code == 400
    assert answer.context["form"].errors["country"]


def test_a_stale_preview_is_refused_and_shown_anew(desk: Client) -> None:
    origin = make_organization("Water Watch")
    record = alias(origin)
    seen = desk.get(split_page(record)).context["plan"].fingerprint
    make_signature(make_letter(), origin)
    answer = split(desk, record, seen=seen)
    assert answer.status_code == 400
    assert "something has changed meanwhile" in answer.content.decode()
    assert answer.context["plan"].fingerprint != seen
    assert Organization.objects.count() == 1


def test_a_name_that_is_gone_is_not_found(desk: Client) -> None:
    record = alias(make_organization("Water Watch"))
    address = split_page(record)
    record.delete()
    assert desk.get(address).status_code == desk.post(address).status_code == 404


def test_who_may_only_look_cannot_split(client: Client) -> None:
    record = alias(make_organization("Water Watch"))
    client.force_login(make_staff("vera", permissions=["view_organization"]))
    assert client.get(split_page(record)).status_code == 403
    assert client.post(split_page(record), {"country": "KE"}).status_code == 403


def test_who_may_not_see_sign_ons_does_not_learn_of_them(client: Client, mona: User) -> None:
    origin = make_organization("Water Watch")
    record = alias(origin)
    sign_on = make_sign_on(name="Secret Claim")
    sign_on.approve(actor=mona, organization=origin)
    Signature.objects.update(name="Water Watch")
    client.force_login(make_staff("edda", permissions=["change_organization"]))
    html = client.get(split_page(record)).content.decode()
    assert "A sign-on" in html
    assert "Secret Claim" not in html
    split(client, record, along=[f"sign-on-{sign_on.pk}"])
    assert SignOn.objects.get().organization.official_name == "Well Keepers"  # type: ignore[union-attr]
