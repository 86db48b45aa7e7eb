"""Who is in danger reads on each page and in each mail what becomes of the name."""

from typing import Any

import pytest
from django.test import Client

from signatures import emails
from signatures.emails import private_path
from signatures.forms import CorrectionForm
from signatures.models import OutgoingMail, SignOn
from tests.factories import make_letter, make_sign_on, make_staff

pytestmark = pytest.mark.django_db

Kind = OutgoingMail.Kind


def counted(**stated: Any) -> SignOn:
    sign_on = make_sign_on([make_letter()], withhold_name=True, **stated)
    sign_on.approve(actor=make_staff("approver"))
    return sign_on


def shown(client: Client, sign_on: SignOn) -> str:
    return client.get(private_path(sign_on)).content.decode()


def test_erasing_and_withdrawing_says_that_it_is_no_longer_counted(client: Client) -> None:
    page = shown(client, counted())
    assert "Or have your organisation no longer counted, at once." in page
    assert "which another sign-on brought, stays" not in page


def test_what_is_held_does_not_call_the_name_public(client: Client) -> None:
    page = shown(client, counted())
    assert "no more is public than that it is counted" in page
    assert "are public once it is listed" not in page


def test_a_withdrawn_one_is_said_not_to_be_counted(client: Client) -> None:
    sign_on = counted()
    sign_on.withdraw()
    assert "Your organisation is not counted through this sign-on." in shown(client, sign_on)


@pytest.mark.parametrize("status", SignOn.Status.values)
def test_no_field_of_a_correction_is_marked_as_public(status: str) -> None:
    waits = status in {SignOn.Status.UNCONFIRMED, SignOn.Status.PENDING}
    for withheld in (True, False):
        form = CorrectionForm(names_too=True, country_too=waits, withheld=withheld)
        assert ("mark-public" in form.as_p()) is not withheld


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.CONFIRM, "Its name will not be published"),
        (Kind.RECEIVED, "its name will not be published"),
        (Kind.REOPENED, "for the time being it is not counted"),
        (Kind.WITHDRAWN, "The organisation is not counted through it any more."),
    ],
)
def test_mails_do_not_speak_of_a_list(kind: OutgoingMail.Kind, words: str) -> None:
    for withheld in (True, False):
        sign_on = make_sign_on([make_letter(f"letter-{withheld}")], withhold_name=withheld)
        sign_on.owe(kind)
        message = emails.compose(sign_on.mails.get(kind=kind))
        html, _type = message.alternatives[0]
        for text in (str(message.body), str(html)):
            assert (words in " ".join(text.split())) is withheld
