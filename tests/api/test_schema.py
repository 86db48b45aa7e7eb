"""The interface against its own description, by a machine that tries what the description allows
and what it does not (schemathesis)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from openletters.wsgi import application
from signatures.api import v1
from signatures.models import ApiKey, Letter
from signatures.models.api_keys import digest
from tests.editions.steps import delivered
from tests.factories import make_campaign, make_letter, make_signature, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_connection", "site")]

THERE = "letters-on-water"

EXAMPLES = 15
"""Requests tried of each address by chance, beside those that the description suggests."""


def uncompressed(environ: dict[str, Any], start_response: Any) -> Any:
    """The app, asked for bytes as they are, which is all that the machine reads."""
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    return application(environ, start_response)


schema = schemathesis.openapi.from_dict(json.loads(json.dumps(v1.description())))
schema.app = uncompressed


@schema.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """Ask every other time for what there is, which nobody would hit upon by chance."""
    found = {"slug": THERE, "number": 1}
    if len(str(path_parameters)) % 2:
        return path_parameters | {name: found[name] for name in path_parameters}
    return path_parameters


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the test's connection, and what it has not committed, beyond a request."""
    signals = (request_started, request_finished)
    for one in signals:
        one.disconnect(close_old_connections)
    yield
    for one in signals:
        one.connect(close_old_connections)


@pytest.fixture
def site() -> None:
    """Something to be read, and something that is not to be."""
    letter = make_letter(THERE, campaign=make_campaign(THERE), demands=["Act"])
    make_letter("draft", status=Letter.Status.DRAFT)
    make_signature(letter)
    delivered(letter)
    about = {"campaign": letter.campaign, "letter": letter}
    staff = make_staff("ada")
    for name, one in about.items():
        ApiKey.objects.create(name="x", digest=digest(name), made_by=staff, **{name: one})


trying = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@schema.parametrize()
@trying
def test_it_answers_as_it_is_described(case: Any) -> None:
    case.call_and_validate()


@schema.include(method="POST").parametrize()
@trying
def test_with_a_key_as_well(case: Any) -> None:
    """What a description cannot say of names and addresses, a 422 does."""
    key = "campaign" if "campaigns" in case.path else "letter"
    case.path_parameters["slug"] = THERE
    case.call_and_validate(
        headers={"Authorization": f"Bearer {key}"},
        excluded_checks=[positive_data_acceptance],
    )
