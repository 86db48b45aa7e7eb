"""An update reaches exactly those who agreed to it, once, in their language."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from signatures import emails, retention, updates
from signatures.models import OutgoingMail, SignOn, Update, UpdateMail
from signatures.models.queued import LEASE
from signatures.models.updates import NotAsShown
from tests.factories import (
    make_campaign,
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_update,
)
from tests.retention.canaries import everything
from tests.updates.world import deliver, send, sender, signed

pytestmark = pytest.mark.django_db

State = UpdateMail.State


def recipients(update: Update) -> set[str]:
    return {one.email for one in update.contacts().values()}


def test_those_get_it_who_stand_under_the_letter_and_agreed() -> None:
    letter, other = make_letter(), make_letter("other")
    signed([letter], "Listed ones")
    signed([letter], "Withheld ones", withhold_name=True)
    signed([letter], "Silent ones", updates=False)
    signed([other], "Other ones")
    make_sign_on([letter], name="Waiting ones", updates=True)
    make_sign_on([letter], name="Fresh ones", status="unconfirmed", updates=True)
    make_sign_on([letter], name="Rejected", updates=True).reject(actor=sender(), reason="No")
    signed([letter], "Withdrawn ones").withdraw()
    struck = signed([letter], "Struck ones")
    for signature in struck.brought():
        signature.withdraw()
    erased = signed([letter], "Erased ones")
    SignOn.objects.filter(pk=erased.pk).erase()
    make_signature(letter, "Imported")
    assert recipients(make_update(letter)) == {"listed@contact.example", "withheld@contact.example"}


def test_who_was_listed_already_through_another_sign_on_gets_it_too() -> None:
    letter, known = make_letter(), make_organization("Water Watch")
    make_signature(letter, known)
    again = make_sign_on([letter], updates=True)
    again.approve(actor=sender(), organization=known)
    assert recipients(make_update(letter)) == {again.email}


def test_an_address_gets_an_update_of_a_campaign_once() -> None:
    campaign = make_campaign()
    letters = [make_letter(slug, campaign=campaign) for slug in ("one", "two")]
    signed(letters, "Both")
    signed(letters[:1], "First", email="Same@contact.example", language="en")
    signed(letters[1:], "Second", email="same@contact.example", language="fr")
    update = make_update(campaign)
    assert send(update)
    assert update.recipients == 2
    arrived = deliver()
    assert sorted(message.to[0] for message in arrived) == [
        "both@contact.example",
        "same@contact.example",
    ]
    assert update.mails.get(language="fr")  # as they signed last


def test_it_is_sent_once_for_ever() -> None:
    letter = make_letter()
    signed([letter])
    update = make_update(letter)
    assert send(update)
    assert not send(update)
    assert len(deliver()) == 1
    assert not send(update)
    update.refresh_from_db()
    assert (update.status, update.outcome) == ("sent", {"sent": 1})
    assert update.finished_at
    assert deliver() == []
    mail = update.mails.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        UpdateMail.objects.create(
            update=update, sign_on=mail.sign_on, recipient=mail.recipient, language="en"
        )


@pytest.mark.parametrize("change", ["text", "translation", "number", "nobody"])
def test_nothing_goes_out_that_was_not_shown(change: str) -> None:
    letter = make_letter()
    sign_on = signed([letter])
    update = make_update(letter)
    seen, number = update.fingerprint(), 1
    if change == "text":
        update.body = "Another text."
        update.save()
    elif change == "translation":
        update.create_translation("ar", title="ماء", body="ماء.")
    elif change == "number":
        number = 2
    else:
        sign_on.end_updates()
        number = 0
    with pytest.raises(NotAsShown):
        Update.objects.get().send(actor=sender(), seen=seen, number=number)
    assert not UpdateMail.objects.exists()


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("end_updates", UpdateMail.Skipped.ENDED),
        ("withdraw", UpdateMail.Skipped.WITHDRAWN),
        ("erase", UpdateMail.Skipped.ERASED),
        ("move", UpdateMail.Skipped.MOVED),
    ],
)
def test_who_leaves_before_their_mail_is_sent_does_not_get_it(step: str, why: str) -> None:
    letter = make_letter()
    sign_on = signed([letter])
    update = make_update(letter)
    send(update)
    if step == "erase":
        SignOn.objects.filter(pk=sign_on.pk).erase()
    elif step == "move":
        sign_on.request_new_email("new@contact.example")
        sign_on.confirm_new_email("new@contact.example")
    else:
        getattr(sign_on, step)()
    assert deliver() == []
    mail = update.mails.get()
    assert mail.skipped == why
    update.refresh_from_db()
    assert update.counts() == {"skipped": 1}
    assert update.status == Update.Status.SENT


def test_who_withdraws_one_of_two_sign_ons_still_gets_it() -> None:
    campaign = make_campaign()
    letters = [make_letter(slug, campaign=campaign) for slug in ("one", "two")]
    signed(letters[:1], "First", email="same@contact.example")
    last = signed(letters[1:], "Second", email="same@contact.example")
    send(make_update(campaign))
    last.withdraw()
    assert [message.to for message in deliver()] == [["same@contact.example"]]


def test_it_stops_and_goes_on() -> None:
    letter = make_letter()
    for number in range(3):
        signed([letter], f"Watch{number}")
    update = make_update(letter)
    send(update)
    assert updates.send_next()
    assert update.stop()
    assert not update.stop()
    assert deliver() == []
    assert update.counts() == {"sent": 1, "queued": 2}
    assert update.outcome == {"sent": 1, "queued": 2}
    assert update.resume()
    assert not update.resume()
    assert len(deliver()) == 2
    update.refresh_from_db()
    assert update.status == Update.Status.SENT
    assert not update.resume()


def test_a_stop_of_a_week_costs_no_mail_its_five_days(settings: Settings) -> None:
    letter = make_letter()
    signed([letter])
    update = make_update(letter)
    send(update)
    update.stop()
    settings.EMAIL_BACKEND = "tests.retention.test_schedule.Nowhere"
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        update.resume()
        deliver()
        assert update.counts() == {State.DEFERRED: 1}


def test_a_server_that_is_down_defers_and_in_the_end_gives_up(settings: Settings) -> None:
    letter = make_letter()
    signed([letter])
    update = make_update(letter)
    send(update)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.retention.test_schedule.Nowhere"
    deliver()
    assert update.counts() == {State.DEFERRED: 1}
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        settings.EMAIL_BACKEND = backend
        assert len(deliver()) == 1
    again = make_update(letter)
    send(again)
    settings.EMAIL_BACKEND = "tests.retention.test_schedule.Nowhere"
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        deliver()
    again.refresh_from_db()
    assert (again.status, again.outcome) == (Update.Status.SENT, {State.FAILED: 1})


def test_a_mail_whose_sender_died_goes_out_under_the_same_id() -> None:
    letter = make_letter()
    signed([letter])
    update = make_update(letter)
    send(update)
    taken = UpdateMail.objects.going_out().take_next()
    assert taken
    assert deliver() == []
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        [message] = deliver()
    assert message.extra_headers["Message-ID"] == f"<{taken.pk}@127.0.0.1>"


def test_what_the_last_sender_could_not_say_any_more_is_said_by_the_next() -> None:
    letter = make_letter()
    signed([letter])
    update = make_update(letter)
    send(update)
    mail = UpdateMail.objects.going_out().take_next()
    assert mail
    mail.mark_sent()
    assert deliver() == []
    update.refresh_from_db()
    assert update.status == Update.Status.SENT


def test_every_other_mail_goes_first(mailoutbox: list[Any]) -> None:
    """Ten thousand updates cost whoever signs now the time of one."""
    letter = make_letter()
    for number in range(5):
        signed([letter], f"Watch{number}")
    OutgoingMail.objects.all().delete()
    send(make_update(letter))
    real = updates.send_next
    confirmed: list[SignOn] = []

    def send_and_let_somebody_sign() -> bool:
        sent = real()
        if sent and len(confirmed) < 3:
            confirmed.append(make_sign_on([letter], email=f"c{len(confirmed)}@new.example"))
            OutgoingMail.objects.owe([(confirmed[-1], OutgoingMail.Kind.CONFIRM)])
        return sent

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "signatures.management.commands.send_mail.SENDERS",
            (emails.send_next, send_and_let_somebody_sign),
        )
        call_command("send_mail", once=True)
    order = ["new" if "new.example" in one.to[0] else "update" for one in mailoutbox]
    assert order == ["update", "new"] * 3 + ["update"] * 2


def test_no_more_go_out_in_a_minute_than_the_site_says(settings: Settings) -> None:
    settings.UPDATES_PER_MINUTE = 2
    letter = make_letter()
    for number in range(5):
        signed([letter], f"Watch{number}")
    send(make_update(letter))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for arrived in (2, 2, 1):
            assert len(deliver()) == arrived
            clock.shift(timedelta(seconds=61))


def test_many_are_owed_theirs_in_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    letter = make_letter()
    claims = [
        make_sign_on([letter], name=f"Watch {n}", email=f"w{n}@contact.example", updates=True)
        for n in range(120)
    ]
    SignOn.objects.approve(dict.fromkeys(claims), actor=sender())
    update = make_update(letter)
    # SQLite takes 999 values in a statement.
    with django_assert_max_num_queries(12):
        update.send(actor=sender(), seen=update.fingerprint(), number=120)
    assert update.mails.count() == 120


def test_nothing_of_the_text_and_no_address_rests_with_a_mail() -> None:
    letter = make_letter()
    signed([letter], email="carla@canary.example")
    update = make_update(letter, body="A text like no other.")
    send(update)
    [row] = UpdateMail.objects.values_list()
    assert "canary" not in str(row)
    assert "no other" not in str(row)
    deliver()
    assert everything().count("a text like no other") == 2  # the original, stored once, read twice


def test_mails_are_forgotten_and_what_came_of_them_is_not() -> None:
    letter = make_letter()
    sign_on = signed([letter])
    update = make_update(letter)
    send(update)
    deliver()
    SignOn.objects.filter(pk=sign_on.pk).erase()
    assert update.mails.get().recipient == ""
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        retention.tidy()
    assert not UpdateMail.objects.exists()
    update.refresh_from_db()
    assert update.counts() == {"sent": 1}


def test_what_is_being_sent_is_not_forgotten() -> None:
    letter = make_letter()
    signed([letter])
    send(make_update(letter))
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        retention.tidy()
        assert len(deliver()) == 1


@pytest.mark.parametrize("both", [True, False])
def test_an_update_is_about_one_thing(both: bool) -> None:
    campaign, letter = make_campaign(), make_letter()
    about = {"letter": letter, "campaign": campaign} if both else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Update.objects.create(author=sender(), title="x", body="y", **about)
