"""Writes of the catalogue: loading a file of structures and solutions, whole or not at all."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from .models import Solution, SolutionZone
from .reading import Area, CatalogueError, read_catalogue

__all__ = ["CatalogueError", "Loaded", "load_catalogue"]


@dataclass(frozen=True)
class Loaded:
    """What a load changed, in numbers of structures and solutions."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        return (
            f"{self.created} fiche(s) créée(s), {self.updated} modifiée(s), "
            f"{self.unchanged} inchangée(s)"
        )


def load_catalogue(path: Path, *, now: datetime | None = None) -> Loaded:
    """Load the structures and solutions of a YAML file: all of them, or none.

    The same file twice changes nothing; what is stored and not in the file is kept. A solution
    without area is kept, and is *à vérifier*. `now`: when given, no real solution may have been
    verified after it. Raises CatalogueError with every fault of the file: which entry, which
    field, why, what to do.
    """
    entries = read_catalogue(path, now=now)
    with transaction.atomic():
        done = [_save(row, []) for row in entries.structures]
        done += [_save(row, areas) for row, areas in entries.solutions]
    return Loaded(*(done.count(what) for what in ("created", "updated", "unchanged")))


def _save(row: Any, zones: list[Area]) -> str:
    """Create or update one row; tells what happened."""
    before = type(row).objects.filter(pk=row.pk).first()
    names = [field.attname for field in row._meta.concrete_fields]
    same = before is not None and all(getattr(before, n) == getattr(row, n) for n in names)
    if isinstance(row, Solution) and before is not None:
        same = same and {zone.key for zone in before.zones.all()} == set(zones)
    if same:
        return "unchanged"
    row.save()
    if isinstance(row, Solution):
        row.zones.all().delete()
        SolutionZone.objects.bulk_create(
            SolutionZone(solution=row, nature=nature, code=code) for nature, code in zones
        )
    return "created" if before is None else "updated"
