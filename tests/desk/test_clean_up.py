"""After an attack, a moderator clears away the fakes at once, having seen which."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from openletters.staff.models import StaffAct
from signatures.admin.clean_up import Criteria, ticket
from signatures.emails import confirm_path
from signatures.models import Letter, OutgoingMail, Signature, SignOn, SignOnEvent
from tests.factories import make_letter, make_sign_on, make_staff
from tests.test_signing import entered

pytestmark = pytest.mark.django_db

PAGE = "/admin/signatures/signon/clean-up/"
ALL = ("unconfirmed", "pending", "approved")
Status = SignOn.Status


@pytest.fixture
def letter() -> Letter:
    return make_letter(title="Open letter on water")


@pytest.fixture
def mona() -> User:
    return make_staff()


@pytest.fixture
def desk(mona: User) -> Client:
    client = Client()
    client.force_login(mona)
    return client


def preview(desk: Client, **criteria: Any) -> str:
    """Return the page of what is found."""
    return desk.get(PAGE, {"status": ALL} | criteria).content.decode()


def clear(desk: Client, html: str, reason: str = "an attack", **more: Any) -> Any:
    """Press the button of a page."""
    tickets = re.search(r'name="tickets" value="([^"]+)"', html)
    assert tickets
    return desk.post(PAGE, {"tickets": tickets[1], "reason": reason} | more)


def found(html: str) -> list[int]:
    """Return the numbers of the sign-ons that a page lists."""
    return [int(pk) for pk in re.findall(r'name="keep" value="(\d+)"', html)]


def test_it_asks_as_little_for_many_as_for_one(
    letter: Letter, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        make_sign_on([letter], name=f"Fake {number}", withhold_name=number % 2)
    criteria = Criteria({"country": "KE", "status": ["pending"]}, letters={})
    assert criteria.is_valid()
    with django_assert_num_queries(1):
        assert len({ticket(one) for one in criteria.find()}) == 30


def fakes(letter: Letter, mona: User) -> dict[str, SignOn]:
    """Store one of each state from the same domain."""
    made = {
        status: make_sign_on([letter], status=status, name=f"Fake {status}", email="f@fake.example")
        for status in ("unconfirmed", "pending")
    }
    made["approved"] = make_sign_on([letter], name="Fake approved", email="g@fake.example")
    made["approved"].approve(actor=mona)
    return made


class TestWhatIsFound:
    def test_every_criterion_finds_what_it_says(self, desk: Client, letter: Letter) -> None:
        now = timezone.now()
        one = make_sign_on(
            [letter],
            name="Friends of the Lake",
            country="FR",
            email="x@mail.fake.example",
            client="a" * 32,
            flags=["hasty"],
            waiting=timedelta(days=2),
        )
        make_sign_on([make_letter(slug="other")], name="Water Watch", client="b" * 32)
        twin = make_sign_on([letter], client="a" * 32, name="Another")
        local = timezone.localtime(now - timedelta(days=1))
        criteria: list[tuple[dict[str, Any], list[int]]] = [
            ({"like": one.pk}, [one.pk, twin.pk]),
            ({"domain": "fake.example"}, [one.pk]),
            ({"domain": "X@Fake.Example"}, [one.pk]),
            ({"domain": "ake.example"}, []),
            ({"name": "LAKE friends"}, [one.pk]),
            ({"country": "FR"}, [one.pk]),
            ({"flags": ["hasty", "rush"]}, [one.pk]),
            ({"until_0": f"{local:%Y-%m-%d}", "until_1": f"{local:%H:%M}"}, [one.pk]),
            ({"country": "KE", "letter": letter.pk}, [twin.pk]),
            ({"like": one.pk, "status": "unconfirmed"}, []),
        ]
        for stated, expected in criteria:
            assert found(preview(desk, **stated)) == expected, stated

    @pytest.mark.parametrize(
        ("stated", "told"),
        [
            ({}, "tells the fakes from the others"),
            ({"status": "pending"}, "tells the fakes from the others"),
            ({"like": "99"}, "no sign-on of this number"),
            ({"like": "9" * 30}, "no sign-on of this number"),
            ({"like": "x\u0661"}, "no sign-on of this number"),
            ({"name": "…"}, "at least one letter"),
            ({"since_0": "yesterday"}, "Enter a valid date"),
            ({"name": "a", "status": "withdrawn"}, "Select a valid choice"),
            ({"name": "a", "letter": "77"}, "Select a valid choice"),
        ],
    )
    def test_what_tells_nothing_is_a_mistake(
        self, desk: Client, letter: Letter, stated: dict[str, str], told: str
    ) -> None:
        make_sign_on([letter])
        response = desk.get(PAGE, {"status": ALL, "domain": "", **stated})
        assert response.status_code == 400
        assert told in response.content.decode()
        assert not found(response.content.decode())

    def test_a_sign_on_of_unknown_origin_finds_nobody(self, desk: Client, letter: Letter) -> None:
        """Else it would find everybody of whom nothing is known."""
        sign_on = make_sign_on([letter])
        assert "not known where" in preview(desk, like=sign_on.pk)

    def test_the_page_of_a_sign_on_leads_to_those_of_its_network(
        self, desk: Client, letter: Letter
    ) -> None:
        visitor = Client()
        for number in range(3):
            form = entered(name=f"Fake {number}", email=f"f{number}@a.example")
            visitor.post("/letters/a-letter/sign/", form, REMOTE_ADDR="203.0.113.9")
        visitor.post(
            "/letters/a-letter/sign/",
            entered(name="Real", email="r@b.example"),
            REMOTE_ADDR="203.0.113.10",
        )
        first = SignOn.objects.order_by("pk")[0]
        html = desk.get(reverse("admin:signatures_signon_change", args=[first.pk])).content.decode()
        assert "2 others from the same network on that day" in html
        [address] = re.findall(r'href="([^"]*clean-up[^"]*like[^"]*)"', html)
        listed = found(desk.get(address.replace("&amp;", "&")).content.decode())
        assert listed == list(
            SignOn.objects.filter(name__startswith="Fake")
            .values_list("pk", flat=True)
            .order_by("pk")
        )


class TestThePreview:
    def test_it_tells_of_those_that_are_counted_without_their_names(
        self, desk: Client, letter: Letter, mona: User
    ) -> None:
        def counted(name: str, email: str) -> SignOn:
            sign_on = make_sign_on([letter], name=name, email=email, withhold_name=True)
            sign_on.approve(actor=mona)
            return sign_on

        counted("Alone", "a@fake.example")
        counted("Asks for its name", "b@fake.example").ask_to_be_named()
        counted("Twice", "c@fake.example")
        counted("Twice", "real@real.example")  # takes the place of the other
        letter.refresh_from_db()
        assert letter.signatory_count == 3
        html = preview(desk, domain="fake.example")
        assert re.search(r"on water</bdi>: the public count goes from <b>3</b> to <b>1</b>", html)
        assert html.count("name withheld") == 2
        clear(desk, html)
        letter.refresh_from_db()
        assert letter.signatory_count == 1

    def test_it_tells_what_becomes_of_every_count_and_that_is_what_becomes(
        self, desk: Client, letter: Letter, mona: User
    ) -> None:
        other = make_letter(slug="other", title="Open letter on land")
        for number in range(4):
            email = f"f{number}@fake.example"
            make_sign_on(
                [letter, other][: 1 + number % 2], name=f"Fake {number}", email=email
            ).approve(actor=mona)
        # Of this one, a claim that stays has the same listing; it goes over to that one.
        make_sign_on([letter], name="Real", email="z@fake.example").approve(actor=mona)
        make_sign_on([letter], name="Real", email="real@real.example").approve(actor=mona)
        html = preview(desk, domain="fake.example")
        assert re.search(r"on water</bdi>: the public count goes from <b>5</b> to <b>1</b>", html)
        assert re.search(r"on land</bdi>: the public count goes from <b>2</b> to <b>0</b>", html)
        assert "5 sign-ons will be cleared away" in html
        before = Letter.objects.get(pk=letter.pk).revision
        assert clear(desk, html).status_code == 302
        letter.refresh_from_db()
        other.refresh_from_db()
        assert (letter.signatory_count, other.signatory_count) == (1, 0)
        assert [one.name for one in Signature.objects.current()] == ["Real"]
        assert letter.revision <= before + 2

    def test_it_changes_nothing_by_itself(self, desk: Client, letter: Letter, mona: User) -> None:
        made = fakes(letter, mona)
        for ask in (desk.get, desk.head):
            assert ask(PAGE, {"status": ALL, "domain": "fake.example"}).status_code == 200
        for status, one in made.items():
            one.refresh_from_db()
            assert one.status == status

    def test_it_says_when_it_cannot_take_all(
        self, desk: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from signatures.admin import clean_up

        monkeypatch.setattr(clean_up, "MOST", 3)
        monkeypatch.setattr(clean_up, "SHOWN", 2)
        for number in range(5):
            make_sign_on([letter], name=f"Fake {number}")
        html = preview(desk, name="fake")
        assert "At most 3 are cleared away at once" in html
        assert "and 1 more, which is not listed here" in html
        clear(desk, html)
        assert SignOn.objects.filter(status=Status.REJECTED).count() == 3


class TestClearing:
    def test_fakes_of_every_state_go_and_nobody_is_told(
        self, desk: Client, letter: Letter, mona: User
    ) -> None:
        made = fakes(letter, mona)
        made["unconfirmed"].owe(OutgoingMail.Kind.CONFIRM)
        bystander = make_sign_on([letter], name="Real", email="a@real.example")
        OutgoingMail.objects.filter(kind="listed").update(attempts=1)  # on its way already
        clear(desk, preview(desk, domain="fake.example"))
        for one in made.values():
            one.refresh_from_db()
            assert one.status == Status.REJECTED
            event = one.events.latest("pk")
            assert (event.reason, event.actor) == ("an attack", mona)
        act = StaffAct.objects.get(kind="cleaned_up")
        assert (act.actor, act.reason, act.about[:4]) == (mona, "an attack", "3 · ")
        bystander.refresh_from_db()
        assert bystander.status == Status.PENDING
        assert set(OutgoingMail.objects.values_list("kind", flat=True)) == {"listed"}
        assert not Signature.objects.current().exists()

    def test_undone_they_wait_for_what_they_waited_for(
        self, desk: Client, client: Client, letter: Letter, mona: User
    ) -> None:
        made = fakes(letter, mona)
        html = preview(desk, domain="fake.example")
        clear(desk, html)
        page = desk.get(reverse("admin:signatures_signon_batches")).content.decode()
        assert "Cleared away: 3 sign-ons" in page
        [batch] = set(
            SignOnEvent.objects.filter(batch__isnull=False).values_list("batch", flat=True)
        )
        undo = reverse("admin:signatures_signon_undo", args=[batch])
        assert desk.get(undo).content.decode().count("<li>") >= 3
        said = desk.post(undo, {"reason": ""}, follow=True).content.decode()
        assert "2 of 3 sign-ons wait for review again, the others for their" in said
        for one in made.values():
            one.refresh_from_db()
        assert made["unconfirmed"].status == Status.UNCONFIRMED
        assert made["pending"].status == made["approved"].status == Status.PENDING
        # Nobody had written to this one yet; and its link works.
        assert made["unconfirmed"].mails.get().kind == "confirm"
        assert client.post(confirm_path(made["unconfirmed"])).status_code == 302
        made["unconfirmed"].refresh_from_db()
        assert made["unconfirmed"].status == Status.PENDING

    def test_what_was_never_confirmed_cannot_come_into_the_queue_by_a_detour(
        self, letter: Letter, mona: User
    ) -> None:
        one = make_sign_on([letter], status=Status.UNCONFIRMED)
        SignOn.objects.clear_away([one], actor=mona, reason="", batch=one.public_id)
        one.refresh_from_db()
        one.reopen(actor=mona)
        assert one.status == Status.UNCONFIRMED

    def test_a_cleared_link_lists_nothing(
        self, desk: Client, client: Client, letter: Letter, mona: User
    ) -> None:
        one = fakes(letter, mona)["unconfirmed"]
        clear(desk, preview(desk, domain="fake.example"))
        client.post(confirm_path(one))
        one.refresh_from_db()
        assert one.status == Status.REJECTED

    def test_ticked_ones_are_kept(self, desk: Client, letter: Letter, mona: User) -> None:
        made = fakes(letter, mona)
        clear(desk, preview(desk, domain="fake.example"), keep=[made["approved"].pk])
        made["approved"].refresh_from_db()
        assert made["approved"].status == Status.APPROVED
        assert SignOn.objects.filter(status=Status.REJECTED).count() == 2

    def test_what_changed_or_came_meanwhile_is_left_alone_and_named(
        self, desk: Client, letter: Letter, mona: User
    ) -> None:
        made = fakes(letter, mona)
        html = preview(desk, domain="fake.example")
        made["pending"].approve(actor=mona)
        late = make_sign_on([letter], name="Fake late", email="h@fake.example")
        response = clear(desk, html)
        said = desk.get(response["Location"]).content.decode()
        assert "2 sign-ons cleared away" in said
        assert "because they have changed meanwhile: Fake pending" in said
        for one, status in ((made["pending"], Status.APPROVED), (late, Status.PENDING)):
            one.refresh_from_db()
            assert one.status == status

    def test_without_a_reason_nothing_is_done(
        self, desk: Client, letter: Letter, mona: User
    ) -> None:
        fakes(letter, mona)
        html = preview(desk, domain="fake.example")
        assert clear(desk, html, reason=" ").status_code == 400
        assert not SignOn.objects.filter(status=Status.REJECTED).exists()

    @pytest.mark.parametrize(
        "tickets", ["", "x", "1", "1.deadbeef", "9" * 40 + ".aa", "\x00.x", "-1.x", "1.x 1.y"]
    )
    def test_tickets_that_nobody_gave_out_do_nothing(
        self, desk: Client, letter: Letter, tickets: str
    ) -> None:
        make_sign_on([letter])
        response = desk.post(PAGE, {"tickets": tickets, "reason": "x", "keep": "\x00"})
        assert response.status_code in {302, 400}
        assert SignOn.objects.get().status == Status.PENDING

    def test_only_who_may_decide_may_clear(self, letter: Letter) -> None:
        client = Client()
        client.force_login(make_staff("vera", permissions=["view_signon"]))
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"tickets": "1.x", "reason": "x"}).status_code == 403
        assert client.put(PAGE).status_code == 405


def test_a_letter_in_a_rush_is_pointed_out_to_staff(desk: Client, letter: Letter) -> None:
    from signatures import throttling

    visitor = Client()
    assert "faster than organisations sign" not in desk.get("/admin/").content.decode()
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(timezone.now(), tick=False):
        patch.setattr(throttling, "PER_LETTER", 3)
        for number in range(4):
            form = entered(name=f"Fake {number}", email=f"f{number}@a.example")
            visitor.post("/letters/a-letter/sign/", form)
        assert "faster than organisations sign" in desk.get("/admin/").content.decode()
