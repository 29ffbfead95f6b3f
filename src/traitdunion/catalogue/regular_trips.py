"""The regular trips of the catalogue: car-pool lines and shuttles whose hours are known.

Organised hitch-hiking is a chance, not a trip: it never is one of these.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta

from traitdunion import reach

from .enums import FormeCovoiturage, TypeSolution
from .hours import service_on
from .models import Arret, Solution

DAY_S = 86_400
WAYS = ("aller", "retour")
LONGEST_S = 6 * 3600
"""Longest between two places of a trip."""

TYPES = (TypeSolution.COVOITURAGE, TypeSolution.NAVETTE)


def regular_trips(*, start: date, days: int) -> tuple[reach.RegularTrip, ...]:
    """Return the trips of the published solutions, over `days` days from `start` and one on each
    side.

    A solution runs on its days of service within its dates of validity. One with fewer than two
    places with an hour, or whose hours go back, has no trip.
    """
    solutions = (
        Solution.objects.published()
        .filter(type_solution__in=TYPES, arrets__isnull=False)
        .distinct()
        .select_related("covoiturage")
        .prefetch_related("arrets", "exceptions", "fermetures")
        .order_by("pk")
    )
    dates = [start + timedelta(day) for day in range(-1, days + 1)]
    return tuple(trip for solution in solutions for trip in _trips(solution, dates))


def hours_that_way(stops: Iterable[Arret], way: str) -> list[tuple[Arret, int]] | None:
    """Return stops with an hour "aller" or "retour", in seconds after midnight; None where they go
    back.

    An hour before the one of the stop before is of the next day, if that makes it a night's ride
    and not a mistake.
    """
    called_at: list[tuple[Arret, int]] = []
    for stop in stops if way == "aller" else reversed(list(stops)):
        at: time | None = getattr(stop, way)
        if at is None:
            continue
        at_s = at.hour * 3600 + at.minute * 60
        if called_at:
            at_s += DAY_S * (called_at[-1][1] // DAY_S)
            at_s += DAY_S if at_s < called_at[-1][1] else 0
            if at_s - called_at[-1][1] > LONGEST_S:
                return None
        called_at.append((stop, at_s))
    return called_at


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
    for way in WAYS:
        called = hours_that_way(solution.arrets.all(), way) or []
        meetings = tuple(
            reach.Meeting(stop.nom, reach.Point(stop.lat, stop.lon), at_s) for stop, at_s in called
        )
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
