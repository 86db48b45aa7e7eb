"""A text that was signed is changed in substance: who signed is asked whether they stand by it."""

import json
import re
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
    Signature,
    SignOn,
    SignOnEvent,
    TextVersion,
    reaffirming,
)
from signatures.models.history import IllegalTransition
from tests.factories import claim, make_letter, make_sign_on, make_signature, make_staff

pytestmark = pytest.mark.django_db

SUBSTANCE, CORRECTION = TextVersion.Kind.SUBSTANCE, TextVersion.Kind.CORRECTION
ASKED, REMINDED = OutgoingMail.Kind.REAFFIRM, OutgoingMail.Kind.REAFFIRM_SOON


@pytest.fixture
def letter() -> Letter:
    """A public letter, version 1 of whose text can be signed."""
    made = make_letter(status=Letter.Status.DRAFT, demands=["Open the wells."])
    made.publish()
    return made


@pytest.fixture
def mona() -> User:
    return make_staff("mona")


def change(
    letter: Letter, title: str = "Open letter on wells", kind: Any = SUBSTANCE
) -> TextVersion:
    """Change what it says, as an editor would."""
    letter.title = title
    letter.save()
    until = timezone.now() + timedelta(days=10) if kind == SUBSTANCE else None
    version = reaffirming.mark(letter, kind=kind, note="Now on wells.", reaffirm_by=until)
    Letter.objects.filter(pk=letter.pk).raise_revision()
    return version


def approved(letter: Letter, mona: User, **stated: Any) -> SignOn:
    sign_on = make_sign_on([letter], **stated)
    sign_on.approve(actor=mona)
    return sign_on


def page_of(sign_on: SignOn) -> str:
    return emails.private_path(sign_on)


def press(client: Client, sign_on: SignOn) -> Any:
    """Press the button of the private page, as it is shown now."""
    shown = client.get(page_of(sign_on)).content.decode()
    [texts] = re.findall(r'name="texts" value="([^"]+)"', shown)
    sent = {"action": "reaffirm", "texts": texts.replace("&quot;", '"')}
    return client.post(page_of(sign_on), sent, follow=True)


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


class TestAnswering:
    def test_the_private_page_shows_what_has_changed_and_asks(
        self, client: Client, letter: Letter, mona: User
    ) -> None:
        sign_on = approved(letter, mona)
        assert "stands by the new text" not in client.get(page_of(sign_on)).content.decode()
        change(letter)
        page = client.get(page_of(sign_on)).content.decode()
        assert "Our organisation stands by the new text" in page
        assert "<del>water</del><ins>wells</ins>" in page
        assert "Now on wells." in page

    def test_whoever_stands_by_it_signs_the_present_text(
        self, client: Client, letter: Letter, mona: User
    ) -> None:
        sign_on = approved(letter, mona)
        change(letter)
        before = Letter.objects.get()
        assert before.earlier_count == 1
        response = press(client, sign_on)
        assert "stands under the new text" in response.content.decode()
        assert Signature.objects.get().text_version == 2
        assert sign_on.letter_rows.get().text_version == 2
        after = Letter.objects.get()
        assert (after.earlier_count, after.revision) == (0, before.revision + 1)
        [line] = sign_on.events.filter(kind=SignOnEvent.Kind.REAFFIRM)
        assert line.actor is None
        assert not sign_on.mails.filter(kind=ASKED).exists()

    def test_repeating_it_is_harmless(self, letter: Letter, mona: User) -> None:
        sign_on = approved(letter, mona)
        change(letter)
        assert reaffirming.reaffirm(sign_on, letter.pk, shown=2)
        revision = Letter.objects.get().revision
        assert not reaffirming.reaffirm(sign_on, letter.pk, shown=2)
        assert Letter.objects.get().revision == revision
        assert sign_on.events.filter(kind=SignOnEvent.Kind.REAFFIRM).count() == 1

    def test_a_page_that_showed_an_older_text_changes_nothing(
        self, client: Client, letter: Letter, mona: User
    ) -> None:
        sign_on = approved(letter, mona)
        change(letter)
        change(letter, "On all wells")
        sent = {"action": "reaffirm", "texts": json.dumps({letter.pk: 2})}
        assert client.post(page_of(sign_on), sent).status_code == 302
        assert Signature.objects.get().text_version == 1
        assert Letter.objects.get().earlier_count == 1

    @pytest.mark.parametrize(
        "texts", ["", "x", "[]", '{"1":1e999}', '{"1":"x"}', '{"a":1}', '{"99999999":2}']
    )
    def test_nonsense_changes_nothing(
        self, client: Client, letter: Letter, mona: User, texts: str
    ) -> None:
        sign_on = approved(letter, mona)
        change(letter)
        sent = {"action": "reaffirm", "texts": texts}
        assert client.post(page_of(sign_on), sent).status_code == 302
        assert Signature.objects.get().text_version == 1

    def test_a_text_that_is_not_there_cannot_be_stood_by(self, letter: Letter, mona: User) -> None:
        sign_on = approved(letter, mona)
        change(letter)
        with pytest.raises(IllegalTransition):
            reaffirming.reaffirm(sign_on, letter.pk, shown=3)

    def test_a_correction_afterwards_is_stood_by_with_it(self, letter: Letter, mona: User) -> None:
        sign_on = approved(letter, mona)
        change(letter)
        change(letter, "On the wells", CORRECTION)
        assert reaffirming.reaffirm(sign_on, letter.pk, shown=2)
        assert Letter.objects.get().earlier_count == 0
        assert reaffirming.asked_of(sign_on) == []

    def test_another_claim_of_the_organisation_can_answer(self, letter: Letter, mona: User) -> None:
        approved(letter, mona)
        second = approved(letter, mona, email="bob@waterwatch.example")
        change(letter)
        assert reaffirming.reaffirm(second, letter.pk, shown=2)
        assert Signature.objects.get().text_version == 2

    def test_a_claim_that_waits_is_asked_and_listed_under_what_it_answered(
        self, letter: Letter, mona: User
    ) -> None:
        answers, silent = make_sign_on([letter]), make_sign_on([letter], name="River Watch")
        change(letter)
        assert reaffirming.reaffirm(answers, letter.pk, shown=2)
        for one in (answers, silent):
            one.approve(actor=mona)
        stand = dict(Signature.objects.values_list("name", "text_version"))
        assert stand == {"Water Watch": 2, "River Watch": 1}

    @pytest.mark.parametrize("step", ["reject", "withdraw"])
    def test_what_does_not_stand_is_not_asked(self, letter: Letter, mona: User, step: str) -> None:
        sign_on = make_sign_on([letter])
        if step == "reject":
            sign_on.reject(actor=mona, reason="no")
        else:
            sign_on.withdraw()
        change(letter)
        assert not sign_on.mails.filter(kind=ASKED).exists()
        with pytest.raises(IllegalTransition):
            reaffirming.reaffirm(sign_on, letter.pk, shown=2)

    def test_one_whose_name_is_withheld_answers_and_the_public_sees_nothing_of_it(
        self, letter: Letter, mona: User
    ) -> None:
        sign_on = approved(letter, mona, withhold_name=True)
        change(letter)
        before = Letter.objects.get()
        assert before.earlier_count == 0
        assert reaffirming.reaffirm(sign_on, letter.pk, shown=2)
        assert sign_on.letter_rows.get().text_version == 2
        after = Letter.objects.get()
        assert (after.revision, after.revised_at) == (before.revision, before.revised_at)

    def test_it_is_possible_while_the_letter_is_open_and_until_the_time_is_over(
        self, letter: Letter, mona: User
    ) -> None:
        sign_on = approved(letter, mona)
        change(letter)
        with time_machine.travel(timezone.now() + timedelta(days=11)):
            [asked] = reaffirming.asked_of(sign_on)
            assert asked.may_answer  # still open
        letter.close()
        assert reaffirming.asked_of(sign_on)[0].may_answer  # closed, but it is not too late
        with time_machine.travel(timezone.now() + timedelta(days=11)):
            assert not reaffirming.asked_of(sign_on)[0].may_answer
            with pytest.raises(IllegalTransition):
                reaffirming.reaffirm(sign_on, letter.pk, shown=2)
        assert Signature.objects.current().count() == 1  # nobody is removed

    def test_whoever_is_listed_anew_stands_under_what_that_claim_signed(
        self, letter: Letter, mona: User
    ) -> None:
        first = approved(letter, mona)
        second = approved(letter, mona, email="bob@waterwatch.example")
        change(letter)
        reaffirming.reaffirm(first, letter.pk, shown=2)
        first.reopen(actor=mona)
        assert second.letter_rows.get().signature is not None
        assert Signature.objects.get().text_version == 1
        first.approve(actor=mona)

    def test_who_is_listed_already_stands_under_what_a_later_claim_signed(
        self, letter: Letter, mona: User
    ) -> None:
        approved(letter, mona)
        change(letter)
        letter.refresh_from_db()
        approved(letter, mona, email="bob@waterwatch.example")
        assert Signature.objects.get().text_version == 2
        assert Letter.objects.get().earlier_count == 0


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


class TestOnPaper:
    @pytest.fixture
    def desk(self, client: Client, mona: User) -> Client:
        client.force_login(mona)
        return client

    def page(self, signature: Signature, step: str = "reaffirm") -> str:
        return f"/admin/signatures/signature/{signature.pk}/{step}/"

    def test_staff_say_so_for_whom_nobody_can_ask(self, desk: Client, letter: Letter) -> None:
        signature = make_signature(letter)
        change(letter)
        assert (
            "It stands by the new text" in desk.get(self.page(signature, "change")).content.decode()
        )
        sent = {"provenance": "Letter of 3 December, signed by the director", "shown": "2"}
        desk.post(self.page(signature), sent)
        signature.refresh_from_db()
        assert signature.text_version == 2
        assert Letter.objects.get().earlier_count == 0
        history = desk.get(self.page(signature, "history")).content.decode()
        assert "Letter of 3 December" in history

    def test_an_erased_claim_keeps_who_said_so(
        self, desk: Client, letter: Letter, mona: User
    ) -> None:
        sign_on = approved(letter, mona)
        SignOn.objects.filter(pk=sign_on.pk).erase()
        change(letter)
        signature = Signature.objects.get()
        desk.post(self.page(signature), {"provenance": "By telephone", "shown": "2"})
        line = sign_on.events.get(kind=SignOnEvent.Kind.REAFFIRM)
        assert line.actor == mona
        assert "By telephone" in line.reason
        assert sign_on.letter_rows.get().text_version == 2

    def test_a_contact_answers_for_themselves(
        self, desk: Client, letter: Letter, mona: User
    ) -> None:
        approved(letter, mona)
        change(letter)
        signature = Signature.objects.get()
        shown = desk.get(self.page(signature, "change")).content.decode()
        assert "It stands by the new text" not in shown
        desk.post(self.page(signature), {"provenance": "By telephone", "shown": "2"})
        signature.refresh_from_db()
        assert signature.text_version == 1

    @pytest.mark.parametrize(
        "sent",
        [
            {"shown": "2"},
            {"provenance": "x", "shown": "1"},
            {"provenance": "x", "shown": "9" * 30},
            {"provenance": "x"},
        ],
    )
    def test_what_is_missing_changes_nothing(
        self, desk: Client, letter: Letter, sent: dict[str, str]
    ) -> None:
        signature = make_signature(letter)
        change(letter)
        assert desk.post(self.page(signature), sent).status_code == 302
        signature.refresh_from_db()
        assert signature.text_version == 1

    def test_the_moderator_sees_which_text_was_signed(
        self, desk: Client, letter: Letter, mona: User
    ) -> None:
        sign_on = make_sign_on([letter])
        page = f"/admin/signatures/signon/{sign_on.pk}/change/"
        assert "of the text, which was changed" not in desk.get(page).content.decode()
        change(letter)
        assert "signed version 1 of the text, which was changed" in desk.get(page).content.decode()


class TestSigning:
    """The form and the mailed link sign what was shown, and nothing else."""

    def send(self, client: Client, letter: Letter, texts: str | None) -> Any:
        data = {**claim(), "letters": [letter.pk], "authorized": "on"}
        if texts is not None:
            data["texts"] = texts
        return client.post(f"/letters/{letter.slug}/sign/", data)

    def hidden(self, response: Any) -> str:
        return str(response.context["form"]["texts"].value())

    def test_the_form_remembers_what_it_showed(self, client: Client, letter: Letter) -> None:
        shown = client.get(f"/letters/{letter.slug}/sign/")
        change(letter, "Of water", CORRECTION)
        assert self.send(client, letter, self.hidden(shown)).status_code == 302
        assert SignOn.objects.get().letter_rows.get().text_version == 1

    def test_a_change_of_substance_meanwhile_is_told_and_nothing_is_lost(
        self, client: Client, letter: Letter
    ) -> None:
        shown = client.get(f"/letters/{letter.slug}/sign/")
        change(letter)
        response = self.send(client, letter, self.hidden(shown))
        page = response.content.decode()
        assert response.status_code == 400
        assert "was changed after you opened this form" in page
        assert f'<a href="/letters/{letter.slug}/" target="_blank">read it again</a>' in page
        assert 'value="Water Watch"' in page
        assert not SignOn.objects.exists()
        assert self.send(client, letter, self.hidden(response)).status_code == 302
        assert SignOn.objects.get().letter_rows.get().text_version == 2

    @pytest.mark.parametrize("texts", ['{"1":1e999}', '{"%s":2}' % ("9" * 40)])
    def test_nonsense_with_the_mailed_link_changes_nothing(
        self, client: Client, letter: Letter, texts: str
    ) -> None:
        sign_on = make_sign_on([letter], status=SignOn.Status.UNCONFIRMED)
        change(letter)
        sent = {"texts": texts}
        assert client.post(emails.confirm_path(sign_on), sent).status_code == 302
        sign_on.refresh_from_db()
        assert sign_on.status == SignOn.Status.UNCONFIRMED

    @pytest.mark.parametrize("texts", [None, "", "x", '{"1": 99}', "[1]", "[" * 9999])
    def test_what_says_nothing_signs_the_present_text(
        self, client: Client, letter: Letter, texts: str | None
    ) -> None:
        change(letter)
        assert self.send(client, letter, texts).status_code == 302
        assert SignOn.objects.get().letter_rows.get().text_version == 2

    def test_the_mailed_link_shows_what_has_changed_since_and_signs_that(
        self, client: Client, letter: Letter
    ) -> None:
        sign_on = make_sign_on([letter], status=SignOn.Status.UNCONFIRMED)
        address = emails.confirm_path(sign_on)
        before = client.get(address).content.decode()
        assert "Changed since you filled in the form" not in before
        change(letter)
        [old] = re.findall(r'name="texts" value="([^"]+)"', before)
        client.post(address, {"texts": old.replace("&quot;", '"')})
        assert SignOn.objects.get().status == SignOn.Status.UNCONFIRMED
        client.post(address)
        assert SignOn.objects.get().status == SignOn.Status.UNCONFIRMED
        now = client.get(address).content.decode()
        assert "Changed since you filled in the form" in now
        assert "<del>water</del><ins>wells</ins>" in now
        [texts] = re.findall(r'name="texts" value="([^"]+)"', now)
        client.post(address, {"texts": texts.replace("&quot;", '"')})
        sign_on.refresh_from_db()
        assert sign_on.status == SignOn.Status.PENDING
        assert sign_on.letter_rows.get().text_version == 2
