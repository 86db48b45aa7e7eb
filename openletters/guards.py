"""Tables whose lines are only ever added: the database itself refuses to change or delete them.

A trigger refuses UPDATE, DELETE and, on PostgreSQL, TRUNCATE, whoever asks: the app, an import, a
console. Whoever owns the tables can take the trigger away again; docs/deploy.md tells how to run
the site under a role that does not.

A few things are let through, each only in a transaction that says so by `lifted()`. The history of
a claim goes with its claim, when retention deletes that whole. Columns that are sealed may be
sealed anew, under another key. What must be forgotten becomes nothing, and never something else.
Columns that follow what happens elsewhere may do so. Nothing else of the line may change with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, migrations, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ERASING = "erasing"
RESEALING = "resealing"
FORGETTING = "forgetting"
FOLLOWING = "following"

_SETTING = "openletters.lifted"

_POSTGRES = """
CREATE OR REPLACE FUNCTION openletters_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lifted text := current_setting('openletters.lifted', true);
    sealed text[] := string_to_array(TG_ARGV[1], ',');
    forgotten text[] := string_to_array(TG_ARGV[2], ',');
    following text[] := string_to_array(TG_ARGV[3], ',');
BEGIN
    IF TG_OP = 'DELETE' AND lifted = 'erasing' AND TG_ARGV[0] = 'erasable' THEN
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' AND lifted = 'resealing'
            AND to_jsonb(NEW) - sealed = to_jsonb(OLD) - sealed THEN
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' AND lifted = 'following'
            AND to_jsonb(NEW) - following = to_jsonb(OLD) - following THEN
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' AND lifted = 'forgetting' AND to_jsonb(NEW) = to_jsonb(OLD)
            || (SELECT jsonb_object_agg(one, NULL::text) FROM unnest(forgotten) AS one) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'lines of % are only ever added', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION openletters_guard({arguments});
CREATE TRIGGER {table}_guard_whole BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION openletters_guard({arguments});
"""

# The function is known to connections of the app alone; elsewhere, as in the sqlite3 program, the
# trigger fails because it is missing, which refuses just as well.
_SQLITE = """
CREATE TRIGGER {table}_guard_{name} BEFORE {event} ON {table} WHEN {unless}
    BEGIN SELECT RAISE(ABORT, 'lines of {table} are only ever added'); END;
"""


def guard(
    table: str,
    *,
    erasable: bool = False,
    sealed: tuple[str, ...] = (),
    forgotten: tuple[str, ...] = (),
    following: tuple[str, ...] = (),
) -> migrations.RunPython:
    """Return the step of a migration that guards a table.

    `erasable` lets its lines be deleted while ERASING is lifted. The columns in `sealed` may change
    while RESEALING is, those in `following` while FOLLOWING is, and those in `forgotten` become
    NULL, all together, while FORGETTING is. On SQLite a migration that alters the table afterwards
    loses the triggers, and has to guard it anew: tests/staff/test_history.py tells.
    """

    def forwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        backwards(apps, editor)
        with editor.connection.cursor() as cursor:
            if editor.connection.vendor == "postgresql":
                kind = "erasable" if erasable else "kept"
                columns = (",".join(each) for each in (sealed, forgotten, following))
                arguments = ", ".join(f"'{one}'" for one in (kind, *columns))
                cursor.execute(_POSTGRES.format(table=table, arguments=arguments))
                return
            delete = f"openletters_lifted() <> '{ERASING}'" if erasable else "true"
            triggers = {"delete": ("DELETE", delete)}
            for one in editor.connection.introspection.get_table_description(cursor, table):
                purposes = [
                    f"openletters_lifted() = '{purpose}'{also}"
                    for purpose, columns, also in (
                        (RESEALING, sealed, ""),
                        (FOLLOWING, following, ""),
                        (FORGETTING, forgotten, f' AND NEW."{one.name}" IS NULL'),
                    )
                    if one.name in columns
                ]
                unless = f"NOT ({' OR '.join(purposes)})" if purposes else "true"
                triggers[one.name] = (f'UPDATE OF "{one.name}"', unless)
            for name, (event, unless) in triggers.items():
                cursor.execute(_SQLITE.format(table=table, name=name, event=event, unless=unless))

    def backwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        with editor.connection.cursor() as cursor:
            if editor.connection.vendor == "postgresql":
                for name in ("", "_whole"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_guard{name} ON {table}")
                return
            made = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
            cursor.execute(made, [table])
            for (name,) in cursor.fetchall():
                if name.startswith(f"{table}_guard_"):
                    cursor.execute(f"DROP TRIGGER {name}")

    return migrations.RunPython(forwards, backwards)


@contextmanager
def lifted(purpose: str) -> Iterator[None]:
    """Let through what one purpose needs, in the present transaction or one of its own."""
    before = _lifted(connection)
    with transaction.atomic():
        _lift(connection, purpose)
        try:
            yield
        except BaseException:
            # PostgreSQL forgets the setting with what is rolled back.
            if connection.vendor != "postgresql":
                _lift(connection, before)
            raise
        _lift(connection, before)


def is_lifted(purpose: str) -> bool:
    """Whether the present transaction has said so."""
    return _lifted(connection) == purpose


def _lifted(database: BaseDatabaseWrapper) -> str:
    if database.vendor != "postgresql":
        return str(getattr(database, "openletters_lifted", ""))
    with database.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [_SETTING])
        return cursor.fetchone()[0] or ""


def _lift(database: BaseDatabaseWrapper, purpose: str) -> None:
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [_SETTING, purpose])
    else:
        database.openletters_lifted = purpose  # type: ignore[attr-defined]


def teach(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let a new SQLite connection answer its triggers; a receiver of connection_created."""
    database: Any = connection
    if database.vendor == "sqlite":
        database.connection.create_function("openletters_lifted", 0, lambda: _lifted(database))
        # Without it REPLACE deletes a line, to put another in its place, past the triggers.
        database.connection.execute("PRAGMA recursive_triggers = ON")
