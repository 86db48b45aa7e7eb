"""A name that was withheld and then erased: the count goes on being exact."""

import pytest
from django.contrib.auth.models import User

from signatures.models import Letter, SignOn, SignOnLetter
from signatures.models.sign_ons import IllegalTransition
from tests.factories import make_letter, make_sign_on, make_staff
from tests.withheld.places import counts

pytestmark = pytest.mark.django_db

SECOND = "second@waterwatch.example"


@pytest.fixture
def letter() -> Letter:
    return make_letter()


@pytest.fixture
def mona() -> User:
    return make_staff("mona")


def test_it_counts_again_where_the_listing_it_gave_way_to_is_undone(
    letter: Letter, mona: User
) -> None:
    named = make_sign_on([letter])
    named.approve(actor=mona)
    withheld = make_sign_on([letter], email=SECOND, withhold_name=True)
    withheld.approve(actor=mona)
    SignOn.objects.filter(pk=withheld.pk).erase()
    named.reopen(actor=mona)
    assert counts() == {1}
    named.refresh_from_db()
    named.approve(actor=mona)
    assert counts() == {1}
    assert not SignOnLetter.objects.counted().exists()


def test_it_hands_its_count_on_where_its_own_approval_is_undone(letter: Letter, mona: User) -> None:
    first, second = (
        make_sign_on([letter], email=email, withhold_name=True)
        for email in ("first@waterwatch.example", SECOND)
    )
    first.approve(actor=mona)
    second.approve(actor=mona)
    SignOn.objects.filter(pk=first.pk).erase()
    first.reopen(actor=mona)
    assert counts() == {1}
    assert SignOnLetter.objects.counted().get().sign_on == second


def test_it_is_approved_again_as_whom_it_was_counted(letter: Letter, mona: User) -> None:
    others = make_sign_on([letter], name="Another Union", withhold_name=True)
    others.approve(actor=mona)
    erased = make_sign_on([letter], email=SECOND, withhold_name=True)
    erased.approve(actor=mona)
    SignOn.objects.filter(pk__in=[erased.pk, others.pk]).erase()
    erased.reopen(actor=mona)
    assert counts() == {1}
    erased.approve(actor=mona)
    assert counts() == {2}
    same = make_sign_on([letter], email="third@waterwatch.example", withhold_name=True)
    same.approve(actor=mona)
    assert counts() == {2}


def test_nobody_can_approve_it_without_knowing_who_it_is(letter: Letter, mona: User) -> None:
    waiting = make_sign_on([letter], withhold_name=True)
    SignOn.objects.filter(pk=waiting.pk).erase()
    waiting.refresh_from_db()
    with pytest.raises(IllegalTransition, match="erased"):
        waiting.approve(actor=mona)
    assert letter.withheld_signatures.count() == 0


def test_a_rejection_leaves_the_count_to_another_that_stands_for_the_same(
    letter: Letter, mona: User
) -> None:
    first = make_sign_on([letter], withhold_name=True)
    first.approve(actor=mona)
    make_sign_on([letter], email=SECOND, withhold_name=True).approve(actor=mona)
    first.ask_to_be_named()
    assert counts() == {1}
    first.reject(actor=mona, reason="It was not them.")
    assert counts() == {1}
