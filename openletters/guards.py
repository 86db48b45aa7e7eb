"""Tables whose lines are only ever added: the database itself refuses to change or delete them.

A trigger refuses UPDATE, DELETE and, on PostgreSQL, TRUNCATE, whoever asks: the app, an import, a
console. Whoever owns the tables can take the trigger away again; docs/deploy.md tells how to run
the site under a role that does not.

The history of a claim goes with its claim, when retention deletes that whole. Only then, and only
in the transaction that says so by `lifted()`, are lines of such a table let go.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, migrations, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SETTING = "openletters.erasing"

_POSTGRES = """
CREATE OR REPLACE FUNCTION openletters_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_ARGV[0] = 'erasable'
            AND current_setting('openletters.erasing', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'lines of % are only ever added', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION openletters_guard('{kind}');
CREATE TRIGGER {table}_guard_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION openletters_guard('{kind}');
"""

# The function is known to connections of the app alone; elsewhere, as in the sqlite3 program, the
# trigger fails because it is missing, which refuses just as well.
_SQLITE = """
CREATE TRIGGER {table}_guard_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, 'lines of {table} are only ever added'); END;
CREATE TRIGGER {table}_guard_delete BEFORE DELETE ON {table}
    WHEN NOT openletters_lets_go('{kind}')
    BEGIN SELECT RAISE(ABORT, 'lines of {table} are only ever added'); END;
"""


def guard(table: str, *, erasable: bool = False) -> migrations.RunPython:
    """Return the step of a migration that guards a table.

    `erasable` lets its lines be deleted inside `lifted()`. On SQLite a migration that alters the
    table afterwards loses the triggers, and has to guard it anew: tests/staff/test_history.py.
    """
    kind = "erasable" if erasable else "kept"

    def forwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        _execute(editor.connection, _POSTGRES, _SQLITE, table=table, kind=kind)

    def backwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        names = ("guard", "guard_whole", "guard_update", "guard_delete")
        on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        with editor.connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")

    return migrations.RunPython(forwards, backwards)


def _execute(database: BaseDatabaseWrapper, postgres: str, sqlite: str, **names: str) -> None:
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(postgres.format(**names))
        else:
            for statement in sqlite.format(**names).split("END;\n"):
                if statement.strip():
                    cursor.execute(f"{statement}END;")


@contextmanager
def lifted() -> Iterator[None]:
    """Let lines of erasable tables be deleted, in a transaction of its own or the present one."""
    before = _lets_go(connection)
    with transaction.atomic():
        _let_go(connection, True)
        try:
            yield
        except BaseException:
            # PostgreSQL forgets the setting with what is rolled back.
            if connection.vendor != "postgresql":
                _let_go(connection, before)
            raise
        _let_go(connection, before)


def is_lifted() -> bool:
    """Whether the present transaction has said that it erases."""
    return _lets_go(connection)


def _lets_go(database: BaseDatabaseWrapper) -> bool:
    if database.vendor != "postgresql":
        return bool(getattr(database, "openletters_lets_go", False))
    with database.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true) = 'on'", [SETTING])
        return bool(cursor.fetchone()[0])


def _let_go(database: BaseDatabaseWrapper, on: bool) -> None:
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, "on" if on else "off"])
    else:
        database.openletters_lets_go = on  # type: ignore[attr-defined]


def teach(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let a new SQLite connection answer its triggers; a receiver of connection_created."""
    if connection.vendor != "sqlite":
        return
    database: Any = connection

    def lets_go(kind: str) -> bool:
        return kind == "erasable" and _lets_go(database)

    database.connection.create_function("openletters_lets_go", 1, lets_go)
