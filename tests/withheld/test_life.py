"""The whole life of a sign-on whose name is withheld: the name is told nowhere, the count exact."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from signatures.emails import confirm_path, private_path, send_next
from signatures.models import (
    KnownWord,
    Letter,
    Organization,
    OrganizationName,
    OutgoingMail,
    Signature,
    SignOn,
    SignOnEvent,
    SignOnLetter,
    WithheldSignature,
)
from tests.factories import make_campaign, make_letter, make_organization, make_signature
from tests.factories import make_staff as make_moderator
from tests.withheld.places import (
    LETTER,
    at_rest,
    copied,
    counts,
    exported,
    leaks,
    public_answers,
    secret_claim,
    tells,
)

pytestmark = pytest.mark.django_db

Check = Callable[[], None]


@pytest.fixture
def letter() -> Letter:
    campaign = make_campaign()
    letter = make_letter(campaign=campaign)
    make_letter(slug="another", campaign=campaign)
    make_signature(letter, "Water Watch")
    return letter


@pytest.fixture
def moderator() -> User:
    return make_moderator("mona")


@pytest.fixture
def nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Check:
    """Look for the name everywhere but on private pages; find it nowhere."""

    def check() -> None:
        assert leaks(public_answers()) == []
        assert leaks(copied(tmp_path / "copy")) == []
        assert leaks(exported()) == []
        assert leaks(at_rest()) == []
        assert not tells(caplog.text)
        while send_next():
            pass
        assert not any(tells(f"{one.message()}{one.body}") for one in mail.outbox)

    return check


def submit(**stated: object) -> SignOn:
    """Fill in the public form, with the box ticked."""
    letters = list(Letter.objects.values_list("pk", flat=True))
    form = secret_claim(letters=letters, authorized="on", withhold_name="on") | stated
    form = {name: value for name, value in form.items() if value != ""}
    answer = Client().post(f"{LETTER}sign/", form)
    assert answer.status_code == 302
    return SignOn.objects.get()


class TestLife:
    def test_its_name_is_told_nowhere_from_the_form_to_the_withdrawal(
        self, letter: Letter, moderator: User, nowhere: Check
    ) -> None:
        sign_on = submit()
        nowhere()
        assert counts() == {1}

        assert Client().post(confirm_path(sign_on)).status_code == 302
        nowhere()
        assert counts() == {1}

        sign_on.refresh_from_db()
        sign_on.approve(actor=moderator)
        nowhere()
        assert counts() == {2}
        assert Letter.objects.get(pk=letter.pk).withheld_count == 1

        sign_on.correct(name="Ykanariname Union", local_name="Ykanarilokal")
        nowhere()
        assert counts() == {2}

        sign_on.reopen(actor=moderator, reason="The Xkanari people called.")
        nowhere()
        assert counts() == {1}

        sign_on.approve(actor=moderator)
        nowhere()
        assert counts() == {2}

        sign_on.withdraw()
        nowhere()
        assert counts() == {1}
        assert not WithheldSignature.objects.exists()
        assert sign_on.events.count() == 7

    def test_an_approval_registers_and_teaches_nothing(
        self, letter: Letter, moderator: User
    ) -> None:
        known = list(OrganizationName.objects.values_list("name", flat=True))
        words = KnownWord.objects.count()
        sign_on = submit()
        sign_on.confirm()
        sign_on.approve(actor=moderator)
        assert list(OrganizationName.objects.values_list("name", flat=True)) == known
        assert KnownWord.objects.count() == words
        assert Organization.objects.count() == Signature.objects.count() == 1
        sign_on.refresh_from_db()
        assert (sign_on.organization, sign_on.key) == (None, "")
        assert SignOnLetter.objects.counted().count() == 2

    def test_what_is_public_of_it_tells_neither_when_nor_in_which_order(self) -> None:
        columns = {field.name for field in WithheldSignature._meta.concrete_fields}
        assert columns == {"id", "letter"}
        keys = [WithheldSignature().pk.version for _one in range(3)]
        assert keys == [4, 4, 4]

    def test_its_mails_say_how_it_counts(self, letter: Letter, moderator: User) -> None:
        sign_on = submit()
        sign_on.confirm()
        sign_on.approve(actor=moderator)
        while send_next():
            pass
        subjects = [one.subject for one in mail.outbox]
        assert "Open Letters: Your organisation is counted" in subjects
        assert all("whose names are withheld" in str(one.body) for one in mail.outbox)


class TestWithholdingLater:
    def listed(self, moderator: User) -> SignOn:
        sign_on = submit(withhold_name="")
        sign_on.confirm()
        sign_on.approve(actor=moderator)
        sign_on.refresh_from_db()
        return sign_on

    def test_the_contact_takes_the_name_off_everything_at_once(
        self, letter: Letter, moderator: User, nowhere: Check
    ) -> None:
        sign_on = self.listed(moderator)
        assert leaks(public_answers()) != []
        revision = Letter.objects.get(pk=letter.pk).revision
        while send_next():
            pass
        mail.outbox.clear()
        page = private_path(sign_on)
        assert Client().post(page, {"action": "withhold"}).status_code == 302
        nowhere()
        assert (counts(), counts("another")) == ({2}, {1})
        assert Letter.objects.get(pk=letter.pk).revision > revision
        assert Organization.objects.count() == 1
        assert SignOnEvent.objects.filter(kind="withhold", actor=None).count() == 1
        assert OutgoingMail.objects.filter(kind="withheld").count() == 1
        assert "Counted." in Client().get(page).content.decode()
        again = Client().post(page, {"action": "withhold"})
        assert again.status_code == 302
        assert SignOnEvent.objects.filter(kind="withhold").count() == 1

    def test_the_name_comes_back_only_through_staff(
        self, letter: Letter, moderator: User, nowhere: Check
    ) -> None:
        sign_on = self.listed(moderator)
        sign_on.withhold()
        Client().post(private_path(sign_on), {"action": "show"})
        sign_on.refresh_from_db()
        assert (sign_on.status, sign_on.withhold_name) == (SignOn.Status.PENDING, False)
        assert leaks(public_answers()) == []
        assert counts() == {2}
        sign_on.approve(actor=moderator)
        assert counts() == {2}
        assert not WithheldSignature.objects.exists()
        assert "Xkanariname Union" in Client().get(LETTER).content.decode()

    def test_declining_to_name_it_takes_it_out_of_the_count(
        self, letter: Letter, moderator: User
    ) -> None:
        sign_on = self.listed(moderator)
        sign_on.withhold()
        sign_on.ask_to_be_named()
        sign_on.reject(actor=moderator, reason="no")
        assert counts() == {1}

    def test_an_initiator_loses_its_place(self, letter: Letter, moderator: User) -> None:
        sign_on = self.listed(moderator)
        for signature in sign_on.brought():
            signature.relist(signature.name, signature.local_name, 1)
        sign_on.withhold()
        assert not Signature.objects.filter(position__isnull=False).exists()
        assert counts() == {2}

    def test_what_it_stands_under_through_others_stays(
        self, letter: Letter, moderator: User
    ) -> None:
        sign_on = self.listed(moderator)
        third = make_letter(slug="third")
        organization = sign_on.organization
        assert organization
        make_signature(third, organization)
        sign_on.withhold()
        assert Organization.objects.filter(pk=organization.pk).exists()
        assert Signature.objects.current().get(organization=organization).letter == third
        assert counts() == {2}

    def test_an_open_sign_on_beside_it_does_not_tell_the_name(
        self, letter: Letter, moderator: User, nowhere: Check
    ) -> None:
        sign_on = self.listed(moderator)
        form = secret_claim(email="bob@elsewhere.example")
        SignOn.objects.submit(Letter.objects.all(), **form)
        second = SignOn.objects.exclude(pk=sign_on.pk).get()
        second.confirm()
        second.approve(actor=moderator)
        assert not second.brought()
        while send_next():
            pass
        mail.outbox.clear()
        sign_on.withhold()
        second.refresh_from_db()
        assert second.withhold_name
        nowhere()
        assert counts() == {2}

    def test_whose_sign_on_brought_no_listing_cannot_withhold_it(
        self, letter: Letter, moderator: User
    ) -> None:
        make_signature(letter, make_organization("Xkanariname Union"))
        sign_on = submit(withhold_name="", letters=[letter.pk])
        sign_on.confirm()
        sign_on.approve(actor=moderator)
        sign_on.refresh_from_db()
        page = private_path(sign_on)
        assert "Withhold our name" not in Client().get(page).content.decode()
        Client().post(page, {"action": "withhold"})
        assert "Xkanariname Union" in Client().get(LETTER).content.decode()

    def test_asking_in_the_form_again_withholds_the_name(
        self, letter: Letter, moderator: User
    ) -> None:
        first = self.listed(moderator)
        form = secret_claim(withhold_name=True)
        SignOn.objects.submit(Letter.objects.all(), **form)
        again = SignOn.objects.exclude(pk=first.pk).get()
        assert "Xkanariname Union" in Client().get(LETTER).content.decode()
        assert again.confirm() == first
        assert "Xkanariname" not in Client().get(LETTER).content.decode()
        assert counts() == {2}
