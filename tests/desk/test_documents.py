"""From a document to draft letters: handed in, corrected, saved."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from openletters.staff.roles import EDITOR
from signatures.models.imports import SignatoryImport
from signatures.models.letters import Campaign, Letter
from signatures.models.signatures import Signature
from tests.factories import make_member
from tests.letter_text.arabic import ARABIC
from tests.letter_text.english import ENGLISH

pytestmark = pytest.mark.django_db

BOTH = next(written for written in ENGLISH if len(written.letters) == 2)
NOTED = next(written for written in ENGLISH if "press@example.org" in written.text)


@pytest.fixture
def editor() -> Client:
    """Somebody who writes letters."""
    client = Client()
    client.force_login(make_member("editor", EDITOR))
    return client


def address() -> str:
    """Return where documents are handed in."""
    return reverse("admin:signatures_letter_from_document")


def hand_in(client: Client, **said: Any) -> Any:
    """Return the page that shows what was recognised."""
    return client.post(address(), {"language": "", "text": "", **said})


def fields(response: Any) -> dict[str, Any]:
    """Return what the page of corrections would send back unchanged."""
    correction = response.context["correction"]
    sent: dict[str, Any] = {
        "save": "1",
        "letters": len(correction.letters),
        "source": correction.source,
        "together-campaign": "",
        "together-new_campaign": "",
    }
    for form in correction.letters:
        management = form.addressees.management_form
        every = [*form, *management, *(field for one in form.addressees for field in one)]
        for field in every:
            value = field.value()
            if value is True:
                sent[field.html_name] = "on"
            elif value is not None and value is not False:
                sent[field.html_name] = value
    return sent


def test_a_pasted_letter_is_shown_and_nothing_is_stored(editor: Client) -> None:
    shown = hand_in(editor, text=ENGLISH[0].text)

    page = shown.content.decode()
    assert "H.E. Amina Wanjiru" in page
    assert "Publish the water levels" in page
    assert "Save as draft letters" in page
    assert not Letter.objects.exists()


def test_what_was_shown_is_saved_as_drafts_of_one_campaign(editor: Client) -> None:
    sent = fields(hand_in(editor, text=BOTH.text))
    sent |= {"letter-0-title": "To the Prime Minister", "letter-1-title": "To the mine"}

    editor.post(address(), sent | {"together-new_campaign": "Save the river"})

    first, second = Letter.objects.order_by("pk")
    campaign = Campaign.objects.get()
    assert str(campaign.title) == "Save the river"
    assert [first.campaign, second.campaign] == [campaign, campaign]
    assert [first.status, second.status] == [Letter.Status.DRAFT] * 2
    assert [str(one) for one in first.demands.all()] == ["stop the mine", "clean the river"]
    batch = SignatoryImport.objects.get()
    assert set(batch.letters.all()) == {first, second}
    assert batch.rows.count() == 3
    assert not Signature.objects.exists()


def test_addressees_are_saved_with_their_country(editor: Client) -> None:
    editor.post(address(), fields(hand_in(editor, text=ENGLISH[0].text)))

    addressee = Letter.objects.get().addressees.get()
    assert str(addressee.name) == "H.E. Amina Wanjiru"
    assert str(addressee.postal_address) == "P.O. Box 49720\nNairobi"
    assert addressee.country == "KE"


def test_an_arabic_letter_is_written_from_the_right_and_saved_in_arabic(editor: Client) -> None:
    shown = hand_in(editor, text=ARABIC[0].text)
    for name in ("title", "body", "addressees-0-position"):
        field = re.search(rf'<[^<>]*name="letter-0-{name}"[^<>]*>', shown.content.decode())
        assert field is not None
        assert 'dir="rtl" lang="ar"' in field[0]
    editor.post(address(), fields(shown))

    letter = Letter.objects.get()
    assert letter.language == "ar"
    assert str(letter.title) == "إعادة فتح مدارس الأغوار"


def test_what_was_not_understood_has_to_be_settled(editor: Client) -> None:
    sent = fields(hand_in(editor, text=NOTED.text))
    refused = editor.post(address(), sent)

    assert refused.status_code == 400
    assert "Contact: press@example.org" in refused.content.decode()
    assert not Letter.objects.exists()
    editor.post(address(), sent | {"letter-0-settled": "on"})
    assert Letter.objects.count() == 1


def test_a_mistake_is_told_beside_its_field_and_nothing_is_lost(editor: Client) -> None:
    sent = fields(hand_in(editor, text=ENGLISH[0].text))
    refused = editor.post(
        address(), sent | {"letter-0-title": "", "letter-0-closing": "long " * 50}
    )

    assert refused.status_code == 400
    letter = refused.context["correction"].letters[0]
    assert set(letter.errors) == {"title", "closing"}
    page = refused.content.decode()
    assert "H.E. Amina Wanjiru" in page
    assert "long long" in page
    assert not Letter.objects.exists()


def test_a_letter_can_be_left_out(editor: Client) -> None:
    sent = fields(hand_in(editor, text=BOTH.text))
    del sent["letter-0-include"]
    editor.post(address(), sent | {"letter-1-title": "To the mine"})

    assert [str(letter) for letter in Letter.objects.all()] == ["To the mine"]


def test_a_country_can_be_written_beside_a_name(editor: Client) -> None:
    sent = fields(hand_in(editor, text=ENGLISH[0].text))
    sent["letter-0-signatories"] = "Green Delta | Kenya\nTrue | False\n\n"
    editor.post(address(), sent)

    rows = SignatoryImport.objects.get().rows.order_by("line")
    assert [row.cells for row in rows] == [
        {"name": "Green Delta", "country": "KE"},
        {"name": "True | False"},
    ]


def test_a_file_is_read_in_the_language_that_was_chosen(editor: Client) -> None:
    file = SimpleUploadedFile("letter.txt", BOTH.text.encode())
    shown = hand_in(editor, file=file, language="fr")

    assert shown.context["correction"].source == "letter.txt"
    assert shown.context["correction"].letters[0]["language"].value() == "fr"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Paste the text, or choose a file."),
        ({"text": "Dear all", "file": b"Dear all"}, "both cannot be read at once"),
        ({"file": b"%PDF-1.7"}, "PDF"),
        ({"text": "word " * 170_000}, "too much"),
    ],
)
def test_what_cannot_be_read_is_told_in_words(
    editor: Client, said: dict[str, Any], told: str
) -> None:
    if "file" in said:
        said = said | {"file": SimpleUploadedFile("letter", said["file"])}
    refused = hand_in(editor, **said)

    assert refused.status_code == 400
    assert told in refused.content.decode()


@pytest.mark.parametrize("letters", ["", "-1", "99999999", "x", "0"])
def test_a_form_that_was_tampered_with_is_refused(editor: Client, letters: str) -> None:
    refused = editor.post(address(), {"save": "1", "letters": letters})

    assert refused.status_code == 400
    assert not Letter.objects.exists()


def test_the_list_of_letters_leads_there(editor: Client) -> None:
    page = editor.get(reverse("admin:signatures_letter_changelist")).content.decode()

    assert f'href="{address()}"' in page
