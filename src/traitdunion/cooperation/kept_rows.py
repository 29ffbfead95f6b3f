"""Keep rows of the database as JSON, beside the events that changed them."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

# The name of its table and its columns.
Kept = tuple[str, dict[str, Any]]


def kept(row: models.Model) -> Kept:
    """Return a row as the database has it."""
    stored = type(row)._base_manager.get(pk=row.pk)
    columns = {
        field.attname: field.value_from_object(stored) for field in stored._meta.concrete_fields
    }
    return row._meta.model_name or "", json.loads(json.dumps(columns, cls=DjangoJSONEncoder))
