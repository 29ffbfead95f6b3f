"""The database refuses to rewrite a decision; a table remade on SQLite loses its trigger, and the
test `test_a_decision_is_never_rewritten` then says so."""

from django.db import migrations

SQLITE = """CREATE TRIGGER decision_is_frozen BEFORE UPDATE ON cooperation_decision
BEGIN SELECT RAISE(ABORT, 'decision_is_frozen'); END"""
POSTGRESQL = """CREATE FUNCTION decision_is_frozen() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'decision_is_frozen' USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER decision_is_frozen BEFORE UPDATE ON cooperation_decision
FOR EACH ROW EXECUTE FUNCTION decision_is_frozen()"""


def freeze(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema_editor.execute(POSTGRESQL if vendor == "postgresql" else SQLITE)


def thaw(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    on = " ON cooperation_decision" if vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER decision_is_frozen{on}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION decision_is_frozen()")


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0002_guests_tables_and_workshop")]
    operations = [migrations.RunPython(freeze, thaw)]
