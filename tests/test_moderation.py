"""Staff decide: the queue, one sign-on, many at once, entries from paper."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from signatures.admin import evidence
from signatures.models import (
    Letter,
    Organization,
    OutgoingMail,
    Signature,
    SignOn,
    SignOnEvent,
)
from tests.factories import (
    DESK,
    claim,
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db

QUEUE = "/admin/signatures/signon/"
Status = SignOn.Status


@pytest.fixture
def mona() -> User:
    return make_staff("mona")


@pytest.fixture
def desk(client: Client, mona: User) -> Client:
    """A browser in which Mona is logged in."""
    client.force_login(mona)
    return client


def page(sign_on: SignOn) -> str:
    return reverse("admin:signatures_signon_change", args=[sign_on.pk])


def decide(client: Client, sign_on: SignOn, step: str, seen: str = "", **data: Any) -> Any:
    """Press a button on the sign-on's page, as it looks now unless `seen` says otherwise."""
    address = reverse(f"admin:signatures_signon_{step}", args=[sign_on.pk])
    return client.post(address, {"seen": seen or evidence.seen(sign_on), **data})


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def bulk_page(client: Client, step: str, sign_ons: Iterable[SignOn]) -> Any:
    """Tick rows of the queue and choose an action."""
    return client.post(
        QUEUE,
        {
            "action": f"{step}_selected",
            "index": "0",
            "select_across": "0",
            ACTION_CHECKBOX_NAME: [sign_on.pk for sign_on in sign_ons],
        },
    )


def confirm_bulk(client: Client, step: str, shown: Any, **data: Any) -> Any:
    """Press the button of the page that was shown."""
    tickets = [one.ticket for one in shown.context["planned"]]
    return client.post(f"{QUEUE}bulk/{step}/", {"ticket": tickets, **data})


class TestQueue:
    def test_it_shows_what_waits_with_the_oldest_first(self, desk: Client) -> None:
        make_sign_on(name="Second", waiting=timedelta(hours=2))
        make_sign_on(name="First", waiting=timedelta(hours=5))
        make_sign_on(name="Not confirmed", status=Status.UNCONFIRMED)

        response = desk.get(QUEUE)

        assert [row.name for row in response.context["cl"].result_list] == ["First", "Second"]

    def test_a_row_has_the_evidence(self, desk: Client) -> None:
        letter = make_letter(title="On water")
        known = make_organization("Water Watch", country="KE")
        make_signature(letter, known)
        make_sign_on(
            [letter],
            name="the water-watch",
            local_name="مراقبة المياه",
            website="https://www.waterwatch.example/about",
            email="alice@mail.waterwatch.example",
            waiting=timedelta(hours=31),
        )

        html = desk.get(QUEUE).content.decode()

        for words in (
            "31 h",
            "the water-watch",
            "مراقبة المياه",
            "Kenya",
            ">waterwatch.example<",
            "mail.waterwatch.example",
            "same",
            "On water",
            "Water Watch",
            "listed already",
        ):
            assert words in html
        assert "alice@" not in html

    def test_an_old_row_is_marked_and_a_young_one_is_not(self, desk: Client) -> None:
        make_sign_on(waiting=timedelta(hours=23))
        assert b"age late" not in desk.get(QUEUE).content
        make_sign_on(waiting=timedelta(hours=25))
        assert b"age late" in desk.get(QUEUE).content

    def test_the_exact_time_stands_behind_the_age(self, desk: Client) -> None:
        sign_on = make_sign_on(waiting=timedelta(days=3))
        assert sign_on.confirmed_at
        html = desk.get(QUEUE).content.decode()
        assert f'title="{sign_on.confirmed_at:%Y-%m-%d %H:%M UTC}"' in html
        assert "3 days" in html

    def test_its_queries_do_not_grow_with_its_rows(self, desk: Client) -> None:
        letters = [make_letter("one"), make_letter("two")]

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert desk.get(QUEUE).status_code == 200
            return len(captured)

        make_signature(letters[0], make_organization("Group 0", country="KE"))
        make_sign_on(letters, name="Group 0")
        few = queries()
        for number in range(1, 30):
            known = make_organization(f"Group {number}", country="KE")
            make_signature(letters[0], known)
            make_sign_on(letters, name=f"Group {number}", country="FR" if number % 2 else "KE")
        many = queries()

        assert many == few
        assert many <= 12

    def test_every_other_state_can_be_reached(self, desk: Client, mona: User) -> None:
        make_sign_on(name="Pending")
        make_sign_on(name="Approved").approve(actor=mona)
        make_sign_on(name="Rejected").reject(actor=mona, reason="no")
        make_sign_on(name="Withdrawn").withdraw()
        make_sign_on(name="Unconfirmed", status=Status.UNCONFIRMED)

        for status in Status.values:
            rows = desk.get(QUEUE, {"status": status}).context["cl"].result_list
            assert [row.name.lower() for row in rows] == [status]
        assert len(desk.get(QUEUE, {"status": "all"}).context["cl"].result_list) == 5

    def test_corrections_that_wait_have_a_tab_with_their_number(
        self, desk: Client, mona: User
    ) -> None:
        sign_on = make_sign_on(name="Water Watch")
        sign_on.approve(actor=mona)
        sign_on.correct(name="Water Watch International")

        response = desk.get(QUEUE, {"status": "corrections"})

        assert [row.pk for row in response.context["cl"].result_list] == [sign_on.pk]
        assert b'<span class="number calls">1</span>' in response.content
        assert b"correction waiting" in response.content

    def test_it_filters_by_letter_country_and_source(self, desk: Client, mona: User) -> None:
        letter = make_letter("here")
        make_sign_on([letter], name="Here", country="FR")
        make_sign_on([make_letter("there")], name="There", country="KE")
        SignOn.objects.enter(
            [letter], actor=mona, provenance="A letter", **claim(name="Paper", country="DE")
        )

        def names(**query: Any) -> set[str]:
            return {row.name for row in desk.get(QUEUE, query).context["cl"].result_list}

        assert names(letter=letter.pk) == {"Here", "Paper"}
        assert names(country="KE") == {"There"}
        assert names(source="staff") == {"Paper"}
        assert names(country="QQ", letter="x") == {"Here", "There", "Paper"}

    def test_it_finds_names_whatever_the_accents(self, desk: Client) -> None:
        make_sign_on(name="Réseau pour l'Eau")
        make_sign_on(name="Water Watch", acronym="WW", local_name="مراقبة المياه")

        def found(query: str) -> list[str]:
            rows = desk.get(QUEUE, {"q": query}).context["cl"].result_list
            return [row.name for row in rows]

        assert found("reseau L'EAU") == ["Réseau pour l'Eau"]
        assert found("المياه watch") == ["Water Watch"]
        assert found("ww") == ["Water Watch"]
        assert found("réseau watch") == []

    def test_somebody_without_permission_is_refused(self, client: Client) -> None:
        client.force_login(make_staff("ned", permissions=[]))
        assert client.get(QUEUE).status_code == 403


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

        html = desk.get(page(sign_on)).content.decode()

        for words in (
            "Will be listed exactly so",
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
            page(earlier),
        ):
            assert words in html

    def test_the_only_exact_match_in_the_same_country_is_chosen_beforehand(
        self, desk: Client
    ) -> None:
        known = make_organization("Water Watch", country="KE")
        form = desk.get(page(make_sign_on(name="WATER WATCH"))).context["forms"]["approve"]
        assert form["organization"].value() == str(known.pk)

    def test_a_match_elsewhere_is_offered_and_not_chosen(self, desk: Client) -> None:
        make_organization("Water Watch", country="GB")
        response = desk.get(page(make_sign_on(name="Water Watch")))
        assert response.context["forms"]["approve"]["organization"].value() is None
        assert b"United Kingdom" in response.content

    def test_without_a_match_a_new_organisation_is_chosen(self, desk: Client) -> None:
        form = desk.get(page(make_sign_on())).context["forms"]["approve"]
        assert form["organization"].value() == "new"

    def test_nothing_on_it_can_be_edited(self, desk: Client) -> None:
        sign_on = make_sign_on(name="Water Watch")
        response = desk.post(page(sign_on), {"name": "Other", "status": "approved"})
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

        decide(desk, sign_on, "approve", organization="other", other=known.pk)

        assert Signature.objects.get().organization == known
        assert list(Organization.objects.known_as("water watch")) == [known]

    def test_another_one_has_to_be_named(self, desk: Client) -> None:
        sign_on = make_sign_on()
        response = decide(desk, sign_on, "approve", organization="other")
        assert response.status_code == 400
        assert b"Look the organisation up by its name." in response.content
        assert not Signature.objects.exists()

    def test_an_organisation_that_was_not_offered_is_refused(self, desk: Client) -> None:
        stranger = make_organization("Something else")
        response = decide(desk, make_sign_on(), "approve", organization=str(stranger.pk))
        assert response.status_code == 400
        assert not Signature.objects.exists()

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
        assert second.mails.get().kind == OutgoingMail.Kind.ALREADY_SIGNED

    def test_the_next_that_waits_comes_up(self, desk: Client) -> None:
        oldest = make_sign_on(name="Oldest", waiting=timedelta(hours=9))
        middle = make_sign_on(name="Middle", waiting=timedelta(hours=6))
        newest = make_sign_on(name="Newest", waiting=timedelta(hours=3))

        assert decide(desk, middle, "approve", organization="new").url == page(newest)
        assert decide(desk, newest, "approve", organization="new").url == page(oldest)
        assert decide(desk, oldest, "approve", organization="new").url == QUEUE


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
        assert response.url == page(sign_on)

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
        assert response.url == page(sign_on)

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


class TestManyAtOnce:
    def test_the_page_between_says_what_will_happen_to_each(self, desk: Client) -> None:
        known = make_organization("Known Group")
        make_organization("Twice", country="GB")
        make_organization("Twice", country="FR")
        rows = [make_sign_on(name=name) for name in ("Known Group", "New Group", "Twice")]
        make_sign_on(name="Not ticked")

        response = bulk_page(desk, "approve", rows)

        planned = {one.sign_on.name: one.organization for one in response.context["planned"]}
        assert planned == {"Known Group": known, "New Group": None}
        assert [one.sign_on.name for one in response.context["skipped"]] == ["Twice"]
        assert b"Not ticked" not in response.content
        assert not Signature.objects.exists()

    def test_a_match_in_another_country_is_decided_by_itself(self, desk: Client) -> None:
        make_organization("Water Watch", country="GB")
        response = bulk_page(desk, "approve", [make_sign_on(name="Water Watch")])
        assert not response.context["planned"]
        assert b"known in another country" in response.content

    def test_exactly_what_was_shown_is_approved(self, desk: Client, mona: User) -> None:
        known = make_organization("Known Group")
        rows = [make_sign_on(name=name) for name in ("Known Group", "New Group")]
        other = make_sign_on(name="Not ticked")

        response = confirm_bulk(desk, "approve", bulk_page(desk, "approve", rows))

        assert "2 sign-ons approved." in said(response)
        assert known.signatures.count() == 1
        assert Signature.objects.count() == 2
        other.refresh_from_db()
        assert other.status == Status.PENDING
        assert SignOnEvent.objects.filter(kind="approve", actor=mona).count() == 2

    def test_all_are_rejected_for_one_reason(self, desk: Client) -> None:
        rows = [make_sign_on(name=name) for name in ("One", "Two")]
        shown = bulk_page(desk, "reject", rows)

        refused = confirm_bulk(desk, "reject", shown, reason="", tell="silent")
        assert refused.status_code == 400
        assert SignOn.objects.filter(status=Status.PENDING).count() == 2

        response = confirm_bulk(desk, "reject", shown, reason="Robots", tell="silent")
        assert "2 sign-ons rejected." in said(response)
        assert SignOn.objects.filter(status=Status.REJECTED).count() == 2
        assert {event.reason for event in SignOnEvent.objects.filter(kind="reject")} == {"Robots"}
        assert not OutgoingMail.objects.exists()

    def test_what_changed_meanwhile_is_left_alone_and_named(self, desk: Client) -> None:
        rows = [make_sign_on(name=name) for name in ("Fast", "Slow")]
        shown = bulk_page(desk, "reject", rows)
        rows[0].approve(actor=make_staff("ben"))

        response = confirm_bulk(desk, "reject", shown, reason="No", tell="tell")

        assert "1 sign-on rejected." in said(response)
        assert "changed meanwhile: Fast." in said(response)
        rows[0].refresh_from_db()
        assert rows[0].status == Status.APPROVED

    def test_what_was_decided_before_the_page_between_is_named_on_it(self, desk: Client) -> None:
        row = make_sign_on(name="Fast")
        row.approve(actor=make_staff("ben"))
        response = bulk_page(desk, "approve", [row])
        assert [one.skipped for one in response.context["skipped"]] == ["not waiting, but approved"]

    def test_a_forged_ticket_does_nothing(self, desk: Client) -> None:
        sign_on = make_sign_on()
        tickets = ["", "x:y:z", f"{sign_on.pk}:pending.0:new", "99999999999999999999:a:new"]
        response = desk.post(f"{QUEUE}bulk/approve/", {"ticket": tickets})
        assert response.status_code == 302
        assert not Signature.objects.exists()


class TestPaper:
    ADD = "/admin/signatures/signon/add/"

    def test_an_entry_waits_ready_to_be_approved(self, desk: Client, mona: User) -> None:
        letter = make_letter(status=Letter.Status.CLOSED)
        stated = claim(contact_name="", contact_title="", email="", website="waterwatch.example")
        data = {**stated, "letters": [letter.pk], "provenance": "Letter of 3 May"}

        response: Any = desk.post(self.ADD, data)

        sign_on = SignOn.objects.get()
        assert response.url == page(sign_on)
        assert (sign_on.status, sign_on.source) == (Status.PENDING, "staff")
        assert sign_on.website == "https://waterwatch.example"
        event = sign_on.events.get()
        assert (event.actor, event.reason) == (mona, "Letter of 3 May")
        assert "Letter of 3 May" in desk.get(page(sign_on)).content.decode()
        decide(desk, sign_on, "approve", organization="new")
        assert Signature.objects.get().source == "staff"
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize("missing", ["name", "country", "letters", "provenance"])
    def test_what_is_needed_is_asked_for(self, desk: Client, missing: str) -> None:
        data = {**claim(), "letters": [make_letter().pk], "provenance": "Fax"}
        del data[missing]
        response = desk.post(self.ADD, data)
        assert response.status_code == 400
        assert list(response.context["form"].errors) == [missing]
        assert not SignOn.objects.exists()

    def test_a_draft_cannot_be_signed_on_paper_either(self, desk: Client) -> None:
        draft = make_letter(status=Letter.Status.DRAFT)
        data = {**claim(), "letters": [draft.pk], "provenance": "Fax"}
        assert desk.post(self.ADD, data).status_code == 400


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
        changes = desk.get(page(sign_on)).context["changes"]
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


class TestPermissions:
    STEPS = ("approve", "reject", "reopen", "withdraw", "correction")

    @pytest.mark.parametrize("step", STEPS)
    def test_a_decision_is_never_a_link(self, desk: Client, step: str) -> None:
        sign_on = make_sign_on()
        address = reverse(f"admin:signatures_signon_{step}", args=[sign_on.pk])
        assert desk.get(address).status_code == 405
        sign_on.refresh_from_db()
        assert sign_on.status == Status.PENDING

    @pytest.mark.parametrize("step", STEPS)
    def test_who_may_only_look_cannot_decide(self, client: Client, step: str) -> None:
        client.force_login(make_staff("vera", permissions=["view_signon"]))
        sign_on = make_sign_on()
        shown = client.get(page(sign_on))
        assert shown.status_code == 200
        assert shown.context["forms"] == {}
        assert decide(client, sign_on, step, organization="new").status_code == 403
        sign_on.refresh_from_db()
        assert sign_on.status == Status.PENDING

    def test_who_may_only_look_cannot_decide_many(self, client: Client) -> None:
        client.force_login(make_staff("vera", permissions=["view_signon"]))
        for step in ("approve", "reject"):
            address = f"{QUEUE}bulk/{step}/"
            assert client.post(address, {"ticket": []}).status_code == 403
            assert client.get(address).status_code == 405
        assert client.get("/admin/signatures/signon/add/").status_code == 403

    def test_a_stranger_is_sent_to_the_login(self, client: Client) -> None:
        sign_on = make_sign_on()
        response: Any
        for response in (client.get(page(sign_on)), decide(client, sign_on, "approve")):
            assert response.status_code == 302
            assert response.url.startswith("/admin/login/")

    def test_a_decision_needs_the_csrf_token(self, mona: User) -> None:
        careless = Client(enforce_csrf_checks=True)
        careless.force_login(mona)
        sign_on = make_sign_on()
        assert decide(careless, sign_on, "approve", organization="new").status_code == 403
        assert not Signature.objects.exists()

    def test_history_cannot_be_edited_by_anyone(self, client: Client) -> None:
        client.force_login(make_staff("root", permissions=[], is_superuser=True))
        event = make_sign_on().events.get()
        base = "/admin/signatures/signonevent/"
        assert client.get(base).status_code == 200
        assert client.post(f"{base}add/", {}).status_code == 403
        assert client.post(f"{base}{event.pk}/change/", {"reason": "x"}).status_code == 403
        assert client.post(f"{base}{event.pk}/delete/", {"post": "yes"}).status_code == 403
        event.refresh_from_db()
        assert event.reason == ""


class TestMail:
    LIST = "/admin/signatures/outgoingmail/"

    def test_the_list_names_states_and_no_address(self, desk: Client) -> None:
        make_sign_on(email="alice@waterwatch.example").owe(OutgoingMail.Kind.RECEIVED)
        html = desk.get(self.LIST).content.decode()
        assert "Water Watch" in html
        assert "waiting" in html
        assert "alice" not in html

    def test_what_was_given_up_can_be_sent_again(self, desk: Client) -> None:
        sign_on = make_sign_on()
        sign_on.owe(OutgoingMail.Kind.RECEIVED)
        mail = sign_on.mails.get()
        OutgoingMail.objects.update(failed_at=mail.created_at)

        desk.post(
            self.LIST, {"action": "send_again", "index": "0", ACTION_CHECKBOX_NAME: [str(mail.pk)]}
        )

        assert list(OutgoingMail.objects.due()) == [mail]

    def test_who_may_only_look_cannot_send(self, client: Client) -> None:
        client.force_login(make_staff("vera", permissions=["view_outgoingmail"]))
        make_sign_on().owe(OutgoingMail.Kind.RECEIVED)
        response = client.get(self.LIST)
        assert response.status_code == 200
        assert b"send_again" not in response.content


class TestFirstPage:
    def test_it_says_how_many_wait_and_since_when(self, desk: Client, mona: User) -> None:
        make_sign_on(waiting=timedelta(hours=31))
        make_sign_on(waiting=timedelta(hours=1))
        corrected = make_sign_on(name="Corrected")
        corrected.approve(actor=mona)
        corrected.correct(name="Otherwise")
        html = " ".join(desk.get("/admin/").content.decode().split())
        assert "<b>2</b> sign-ons wait for review" in html
        assert "31 h" in html
        assert "1 correction waits for a decision" in html

    def test_it_says_nothing_to_who_may_not_know(self, client: Client) -> None:
        others = [one for one in DESK if "signon" not in one]
        client.force_login(make_staff("ed", permissions=others))
        make_sign_on()
        assert b"wait for review" not in client.get("/admin/").content


INLINE = re.compile(rb"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)")


def test_no_page_for_staff_needs_inline_scripts_or_styles(client: Client) -> None:
    root = make_staff("root", is_superuser=True)
    client.force_login(root)
    waiting, approved = make_sign_on(name="Waiting"), make_sign_on(name="Approved")
    [signature] = approved.approve(actor=root)
    approved.correct(name="Otherwise")
    addresses = [
        "/admin/",
        QUEUE,
        f"{QUEUE}add/",
        page(waiting),
        page(approved),
        "/admin/signatures/letter/",
        "/admin/signatures/letter/add/",
        f"/admin/signatures/letter/{signature.letter_id}/change/",
        f"/admin/signatures/letter/{signature.letter_id}/preview/",
        "/admin/signatures/campaign/add/",
        "/admin/signatures/organization/",
        f"/admin/signatures/organization/{signature.organization_id}/change/",
        f"/admin/signatures/organization/{signature.organization_id}/delete/",
        "/admin/signatures/signature/",
        f"/admin/signatures/signature/{signature.pk}/change/",
        "/admin/signatures/outgoingmail/",
        "/admin/signatures/signonevent/",
    ]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert not INLINE.search(response.content), address
        assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    assert not INLINE.search(bulk_page(client, "reject", [waiting]).content)
