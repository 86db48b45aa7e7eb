"""Published under an embargo, a letter becomes public at one second, without anybody doing it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from signatures.models import Letter, SignOn
from tests.desk.steps import letter_form, letter_page, rows
from tests.factories import make_campaign, make_letter, make_link, make_signature, make_staff
from tests.private.steps import confirm, sign

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 29, 9, tzinfo=UTC)
OPENING = datetime(2026, 12, 4, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands, until it is moved."""
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(make_staff("edda", permissions=["view_letter", "change_letter"]))
    return client


def press(editor: Client, letter: Letter, step: str) -> str:
    address = f"/admin/signatures/letter/{letter.pk}/{step}/"
    return editor.post(address, follow=True).content.decode()


def test_what_publishing_would_do_is_said_beforehand(editor: Client) -> None:
    later = make_letter("later", status=Letter.Status.DRAFT, opens_at=OPENING)
    at_once = make_letter("at-once", status=Letter.Status.PRIVATE)
    page = editor.get(letter_page(later)).content.decode()
    assert "It stays under an embargo" in page
    assert "Publish it under this embargo" in page
    assert "Publish it now" not in page
    assert "After this, each change of the text has to be marked" in page
    press(editor, at_once, "stop_collecting")
    press(editor, at_once, "collect_privately")
    page = editor.get(letter_page(at_once)).content.decode()
    assert "Everybody can read the letter, and organisations can sign it." in page
    assert "Publish it now" in page
    assert "has to be marked" not in page  # it has to be already


def test_the_whole_private_phase(editor: Client, clock: time_machine.Traveller) -> None:
    known = make_letter("known", campaign=make_campaign())
    letter = make_letter(
        status=Letter.Status.DRAFT, campaign=known.campaign, opens_at=OPENING, title="On water"
    )
    stranger, ours = Client(), f"/letters/{letter.slug}/"
    press(editor, letter, "collect_privately")
    links = f"/admin/signatures/letter/{letter.pk}/links/"
    for name in ("the initiators", "a friend"):
        editor.post(links, {"name": name, "letters": [letter.pk], "for_initiators": "on"})
    kept, leaked = letter.secret_links.order_by("pk")

    sign_on = sign(stranger, kept, letter, name="Ant Watch")
    confirm(stranger, sign_on)
    sign_on.refresh_from_db()
    assert sign_on.status == SignOn.Status.PENDING
    sign_on.approve(actor=make_staff("mona"))
    signature = letter.signatures.get()
    assert (signature.name, signature.position) == ("Ant Watch", 1)
    assert "Ant Watch" in stranger.get(f"/private/{kept.token}/").content.decode()
    assert stranger.get(ours).status_code == 404

    token = leaked.token
    editor.post(links, {"revoke": leaked.pk})
    assert stranger.get(f"/private/{token}/").status_code == 404
    assert stranger.get(f"/private/{kept.token}/").status_code == 200

    said = press(editor, letter, "publish")
    assert "The public sees it from 4 December 2026" in said
    assert "under embargo" in said
    clock.move_to(OPENING - timedelta(seconds=1))
    home, campaign = stranger.get("/"), stranger.get("/campaigns/a-campaign/")
    assert stranger.get(ours).status_code == 404
    assert "On water" not in (home.content + campaign.content).decode()
    html = stranger.get(f"/private/{kept.token}/").content.decode()
    assert "until it is published on 4 December 2026" in html

    clock.move_to(OPENING)
    page = stranger.get(ours)
    assert page.status_code == 200
    assert "Ant Watch" in page.content.decode()
    for before in (home, campaign):
        after = stranger.get(before.wsgi_request.path)
        assert after["ETag"] != before["ETag"]
        assert "On water" in after.content.decode()
    assert stranger.get(f"/private/{kept.token}/")["Location"] == ours
    assert stranger.get("/letters/known/").content.decode().count("On water") == 1


def test_the_embargo_can_be_lifted_or_taken_back(editor: Client) -> None:
    letter = make_letter(status=Letter.Status.PRIVATE, opens_at=OPENING)
    press(editor, letter, "publish")
    press(editor, letter, "collect_privately")
    letter.refresh_from_db()
    assert letter.status == Letter.Status.PRIVATE
    press(editor, letter, "publish")
    assert Client().get("/letters/a-letter/").status_code == 404
    press(editor, letter, "lift_embargo")
    letter.refresh_from_db()
    assert letter.opens_at == START
    assert Client().get("/letters/a-letter/").status_code == 200
    assert not letter.lift_embargo()
    assert not letter.collect_privately()


def test_it_closes_at_one_second_as_well(clock: time_machine.Traveller) -> None:
    letter = make_letter(closes_at=OPENING)
    link = make_link(letter)
    make_signature(letter, "Ant Watch")
    clock.move_to(OPENING - timedelta(seconds=1))
    assert "Open for signature" in Client().get("/letters/a-letter/").content.decode()
    clock.move_to(OPENING)
    assert "Closed for signature" in Client().get("/letters/a-letter/").content.decode()
    assert Client().get(f"/private/{link.token}/").status_code == 302


class TestTimeZones:
    def typed(self, zone: str, day: str, time: str, letter: Letter) -> dict[str, object]:
        addressee = letter.addressees.get()
        row = {"id": addressee.pk, "order": 1, "kind": "to", "country": "", "position": "Minister"}
        return letter_form(
            slug=letter.slug,
            time_zone=zone,
            closes_at_0=day,
            closes_at_1=time,
            **rows("addressees", row, initial=1),
        )

    @pytest.mark.parametrize(
        ("zone", "hour", "told"),
        [
            ("Europe/Brussels", 17, "18:00 Brussels time"),
            ("Africa/Nairobi", 15, "18:00 Nairobi time"),
            ("UTC", 18, "18:00 UTC"),
        ],
    )
    def test_what_is_typed_is_meant_and_told_in_the_letters_own(
        self, editor: Client, zone: str, hour: int, told: str
    ) -> None:
        letter = make_letter(status=Letter.Status.DRAFT)
        data = self.typed(zone, "2026-12-04", "18:00", letter)
        assert editor.post(letter_page(letter), data).status_code == 302
        letter.refresh_from_db()
        assert letter.closes_at == datetime(2026, 12, 4, hour, tzinfo=UTC)
        html = editor.get(letter_page(letter)).content.decode()
        assert 'value="18:00:00"' in html
        letter.publish()
        page = Client().get(f"/letters/{letter.slug}/").content.decode()
        assert told in page.replace("\u00a0", " ")
        page = Client().get(f"/fr/letters/{letter.slug}/").content.decode()
        assert "18:00" in page

    @pytest.mark.parametrize(
        ("day", "told"),
        [
            ("2027-03-28", "The clocks go forward: in Brussels time they skip this time."),
            ("2026-10-25", "The clocks go back: in Brussels time this time comes twice."),
        ],
    )
    def test_what_the_clocks_skip_or_show_twice_is_refused_in_words(
        self, editor: Client, day: str, told: str
    ) -> None:
        letter = make_letter(status=Letter.Status.DRAFT)
        data = self.typed("Europe/Brussels", day, "02:30", letter)
        response = editor.post(letter_page(letter), data)
        assert response.status_code == 200
        html = response.content.decode()
        assert told in html
        assert f'value="{day}"' in html
        letter.refresh_from_db()
        assert letter.closes_at is None

    def test_days_are_counted_on_the_letters_own_calendar(
        self, clock: time_machine.Traveller
    ) -> None:
        closes_at = datetime(2026, 12, 4, 3, tzinfo=UTC)  # still the 3rd in New York
        letter = make_letter(closes_at=closes_at, time_zone="America/New_York")
        clock.move_to(datetime(2026, 12, 3, 12, tzinfo=UTC))
        assert letter.days_left() == 0
        letter.time_zone = "UTC"
        assert letter.days_left() == 1

    def test_a_public_letter_is_not_hidden_by_a_later_opening(self, editor: Client) -> None:
        letter = make_letter()
        data = self.typed("UTC", "", "", letter)
        data |= {"opens_at_0": "2026-12-24", "opens_at_1": "12:00"}
        response = editor.post(letter_page(letter), data)
        assert "The letter is public already." in response.content.decode()
        assert Client().get("/letters/a-letter/").status_code == 200
