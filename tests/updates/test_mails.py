"""What an update looks like when it arrives, and what its headers tell mail programs."""

import re
from email import message_from_bytes
from email.message import Message
from email.policy import default as modern
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from signatures import markdown, updates
from signatures.emails import private_path
from signatures.models import Update, UpdateMail
from tests.factories import make_campaign, make_letter, make_update
from tests.languages.marked import Marked
from tests.updates.world import deliver, send, signed

pytestmark = pytest.mark.django_db


def arrived(update: Update, **stated: Any) -> EmailMultiAlternatives:
    """Send an update to one contact."""
    signed(list(update.letters()), **stated)
    send(update)
    [message] = deliver()
    return message


def html_of(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def raw(message: EmailMultiAlternatives) -> Message:
    return message_from_bytes(message.message().as_bytes(), policy=modern)


def test_it_is_said_in_html_and_in_readable_text() -> None:
    body = "## What *happened*\n\nIt was [handed over](https://court.example/x).\n\n- one\n- two"
    message = arrived(make_update(make_letter(), title="Delivered", body=body))
    text, html = str(message.body), html_of(message)
    assert message.subject == "Open Letters: Delivered"
    assert "What happened\n-------------" in text
    assert "It was handed over <https://court.example/x>." in text
    assert "- one\n- two" in text
    assert '<a href="https://court.example/x"' in html
    assert "<h3>What <em>happened</em></h3>" in html
    for part in (text, html):
        assert "http://127.0.0.1:8000/letters/a-letter/" in part
        assert "Open letter on water" in part
        assert "This is a test" not in part


def test_each_contact_reads_it_in_their_language() -> None:
    letter = make_letter()
    update = make_update(letter, title="Delivered", body="Handed over.")
    update.create_translation("ar", title="سُلّمت", body="سُلّمت **اليوم**.")
    update.create_translation("fr", title="Remise", body="")  # half a translation is none
    for language in ("en", "ar", "fr", "es"):
        signed([letter], language, language=language)
    send(update)
    by_address = {message.to[0].partition("@")[0]: message for message in deliver()}
    arabic, french = by_address["ar"], by_address["fr"]
    assert arabic.subject == "Open Letters: سُلّمت"
    assert arabic.extra_headers["Content-Language"] == "ar"
    assert "/ar/unsubscribe/" in str(arabic.body)
    page = Marked(html_of(arabic))
    assert page.texts["Open letter on water"] == ("en", "ltr")
    assert html_of(arabic).count('dir="rtl"') == 1
    assert re.search(r'<a [^>]*dir="ltr" href="http://[^"]+/ar/unsubscribe/', html_of(arabic))
    assert french.subject == "Open Letters: Delivered"
    assert french.extra_headers["Content-Language"] == "en, fr"
    assert Marked(html_of(french)).texts["Handed over."] == ("en", "ltr")
    assert "/fr/unsubscribe/" in str(french.body)
    assert by_address["en"].extra_headers["Content-Language"] == "en"


def test_mail_programs_find_a_way_out_and_what_it_is() -> None:
    message = arrived(make_update(make_letter()))
    headers = raw(message)
    link = re.fullmatch(
        r"<(http://127\.0\.0\.1:8000/unsubscribe/\S+/)>", headers["List-Unsubscribe"].strip()
    )
    assert link
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == "<a-letter.letters.127.0.0.1>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Precedence"] == "bulk"
    assert link[1] in str(message.body)
    assert link[1] in html_of(message)


def test_a_campaigns_mail_tells_nobody_of_letters_in_the_making() -> None:
    campaign = make_campaign()
    make_letter("public", campaign=campaign, title="To the court")
    make_letter("hidden", campaign=campaign, title="To the minister", status="private")
    message = arrived(make_update(campaign))
    text = str(message.body)
    assert "To the court\nhttp://127.0.0.1:8000/letters/public/" in text
    assert "To the minister" not in text + html_of(message)
    assert "/letters/hidden/" not in text + html_of(message)
    assert raw(message)["List-Id"] == "<a-campaign.campaigns.127.0.0.1>"


def test_an_answer_goes_to_the_address_of_a_letter_that_is_public() -> None:
    campaign = make_campaign()
    make_letter("draft", status="draft", campaign=campaign, contact_email="hidden@us.example")
    make_letter("silent", campaign=campaign)
    letter = make_letter(campaign=campaign, contact_email="water@us.example")
    signed([letter])
    send(make_update(campaign))
    [message] = deliver()
    assert message.reply_to == ["water@us.example"]


def test_a_letter_that_is_not_public_is_named_to_who_signed_it_and_not_linked_to() -> None:
    message = arrived(make_update(make_letter("hidden", title="To the minister", status="private")))
    assert "To the minister" in str(message.body)
    assert "/letters/hidden/" not in str(message.body) + html_of(message)


def test_an_update_that_is_passed_on_gives_nobody_the_private_link() -> None:
    letter = make_letter()
    sign_on = signed([letter])
    send(make_update(letter))
    [message] = deliver()
    assert private_path(sign_on).partition("/")[0] == ""
    assert "/sign-on/" not in str(message.body) + html_of(message)


@pytest.mark.parametrize(
    "hostile",
    [
        "Delivered\r\nBcc: all@contact.example",
        "Delivered\nSubject: other",
        "Delivered\u2028Bcc: all@contact.example",
        "Delivered\x0b\x00\x85Bcc: x@contact.example",
        "\u202eDelivered\u200b",
    ],
)
def test_no_subject_makes_another_header(hostile: str) -> None:
    message = arrived(make_update(make_letter(), title=hostile.replace("\x00", "")))
    headers = raw(message)
    assert headers["Bcc"] is None
    assert headers.get_all("Subject") == [message.subject]
    assert not set(message.subject) & set("\r\n\u2028\x0b\x85\u202e\u200b")
    assert "Delivered" in message.subject


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://tracker.example/p.png)",
        "[x](data:text/html,x)",
        "<style>*{display:none}</style>",
        "{{ unsubscribe }}{% load x %}",
    ],
)
def test_the_text_is_neither_markup_nor_a_template(hostile: str) -> None:
    html = html_of(arrived(make_update(make_letter(), body=hostile)))
    body = html.partition("<h1")[2].partition("<p style")[0]
    assert not re.search(r"<(script|img|style)|javascript:alert\(1\)\"|href=\"data", body)
    assert "/unsubscribe/" not in body


def test_a_language_that_the_site_gave_up_gets_the_original(settings: Settings) -> None:
    settings.LETTER_LANGUAGES = [*settings.LANGUAGES, ("fa", "Persian")]
    letter = make_letter()
    update = make_update(letter, title="Delivered")
    update.create_translation("fa", title="رسید", body="رسید.")
    message = arrived(update, language="fa")
    assert message.subject.endswith("رسید")
    assert message.extra_headers["Content-Language"] == "fa, en"
    settings.LETTER_LANGUAGES = settings.LANGUAGES
    mail = UpdateMail.objects.get()
    assert updates.compose(mail).subject.endswith("Delivered")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("One\ntwo\n\nthree", "One\ntwo\n\nthree"),
        ("# Big\n\ntext", "Big\n---\n\ntext"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("- a\n  - b\n- c", "- a\n\n  - b\n- c"),
        ("> said\n\nafter", "> said\n>\n\nafter"),
        ("<https://a.example>", "https://a.example"),
        ("[Ada](mailto:ada@a.example)", "Ada <ada@a.example>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("a\n\n---\n\nb `c` ~~d~~ **e**", "a\n\n* * *\n\nb c d e"),
        ("    code\n    more", "    code\n    more"),
        ("AT&amp;T \\*plain\\*", "AT&T *plain*"),
        ("", ""),
    ],
)
def test_markdown_reads_as_people_write_mails(text: str, told: str) -> None:
    assert markdown.plain(text) == told.strip()
