"""A letter that can be signed, and somebody to approve."""

import pytest
from django.contrib.auth.models import User

from signatures.models import (
    Letter,
)
from tests.factories import make_letter, make_staff


@pytest.fixture
def letter() -> Letter:
    """A public letter, version 1 of whose text can be signed."""
    made = make_letter(status=Letter.Status.DRAFT, demands=["Open the wells."])
    made.publish()
    return made


@pytest.fixture
def mona() -> User:
    return make_staff("mona")
