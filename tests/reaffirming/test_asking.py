"""A text that was signed is changed in substance: who signed is asked whether they stand by it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail as mailbox
from django.test import Client
from django.utils import timezone

from signatures import emails, retention
from signatures.models import (
    Letter,
    OutgoingMail,
    SignOn,
    TextVersion,
    reaffirming,
)
from tests.factories import make_letter, make_sign_on
from tests.reaffirming.steps import ASKED, REMINDED, SUBSTANCE, approved, change, page_of

pytestmark = pytest.mark.django_db


def test_who_confirmed_at_the_moment_of_the_change_is_asked_by_the_worker(
    letter: Letter, mona: User
) -> None:
    change(letter)
    late = make_sign_on([letter])
    late.letter_rows.update(text_version=1)
    retention.ask_to_reaffirm()
    retention.ask_to_reaffirm()
    assert OutgoingMail.objects.filter(sign_on=late, kind=ASKED).count() == 1


def test_after_a_day_the_worker_asks_nobody(letter: Letter, mona: User) -> None:
    change(letter)
    late = make_sign_on([letter])
    late.letter_rows.update(text_version=1)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        retention.ask_to_reaffirm()
    assert not OutgoingMail.objects.filter(sign_on=late).exists()


def test_who_was_declined_and_stands_again_is_asked_by_the_worker(
    letter: Letter, mona: User
) -> None:
    late, other = make_sign_on([letter]), make_sign_on([letter], name="River Watch")
    late.reject(actor=mona, reason="no")
    change(letter)
    other.mails.filter(kind=ASKED).delete()  # long ago
    with time_machine.travel(timezone.now() + timedelta(days=5)):
        retention.ask_to_reaffirm()
        assert not OutgoingMail.objects.filter(kind=ASKED).exists()
        late.reopen(actor=mona)
        retention.ask_to_reaffirm()
        retention.ask_to_reaffirm()
        assert OutgoingMail.objects.get(kind=ASKED).sign_on == late


class TestAsking:
    def test_the_mail_says_what_has_changed_and_leads_to_the_page(
        self, letter: Letter, mona: User
    ) -> None:
        sign_on = approved(letter, mona)
        sign_on.mails.all().delete()
        version = change(letter)
        assert emails.send_next()
        [message] = mailbox.outbox
        assert "has changed" in message.subject
        for body in (message.body, message.alternatives[0][0]):  # type: ignore[attr-defined]
            assert "Now on wells." in body
            assert page_of(sign_on).split("/")[1] in body
            assert version.reaffirm_by
            assert f"{version.reaffirm_by:%Y}" in body

    def test_it_is_in_the_language_of_the_contact(self, letter: Letter, mona: User) -> None:
        sign_on = approved(letter, mona, language="fr")
        change(letter)
        message = emails.compose(sign_on.mails.get(kind=ASKED))
        assert message.extra_headers["Content-Language"] == "fr"

    def test_one_mail_asks_about_all_letters(self, letter: Letter, mona: User) -> None:
        other = make_letter("other", status=Letter.Status.DRAFT, title="On rain")
        other.publish()
        sign_on = make_sign_on([letter, other])
        sign_on.approve(actor=mona)
        change(letter)
        change(other, "On much rain")
        assert sign_on.mails.filter(kind=ASKED).count() == 1
        body = emails.compose(sign_on.mails.get(kind=ASKED)).body
        assert "Open letter on wells" in body
        assert "On much rain" in body

    @pytest.mark.parametrize("step", ["publish", "collect_privately"])
    def test_a_draft_asks_nobody_before_it_is_shown_again(
        self, letter: Letter, mona: User, step: str
    ) -> None:
        sign_on = approved(letter, mona)
        letter.unpublish()
        change(letter)
        assert not sign_on.mails.filter(kind=ASKED).exists()
        assert getattr(letter, step)()
        assert sign_on.mails.filter(kind=ASKED).count() == 1
        reaffirming.ask(letter)
        reaffirming.ask(letter)
        assert sign_on.mails.filter(kind=ASKED).count() == 1

    def test_a_draft_is_not_told_of_and_asked_about_once_it_is_shown(
        self, client: Client, letter: Letter, mona: User
    ) -> None:
        sign_on = approved(letter, mona)
        sign_on.mails.all().delete()
        change(letter)
        letter.unpublish()
        assert "Now on wells." not in client.get(page_of(sign_on)).content.decode()
        assert emails.send_next()
        assert mailbox.outbox == []
        letter.publish()
        assert emails.send_next()
        assert "Now on wells." in mailbox.outbox[0].body
        assert "Now on wells." in client.get(page_of(sign_on)).content.decode()

    def test_the_mailed_link_tells_of_no_draft(self, client: Client, letter: Letter) -> None:
        other = make_letter("other")
        sign_on = make_sign_on([letter, other], status=SignOn.Status.UNCONFIRMED)
        letter.unpublish()
        change(letter)
        page = client.get(emails.confirm_path(sign_on)).content.decode()
        assert "Confirm: we sign" in page
        assert "wells" not in page

    def test_a_mail_asks_nothing_to_which_an_answer_is_too_late(
        self, letter: Letter, mona: User
    ) -> None:
        other = make_letter("other", status=Letter.Status.DRAFT, title="On rain")
        other.publish()
        sign_on = make_sign_on([letter, other])
        sign_on.approve(actor=mona)
        change(other, "On much rain")
        other.close()
        sign_on.mails.all().delete()
        with time_machine.travel(timezone.now() + timedelta(days=11)):
            change(letter)
            body = emails.compose(sign_on.mails.get(kind=ASKED)).body
        assert "Open letter on wells" in body
        assert "On much rain" not in body

    def test_nobody_is_asked_when_it_is_too_late(self, letter: Letter, mona: User) -> None:
        sign_on = approved(letter, mona)
        letter.close()
        letter.title = "Open letter on wells"
        letter.save()
        TextVersion.objects.freeze(letter, kind=SUBSTANCE)
        retention.ask_to_reaffirm()
        assert not sign_on.mails.filter(kind=ASKED).exists()

    def test_what_was_changed_unmarked_is_asked_about_once_it_is_shown(
        self, letter: Letter, mona: User
    ) -> None:
        sign_on = approved(letter, mona)
        letter.unpublish()
        letter.opens_at = timezone.now() + timedelta(days=3)
        letter.title = "Open letter on wells"
        letter.save()
        letter.publish()
        assert sign_on.mails.filter(kind=ASKED).count() == 1
        letter.lift_embargo()
        assert sign_on.mails.filter(kind=ASKED).count() == 1

    def test_what_was_answered_meanwhile_is_not_sent(self, letter: Letter, mona: User) -> None:
        sign_on = approved(letter, mona)
        sign_on.mails.all().delete()
        change(letter)
        sign_on.letter_rows.update(text_version=2)
        assert emails.send_next()
        assert mailbox.outbox == []
        assert sign_on.mails.get().failed_at

    def test_erased_contacts_are_not_written_to(self, letter: Letter, mona: User) -> None:
        sign_on = approved(letter, mona)
        SignOn.objects.filter(pk=sign_on.pk).erase()
        change(letter)
        assert not sign_on.mails.filter(kind=ASKED).exists()

    def test_asking_takes_the_same_queries_for_many(
        self, letter: Letter, mona: User, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(30):
            make_sign_on([letter], name=f"Union {number}", email=f"a@{number}.example")
        with django_assert_max_num_queries(30):
            change(letter)
        assert OutgoingMail.objects.filter(kind=ASKED).count() == 30


class TestReminding:
    def test_who_has_not_answered_is_reminded_once(self, letter: Letter, mona: User) -> None:
        silent = approved(letter, mona)
        answered = approved(letter, mona, name="River Watch", email="b@river.example")
        change(letter)
        reaffirming.reaffirm(answered, letter.pk, shown=2)
        assert retention.remind_to_reaffirm() == 0
        with time_machine.travel(timezone.now() + timedelta(days=9)):
            assert retention.remind_to_reaffirm() == 1
            assert retention.remind_to_reaffirm() == 0
            mail = OutgoingMail.objects.get(kind=REMINDED)
            assert mail.sign_on == silent
            assert "has changed" in emails.compose(mail).body
        with time_machine.travel(timezone.now() + timedelta(days=9, hours=20)):
            assert retention.remind_to_reaffirm() == 0
        with time_machine.travel(timezone.now() + timedelta(days=11)):
            assert retention.remind_to_reaffirm() == 0

    def test_a_draft_reminds_nobody(self, letter: Letter, mona: User) -> None:
        approved(letter, mona)
        change(letter)
        letter.unpublish()
        with time_machine.travel(timezone.now() + timedelta(days=9)):
            assert retention.remind_to_reaffirm() == 0
