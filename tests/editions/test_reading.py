"""Anybody reads what was delivered, and what became of the names since."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signatures.models import Addressee, Demand, Edition, Letter, Signature, TextVersion
from signatures.models.editions import EditionFile
from signatures.models.withholding import withhold_listings
from tests.editions.steps import delivered, delivered_in_arabic, page_of, signed_letter
from tests.factories import make_letter, make_organization, make_signature, make_staff

pytestmark = pytest.mark.django_db

LETTER = "/letters/a-letter/"


def get(address: str) -> str:
    return Client().get(address).content.decode()


def test_the_page_shows_what_was_delivered() -> None:
    edition = delivered(signed_letter())
    page = page_of(edition)
    assert edition.get_absolute_url() == f"{LETTER}editions/1/"
    for said in ("Edition 1", "President of the Assembly", "version 1", "Al-Haq", "Water Watch"):
        assert said in page
    assert edition.sha256[:4] + " " + edition.sha256[4:8] in page
    for name in ("signatories.csv", "edition.json"):
        assert Client().get(f"{LETTER}editions/1/{name}").status_code == 200


def text_of(edition: Edition, prefix: str = "") -> str:
    """Return the part of an edition's page that holds the letter's text."""
    page = get(prefix + edition.get_absolute_url())
    return page.partition('<div class="letter wording"')[2].partition("</details>")[0]


def test_the_letters_text_stands_on_it_as_it_was_delivered() -> None:
    letter = signed_letter(
        place="The Hague",
        salutation="Excellency,",
        body="We *write* to you.\n\n<script>alert(1)</script>",
        closing="Respectfully,",
        demands=["Open the wells & rivers."],
    )
    Addressee.objects.create(
        letter=letter, order=2, kind=Addressee.Kind.COPY, name="Ana Keller", country="CH"
    )
    edition = delivered(letter)
    Demand.objects.update(order=2)
    letter.body = "Something else."
    letter.save()
    Letter.objects.filter(pk=letter.pk).raise_revision()
    text = text_of(edition)
    said = (
        "The Hague, ",
        "<span>President of the Assembly</span>",
        "<h3>Open letter on water</h3>",
        "Excellency,",
        "<p>We <em>write</em> to you.</p>",
        "We ask you to",
        "<li>Open the wells &amp; rivers.</li>",
        "&lt;script&gt;alert(1)",
        "Respectfully,",
        "Copy to",
        "<bdi>Ana Keller</bdi>",
        "Switzerland",
    )
    places = [text.find(one) for one in said]
    assert -1 not in places
    assert places == sorted(places)
    assert "Something else." not in page_of(edition)


def test_the_text_is_in_the_readers_language_where_it_was_translated() -> None:
    letter = signed_letter(closing="Respectfully,")
    letter.create_translation("ar", title="ماء", body="نص عن الماء")
    edition = delivered(letter)
    arabic = text_of(edition, "/ar")
    assert "<h3>ماء</h3>" in arabic
    assert "نص عن الماء" in arabic
    assert '<p class="closing" lang="en" dir="ltr">Respectfully,</p>' in arabic
    french = text_of(edition, "/fr")
    assert french.startswith(' lang="en" dir="ltr">')
    assert "We write to you about water." in french


def test_its_times_are_those_of_the_letters_own_zone() -> None:
    with time_machine.travel(datetime(2026, 11, 29, 10, tzinfo=UTC), tick=False):
        edition = delivered(signed_letter(time_zone="Africa/Nairobi"))
    for address in (edition.get_absolute_url(), f"{LETTER}editions/"):
        assert "13:00 (Nairobi time)" in get(address)


def test_so_are_its_days() -> None:
    letter = signed_letter(time_zone="Pacific/Kiritimati", dated="2026-11-01")  # a day ahead
    with time_machine.travel(datetime(2026, 11, 29, 12, tzinfo=UTC), tick=False):
        edition = delivered(letter)
        Signature.objects.get(name="Water Watch").withdraw()
        Signature.objects.get(name="Rivers of Kenya").strike()
        pages = [get(LETTER), page_of(edition), get(f"{LETTER}signatories/")]
    assert "Delivered on 30 November 2026" in pages[0]
    assert '<time class="event-day" datetime="2026-11-30">30 November 2026</time>' in pages[0]
    assert "withdrew on 30 November 2026" in pages[1]
    assert "removed by the organisers on 30 November 2026" in pages[1]
    assert "as of 30 November 2026, 02:00 (Kiritimati time)" in pages[0]
    assert "As of 30 November 2026, 02:00 (Kiritimati time)" in pages[0]
    for page in pages:
        assert "29 November 2026" not in page


def test_its_text_leads_to_what_has_changed_where_the_public_can_read_that() -> None:
    letter = signed_letter(status=Letter.Status.DRAFT)
    letter.publish()
    first = delivered(letter)
    assert "/versions/" not in page_of(first)
    letter.refresh_from_db()  # its revision has moved on
    letter.title = "Open letter on wells"
    letter.save()
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.CORRECTION)
    second = delivered(letter)
    for edition, number in ((first, 1), (second, 2)):
        link = f'href="{LETTER}versions/#version-{number}"'
        assert link in page_of(edition)
        assert link in get(f"{LETTER}editions/")
    assert 'id="version-1"' in get(f"{LETTER}versions/")


def test_who_signed_an_earlier_text_is_marked_as_when_it_was_delivered() -> None:
    letter = signed_letter(status=Letter.Status.DRAFT)
    letter.publish()

    def change(title: str, kind: str) -> None:
        letter.refresh_from_db()
        letter.title = title
        letter.save()
        TextVersion.objects.freeze(letter, kind=TextVersion.Kind(kind))
        Letter.objects.filter(pk=letter.pk).raise_revision()

    first = delivered(letter)
    change("Open letter on wells", "substance")
    change("Open letter on the wells", "correction")
    make_signature(letter, "Latecomers")
    second = delivered(letter)
    change("Open letter on rivers", "substance")
    third = delivered(letter)
    mark = '<small class="version">signed version {}</small>'
    assert "signed version" not in page_of(first)
    assert f"<bdi>Al-Haq</bdi> {mark.format(1)}</li>" in page_of(second)
    assert "<bdi>Latecomers</bdi></li>" in page_of(second)
    assert page_of(second).count("signed version 1") == 3
    assert f"<bdi>Latecomers</bdi> {mark.format(3)}</li>" in page_of(third)


def test_it_stays_as_it_was_while_the_letter_goes_on() -> None:
    letter = signed_letter()
    edition = delivered(letter)
    letter.title = "Another title"
    letter.save()
    Signature.objects.get(name="Water Watch").relist("Water Watch International", "", None)
    make_signature(letter, "Latecomers")
    page = page_of(edition)
    assert "Open letter on water" in page
    assert "Another title" not in page
    assert "Water Watch International" not in page
    assert "Latecomers" not in page


def test_the_letter_says_that_it_was_delivered() -> None:
    letter = signed_letter()
    assert "Delivered on" not in get(LETTER)
    delivered(letter)
    for address in (LETTER, f"{LETTER}signatories/"):
        page = get(address)
        assert "Delivered on" in page
        assert f'href="{LETTER}editions/1/"' in page
        assert "after delivery" not in page


def test_later_names_are_marked_and_counted() -> None:
    letter = signed_letter()
    delivered(letter)
    make_signature(letter, "Latecomers")
    for address in (LETTER, f"{LETTER}signatories/"):
        page = get(address)
        assert '<bdi>Latecomers</bdi> <small class="later">after delivery</small>' in page
        assert "<bdi>Al-Haq</bdi></li>" in page
        assert "Signed after the delivery on" in page
        assert "4 signatories" in page
    delivered(letter)
    assert '<small class="later">' not in get(LETTER)
    assert "edition 2" in get(LETTER)
    assert "There is a newer one" in get(f"{LETTER}editions/1/")


def test_its_words_are_set_as_the_language_sets_them() -> None:
    letter = signed_letter()
    other = Addressee.objects.create(letter=letter, order=2, position="Prosecutor")
    delivered(letter)
    for language, comma, colon in (("ar", "\u200f?، ", ": "), ("fr", ", ", "\u00a0: ")):
        page = get(f"/{language}{LETTER}")
        assert re.search(f"</bdi>{comma}<bdi[^>]*>{other.position}</bdi>{colon}\n", page), language
    Signature.objects.get(name="Water Watch").withdraw()
    assert re.search("<bdi>Water Watch</bdi>\u200f?، ", get(f"/ar{LETTER}"))


def test_who_withdraws_before_the_delivery_vanishes() -> None:
    letter = signed_letter()
    Signature.objects.get(name="Water Watch").withdraw()
    edition = delivered(letter)
    assert "Water Watch" not in page_of(edition)
    assert "Water Watch" not in get(LETTER)


def test_who_withdraws_afterwards_is_told_of() -> None:
    letter = signed_letter()
    edition = delivered(letter)
    Signature.objects.get(name="Water Watch").withdraw()
    page = get(LETTER)
    assert "2 signatories" in page
    assert "<li><bdi>Water Watch</bdi>" not in page
    assert "Withdrawn after the delivery: <bdi>Water Watch</bdi>" in page
    page = page_of(edition)
    assert "3 signatories" in page
    assert '<bdi>Water Watch</bdi> <small class="since">withdrew on' in page
    assert delivered(letter).count == 2
    assert "Withdrawn after" not in get(LETTER)


def test_a_fake_that_is_struck_is_said_to_be_removed() -> None:
    edition = delivered(signed_letter())
    Signature.objects.get(name="Water Watch").strike()
    assert '<small class="since">removed by the organisers on' in page_of(edition)
    assert "Water Watch" not in get(LETTER)


def test_a_name_that_is_withheld_afterwards_is_told_nowhere() -> None:
    letter = signed_letter()
    edition = delivered(letter)
    organization = Signature.objects.get(name="Water Watch").organization
    withhold_listings(organization, actor=make_staff(), reason="asked by mail")
    addresses = ["", "edition.json", "signatories.csv"]
    answers = [Client().get(f"{LETTER}editions/1/{one}") for one in addresses]
    assert [answer.status_code for answer in answers] == [200, 200, 404]
    for answer in answers:
        assert b"Water Watch" not in answer.content
    page = answers[0].content.decode()
    assert "name withheld" in page
    assert "no longer handed out" in page
    assert edition.sha256[:4] in page
    told = answers[1].json()
    assert told["signatories"].count({"withheld": True}) == 1
    assert told["edition"]["count"] == 3
    assert EditionFile.objects.get(kind="csv").content is None


def test_what_is_unpublished_is_gone() -> None:
    letter = signed_letter()
    edition = delivered(letter)
    letter.unpublish()
    for one in ("", "edition.json", "signatories.csv"):
        assert Client().get(edition.get_absolute_url() + one).status_code == 404
    assert Client().get(f"{LETTER}editions/").status_code == 404


@pytest.mark.parametrize(
    "address", ["editions/", "editions/1/", "editions/99999999999/", "editions/1/edition.json"]
)
def test_there_is_no_page_of_what_was_never_delivered(address: str) -> None:
    signed_letter()
    assert Client().get(LETTER + address).status_code == 404


def test_all_editions_are_listed() -> None:
    letter = signed_letter()
    delivered(letter)
    delivered(letter)
    page = get(f"{LETTER}editions/")
    assert page.index("Edition 2") < page.index("Edition 1")


def test_an_addressee_that_is_gone_stays_named() -> None:
    letter = signed_letter()
    edition = delivered(letter)
    Addressee.objects.all().delete()
    Letter.objects.filter(pk=letter.pk).raise_revision()
    assert "President of the Assembly" in page_of(edition)


def test_a_long_list_costs_no_more_queries() -> None:
    asked = set()
    for number, slug in ((2, "short"), (40, "long")):
        letter = make_letter(slug)
        for one in range(number):
            make_signature(letter, make_organization(f"{slug} {one}"))
        edition = delivered(letter)
        make_signature(letter, f"{slug} late")
        pages = (edition.get_absolute_url(), f"/letters/{slug}/", f"/letters/{slug}/signatories/")
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                Client().get(page)
            asked.add((page.replace(slug, ""), len(queries)))
    assert len(asked) == len(pages)
    assert max(number for _page, number in asked) <= 16


def test_files_stand_at_one_address_in_every_language() -> None:
    edition = delivered(signed_letter())
    page = get(f"/ar{edition.get_absolute_url()}")
    assert f'href="{LETTER}editions/1/signatories.csv"' in page


def test_arabic_pages_have_arabic_commas() -> None:
    edition = delivered_in_arabic(signed_letter())
    page = get(f"/ar{edition.get_absolute_url()}")
    assert "PDF\u200f، العربية" in page
    assert "PDF, " not in page
