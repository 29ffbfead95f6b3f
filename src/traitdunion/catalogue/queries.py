"""Reads of the catalogue."""

from collections.abc import Iterator, Sequence
from datetime import date

from traitdunion.territory.models import Commune

from .enums import NatureZone
from .models import DETAIL_OF, Solution, SolutionQuerySet
from .offers.snapshot import Selection, current_snapshot
from .waiting_times import Waiting, waiting_of

TOLD_ELSEWHERE = 40
"""Solutions of other areas that an answer still names; a département alone has fewer."""


def published(*, on: date) -> Sequence[Solution]:
    """Return solutions published and valid on a day, with their structure and areas."""
    solutions = Solution.objects.published().valid(on).select_related("structure")
    return list(solutions.prefetch_related("zones"))


def published_around(codes_insee: Sequence[str | None], *, on: date) -> Selection:
    """Return published offers that may serve one of these communes, and a few that do not, to say
    so.

    An unknown commune keeps all.
    """
    snapshot = current_snapshot()
    codes = [code for code in codes_insee if code]
    if len(codes) < len(codes_insee):
        return Selection(snapshot.valid(on), 0)
    return snapshot.around(_areas_around(codes), on=on, named_elsewhere=TOLD_ELSEWHERE)


def _areas_around(codes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the communes, and the EPCI and départements that hold them."""
    rows = Commune.objects.filter(code_insee__in=codes).values_list("epci_id", "departement_id")
    for code in codes:
        yield NatureZone.COMMUNE.value, code
    for epci, departement in rows:
        yield NatureZone.DEPARTEMENT.value, departement
        if epci:
            yield NatureZone.EPCI.value, epci


PARTS_READ = (
    "zones", "codes", "zones_service", "paires", "arrets", "lignes", "exceptions", "fermetures",
    "tranches", "pieces", "cumuls__autre", "seances", "liens",
)  # fmt: skip


DETAILS_READ = sorted(
    relation.name
    for relation in Solution._meta.related_objects
    if relation.related_model in set(DETAIL_OF.values())
)
"""The rows with the columns of each type."""


def with_parts() -> SolutionQuerySet:
    """Return solutions with their structure and lists, read in a fixed number of queries."""
    rows = Solution.objects.select_related("structure", "structure__organisation")
    return rows.prefetch_related(*PARTS_READ)


def with_details() -> SolutionQuerySet:
    """Return solutions as `with_parts`, with the columns of their type, to read them whole."""
    return with_parts().select_related(*DETAILS_READ)


def covers(
    solution: Solution, code_insee: str, epci: str = "", departement: str = "", region: str = ""
) -> bool | None:
    """Check whether a solution serves a commune; None where that is unknown.

    It is unknown when its areas are, or name an EPCI (SIREN), a département or a région
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
    """Return the line before a solution on a day."""
    return waiting_of(solution.attentes.all(), declared=solution.attente_personnes, on=on)
