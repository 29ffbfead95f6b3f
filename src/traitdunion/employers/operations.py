"""Writes of employers: their sites and shifts, from a file or on screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.sources.bounded.faults import Fault
from traitdunion.territory.models import Commune, Equipe, Site
from traitdunion.territory.queries import UnknownCommune, commune_named

from .errors import EmployersError
from .site_files import TeamRow

OF_SITE = ("siret", "commune_id", "lat", "lon", "precis", "demonstration")
OF_TEAM = ("jours", "debut_s", "fin_s", "personnes", "decalable_min")


@dataclass(frozen=True, slots=True)
class Written:
    """A row that changed. `team`: "" for the site itself; `before`: None where it was created."""

    site: str
    name: str
    team: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote; the same file again writes nothing (`sites` and `teams` are 0)."""

    written: tuple[Written, ...]
    faults: tuple[Fault, ...]

    @property
    def sites(self) -> int:
        return sum(not row.team for row in self.written)

    @property
    def teams(self) -> int:
        return sum(bool(row.team) for row in self.written)


@transaction.atomic
def import_sites(*, rows: Sequence[TeamRow], demonstration: bool = False) -> Imported:
    """Create or correct the sites of a file and their shifts; a site not in it is left as it is.

    A row whose commune is not known is listed and left out, with the other rows of its site.
    """
    faults: list[Fault] = []
    written: list[Written | None] = []

    def site_of(row: TeamRow) -> tuple[str, str]:
        return row.employer, row.site

    for _, group in groupby(sorted(rows, key=site_of), key=site_of):
        of_site = list(group)
        try:
            commune = commune_named(of_site[0].commune)
        except UnknownCommune as unknown:
            where = f"ligne {of_site[0].line}, colonne « commune »"
            faults.append(Fault(where, str(unknown)))
            continue
        site, changed = _site(of_site[0], commune, demonstration=demonstration)
        written += [changed, *(_team(row, site) for row in of_site)]
    return Imported(tuple(row for row in written if row is not None), tuple(faults))


@transaction.atomic
def keep_shift(
    *,
    by: User,
    organisation: Organisation,
    site: Site,
    shift: Equipe | None,
    values: Mapping[str, Any],
    now: datetime,
) -> Equipe:
    """Create a shift of a site, or correct it. Raises EmployersError for a name already taken."""
    check(by, Permission.KEEP_SITES, organisation)
    Site.objects.select_for_update(of=("self",)).get(pk=site.pk)
    row = shift or Equipe(site=site)
    same = Equipe.objects.filter(site=site, nom=values["nom"]).exclude(pk=row.pk)
    if same.exists():
        raise EmployersError(f"Ce site a déjà une équipe « {values['nom']} ».")
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    did = Did.CREER if shift is None else Did.MODIFIER
    record(by=by, organisation=organisation, action=did, target=site, at=now)
    return row


@transaction.atomic
def remove_shift(*, by: User, organisation: Organisation, shift: Equipe, now: datetime) -> None:
    """Remove a shift that no longer exists."""
    check(by, Permission.KEEP_SITES, organisation)
    record(by=by, organisation=organisation, action=Did.MODIFIER, target=shift.site, at=now)
    shift.delete()


def values_of(row: Site | Equipe) -> dict[str, Any]:
    """Return the columns of a site or of a shift that a file may write."""
    return {name: getattr(row, name) for name in (OF_SITE if isinstance(row, Site) else OF_TEAM)}


def _site(row: TeamRow, commune: Commune, *, demonstration: bool) -> tuple[Site, Written | None]:
    lat, lon = row.point or (commune.lat, commune.lon)
    values = {
        "siret": row.siret,
        "commune_id": commune.pk,
        "lat": lat,
        "lon": lon,
        "precis": row.point is not None,
        "demonstration": demonstration,
    }
    known = Site.objects.filter(employeur=row.employer, nom=row.site).first()
    if known is None:
        code = _free_code(f"{row.employer} {row.site}")
        made = Site.objects.create(code=code, employeur=row.employer, nom=row.site, **values)
        return made, Written(code, str(made), "", None, values)
    before = values_of(known)
    if before == values:
        return known, None
    for name, value in values.items():
        setattr(known, name, value)
    known.save(update_fields=list(values))
    return known, Written(known.code, str(known), "", before, values)


def _free_code(text: str) -> str:
    code = slugify(text)[:70] or "site"
    taken = set(Site.objects.filter(code__startswith=code).values_list("code", flat=True))
    free = (f"{code}-{n}" for n in range(2, len(taken) + 3))
    return code if code not in taken else next(name for name in free if name not in taken)


def _team(row: TeamRow, site: Site) -> Written | None:
    values = {
        "jours": list(row.days),
        "debut_s": row.start_s,
        "fin_s": row.end_s,
        "personnes": row.people,
        "decalable_min": row.movable_min,
    }
    known = Equipe.objects.filter(site=site, nom=row.team).first()
    before = None if known is None else values_of(known)
    if before == values:
        return None
    Equipe.objects.update_or_create(site=site, nom=row.team, defaults=values)
    return Written(site.code, str(site), row.team, before, values)
