"""Trips as a scenario writes them: found by their name, copied with more stops, repeated."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from traitdunion import reach
from traitdunion.reach.places import great_circle_m

MAX_TRIPS_OF_A_LINE = 96
BOTH_WAYS = 3
"""Flags of a call at which one may get on and off."""

POINT = re.compile(r"(-?\d{1,2}\.\d+) ?, ?(-?\d{1,3}\.\d+)(?: (.{1,80}))?")
"""A stop that no feed has: latitude, longitude, then the name it is given."""

MAX_POINT_KM = 100
"""A point farther than it from every stop has its numbers in the wrong order."""


def point_of(text: Any) -> reach.NewStop | None:
    """Return the point of the map that names a stop, `45.04321,3.88512 Le pont`; None for others.

    Its `stop_id` is the text, so written: five decimals, a metre.
    """
    read = POINT.fullmatch(" ".join(str(text).split()))
    if read is None:
        return None
    lat, lon = f"{float(read[1]):.5f}", f"{float(read[2]):.5f}"
    name = read[3] or ""
    here = reach.Point(float(lat), float(lon))
    return reach.NewStop(f"{lat},{lon} {name}".strip(), name or f"({lat}, {lon})", here)


class Stops:
    """The stops that the rows of a scenario name; `points` those of no feed, in order of use."""

    def __init__(self, timetable: reach.Timetable) -> None:
        """Begin with the stops of the timetable alone."""
        self.timetable = timetable
        self.points: list[reach.NewStop] = []

    def row(self, stop: Any) -> int:
        """Return the row of a stop by its `stop_id`, or of a point, after those of the timetable.

        Raises ValueError for one that is unknown, or too far.
        """
        point = point_of(stop)
        if point is None:
            return stop_named(self.timetable, stop)
        for row, known in enumerate(self.points):
            if known.point == point.point:
                return self.timetable.n_stops + row
        a, here = self.timetable.arrays, point.point
        away_m = great_circle_m(here.lat, here.lon, a["stop_lat"], a["stop_lon"])
        if not (len(away_m) and away_m.min() <= 1000 * MAX_POINT_KM):
            raise ValueError(
                f"le point « {stop} » est à plus de {MAX_POINT_KM} km de tout arrêt : écrivez la "
                "latitude, puis la longitude"
            )
        self.points.append(point)
        return self.timetable.n_stops + len(self.points) - 1


def added_trips(
    names: Stops,
    row: Mapping[str, Any],
    runs: Collection[date],
    *,
    every_s: int = 0,
    until_s: int = 0,
) -> list[reach.AddedTrip]:
    """Return a trip that calls at stops at given hours, repeated every so often where asked."""
    stops, times = _calls(names, row)
    n = 1
    if every_s:
        if until_s < times[0]:
            raise ValueError("jusqu_a vient avant la première heure")
        n = (until_s - times[0]) // every_s + 1
        if n > MAX_TRIPS_OF_A_LINE:
            raise ValueError(f"{n} départs : {MAX_TRIPS_OF_A_LINE} au plus")
    return [
        _trip(stops, [t + every_s * k for t in times], [t + every_s * k for t in times], runs)
        for k in range(n)
    ]


def longer_trip(names: Stops, trip: int, row: Mapping[str, Any]) -> reach.AddedTrip:
    """Return a trip that goes on after its last stop."""
    stops, arrivals, departures, runs = _copied(names.timetable, trip)
    more, times = _calls(names, row)
    return _trip([*stops, *more], [*arrivals, *times], [*departures, *times], runs)


def with_a_stop(names: Stops, trip: int, row: Mapping[str, Any]) -> reach.AddedTrip:
    """Return a trip that calls at one more stop, at its place in the order of time."""
    stops, arrivals, departures, runs = _copied(names.timetable, trip)
    stop, at = names.row(row["arret"]), seconds(row["heure"])
    place = sum(departure <= at for departure in departures)
    for column, value in ((stops, stop), (arrivals, at), (departures, at)):
        column.insert(place, value)
    return _trip(stops, arrivals, departures, runs)


def stop_named(timetable: reach.Timetable, stop: Any) -> int:
    """Return the row of a stop by its `stop_id`."""
    try:
        return timetable.stop_index(str(stop))
    except KeyError as unknown:
        raise ValueError(f"arrêt inconnu « {stop} »") from unknown


def trips_named(timetable: reach.Timetable, name: Any) -> list[int]:
    """Return the compiled rows of a trip: one by frequency, or by joined vehicle."""
    known = timetable.trip_ids
    sources = timetable.arrays["trip_source"].tolist()
    rows = [number for number, source in enumerate(sources) if known[source] == str(name)]
    if not rows:
        raise ValueError(f"course inconnue « {name} »")
    return rows


def asked_trip(timetable: reach.Timetable, name: Any) -> int:
    """Return the row of a trip on demand by its `trip_id`."""
    trips = timetable.on_demand.trips if timetable.on_demand else ()
    for row, trip in enumerate(trips):
        if trip.trip_id == str(name):
            return row
    raise ValueError(f"course à la demande inconnue « {name} »")


def seconds(text: Any) -> int:
    """Return the seconds after midnight of 4:40, up to 47:59."""
    if isinstance(text, int) and not isinstance(text, bool):  # YAML reads 4:40 in base sixty
        if text < 60:
            raise ValueError(f"heure illisible « {text} » : écrivez 7:00")
        minutes = text
    else:
        hours, _, rest = str(text).strip().replace("h", ":").partition(":")
        if not hours.isdecimal() or not rest.isdecimal() or int(rest) > 59:
            raise ValueError(f"heure illisible « {text} »")
        minutes = 60 * int(hours) + int(rest)
    if not 0 <= minutes < 48 * 60:
        raise ValueError(f"heure illisible « {text} »")
    return 60 * minutes


def _calls(names: Stops, row: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    stops, times = row["arrets"], row["heures"]
    if not isinstance(stops, list) or not isinstance(times, list) or len(stops) != len(times):
        raise ValueError("il faut une heure par arrêt")
    return [names.row(stop) for stop in stops], [seconds(text) for text in times]


def _copied(
    timetable: reach.Timetable, trip: int
) -> tuple[list[int], list[int], list[int], frozenset[date]]:
    a = timetable.arrays
    first, last = a["pattern_starts"][a["trip_pattern"][trip] :][:2]
    at = int(a["trip_events"][trip])
    calls = slice(at, at + int(last - first))
    if (np.asarray(a["pattern_flags"][first:last]) & BOTH_WAYS != BOTH_WAYS)[1:-1].any():
        raise ValueError("cette course a des arrêts réservés à la montée ou à la descente")
    columns = np.flatnonzero(a["services"][a["trip_service"][trip]]).tolist()
    kept = frozenset(timetable.start + timedelta(column - 1) for column in columns)
    return (a["pattern_stops"][first:last].tolist(), a["arrival_s"][calls].tolist(),
            a["departure_s"][calls].tolist(), kept)  # fmt: skip


def _trip(
    stops: Sequence[int],
    arrivals: Sequence[int],
    departures: Sequence[int],
    runs: Collection[date],
) -> reach.AddedTrip:
    try:
        return reach.AddedTrip(tuple(stops), tuple(arrivals), tuple(departures), frozenset(runs))
    except ValueError as wrong:
        raise ValueError("les heures ne se suivent pas, ou il y a moins de deux arrêts") from wrong
