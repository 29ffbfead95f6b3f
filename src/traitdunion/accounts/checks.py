"""Hold a row against the check constraints of its table, all in one query.

Django asks the database once for each check, in a savepoint, and composes the query anew: reading
a catalogue spent a third of its time there. Here each condition is composed once for a model.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    EmptyResultSet,
    FieldError,
    FullResultSet,
    ValidationError,
)
from django.db import DatabaseError, connection, models, transaction
from django.db.models.expressions import SQLiteNumericMixin
from django.db.models.functions import Coalesce
from django.db.models.sql import Query

Row = models.Model


class _Given(SQLiteNumericMixin, models.Expression):
    """The value that a row gives for a field, known once the row is.

    No `Value`: Django reads at once that of one, and leaves out of the query what it decides.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


@dataclass(frozen=True)
class _Check:
    """A check as SQL, true where it holds or where a value that it reads is NULL."""

    constraint: models.CheckConstraint
    reads: frozenset[str]
    sql: str
    params: tuple[Any, ...]


@cache
def _composed(model: type[Row], vendor: str) -> dict[str, _Check]:
    """Return the checks of a model by name, but those whose values only Django can write."""
    composed = {}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            check = _compose(model, constraint)
            if check is not None:
                composed[constraint.name] = check
    return composed


def _compose(model: type[Row], constraint: models.CheckConstraint) -> _Check | None:
    reads = models.Q(constraint.condition).referenced_base_fields
    fields = [field for field in model._meta.local_concrete_fields if field.name in reads]
    if len(fields) < len(reads):
        return None
    if any(field.generated or hasattr(field, "get_placeholder") for field in fields):
        return None
    query = Query(None)
    for field in fields:
        query.add_annotation(_Given(field), field.name, select=False)
    holds = Coalesce(constraint.condition, True, output_field=models.BooleanField())
    try:
        where = query.build_where(models.Q(holds))
        sql, params = where.as_sql(query.get_compiler(connection=connection), connection)
    except (EmptyResultSet, FullResultSet, FieldError):
        return None
    return _Check(constraint, frozenset(reads), sql, tuple(params))


def failed_checks(
    row: Row, model: type[Row], exclude: Collection[str]
) -> tuple[list[ValidationError], Sequence[models.BaseConstraint]]:
    """Return a refusal for each check that a row fails, and the constraints that were not tried.

    Not tried: those that are no checks, those whose query only Django can write, and all of them
    where the database cannot compare a value. A check that reads a field of `exclude` is passed.
    """
    composed = _composed(model, connection.vendor)
    asked = [check for check in composed.values() if not check.reads & set(exclude)]
    untried = [each for each in model._meta.constraints if each.name not in composed]
    if not asked:
        return [], untried
    values: list[Any] = []
    for check in asked:
        for value in check.params:
            if isinstance(value, _Given):
                given = getattr(row, value.output_field.attname)
                if hasattr(given, "resolve_expression"):
                    return [], model._meta.constraints
                value = value.output_field.get_db_prep_value(given, connection)
            values.append(value)
    columns = ", ".join(f"CASE WHEN {check.sql} THEN 1 ELSE 0 END" for check in asked)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns}", values)
            holds = cursor.fetchone()
    except (DatabaseError, OverflowError):
        return [], model._meta.constraints
    refusals = [
        ValidationError(
            check.constraint.get_violation_error_message(),
            code=check.constraint.violation_error_code,
        )
        for check, held in zip(asked, holds, strict=True)
        if not held
    ]
    return refusals, untried


def validate_constraints(row: Row, exclude: Collection[str] = ()) -> None:
    """Do as `Model.validate_constraints`, with one query for the checks. Raises ValidationError."""
    errors: dict[str, Any] = {}
    for model, _constraints in row.get_constraints():
        refusals, untried = failed_checks(row, model, exclude)
        for refused in refusals:
            errors = refused.update_error_dict(errors)
        for constraint in untried:
            try:
                constraint.validate(model, row, exclude=set(exclude))
            except ValidationError as refused:
                fields: Sequence[str] = getattr(constraint, "fields", ())
                if getattr(refused, "code", "") == "unique" and len(fields) == 1:
                    errors.setdefault(fields[0], []).append(refused)
                else:
                    errors = refused.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


def full_clean(row: Row) -> None:
    """Do as `Model.full_clean`, with one query for the checks. Raises ValidationError."""
    errors: dict[str, Any] = {}
    try:
        row.full_clean(validate_constraints=False)
    except ValidationError as refused:
        errors = refused.update_error_dict(errors)
    try:
        validate_constraints(row, set(errors) - {NON_FIELD_ERRORS})
    except ValidationError as refused:
        errors = refused.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)
