"""Several workers look at the same moment whom a change has missed, and nobody is asked twice."""

import pytest
from django.db import transaction

from signatures import retention
from signatures.models import Letter, OutgoingMail
from tests.factories import make_sign_on
from tests.reaffirming.steps import ASKED, change
from tests.test_at_once import together

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4
CONTACTS = 20


def test_workers_that_look_together_ask_everybody_once(letter: Letter) -> None:
    with transaction.atomic():
        change(letter)
    for number in range(CONTACTS):
        late = make_sign_on([letter], name=f"Union {number}", email=f"a@{number}.example")
        late.letter_rows.update(text_version=1)
    together([retention.ask_to_reaffirm] * WORKERS)
    assert OutgoingMail.objects.filter(kind=ASKED).count() == CONTACTS
