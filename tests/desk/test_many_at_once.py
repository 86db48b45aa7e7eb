"""A moderator decides about many sign-ons at once."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signatures import candidates
from signatures.admin import bulk
from signatures.candidates import Candidate, Stated
from signatures.matching.verdicts import Label, Verdict, Why
from signatures.models import (
    Organization,
    OutgoingMail,
    Signature,
    SignOn,
    SignOnEvent,
)
from tests.desk.steps import QUEUE, bulk_page, confirm_bulk, said, select_all
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_staff,
)

pytestmark = pytest.mark.django_db


Status = SignOn.Status


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

    def test_letters_that_all_of_them_sign_are_named_once(self, desk: Client) -> None:
        water, land = (
            make_letter("on-water", title="On water"),
            make_letter("on-land", title="On land"),
        )
        rows = [make_sign_on([water, land], name=name) for name in ("One", "Two", "Three")]
        for page in (shown := bulk_page(desk, "approve", rows), bulk_page(desk, "reject", rows)):
            assert page.content.count(b"On water") == page.content.count(b"On land") == 1
        assert shown.context["letters"] == ["On water", "On land"]
        other = make_sign_on([land], name="Four")
        page = bulk_page(desk, "approve", [*rows, other])
        assert (page.content.count(b"On water"), page.content.count(b"On land")) == (3, 4)

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

    def test_what_would_be_decided_otherwise_by_now_is_left_alone(self, desk: Client) -> None:
        rows = [make_sign_on(name=name) for name in ("Renamed", "Known by now", "As it was")]
        shown = bulk_page(desk, "approve", rows)
        rows[0].correct(name="Something Rude")
        make_organization("Known by now")

        response = confirm_bulk(desk, "approve", shown)

        assert "1 sign-on approved." in said(response)
        assert "changed meanwhile: Something Rude, Known by now." in said(response)
        assert [str(listed) for listed in Signature.objects.all()] == ["As it was"]

    def test_what_was_decided_before_the_page_between_is_named_on_it(self, desk: Client) -> None:
        row = make_sign_on(name="Fast")
        row.approve(actor=make_staff("ben"))
        response = bulk_page(desk, "approve", [row])
        assert [one.skipped for one in response.context["skipped"]] == ["not waiting, but approved"]

    def test_a_forged_ticket_does_nothing(self, desk: Client) -> None:
        sign_on = make_sign_on()
        tickets = ["", "x:y:z", f"{sign_on.pk}:pending.0:new", "99999999999999999999:a:new"]
        response = desk.post(f"{QUEUE}bulk/approve/", {"tickets": " ".join(tickets)})
        assert response.status_code == 302
        assert not Signature.objects.exists()

    def test_of_two_spellings_that_are_both_new_the_second_is_decided_by_itself(
        self, desk: Client
    ) -> None:
        names = ("Centre for Rivers", "Center for Rivers", "Rivers Union")
        rows = [make_sign_on(name=name) for name in names]
        rows.append(make_sign_on(name="Rivers Union", email="other@rivers.example"))
        shown = bulk_page(desk, "approve", rows)
        [skipped] = shown.context["skipped"]
        assert skipped.sign_on == rows[1]
        assert skipped.skipped.startswith("may be Centre for Rivers: same name, other spelling")
        confirm_bulk(desk, "approve", shown)
        assert set(Organization.objects.values_list("official_name", flat=True)) == {
            "Centre for Rivers",
            "Rivers Union",
        }

    def test_a_name_close_to_another_organisations_is_decided_by_itself(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known, close = make_organization("Known Group"), make_organization("Known Groups")
        rows = [make_sign_on(name=name) for name in ("Known Group", "Known Grp", "New Group")]
        asked: list[Sequence[Stated]] = []

        def find(stated: Sequence[Stated], *, limit: int = 5) -> list[list[Candidate]]:
            asked.append(stated)
            same = Candidate(known, "Known Group", Verdict(Label.SAME, 1.0, Why.SAME_NAME))
            related = Candidate(close, "Known Groups", Verdict(Label.RELATED, 0.7, Why.NEAR, "s"))
            apart = Candidate(close, "Known Groups", Verdict(Label.DIFFERENT, 0.2, Why.NOTHING))
            return [[same, apart], [related], [apart]]

        monkeypatch.setattr(candidates, "find", find)
        response = bulk_page(desk, "approve", rows)

        planned = {one.sign_on.name: one.organization for one in response.context["planned"]}
        assert planned == {"Known Group": known, "New Group": None}
        [skipped] = response.context["skipped"]
        assert (skipped.sign_on, skipped.skipped) == (
            rows[1],
            "may be Known Groups: similar name; differs in s",
        )
        [stated] = asked
        assert [one.name for one in stated] == ["Known Group", "Known Grp", "New Group"]
        confirm_bulk(desk, "approve", response)
        assert SignOn.objects.queue().get() == rows[1]

    def test_all_that_is_selected_goes_through_one_field(self, desk: Client) -> None:
        rows = [make_sign_on(name=f"Group {number}") for number in range(12)]
        shown = select_all(desk, "reject")
        assert len(shown.context["planned"]) == 12
        form = shown.content.decode().partition('<form method="post" action="/admin/signatures/')[2]
        hidden = re.findall('<input type="hidden" name="([a-z]+)"', form.partition("</form>")[0])
        assert hidden == ["csrfmiddlewaretoken", "tickets"]
        assert shown.context["tickets"].count(" ") == len(rows) - 1

    def test_beyond_the_most_the_oldest_are_decided(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bulk, "MOST", 3)
        for hours in range(1, 6):
            make_sign_on(name=f"Since {hours} h", waiting=timedelta(hours=hours))

        shown = select_all(desk, "approve")

        assert b"5 sign-ons are selected, and at most 3 are decided at once." in shown.content
        assert "3 sign-ons approved." in said(confirm_bulk(desk, "approve", shown))
        assert [row.name for row in SignOn.objects.queue()] == ["Since 2 h", "Since 1 h"]

    def test_its_queries_do_not_grow_with_its_rows(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letters = [make_letter(slug=slug) for slug in ("one", "two")]
        monkeypatch.setattr(candidates, "find", lambda stated: [[] for _one in stated])

        def queries(number: int) -> list[int]:
            counted = []
            make_organization(f"Group {number} 0")
            rows = [make_sign_on(letters, name=f"Group {number} {one}") for one in range(number)]
            with CaptureQueriesContext(connection) as captured:
                shown = bulk_page(desk, "approve", rows)
            counted.append(len(captured))
            with CaptureQueriesContext(connection) as captured:
                confirm_bulk(desk, "approve", shown)
            return [*counted, len(captured)]

        assert queries(2) == queries(20)

    def test_a_message_names_a_few_of_many(self, desk: Client) -> None:
        rows = [make_sign_on(name=f"Group {number}") for number in range(12)]
        shown = bulk_page(desk, "approve", rows)
        SignOn.objects.reject(rows, actor=make_staff("ben"), reason="no")
        response = confirm_bulk(desk, "approve", shown)
        assert "Group 9 and 2 more." in said(response)
        assert "approved" not in said(response)
