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
    solution: Solution, *, code_insee: str, epci: str = "", departement: str = "", region: str = ""
) -> bool | None:
    """Whether a solution serves a commune; None where its areas are not known."""
    if solution.zone_libre:
        return True
    places = {
        (NatureZone.COMMUNE, code_insee),
        (NatureZone.EPCI, epci),
        (NatureZone.DEPARTEMENT, departement),
        (NatureZone.REGION, region),
        (NatureZone.FRANCE, "FR"),
    }
    zones = [zone.key for zone in solution.zones.all()]
    return any(zone in places for zone in zones) if zones else None
