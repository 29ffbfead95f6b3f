"""Why, for one commune: the trips of a day that come nearest to each shift."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings

from traitdunion import french, reach
from traitdunion.networks.catalogue_trips import with_catalogue_trips
from traitdunion.networks.streets import streets_over
from traitdunion.networks.versions import NetworkImportError, current_network
from traitdunion.territory.models import Commune

from ..models import Pole, Run
from ..running.ground import crow_km
from ..running.shifts import SHIFTS, NamedShift

REASONS = {
    reach.Reason.NO_TRIP_OUT: "aucun trajet n'arrive à temps",
    reach.Reason.NO_TRIP_BACK: "aucun trajet de retour",
    reach.Reason.TOO_LONG: "trajet trop long",
    reach.Reason.NOTICE: "réservation impossible à temps",
    reach.Reason.OUTSIDE_TIMETABLE: "hors des dates des horaires",
}


@dataclass(frozen=True)
class DayTrips:
    """The nearest trips of a day for a shift: hours as texts, "" where there is none."""

    named: NamedShift
    verdict: str
    arrives: str
    leaves: str


def why_not(day: reach.DayVerdict) -> str:
    """Return what fails on a day in words; a way that is shown, hours too early, is named so."""
    if day.reason is None:
        return "possible"
    longest_s = reach.Commute().max_trip_s
    if day.reason == reach.Reason.NO_TRIP_OUT and (day.wait_before_s or 0) > longest_s:
        return "le dernier trajet arrive des heures trop tôt"
    if day.reason == reach.Reason.NO_TRIP_BACK and (day.wait_after_s or 0) > longest_s:
        return "le premier retour part des heures trop tard"
    return REASONS[day.reason]


def day_trips(run: Run, code_insee: str) -> tuple[str, list[DayTrips]]:
    """Return the nearest other pole of a commune and, by shift, the trips of a day by the lines.

    By the timetables in service, that a run of before may not have had. "" and no trip where
    there is no pole, no network, or the week of the run is not covered.
    """
    home = Commune.objects.filter(pk=code_insee).defer("boundary").first()
    others = Commune.objects.filter(pk__in=Pole.objects.values("pk")).exclude(pk=code_insee)
    poles = list(others.defer("boundary").order_by("pk"))
    try:
        network = current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (FileNotFoundError, NetworkImportError):
        return "", []
    if (
        home is None
        or not poles
        or not (network.timetable.start <= run.week <= network.timetable.end)
    ):
        return "", []
    here = [[home.lat, home.lon]]
    km = crow_km(np.array([[pole.lat, pole.lon] for pole in poles]), np.array(here))[:, 0]
    pole = poles[int(km.argmin())]
    timetable = with_catalogue_trips(network.timetable)
    streets = streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets")
    rows = []
    for named in SHIFTS:
        week = reach.there_and_back(
            timetable,
            reach.Point(home.lat, home.lon),
            reach.Point(pole.lat, pole.lon),
            named.shift,
            week=run.week,
            streets=streets,
        )
        day = day_told(named, week.days)
        reason = why_not(day)
        rows.append(
            DayTrips(
                named,
                f"{reason}, le {french.weekday_and_day(day.on)}" if day.reason else reason,
                "" if day.out is None else french.clock(day.out.arrival_s),
                "" if day.back is None else french.clock(day.back.departure_s),
            )
        )
    return pole.nom, rows


def day_told(named: NamedShift, days: Sequence[reach.DayVerdict]) -> reach.DayVerdict:
    """Return the day that makes the verdict of a shift: the first that fails, as all are needed.

    Where one of its days is enough, the first that holds, as the shares count it.
    """
    failing = [day for day in days if day.reason is not None]
    holding = [day for day in days if day.reason is None]
    return [*holding, *failing][0] if named.any_day else [*failing, *holding][0]
