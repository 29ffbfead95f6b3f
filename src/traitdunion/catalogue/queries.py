"""Reads of the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q

from traitdunion.territory.models import Commune

from .areas import holds
from .enums import NatureCumul, NatureZone, TypeSolution
from .models import Attente, Cumul, Solution, SolutionQuerySet, SolutionZone
from .waits import LOOKED_BACK, Waiting, waiting_of

WEIGHED = ("zones", "zones_service", "fermetures", "tranches")
"""What the matching reads of a solution beside its own columns."""

TOLD_ELSEWHERE = 40
"""Solutions of other areas that an answer still names; a département alone has fewer."""


def published(*, on: date) -> Sequence[Solution]:
    """Solutions published and valid on a day, with what the matching reads of them."""
    found = Solution.objects.published().valid(on).select_related("structure", "covoiturage")
    return _with_exclusions(list(found.prefetch_related(*WEIGHED, _waits(on))))


def _with_exclusions(rows: list[Solution]) -> list[Solution]:
    """The same, each with the keys of those its entry excludes; few do: one query for all."""
    told: dict[str, tuple[str, ...]] = {}
    pairs = Cumul.objects.filter(nature=NatureCumul.EXCLUSIF).order_by("pk")
    for key, other in pairs.values_list("solution_id", "autre_id"):
        told[key] = (*told.get(key, ()), other)
    for row in rows:
        row.exclues = told.get(row.pk, ())
    return rows


def _waits(on: date) -> Prefetch:
    """Of those who waited, the ones that still do or left the line within the year."""
    since = on - LOOKED_BACK
    told = Q(servi_le=None, parti_le=None) | Q(servi_le__gt=since) | Q(parti_le__gt=since)
    return Prefetch("attentes", Attente.objects.filter(told))


@dataclass(frozen=True)
class Selection:
    """Solutions worth weighing for some places, and how many others are of other areas."""

    solutions: Sequence[Solution]
    elsewhere: int


def published_around(codes_insee: Sequence[str | None], *, on: date) -> Selection:
    """Published solutions that may serve one of these communes, and a few that do not, to say so.

    The lines of public transport are all there: they price rides. An unknown commune keeps all.
    """
    codes = [code for code in codes_insee if code]
    valid = Solution.objects.published().valid(on)
    if len(codes) < len(codes_insee):
        return Selection(published(on=on), 0)
    areas = SolutionZone.objects.filter(solution=OuterRef("pk"))
    near = valid.filter(
        Q(zone_libre=True)
        | (Q(type_solution=TypeSolution.TC_LIGNE) & ~Q(gtfs_agency=""))
        | Q(pk__in=SolutionZone.objects.filter(_around(codes)).values("solution_id"))
        | ~Exists(areas)
    )
    keys = list(near.values_list("pk", flat=True))
    others = valid.exclude(pk__in=keys).order_by("pk").values_list("pk", flat=True)
    keys += others[:TOLD_ELSEWHERE]
    rows = Solution.objects.filter(pk__in=keys).select_related("structure", "covoiturage")
    kept = _with_exclusions(list(rows.prefetch_related(*WEIGHED, _waits(on))))
    return Selection(kept, valid.count() - len(kept))


def _around(codes: Sequence[str]) -> Q:
    """Areas that hold one of the communes; a région or a country may always."""
    rows = Commune.objects.filter(code_insee__in=codes).values_list("epci_id", "departement_id")
    epcis = {epci for epci, _ in rows if epci}
    departements = {departement for _, departement in rows}
    return (
        Q(nature=NatureZone.COMMUNE, code__in=codes)
        | Q(nature=NatureZone.EPCI, code__in=epcis)
        | Q(nature=NatureZone.DEPARTEMENT, code__in=departements)
        | Q(nature__in=[NatureZone.REGION, NatureZone.FRANCE])
    )


PARTS_READ = (
    "zones", "codes", "zones_service", "paires", "arrets", "lignes", "exceptions", "fermetures",
    "tranches", "pieces", "cumuls__autre", "seances", "liens",
)  # fmt: skip


def with_parts() -> SolutionQuerySet:
    """Solutions with their structure and all their lists, read in a fixed number of queries."""
    rows = Solution.objects.select_related("structure", "structure__organisation")
    return rows.prefetch_related(*PARTS_READ)


def covers(
    solution: Solution, code_insee: str, epci: str = "", departement: str = "", region: str = ""
) -> bool | None:
    """Whether a solution serves a commune; None where one cannot tell.

    One cannot tell when its areas are not known, or name an EPCI (SIREN), a département or a région
    while that of the commune is left empty.
    """
    if solution.zone_libre:
        return True
    place = {
        NatureZone.COMMUNE: code_insee,
        NatureZone.EPCI: epci,
        NatureZone.DEPARTEMENT: departement,
        NatureZone.REGION: region,
        NatureZone.FRANCE: "FR",
    }
    areas = [zone.key for zone in solution.zones.all()]
    if any(code == place[NatureZone(nature)] for nature, code in areas):
        return True
    in_doubt = not areas or any(not place[NatureZone(nature)] for nature, _ in areas)
    return None if in_doubt else False


# -- how an entry stands -------------------------------------------------------------------------


def waiting(solution: Solution, on: date) -> Waiting:
    """The line before a solution on a day."""
    return waiting_of(solution.attentes.all(), declared=solution.attente_personnes, on=on)


def goes_with(one: Solution, other: Solution) -> NatureCumul | None:
    """Whether two solutions may be had together; None where neither entry tells.

    What either excludes is excluded, whatever the other says.
    """
    told = {row.nature for row in one.cumuls.all() if row.autre_id == other.pk}
    told |= {row.nature for row in other.cumuls.all() if row.autre_id == one.pk}
    for nature in (NatureCumul.EXCLUSIF, NatureCumul.COMPATIBLE):
        if nature in told:
            return nature
    return None


def serves_point(solution: Solution, lat: float, lon: float) -> bool | None:
    """Whether a point lies in the areas drawn for the service; None where none is drawn."""
    drawn = list(solution.zones_service.all())
    return any(holds(one.geojson, lat, lon) for one in drawn) if drawn else None
