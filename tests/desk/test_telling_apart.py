"""Told apart once, a name and an organisation are not asked about again."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signatures.admin import evidence
from signatures.models import Distinction, Organization, Signature, SignOn
from signatures.models.sign_ons import IllegalTransition
from tests.desk.steps import bulk_page, decide, merge, said, sign_on_page, undo_merge
from tests.factories import make_organization, make_sign_on, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def known() -> Organization:
    return make_organization("Water Watch International")


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


def test_many_at_once_leave_it_to_one_by_one(desk: Client, mona: User) -> None:
    twin = make_organization("Water Watch")
    sign_on = make_sign_on(name="Water Watch")
    Distinction.objects.tell_apart(sign_on, twin, actor=mona)
    shown = bulk_page(desk, "approve", [sign_on])
    assert not shown.context["planned"]
    assert b"decided not to be the organisation of this name" in shown.content


def test_many_at_once_ask_about_it_no_more(desk: Client, mona: User, known: Organization) -> None:
    sign_on = make_sign_on(name="Water Watch")
    assert not bulk_page(desk, "approve", [sign_on]).context["planned"]
    Distinction.objects.tell_apart(sign_on, known, actor=mona)
    [planned] = bulk_page(desk, "approve", [sign_on]).context["planned"]
    assert planned.sign_on == sign_on


def test_it_follows_the_organisation_into_a_merge_and_back(
    desk: Client, mona: User, known: Organization
) -> None:
    kept = make_organization("Watch of Waters")
    sign_on = make_sign_on(name="Water Watch")
    for organization in (kept, known):
        Distinction.objects.tell_apart(sign_on, organization, actor=mona)

    merge(desk, kept, known)
    assert Distinction.objects.excluded([("water watch", "KE")]) == {
        ("water watch", "KE"): {kept.pk}
    }

    undo_merge(desk)
    assert Distinction.objects.excluded([("water watch", "KE")]) == {
        ("water watch", "KE"): {kept.pk, known.pk}
    }


def test_a_merge_overrules_it_and_taking_the_merge_back_restores_it(
    desk: Client, mona: User, known: Organization
) -> None:
    told_apart = make_organization("Water Watch", country="KE")
    sign_on = make_sign_on(name="Water Watch")
    Distinction.objects.tell_apart(sign_on, known, actor=mona)

    merge(desk, known, told_apart)
    assert not Distinction.objects.exists()
    assert offered(desk, sign_on) == [known]

    undo_merge(desk)
    assert [one.organization for one in Distinction.objects.about(sign_on)] == [known]


def test_taking_it_back_after_a_merge_takes_all_of_it_back(
    desk: Client, mona: User, known: Organization
) -> None:
    kept = make_organization("Watch of Waters")
    sign_on = make_sign_on(name="Water Watch")
    for organization in (kept, known):
        Distinction.objects.tell_apart(sign_on, organization, actor=mona)
    merge(desk, kept, known)
    decide(desk, sign_on, "take_back", distinction=Distinction.objects.first().pk)  # type: ignore[union-attr]
    assert not Distinction.objects.exists()
    assert sign_on.events.filter(kind="not_told_apart").count() == 1


def test_an_organisation_that_is_gone_is_told_apart_from_nothing(mona: User) -> None:
    sign_on, gone = make_sign_on(), make_organization()
    Organization.objects.all().delete()
    with pytest.raises(IllegalTransition):
        Distinction.objects.tell_apart(sign_on, gone, actor=mona)
    assert not sign_on.events.filter(kind="told_apart").exists()
