"""Every column's name sent to every form: what the form does not show, it does not change."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from pytest_django import Settings

from signatures.models import Letter, SignOn
from tests.hostile.forms import every_form, sound
from tests.hostile.world import World, furnish

pytestmark = pytest.mark.django_db

SAID = "smuggled"


@pytest.fixture
def world(settings: Settings) -> World:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = None  # or whatever is sent would be refused unread
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


class Written(list[str]):
    """Tables into which something was written."""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if into := re.match(r'\s*(?:INSERT INTO|UPDATE) "?(\w+)', sql):
            self.append(into[1])
        return execute(sql, params, many, context)


def traces(written: Written) -> list[str]:
    """Where a smuggled value stands in the database."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        kind: type[Model] = model
        for row in kind._base_manager.values() if kind._meta.db_table in written else ():
            found += [
                f"{kind.__name__}.{column}"
                for column, value in row.items()
                if SAID in str(value) or "77777" in str(value) or str(value)[:10] == "2020-02-02"
            ]
    return found


def test_a_smuggled_value_would_be_seen(world: World) -> None:
    with connection.execute_wrapper(written := Written()):
        SignOn.objects.filter(pk=world.sign_ons["pending"].pk).update(provenance=SAID)
    assert traces(written) == ["SignOn.provenance"]


def test_forms_change_only_what_they_show(world: World) -> None:
    forms, others = every_form(world), smuggled()
    letters, wrong, public, changed = list(Letter.objects.values()), list[str](), 0, 0
    for sender, form in forms:
        staffs = form.action.startswith("/admin/signatures/")
        if form.method == "get" or form.action.startswith("/admin/") is not staffs:
            continue
        hidden = {key: value for key, value in others.items() if key not in form.names()}
        hidden = {key: value for key, value in hidden.items() if not (staffs and key in BUTTONS)}
        with transaction.atomic(), connection.execute_wrapper(written := Written()):
            states = dict(SignOn.objects.values_list("pk", "status"))
            answer: Any = sender.post(form.action, hidden | sound(form))
            wrong += [f"{one} by {form.action}" for one in traces(written)]
            changed += bool(written)
            if not staffs:
                public += 1
                assert answer.status_code < 500
                now = SignOn.objects.values_list("pk", "status")
                assert "approved" not in {one for pk, one in now if states.get(pk) != one}
                assert [one for one in Letter.objects.values() if one["slug"] != "open"] == [
                    letter for letter in letters if letter["slug"] != "open"
                ]
            transaction.set_rollback(True)
    assert public >= 4
    assert changed > 20
    assert wrong == []


BUTTONS = {"action", "index", "all"}
"""Names that happen to be columns, and are read by the admin itself."""
