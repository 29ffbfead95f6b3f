"""The regular trips of the catalogue: car-pool lines and shuttles whose hours are told.

Organised hitch-hiking is a chance, not a trip: it never is one of these.
"""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta

from traitdunion import reach

from .enums import FormeCovoiturage, TypeSolution
from .hours import service_on
from .models import Arret, Solution

DAY_S = 86_400
TYPES = (TypeSolution.COVOITURAGE, TypeSolution.NAVETTE)


def regular_trips(*, start: date, days: int, on: date) -> tuple[reach.RegularTrip, ...]:
    """Trips of the solutions published on a day, over `days` days from `start` and one each side.

    A solution without days of service, or with fewer than two places with an hour, has none.
    """
    found = (
        Solution.objects.published()
        .valid(on)
        .filter(type_solution__in=TYPES, arrets__isnull=False)
        .distinct()
        .select_related("covoiturage")
        .prefetch_related("arrets", "exceptions", "fermetures")
        .order_by("pk")
    )
    dates = [start + timedelta(day) for day in range(-1, days + 1)]
    return tuple(trip for solution in found for trip in _trips(solution, dates))


def _trips(solution: Solution, dates: Sequence[date]) -> Iterator[reach.RegularTrip]:
    pool = getattr(solution, "covoiturage", None)
    if pool is not None and pool.forme == FormeCovoiturage.AUTOSTOP:
        return
    runs = frozenset(
        on
        for on in dates
        if _in_force(solution, on)
        and (windows := service_on(solution, on).windows)
        and windows.spans
    )
    stops = list(solution.arrets.all())
    ways = {"aller": stops, "retour": stops[::-1]}
    for way, ordered in ways.items():
        meetings = tuple(_meetings(ordered, way))
        if runs and len(meetings) > 1:
            yield reach.RegularTrip(
                trip_id=f"{solution.pk}-{way}",
                name=solution.nom,
                operator=solution.nom,
                meetings=meetings,
                runs=runs,
                tolerance_s=60 * (pool.tolerance_min or 0) if pool is not None else 0,
                route_type=reach.CARPOOL
                if solution.type_solution == TypeSolution.COVOITURAGE
                else reach.SHUTTLE,
            )


def _in_force(solution: Solution, on: date) -> bool:
    begun = solution.valide_du is None or solution.valide_du <= on
    return begun and (solution.valide_au is None or on <= solution.valide_au)


def _meetings(stops: Sequence[Arret], way: str) -> Iterator[reach.Meeting]:
    """Places with an hour that way; hours that go back are those of the next day."""
    last_s = 0
    for stop in stops:
        at: time | None = getattr(stop, way)
        if at is None:
            continue
        at_s = at.hour * 3600 + at.minute * 60
        while at_s < last_s:
            at_s += DAY_S
        last_s = at_s
        yield reach.Meeting(stop.nom, reach.Point(stop.lat, stop.lon), at_s)
