"""Staff write an update, look at it, try it out on themselves, send it, watch and stop it."""

import re
from email import message_from_bytes
from email.policy import default as modern

import pytest
from django.core import mail as django_mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from openletters.staff import roles
from signatures import updates
from signatures.models import Update, UpdateMail
from tests.factories import PASSWORD, make_letter, make_member, make_update
from tests.staff.steps import give_app, log_in
from tests.updates.world import deliver, send, signed

pytestmark = pytest.mark.django_db

ADMIN = "/admin/signatures/update/"


def desk(role: str, name: str = "dora") -> Client:
    """A browser in which somebody with a role has just logged in."""
    member, browser = make_member(name, role), Client()
    give_app(member)
    log_in(browser, member)
    return browser


def form(letter: object, **more: object) -> dict[str, object]:
    stated = {"letter": letter, "campaign": "", "language": "en", "title": "Delivered"}
    return stated | {"body": "Handed over."} | more


def page(update: Update, step: str = "change") -> str:
    return f"{ADMIN}{update.pk}/{step}/"


def confirmed(update: Update, number: object) -> dict[str, object]:
    return {"number": number, "seen": update.fingerprint()}


def test_an_editor_writes_it_and_a_moderator_sends_it() -> None:
    letter = make_letter()
    signed([letter], "One")
    signed([letter], "Two", language="ar")
    editor, moderator = desk(roles.EDITOR), desk(roles.MODERATOR, "max")
    assert editor.post(f"{ADMIN}add/", form(letter.pk)).status_code == 302
    update = Update.objects.get()
    assert update.author.username == "dora"
    assert "Moderators and administrators send it" in editor.get(page(update)).content.decode()
    translated = {f"update-{update.pk}-title": "سُلّمت", f"update-{update.pk}-body": "سُلّمت اليوم."}
    assert editor.post(page(update, "translate/ar"), translated).status_code == 302
    assert "complete" in editor.get(page(update)).content.decode()
    shown = moderator.get(page(update, "send")).content.decode()
    assert "<b>2</b> contacts get it" in shown
    assert "not translated" not in shown
    answer = moderator.post(page(update, "send"), confirmed(update, 2), follow=True)
    assert "It is being sent." in answer.content.decode()
    assert {message.subject for message in deliver()} == {
        "Open Letters: Delivered",
        "Open Letters: سُلّمت",
    }
    update.refresh_from_db()
    assert (update.status, update.sent_by.username) == ("sent", "max")


def test_it_is_about_a_letter_or_a_campaign_and_nothing_entered_is_lost() -> None:
    letter = make_letter()
    editor = desk(roles.EDITOR)
    html = editor.post(f"{ADMIN}add/", form("", title="Kept title")).content.decode()
    assert "Choose either a letter or a campaign." in html
    assert "Kept title" in html
    assert "Handed over." in html
    assert not Update.objects.exists()
    editor.post(f"{ADMIN}add/", form(letter.pk, title="Two\r\nlines\u202e"))
    assert Update.objects.get().title == "Two lines"


def test_a_draft_whose_letter_was_taken_away_is_shown_with_what_was_entered() -> None:
    editor = desk(roles.EDITOR)
    editor.post(f"{ADMIN}add/", form(make_letter().pk))
    html = editor.post(page(Update.objects.get()), form("", title="Kept title")).content.decode()
    assert "Choose either a letter or a campaign." in html
    assert "Kept title" in html


def test_who_gets_no_translation_is_counted_before_anything_is_sent() -> None:
    letter = make_letter()
    for name, language in (("One", "fr"), ("Two", "fr"), ("Three", "en")):
        signed([letter], name, language=language)
    html = desk(roles.MODERATOR).get(page(make_update(letter), "send")).content.decode()
    assert "<b>3</b> contacts get it" in html
    assert "2 contacts have no translation and get the text in English." in html


def test_the_preview_is_the_very_mail_in_every_language() -> None:
    letter = make_letter()
    update = make_update(letter, body="It *was* [said](https://a.example).")
    update.create_translation("ar", title="سُلّمت", body="سُلّمت **اليوم**.")
    browser = desk(roles.EDITOR)
    for language, told in (("en", "It <em>was</em>"), ("ar", "<strong>اليوم</strong>")):
        message = updates.preview(update, language)
        answer = browser.get(page(update, "preview"), {"language": language})
        html = answer.content.decode()
        assert answer.context["message"].body == message.body
        assert str(message.subject) in html
        assert told in html
        assert " style=" not in html
        file = browser.get(f"{ADMIN}{update.pk}/preview.eml", {"language": language})
        text = message_from_bytes(file.content, policy=modern).get_body(("plain",))
        assert text
        assert text.get_content().split() == str(message.body).split()
        assert file["Content-Type"] == "message/rfc822"
    assert (
        "no whole translation"
        in browser.get(page(update, "preview"), {"language": "fr"}).content.decode()
    )


def test_the_headings_of_a_mail_stand_below_those_of_its_preview() -> None:
    update = make_update(make_letter(), body="## What they said")
    shown = desk(roles.EDITOR).get(page(update, "preview")).content.decode()
    assert shown.count("<h1>") == 1
    assert "<h3>The letter was delivered</h3>" in shown
    assert "<h4>What they said</h4>" in shown


def test_a_test_goes_to_who_asks_for_it_alone_and_says_what_it_is() -> None:
    letter = make_letter()
    signed([letter])
    update, browser = make_update(letter), desk(roles.EDITOR)
    for _ in range(3):  # while it is on its way, once is enough
        browser.post(page(update, "test"), {"language": "ar"})
    [message] = deliver()
    assert message.to == ["dora@letters.example"]
    assert "تجربة" in message.subject
    assert "List-Unsubscribe" not in message.extra_headers
    assert "/unsubscribe/test/" in str(message.body)
    update.refresh_from_db()
    assert update.status == Update.Status.DRAFT
    assert update.counts() == {}
    browser.post(page(update, "test"), {"language": "ar"})
    assert len(deliver()) == 1


@pytest.mark.parametrize("wrong", ["", "2", "-1", "one", "9" * 30, "1e3"])
def test_the_number_has_to_be_typed(wrong: str) -> None:
    letter = make_letter()
    signed([letter])
    update, browser = make_update(letter), desk(roles.MODERATOR)
    answer = browser.post(page(update, "send"), confirmed(update, wrong))
    assert answer.status_code == 400
    assert not UpdateMail.objects.exists()
    assert "Nothing was sent." in answer.content.decode()


def test_a_text_that_was_changed_meanwhile_is_not_sent() -> None:
    letter = make_letter()
    signed([letter])
    update, browser = make_update(letter), desk(roles.MODERATOR)
    data = confirmed(update, 1)
    update.body = "Something else."
    update.save()
    answer = browser.post(page(update, "send"), data)
    assert "Somebody has changed the text meanwhile." in answer.content.decode()
    assert not UpdateMail.objects.exists()


def test_who_it_is_is_asked_again_and_the_form_is_carried_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = make_letter()
    signed([letter])
    update, browser = make_update(letter), desk(roles.MODERATOR)
    monkeypatch.setattr("openletters.staff.sessions.is_fresh", lambda _request: False)
    data = confirmed(update, 1)
    question = browser.post(page(update, "send"), data)
    assert question.status_code == 403
    assert not UpdateMail.objects.exists()
    browser.post(page(update, "send"), data | {"confirm_secret": "a guess"})
    assert not UpdateMail.objects.exists()
    browser.post(page(update, "send"), data | {"confirm_secret": PASSWORD})
    assert UpdateMail.objects.count() == 1


def test_sent_is_sent_nobody_writes_it_anew() -> None:
    letter = make_letter()
    signed([letter])
    update = make_update(letter)
    update.create_translation("ar", title="سُلّمت", body="سُلّمت.")
    send(update)
    browser = desk(roles.ADMINISTRATOR)
    other = form(letter.pk, title="Other", _continue="1")
    translated = {f"update-{update.pk}-title": "أخرى", f"update-{update.pk}-body": "أخرى."}
    for address, data in (
        (page(update), other),
        (page(update, "translate/ar"), translated),
        (f"{page(update)}delete-translation/ar/", {}),
        (page(update, "delete"), {"post": "yes"}),
    ):
        assert browser.post(address, data).status_code == 403
    kept = Update.objects.get()
    assert kept.told_in("ar")[0] == "سُلّمت"
    assert kept.told_in("en")[0] == "The letter was delivered"
    again = browser.post(page(update, "send"), confirmed(update, 1))
    assert again.status_code == 302
    assert UpdateMail.objects.count() == 1


def test_progress_is_seen_and_it_can_be_stopped_and_resumed() -> None:
    letter = make_letter()
    for name in ("One", "Two", "Three"):
        signed([letter], name)
    update, browser = make_update(letter), desk(roles.MODERATOR)
    send(update)
    updates.send_next()
    html = browser.get(page(update)).content.decode()
    assert re.search(r"<b>1</b> sent", html)
    assert re.search(r"<b>2</b> queued", html)
    assert "Stopped." in browser.post(page(update, "stop"), follow=True).content.decode()
    assert deliver() == []
    assert "Nothing was done" in browser.post(page(update, "stop"), follow=True).content.decode()
    browser.post(page(update, "resume"))
    assert len(deliver()) == 2


def test_moderators_see_who_got_it_without_addresses_and_editors_only_how_many() -> None:
    letter = make_letter()
    signed([letter], "Open Union", email="open@contact.example")
    hidden = signed([letter], "Hidden Union", email="hid@contact.example", withhold_name=True)
    update = make_update(letter)
    send(update)
    hidden.end_updates()
    deliver()
    rows = f"/admin/signatures/updatemail/?update={update.pk}"
    moderator, editor = desk(roles.MODERATOR), desk(roles.EDITOR, "eddi")
    html = moderator.get(rows).content.decode()
    assert "Open Union" in html
    assert "wants no updates any more" in html
    assert "contact.example" not in html
    assert editor.get(rows).status_code == 403
    for address in (page(update), page(update, "preview"), ADMIN):
        seen = editor.get(address).content.decode()
        for told in ("Open Union", "Hidden Union", "contact.example", "updatemail"):
            assert told not in seen


def test_the_list_of_those_who_got_it_takes_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    letter = make_letter()
    for number in range(12):
        signed([letter], f"Watch{number}")
    update, browser = make_update(letter), desk(roles.MODERATOR)
    send(update)
    browser.get("/admin/signatures/updatemail/")
    with django_assert_max_num_queries(14):
        browser.get(f"/admin/signatures/updatemail/?update={update.pk}&state=queued")
    with django_assert_max_num_queries(30):
        browser.get(page(update))


def test_nobody_to_tell_is_said_and_nothing_is_sent() -> None:
    update, browser = make_update(make_letter()), desk(roles.MODERATOR)
    assert "Nobody would get it" in browser.get(page(update, "send")).content.decode()
    assert browser.post(page(update, "send"), confirmed(update, 0)).status_code == 400
    assert browser.post(page(update, "send"), confirmed(update, 1)).status_code == 400
    assert django_mail.outbox == []
