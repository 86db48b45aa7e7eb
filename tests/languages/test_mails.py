"""An organisation signs in its language, and is written to in it."""

import csv
import io
import re

import pytest
from django.test import Client
from pytest_django import Settings

from signatures import emails
from signatures.models import Letter, OutgoingMail, SignOn
from tests.factories import claim, make_letter, make_signature
from tests.languages.marked import Marked

pytestmark = pytest.mark.django_db

AL_HAQ = "Al-Haq (Law in the Service of Mankind)"


def sign(client: Client, at: str, letter: Letter, **stated: str) -> OutgoingMail:
    entered = {"letters": [letter.pk], "authorized": "on"} | claim(**stated)
    response = client.post(f"{at}/letters/a-letter/sign/", entered)
    assert response["Location"] == f"{at}/letters/a-letter/sign/sent/"
    return OutgoingMail.objects.get()


def test_mails_come_in_the_language_in_which_was_signed(client: Client) -> None:
    letter = make_letter(title="Water", addressee="President")
    letter.create_translation("ar", title="ماء", body="ماء.")
    mail = sign(client, "/ar", letter, name=AL_HAQ, local_name="الحق")
    assert SignOn.objects.get().language == "ar"
    message = emails.compose(mail)
    text, html = str(message.body), str(message.alternatives[0][0])
    page = Marked(html)
    assert message.extra_headers["Content-Language"] == "ar"
    assert page.texts["ماء"] == ("ar", "rtl")
    assert page.texts["President"] == ("en", "ltr")
    links = re.findall(r"http://\S+?/(?:confirm|sign-on|letters)/", text + html)
    assert links
    assert all("/ar/" in link for link in links)
    assert f"\u2068{AL_HAQ}\u2069  \u2068الحق\u2069" in text
    assert "\u2068President\u2069" in text


def test_a_language_of_letters_is_kept_and_its_mails_are_in_the_sites(
    client: Client, settings: Settings
) -> None:
    settings.LETTER_LANGUAGES = [*settings.LANGUAGES, ("fa", "Persian")]
    letter = make_letter(title="Water")
    letter.create_translation("fa", title="آب", body="آب.")
    mail = sign(client, "/fa", letter)
    assert SignOn.objects.get().language == "fa"
    message = emails.compose(mail)
    text, page = str(message.body), Marked(str(message.alternatives[0][0]))
    assert message.extra_headers["Content-Language"] == "en"
    assert page.texts["آب"] == ("fa", "rtl")
    assert "/fa/confirm/" in text
    assert "/fa/letters/a-letter/" in text
    assert "\u2068آب\u2069" in text
    settings.LETTER_LANGUAGES = settings.LANGUAGES  # and when it is given up
    mail.refresh_from_db()
    text = str(emails.compose(mail).body)
    assert "/fa/" not in text
    assert "8000/confirm/" in text


def test_a_mail_in_one_direction_has_no_marks_of_direction(client: Client) -> None:
    text = str(emails.compose(sign(client, "", make_letter())).body)
    assert "Water Watch" in text
    assert not set(text) & set("\u2066\u2067\u2068\u2069\u200e\u200f")


def test_the_table_has_names_as_they_are(client: Client) -> None:
    make_signature(make_letter(), AL_HAQ, local_name="الحق")
    tables = {client.get(f"{at}/letters/a-letter/signatories.csv").content for at in ("", "/ar")}
    [table] = tables  # the same in every language
    [_head, row] = csv.reader(io.StringIO(table.decode("utf-8-sig")))
    assert row[1:3] == [AL_HAQ, "الحق"]
    page = client.get("/ar/letters/a-letter/signatories/").content.decode()
    assert f'<bdi>{AL_HAQ}</bdi> <bdi class="local">الحق</bdi>' in page
