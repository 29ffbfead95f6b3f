"""Writes of employers: their sites and shifts, from a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction
from django.utils.text import slugify

from traitdunion.sources.bounded.faults import Fault
from traitdunion.territory.models import Commune, Equipe, Site
from traitdunion.territory.queries import UnknownCommune, commune_named

from .site_files import TeamRow


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote; the same file again writes nothing (`sites` and `teams` are 0)."""

    sites: int
    teams: int
    faults: tuple[Fault, ...]


@transaction.atomic
def import_sites(*, rows: Sequence[TeamRow], demonstration: bool = False) -> Imported:
    """Create or correct the sites of a file and their shifts; a site not in it is left as it is.

    A row whose commune is not known is listed and left out, with the other rows of its site.
    """
    faults: list[Fault] = []
    n_sites = n_teams = 0

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
        n_sites += changed
        n_teams += sum(_team(row, site) for row in of_site)
    return Imported(n_sites, n_teams, tuple(faults))


def _site(row: TeamRow, commune: Commune, *, demonstration: bool) -> tuple[Site, bool]:
    lat, lon = row.point or (commune.lat, commune.lon)
    values = {
        "siret": row.siret,
        "commune": commune,
        "lat": lat,
        "lon": lon,
        "precis": row.point is not None,
        "demonstration": demonstration,
    }
    known = Site.objects.filter(employeur=row.employer, nom=row.site).first()
    if known is None:
        code = _free_code(f"{row.employer} {row.site}")
        return Site.objects.create(code=code, employeur=row.employer, nom=row.site, **values), True
    changed = {name for name, value in values.items() if getattr(known, name) != value}
    for name in changed:
        setattr(known, name, values[name])
    if changed:
        known.save(update_fields=changed)
    return known, bool(changed)


def _free_code(text: str) -> str:
    code = slugify(text)[:70] or "site"
    taken = set(Site.objects.filter(code__startswith=code).values_list("code", flat=True))
    free = (f"{code}-{n}" for n in range(2, len(taken) + 3))
    return code if code not in taken else next(name for name in free if name not in taken)


def _team(row: TeamRow, site: Site) -> bool:
    values = {
        "jours": list(row.days),
        "debut_s": row.start_s,
        "fin_s": row.end_s,
        "personnes": row.people,
        "decalable_min": row.movable_min,
    }
    known = Equipe.objects.filter(site=site, nom=row.team).first()
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return False
    Equipe.objects.update_or_create(site=site, nom=row.team, defaults=values)
    return True
