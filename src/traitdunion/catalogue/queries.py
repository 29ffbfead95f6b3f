"""Reads of the catalogue."""

from collections.abc import Sequence
from datetime import date

from .enums import NatureZone
from .models import Solution


def published(*, on: date) -> Sequence[Solution]:
    """Solutions published and valid on a day, with their structure and areas."""
    found = Solution.objects.published().valid(on).select_related("structure")
    return list(found.prefetch_related("zones"))


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
