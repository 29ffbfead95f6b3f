"""Writes of the catalogue: loading a file of structures and solutions, whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import models, transaction

from .enums import NatureZone
from .models import Solution, SolutionZone, Structure

ZONES = {
    "communes": NatureZone.COMMUNE,
    "epci": NatureZone.EPCI,
    "departements": NatureZone.DEPARTEMENT,
    "regions": NatureZone.REGION,
}


class CatalogueError(ValueError):
    """The file cannot be loaded; `problems` holds one French sentence for each fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


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


def load_catalogue(path: Path) -> Loaded:
    """Load the structures and solutions of a YAML file: all of them, or none.

    The same file twice changes nothing; a solution without area is kept, and is *à vérifier*.
    Raises CatalogueError with every fault of the file: which entry, which field, why, what to
    do.
    """
    content = _read(path)
    problems: list[str] = []
    structures = _built(path, content, "structures", Structure, problems)
    known = {structure.id for structure, _ in structures}
    solutions = _built(path, content, "solutions", Solution, problems)
    for solution, _ in solutions:
        where = f"{path.name}, solution « {solution.pk} »"
        if solution.structure_id not in known:
            problems.append(
                f"{where}, champ « structure » : « {solution.structure_id} » n'est pas une "
                "structure de ce fichier. Ajoutez-la, ou corrigez l'identifiant."
            )
    if problems:
        raise CatalogueError(problems)
    with transaction.atomic():
        done = [_save(entry, []) for entry, _ in structures]
        done += [_save(entry, zones) for entry, zones in solutions]
    return Loaded(*(done.count(what) for what in ("created", "updated", "unchanged")))


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as absent:
        raise CatalogueError([f"{path} : fichier illisible ({absent.strerror})."]) from absent
    except UnicodeDecodeError as wrong:
        raise CatalogueError(
            [f"{path.name} : le fichier n'est pas en UTF-8. Enregistrez-le en UTF-8."]
        ) from wrong
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line = f", ligne {mark.line + 1}" if mark else ""
        raise CatalogueError([f"{path.name}{line} : YAML mal formé ({wrong})."]) from wrong
    if not isinstance(content, dict) or not isinstance(content.get("solutions"), dict):
        raise CatalogueError(
            [f"{path.name} : il faut deux listes, « structures » et « solutions »."]
        )
    return content


def _built(
    path: Path,
    content: Mapping[str, Any],
    section: str,
    model: type[models.Model],
    problems: list[str],
) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Entries of a section as unsaved rows and their zones; faults are added to `problems`."""
    names = {field.name: field for field in model._meta.concrete_fields}
    found = []
    for key, given in (content.get(section) or {}).items():
        where = f"{path.name}, {section[:-1]} « {key} »"
        if not isinstance(given, dict):
            problems.append(f"{where} : il faut une liste de champs.")
            continue
        fields = {**(content.get(f"{section}_par_defaut") or {}), **given}
        zones = _zones(where, fields.pop("zones", None), problems) if section == "solutions" else []
        unknown = set(fields) - set(names)
        problems += [
            f"{where} : le champ « {name} » n'existe pas. Champs : {', '.join(sorted(names))}."
            for name in sorted(unknown)
        ]
        values = {"id": key}
        for name in set(fields) - unknown:
            values[names[name].attname] = _value(names[name], fields[name])
        row = model(**values)
        _check(where, row, problems)
        found.append((row, zones))
    return found


def _value(field: Any, given: Any) -> Any:
    """What YAML gives, as the field takes it: no null in a text, no binary rounding of a price."""
    if given is None and not field.null:
        return ""
    if isinstance(field, models.DecimalField) and isinstance(given, float):
        return str(given)
    return given


def _check(where: str, row: models.Model, problems: list[str]) -> None:
    """Convert and check each field of an unsaved row."""
    relations = [field.name for field in row._meta.concrete_fields if field.is_relation]
    try:
        row.clean_fields(exclude=relations)
        row.validate_constraints()
    except ValidationError as wrong:
        for field, messages in wrong.message_dict.items():
            value = getattr(row, field, "") if field != "__all__" else ""
            told = f", champ « {field} »" if field != "__all__" else ""
            problems.append(f"{where}{told} : {' '.join(messages)} (valeur : « {value} »)")


def _zones(where: str, given: Any, problems: list[str]) -> list[tuple[str, str]]:
    zones = []
    for kind, codes in (given or {}).items():
        if kind == "france":
            zones.append((NatureZone.FRANCE, "FR"))
        elif kind not in ZONES:
            problems.append(
                f"{where}, champ « zones » : « {kind} » inconnu. "
                f"Zones : {', '.join(ZONES)}, france."
            )
        else:
            zones += [(ZONES[kind], str(code)) for code in codes]
    return zones


def _save(row: Any, zones: list[tuple[str, str]]) -> str:
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
