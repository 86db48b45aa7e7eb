"""A stranger tries to have us write to somebody, or say something to them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from signatures.emails import compose, confirm_path, private_path, send_next
from signatures.models import Letter, OutgoingMail, SignOn
from signatures.models.extending import extend
from tests.factories import about, make_campaign, make_letter, make_staff
from tests.test_signing import entered

pytestmark = pytest.mark.django_db

VICTIM = "victim@home.example"
BAIT = "Free prizes at evil example"


def test_five_hundred_forms_cause_three_mails_over_all_letters(client: Client) -> None:
    """From many networks, in many spellings of one address, for many names and letters."""
    campaign = make_campaign()
    slugs = [f"letter-{number}" for number in range(5)]
    letters = [make_letter(slug=slug, campaign=campaign) for slug in slugs[:3]]
    letters += [make_letter(slug=slug) for slug in slugs[3:]]
    spellings = [
        VICTIM,
        VICTIM.upper(),
        "Victim@Home.Example",
        f" {VICTIM} ",
        "victim@HOME.example",
    ]
    for number in range(500):
        letter = letters[number % 5]
        form = entered(letter, name=f"Organisation {number}", email=spellings[number % 7 % 5])
        address = f"198.51.{number >> 8}.{number & 255}"
        response = client.post(f"/letters/{letter.slug}/sign/", form, REMOTE_ADDR=address)
        assert response.status_code == 302
    while send_next():
        pass
    assert len(mail.outbox) == 3
    assert {one.to[0].lower() for one in mail.outbox} == {VICTIM}


def test_other_ways_to_have_us_write_count_as_well(client: Client) -> None:
    make_letter()
    client.post("/letters/a-letter/sign/", entered(email="attacker@evil.example"))
    own = SignOn.objects.get()
    client.post(confirm_path(own))
    for number in range(5):
        form = {"action": "email", "new_email": VICTIM}
        client.post(private_path(own), form)
        client.post("/letters/a-letter/sign/", entered(email=VICTIM, name=f"Organisation {number}"))
    while send_next():
        pass
    assert len([one for one in mail.outbox if one.to == [VICTIM]]) == 3


def test_letters_that_are_extended_count_as_well(client: Client) -> None:
    """Staff extend them, but who is written to of it strangers have chosen."""
    closes_at = timezone.now() + timedelta(days=1)
    letters = [make_letter(f"letter-{number}", closes_at=closes_at) for number in range(3)]

    def sign(letter: Letter) -> None:
        client.post(f"/letters/{letter.slug}/sign/", entered(letter, email=VICTIM))

    for letter in letters[:2]:
        sign(letter)
    staff = make_staff()
    for days in (2, 3):
        for letter in letters:
            letter.refresh_from_db()
            extend(letter, closes_at + timedelta(days=days), note={}, actor=staff)
            while send_next():
                pass
    sign(letters[2])
    while send_next():
        pass
    assert len(mail.outbox) == 3
    assert "for longer" in mail.outbox[-1].body


def test_whoever_has_confirmed_is_told_of_every_extension(client: Client) -> None:
    closes_at = timezone.now() + timedelta(days=1)
    letter, staff = make_letter(closes_at=closes_at), make_staff()
    client.post("/letters/a-letter/sign/", entered(letter, email=VICTIM))
    SignOn.objects.get().confirm()
    for days in range(2, 7):
        letter.refresh_from_db()
        extend(letter, closes_at + timedelta(days=days), note={}, actor=staff)
        while send_next():
            pass
    assert len([one for one in mail.outbox if "for longer" in one.body]) == 5


@pytest.mark.parametrize("kind", OutgoingMail.Kind.values)
def test_no_word_of_a_stranger_stands_in_a_subject(client: Client, kind: str) -> None:
    make_letter()
    stated: dict[str, Any] = dict.fromkeys(
        ("name", "local_name", "contact_name", "contact_title"), BAIT
    )
    client.post("/letters/a-letter/sign/", entered(**stated, acronym="BAIT"))
    sign_on = SignOn.objects.get()
    sign_on.new_email = sign_on.former_email = sign_on.email
    subject = str(compose(about(sign_on, kind, note=BAIT)).subject)
    assert subject.strip()
    assert not re.search(r"prize|evil|bait", subject, re.IGNORECASE)
