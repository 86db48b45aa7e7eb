"""A moderator decides about many sign-ons at once."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from signatures.models import (
    OutgoingMail,
    Signature,
    SignOn,
    SignOnEvent,
)
from tests.desk.steps import QUEUE, bulk_page, confirm_bulk, said
from tests.factories import (
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
        response = desk.post(f"{QUEUE}bulk/approve/", {"tickets": " ".join(tickets)})
        assert response.status_code == 302
        assert not Signature.objects.exists()
