"""Staff make one organisation of two."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signatures.models import (
    Letter,
    Organization,
    OrganizationMerge,
    Signature,
    merges,
)
from tests.desk.steps import merge, merge_page, names_of, public_count, said, undo_merge, undo_page
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/signatures/organization/"


class TestMerging:
    def test_everything_moves_and_the_removed_one_stays_findable(
        self, desk: Client, mona: User
    ) -> None:
        kept = make_organization("Water Watch")
        removed = make_organization("Waterwatch", local_name="Maji", acronym="WW", country="NL")
        branch = make_organization("Waterwatch Mombasa", parent=removed)
        sign_on = make_sign_on(name="Waterwatch Intl")
        [signature] = sign_on.approve(actor=mona, organization=removed)

        answer = merge(desk, kept, removed)

        assert answer.url == reverse("admin:signatures_organization_change", args=[kept.pk])
        assert "“Waterwatch (Netherlands)” is now “Water Watch (Kenya)”" in said(answer)
        assert not Organization.objects.filter(pk=removed.pk).exists()
        signature.refresh_from_db()
        sign_on.refresh_from_db()
        branch.refresh_from_db()
        assert (signature.organization, sign_on.organization, branch.parent) == (kept,) * 3
        assert sign_on.letter_rows.get().signature == signature
        assert names_of(kept) == {
            ("Water Watch", "official"),
            ("Waterwatch", "alias"),
            ("Maji", "local"),
            ("WW", "acronym"),
            ("Waterwatch Intl", "alias"),
        }
        assert Organization.objects.known_as("waterwatch").get() == kept
        logged = LogEntry.objects.values_list("object_id", "change_message").order_by("pk")
        assert list(logged) == [
            (str(kept.pk), "“Waterwatch (Netherlands)” was merged into it."),
            (str(removed.pk), "Merged into “Water Watch (Kenya)”."),
        ]

    def test_its_own_names_stay_even_if_they_never_were_on_record(self, desk: Client) -> None:
        kept = make_organization("Water Watch")
        removed = Organization.objects.create(official_name="Waterwatch", country="NL")
        merge(desk, kept, removed)
        assert ("Waterwatch", "alias") in names_of(kept)
        undo_merge(desk)
        assert names_of(kept) == {("Water Watch", "official")}
        assert names_of(Organization.objects.get(pk=removed.pk)) == {("Waterwatch", "official")}

    def test_readers_find_the_kept_ones_acronym(self, desk: Client) -> None:
        kept = make_organization("Water Watch", acronym="WWK")
        removed = make_organization("Waterwatch", country="NL")
        make_signature(make_letter(), removed)
        merge(desk, kept, removed)
        assert Signature.objects.search("wwk").count() == 1

    def test_a_letter_signed_by_both_counts_once_and_only_its_list_changes(
        self, desk: Client
    ) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        both, theirs, ours = (make_letter(slug=slug) for slug in ("both", "theirs", "ours"))
        for letter, organization in (
            (both, kept),
            (both, removed),
            (theirs, removed),
            (ours, kept),
        ):
            make_signature(letter, organization)
        revisions = dict(Letter.objects.values_list("slug", "revision"))
        assert [public_count(letter) for letter in (both, theirs, ours)] == [2, 1, 1]

        merge(desk, kept, removed)

        assert [public_count(letter) for letter in (both, theirs, ours)] == [1, 1, 1]
        raised = dict(Letter.objects.values_list("slug", "revision"))
        assert raised == {
            "both": revisions["both"] + 1,
            "theirs": revisions["theirs"] + 1,
            "ours": revisions["ours"],
        }
        undo_merge(desk)
        assert [public_count(letter) for letter in (both, theirs, ours)] == [2, 1, 1]
        assert Letter.objects.get(slug="both").revision == revisions["both"] + 2
        assert Letter.objects.get(slug="ours").revision == revisions["ours"]

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ({}, {"withdrawn_at": timezone.now(), "position": 1}),
            ({"position": 7}, {"signed_on": timezone.localdate() - timedelta(days=9)}),
            ({"signed_on": timezone.localdate() - timedelta(days=1)}, {}),
            ({"source": "form"}, {"source": "staff"}),
        ],
        ids=["current", "initiator", "earlier", "lower key"],
    )
    @pytest.mark.parametrize("kept_has_it", [True, False])
    def test_which_listing_stays(
        self, desk: Client, first: Any, second: Any, kept_has_it: bool
    ) -> None:
        letter = make_letter()
        better = make_signature(letter, make_organization("Water Watch"))
        worse = make_signature(letter, make_organization("Waterwatch"))
        Signature.objects.filter(pk=better.pk).update(**first)
        Signature.objects.filter(pk=worse.pk).update(**second)
        kept, removed = better.organization, worse.organization
        if not kept_has_it:
            kept, removed = removed, kept

        [clash] = desk.get(merge_page(kept, removed)).context["plan"].clashes
        merge(desk, kept, removed)

        assert (clash.stays, clash.goes) == (better, worse)
        stays = Signature.objects.get()
        assert (stays.pk, stays.organization, stays.name) == (better.pk, kept, "Water Watch")

    def test_the_removed_one_may_be_chosen_to_stay(self, desk: Client) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        html = desk.get(merge_page(kept, removed)).content.decode()
        assert merge_page(removed, kept) in html
        merge(desk, removed, kept)
        assert Organization.objects.get() == removed

    def test_a_preview_changes_nothing(self, desk: Client) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        signature = make_signature(make_letter(), removed)
        html = desk.get(merge_page(kept, removed)).content.decode()
        assert "Open letter on water" in html
        signature.refresh_from_db()
        assert signature.organization == removed
        assert not OrganizationMerge.objects.exists()

    def test_a_stale_preview_is_refused_and_shown_anew(self, desk: Client) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        seen = merges.plan(kept, removed).fingerprint
        make_signature(make_letter(), removed)
        answer = merge(desk, kept, removed, seen)
        assert "Nothing was done" in said(answer)
        assert answer.url == merge_page(kept, removed)
        assert Organization.objects.count() == 2

    @pytest.mark.parametrize("other", ["", "x", "0", "9" * 30, "kept", "gone"])
    def test_a_strange_other_is_answered_in_words(self, desk: Client, other: str) -> None:
        kept, gone = make_organization("Water Watch"), make_organization("Gone")
        key = {"kept": str(kept.pk), "gone": str(gone.pk)}.get(other, other)
        gone.delete()
        for answer in (
            desk.get(merge_page(kept), {"with": key}),
            desk.post(merge_page(kept), {"with": key, "seen": "x"}),
        ):
            assert answer.status_code == 302
            assert "no such other organisation" in said(answer)
        assert desk.get(f"{LIST}{'9' * 30}/merge/").status_code == 404

    def test_the_other_one_is_looked_up_by_any_name(self, desk: Client) -> None:
        kept, other = make_organization("Water Watch"), make_organization("Réseau de l'Eau")
        make_organization("Something else")
        for query, found in (("reseau EAU", [other]), ("water", []), ("", [])):
            shown = desk.get(merge_page(kept), {"q": query})
            assert shown.status_code == 200
            assert shown.context["found"] == found
        assert f"?with={other.pk}" in desk.get(merge_page(kept), {"q": "eau"}).content.decode()

    def test_two_are_ticked_in_the_list(self, desk: Client) -> None:
        idle, busy = make_organization("Idle"), make_organization("Busy")
        make_signature(make_letter(), busy)
        data = {"action": "merge_selected", "index": "0", "select_across": "0"}
        answer: Any = desk.post(LIST, {**data, "_selected_action": [idle.pk, busy.pk]})
        assert answer.url == merge_page(busy, idle)
        assert "exactly two" in said(desk.post(LIST, {**data, "_selected_action": [idle.pk]}))

    def test_an_old_address_leads_to_the_kept_one(self, desk: Client) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        old = reverse("admin:signatures_organization_change", args=[removed.pk])
        merge(desk, kept, removed)
        answer: Any = desk.get(old)
        assert answer.url == reverse("admin:signatures_organization_change", args=[kept.pk])
        assert "was merged into this organisation" in said(answer)
        assert desk.get(f"{LIST}987654/change/").status_code == 302

    def test_its_preview_does_not_query_for_each(
        self, desk: Client, mona: User, django_assert_num_queries: Any
    ) -> None:
        def queries(number: int) -> None:
            kept = make_organization(f"Water Watch {number}")
            removed = make_organization(f"Waterwatch {number}")
            for index in range(number):
                letter = make_letter(slug=f"letter-{number}-{index}")
                make_signature(letter, kept)
                make_sign_on([letter]).approve(actor=mona, organization=removed)
            with django_assert_num_queries(16):
                assert desk.get(merge_page(kept, removed)).status_code == 200

        queries(2)
        queries(9)


class TestPermissions:
    def test_who_may_only_look_cannot_merge(self, client: Client, mona: User) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        third = make_organization("Well Watch")
        seen = merges.plan(third, removed).fingerprint
        done = OrganizationMerge.objects.merge(third, removed, actor=mona, seen=seen)
        client.force_login(make_staff("vera", permissions=["view_organization"]))
        for address in (merge_page(kept), merge_page(kept, third), undo_page(done)):
            assert client.get(address).status_code == 403
            assert client.post(address, {"with": third.pk}).status_code == 403
        page = client.get(reverse("admin:signatures_organization_change", args=[third.pk]))
        assert page.status_code == 200
        assert b"/merge" not in page.content
        assert Organization.objects.count() == 2

    def test_a_stranger_is_sent_to_the_login(self, client: Client) -> None:
        kept = make_organization("Water Watch")
        assert client.get(merge_page(kept)).headers["Location"].startswith("/admin/login/")

    def test_merging_needs_the_csrf_token(self, mona: User) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        careless = Client(enforce_csrf_checks=True)
        careless.force_login(mona)
        assert merge(careless, kept, removed).status_code == 403
        assert Organization.objects.count() == 2

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_other_methods_are_refused(self, desk: Client, method: str) -> None:
        kept = make_organization("Water Watch")
        assert getattr(desk, method)(merge_page(kept)).status_code == 405

    def test_who_may_not_see_sign_ons_sees_their_number_only(
        self, client: Client, mona: User
    ) -> None:
        kept, removed = make_organization("Water Watch"), make_organization("Waterwatch")
        make_sign_on(name="Secret Claim").approve(actor=mona, organization=removed)
        removed.names.filter(name="Secret Claim").delete()
        Signature.objects.update(name="Waterwatch")
        client.force_login(make_staff("edda", permissions=["change_organization"]))
        html = client.get(merge_page(kept, removed)).content.decode()
        assert "Sign-ons that move" in html
        assert "Secret Claim" not in html
