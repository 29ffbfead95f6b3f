"""Triggers by which the database changes the version of the catalogue with any row that it covers.

No write escapes them: a page, an import, an undo, a bulk update, a purge or a hand in the database.
Migrations call `watch`. On SQLite a migration that remakes one of these tables drops its triggers:
call `watch` again there; a test fails where that was forgotten.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WATCHED = (
    "catalogue_solution",
    "catalogue_structure",
    "catalogue_solutionzone",
    "catalogue_zoneservice",
    "catalogue_fermeture",
    "catalogue_tranchetarif",
    "catalogue_cumul",
    "catalogue_attente",
    "catalogue_covoiturage",
    "catalogue_demande",
    "catalogue_pret",
    "catalogue_ligne",
    "catalogue_solutioncode",
    "catalogue_arret",
    "catalogue_exceptionhoraire",
    "catalogue_regle",
    "catalogue_pagecitee",
    "catalogue_relecturepage",
)
"""Tables read by the snapshot, the regular trips and the rules in force."""

VERSION = "catalogue_catalogueversion"
EVENTS = ("INSERT", "UPDATE", "DELETE")

_DONE = "traitdunion.catalogue_changed"
DRAWN = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()::text"}


def _change(vendor: str) -> str:
    """Return the statement that draws another version."""
    return (
        f"INSERT INTO {VERSION} (id, token) VALUES (1, {DRAWN[vendor]}) "  # noqa: S608
        "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
    )


def watch(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of every table that lacks them, and the first version."""
    unwatch(apps, schema_editor)
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(_FUNCTION)
        schema_editor.execute(_FUNCTION_NOW)
    schema_editor.execute(_change(vendor))
    for table in WATCHED:
        for statement in _statements(table, vendor):
            schema_editor.execute(statement)


def unwatch(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers."""
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in WATCHED:
        for name in trigger_names(table, schema_editor.connection.vendor):
            on = f" ON {table}" if on_postgresql else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
    if on_postgresql:
        schema_editor.execute("DROP FUNCTION IF EXISTS catalogue_changed()")
        schema_editor.execute("DROP FUNCTION IF EXISTS catalogue_emptied()")


def trigger_names(table: str, vendor: str) -> list[str]:
    """Return the names of the triggers of a table."""
    events = ("row", "truncate") if vendor == "postgresql" else map(str.lower, EVENTS)
    return [f"{table}_{event}_changes_version" for event in events]


def _statements(table: str, vendor: str) -> list[str]:
    names = trigger_names(table, vendor)
    if vendor == "postgresql":
        return [
            f"CREATE CONSTRAINT TRIGGER {names[0]} AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalogue_changed()",
            f"CREATE TRIGGER {names[1]} AFTER TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION catalogue_emptied()",
        ]
    return [
        f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {_change(vendor)}; END"
        for name, event in zip(names, EVENTS, strict=True)
    ]


# Deferred to the commit: the row is locked only then, so writers of the catalogue do not wait for
# one another. The setting, forgotten at the end of the transaction, makes one change of many rows.
_FUNCTION = (
    "CREATE FUNCTION catalogue_changed() RETURNS trigger AS $$ BEGIN "
    f"IF current_setting('{_DONE}', true) IS DISTINCT FROM txid_current()::text THEN "
    f"{_change('postgresql')}; "
    f"PERFORM set_config('{_DONE}', txid_current()::text, true); "
    "END IF; RETURN NULL; END $$ LANGUAGE plpgsql"
)
_FUNCTION_NOW = (
    "CREATE FUNCTION catalogue_emptied() RETURNS trigger AS $$ BEGIN "
    f"{_change('postgresql')}; RETURN NULL; END $$ LANGUAGE plpgsql"
)
