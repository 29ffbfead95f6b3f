"""A row of the database as JSON has it, to be kept beside what happened to it."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

# The name of its table and its columns.
Kept = tuple[str, dict[str, Any]]


def kept(row: models.Model) -> Kept:
    """A row as the database has it."""
    stored = type(row)._base_manager.get(pk=row.pk)
    told = {one.attname: one.value_from_object(stored) for one in stored._meta.concrete_fields}
    return row._meta.model_name or "", json.loads(json.dumps(told, cls=DjangoJSONEncoder))
