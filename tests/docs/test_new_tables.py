"""What a new database costs: a constraint added after its table makes the table written twice."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db.migrations import AddConstraint, AddField

FIRST = [config.name for config in apps.get_app_configs() if config.name.startswith("traitdunion.")]


def first_migration(package: str):
    """Return the first migration of an application; None where it has no tables."""
    try:
        return import_module(f"{package}.migrations.0001_initial").Migration
    except ModuleNotFoundError:
        return None


@pytest.mark.parametrize("package", [name for name in FIRST if first_migration(name) is not None])
def test_a_constraint_stands_in_its_table_unless_it_waits_for_a_column(package):
    operations = first_migration(package).operations
    completed = {op.model_name for op in operations if isinstance(op, AddField)}
    added = {op.model_name for op in operations if isinstance(op, AddConstraint)}
    assert added <= completed


def test_the_applications_that_hold_tables_are_read():
    assert sum(first_migration(name) is not None for name in FIRST) >= 9
