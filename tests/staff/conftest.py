"""The site as it is in production: nobody of the staff enters without a second step."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from openletters.staff import roles
from tests.factories import make_member
from tests.staff.steps import give_app, log_in


@pytest.fixture(autouse=True)
def second_step_required(settings: Settings) -> None:
    settings.MFA_REQUIRED = True


@pytest.fixture
def mona() -> User:
    """A moderator, who has set up nothing yet."""
    return make_member("mona", roles.MODERATOR)


@pytest.fixture
def ada() -> User:
    """An administrator with an app."""
    ada = make_member("ada", roles.ADMINISTRATOR)
    give_app(ada)
    return ada


@pytest.fixture
def administrator(client: Client, ada: User) -> Client:
    """A browser in which Ada is through both steps."""
    log_in(client, ada)
    return client


@pytest.fixture
def send_mail() -> object:
    """The worker, once."""
    return lambda: call_command("send_mail", once=True)
