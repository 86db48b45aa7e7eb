"""While a letter is collected privately, a stranger finds nothing that was not there before it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from signatures.mirror import Mirror
from signatures.models import Letter
from signatures.models.reaffirming import mark
from signatures.models.versions import TextVersion
from tests.factories import (
    make_campaign,
    make_letter,
    make_link,
    make_sign_on,
    make_signature,
    make_staff,
)
from tests.private.steps import confirm, mails_of, seen_by_strangers, sign

pytestmark = pytest.mark.django_db

TOLD = (b"secret-water", b"Letter that nobody knows", b"Hidden Waters", b"Initiating Union")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands, until it is moved."""
    with time_machine.travel(datetime(2026, 11, 29, 9, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def public() -> Letter:
    """A letter that everybody reads, of the campaign that gets another."""
    letter = make_letter("known", campaign=make_campaign(), title="The letter on rain")
    make_signature(letter, "Rain Watch")
    return letter


def hidden(public: Letter, **fields: object) -> Letter:
    return make_letter(
        "secret-water",
        status=Letter.Status.DRAFT,
        campaign=public.campaign,
        title="Letter that nobody knows",
        **fields,  # type: ignore[arg-type]
    )


def everything_happens_to(letter: Letter) -> None:
    """Collect a letter privately, with all that staff and initiators do about it."""
    letter.collect_privately()
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.CORRECTION)
    link = make_link(letter)
    stranger, staff = Client(), make_staff("mia")
    assert b"Letter that nobody knows" in stranger.get(f"/private/{link.token}/").content
    sign_on = sign(stranger, link, letter, name="Initiating Union", email="a@union.example")
    confirm(stranger, sign_on)
    sign_on.approve(actor=staff)
    assert letter.signatures.current().count() == 1
    make_signature(letter, "Hidden Waters")
    withheld = make_sign_on([letter], name="Unnamed", withhold_name=True)
    withheld.approve(actor=staff)
    Letter.objects.naming(letter).raise_revision()


@pytest.mark.parametrize("embargo", [False, True], ids=["collecting", "under an embargo"])
def test_every_public_address_answers_as_if_it_were_not_there(
    public: Letter, *, embargo: bool, clock: time_machine.Traveller
) -> None:
    before = seen_by_strangers("known", "secret-water")
    letter = hidden(public)
    clock.shift(timedelta(minutes=3))  # a change would have a later time, and so another page
    everything_happens_to(letter)
    if embargo:
        Letter.objects.filter(pk=letter.pk).update(opens_at=timezone.now() + timedelta(days=4))
        letter.refresh_from_db()
        letter.publish()
    after = seen_by_strangers("known", "secret-water")
    assert after == before
    for address, (_status, headers, body) in after.items():
        answer = body.replace(address.encode(), b"") + repr(headers).encode()
        own = address.partition("/letters/")[2].encode()
        answer = answer.replace(b"/letters/" + own, b"")  # of the page itself, in other languages
        assert not any(told in answer for told in TOLD), address


def test_it_looks_like_a_letter_that_never_was(public: Letter) -> None:
    everything_happens_to(hidden(public))
    for page in ("", "sign/", "sign/sent/", "count.json", "signatories.csv", "share.png"):
        there, nowhere = (
            Client().get(f"/letters/{slug}/{page}") for slug in ("secret-water", "no-such-one")
        )
        assert there.status_code == nowhere.status_code == 404
        body = nowhere.content.replace(b"no-such-one", b"secret-water")
        assert there.content == body
    posted = Client().post("/letters/secret-water/sign/", {"name": "Spy"})
    assert posted.status_code == 404


def test_the_form_of_its_campaign_takes_nothing_for_it(public: Letter) -> None:
    letter = hidden(public)
    letter.collect_privately()
    data = {"letters": [public.pk, letter.pk], "authorized": "on", "name": "Spy"}
    response = Client().post("/letters/known/sign/", data)
    assert response.status_code == 400
    nonsense = Client().post("/letters/known/sign/", data | {"letters": [public.pk, 999]})
    told = "A letter that you ticked can no longer be signed."
    assert told in response.content.decode()
    assert told in nonsense.content.decode()


def test_a_mirror_does_not_hold_it(public: Letter, tmp_path: Path) -> None:
    Mirror(tmp_path / "before").update()
    everything_happens_to(hidden(public))
    Mirror(tmp_path / "after").update()
    before, after = (
        {str(one.relative_to(root)): one.read_bytes() for one in root.rglob("*") if one.is_file()}
        for root in (tmp_path / "before", tmp_path / "after")
    )
    assert before == after


def test_no_mail_links_to_its_public_address(public: Letter) -> None:
    letter = hidden(public)
    everything_happens_to(letter)
    sign_on = letter.sign_ons.get(withhold_name=False)
    sign_on.withdraw()
    words = mails_of(sign_on)
    assert "Letter that nobody knows" in words
    assert "Not public yet" in words
    assert "secret-water" not in words
    letter.publish()
    assert "/letters/secret-water/" in mails_of(sign_on)


def test_once_public_it_is_named_by_its_campaign(public: Letter) -> None:
    letter = hidden(public)
    everything_happens_to(letter)
    tag = Client().get("/letters/known/")["ETag"]
    letter.publish()
    answer = Client().get("/letters/known/")
    assert answer["ETag"] != tag
    assert b"Letter that nobody knows" in answer.content
    assert b"Hidden Waters" in Client().get("/letters/secret-water/").content


@pytest.mark.parametrize(
    "address",
    [
        "/letters/secret-water/",
        "/letters/secret-water/versions/",
        "/letters/secret-water/feed.atom",
        "/api/v1/letters/secret-water/timeline",
        "/api/v1/letters/secret-water/versions",
        "/api/v1/letters/secret-water/versions/3",
    ],
)
def test_what_was_changed_in_private_stays_so(
    public: Letter, address: str, clock: time_machine.Traveller
) -> None:
    letter = hidden(public)
    letter.collect_privately()
    until = timezone.now() + timedelta(days=9)
    for number in (2, 3, 4):
        if number == 4:
            letter.publish()
        clock.shift(timedelta(minutes=1))
        letter.body = f"We write to you for the time {number}."
        letter.save()
        mark(letter, kind=TextVersion.Kind.SUBSTANCE, note=f"Note {number}.", reaffirm_by=until)
    told = Client().get(address).content.decode()
    assert not [said for said in ("time 2", "Note 2.", "Note 3.") if said in told]
    assert ("Note 4." in told) is not address.endswith("/3")


def test_a_text_that_only_those_with_a_link_could_read_is_not_handed_out(public: Letter) -> None:
    letter = hidden(public)
    letter.collect_privately()
    letter.body = "We write once more."
    letter.save()
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.SUBSTANCE, note="Milder.")
    letter.publish()
    versions = "/api/v1/letters/secret-water/versions"
    assert Client().get(f"{versions}/1").status_code == 404
    [told] = Client().get(versions).json()["versions"]
    assert (told["number"], told["kind"], told["note"]) == (2, "first", "")


@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "at its time"])
def test_when_it_was_written_and_signed_in_private_is_not_told(
    public: Letter, clock: time_machine.Traveller, *, by_hand: bool
) -> None:
    opening = timezone.now() + timedelta(days=4)
    letter = hidden(public, opens_at=None if by_hand else opening)
    everything_happens_to(letter)
    if not by_hand:
        letter.publish()
    clock.move_to(opening)
    if by_hand:
        letter.publish()
    page = "/letters/secret-water/"
    for address in (page, f"{page}count.json", f"/api/v1{page}count", f"/api/v1{page}versions"):
        told = Client().get(address).content.decode()
        assert "2026-12-03T09:00:00Z" in told, address
        assert "2026-11-29T" not in told, address
