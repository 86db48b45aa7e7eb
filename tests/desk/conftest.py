"""Who sits at the desk."""

from collections.abc import Callable, Sequence

import pytest
from django.contrib.auth.models import User
from django.test import Client

from signatures.admin import sign_ons
from signatures.candidates import Candidate, Stated
from signatures.matching.verdicts import Label, Verdict, Why
from signatures.models import Organization
from tests.desk.importing import IMPORTING
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


Finds = Callable[..., None]


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Finds:
    """Say what the search for known organisations finds, whatever it is asked for."""
    found: list[Candidate] = []

    def find(stated: Sequence[Stated], *, limit: int = 5) -> list[list[Candidate]]:
        return [found[:limit] for _one in stated]

    def add(organization: Organization, label: Label, why: Why = Why.SAME_NAME) -> None:
        verdict = Verdict(label, 0.9, why, "Gaza")
        found.append(Candidate(organization, organization.official_name, verdict))

    monkeypatch.setattr(sign_ons, "find", find)
    return add


@pytest.fixture
def ines() -> User:
    return make_staff("ines", permissions=IMPORTING)


@pytest.fixture
def importer(client: Client, ines: User) -> Client:
    """A browser in which Ines is logged in, who imports."""
    client.force_login(ines)
    return client
