"""Compile every kernel once, so that the on-disk cache is filled before anyone waits for it."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from .commutes import Commute
from .gtfs import Feed, Report
from .journeys import journeys
from .matrix import matrix
from .one_to_all import earliest_arrivals, latest_departures, profile, window_percentile
from .options import Departures, When
from .places import Point
from .shifts import Shift
from .site_weeks.changes import Change
from .site_weeks.from_each import earliest_arrivals_from_each
from .site_weeks.site_week import ByMode, site_week
from .streets import CAR, OsmStreets, StreetMap
from .timetable import Timetable

MONDAY = date(2025, 3, 3)


def warm_up(progress: Callable[[str, float], None] | None = None) -> None:
    """Run each search on a timetable of two stops; later processes read the machine code.

    Run it once at set-up, never from several processes at a time (numba's cache is not made for
    it). `progress` is called with each step and the share done.
    """
    report_step = progress or (lambda _step, _share: None)
    report_step("Horaires", 0.0)
    tt = Timetable.from_feed(_two_stops())
    steps: list[tuple[str, Callable[[], object]]] = [
        ("Au plus tôt", lambda: earliest_arrivals(tt, 0, 0, on=MONDAY)),
        ("Au plus tard", lambda: latest_departures(tt, 1, 40_000, on=MONDAY)),
        ("Plage horaire", lambda: profile(tt, 0, [0, 60], on=MONDAY)),
        (
            "Au plus tôt, de plusieurs lieux",
            lambda: earliest_arrivals_from_each(tt, [0], 0, on=MONDAY, horizon_s=3600),
        ),
        ("Temps médians", lambda: window_percentile(tt, 0, 0, 120, on=MONDAY)),
        ("Itinéraires", lambda: journeys(tt, 0, 1, When(MONDAY, arrive_s=40_000))),
        ("Matrice", lambda: matrix(tt, [0], [1], Departures(MONDAY, [0]))),
        ("Aller et retour", lambda: _weeks_of_a_site(tt)),
        ("Rues", _ways_on_streets),
    ]
    for i, (step, run) in enumerate(steps):
        report_step(step, (i + 1) / (len(steps) + 1))
        run()
    report_step("Prêt", 1.0)


def _weeks_of_a_site(tt: Timetable) -> None:
    """Search a site, then ask for minutes and for seconds: numba compiles each type of answer."""
    week = site_week(tt, [1], [Shift(36_000, 50_000)], week=MONDAY)
    modes: list[ByMode] = [Commute(), CAR]
    week.held([0], modes)
    week.seconds([0], modes)
    week.changed(Change(removed=(0,)))


def _ways_on_streets() -> None:
    """Compute ways on one street, read from a file: numba compiles again for read-only arrays."""
    from .streets import importing, rules
    from .streets.extracts import Extract

    road = rules.way_of({"highway": "residential"})
    extract = Extract(
        way_ids=np.array([1]),
        way_starts=np.array([0, 2]),
        way_kinds=np.zeros(1, np.int32),
        nodes=np.array([1, 2]),
        lat=np.array([450_000_000, 450_100_000], np.int32),
        lon=np.array([39_000_000, 39_000_000], np.int32),
        kinds=(road,) if road else (),
        barriers={},
        local_barriers={},
        restrictions=(),
    )
    # Loaded from a file, as in use: mapped arrays are read-only, another type for numba.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "streets.tds"
        importing.build(extract, source="", elevation=None, report=lambda _s, _n: None).save(path)
        a, b = Point(45.0, 3.9), Point(45.01, 3.9)
        streets = OsmStreets(StreetMap.load(path), np.array([a.lat, b.lat]), np.array([a.lon] * 2))
        for towards in (False, True):
            streets.stops_around(a, CAR, towards=towards)
        streets.between(a, b, CAR)


def _two_stops() -> Feed:
    """Make one trip out at 8:00 and one back at 17:00 between two stops, a third a street apart."""
    i32 = pl.Int32
    stops = pl.DataFrame(
        {
            "stop_id": ["a", "b", "c"],
            "name": ["A", "B", "C"],
            "lat": [45.0, 45.2, 45.2001],
            "lon": [3.9, 3.9, 3.9],
            "parent": pl.Series([-1, -1, -1], dtype=i32),
            "location_type": pl.Series([0, 0, 0], dtype=pl.UInt8),
            "wheelchair": pl.Series([0, 0, 0], dtype=pl.UInt8),
        }
    )
    routes = pl.DataFrame(
        {
            "route_id": ["r"],
            "short_name": ["R"],
            "long_name": [""],
            "route_type": pl.Series([3], dtype=i32),
            "agency": [""],
            "color": [""],
        }
    )
    trips = pl.DataFrame(
        {
            "trip_id": ["out", "back"],
            "route": pl.Series([0, 0], dtype=i32),
            "service": pl.Series([0, 0], dtype=i32),
            "headsign": ["", ""],
            "block_id": ["", ""],
            "direction": pl.Series([0, 1], dtype=pl.UInt8),
            "bikes": pl.Series([0, 0], dtype=pl.UInt8),
            "wheelchair": pl.Series([0, 0], dtype=pl.UInt8),
        }
    )
    stop_times = pl.DataFrame(
        {
            "trip": pl.Series([0, 0, 1, 1], dtype=i32),
            "stop": pl.Series([0, 1, 1, 0], dtype=i32),
            "arrival_s": pl.Series([28_800, 30_000, 61_200, 62_400], dtype=i32),
            "departure_s": pl.Series([28_800, 30_000, 61_200, 62_400], dtype=i32),
            "pickup": pl.Series([0, 0, 0, 0], dtype=pl.UInt8),
            "drop_off": pl.Series([0, 0, 0, 0], dtype=pl.UInt8),
            "sequence": pl.Series([1, 2, 1, 2], dtype=i32),
            "pickup_rule": pl.Series([-1, -1, -1, -1], dtype=i32),
            "drop_off_rule": pl.Series([-1, -1, -1, -1], dtype=i32),
        }
    )
    frequencies = pl.DataFrame(
        schema={"trip": i32, "start_s": i32, "end_s": i32, "headway_s": i32, "exact": pl.Boolean}
    )
    transfers = pl.DataFrame(
        schema={
            "from_stop": i32,
            "to_stop": i32,
            "type": pl.UInt8,
            "min_transfer_s": i32,
            "from_trip": i32,
            "to_trip": i32,
            "from_route": i32,
            "to_route": i32,
        }
    )
    return Feed(
        timezone="Europe/Paris",
        start=MONDAY,
        days=7,
        stops=stops,
        routes=routes,
        trips=trips,
        stop_times=stop_times,
        services=np.ones((1, 9), bool),
        service_ids=["every-day"],
        frequencies=frequencies,
        transfers=transfers,
        inputs=(),
        report=Report(),
    )
