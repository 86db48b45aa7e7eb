"""The file of SQLite cannot grow, and can again later."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from signatures.models import OutgoingMail, SignOn
from tests.factories import claim, make_letter
from tests.faults.load import address_of

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def no_room() -> Iterator[None]:
    """Have SQLite take the file as it is for as large as it may become."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        [size] = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {size}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def test_a_full_file_costs_nothing_acknowledged_and_is_written_to_again_when_it_may_grow() -> None:
    letter = make_letter()
    visitor = Client(raise_request_exception=False)
    acknowledged: set[str] = set()

    def sign(number: int) -> int:
        name = f"Organisation {number}"
        form = claim(name=name, email=f"o{number}@waterwatch.example")
        answer = visitor.post(
            "/letters/a-letter/sign/",
            form | {"letters": [letter.pk], "authorized": "on"},
            headers={"x-forwarded-for": address_of(name)},
        )
        if answer.status_code == 302:
            acknowledged.add(name)
        else:
            assert answer.headers["Retry-After"] == "10"
        return int(answer.status_code)

    with no_room():
        statuses = [sign(number) for number in range(60)]
        assert set(statuses) == {302, 503}
        assert statuses[-1] == 503
        assert visitor.get("/letters/a-letter/").status_code == 200
    assert sign(60) == 302
    assert set(SignOn.objects.values_list("name", flat=True)) == acknowledged
    assert OutgoingMail.objects.count() == len(acknowledged)
