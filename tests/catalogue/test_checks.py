"""Checks asked all at once refuse what Django refuses, asked one by one."""

import random
from datetime import date, time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models

from traitdunion.accounts import checks
from traitdunion.catalogue.models import DETAIL_OF, PARTS, Solution, Structure

ROUNDS = 60
TABLES = [Solution, *DETAIL_OF.values(), *PARTS]


def drawn(rng, field):
    """A value of a field, sound or not; now and then none."""
    if rng.random() < 0.25:
        return None
    if field.choices and rng.random() < 0.7:
        return rng.choice([value for value, _ in field.flatchoices])
    if isinstance(field, models.BooleanField):
        return rng.choice((True, False))
    if isinstance(field, models.DecimalField | models.FloatField):
        return Decimal(rng.choice((-1, 0, 1, 45, 400))) / rng.choice((1, 4))
    if isinstance(field, models.IntegerField):
        return rng.choice((-1, 0, 1, 7, 1440, 10**6))
    if isinstance(field, models.TimeField):
        return time(rng.randrange(24), rng.choice((0, 30)))
    if isinstance(field, models.DateField):
        return date(rng.choice((1999, 2026, 2100)), 1 + rng.randrange(12), 1)
    if isinstance(field, models.JSONField):
        return rng.choice(([], ["x"], {}))
    if isinstance(field, models.CharField | models.TextField):
        return rng.choice(("", "x", "a/b", "12"))
    return field.get_default()


def one_by_one(row):
    """The names of the checks that Django refuses."""
    refused = set()
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            try:
                constraint.validate(type(row), row)
            except ValidationError:
                refused.add(constraint.get_violation_error_message())
    return refused


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_what_is_refused_at_once_is_refused_one_by_one(db, table):
    rng, seen = random.Random(table.__name__), set()
    has_checks = any(isinstance(c, models.CheckConstraint) for c in table._meta.constraints)
    for _ in range(ROUNDS if has_checks else 0):
        row = table()
        for field in row._meta.local_concrete_fields:
            if not field.primary_key and not field.is_relation:
                setattr(row, field.attname, drawn(rng, field))
        refusals, untried = checks.failed_checks(row, table, ())
        assert {refused.message for refused in refusals} == one_by_one(row)
        assert not any(isinstance(c, models.CheckConstraint) for c in untried)
        seen.add(bool(refusals))
    assert not has_checks or True in seen


def test_checks_of_a_row_are_one_query_and_those_of_a_field_refused_already_are_passed(
    db, django_assert_num_queries
):
    row = Solution()
    reads = [check.reads for check in checks._composed(Solution, connection.vendor).values()]
    assert len(reads) > 3
    with django_assert_num_queries(3):  # a savepoint around it
        checks.failed_checks(row, Solution, ())
    with django_assert_num_queries(0):
        assert checks.failed_checks(row, Solution, set().union(*reads))[0] == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL compares any number")
def test_what_the_database_cannot_compare_is_left_to_django(db):
    row = Solution()
    composed = checks._composed(Solution, connection.vendor).values()
    read = set().union(*(check.reads for check in composed))
    field = next(
        name for name in sorted(read)
        if isinstance(Solution._meta.get_field(name), models.IntegerField)
    )  # fmt: skip
    setattr(row, field, 10**30)
    assert checks.failed_checks(row, Solution, ()) == ([], Solution._meta.constraints)


def test_a_whole_row_is_refused_as_django_refuses_it(db):
    """Its fields, its own words, its keys and its checks, with the same messages."""
    Structure.objects.create(id="garage", nom="Garage")
    rows = [Structure(id="garage", nom=""), Solution(id="a", nom="", plafond_mois_eur=-1),
            Solution(id="b", structure_id="none", nom="B", type_solution="fusee")]  # fmt: skip
    for row in rows:
        told = []
        for clean in (checks.full_clean, lambda row: row.full_clean()):
            with pytest.raises(ValidationError) as refused:
                clean(row)
            told.append(refused.value.message_dict)
        assert told[0] == told[1]
