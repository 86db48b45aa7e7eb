"""Told apart once, a name and an organisation are not asked about again."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signatures.admin import evidence
from signatures.matching.verdicts import Label
from signatures.models import Distinction, Organization, Signature, SignOn
from tests.desk.conftest import Finds
from tests.desk.steps import decide, said, sign_on_page
from tests.factories import make_organization, make_sign_on, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(finds: Finds) -> Organization:
    organization = make_organization("Water Watch International")
    finds(organization, Label.RELATED)
    return organization


def offered(desk: Client, sign_on: SignOn) -> list[Organization]:
    offers = desk.get(sign_on_page(sign_on)).context["offers"]
    return [offer.organization for offer in offers]


def test_it_is_remembered_for_every_later_claim_of_the_name(
    desk: Client, mona: User, known: Organization
) -> None:
    sign_on, later = make_sign_on(name="Water Watch"), make_sign_on(name="WATER-WATCH")
    elsewhere = make_sign_on(name="Water Watch", country="FR")
    assert offered(desk, sign_on) == [known]

    response = decide(desk, sign_on, "tell_apart", organization=str(known.pk))

    assert response.url == sign_on_page(sign_on)
    assert "It will not be asked again." in said(response)
    assert offered(desk, sign_on) == offered(desk, later) == []
    assert offered(desk, elsewhere) == [known]
    html = " ".join(desk.get(sign_on_page(later)).content.decode().split())
    assert "decided not the same by mona" in html
    event = sign_on.events.get(kind="told_apart")
    assert (event.actor, event.reason) == (mona, "Water Watch International")
    sign_on.refresh_from_db()
    assert sign_on.status == SignOn.Status.PENDING


def test_it_can_be_taken_back(desk: Client, known: Organization) -> None:
    sign_on = make_sign_on(name="Water Watch")
    decide(desk, sign_on, "tell_apart", organization=f"branch:{known.pk}")

    response = decide(desk, sign_on, "take_back", distinction=Distinction.objects.get().pk)

    assert "Taken back" in said(response)
    assert offered(desk, sign_on) == [known]
    assert sign_on.events.filter(kind="not_told_apart").count() == 1


@pytest.mark.parametrize("choice", ["", "new", "0", "x"])
def test_it_needs_to_know_which(desk: Client, known: Organization, choice: str) -> None:
    sign_on = make_sign_on()
    response = decide(desk, sign_on, "tell_apart", organization=choice)
    assert response.status_code == 400
    assert b"errorlist" in response.content
    assert not Distinction.objects.exists()


def test_saying_it_twice_writes_it_once(desk: Client, known: Organization) -> None:
    sign_on = make_sign_on()
    for _ in range(2):
        decide(desk, sign_on, "tell_apart", organization=str(known.pk))
    assert Distinction.objects.count() == 1
    assert sign_on.events.filter(kind="told_apart").count() == 1


def test_what_was_taken_back_meanwhile_is_not_taken_back_twice(
    desk: Client, mona: User, known: Organization
) -> None:
    sign_on = make_sign_on()
    distinction = Distinction.objects.tell_apart(sign_on, known, actor=mona)
    assert distinction.take_back(sign_on, actor=mona)
    response = decide(desk, sign_on, "take_back", distinction=distinction.pk)
    assert "Please look again" in said(response)
    assert sign_on.events.filter(kind="not_told_apart").count() == 1


def test_a_distinction_of_another_name_cannot_be_taken_back_here(
    desk: Client, mona: User, known: Organization
) -> None:
    other = Distinction.objects.tell_apart(make_sign_on(name="Other"), known, actor=mona)
    decide(desk, make_sign_on(name="Water Watch"), "take_back", distinction=other.pk)
    assert Distinction.objects.count() == 1


def test_who_comes_second_does_not_approve_what_was_told_apart(
    desk: Client, known: Organization
) -> None:
    sign_on = make_sign_on()
    seen = evidence.seen(sign_on)
    Distinction.objects.tell_apart(sign_on, known, actor=make_staff("ben"))

    response = decide(desk, sign_on, "approve", seen, organization=str(known.pk))

    assert "decided not the same (ben, 0 min ago)" in said(response)
    assert not Signature.objects.exists()
    assert Distinction.objects.exists()


def test_who_looks_it_up_knowingly_may_overrule_it(
    desk: Client, mona: User, known: Organization
) -> None:
    sign_on = make_sign_on(name="Water Watch")
    Distinction.objects.tell_apart(sign_on, known, actor=mona)
    response = desk.get(sign_on_page(sign_on), {"find": "international"})
    [offer] = response.context["looked_up"]
    assert b"decided not the same by mona" in response.content

    decide(desk, sign_on, "approve", organization=offer.value)

    assert Signature.objects.get().organization == known
    assert not Distinction.objects.exists()


def test_a_new_one_of_exactly_the_known_name_is_refused_with_the_way_out(
    desk: Client, mona: User
) -> None:
    twin = make_organization("Water Watch")
    sign_on = make_sign_on(name="Water Watch")
    Distinction.objects.tell_apart(sign_on, twin, actor=mona)
    response = decide(desk, sign_on, "approve", organization="new")
    assert response.status_code == 400
    assert b"ask for a name that tells the two apart" in response.content
    assert not Signature.objects.exists()


def test_many_claims_are_asked_about_at_once(mona: User) -> None:
    claims = [make_sign_on(name=f"Group {number}") for number in range(20)]
    organizations = [make_organization(f"Known {number}") for number in range(3)]
    for organization in organizations:
        Distinction.objects.tell_apart(claims[0], organization, actor=mona)
    asked = [(claim.key, "KE") for claim in claims]

    with CaptureQueriesContext(connection) as captured:
        found = Distinction.objects.excluded(asked)

    assert len(captured) == 1
    assert found == {("group 0", "KE"): {one.pk for one in organizations}}
    assert Distinction.objects.excluded([("group 0", "FR"), ("", "")]) == {}


def test_the_database_keeps_one_of_each(mona: User) -> None:
    sign_on, known = make_sign_on(), make_organization()
    row = Distinction.objects.tell_apart(sign_on, known, actor=mona)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
