"""Moderators leave notes for each other, and see who looks at what."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from signatures.models import Note, Presence, SignOn
from tests.desk.steps import QUEUE, decide, said, sign_on_page
from tests.factories import make_sign_on, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben() -> User:
    return make_staff("ben")


class TestNotes:
    def test_a_note_is_kept_with_its_author_and_who_is_in_charge(
        self, desk: Client, mona: User, ben: User
    ) -> None:
        sign_on = make_sign_on()

        response = decide(desk, sign_on, "note", text="Asked <b>Ben</b>.", assignee=ben.pk)

        assert response.url == sign_on_page(sign_on)
        assert said(response) == "Noted."
        note = sign_on.notes.get()
        assert (note.author, note.assignee, note.text) == (mona, ben, "Asked <b>Ben</b>.")
        html = desk.get(sign_on_page(sign_on)).content.decode()
        assert "Asked &lt;b&gt;Ben&lt;/b&gt;." in html
        assert "in charge: ben" in html

    def test_no_note_is_kept_once_the_contact_is_erased(self, desk: Client, ben: User) -> None:
        sign_on = make_sign_on()
        SignOn.objects.filter(pk=sign_on.pk).erase()
        response = decide(desk, sign_on, "note", text="Call Alice.", assignee=ben.pk)
        assert "No note is kept after that." in response.content.decode()
        assert not Note.objects.exists()
        decide(desk, sign_on, "note", assignee=ben.pk)
        assert Note.objects.get().assignee == ben

    def test_the_newest_note_says_who_is_in_charge(
        self, desk: Client, mona: User, ben: User
    ) -> None:
        mine, given_away, free = make_sign_on(), make_sign_on(), make_sign_on()
        for sign_on, first, second in (
            (mine, ben, mona),
            (given_away, mona, ben),
            (free, mona, None),
        ):
            for assignee in (first, second):
                Note.objects.create(sign_on=sign_on, author=ben, assignee=assignee, text="So.")
        rows = desk.get(QUEUE, {"assigned": "me"}).context["cl"].result_list
        assert [row.pk for row in rows] == [mine.pk]
        form = desk.get(sign_on_page(given_away)).context["note_form"]
        assert form["assignee"].value() == ben.pk

    def test_who_is_in_charge_can_change_without_a_word(self, desk: Client, ben: User) -> None:
        sign_on = make_sign_on()
        decide(desk, sign_on, "note", assignee=ben.pk)
        assert sign_on.notes.get().assignee == ben

    @pytest.mark.parametrize(
        "data", [{"text": "  "}, {"text": "x" * 2001}, {"text": "x", "assignee": "9" * 30}]
    )
    def test_a_note_that_cannot_be_kept_is_given_back(
        self, desk: Client, data: dict[str, Any]
    ) -> None:
        sign_on = make_sign_on()
        response = decide(desk, sign_on, "note", **data)
        assert response.status_code == 400
        assert data["text"].strip() in response.content.decode()
        assert not Note.objects.exists()

    def test_only_moderators_can_be_in_charge(self, desk: Client) -> None:
        editor = make_staff("edda", permissions=["view_signon"])
        gone = make_staff("gone", is_active=False)
        for nobody in (editor, gone):
            assert decide(desk, make_sign_on(), "note", assignee=nobody.pk).status_code == 400

    def test_a_log_can_only_grow(self, mona: User) -> None:
        note = Note.objects.create(sign_on=make_sign_on(), author=mona, text="So.")
        with pytest.raises(TypeError):
            note.save()
        with pytest.raises(TypeError):
            Note.objects.update(text="Otherwise.")


class TestLooking:
    def test_who_opens_it_second_sees_who_has_it_open(self, desk: Client, ben: User) -> None:
        sign_on = make_sign_on()
        other = Client()
        other.force_login(ben)
        other.get(sign_on_page(sign_on))
        with time_machine.travel(timezone.now() + timedelta(minutes=2)):
            html = desk.get(sign_on_page(sign_on)).content.decode()
            assert "ben is looking at this (2 min)" in html
        assert "ben is looking" not in other.get(sign_on_page(sign_on)).content.decode()

    def test_who_went_on_or_stayed_away_looks_no_longer(self, desk: Client, ben: User) -> None:
        sign_on, following = make_sign_on(), make_sign_on()
        Presence.objects.arrive(sign_on, ben)
        assert b"is looking" in desk.get(sign_on_page(sign_on)).content
        Presence.objects.arrive(following, ben)
        assert b"is looking" not in desk.get(sign_on_page(sign_on)).content
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            assert b"is looking" not in desk.get(sign_on_page(following)).content

    def test_a_reload_refreshes_it_and_keeps_since_when(self, ben: User, mona: User) -> None:
        sign_on, now = make_sign_on(), timezone.now()
        for minutes in (0, 10, 20):
            with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
                Presence.objects.arrive(sign_on, ben)
        with time_machine.travel(now + timedelta(minutes=30), tick=False):
            [look] = Presence.objects.arrive(sign_on, mona)
        assert look.since == now

    def test_a_page_fetched_ahead_is_not_looked_at(self, desk: Client) -> None:
        desk.get(sign_on_page(make_sign_on()), headers={"X-Desk": "ahead"})
        desk.head(sign_on_page(make_sign_on()))
        assert not Presence.objects.exists()
