"""Files of sites on screen: what a file would change, applied in one go, taken back.

The preview is the import itself, undone: what is shown is what will be written.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from traitdunion import french
from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.sources.bounded.faults import Fault
from traitdunion.territory.models import Commune, Equipe, Site

from .errors import EmployersError
from .models import ContactSite, ImportSites
from .operations import Imported, Written, import_sites, values_of
from .site_files import read_sites

WORDS = {
    "siret": "SIRET", "commune_id": "commune", "jours": "jours", "debut_s": "début",
    "fin_s": "fin", "personnes": "personnes", "decalable_min": "décalable de (min)",
    "precis": "entrée située", "lat": "latitude", "lon": "longitude",
}  # fmt: skip
UNSAID_OF_NEW = ("lat", "lon")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that a file would change, in words. `changes`: name, before, after."""

    name: str
    is_new: bool
    changes: tuple[tuple[str, str, str], ...]


def keep_file(
    *, by: User, organisation: Organisation, name: str, content: bytes, now: datetime
) -> ImportSites:
    """Keep a file until it is applied. Raises Unreadable where it is no table of sites."""
    check(by, Permission.KEEP_SITES, organisation)
    read_sites(content)
    return ImportSites.objects.create(
        organisation=organisation, nom=name[-150:], fichier=content, lu_le=now, par=by
    )


def preview(row: ImportSites) -> tuple[Imported, list[Fault]]:
    """Return what a file would write, and what of it cannot be read; nothing is written."""
    rows, faults = read_sites(bytes(row.fichier or b""))
    with transaction.atomic():
        imported = import_sites(rows=rows)
        transaction.set_rollback(True)
    return imported, [*faults, *imported.faults]


@transaction.atomic
def apply(*, by: User, row: ImportSites, now: datetime) -> Imported:
    """Write the sound rows of a file, once, and forget the file."""
    check(by, Permission.KEEP_SITES, row.organisation)
    locked = ImportSites.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.fichier is None:
        raise EmployersError("Ce fichier est déjà importé.")
    made = import_sites(rows=read_sites(bytes(locked.fichier))[0])
    if not made.written:
        raise EmployersError("Ce fichier ne change rien : tout y est déjà.")
    locked.ecrit = [asdict(written) for written in made.written]
    locked.fichier, locked.applique_le = None, now
    locked.save()
    record(by=by, organisation=row.organisation, action=Did.IMPORTER, target=locked, at=now)
    return made


@transaction.atomic
def take_back(*, by: User, row: ImportSites, now: datetime) -> list[str]:
    """Undo an import; return the names of what changed since, which stays as it is."""
    check(by, Permission.KEEP_SITES, row.organisation)
    locked = ImportSites.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.applique_le is None or locked.annule_le is not None:
        raise EmployersError("Il n'y a rien à annuler.")
    left = [
        " ".join(part for part in (written["name"], written["team"]) if part)
        for written in reversed(locked.ecrit)
        if not _undone(written)
    ]
    locked.annule_le = now
    locked.save(update_fields=["annule_le"])
    record(by=by, organisation=row.organisation, action=Did.ANNULER, target=locked, at=now)
    return left


def _undone(written: Mapping[str, Any]) -> bool:
    """Put a row back as it was; return False where it changed since, or others rest on it."""
    row: Site | Equipe | None
    if written["team"]:
        teams = Equipe.objects.filter(site=written["site"], nom=written["team"])
        row = teams.select_for_update(of=("self",)).first()
    else:
        row = Site.objects.select_for_update(of=("self",)).filter(pk=written["site"]).first()
    if row is None:
        return written["before"] is None
    if values_of(row) != written["after"]:
        return False
    if written["before"] is not None:
        for name, value in written["before"].items():
            setattr(row, name, value)
        row.save(update_fields=list(written["before"]))
        return True
    if isinstance(row, Site) and (
        row.equipes.exists() or ContactSite.objects.filter(site=row).exists()
    ):
        return False
    row.delete()
    return True


def lines_of(written: Iterable[Written]) -> list[Line]:
    """Return what a file would change, in words."""
    rows = list(written)
    codes = {row.after.get("commune_id") for row in rows}
    codes |= {row.before.get("commune_id") for row in rows if row.before}
    communes = dict(Commune.objects.filter(pk__in=codes - {None}).values_list("pk", "nom"))
    return [
        Line(
            name=f"{row.name}, équipe {row.team}" if row.team else row.name,
            is_new=row.before is None,
            changes=tuple(_changes(row, communes)),
        )
        for row in rows
    ]


def _changes(row: Written, communes: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the value before and the value after of each column that changes."""
    for name, value in row.after.items():
        if name not in WORDS or (row.before is not None and row.before[name] == value):
            continue
        if row.before is None and (name in UNSAID_OF_NEW or value in (None, "")):
            continue
        before = "" if row.before is None else row.before[name]
        yield WORDS[name], _words(name, before, communes), _words(name, value, communes)


def _words(name: str, value: Any, communes: Mapping[str, str]) -> str:
    if value is None or value == "":
        return "rien"
    if name in ("debut_s", "fin_s"):
        return french.clock(value)
    if name == "jours":
        return french.days_of_week(value)
    if name == "commune_id":
        return communes.get(value, value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)
