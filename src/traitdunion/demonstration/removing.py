"""Removing the demonstration: its rows and all that hangs from them, its network and its runs.

Rows of a real organisation are never taken along: the removal is then refused, whole.
"""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q

from traitdunion.accounts.models import Organisation
from traitdunion.catalogue.models import Structure
from traitdunion.housing.models import Reference
from traitdunion.housing.triggers import lifted
from traitdunion.networks.versions import remove_demonstrations
from traitdunion.observatory.models import Pole, Run
from traitdunion.observatory.running.storage import folder_of
from traitdunion.sources.bounded.yaml_files import yaml_document

from .set_up import HOUSING, OBSERVATORY

FLAG = "demonstration"
BATCH = 500
Rows = dict[type[models.Model], set[Any]]


class RemovalRefused(Exception):
    """What keeps the demonstration from being removed, in French."""


def remove_demonstration() -> int:
    """Delete the demonstration of the database and of the data folder; return how many rows went.

    Raises RemovalRefused where rows of a real organisation hang from it.
    """
    with transaction.atomic():
        rows = _with_all_that_hangs(_flagged())
        _refuse_real(rows)
        # The accounts of the fictitious body are written never to change: the only exception.
        with lifted(connection):
            for model, keys in rows.items():
                _forget(model, keys)
        connection.check_constraints()
    for code in rows[Run]:
        shutil.rmtree(folder_of(code), ignore_errors=True)
    remove_demonstrations(settings.TRAITDUNION_DATA_DIR / "networks")
    return sum(map(len, rows.values()))


def _flagged() -> Rows:
    """Return the rows that say that they are of the demonstration, and its structures."""
    rows: Rows = defaultdict(set)
    for model in apps.get_models():
        if any(field.name == FLAG for field in model._meta.fields):
            rows[model] |= set(
                model._base_manager.filter(**{FLAG: True}).values_list("pk", flat=True)
            )
    real = Structure.objects.filter(solutions__demonstration=False)
    theirs = Structure.objects.filter(Q(organisation__demonstration=True) | Q(id__endswith="-demo"))
    poles = Pole.objects.filter(pk__in=yaml_document(OBSERVATORY)["poles"])
    rows[Pole] = set(poles.values_list("pk", flat=True))
    rows[Reference] = set(_references())
    rows[Structure] = set(theirs.exclude(pk__in=real).values_list("pk", flat=True))
    return rows


def _references() -> Iterator[int]:
    """Yield the dated values of the fictitious body that no real organisation verified."""
    for given in yaml_document(HOUSING)["references"]:
        same = {name: given[name] for name in ("nature", "cle", "depuis", "valeur", "source")}
        real = Q(verifications__organisation__demonstration=False)
        yield from Reference.objects.filter(**same).exclude(real).values_list("pk", flat=True)


def _with_all_that_hangs(rows: Rows) -> Rows:
    """Add the rows that refer to those given, and those that refer to them in turn."""
    waiting: Rows = {model: set(keys) for model, keys in rows.items() if keys}
    while waiting:
        model, keys = waiting.popitem()
        for field in _references_to(model):
            if field.null and field.remote_field.on_delete is models.SET_NULL:
                continue
            other = field.model
            hanging = _referring(field, keys) - rows[other]
            if hanging:
                rows[other] |= hanging
                waiting[other] = waiting.get(other, set()) | hanging
    return rows


def _references_to(model: type[models.Model]) -> Iterator[Any]:
    for other in apps.get_models(include_auto_created=True):
        for field in other._meta.local_fields:
            if field.remote_field and field.remote_field.model is model:
                yield field


def _referring(field: Any, keys: set[Any]) -> set[Any]:
    """Return the keys of the rows that refer by a field to any of the keys."""
    referring: set[Any] = set()
    for batch in _batches(keys):
        rows = field.model._base_manager.filter(**{f"{field.name}__in": batch})
        referring |= set(rows.values_list("pk", flat=True))
    return referring


def _refuse_real(rows: Rows) -> None:
    """Raise RemovalRefused, naming them, where rows of real organisations would go."""
    real = [
        f"{model._meta.verbose_name} ({n})"
        for model, keys in rows.items()
        if (n := sum(_real(model, batch).count() for batch in _batches(keys)))
    ]
    if real:
        raise RemovalRefused(
            f"De vraies données tiennent à la démonstration : {', '.join(sorted(real))}. "
            "Détachez-les ou effacez-les d'abord."
        )


def _real(model: type[models.Model], keys: list[Any]) -> models.QuerySet[Any]:
    wrong = Q(pk__in=[])
    for field in model._meta.local_fields:
        if field.name == FLAG:
            wrong |= Q(**{FLAG: False})
        elif field.remote_field and field.remote_field.model is Organisation:
            wrong |= Q(**{f"{field.name}__demonstration": False})
    return model._base_manager.filter(wrong, pk__in=keys)


def _forget(model: type[models.Model], keys: set[Any]) -> None:
    """Delete rows, and empty what may refer to them; constraints are checked at the end."""
    for batch in _batches(keys):
        for field in _references_to(model):
            if field.null and field.remote_field.on_delete is models.SET_NULL:
                referring = field.model._base_manager.filter(**{f"{field.name}__in": batch})
                referring.update(**{field.name: None})
        kept = model._base_manager.filter(pk__in=batch)
        kept._raw_delete(kept.db)


def _batches(keys: set[Any]) -> Iterator[list[Any]]:
    listed = list(keys)
    for first in range(0, len(listed), BATCH):
        yield listed[first : first + BATCH]
