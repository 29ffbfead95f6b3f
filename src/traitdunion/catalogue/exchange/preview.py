"""What a file would change, line by line, before anything is written; applying it; undoing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..entries import (
    Change,
    Content,
    EntryError,
    Problem,
    changes_between,
    content_of,
    dangling,
    entry_from,
)
from ..enums import EtatImport, FormatFichier, Statut
from ..models import Import, LieuCovoiturage, Solution, Structure, StructureReseau
from ..operations import EditingError, free_key
from ..queries import with_parts
from ..saving import merge, save_entry
from .batch import Batch, Read, Row
from .doubles import double_of

CREER, COMPLETER, IGNORER = "creer", "completer", "ignorer"


@dataclass
class Line:
    """What would become of one entry of the file.

    `action`: "creer", "modifier", "identique", "double", "refuser" or "laisser".
    """

    read: Read
    action: str
    key: str = ""
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    double: Solution | None = None
    content: Content = field(default_factory=dict)


@dataclass
class Preview:
    """What a file would change."""

    lines: list[Line]
    structures: list[tuple[str, Row]]
    lieux: list[tuple[str, Row]]

    def count(self, action: str) -> int:
        return sum(1 for line in self.lines if line.action == action)

    @property
    def changes_nothing(self) -> bool:
        told = {line.action for line in self.lines} - {"identique", "laisser"}
        rows = {action for action, _ in (*self.structures, *self.lieux)} - {"identique"}
        return not told and not rows


@transaction.atomic
def prepare(
    *,
    by: User,
    organisation: Organisation,
    format: FormatFichier,  # noqa: A002 - what the field is called
    nom: str,
    batch: Batch,
    now: datetime,
) -> Import:
    """Keep what a file says until somebody has read what it would change."""
    check(by, Permission.EXCHANGE, organisation)
    return Import.objects.create(
        organisation=organisation,
        format=format,
        nom=nom[:150],
        content=batch.as_json(),
        at=now,
        by=by,
    )


def preview(row: Import) -> Preview:
    """What applying a file would do to the catalogue as it is now."""
    batch = Batch.from_json(row.content)
    coming = {one["id"] for one in batch.structures}
    known = Structure.objects.in_bulk()
    stored = {one.pk: one for one in with_parts()}
    by_reference = {one.reference: one for one in stored.values() if one.reference}
    lines: list[Line] = []
    taken: set[str] = set()
    for read in batch.solutions:
        line = _line(read, row.organisation, stored, by_reference, known, coming)
        if line.action == "creer":
            line.key = _fresh(line, taken | stored.keys())
        if line.key and line.key in taken:
            line.action = "refuser"
            line.problems.append(Problem("id", "cette fiche est deux fois dans le fichier."))
        taken.add(line.key)
        lines.append(line)
    structures = [
        (_structure_action(one, row.organisation, known), one) for one in batch.structures
    ]
    places = LieuCovoiturage.objects.in_bulk([one["id_lieu"] for one in batch.lieux])
    lieux = [(_place_action(one, places), one) for one in batch.lieux]
    return Preview(lines, structures, lieux)


def _fresh(line: Line, taken: set[str]) -> str:
    stem = line.read.key or free_key(line.content)
    return stem if stem not in taken else next(
        key for n in range(2, len(taken) + 3) if (key := f"{stem[:70]}-{n}") not in taken
    )  # fmt: skip


def _line(
    read: Read,
    organisation: Organisation,
    stored: Mapping[str, Solution],
    by_reference: Mapping[str, Solution],
    known: Mapping[str, Structure],
    coming: set[str],
) -> Line:
    if read.skipped:
        return Line(read, "laisser", problems=[Problem("", read.skipped)])
    current = stored.get(read.key) or by_reference.get(read.content.get("reference") or "")
    if current is None:
        content = {name: read.content[name] for name in read.given if name in read.content}
        line = Line(read, "creer", content=content)
        line.double = double_of(content, list(stored.values()))
        if line.double is not None:
            line.action = "double"
    else:
        before = content_of(current)
        told = {name: read.content.get(name) for name in read.given}
        content = _overlaid(before, told)
        line = Line(read, "modifier", current.pk, changes_between(before, content), content=content)
        if not line.changes:
            line.action = "identique"
            return line
    line.problems = _problems(line, organisation, current, known, coming)
    if line.problems:
        line.action = "refuser"
    return line


def _overlaid(before: Content, told: Content) -> Content:
    """What an entry says once a file has told some of its fields; an emptied list is no list."""
    content = {**before, **told}
    detail = {**(before.get("detail") or {}), **(told.get("detail") or {})}
    content["detail"] = detail if any(v not in (None, "") for v in detail.values()) else None
    kept = {name: value for name, value in content.items() if value != [] and name != "detail"}
    lists_left = {n: v for n, v in kept.items() if v is not None or n in before}
    return lists_left | ({"detail": content["detail"]} if content["detail"] else {})


def _problems(
    line: Line,
    organisation: Organisation,
    current: Solution | None,
    known: Mapping[str, Structure],
    coming: set[str],
) -> list[Problem]:
    key = str(line.content.get("structure") or "")
    structure = known.get(key)
    if structure is None and key not in coming:
        return [Problem("structure", f"« {key} » n'est ni dans le catalogue ni dans le fichier.")]
    owners = [one for one in (structure, current.structure if current else None) if one]
    if any(one.organisation_id not in (None, organisation.pk) for one in owners):
        return [Problem("structure", "cette structure est tenue par une autre organisation.")]
    if current is not None and current.structure.organisation_id is None:
        return [Problem("structure", "personne ne tient cette fiche : faites-la confier.")]
    try:
        return dangling(entry_from(line.key or "a-nommer", line.content))
    except EntryError as wrong:
        return wrong.problems


def _structure_action(row: Row, organisation: Organisation, known: Mapping[str, Structure]) -> str:
    before = known.get(row["id"])
    if before is None:
        return "creer"
    if before.organisation_id not in (None, organisation.pk):
        return "laisser"
    return "modifier" if _changed(before, row) else "identique"


def _changed(before: Any, row: Row) -> Row:
    """Columns of a row that a file would change, with what they say now."""
    return {
        name: _as_json(before, name)
        for name, value in row.items()
        if name not in ("id", "reseaux") and _as_json(before, name) != value
    }


def _as_json(row: Any, name: str) -> Any:
    value = getattr(row, name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _place_action(row: Row, places: Mapping[str, LieuCovoiturage]) -> str:
    before = places.get(row["id_lieu"])
    if before is None:
        return "creer"
    return "modifier" if _changed(before, row) else "identique"


# -- applying --------------------------------------------------------------------------------------


@transaction.atomic
def apply(*, by: User, row: Import, decisions: Mapping[str, str], now: datetime) -> dict[str, int]:
    """Write what the preview told, all of it or nothing; how many entries were made or changed.

    `decisions`: for each double, by its place in the file, "creer", "completer" (fill what the
    entry in the catalogue does not tell) or "ignorer"; what is not decided is left aside. Raises
    EditingError where an entry of the file is refused, or the file was applied already.
    """
    check(by, Permission.EXCHANGE, row.organisation)
    row = Import.objects.select_for_update().get(pk=row.pk)
    if row.etat != EtatImport.PREPARE:
        raise EditingError("Ce fichier est déjà appliqué.")
    told = preview(row)
    refused = [line for line in told.lines if line.action == "refuser"]
    if refused:
        raise EditingError(
            f"{len(refused)} fiche(s) du fichier ont un défaut : rien n'est importé. "
            "Corrigez le fichier, puis envoyez-le de nouveau."
        )
    undo: dict[str, Any] = {"structures": {}, "solutions": {}, "lieux": {}}
    for action, structure in told.structures:
        if action in ("creer", "modifier"):
            undo["structures"][structure["id"]] = _write_structure(structure, row.organisation)
    for line in told.lines:
        _write_line(line, decisions.get(line.read.place, IGNORER), by, row, now, undo)
    for action, place in told.lieux:
        if action in ("creer", "modifier"):
            undo["lieux"][place["id_lieu"]] = _write_place(place)
    row.etat, row.undo, row.applied_at = EtatImport.APPLIQUE, undo, now
    row.save()
    record(by=by, organisation=row.organisation, action=Action.IMPORTER, target=row, at=now)
    return {name: len(rows) for name, rows in undo.items()}


def _write_structure(row: Row, organisation: Organisation) -> Row | None:
    """Write a structure of a file; what it said before, None if it is new."""
    networks = row.get("reseaux", [])
    columns = {name: value for name, value in row.items() if name not in ("id", "reseaux")}
    before = Structure.objects.filter(pk=row["id"]).first()
    kept = None if before is None else _changed(before, row)
    made = before or Structure(id=row["id"], organisation=organisation)
    for name, value in columns.items():
        setattr(made, name, made._meta.get_field(name).to_python(value))
    try:
        made.full_clean(exclude=["organisation"])
    except ValidationError as wrong:
        raise EditingError(f"Structure « {row['id']} » : {' '.join(wrong.messages)}") from wrong
    made.save()
    for code in networks:
        StructureReseau.objects.get_or_create(structure=made, code=code)
    return kept


def _write_line(
    line: Line, decision: str, by: User, row: Import, now: datetime, undo: dict[str, Any]
) -> None:
    content, key, before = line.content, line.key, None
    if line.action == "double" and decision == CREER:
        key = _fresh(line, set(Solution.objects.values_list("pk", flat=True)))
    elif line.action == "double" and decision == COMPLETER and line.double is not None:
        key, before = line.double.pk, content_of(line.double)
        content = _completed(before, content)
    elif line.action == "modifier":
        before = content_of(Solution.objects.get(pk=key))
    elif line.action != "creer":
        return
    entry = entry_from(key, content)
    current = Solution.objects.select_related("structure").filter(pk=key).first()
    structure = Structure.objects.get(pk=content["structure"])
    if structure.organisation is None:
        structure.organisation = row.organisation
        structure.save(update_fields=["organisation"])
    check(by, Permission.EXCHANGE, structure.organisation)
    entry.solution.structure = structure
    entry.solution.statut = current.statut if current else Statut.BROUILLON
    motif = f"Fichier {row.nom}."
    if save_entry(entry, by=by, at=now, action=Action.IMPORTER, motif=motif) != "unchanged":
        undo["solutions"][key] = {"before": before, "version": entry.solution.version}


def _completed(before: Content, told: Content) -> Content:
    """What is in the catalogue, with what it does not tell taken from a file."""
    unknown = (None, "", [])
    filled = {n: v for n, v in told.items() if before.get(n) in unknown and n != "detail"}
    detail = {**(told.get("detail") or {})} | {
        name: value for name, value in (before.get("detail") or {}).items() if value not in unknown
    }
    return before | filled | ({"detail": detail} if detail else {})


def _write_place(row: Row) -> Row | None:
    before = LieuCovoiturage.objects.filter(pk=row["id_lieu"]).first()
    kept = None if before is None else _changed(before, row)
    made = before or LieuCovoiturage(id_lieu=row["id_lieu"])
    for name, value in row.items():
        setattr(made, name, made._meta.get_field(name).to_python(value))
    try:
        made.full_clean()
    except ValidationError as wrong:
        raise EditingError(f"Lieu « {row['id_lieu']} » : {' '.join(wrong.messages)}") from wrong
    made.save()
    return kept


# -- undoing ---------------------------------------------------------------------------------------


@transaction.atomic
def undo(*, by: User, row: Import, now: datetime) -> list[str]:
    """Take back what a file changed, and nothing of what was changed since.

    Returns what could not be taken back, as French sentences: a field changed again since.
    """
    check(by, Permission.EXCHANGE, row.organisation)
    row = Import.objects.select_for_update().get(pk=row.pk)
    if row.etat != EtatImport.APPLIQUE:
        raise EditingError("Ce fichier n'est pas appliqué : il n'y a rien à annuler.")
    kept: list[str] = []
    for key, told in row.undo["solutions"].items():
        kept += _undo_solution(key, told, by, row, now)
    for model, name, field_ in (
        (LieuCovoiturage, "lieux", "id_lieu"), (Structure, "structures", "id"),
    ):  # fmt: skip
        for key, before in row.undo[name].items():
            kept += _undo_row(model, field_, key, before)
    row.etat = EtatImport.ANNULE
    row.save()
    record(by=by, organisation=row.organisation, action=Action.ANNULER, target=row, at=now)
    return kept


def _undo_solution(
    key: str, told: dict[str, Any], by: User, row: Import, now: datetime
) -> list[str]:
    solution = Solution.objects.select_related("structure").filter(pk=key).first()
    if solution is None:
        return []
    if told["before"] is None:
        untouched = solution.version == told["version"] and solution.statut == Statut.BROUILLON
        if untouched:
            solution.delete()
            return []
        if solution.statut != Statut.ARCHIVE:
            _resave(solution, content_of(solution), Statut.ARCHIVE, by, row, now)
        return [f"« {solution.nom} » a changé depuis : elle est archivée."]
    after = solution.revisions.get(version=told["version"]).content
    merged = merge(after, content_of(solution), told["before"])
    theirs_kept = {**merged.content}
    current = content_of(solution)
    for name in merged.conflicts:
        theirs_kept[name.split(".")[0]] = current.get(name.split(".")[0])
    _resave(solution, theirs_kept, Statut(solution.statut), by, row, now)
    return [
        f"« {solution.nom} » : « {name} » a changé depuis, il est laissé."
        for name in merged.conflicts
    ]


def _resave(
    solution: Solution, content: Content, statut: Statut, by: User, row: Import, now: datetime
) -> None:
    entry = entry_from(solution.pk, content)
    entry.solution.structure = Structure.objects.get(pk=content["structure"])
    entry.solution.statut = statut
    motif = f"Annulation du fichier {row.nom}."
    save_entry(entry, by=by, at=now, action=Action.ANNULER, motif=motif)


def _undo_row(model: Any, field_: str, key: str, before: Row | None) -> list[str]:
    rows = model.objects.filter(**{field_: key})
    if before is None:
        if model is Structure and Solution.objects.filter(structure=key).exists():
            return [f"Structure « {key} » : elle a encore des fiches, elle est laissée."]
        rows.delete()
        return []
    rows.update(**before)
    return []
