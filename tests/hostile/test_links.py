"""The links in mails: nobody forges one, and who only looks at one does nothing."""

import random
import string
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from signatures import tokens
from signatures.emails import confirm_path, private_path
from signatures.models import Letter, OutgoingMail, Signature, SignOn, SignOnEvent
from signatures.tokens import LIFETIMES, InvalidToken, Purpose
from tests.factories import make_letter, make_sign_on

BINDING = "alice@waterwatch.example"
SIGN_ON = uuid.UUID(int=7)
ALPHABET = string.ascii_letters + string.digits + "-_.:/%=+ é\u0660"


def mutations(token: str, number: int, seed: int) -> Iterator[str]:
    """Return other tokens than this one: changed, cut, lengthened, put together anew."""
    chance = random.Random(seed)  # noqa: S311  # the same ones every time
    other = tokens.make(Purpose.CONFIRM, uuid.UUID(int=8), BINDING).split(".")
    for _each in range(number):
        parts, at = token.split("."), chance.randrange(len(token))
        one = chance.choice(ALPHABET)
        made = chance.choice(
            [
                token[:at] + one + token[at + 1 :],
                token[:at] + one + token[at:],
                token[:at] + token[at + 1 :],
                token[:at],
                token[at:],
                token.swapcase(),
                ".".join([*parts[:2], other[2]]),
                ".".join([parts[0], other[1], parts[2][:at]]),
                ".".join([other[0], *parts[1:]]),
                ".".join(reversed(parts)),
                f"{token}{one}",
                f"{one}{token}",
                "".join(chance.choice(ALPHABET) for _place in range(at + 1)),
            ]
        )
        if made != token:
            yield made


def test_of_ten_thousand_forged_tokens_none_is_taken() -> None:
    tried = taken = 0
    for purpose in Purpose:
        token = tokens.make(purpose, SIGN_ON, BINDING)
        assert not tokens.read(purpose, token, BINDING).expired
        for forged in mutations(token, 4_000, seed=tried):
            tried += 1
            try:
                tokens.read(purpose, forged, BINDING)
                taken += 1
            except InvalidToken:
                pass
    assert tried > 10_000
    assert taken == 0


def test_no_purpose_address_or_future_date_is_taken_for_another() -> None:
    now = timezone.now()
    for made_for in Purpose:
        with time_machine.travel(now, tick=False):
            token = tokens.make(made_for, SIGN_ON, BINDING)
            for used_for in set(Purpose) - {made_for}:
                with pytest.raises(InvalidToken):
                    tokens.read(used_for, token, BINDING)
            with pytest.raises(InvalidToken):
                tokens.read(made_for, token, f"x{BINDING}")
        for minutes in range(2, 60 * 24, 7):
            with (
                time_machine.travel(now - timedelta(minutes=minutes), tick=False),
                pytest.raises(InvalidToken),
            ):
                tokens.read(made_for, token, BINDING)
        lifetime = LIFETIMES[made_for]
        endless = lifetime == timedelta.max
        later = timedelta(days=365 * 100) if endless else lifetime + timedelta(seconds=2)
        with time_machine.travel(now + later, tick=False):
            assert tokens.read(made_for, token, BINDING).expired is not endless


@pytest.mark.django_db
def test_every_forged_link_gets_one_and_the_same_answer() -> None:
    sign_on, client = make_sign_on([make_letter()], status=SignOn.Status.UNCONFIRMED), Client()
    ours = {"confirm": confirm_path(sign_on), "sign-on": private_path(sign_on)}
    answers = set()
    for place in ("confirm", "sign-on", "confirm-address"):
        for link in ours.values():
            token = link.split("/")[-2]
            for forged in mutations(token, 40, seed=5):
                if "/" in forged or "%" in forged:
                    continue
                for send in (client.get, client.post):
                    response = send(f"/{place}/{forged}/")
                    answers.add((response.status_code, response.content))
        swapped = [link for name, link in ours.items() if name != place]
        for link in swapped:
            response = client.get(f"/{place}/{link.split('/')[-2]}/")
            answers.add((response.status_code, response.content))
    assert [status for status, _body in answers] == [404]
    assert SignOn.objects.get().status == SignOn.Status.UNCONFIRMED


def everything() -> list[list[tuple[object, ...]]]:
    """Everything that a link could change."""
    kinds: tuple[type[Model], ...] = (SignOn, SignOnEvent, OutgoingMail, Signature, Letter)
    return [sorted(kind._default_manager.values_list(), key=repr) for kind in kinds]


@pytest.mark.django_db
@pytest.mark.parametrize("status", [SignOn.Status.UNCONFIRMED, SignOn.Status.PENDING])
def test_fifty_looks_at_a_link_change_nothing(status: str) -> None:
    sign_on = make_sign_on([make_letter()], status=status)
    sign_on.new_email = "new@waterwatch.example"
    sign_on.save()
    token = tokens.make(Purpose.EMAIL, sign_on.public_id, sign_on.new_email)
    before = everything()
    links = [confirm_path(sign_on), private_path(sign_on), f"/confirm-address/{token}/"]
    for number in range(25):
        for link in links:
            client = Client(headers={"User-Agent": f"Scanner/{number}", "Purpose": "prefetch"})
            assert client.get(link).status_code in {200, 302}
            assert client.head(link).status_code in {200, 302}
    assert everything() == before
