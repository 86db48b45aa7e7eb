"""A moderator looks at one sign-on and decides."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signatures.admin import evidence
from signatures.admin.decisions import Approve
from signatures.models import (
    Organization,
    OutgoingMail,
    Signature,
    SignOn,
    SignOnEvent,
)
from tests.desk.steps import QUEUE, decide, said, sign_on_page
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_staff,
)

pytestmark = pytest.mark.django_db


Status = SignOn.Status


class TestOneSignOn:
    def test_its_page_shows_the_evidence(self, desk: Client, mona: User) -> None:
        earlier = make_sign_on(name="Water Watch")
        earlier.reject(actor=mona, reason="Sent twice")
        sign_on = make_sign_on(
            [make_letter(title="On water", addressee="Minister of Water")],
            name="Water Watch",
            acronym="WW",
            contact_name="Alice Achieng",
            email="alice@elsewhere.example",
        )
        sign_on.owe(OutgoingMail.Kind.RECEIVED)

        html = desk.get(sign_on_page(sign_on)).content.decode()

        for words in (
            "Will be listed as",
            "Water Watch (WW)",
            "never published",
            "Alice Achieng",
            "alice@elsewhere.example",
            "elsewhere.example is not the website",
            "On water",
            "Minister of Water",
            "online form",
            "submitted",
            "waiting for review",
            sign_on_page(earlier),
        ):
            assert words in html

    def test_the_only_exact_match_in_the_same_country_is_chosen_beforehand(
        self, desk: Client
    ) -> None:
        known = make_organization("Water Watch", country="KE")
        form = desk.get(sign_on_page(make_sign_on(name="WATER WATCH"))).context["forms"]["approve"]
        assert form["organization"].value() == str(known.pk)

    def test_a_match_elsewhere_is_offered_and_not_chosen(self, desk: Client) -> None:
        make_organization("Water Watch", country="GB")
        response = desk.get(sign_on_page(make_sign_on(name="Water Watch")))
        assert response.context["forms"]["approve"]["organization"].value() == ""
        assert b"United Kingdom" in response.content

    def test_without_a_match_a_new_organisation_is_chosen(self, desk: Client) -> None:
        form = desk.get(sign_on_page(make_sign_on())).context["forms"]["approve"]
        assert form["organization"].value() == "new"

    def test_nothing_on_it_can_be_edited(self, desk: Client) -> None:
        sign_on = make_sign_on(name="Water Watch")
        response = desk.post(sign_on_page(sign_on), {"name": "Other", "status": "approved"})
        assert response.status_code == 405
        sign_on.refresh_from_db()
        assert (sign_on.name, sign_on.status) == ("Water Watch", Status.PENDING)

    def test_it_cannot_be_deleted(self, desk: Client, mona: User) -> None:
        mona.is_superuser = True
        mona.save()
        sign_on = make_sign_on()
        address = reverse("admin:signatures_signon_delete", args=[sign_on.pk])
        assert desk.post(address, {"post": "yes"}).status_code == 403
        assert SignOn.objects.filter(pk=sign_on.pk).exists()


class TestApproving:
    def test_a_new_organisation_is_listed_under_every_letter(
        self, desk: Client, mona: User
    ) -> None:
        letters = [make_letter("one"), make_letter("two")]
        sign_on = make_sign_on(letters, name="Water Watch", acronym="WW")

        response = decide(desk, sign_on, "approve", organization="new")

        sign_on.refresh_from_db()
        assert sign_on.status == Status.APPROVED
        assert "listed under 2 letters" in said(response)
        assert list(Signature.objects.values_list("name", flat=True)) == ["Water Watch (WW)"] * 2
        assert Organization.objects.get() == sign_on.organization
        event = sign_on.events.get(kind=SignOnEvent.Kind.APPROVE)
        assert event.actor == mona

    def test_a_known_organisation_signs_and_learns_the_new_spelling(self, desk: Client) -> None:
        known = make_organization("Water Watch Kenya")
        sign_on = make_sign_on(name="Water Watch")

        decide(desk, sign_on, "approve", organization=str(known.pk))

        assert Signature.objects.get().organization == known
        assert list(Organization.objects.known_as("water watch")) == [known]

    @pytest.mark.parametrize("choice", ["", "0", "branch:", "x", "new:1", "9" * 40, "anyway:new"])
    def test_a_choice_that_is_none_is_asked_again(self, desk: Client, choice: str) -> None:
        sign_on = make_sign_on()
        response = decide(desk, sign_on, "approve", organization=choice)
        assert response.status_code == 400
        assert b"errorlist" in response.content
        sign_on.refresh_from_db()
        assert sign_on.status == Status.PENDING

    def test_an_organisation_that_went_meanwhile_is_chosen_anew(self, desk: Client) -> None:
        gone = make_organization()
        pk = gone.pk
        gone.delete()
        response = decide(desk, make_sign_on(), "approve", organization=str(pk))
        assert response.status_code == 400
        assert b"This organisation is no longer known. Choose again." in response.content
        assert not Signature.objects.exists()

    def test_any_known_organisation_can_be_looked_up(self, desk: Client) -> None:
        known = make_organization("Collectif Zèbre", country="FR")
        sign_on = make_sign_on(name="Water Watch")

        response = desk.get(sign_on_page(sign_on), {"find": "ZEBRE collec"})

        assert [offer.organization for offer in response.context["looked_up"]] == [known]
        decide(desk, sign_on, "approve", organization=response.context["looked_up"][0].value)
        assert Signature.objects.get().organization == known

    @pytest.mark.parametrize("text", ["nobody at all", "…", " ", "x" * 5000])
    def test_looking_up_nobody_says_so(self, desk: Client, text: str) -> None:
        response = desk.get(sign_on_page(make_sign_on()), {"find": text})
        assert response.status_code == 200
        assert response.context["looked_up"] == []

    def test_a_branch_is_registered_under_the_organisation_it_belongs_to(
        self, desk: Client
    ) -> None:
        parent = make_organization("Hydrology Group")
        sign_on = make_sign_on(name="Hydrology Group Gaza")

        decide(desk, sign_on, "approve", organization=f"branch:{parent.pk}")

        branch = Organization.objects.get(official_name="Hydrology Group Gaza")
        assert branch.parent == parent
        assert Signature.objects.get().organization == branch

    def test_a_parent_that_goes_while_the_form_is_read_is_missed_in_time(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parent, sign_on = make_organization("Hydrology Group"), make_sign_on(name="Its branch")
        key = parent.pk
        take = Approve.take

        def late(form: Approve, actor: User) -> str:
            parent.delete()
            return take(form, actor)

        monkeypatch.setattr(Approve, "take", late)
        response = decide(desk, sign_on, "approve", organization=f"branch:{key}")

        assert response.status_code == 302
        assert "Nothing was done" in said(response)
        assert not Signature.objects.exists()

    def test_undoing_that_removes_the_branch_again(self, desk: Client) -> None:
        parent = make_organization("Hydrology Group")
        sign_on = make_sign_on(name="Hydrology Group Gaza")
        decide(desk, sign_on, "approve", organization=f"branch:{parent.pk}")
        sign_on.refresh_from_db()

        decide(desk, sign_on, "reopen")

        assert list(Organization.objects.all()) == [parent]

    def test_an_organisation_known_before_keeps_its_place(self, desk: Client) -> None:
        make_organization("Hydrology Group Gaza")
        other = make_organization("Somebody else")
        sign_on = make_sign_on(name="Hydrology Group Gaza")
        decide(desk, sign_on, "approve", organization=f"branch:{other.pk}")
        assert Organization.objects.get(official_name="Hydrology Group Gaza").parent is None

    def test_pressing_twice_is_harmless(self, desk: Client) -> None:
        sign_on = make_sign_on()
        seen = evidence.seen(sign_on)
        decide(desk, sign_on, "approve", seen, organization="new")
        again = decide(desk, sign_on, "approve", seen, organization="new")
        assert again.status_code == 302
        assert Signature.objects.count() == 1
        assert sign_on.events.filter(kind=SignOnEvent.Kind.APPROVE).count() == 1

    def test_two_claims_of_one_organisation_leave_one_signature(self, desk: Client) -> None:
        letter = make_letter()
        first = make_sign_on([letter], email="alice@waterwatch.example")
        second = make_sign_on([letter], email="bob@waterwatch.example")

        decide(desk, first, "approve", organization="new")
        response = decide(desk, second, "approve", organization=str(Organization.objects.get().pk))

        assert Signature.objects.count() == 1
        assert "stood under these letters already" in said(response)
        assert second.mails.get().kind == OutgoingMail.Kind.ALREADY_LISTED

    def test_the_next_that_waits_comes_up(self, desk: Client) -> None:
        oldest = make_sign_on(name="Oldest", waiting=timedelta(hours=9))
        middle = make_sign_on(name="Middle", waiting=timedelta(hours=6))
        newest = make_sign_on(name="Newest", waiting=timedelta(hours=3))

        assert decide(desk, middle, "approve", organization="new").url == sign_on_page(newest)
        assert decide(desk, newest, "approve", organization="new").url == sign_on_page(oldest)
        assert decide(desk, oldest, "approve", organization="new").url == QUEUE


class TestFetchedAhead:
    def test_a_page_that_may_never_be_seen_keeps_messages_for_one_that_is(
        self, desk: Client
    ) -> None:
        done, following = make_sign_on(name="Done"), make_sign_on(name="Following")
        decide(desk, done, "approve", organization="new")
        ahead = desk.get(sign_on_page(following), headers={"X-Desk": "ahead"})
        assert b"Approved: Done" not in ahead.content
        assert b"Approved: Done" in desk.get(sign_on_page(following)).content


class TestRejecting:
    @pytest.mark.parametrize(
        ("tell", "mails", "note"),
        [("why", 1, "We do not know you."), ("tell", 1, ""), ("silent", 0, "")],
    )
    def test_the_contact_is_told_as_the_moderator_wishes(
        self, desk: Client, tell: str, mails: int, note: str
    ) -> None:
        sign_on = make_sign_on()

        decide(desk, sign_on, "reject", reason="We do not know you.", tell=tell)

        sign_on.refresh_from_db()
        assert sign_on.status == Status.REJECTED
        assert sign_on.events.get(kind="reject").reason == "We do not know you."
        assert [mail.note for mail in sign_on.mails.all()] == [note] * mails

    def test_it_needs_a_reason(self, desk: Client) -> None:
        sign_on = make_sign_on()
        response = decide(desk, sign_on, "reject", reason=" ", tell="tell")
        assert response.status_code == 400
        assert b"Give the reason; the history keeps it." in response.content
        sign_on.refresh_from_db()
        assert sign_on.status == Status.PENDING


class TestUndoing:
    def test_an_approval_can_be_undone(self, desk: Client) -> None:
        sign_on = make_sign_on()
        decide(desk, sign_on, "approve", organization="new")
        sign_on.refresh_from_db()

        response = decide(desk, sign_on, "reopen", reason="Wrong branch")

        sign_on.refresh_from_db()
        assert sign_on.status == Status.PENDING
        assert not Signature.objects.exists()
        assert sign_on.events.get(kind="reopen").reason == "Wrong branch"
        assert response.url == sign_on_page(sign_on)

    def test_a_rejection_can_be_undone_without_a_reason(self, desk: Client, mona: User) -> None:
        sign_on = make_sign_on()
        sign_on.reject(actor=mona, reason="Unknown")
        decide(desk, sign_on, "reopen")
        sign_on.refresh_from_db()
        assert sign_on.status == Status.PENDING

    def test_staff_withdraw_for_an_organisation_that_asks_for_it(self, desk: Client) -> None:
        sign_on = make_sign_on()
        decide(desk, sign_on, "approve", organization="new")
        sign_on.refresh_from_db()

        decide(desk, sign_on, "withdraw", reason="Director phoned")

        sign_on.refresh_from_db()
        assert sign_on.status == Status.WITHDRAWN
        assert not Signature.objects.current().exists()
        assert sign_on.events.get(kind="withdraw").reason == "Director phoned"

    def test_the_last_decision_can_be_undone_from_the_next_page(
        self, desk: Client, mona: User
    ) -> None:
        sign_on, following = make_sign_on(name="Decided"), make_sign_on(name="Following")
        decide(desk, sign_on, "approve", organization="new")

        undo, seen = desk.get(sign_on_page(following)).context["undo"]

        assert undo == sign_on
        assert decide(desk, undo, "reopen", seen).url == sign_on_page(sign_on)
        assert desk.get(sign_on_page(following)).context["undo"] is None

    def test_what_somebody_else_or_i_long_ago_decided_is_not_offered(
        self, desk: Client, mona: User
    ) -> None:
        page = sign_on_page(make_sign_on(name="Following"))
        make_sign_on(name="Of Ben").approve(actor=make_staff("ben"))
        assert desk.get(page).context["undo"] is None
        make_sign_on(name="Of Mona").reject(actor=mona, reason="No")
        with time_machine.travel(timezone.now() + timedelta(minutes=59)):
            desk.force_login(mona)
            assert desk.get(page).context["undo"]
        with time_machine.travel(timezone.now() + timedelta(minutes=61)):
            assert desk.get(page).context["undo"] is None

    def test_a_decision_about_many_is_not_undone_piece_by_piece(
        self, desk: Client, mona: User
    ) -> None:
        page = sign_on_page(make_sign_on(name="Following"))
        many = [make_sign_on(name=name) for name in ("One", "Two")]
        SignOn.objects.reject(many, actor=mona, reason="No", batch=uuid.uuid4())
        assert desk.get(page).context["undo"] is None

    def test_what_was_decided_again_since_is_not_offered(self, desk: Client, mona: User) -> None:
        page = sign_on_page(make_sign_on(name="Following"))
        ben, sign_on = make_staff("ben"), make_sign_on(name="Decided")
        sign_on.approve(actor=mona)
        sign_on.reopen(actor=ben)
        sign_on.approve(actor=ben)
        assert desk.get(page).context["undo"] is None


class TestDecidedMeanwhile:
    def test_who_comes_second_reads_who_was_first(self, desk: Client) -> None:
        sign_on = make_sign_on()
        seen = evidence.seen(sign_on)
        sign_on.approve(actor=make_staff("ben"))

        response = decide(desk, sign_on, "reject", seen, reason="No", tell="tell")

        sign_on.refresh_from_db()
        assert sign_on.status == Status.APPROVED
        assert "approved (ben, 0 min ago)" in said(response)
        assert "Nothing was done" in said(response)
        assert response.url == sign_on_page(sign_on)

    def test_a_name_that_changed_since_is_not_approved_unseen(self, desk: Client) -> None:
        sign_on = make_sign_on(name="Water Watch")
        seen = evidence.seen(sign_on)
        sign_on.correct(name="Something Rude")

        response = decide(desk, sign_on, "approve", seen, organization="new")

        assert "corrected by the contact" in said(response)
        assert not Signature.objects.exists()

    def test_a_step_that_the_state_does_not_allow_changes_nothing(self, desk: Client) -> None:
        sign_on = make_sign_on(status=Status.UNCONFIRMED)
        response = decide(desk, sign_on, "approve", organization="new")
        assert "Nothing was done" in said(response)
        assert not Signature.objects.exists()


class TestSwappedInPlace:
    """What the desk's script asks for, with a header of its own."""

    HERE: ClassVar = {"X-Desk": "send"}

    def test_it_is_told_where_to_go_on(self, desk: Client) -> None:
        sign_on = make_sign_on(name="First", waiting=timedelta(hours=2))
        following = make_sign_on(name="Second")
        response = decide(desk, sign_on, "approve", headers=self.HERE, organization="new")
        assert response.status_code == 204
        assert response["X-Desk-Next"] == sign_on_page(following)
        assert "Approved: First" in desk.get(sign_on_page(following)).content.decode()

    def test_it_comes_second_like_everybody(self, desk: Client) -> None:
        sign_on = make_sign_on()
        seen = evidence.seen(sign_on)
        sign_on.approve(actor=make_staff("ben"))
        words = {"reason": "No", "tell": "tell"}
        response = decide(desk, sign_on, "reject", seen, headers=self.HERE, **words)
        assert response["X-Desk-Next"] == sign_on_page(sign_on)
        assert "approved (ben, 0 min ago)" in said(response)
        sign_on.refresh_from_db()
        assert sign_on.status == Status.APPROVED

    def test_a_mistake_comes_back_as_the_page(self, desk: Client) -> None:
        response = decide(desk, make_sign_on(), "reject", headers=self.HERE, reason="", tell="tell")
        assert response.status_code == 400
        assert b'id="desk-case"' in response.content


class TestCorrections:
    @pytest.fixture
    def sign_on(self, mona: User) -> SignOn:
        sign_on = make_sign_on(name="Water Watch")
        sign_on.approve(actor=mona)
        sign_on.correct(name="Water Watch International")
        return sign_on

    def answer(self, desk: Client, sign_on: SignOn, accept: str, **data: Any) -> Any:
        waiting = sign_on.corrections.first()
        assert waiting
        data = {"correction": waiting.pk, "accept": accept, "reason": "", **data}
        return decide(desk, sign_on, "correction", **data)

    def test_old_and_new_stand_side_by_side(self, desk: Client, sign_on: SignOn) -> None:
        changes = desk.get(sign_on_page(sign_on)).context["changes"]
        assert [(one["old"], one["new"]) for one in changes if one["changed"]] == [
            ("Water Watch", "Water Watch International")
        ]

    def test_accepting_it_changes_the_list(self, desk: Client, sign_on: SignOn) -> None:
        response = self.answer(desk, sign_on, "yes")
        assert Signature.objects.get().name == "Water Watch International"
        assert "now reads Water Watch International" in said(response)

    def test_declining_it_leaves_the_list(self, desk: Client, sign_on: SignOn) -> None:
        self.answer(desk, sign_on, "no", reason="Not its name")
        assert Signature.objects.get().name == "Water Watch"
        assert sign_on.events.get(kind="correction_declined").reason == "Not its name"

    def test_one_that_was_decided_meanwhile_is_not_decided_again(
        self, desk: Client, sign_on: SignOn
    ) -> None:
        waiting = sign_on.corrections.get()
        waiting.decide(actor=make_staff("ben"), accept=False)
        response = self.answer(desk, sign_on, "yes")
        assert "correction declined (ben" in said(response)
        assert Signature.objects.get().name == "Water Watch"

    def test_one_that_the_contact_replaced_is_looked_at_again(
        self, desk: Client, sign_on: SignOn
    ) -> None:
        old = sign_on.corrections.get().pk
        sign_on.correct(name="Something Rude")
        response = self.answer(desk, sign_on, "yes", correction=old)
        assert "Please look again" in said(response)
        assert Signature.objects.get().name == "Water Watch"
