"""What a merge means for the sign-ons behind the listings."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from signatures.models import (
    Letter,
    Organization,
    SignOn,
)
from tests.desk.steps import merge, names_of, public_count, said, undo_merge
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
)

pytestmark = pytest.mark.django_db


class TestClaims:
    def both(self, mona: User) -> tuple[Letter, SignOn, SignOn]:
        """Return a letter and two claims that listed the kept and the removed one under it."""
        letter = make_letter()
        ours = make_sign_on([letter], name="Water Watch")
        theirs = make_sign_on([letter], name="Waterwatch")
        for sign_on in (ours, theirs):
            sign_on.approve(actor=mona)
        return letter, SignOn.objects.get(pk=ours.pk), SignOn.objects.get(pk=theirs.pk)

    def merged(self, desk: Client, ours: SignOn, theirs: SignOn) -> None:
        assert ours.organization is not None
        assert theirs.organization is not None
        merge(desk, ours.organization, theirs.organization)
        for sign_on in (ours, theirs):
            sign_on.refresh_from_db()

    def test_a_claim_whose_listing_went_cannot_take_the_other_away(
        self, desk: Client, mona: User
    ) -> None:
        letter, ours, theirs = self.both(mona)
        self.merged(desk, ours, theirs)
        assert theirs.organization == ours.organization
        assert not theirs.is_listed
        theirs.withdraw()
        assert public_count(letter) == 1
        ours.withdraw()
        assert public_count(letter) == 0

    def test_undone_it_brought_its_listing_again(self, desk: Client, mona: User) -> None:
        letter, ours, theirs = self.both(mona)
        signature = theirs.brought().get()
        self.merged(desk, ours, theirs)
        undo_merge(desk)
        theirs.refresh_from_db()
        assert theirs.brought().get() == signature
        theirs.withdraw()
        assert public_count(letter) == 1
        assert ours.brought().get().withdrawn_at is None

    def test_withdrawn_meanwhile_it_comes_back_withdrawn(self, desk: Client, mona: User) -> None:
        letter, ours, theirs = self.both(mona)
        self.merged(desk, ours, theirs)
        theirs.withdraw()
        undo_merge(desk)
        assert public_count(letter) == 1
        signature = SignOn.objects.get(pk=theirs.pk).brought().get()
        assert signature.withdrawn_at == theirs.events.get(kind="withdraw").created_at

    def test_reopened_meanwhile_it_does_not_come_back(self, desk: Client, mona: User) -> None:
        letter, ours, theirs = self.both(mona)
        removed = theirs.organization_id or 0
        self.merged(desk, ours, theirs)
        theirs.reopen(actor=mona)
        told = said(undo_merge(desk))
        assert "The listing “Waterwatch” under “Open letter on water” is not put back" in told
        assert public_count(letter) == 1
        theirs.approve(actor=mona, organization=Organization.objects.get(pk=removed))
        assert public_count(letter) == 2

    def test_reopening_does_not_delete_the_kept_one(self, desk: Client, mona: User) -> None:
        """It is younger than the claim's decision, and nothing else stands on it."""
        sign_on = make_sign_on(name="Waterwatch")
        sign_on.approve(actor=mona)
        kept, removed = make_organization("Water Watch"), sign_on.organization
        assert removed is not None
        merge(desk, kept, removed)
        SignOn.objects.get(pk=sign_on.pk).reopen(actor=mona)
        assert Organization.objects.get() == kept
        assert undo_merge(desk).status_code == 302
        assert Organization.objects.count() == 2

    def test_a_name_that_both_knew_outlasts_the_claim_that_taught_it(
        self, desk: Client, mona: User
    ) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Maji", country="TZ")
        sign_on = make_sign_on(name="Maji")
        sign_on.approve(actor=mona, organization=kept)
        merge(desk, kept, removed)
        sign_on.refresh_from_db()
        sign_on.reopen(actor=mona)
        assert ("Maji", "alias") in names_of(kept)

    def test_a_claim_decided_anew_stays_where_it_was_decided_for(
        self, desk: Client, mona: User
    ) -> None:
        letter, ours, theirs = self.both(mona)
        self.merged(desk, ours, theirs)
        kept = ours.organization
        assert kept is not None
        theirs.reopen(actor=mona)
        theirs.approve(actor=mona, organization=kept)
        told = said(undo_merge(desk))
        assert "decided anew since the merge, or are gone: 1" in told
        assert "The listing “Waterwatch” under “Open letter on water” is not put back" in told
        assert public_count(letter) == 1
        theirs.refresh_from_db()
        assert theirs.organization == kept
        assert ("Waterwatch", "alias") in names_of(kept)  # it was signed for under this name
