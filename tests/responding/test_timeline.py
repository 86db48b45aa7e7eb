"""What became of a letter stands on its page, on its campaign's, and is the same for programs."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from openletters.languages import read_in
from signatures import moments
from signatures.attachments import Attachment
from signatures.models import Addressee, Edition, Extension, Letter, TextVersion
from signatures.pages import timeline
from tests.factories import make_campaign, make_letter, make_signature, make_staff
from tests.responding.steps import correct, days_ago, old_letter, respond, say

pytestmark = pytest.mark.django_db

LETTER = "/letters/a-letter/"
CAMPAIGN = "/campaigns/a-campaign/"


def read(client: Client, address: str = LETTER) -> str:
    return client.get(address).content.decode()


def deliver(letter: Letter, *, at: datetime, count: int = 1) -> Edition:
    """Store an edition as a delivery does, as far as a timeline looks at it."""
    version = TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
    made = Edition.objects.create(
        letter=letter,
        number=letter.editions.count() + 1,
        version=version,
        delivered_at=at,
        count=count,
        withheld_count=0,
        content={},
        sha256="0" * 64,
    )
    made.delivered_to.set(letter.addressees.all())
    return made


def extend(letter: Letter, *, at: datetime) -> Extension:
    """Store an extension as if it had been made then."""
    return Extension.objects.create(
        letter=letter,
        closes_at=letter.closes_at or at + timedelta(days=9),
        note={"en": "More have asked for time."},
        actor=User.objects.first() or make_staff("edda"),
        created_at=at,
    )


def test_a_letter_to_which_nothing_happened_tells_nothing(client: Client) -> None:
    old_letter()
    assert "What became of this letter" not in read(client)


def test_everything_stands_in_its_order(client: Client) -> None:
    now = timezone.now()
    letter = old_letter(
        demands=["Stop the leak."],
        opens_at=now - timedelta(days=90),
        closes_at=now - timedelta(days=50),
    )
    deliver(letter, at=now - timedelta(days=40), count=1200)
    respond(letter, "acknowledged", dated=days_ago(30), texts={})
    respond(letter, "replied", dated=days_ago(20))
    respond(letter, "meeting", dated=days_ago(10), texts={})
    respond(letter, "follow_up", dated=days_ago(5), texts={})
    say(letter.demands.get(), "met", dated=days_ago(2))
    TextVersion.objects.create(
        letter=letter,
        number=2,
        kind=TextVersion.Kind.SUBSTANCE,
        content={},
        sha256="1" * 64,
        note="A fifth demand.",
        made_at=now - timedelta(days=60),
    )
    letter.text_version, letter.public_version = 2, 1
    letter.save()
    extend(letter, at=now - timedelta(days=55))
    told = [
        "Published",
        "The text was changed",
        f"Extended until {moments.moment_in(letter.closes_at, letter.time_zone)}",
        "Closed for signature",
        "Delivered with 1,200 signatories",
        "Receipt acknowledged",
        "Replied",
        "Meeting",
        "Followed up",
        "Demand 1: met",
    ]
    assert [event.title for event in timeline.events(letter)] == told
    page = read(client)
    page = page[page.index("What became of this letter") :]
    assert [page.index(f"<b>{title}</b>") for title in told] == sorted(
        page.index(f"<b>{title}</b>") for title in told
    )
    assert "A fifth demand." in page
    assert "More have asked for time." in page
    assert 'href="/letters/a-letter/versions/#version-2"' in page
    assert f'datetime="{days_ago(20):%Y-%m-%d}"' in page


def test_what_happened_on_one_day_stands_as_it_was_told() -> None:
    letter = old_letter(demands=["Stop the leak."])
    deliver(letter, at=timezone.now(), count=2)
    respond(letter, "replied", dated=timezone.localdate())
    say(letter.demands.get(), "met", dated=timezone.localdate())
    told = ["Delivered with 2 signatories", "Replied", "Demand 1: met"]
    assert [event.title for event in timeline.events(letter)] == told


def test_it_takes_the_same_queries_however_much_happened(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    campaign = make_campaign()
    letters = [old_letter(f"letter-{n}", campaign=campaign, demands=["Stop"]) for n in range(3)]
    with django_assert_num_queries(8):
        assert timeline.timelines(letters[:1])[letters[0].pk].events == []
    for letter in letters:
        for _time in range(4):
            respond(letter, texts={"en": "Thanks", "ar": "شكرا"})
            say(letter.demands.get())
            deliver(letter, at=timezone.now())
            extend(letter, at=timezone.now())
    read = list(Letter.objects.prefetch_related("translations"))
    with django_assert_num_queries(8):
        lines = timeline.timelines(read)
    assert {len(line.events) for line in lines.values()} == {16}


def test_a_delivery_is_told_once_and_not_stored_in_the_ledger() -> None:
    letter = old_letter()
    deliver(letter, at=timezone.now())
    [event] = timeline.events(letter)
    assert (event.kind, event.id, event.addressees) == (
        timeline.Kind.EDITION,
        "edition-1",
        ("President of the Assembly",),
    )
    assert not letter.responses.exists()


def test_events_keep_their_names_when_they_are_corrected() -> None:
    letter = old_letter(demands=["Stop"])
    made, note = respond(letter), say(letter.demands.get())
    before = {event.id for event in timeline.events(letter)}
    correct(made, texts={"en": "Another wording"}, dated=days_ago(1))
    say(note.demand, corrects=note, texts={"en": "Another wording"})
    assert {event.id for event in timeline.events(letter)} == before


def test_the_campaign_tells_of_its_published_letters(client: Client) -> None:
    campaign = make_campaign()
    for slug, status in (("one", "open"), ("two", "closed"), ("hidden", "private")):
        letter = old_letter(slug, campaign=campaign, status=status, title=f"On {slug}")
        respond(letter, texts={"en": f"Answer to {slug}"})
    page = read(client, CAMPAIGN)
    assert "What became of these letters" in page
    assert "Answer to one" in page
    assert "Answer to two" in page
    assert "hidden" not in page


def test_a_long_reply_has_a_page_of_its_own(client: Client) -> None:
    text = "We have read every word of your letter. " * 40
    made = respond(old_letter(), texts={"en": f"{text}\n\nThe end."})
    page = read(client)
    assert "The end." not in page
    assert f'href="{made.get_absolute_url()}"' in page
    whole = read(client, made.get_absolute_url())
    assert "<p>The end.</p>" in whole
    assert f"/letters/a-letter/#response-{made.entry}" in whole


def test_texts_are_shown_in_the_readers_language_or_else_in_the_letters(client: Client) -> None:
    letter = old_letter(demands=["Stop"])
    letter.create_translation("ar", title="ماء", body="نص")
    respond(letter, texts={"en": "Thank you.", "ar": "شكرا لكم"})
    respond(letter, "meeting", texts={"en": "At noon."})
    respond(letter, "meeting", texts={"fr": "À midi."})
    say(letter.demands.get(), texts={"ar": "تم"})
    page = read(client, f"/ar{LETTER}")
    assert "شكرا لكم" in page
    assert "Thank you." not in page
    assert '<div class="event-text" lang="en" dir="ltr"><p>At noon.</p></div>' in page
    assert '<div class="event-text" lang="fr" dir="ltr"><p>À midi.</p></div>' in page
    assert '<div class="event-text" lang="ar" dir="rtl"><p>تم</p></div>' in read(client)


def test_what_somebody_writes_is_text_and_no_markup(client: Client) -> None:
    letter = old_letter()
    respond(letter, texts={"en": "<script>alert(1)</script> [x](javascript:1)"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:1)" in read(client)


def test_sources_show_where_they_lead(client: Client) -> None:
    letter = old_letter(demands=["Stop"])
    respond(letter, source="https://news.example.org/reply?a=1")
    say(letter.demands.get(), source="https://records.example.org/vote")
    page = read(client)
    link = '<a href="https://news.example.org/reply?a=1" rel="noopener noreferrer nofollow">'
    assert link in page
    assert "<bdi>(records.example.org)</bdi>" in page


class TestFile:
    FILE = Attachment(b"%PDF-1.7 a reply %%EOF", "pdf")

    def test_it_is_a_download_that_can_do_nothing(self, client: Client) -> None:
        made = respond(old_letter(), attachment=self.FILE, dated=days_ago(3))
        assert f'href="{made.file_address}"' in read(client)
        response = client.get(made.file_address)
        assert response.content == self.FILE.content
        assert response["Content-Type"] == "application/pdf"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].endswith("; sandbox")
        day = f"{days_ago(3):%Y-%m-%d}"
        assert response["Content-Disposition"] == f'attachment; filename="replied-{day}.pdf"'

    def test_it_is_public_only_while_its_entry_is(self, client: Client) -> None:
        letter = old_letter()
        made = respond(letter, attachment=self.FILE)
        other = respond(letter, "meeting")
        elsewhere = made.file_address.replace(str(made.entry), str(other.entry))
        assert client.get(elsewhere).status_code == 404
        assert client.get(made.file_address).status_code == 200
        correct(made, public=False)
        assert client.get(made.file_address).status_code == 404

    def test_it_goes_with_the_letter(self, client: Client) -> None:
        letter = old_letter()
        made = respond(letter, attachment=self.FILE)
        letter.unpublish()
        for address in (made.file_address, made.get_absolute_url()):
            assert client.get(address).status_code == 404

    def test_nothing_is_handed_out_under_another_name(self, client: Client) -> None:
        made = respond(old_letter(), attachment=self.FILE)
        assert client.get(made.file_address.replace(".pdf", ".txt")).status_code == 404
        strange = made.file_address.replace(str(made.entry), str(uuid.uuid4()))
        assert client.get(strange).status_code == 404


def test_an_addressee_is_called_in_the_readers_language() -> None:
    letter = old_letter()
    addressee = Addressee.objects.get()
    addressee.create_translation("ar", position="رئيسة الجمعية")
    respond(letter, "meeting")
    with read_in("ar"):
        [event] = timeline.events(letter)
    assert event.addressees == ("رئيسة الجمعية",)
    assert event.addressees[0].language == "ar"


def test_a_signature_is_no_event() -> None:
    letter = make_letter(opens_at=datetime(2026, 1, 1, tzinfo=UTC))
    make_signature(letter)
    assert [event.kind for event in timeline.events(letter)] == ["published"]


class TestPublication:
    """When a letter became public is put down at that moment, unless a time was set for it."""

    NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)

    def published(self, letter: Letter) -> list[date | datetime]:
        """Return when the timeline says that a letter was published."""
        told = timeline.events(letter)
        return [event.at for event in told if event.kind == timeline.Kind.PUBLISHED]

    @pytest.mark.parametrize("opens_at", [None, NOW - timedelta(days=9)])
    def test_it_is_told_of_a_letter_that_was_collected_privately_before(
        self, opens_at: datetime | None
    ) -> None:
        letter = make_letter(status=Letter.Status.DRAFT, opens_at=opens_at)
        with time_machine.travel(self.NOW - timedelta(days=2), tick=False):
            letter.collect_privately()
        with time_machine.travel(self.NOW, tick=False):
            letter.publish()
            assert letter.is_open()
            assert self.published(letter) == [self.NOW]

    def test_an_embargo_ends_when_it_was_to_end_or_is_lifted(self) -> None:
        later = self.NOW + timedelta(days=3)
        kept, lifted = (
            make_letter(slug, status=Letter.Status.DRAFT, opens_at=later) for slug in ("a", "b")
        )
        with time_machine.travel(self.NOW - timedelta(days=1), tick=False):
            assert kept.publish()
            assert lifted.publish()
            assert self.published(kept) == []
        with time_machine.travel(self.NOW, tick=False):
            lifted.lift_embargo()
            assert self.published(lifted) == [self.NOW]
        with time_machine.travel(later, tick=False):
            assert self.published(kept) == [later]

    def test_it_stays_the_first_time(self) -> None:
        letter = make_letter(status=Letter.Status.DRAFT)
        with time_machine.travel(self.NOW, tick=False):
            letter.publish()
        with time_machine.travel(self.NOW + timedelta(days=5), tick=False):
            letter.unpublish()
            letter.publish()
            assert self.published(letter) == [self.NOW]

    def test_nothing_is_told_where_nobody_knows(self) -> None:
        letter = make_letter()  # published before that was put down
        TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
        assert self.published(letter) == []
        letter.unpublish()
        letter.publish()
        assert self.published(letter) == []


def test_what_was_changed_before_the_public_saw_it_is_not_told(client: Client) -> None:
    letter = make_letter(status=Letter.Status.DRAFT)
    letter.collect_privately()
    letter.title = "Open letter on wells"
    letter.save()
    made = TextVersion.objects.freeze(
        letter, kind=TextVersion.Kind.SUBSTANCE, note="Secret", reaffirm_by=timezone.now()
    )
    letter.publish()
    assert made.number == 2
    assert [event.kind for event in timeline.events(letter)] == ["published"]
    told = client.get("/api/v1/letters/a-letter/versions").json()
    [version] = told["versions"]
    assert (version["number"], version["kind"], version["note"]) == (2, "first", "")
    assert version["reaffirm_by"] is None
    assert client.get("/api/v1/letters/a-letter/versions/1").status_code == 404
    whole = client.get("/api/v1/letters/a-letter/versions/2")
    assert "Secret" not in whole.content.decode()


def test_french_sets_its_colon_apart(client: Client) -> None:
    letter = old_letter()
    respond(letter, "meeting", texts={})
    for address in (f"/fr{LETTER}", f"/fr{LETTER}feed.atom"):
        page = read(client, address)
        assert re.search(r"\u00a0: (<bdi[^>]*>)?President", page), address
