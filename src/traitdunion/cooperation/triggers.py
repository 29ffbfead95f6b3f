"""Triggers by which the database refuses to rewrite what was decided or approved.

Migrations call `freeze`. On SQLite a migration that remakes one of these tables drops its trigger:
call `freeze` again there. `test_a_decision_is_never_rewritten` and
`test_the_database_keeps_approved_minutes` fail where that was forgotten.
"""

from typing import Any, NamedTuple

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

DECIDED = ("id", "seance_id", "resultat", "prise_le", "revue_le", "remplace_id", "fiche", "auteur")
"""Columns of a decision that never change, `fiche` being what carried it."""

TRACES = "SELECT COUNT(*) FROM cooperation_moderation WHERE sorte = 'decision' AND numero = OLD.id"
"""How many acts of moderation a decision has: one more lets its words change, once."""


class Frozen(NamedTuple):
    """A table whose rows never change, always or once `condition` holds for the old row.

    Rows whose change meets `except_where` may change: there, `{same}` compares two values, of which
    either may be absent.
    """

    trigger: str
    table: str
    condition: str = "TRUE"
    except_where: str = "FALSE"


FROZEN = (
    Frozen(
        "decision_is_frozen",
        "cooperation_decision",
        except_where=" AND ".join(
            [
                *(f"NEW.{column} {{same}} OLD.{column}" for column in DECIDED),
                "NEW.gestes > OLD.gestes",
                f"NEW.gestes = ({TRACES})",
            ]
        ),
    ),
    Frozen("minutes_are_frozen", "cooperation_procesverbal", "OLD.approuve_le IS NOT NULL"),
)


def freeze(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers; an update of a frozen row then raises IntegrityError."""
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for frozen in FROZEN:
        schema_editor.execute(_postgresql(frozen) if on_postgresql else _sqlite(frozen))


def thaw(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers."""
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for frozen in FROZEN:
        on = f" ON {frozen.table}" if on_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {frozen.trigger}{on}")
        if on_postgresql:
            schema_editor.execute(f"DROP FUNCTION {frozen.trigger}()")


def _refused(frozen: Frozen, same: str) -> str:
    return f"({frozen.condition}) AND NOT ({frozen.except_where.format(same=same)})"


def _sqlite(frozen: Frozen) -> str:
    return (
        f"CREATE TRIGGER {frozen.trigger} BEFORE UPDATE ON {frozen.table} "
        f"WHEN {_refused(frozen, 'IS')} "
        f"BEGIN SELECT RAISE(ABORT, '{frozen.trigger}'); END"
    )


def _postgresql(frozen: Frozen) -> str:
    name = frozen.trigger
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
        f"IF {_refused(frozen, 'IS NOT DISTINCT FROM')} THEN RAISE EXCEPTION '{name}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$ "
        f"LANGUAGE plpgsql; CREATE TRIGGER {name} BEFORE UPDATE ON {frozen.table} FOR EACH ROW "
        f"EXECUTE FUNCTION {name}()"
    )
