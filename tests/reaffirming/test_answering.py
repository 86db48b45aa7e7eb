"""A contact says on the private page whether the organisation stands by the new text."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from signatures.models import (
    Letter,
    Signature,
    SignOn,
    SignOnEvent,
    reaffirming,
)
from signatures.models.history import IllegalTransition
from tests.factories import make_sign_on, make_signature
from tests.reaffirming.steps import ASKED, CORRECTION, approved, change, page_of, press

pytestmark = pytest.mark.django_db


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
