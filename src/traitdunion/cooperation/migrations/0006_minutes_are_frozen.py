"""The database refuses to rewrite minutes once approved; a table remade on SQLite loses its
trigger, and the test `test_the_database_keeps_approved_minutes` then says so."""

from django.db import migrations

SQLITE = """CREATE TRIGGER minutes_are_frozen BEFORE UPDATE ON cooperation_procesverbal
WHEN OLD.approuve_le IS NOT NULL BEGIN SELECT RAISE(ABORT, 'minutes_are_frozen'); END"""
POSTGRESQL = """CREATE FUNCTION minutes_are_frozen() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'minutes_are_frozen' USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER minutes_are_frozen BEFORE UPDATE ON cooperation_procesverbal
FOR EACH ROW WHEN (OLD.approuve_le IS NOT NULL) EXECUTE FUNCTION minutes_are_frozen()"""


def freeze(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema_editor.execute(POSTGRESQL if vendor == "postgresql" else SQLITE)


def thaw(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    on = " ON cooperation_procesverbal" if vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER minutes_are_frozen{on}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION minutes_are_frozen()")


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0005_committees")]
    operations = [migrations.RunPython(freeze, thaw)]
