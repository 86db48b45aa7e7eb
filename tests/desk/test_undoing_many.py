"""A moderator undoes a decision about many sign-ons."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from signatures.models import OutgoingMail, Signature, SignOn, SignOnEvent
from tests.desk.steps import QUEUE, bulk_page, confirm_bulk, said
from tests.factories import make_sign_on, make_staff

pytestmark = pytest.mark.django_db

Status = SignOn.Status
RECENT = f"{QUEUE}bulk/"


def approve_three(desk: Client) -> tuple[str, Any]:
    """Approve three sign-ons at once; return the way to undoing that, and the answer."""
    rows = [make_sign_on(name=name) for name in ("One", "Two", "Three")]
    answer = confirm_bulk(desk, "approve", bulk_page(desk, "approve", rows))
    approval = SignOnEvent.objects.filter(kind="approve").latest("pk")
    return f"{RECENT}{approval.batch}/", answer


class TestUndoingMany:
    def test_it_is_offered_at_once(self, desk: Client) -> None:
        address, answer = approve_three(desk)
        assert f'<a href="{address}">Undo all 3</a>' in said(answer)

    def test_the_page_shows_what_will_be_undone_and_changes_nothing(self, desk: Client) -> None:
        address, _answer = approve_three(desk)
        page = desk.get(address)
        assert [row.name for row in page.context["rows"]] == ["One", "Two", "Three"]
        assert b"3 decisions will be undone" in page.content
        assert desk.head(address).status_code == 200
        assert desk.put(address).status_code == 405
        assert Signature.objects.current().count() == 3

    def test_its_button_undoes_them_all(self, desk: Client, mona: User) -> None:
        address, _answer = approve_three(desk)

        answer: Any = desk.post(address, {"reason": "Wrong list"})

        assert answer.url == QUEUE
        assert "Undone: 3 sign-ons wait for review again." in said(answer)
        assert SignOn.objects.queue().count() == 3
        assert not Signature.objects.exists()
        assert not OutgoingMail.objects.exists()
        undone = SignOnEvent.objects.filter(kind="reopen", actor=mona)
        assert [event.reason for event in undone] == ["Wrong list"] * 3

    def test_what_has_changed_since_is_left_alone_and_named(self, desk: Client) -> None:
        address, _answer = approve_three(desk)
        SignOn.objects.get(name="Two").withdraw()

        page = desk.get(address)
        assert [row.name for row in page.context["rows"]] == ["One", "Three"]
        assert [(row.name, event.kind) for row, event in page.context["left"]] == [
            ("Two", "withdraw")
        ]
        assert "changed since: Two." in said(desk.post(address, {"reason": ""}))
        assert SignOn.objects.get(name="Two").status == Status.WITHDRAWN

    def test_a_second_press_does_nothing(self, desk: Client) -> None:
        address, _answer = approve_three(desk)
        desk.post(address, {"reason": ""})
        assert "nothing left to undo" in said(desk.post(address, {"reason": ""}))
        assert SignOnEvent.objects.filter(kind="reopen").count() == 3
        page = desk.get(address)
        assert b"Nothing is left to undo" in page.content
        assert b"<button" not in page.content.partition(b'id="content"')[2]

    def test_a_rejection_is_undone_too(self, desk: Client) -> None:
        rows = [make_sign_on(name=name) for name in ("One", "Two")]
        shown = bulk_page(desk, "reject", rows)
        answer = confirm_bulk(desk, "reject", shown, reason="Robots", tell="tell")
        address = re.search(r'href="([^"]+)">Undo all 2', said(answer))
        assert address
        assert b"Robots" in desk.get(address[1]).content
        desk.post(address[1], {"reason": ""})
        assert SignOn.objects.queue().count() == 2
        assert not OutgoingMail.objects.exists()

    def test_a_reason_too_long_is_refused_and_kept(self, desk: Client) -> None:
        address, _answer = approve_three(desk)
        answer = desk.post(address, {"reason": "x" * 2001})
        assert answer.status_code == 400
        assert b"x" * 2001 in answer.content
        assert Signature.objects.current().count() == 3

    def test_a_decision_that_never_was_is_not_found(self, desk: Client) -> None:
        assert desk.get(f"{RECENT}{uuid.uuid4()}/").status_code == 404
        assert desk.post(f"{RECENT}{uuid.uuid4()}/", {"reason": ""}).status_code == 404

    def test_who_may_only_look_cannot_undo(self, desk: Client, client: Client) -> None:
        address, _answer = approve_three(desk)
        client.force_login(make_staff("vera", permissions=["view_signon"]))
        page = client.get(address)
        assert page.status_code == 200
        assert page.context["form"] is None
        assert client.get(RECENT).status_code == 200
        assert client.post(address, {"reason": ""}).status_code == 403
        client.force_login(make_staff("ned", permissions=[]))
        assert {client.get(one).status_code for one in (address, RECENT)} == {403}
        assert Signature.objects.current().count() == 3

    def test_its_page_does_not_query_for_each(
        self, desk: Client, django_assert_max_num_queries: Any
    ) -> None:
        rows = [make_sign_on(name=f"Group {number}") for number in range(20)]
        confirm_bulk(desk, "reject", bulk_page(desk, "reject", rows), reason="no", tell="tell")
        event = SignOnEvent.objects.filter(kind="reject").first()
        assert event
        SignOn.objects.reopen(rows[:10], actor=make_staff("ben"))
        with django_assert_max_num_queries(12):
            page = desk.get(f"{RECENT}{event.batch}/")
        assert len(page.context["rows"]) == len(page.context["left"]) == 10


class TestRecentBulkDecisions:
    def test_they_can_be_reached_from_the_queue(self, desk: Client) -> None:
        assert f'href="{RECENT}"'.encode() in desk.get(QUEUE).content

    def test_they_are_listed_with_what_became_of_them(self, desk: Client, mona: User) -> None:
        first, _answer = approve_three(desk)
        SignOn.objects.get(name="Two").withdraw()
        desk.post(first, {"reason": ""})
        second, _answer = approve_three(desk)
        SignOn.objects.get(name="Two", status=Status.APPROVED).reopen(actor=mona)
        make_sign_on(name="Alone").approve(actor=mona)

        page = desk.get(RECENT)

        listed = [
            (f"{RECENT}{one['batch']}/", one["number"], one["undone"], one["who"])
            for one in page.context["batches"]
        ]
        assert listed == [(second, 3, 0, "mona"), (first, 3, 2, "mona")]
        assert b"2 undone" in page.content

    def test_old_ones_are_listed_no_more(self, desk: Client, mona: User) -> None:
        address, _answer = approve_three(desk)
        with time_machine.travel(timezone.now() + timedelta(days=13), tick=False):
            desk.force_login(mona)  # nobody stays logged in that long
            assert len(desk.get(RECENT).context["batches"]) == 1
            desk.post(address, {"reason": ""})
        with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
            desk.force_login(mona)
            assert desk.get(RECENT).context["batches"] == []
