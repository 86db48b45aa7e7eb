"""Who sits at the desk."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.factories import (
    make_staff,
)

EDITING = (
    *(
        f"{verb}_{noun}"
        for verb in ("view", "add", "change", "delete")
        for noun in (
            "campaign",
            "letter",
            "addressee",
            "demand",
            "organization",
            "organizationname",
        )
    ),
    "view_signature",
    "change_signature",
)


@pytest.fixture
def mona() -> User:
    return make_staff("mona")


@pytest.fixture
def desk(client: Client, mona: User) -> Client:
    """A browser in which Mona is logged in."""
    client.force_login(mona)
    return client


@pytest.fixture
def edda() -> User:
    return make_staff("edda", permissions=EDITING)


@pytest.fixture
def editor(client: Client, edda: User) -> Client:
    """A browser in which Edda is logged in."""
    client.force_login(edda)
    return client
