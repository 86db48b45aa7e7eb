"""What was done stays on record, in the database as in the app."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.test import Client
from django.utils import timezone

from openletters import guards
from openletters.staff.models import StaffAct
from signatures.models import Erasure, Export, Extension, SignOn, SignOnEvent, history
from signatures.models.switches import Switches
from tests.factories import make_letter, make_sign_on

pytestmark = pytest.mark.django_db

RECORDS = (
    "signatures_erasure",
    "signatures_export",
    "signatures_extension",
    "signatures_signonevent",
    "signatures_switches",
    "staff_staffact",
)


@pytest.fixture(autouse=True)
def lines(ada: User) -> None:
    """A line in each record."""
    Erasure.objects.note(Erasure.Kind.ERASED, [make_sign_on().public_id])
    Export.objects.create(kind="contacts", format="csv", scope="all", rows=1, actor=ada)
    Switches.objects.create(actor=ada)
    until = timezone.now() + timedelta(days=1)
    Extension.objects.create(letter=make_letter(), closes_at=until, actor=ada)
    StaffAct.objects.record(StaffAct.Kind.SWITCHED, actor=ada, about="signing", reason="attack")


def run(sql: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)


@pytest.mark.parametrize("table", RECORDS)
@pytest.mark.parametrize(
    "sql",
    ["UPDATE {} SET created_at = created_at", "DELETE FROM {}", "DELETE FROM {} WHERE id > 0"],
)
def test_the_database_refuses_to_change_or_delete_a_line(table: str, sql: str) -> None:
    with pytest.raises(IntegrityError, match="only ever added"):
        run(sql.format(table))
    assert run(f"SELECT 1 FROM {table}") != 0  # noqa: S608


@pytest.mark.parametrize("table", RECORDS)
def test_no_line_takes_the_place_of_another(table: str) -> None:
    on_server = connection.vendor == "postgresql"
    again = "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT (id) DO UPDATE SET id = excluded.id"
    with pytest.raises(IntegrityError, match="only ever added"):
        run((again if on_server else "REPLACE INTO {0} SELECT * FROM {0}").format(table))


@pytest.mark.parametrize("table", RECORDS)
def test_the_database_refuses_to_empty_the_table(table: str) -> None:
    connection.check_constraints()  # what waits for the end of the transaction refuses it as well
    emptying = "TRUNCATE {} CASCADE" if connection.vendor == "postgresql" else "DELETE FROM {}"
    with pytest.raises(IntegrityError, match="only ever added"):
        run(emptying.format(table))


def test_lines_are_added_as_before() -> None:
    sign_on = SignOn.objects.get()
    sign_on.withdraw(actor=None)
    assert sign_on.events.count() == 2


@pytest.mark.parametrize("model", [SignOnEvent, Export, StaffAct])
def test_the_app_refuses_it_before(model: type[models.Model]) -> None:
    line = model._default_manager.get()
    refusals: list[Callable[[], object]] = [
        line.save,
        line.delete,
        lambda: model._default_manager.update(created_at=None),
        model._default_manager.all().delete,
    ]
    for refused in refusals:
        with pytest.raises(TypeError, match="cannot be"):
            refused()


class TestErasing:
    """The history of a claim goes with the claim, when retention deletes that whole."""

    def test_a_history_goes_inside_and_not_after(self) -> None:
        other = make_sign_on()
        sign_on = SignOn.objects.exclude(pk=other.pk).get()
        with history.erasing():
            SignOnEvent.objects.filter(sign_on=sign_on).delete()
        assert not sign_on.events.exists()
        with pytest.raises(TypeError):
            other.events.all().delete()
        with pytest.raises(IntegrityError, match="only ever added"):
            run("DELETE FROM signatures_signonevent")

    def test_nothing_is_changed_inside_either(self) -> None:
        with pytest.raises(IntegrityError, match="only ever added"), history.erasing():
            run("UPDATE signatures_signonevent SET reason = 'x'")

    @pytest.mark.parametrize("table", ["signatures_export", "staff_staffact"])
    def test_other_records_stay_inside_too(self, table: str) -> None:
        with pytest.raises(IntegrityError, match="only ever added"), history.erasing():
            run(f"DELETE FROM {table}")  # noqa: S608

    def test_what_failed_inside_is_undone_and_the_guard_is_back(self) -> None:
        def fail() -> None:
            with history.erasing():
                SignOnEvent.objects.all().delete()
                raise DatabaseError

        with pytest.raises(DatabaseError):
            fail()
        assert SignOnEvent.objects.count() == 1
        with pytest.raises(IntegrityError, match="only ever added"):
            run("DELETE FROM signatures_signonevent")

    def test_it_can_stand_inside_itself(self) -> None:
        with history.erasing():
            with history.erasing():
                pass
            SignOnEvent.objects.all().delete()
        assert not SignOnEvent.objects.exists()


def test_the_record_is_read_in_the_admin_and_nothing_else(administrator: Client) -> None:
    base = "/admin/staff/staffact/"
    line = StaffAct.objects.get(kind=StaffAct.Kind.SWITCHED)
    assert "attack" in administrator.get(base).content.decode()
    assert administrator.get(f"{base}?q=ada").status_code == 200
    assert administrator.post(f"{base}add/", {}).status_code == 403
    for step in ("change", "delete"):
        assert administrator.post(f"{base}{line.pk}/{step}/", {"post": "yes"}).status_code == 403
    assert StaffAct.objects.filter(pk=line.pk, reason="attack").exists()


class TestSealingAnew:
    """Under another key, a line says what it said."""

    def test_the_sealed_column_may_change_inside(self) -> None:
        with guards.lifted(guards.RESEALING):
            assert run("UPDATE signatures_signonevent SET reason = 'sealed anew'") == 1

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE signatures_signonevent SET kind = 'approve'",
            "UPDATE signatures_signonevent SET reason = 'x', kind = 'approve'",
            "DELETE FROM signatures_signonevent",
            "UPDATE staff_staffact SET reason = 'x'",
            "UPDATE signatures_export SET scope = 'x'",
        ],
    )
    def test_nothing_else_may(self, sql: str) -> None:
        with (
            pytest.raises(IntegrityError, match="only ever added"),
            guards.lifted(guards.RESEALING),
        ):
            run(sql)
