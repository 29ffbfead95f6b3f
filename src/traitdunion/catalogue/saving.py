"""Writing an entry whole, with its version and its line of history; merging two ways of editing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import User
from traitdunion.territory.models import Commune, Epci
from traitdunion.territory.names import fold

from .entries import Content, Entry, content_of, detail_of
from .enums import ListeCodes, NatureZone, TypeSolution
from .models import PARTS, Revision, Solution


def save_entry(
    entry: Entry,
    *,
    by: User | None,
    at: datetime | None,
    action: Action | None = None,
    motif: str = "",
) -> str:
    """Create or replace an entry; "created", "updated" or "unchanged" (then nothing is written).

    The caller holds the transaction. The state (`statut`) saved is that of `entry.solution`. `at`
    is None where a file is loaded without telling when.
    """
    row = entry.solution
    before = Solution.objects.select_for_update().filter(pk=row.pk).first()
    if before is not None:
        if before.statut == row.statut and content_of(before) == entry.content():
            return "unchanged"
        row.version = before.version + 1
        old = detail_of(before)
        if old is not None and type(old) is not type(entry.detail):
            old.delete()
    row.modified_at, row.modified_by = at, by
    row.cle = search_key(entry)
    row.save(force_insert=before is None)
    if entry.detail is not None:
        entry.detail.solution = row
        entry.detail.save()
    for part in PARTS:
        if before is not None:
            part.objects.filter(solution=row).delete()
        rows = entry.parts.get(part.NAME) or []
        for part_row in rows:
            part_row.pk, part_row.solution = None, row
        part.objects.bulk_create(rows)
    Revision.objects.create(
        solution=row,
        version=row.version,
        at=at,
        by=by,
        action=action or (Action.CREER if before is None else Action.MODIFIER),
        statut=row.statut,
        content=entry.content(),
        motif=motif[:200],
    )
    return "created" if before is None else "updated"


def search_key(entry: Entry) -> str:
    """Return the words by which an entry is found, folded: without accents, capitals or signs."""
    row = entry.solution
    kind = TypeSolution(row.type_solution)
    areas = {(zone.nature, zone.code) for zone in entry.parts.get("zones", [])}
    labels = [
        code.label for code in entry.parts.get("codes", []) if code.liste == ListeCodes.PUBLICS
    ]
    texts = [
        row.nom,
        row.structure.nom,
        kind.label,
        kind.famille.label,
        row.description,
        row.conditions_acces,
        row.retrait_nom,
        *labels,
        *_names_of(areas),
    ]
    return f" {fold(' '.join(filter(None, texts)))} "


def _names_of(areas: Iterable[tuple[str, str]]) -> list[str]:
    codes = {nature: [c for n, c in areas if n == nature] for nature in NatureZone}
    communes = Commune.objects.filter(code_insee__in=codes[NatureZone.COMMUNE])
    epci = Epci.objects.filter(siren__in=codes[NatureZone.EPCI])
    return [*communes.values_list("nom", flat=True), *epci.values_list("nom", flat=True)]


# -- two people at once --------------------------------------------------------------------------


@dataclass(frozen=True)
class Merged:
    """Two ways of editing the same document, put together.

    `content` holds what either changed, and mine where both did; `conflicts` are these fields,
    `theirs` those that the other alone changed.
    """

    content: Content
    conflicts: list[str]
    theirs: list[str]


def merge(base: Content, theirs: Content, mine: Content) -> Merged:
    """Put together what was changed on both sides of `base`, field by field."""
    content: Content = {}
    conflicts, only_theirs = [], []
    for name in dict.fromkeys([*base, *theirs, *mine]):
        if name == "detail":
            inner = merge(*(document.get("detail") or {} for document in (base, theirs, mine)))
            conflicts += [f"detail.{field}" for field in inner.conflicts]
            only_theirs += [f"detail.{field}" for field in inner.theirs]
            if any(value not in (None, "") for value in inner.content.values()):
                content["detail"] = inner.content
            continue
        before, other, own = base.get(name), theirs.get(name), mine.get(name)
        kept = own
        if other != before and other != own:
            if own == before:
                kept = other
                only_theirs.append(name)
            else:
                conflicts.append(name)
        if kept is not None or any(name in document for document in (theirs, mine)):
            content[name] = kept
    return Merged(content, conflicts, only_theirs)
