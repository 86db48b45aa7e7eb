"""Staff take a merge apart again, whatever happened since."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signatures.models import (
    Letter,
    Organization,
    OrganizationMerge,
    OrganizationName,
    Signature,
)
from tests.desk.steps import merge, merge_page, names_of, public_count, said, undo_merge, undo_page
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
)

pytestmark = pytest.mark.django_db


class TestUndoing:
    def test_it_returns_with_its_key_its_names_and_its_links(
        self, desk: Client, mona: User
    ) -> None:
        kept = make_organization("Water Watch")
        umbrella = make_organization("Umbrella")
        removed = make_organization(
            "Waterwatch", local_name="Maji", acronym="WW", country="NL", parent=umbrella
        )
        branch = make_organization("Waterwatch Mombasa", parent=removed)
        [signature] = make_sign_on(name="Maji").approve(actor=mona, organization=removed)
        before = Organization.objects.filter(pk=removed.pk).values().get(), names_of(removed)
        key = removed.pk

        merge(desk, kept, removed)
        answer = undo_merge(desk)

        assert answer.url == reverse("admin:signatures_organization_change", args=[key])
        assert "is an organisation of its own again" in said(answer)
        back = Organization.objects.get(pk=key)
        assert (Organization.objects.filter(pk=key).values().get(), names_of(back)) == before
        assert names_of(kept) == {("Water Watch", "official")}
        branch.refresh_from_db()
        signature.refresh_from_db()
        assert (branch.parent, signature.organization) == (back, back)
        done = OrganizationMerge.objects.get()
        assert (done.undone_by, done.undone_at is not None) == (mona, True)

    def test_once_is_enough(self, desk: Client) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        merge(desk, kept, removed)
        undo_merge(desk)
        shown = desk.get(undo_page(OrganizationMerge.objects.get()))
        assert "has been undone already" in shown.content.decode()
        assert "Nothing was done" in said(undo_merge(desk))
        assert Organization.objects.count() == 2

    def test_a_stale_page_is_refused_and_shown_anew(self, desk: Client) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        signature = make_signature(make_letter(), removed)
        merge(desk, kept, removed)
        done = OrganizationMerge.objects.get()
        seen = desk.get(undo_page(done)).context["plan"].fingerprint
        signature.refresh_from_db()
        signature.withdraw()
        answer: Any = desk.post(undo_page(done), {"seen": seen})
        assert "Nothing was done" in said(answer)
        assert answer.url == undo_page(done)
        assert Organization.objects.get() == kept

    def test_what_happened_to_the_listing_since_stays(self, desk: Client) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        signature, other = (make_signature(make_letter(slug), removed) for slug in ("a", "b"))
        merge(desk, kept, removed)
        for one in (signature, other):
            one.refresh_from_db()
        signature.withdraw()
        other.relist("Waterwatch e.V.", "", 3)
        undo_merge(desk)
        signature.refresh_from_db()
        other.refresh_from_db()
        assert (signature.organization_id, other.organization_id) == (removed.pk, removed.pk)
        assert signature.withdrawn_at is not None
        assert (other.name, other.position) == ("Waterwatch e.V.", 3)

    def test_a_listing_signed_anew_stays_with_the_kept_one(self, desk: Client, mona: User) -> None:
        letter = make_letter()
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        signature = make_signature(letter, removed)
        merge(desk, kept, removed)
        signature.refresh_from_db()
        signature.withdraw()
        sign_on = make_sign_on([letter], name="Water Watch")
        assert sign_on.approve(actor=mona, organization=kept) == [signature]

        told = said(undo_merge(desk))

        assert "“Water Watch” signed “Open letter on water” anew since" in told
        assert public_count(letter) == 1
        assert Signature.objects.current().get().organization == kept
        assert Signature.objects.get(organization=removed.pk).withdrawn_at is not None
        assert sign_on.brought().get().organization == kept

    def test_a_withdrawn_listing_imported_anew_stays_with_the_kept_one(self, desk: Client) -> None:
        letter = make_letter()
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        signature = make_signature(letter, removed)
        signature.withdraw()
        withdrawn_at = Signature.objects.get().withdrawn_at
        merge(desk, kept, removed)
        assert make_signature(letter, kept) == signature
        undo_merge(desk)
        assert Signature.objects.current().get().organization == kept
        assert Signature.objects.get(organization=removed.pk).withdrawn_at == withdrawn_at

    def test_a_renamed_alias_goes_back_renamed_and_a_struck_one_stays_struck(
        self, desk: Client
    ) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        for name in ("Well Watch", "Waterwacht"):
            removed.remember(name, OrganizationName.Kind.ALIAS)
        merge(desk, kept, removed)
        renamed = kept.names.get(name="Waterwacht")
        renamed.name = "De Waterwacht"
        renamed.save()
        kept.names.get(name="Well Watch").delete()
        told = said(undo_merge(desk))
        assert "“Well Watch” was struck off the record since" in told
        back = Organization.objects.get(pk=removed.pk)
        assert names_of(back) == {("Waterwatch", "official"), ("De Waterwacht", "alias")}

    def test_merges_are_undone_in_reverse_order(self, desk: Client) -> None:
        kept, first, second = map(make_organization, ("Water Watch", "Waterwatch", "Well Watch"))
        merge(desk, kept, first)
        merge(desk, kept, second)
        earlier = OrganizationMerge.objects.earliest("pk")
        shown = desk.get(undo_page(earlier)).content.decode()
        assert "“Well Watch” was merged into the same organisation later" in shown
        assert "Nothing was done" in said(undo_merge(desk, earlier))
        undo_merge(desk)
        undo_merge(desk, earlier)
        assert Organization.objects.count() == 3

    def test_a_chain_comes_apart_from_its_end(self, desk: Client) -> None:
        first, second, third = map(make_organization, ("Water Watch", "Waterwatch", "Well Watch"))
        letter = make_letter()
        make_signature(letter, first)
        merge(desk, second, first)
        merge(desk, third, second)
        earlier = OrganizationMerge.objects.earliest("pk")
        shown = desk.get(undo_page(earlier)).content.decode()
        assert "was itself merged into another one" in shown
        undo_merge(desk)
        undo_merge(desk, earlier)
        assert Signature.objects.get().organization_id == first.pk
        assert public_count(letter) == 1

    def test_the_kept_one_is_gone(self, desk: Client) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        merge(desk, kept, removed)
        kept.delete()
        done = OrganizationMerge.objects.get()
        assert "is no more" in desk.get(undo_page(done)).content.decode()
        assert "Nothing was done" in said(undo_merge(desk))

    def test_its_name_was_registered_anew(self, desk: Client) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        merge(desk, kept, removed)
        again = make_organization("Waterwatch")
        done = OrganizationMerge.objects.get()
        shown = desk.get(undo_page(done)).content.decode()
        assert "an organisation of this name and country is on record by now" in shown
        assert "Nothing was done" in said(undo_merge(desk))
        assert Organization.objects.filter(official_name="Waterwatch").get() == again

    def test_its_umbrella_and_a_letter_are_gone(self, desk: Client) -> None:
        kept, umbrella = make_organization("Water Watch"), make_organization("Umbrella")
        removed = make_organization("Waterwatch", parent=umbrella)
        letter = make_letter(status=Letter.Status.DRAFT)
        make_signature(letter, kept, signed_on=timezone.localdate() - timedelta(days=1))
        make_signature(letter, removed)
        merge(desk, kept, removed)
        umbrella.delete()
        Signature.objects.all().delete()
        letter.delete()
        told = said(undo_merge(desk))
        assert "What it was a branch of is no more" in told
        assert "“Waterwatch” under “–” is not put back" in told
        assert Organization.objects.get(pk=removed.pk).parent is None


class TestBranches:
    def test_the_kept_one_takes_the_place_of_what_it_was_a_branch_of(self, desk: Client) -> None:
        top = make_organization("Top")
        removed = make_organization("Water Watch International", parent=top)
        between = make_organization("Water Watch Africa", parent=removed)
        kept = make_organization("Water Watch", parent=between)
        assert "From now on <b>Top</b>" in desk.get(merge_page(kept, removed)).content.decode()

        merge(desk, kept, removed)

        parents = dict(Organization.objects.values_list("official_name", "parent__official_name"))
        assert parents == {"Top": None, "Water Watch": "Top", "Water Watch Africa": "Water Watch"}
        undo_merge(desk)
        parents = dict(Organization.objects.values_list("official_name", "parent__official_name"))
        assert parents["Water Watch"] == "Water Watch Africa"
        assert parents["Water Watch Africa"] == "Water Watch International"
        assert parents["Water Watch International"] == "Top"

    @pytest.mark.parametrize("upside_down", [False, True])
    def test_a_branch_and_its_umbrella_become_one(self, desk: Client, upside_down: bool) -> None:
        umbrella = make_organization("Water Watch")
        branch = make_organization("Water Watch Mombasa", parent=umbrella)
        kept, removed = (branch, umbrella) if upside_down else (umbrella, branch)
        merge(desk, kept, removed)
        assert Organization.objects.get().parent is None
        undo_merge(desk)
        branch.refresh_from_db()
        assert branch.parent_id == umbrella.pk

    def test_an_undo_makes_no_circle(self, desk: Client) -> None:
        top = make_organization("Top")
        kept, removed = (
            make_organization("Water Watch"),
            make_organization("Waterwatch", parent=top),
        )
        branch = make_organization("Waterwatch Mombasa", parent=removed)
        merge(desk, kept, removed)
        top.parent = branch
        top.save()
        assert "is one of its own branches by now" in said(undo_merge(desk))
        back = Organization.objects.get(pk=removed.pk)
        branch.refresh_from_db()
        assert (back.parent, branch.parent) == (None, back)
