"""Writing what a file would change, all of it or nothing, and taking it back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from traitdunion import french
from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..entries import Content, EntryError, content_of, entry_from
from ..enums import EtatImport, FormatFichier, Statut
from ..models import Import, LieuCovoiturage, Solution, Structure, StructureReseau
from ..operations import EditingError
from ..saving import merge, save_entry
from .batch import Batch, Row
from .preview import Line, changed_columns, free_key_of, preview

CREER, COMPLETER, IGNORER = "creer", "completer", "ignorer"


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
    """Keep the content of a file until its preview has been read."""
    check(by, Permission.EXCHANGE, organisation)
    return Import.objects.create(
        organisation=organisation,
        format=format,
        nom=nom[:150],
        content=batch.as_json(),
        at=now,
        by=by,
    )


# -- applying --------------------------------------------------------------------------------------


@transaction.atomic
def apply(
    *,
    by: User,
    row: Import,
    decisions: Mapping[str, str],
    now: datetime,
    leave_out: bool = False,
) -> dict[str, int]:
    """Write what the preview shows, all of it or nothing; return how many rows, by kind.

    `decisions`: for each double, by its place in the file, "creer", "completer" (fill what is
    unknown in the entry of the catalogue) or "ignorer"; what is not decided is left aside.
    `leave_out` imports the sound records and leaves the others. Raises EditingError where a record
    has a fault and is not left out, or the file was applied already.
    """
    check(by, Permission.EXCHANGE, row.organisation)
    row = Import.objects.select_for_update().get(pk=row.pk)
    if row.etat in (EtatImport.ATTENDU, EtatImport.ECHEC):
        raise EditingError("Ce flux n'est pas lu : il n'y a rien à importer.")
    if row.etat == EtatImport.COLONNES:
        raise EditingError("Associez d'abord les colonnes de ce tableau.")
    if row.etat != EtatImport.PREPARE:
        raise EditingError("Ce fichier est déjà appliqué.")
    shown = preview(row)
    if shown.left_out and not leave_out:
        raise EditingError(
            f"{shown.left_out} fiche{french.plural(shown.left_out)} du fichier "
            f"{'ont' if shown.left_out > 1 else 'a'} un défaut : rien n'est importé. Corrigez le "
            "fichier et envoyez-le de nouveau, ou importez les autres."
        )
    undo: dict[str, Any] = {"structures": {}, "solutions": {}, "lieux": {}}
    for action, structure, _ in shown.structures:
        if action in ("creer", "modifier"):
            undo["structures"][structure["id"]] = _write_structure(structure, row.organisation)
    for line in shown.lines:
        with _naming(line.read.place):
            _write_line(line, decisions.get(line.read.place, IGNORER), by, row, now, undo)
    for action, place, _ in shown.lieux:
        if action in ("creer", "modifier"):
            undo["lieux"][place["id_lieu"]] = _write_place(place, row.organisation)
    row.etat, row.undo, row.applied_at = EtatImport.APPLIQUE, undo, now
    row.save()
    record(by=by, organisation=row.organisation, action=Action.IMPORTER, target=row, at=now)
    return {name: len(rows) for name, rows in undo.items()}


@contextmanager
def _naming(place: str) -> Iterator[None]:
    """Turn what the database or the checks refuse into EditingError, with the place of the record.

    The preview has checked every record: this is for what changed since it was shown.
    """
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, DataError) as refused:
        raise EditingError(
            f"{place} : elle est en conflit avec une fiche du catalogue. Envoyez le fichier de "
            "nouveau."
        ) from refused
    except (EntryError, ValidationError) as refused:
        raise EditingError(f"{place} : {refused}") from refused


def _write_structure(row: Row, organisation: Organisation) -> Row | None:
    """Write a structure of a file; return its columns before, None if it is new."""
    with _naming(f"Structure « {row['id']} »"):
        before = Structure.objects.filter(pk=row["id"]).first()
        kept = None if before is None else changed_columns(before, row)
        made = before or Structure(id=row["id"], organisation=organisation)
        _lay(made, row, leave={"organisation"})
        for code in row.get("reseaux", []):
            StructureReseau.objects.get_or_create(structure=made, code=code)
    return kept


def _lay(made: Any, row: Row, *, leave: set[str]) -> None:
    """Set the columns of a row, check them together and save."""
    for name, value in row.items():
        if name not in ("id", "reseaux"):
            setattr(made, name, made._meta.get_field(name).to_python(value))
    made.full_clean(exclude=leave)
    made.save()


def _write_line(
    line: Line, decision: str, by: User, row: Import, now: datetime, undo: dict[str, Any]
) -> None:
    content, key, before = line.content, line.key, None
    if line.action == "double" and decision == CREER:
        key = free_key_of(line, Solution.objects.values_list("pk", flat=True))
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


def _completed(before: Content, content: Content) -> Content:
    """Return an entry of the catalogue with its unknown fields taken from a file."""
    unknown = (None, "", [])
    filled = {n: v for n, v in content.items() if before.get(n) in unknown and n != "detail"}
    detail = {**(content.get("detail") or {})} | {
        name: value for name, value in (before.get("detail") or {}).items() if value not in unknown
    }
    return before | filled | ({"detail": detail} if detail else {})


def _write_place(row: Row, organisation: Organisation) -> Row | None:
    """Write a car-pool place of a file; one without owner now belongs to `organisation`."""
    with _naming(f"Lieu « {row['id_lieu']} »"):
        before = LieuCovoiturage.objects.filter(pk=row["id_lieu"]).first()
        kept = None if before is None else changed_columns(before, row)
        if before is not None and before.organisation_id is None and kept is not None:
            kept["organisation_id"] = None
        made = before or LieuCovoiturage(id_lieu=row["id_lieu"])
        made.organisation = made.organisation or organisation
        _lay(made, row, leave={"organisation", "solution"})
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
    for key, kept_before in row.undo["solutions"].items():
        kept += _undo_solution(key, kept_before, by, row, now)
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
    key: str, values: dict[str, Any], by: User, row: Import, now: datetime
) -> list[str]:
    solution = Solution.objects.select_related("structure").filter(pk=key).first()
    if solution is None:
        return []
    if values["before"] is None:
        untouched = solution.version == values["version"] and solution.statut == Statut.BROUILLON
        if untouched:
            solution.delete()
            return []
        if solution.statut != Statut.ARCHIVE:
            _resave(solution, content_of(solution), Statut.ARCHIVE, by, row, now)
        return [f"« {solution.nom} » a changé depuis : elle est archivée."]
    after = solution.revisions.get(version=values["version"]).content
    merged = merge(after, content_of(solution), values["before"])
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
