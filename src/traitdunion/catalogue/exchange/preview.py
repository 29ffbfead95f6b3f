"""What a file would change, record by record, before anything is written."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from traitdunion import french
from traitdunion.accounts.models import Organisation

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
from ..enums import Statut
from ..models import Import, LieuCovoiturage, Solution, Structure
from ..operations import free_key
from ..queries import with_parts
from ..zone_lines import ZoneCodes
from .batch import Batch, Read, Row
from .doubles import double_of

ELSEWHERE = "cette structure est tenue par une autre organisation."
WRITTEN = frozenset({"creer", "modifier", "double"})


@dataclass
class Line:
    """What would become of one entry of the file.

    `action`: "creer", "modifier", "identique", "double", "refuser" or "laisser". `warnings` are
    what one should look at before importing; they keep nothing out.
    """

    read: Read
    action: str
    key: str = ""
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    double: Solution | None = None
    content: Content = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


class RowLine(NamedTuple):
    """What would become of a structure or of a car-pool place of the file."""

    action: str
    row: Row
    problems: list[str]


@dataclass
class Preview:
    """What a file would change.

    `refused` are records that could not be read, `notes` what one should know, `absent` entries
    that the same publisher once sent and that are not in this file.
    """

    lines: list[Line]
    structures: list[RowLine]
    lieux: list[RowLine]
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    absent: list[Solution] = field(default_factory=list)

    def count(self, action: str) -> int:
        """Return how many entries have an action."""
        return sum(1 for line in self.lines if line.action == action)

    @property
    def left_out(self) -> int:
        """Count the records with a fault; importing the others leaves them out."""
        return len(self.refused) + self._actions.count("refuser")

    @property
    def _actions(self) -> list[str]:
        rows = [*self.structures, *self.lieux]
        return [*(line.action for line in self.lines), *(row.action for row in rows)]

    @property
    def writes(self) -> bool:
        """Return True where importing writes something."""
        return not WRITTEN.isdisjoint(self._actions)

    @property
    def changes_nothing(self) -> bool:
        """Return True where all that the file holds is in the catalogue already."""
        return not self.writes and not self.left_out


def preview(row: Import) -> Preview:
    """Return what applying a file would do to the catalogue as it is now."""
    batch = Batch.from_json(row.content)
    known = Structure.objects.in_bulk()
    structures = _structure_lines(batch.structures, row.organisation, known)
    coming = {line.row["id"] for line in structures if line.action != "refuser"}
    stored = {solution.pk: solution for solution in with_parts()}
    shown = Preview(
        lines=_lines(batch, row.organisation, stored, known, coming),
        structures=structures,
        lieux=_place_lines(batch.lieux, row.organisation),
        refused=batch.refused,
        notes=[*batch.notes, *_look_alikes(batch, known, stored)],
    )
    shown.absent = _absent(shown.lines, row.organisation, stored)
    return shown


# -- entries -------------------------------------------------------------------------------------


def _lines(
    batch: Batch,
    organisation: Organisation,
    stored: Mapping[str, Solution],
    known: Mapping[str, Structure],
    coming: set[str],
) -> list[Line]:
    by_reference = {
        solution.reference: solution for solution in stored.values() if solution.reference
    }
    zone_codes = ZoneCodes(
        zone for read in batch.solutions for zone in read.content.get("zones") or []
    )
    lines: list[Line] = []
    taken: set[str] = set(stored)
    seen: dict[str, str] = {}
    for read in batch.solutions:
        line = _line(read, organisation, stored, by_reference, known, coming, zone_codes)
        identity = line.key or read.key or str(read.content.get("reference") or "")
        first = seen.setdefault(identity, read.place) if identity else read.place
        if first != read.place and line.action != "laisser":
            line.action = "refuser"
            why = f"cette fiche est déjà dans le fichier ({first}) : gardez une seule des deux."
            line.problems.append(Problem("id", why))
        if line.action == "creer":
            line.key = free_key_of(line, taken)
            taken.add(line.key)
        lines.append(line)
    return lines


def free_key_of(line: Line, taken: Iterable[str]) -> str:
    """Return the key of a new entry: that of the file, else one made from its name."""
    taken = set(taken)
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
    zone_codes: ZoneCodes,
) -> Line:
    if read.skipped:
        return Line(read, "laisser", problems=[Problem("", read.skipped)])
    current = stored.get(read.key) or by_reference.get(read.content.get("reference") or "")
    given = {name: read.content.get(name) for name in read.given}
    warnings: list[str] = []
    if zones := given.get("zones"):
        areas, warnings = zone_codes.resolved(zones)
        # In the order of the documents of entries, so that the same areas are no change.
        given["zones"] = sorted(areas, key=lambda zone: (zone["code"], zone["nature"]))
    if current is None:
        content = {name: value for name, value in given.items() if name in read.content}
        line = Line(read, "creer", content=content, warnings=warnings)
        line.double = double_of(content, list(stored.values()))
        if line.double is not None:
            line.action = "double"
    else:
        before = content_of(current)
        content = _overlaid(before, given)
        changes = changes_between(before, content)
        line = Line(read, "modifier", current.pk, changes, content=content, warnings=warnings)
        if not changes and not read.faults:
            line.action = "identique"
            return line
        line.warnings += _older(content.get("verifie_le"), before.get("verifie_le"))
    line.problems = [Problem("", fault) for fault in read.faults]
    line.problems += _problems(line, organisation, current, known, coming)
    if line.problems:
        line.action = "refuser"
    return line


def _older(given: Any, kept: Any) -> list[str]:
    """Return a warning where a file is older than what it would replace; both are ISO days."""
    if not given or not kept or str(given) >= str(kept):
        return []
    days = [french.day_in_figures(day) for day in (_iso_day(given), _iso_day(kept)) if day]
    if len(days) < 2:
        return []
    return [f"Le fichier date du {days[0]}, la fiche du {days[1]} : il est plus ancien qu'elle."]


def _iso_day(text: Any) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _overlaid(before: Content, given: Content) -> Content:
    """Return an entry with the fields of a file over it; an emptied list is no list."""
    content = {**before, **given}
    detail = {**(before.get("detail") or {}), **(given.get("detail") or {})}
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
        why = f"« {key[:80]} » n'est ni dans le catalogue, ni dans le fichier sans défaut."
        return [Problem("structure", why)]
    owners = [owner for owner in (structure, current.structure if current else None) if owner]
    if any(owner.organisation_id not in (None, organisation.pk) for owner in owners):
        return [Problem("structure", ELSEWHERE)]
    if current is not None and current.structure.organisation_id is None:
        return [Problem("structure", "personne ne tient cette fiche : faites-la confier.")]
    try:
        return dangling(entry_from(line.key or line.read.key or "a-nommer", line.content))
    except EntryError as wrong:
        return wrong.problems


# -- structures, places --------------------------------------------------------------------------


def _structure_lines(
    rows: Sequence[Row], organisation: Organisation, known: Mapping[str, Structure]
) -> list[RowLine]:
    lines: list[RowLine] = []
    seen: set[str] = set()
    for row in rows:
        before = known.get(row["id"])
        if row["id"] in seen:
            why = f"« {row['id']} » est déjà dans le fichier : gardez une seule des deux."
            lines.append(RowLine("refuser", row, [why]))
            continue
        seen.add(row["id"])
        if before is not None and before.organisation_id not in (None, organisation.pk):
            lines.append(RowLine("laisser", row, [ELSEWHERE]))
            continue
        problems = row_problems(before or Structure(), row, leave={"organisation"})
        warnings = _older(row.get("maj_le"), before.maj_le.isoformat()) if (
            before is not None and before.maj_le
        ) else []  # fmt: skip
        lines.append(RowLine(_row_action(before, row, problems), row, problems or warnings))
    return lines


def _row_action(before: Any, row: Row, problems: list[str]) -> str:
    if problems:
        return "refuser"
    if before is None:
        return "creer"
    return "modifier" if changed_columns(before, row) else "identique"


def row_problems(before: Any, row: Row, *, leave: set[str]) -> list[str]:
    """Return what is wrong with a row laid over one of the base, column by column.

    `before` is left as it is; `leave` are columns that files do not set.
    """
    made = copy(before)
    made._state = copy(before._state)
    problems = []
    for name, value in row.items():
        if name == "reseaux":
            continue
        column = made._meta.get_field(name)
        try:
            setattr(made, name, column.to_python(value))
        except ValidationError as wrong:
            problems += [f"{column.verbose_name} : {message}" for message in wrong.messages]
    try:
        made.full_clean(exclude=leave, validate_unique=False)
    except ValidationError as wrong:
        for name, messages in wrong.message_dict.items():
            label = "" if name == "__all__" else f"{made._meta.get_field(name).verbose_name} : "
            value = str(row.get(name) or "")[:80]
            shown = f"« {value} » : " if value else ""
            problems += [f"{label}{shown}{message}" for message in messages]
    return problems


def changed_columns(before: Any, row: Row) -> Row:
    """Return the columns of a row that a file would change, with their values now."""
    return {
        name: _as_json(before, name)
        for name, value in row.items()
        if name not in ("id", "reseaux") and _as_json(before, name) != value
    }


def _as_json(row: Any, name: str) -> Any:
    value = getattr(row, name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _place_lines(rows: Sequence[Row], organisation: Organisation) -> list[RowLine]:
    places = LieuCovoiturage.objects.in_bulk([row["id_lieu"] for row in rows])
    lines = []
    for row in rows:
        before = places.get(row["id_lieu"])
        if before is not None and before.organisation_id not in (None, organisation.pk):
            why = "ce lieu est tenu par une autre organisation."
            lines.append(RowLine("laisser", row, [why]))
            continue
        leave = {"organisation", "solution"}
        problems = row_problems(before or LieuCovoiturage(), row, leave=leave)
        warnings = _older(row["date_maj"], before.date_maj.isoformat()) if before else []
        lines.append(RowLine(_row_action(before, row, problems), row, problems or warnings))
    return lines


# -- what one should look at ---------------------------------------------------------------------


def _look_alikes(
    batch: Batch, known: Mapping[str, Structure], stored: Mapping[str, Solution]
) -> list[str]:
    """Return a note for two structures of one SIRET, and for keys that differ by a sign only."""
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for row in known.values():
        names[row.siret][row.pk] = row.nom
    for line in batch.structures:
        names[str(line.get("siret") or "")][line["id"]] = str(line.get("nom") or line["id"])
    coming = {line["id"] for line in batch.structures}
    notes = [
        f"Le SIRET {siret} est celui de plusieurs structures : "
        f"{', '.join(f'« {name} »' for name in sorted(rows.values()))}. Est-ce la même ?"
        for siret, rows in sorted(names.items())
        if siret and len(rows) > 1 and coming & rows.keys()
    ]
    read = {solution.key for solution in batch.solutions if solution.key}
    for new, old, what in ((coming, set(known), "structures"), (read, set(stored), "fiches")):
        notes += [
            f"Ces identifiants de {what} ne diffèrent que d'un signe : {', '.join(alike)}. "
            "Est-ce la même ?"
            for alike in _by_letters(new | old)
            if new & set(alike)
        ]
    return notes


def _by_letters(keys: Iterable[str]) -> list[list[str]]:
    """Return the keys that are the same but for case and punctuation, group by group."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key in sorted(keys):
        groups[re.sub(r"[\W_]+", "", key.casefold())].append(key)
    return [group for group in groups.values() if len(group) > 1]


def _absent(
    lines: Sequence[Line], organisation: Organisation, stored: Mapping[str, Solution]
) -> list[Solution]:
    """Return the entries of the same publisher that its file no longer has: what follows the last
    "--" of a reference is the record, what precedes it the publisher.
    """
    references = {
        stored[line.key].reference if line.key in stored else line.content.get("reference") or ""
        for line in lines
    }
    publishers = {text.rpartition("--")[0] for text in references} - {""}
    return [
        solution
        for solution in stored.values()
        if solution.reference not in references
        and solution.reference.rpartition("--")[0] in publishers
        and solution.statut != Statut.ARCHIVE
        and solution.structure.organisation_id == organisation.pk
    ]
