"""Two editors give and take logos at once: on PostgreSQL, where two transactions can."""

import threading

import pytest
from django.db import connection, transaction

from signatures import logos
from signatures.models import Logo
from tests.drawn import picture
from tests.factories import make_campaign


@pytest.mark.django_db(transaction=True)
def test_one_that_is_being_given_is_not_taken_for_unused() -> None:
    giver, taker = make_campaign("giver"), make_campaign("taker")
    drawn = logos.draw(picture())
    Logo.objects.give(giver, drawn)
    given, taken = threading.Event(), threading.Event()

    def give() -> None:
        try:
            with transaction.atomic():
                Logo.objects.give(taker, drawn)
                given.set()
                taken.wait(10)
        finally:
            connection.close()

    giving = threading.Thread(target=give)
    giving.start()
    assert given.wait(10)
    Logo.objects.give(giver, None)
    taken.set()
    giving.join()
    assert Logo.objects.get().file == drawn.file
