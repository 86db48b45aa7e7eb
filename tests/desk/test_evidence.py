"""What a moderator sees of a sign-on before deciding."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from signatures.admin.offers import marked
from signatures.matching.verdicts import Label, Why
from signatures.models import Distinction, Note, SignOn
from tests.desk.conftest import Finds
from tests.desk.steps import decide, sign_on_page
from tests.factories import make_letter, make_organization, make_sign_on, make_signature

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


class TestChosenBeforehand:
    """The likely choice is made beforehand, and never carried out by itself."""

    @pytest.mark.parametrize(
        ("found", "chosen"),
        [
            ([], "new"),
            ([("different", "KE")], "new"),
            ([("same", "KE")], "first"),
            ([("same", "")], "first"),
            ([("same", "KE"), ("same", "GB"), ("related", "KE")], "first"),
            ([("same", "GB")], ""),
            ([("same", "KE"), ("same", "")], ""),
            ([("related", "KE")], ""),
        ],
    )
    def test_it_is_the_one_that_leaves_no_doubt(
        self, desk: Client, finds: Finds, found: list[tuple[str, str]], chosen: str
    ) -> None:
        known = [
            make_organization(f"Known {number}", country=country)
            for number, (_label, country) in enumerate(found)
        ]
        for organization, (label, _country) in zip(known, found, strict=True):
            finds(organization, Label(label))
        sign_on = make_sign_on(country="KE")

        form = desk.get(sign_on_page(sign_on)).context["forms"]["approve"]

        expected = str(known[0].pk) if chosen == "first" else chosen
        assert form["organization"].value() == expected
        sign_on.refresh_from_db()
        assert sign_on.status == SignOn.Status.PENDING

    def test_nothing_is_chosen_for_a_name_in_disguise(self, desk: Client) -> None:
        sign_on = make_sign_on(name="Аmnesty International")  # with a Cyrillic А
        response = desk.get(sign_on_page(sign_on))
        assert response.context["forms"]["approve"]["organization"].value() == ""
        assert "look-alike letters" in text(response)
        assert "<b>А</b>" in text(response)


class TestCandidates:
    def test_of_those_that_only_share_a_word_two_are_shown(
        self, desk: Client, finds: Finds
    ) -> None:
        for number in range(4):
            finds(make_organization(f"Water {number}"), Label.DIFFERENT)
        finds(make_organization("Watch"), Label.RELATED)
        offers = desk.get(sign_on_page(make_sign_on())).context["offers"]
        assert [str(offer.organization) for offer in offers] == ["Water 0", "Water 1", "Watch"]

    def test_two_that_it_may_equally_be_can_be_merged(self, desk: Client, finds: Finds) -> None:
        one, other = (
            make_organization("Water Watch"),
            make_organization("The Water-Watch!", country=""),
        )
        for each in (one, other):
            finds(each, Label.SAME)
        html = desk.get(sign_on_page(make_sign_on())).content.decode()
        assert f"/organization/{one.pk}/merge/?with={other.pk}" in html

    def test_each_says_why_and_what_it_signed(self, desk: Client, finds: Finds) -> None:
        known = make_organization("Water Watch Kenya", country="KE")
        letters = [make_letter(f"letter-{number}") for number in range(3)]
        for letter in letters:
            make_signature(letter, known, signed_on=date(2021, 5, 3))
        make_signature(make_letter("left"), known).withdraw()
        finds(known, Label.SAME, Why.ITS_ACRONYM)

        html = text(desk.get(sign_on_page(make_sign_on([letters[0], make_letter("new")]))))

        for words in (
            "<mark>Water Watch</mark> Kenya",
            '<span class="chip verdict same">same</span>',
            "Gaza is its acronym, same country",
            "signed 3 letters since 2021",
            "listed under 1 of these letters",
        ):
            assert words in html
        assert "Already signed: tell them</span>" not in html

    def test_the_button_says_when_there_is_nothing_left_to_sign(
        self, desk: Client, finds: Finds
    ) -> None:
        known, letter = make_organization(), make_letter()
        make_signature(letter, known)
        finds(known, Label.SAME)
        html = text(desk.get(sign_on_page(make_sign_on([letter]))))
        assert "<span>Already signed: tell them</span>" in html
        assert "listed under all these letters already" in html

    def test_a_related_one_offers_to_be_the_parent(self, desk: Client, finds: Finds) -> None:
        known = make_organization("Hydrology Group")
        finds(known, Label.RELATED, Why.BRANCH)
        html = text(desk.get(sign_on_page(make_sign_on(name="Hydrology Group Gaza"))))
        assert f'value="branch:{known.pk}"' in html
        assert "A new organisation, branch or member of this one" in html

    @pytest.mark.parametrize(
        ("email", "website", "words"),
        [
            ("new@known.example", "", "e-mail from its website’s domain"),
            ("new@mail.earlier.example", "", "e-mail domain as in an earlier sign-on"),
            ("old@earlier.example", "", "same address as in an earlier sign-on"),
            ("x@other.example", "https://www.known.example/about", "same website"),
            ("x@other.example", "", "another domain than earlier.example, known.example"),
            ("x@gmail.com", "", "another domain than earlier.example, known.example"),
        ],
    )
    def test_the_mail_domain_is_compared_with_all_that_is_known(
        self, desk: Client, mona: User, finds: Finds, email: str, website: str, words: str
    ) -> None:
        known = make_organization(website="https://known.example")
        earlier = make_sign_on(email="old@earlier.example", website="")
        earlier.approve(actor=mona, organization=known)
        finds(known, Label.SAME)
        sign_on = make_sign_on(name="Another name", email=email, website=website)
        assert words in text(desk.get(sign_on_page(sign_on)))

    def test_a_free_mail_domain_proves_nothing(
        self, desk: Client, mona: User, finds: Finds
    ) -> None:
        known = make_organization()
        make_sign_on(email="old@gmail.com", website="").approve(actor=mona, organization=known)
        finds(known, Label.SAME)
        html = text(desk.get(sign_on_page(make_sign_on(email="new@gmail.com", website=""))))
        assert "earlier sign-on" not in html
        assert "free-mail address" in html

    def test_neither_does_a_page_where_anybody_has_one(self, desk: Client, finds: Finds) -> None:
        finds(make_organization(website="https://www.facebook.com/waterwatch"), Label.SAME)
        sign_on = make_sign_on(website="https://facebook.com/water-fake", email="a@fake.example")
        [offer] = desk.get(sign_on_page(sign_on)).context["offers"]
        assert (offer.agreeing, offer.differing) == ((), "")


class TestTheClaim:
    @pytest.mark.parametrize(
        ("stated", "words"),
        [
            ({"email": "a@mailinator.com"}, "disposable address"),
            ({"email": "a@sub.mailinator.com"}, "disposable address"),
            ({"email": "a@gmail.com"}, "free-mail address"),
            ({"flags": ["hidden_field"]}, "filled in a hidden field"),
            ({"flags": ["hasty"]}, "sent within 3 seconds of opening the form"),
            ({}, "online form, no flags"),
            ({}, "no look-alike letters"),
        ],
    )
    def test_what_is_odd_about_it_is_said(
        self, desk: Client, stated: dict[str, Any], words: str
    ) -> None:
        assert words in text(desk.get(sign_on_page(make_sign_on(**stated))))

    def test_other_claims_of_the_same_organisation_are_shown(
        self, desk: Client, mona: User, finds: Finds
    ) -> None:
        known = make_organization("Water Watch")
        earlier = make_sign_on(name="Watch of Waters")
        earlier.approve(actor=mona, organization=known)
        finds(known, Label.SAME)
        response = desk.get(sign_on_page(make_sign_on(name="Water Watch")))
        assert list(response.context["others"]) == [earlier]


class TestTheLine:
    def test_it_shows_who_waits_around_the_present_one(self, desk: Client) -> None:
        line = [
            make_sign_on(name=f"Group {number:02}", waiting=timedelta(hours=60 - number))
            for number in range(40)
        ]
        response = desk.get(sign_on_page(line[20]))
        rows = response.context["rows"]
        assert [row.sign_on for row in rows] == line[14:45]
        assert [row.sign_on for row in rows if row.here] == [line[20]]
        assert response.context["number"] == 40
        html = text(response)
        assert f'href="{sign_on_page(line[19])}" rel="prev"' in html
        assert f'href="{sign_on_page(line[21])}" rel="next"' in html

    def test_those_that_came_at_the_same_moment_are_passed_once_each(self, desk: Client) -> None:
        line = [make_sign_on(name=f"Group {number}") for number in range(4)]
        SignOn.objects.update(confirmed_at=line[0].confirmed_at)
        for here, following in pairwise(line):
            assert desk.get(sign_on_page(here)).context["line"].next == following
            assert desk.get(sign_on_page(following)).context["line"].previous == here

    def test_one_that_is_decided_has_its_place_between_those_that_wait(
        self, desk: Client, mona: User
    ) -> None:
        before, decided, after = (
            make_sign_on(name=f"Group {hours}", waiting=timedelta(hours=hours))
            for hours in (9, 6, 3)
        )
        decided.reject(actor=mona, reason="No")
        response = desk.get(sign_on_page(decided))
        line = response.context["line"]
        assert (line.previous, line.next) == (before, after)
        assert [row.here for row in response.context["rows"]] == [False, False]

    def test_ages_are_coloured_by_the_service_level(self, desk: Client, settings: Settings) -> None:
        settings.MODERATION_SERVICE_LEVEL = 10
        young, soon, late = (
            make_sign_on(name=f"Group {minutes}", waiting=timedelta(minutes=minutes))
            for minutes in (449, 451, 601)
        )
        rows = {row.sign_on: str(row.age) for row in desk.get(sign_on_page(young)).context["rows"]}
        assert 'class="age"' in rows[young]
        assert 'class="age soon"' in rows[soon]
        assert 'class="age late"' in rows[late]

    def test_a_word_tells_what_is_special(self, desk: Client, mona: User, finds: Finds) -> None:
        here = make_sign_on(name="Here", waiting=timedelta(hours=9))
        odd = make_sign_on(name="Аmnesty", email="a@mailinator.com", flags=["hasty"])
        noted = make_sign_on(name="Noted")
        Note.objects.create(sign_on=noted, author=mona, assignee=mona, text="Wait.")
        known = make_organization("Known")
        finds(known, Label.RELATED)

        rows = desk.get(sign_on_page(here)).context["rows"]

        chips = {row.sign_on: [chip.text for chip in row.chips] for row in rows}
        assert chips[here] == ["maybe known"]
        assert chips[odd] == [
            "maybe known",
            "look-alike letters",
            "disposable address",
            "looks automatic",
        ]
        assert chips[noted] == ["maybe known", "with mona"]


def test_the_queries_grow_with_nothing(desk: Client, mona: User, finds: Finds) -> None:
    """However many wait, are known, were told apart, and have notes."""
    letters = [make_letter("one"), make_letter("two")]
    here = make_sign_on(letters, name="Here", waiting=timedelta(hours=1))

    def queries() -> int:
        desk.get(sign_on_page(here))  # writes down who looks
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(sign_on_page(here)).status_code == 200
        return len(captured)

    finds(make_organization("Known"), Label.SAME)
    Note.objects.create(sign_on=here, author=mona, text="One.")
    few = queries()
    for number in range(30):
        known = make_organization(f"Known {number}")
        make_signature(letters[0], known)
        finds(known, Label.RELATED)
        Distinction.objects.tell_apart(here, known, actor=mona)
        Note.objects.create(sign_on=here, author=mona, assignee=mona, text="More.")
        waiting = make_sign_on(letters, name=f"Group {number}", waiting=timedelta(hours=number))
        waiting.approve(actor=mona, organization=known)
        make_sign_on(letters, name=f"Other {number}", waiting=timedelta(minutes=number))
    decide(desk, make_sign_on(name="Decided"), "reject", reason="No", tell="silent")
    many = queries()
    # Two more look whether what Mona decided just now still holds.
    assert many - few <= 2
    assert many <= 40


@pytest.mark.parametrize(
    ("known_as", "shown"),
    [
        (
            "ECCP - European Coordination of Committees",
            "ECCP - <mark>European Coordination of Committees</mark>",
        ),
        ("Committee for Palestine", "Committee <mark>for Palestine</mark>"),
        ("Society of the Blind", "Society of the Blind"),
        ("<b>Palestine</b>", "<mark>&lt;b&gt;Palestine&lt;/b&gt;</mark>"),
        ("Comités européens", "Comités européens"),
    ],
)
def test_the_words_that_two_names_share_are_marked(known_as: str, shown: str) -> None:
    claim = SignOn(name="European Coordination of Committees for the b Palestine b")
    assert marked(known_as, claim) == shown
