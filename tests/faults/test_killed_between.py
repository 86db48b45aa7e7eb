"""A process of the app is killed while it stores a sign-on and the mail that it owes."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from signatures.models import OutgoingMail, SignOn, SignOnEvent, SignOnLetter
from tests.factories import claim, make_letter

pytestmark = pytest.mark.django_db(transaction=True)

LEAST = 10
"""Moments at which a process is killed, at least."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sign_and_die(letter: int, number: int, moment: int) -> bool:
    """Have a process sign, and kill it before the statement of that number; return if it died.

    The end of a transaction counts as two: before and after the database has heard of it.
    """
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            left = iter(range(moment))

            def count() -> None:
                if next(left, None) is None:
                    die()

            def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
                count()
                return execute(*arguments)

            database: Any = type(connections["default"])
            commit = database._commit

            def counted_commit(self: Any) -> None:
                count()
                commit(self)
                count()

            database._commit = counted_commit
            form = claim(name=f"Organisation {number}", email=f"o{number}@waterwatch.example")
            with connection.execute_wrapper(counted):
                answer = Client().post(
                    "/letters/a-letter/sign/", form | {"letters": [letter], "authorized": "on"}
                )
            os._exit(0 if answer.status_code == 302 else 3)
        finally:
            os._exit(4)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def test_wherever_it_is_killed_a_sign_on_and_its_mail_are_both_there_or_neither(
    capsys: pytest.CaptureFixture[str],
) -> None:
    letter = make_letter()
    moment = 0
    while sign_and_die(letter.pk, moment, moment):
        stored = SignOn.objects.count()
        assert OutgoingMail.objects.count() == stored
        assert SignOnEvent.objects.count() == stored
        assert SignOnLetter.objects.count() == stored
        moment += 1
    with capsys.disabled():
        print(
            f"\nkilled at {moment} moments: {SignOn.objects.count() - 1} stored, each with its mail"
        )
    assert moment >= LEAST
    # The last one lived, and the one before was killed when everything had been stored.
    assert SignOn.objects.count() == OutgoingMail.objects.count() >= 2
