"""Triggers by which the database keeps what is written: rows that never change, balanced entries.

The migration calls `freeze`. On SQLite a migration that remakes one of these tables drops its
triggers: call `freeze` again there. `test_the_database_refuses` fails where that was forgotten.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NEVER_CHANGED = (
    "housing_reference",
    "housing_versionbail",
    "housing_evenement",
    "housing_faitbail",
    "housing_decisiondemande",
    "housing_ecriture",
    "housing_ligne",
)
UNBALANCED = (
    "(SELECT COUNT(*) FROM housing_ligne WHERE ecriture_id = NEW.id) < 2 OR "
    "(SELECT COALESCE(SUM(debit - credit), 0) FROM housing_ligne WHERE ecriture_id = NEW.id) <> 0"
)
CLOSED = "EXISTS (SELECT 1 FROM housing_ecriture WHERE id = NEW.ecriture_id)"
INSERTED = (
    ("housing_entry_is_balanced", "housing_ecriture", UNBALANCED),
    ("housing_entry_is_closed", "housing_ligne", CLOSED),
)


def freeze(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers; what they refuse raises IntegrityError."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in NEVER_CHANGED:
        for deed in ("UPDATE", "DELETE"):
            name = f"{table}_no_{deed.lower()}"
            schema_editor.execute(_trigger(name, deed, table, "", postgresql), None)
    for name, table, wrong in INSERTED:
        schema_editor.execute(_trigger(name, "INSERT", table, wrong, postgresql), None)


def thaw(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    names = [
        (f"{table}_no_{deed}", table) for table in NEVER_CHANGED for deed in ("update", "delete")
    ]
    for name, table in [*names, *((name, table) for name, table, _ in INSERTED)]:
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            schema_editor.execute(f"DROP FUNCTION {name}()")


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Lift the triggers while a whole site is copied or a demonstration removed.

    To be called in a transaction: they are back when it ends, whatever happens in it.
    """
    editor: Any = _Editor(connection)
    thaw(None, editor)
    yield
    freeze(None, editor)


class _Editor:
    """What the triggers ask of a schema editor, within a transaction."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def execute(self, sql: str, params: None = None) -> None:
        """Run one statement."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)


def _trigger(name: str, deed: str, table: str, wrong: str, postgresql: bool) -> str:
    if not postgresql:
        when = f" WHEN {wrong}" if wrong else ""
        return (
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table}{when} "
            f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
    refused = f"RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation';"
    # PostgreSQL takes no subquery in the WHEN of a trigger: the function asks.
    body = f"IF {wrong} THEN {refused} END IF; RETURN NEW;" if wrong else refused
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {body} END $$ LANGUAGE plpgsql; "
        f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
