"""Every column's name sent to every form: what the form does not show, it does not change."""

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.test import Client

from signatures.models import Letter, SignOn
from tests.hostile.forms import every_form, sound
from tests.hostile.pages import Form
from tests.hostile.world import World, furnish

pytestmark = pytest.mark.django_db

SAID = "smuggled"


@pytest.fixture
def world() -> World:
    return furnish()


def smuggled() -> dict[str, list[str]]:
    """Every column, and ways to columns of other rows, with what nobody has stored."""
    data: dict[str, list[str]] = {}
    for model in apps.get_models():
        for column in model._meta.get_fields():
            name = column.name
            for key in (name, f"{name}_id", f"{name}__pk", f"sign_on__{name}", f"letter__{name}"):
                data[key] = [VALUES.get(name, SAID)]
    return data


VALUES = {"status": "approved", "is_superuser": "on", "is_staff": "on", "revision": "77777"}
VALUES |= {"signatory_count": "77777", "confirmed_at": "2020-02-02", "created_at": "2020-02-02"}
VALUES |= {"source": "import", "flags": '["smuggled"]', "public_id": "0" * 32, "id": "77777"}


def public_forms(world: World) -> list[tuple[Client, Form]]:
    return [
        (sender, form)
        for sender, form in every_form(world)
        if form.method == "post" and not form.action.startswith("/admin/")
    ]


def traces() -> list[str]:
    """Where a smuggled value stands in the database."""
    found = []
    for model in apps.get_models():
        kind: type[Model] = model
        for row in kind._base_manager.values():
            found += [
                f"{kind.__name__}.{column}"
                for column, value in row.items()
                if SAID in str(value) or "77777" in str(value) or str(value)[:10] == "2020-02-02"
            ]
    return found


def test_visitors_change_only_what_their_forms_show(world: World) -> None:
    forms = public_forms(world)
    assert len(forms) >= 4
    letters, others = list(Letter.objects.values()), smuggled()
    for sender, form in forms:
        with transaction.atomic():
            states = dict(SignOn.objects.values_list("pk", "status"))
            answer: Any = sender.post(form.action, others | sound(form))
            assert answer.status_code < 500
            assert traces() == []
            assert "approved" not in {
                status
                for pk, status in SignOn.objects.values_list("pk", "status")
                if states.get(pk) != status
            }
            assert list(Letter.objects.exclude(slug="open").values()) == [
                letter for letter in letters if letter["slug"] != "open"
            ]
            transaction.set_rollback(True)


def test_staff_change_only_what_their_forms_show(world: World) -> None:
    others, wrong = smuggled(), []
    for sender, form in every_form(world):
        if form.method == "get" or not form.action.startswith("/admin/signatures/"):
            continue
        if "auth" in form.action:
            continue
        hidden = {key: value for key, value in others.items() if key not in form.names()}
        hidden = {key: value for key, value in hidden.items() if key not in BUTTONS}
        with transaction.atomic():
            sender.post(form.action, hidden | sound(form))
            wrong += [f"{one} by {form.action}" for one in traces()]
            transaction.set_rollback(True)
    assert wrong == []


BUTTONS = {"action", "index", "all"}
"""Names that happen to be columns, and are read by the admin itself."""
