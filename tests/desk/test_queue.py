"""The queue of sign-ons, and what the first page says of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signatures import moments
from signatures.models import (
    SignOn,
)
from tests.desk.steps import QUEUE, sign_on_page
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


Status = SignOn.Status


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
        assert f'title="{moments.moment(sign_on.confirmed_at)}"' in html
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

    def test_it_finds_a_contact_by_the_whole_address(self, desk: Client) -> None:
        mine = make_sign_on(email="alice@waterwatch.example")
        make_sign_on(email="bob@waterwatch.example")

        def found(query: str) -> list[SignOn]:
            return [*desk.get(QUEUE, {"q": query}).context["cl"].result_list]

        assert found("Alice@WaterWatch.example") == [mine]
        assert found("alice@waterwatch.example water") == [mine]
        assert found("@waterwatch.example") == []

    def test_a_search_that_finds_nothing_does_not_say_that_all_is_done(self, desk: Client) -> None:
        make_sign_on(name="Water Watch", withhold_name=True)
        part = desk.get(QUEUE, {"q": "Water"}).content.decode()
        assert "Well done" not in part
        assert "are found when they are typed whole" in part
        assert "Water Watch" in desk.get(QUEUE, {"q": "water watch"}).content.decode()
        SignOn.objects.all().update(status=Status.WITHDRAWN)
        assert "Well done" in desk.get(QUEUE).content.decode()

    def test_somebody_without_permission_is_refused(self, client: Client) -> None:
        client.force_login(make_staff("ned", permissions=[]))
        assert client.get(QUEUE).status_code == 403


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

    def test_it_leads_to_the_oldest(self, desk: Client) -> None:
        address = "/admin/signatures/signon/desk/"
        assert desk.get(address).url == QUEUE  # type: ignore[attr-defined]
        make_sign_on(waiting=timedelta(hours=1))
        oldest = make_sign_on(waiting=timedelta(hours=3))
        assert address in desk.get("/admin/").content.decode()
        assert desk.get(address).url == sign_on_page(oldest)  # type: ignore[attr-defined]

    def test_it_says_nothing_to_who_may_not_know(self, client: Client) -> None:
        others = [one for one in DESK if "signon" not in one]
        client.force_login(make_staff("ed", permissions=others))
        make_sign_on()
        assert b"wait for review" not in client.get("/admin/").content
