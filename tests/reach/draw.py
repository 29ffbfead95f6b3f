"""Draw a timetable in a few lines: trips as text, walks as minutes, everything else by default."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from traitdunion import reach
from traitdunion.reach.gtfs import Feed, Report
from traitdunion.reach.gtfs.feed import FREQUENCIES, ROUTES, STOP_TIMES, STOPS, TRANSFERS, TRIPS
from traitdunion.reach.gtfs.on_demand.tables import OnDemandTables

if TYPE_CHECKING:
    from draw_on_demand import OnDemandDrawing

MONDAY = date(2025, 3, 3)


def at(text: str) -> int:
    """Seconds of "8:05" or "25:30:10"."""
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + (seconds[0] if seconds else 0)


def draw(
    *trips: str,
    walks: Mapping[str, int] | None = None,
    start: date = MONDAY,
    days: int = 7,
    running: Mapping[int, Iterable[date]] | None = None,
    timezone: str = "Europe/Paris",
    frequencies: Iterable[tuple[int, str, str, int, bool]] = (),
    blocks: Mapping[int, str] | None = None,
    transfers: Iterable[tuple[str, str, int, int]] = (),
    line_transfers: Iterable[tuple[str, str, int, int, int]] = (),
    stay_seated: bool = True,
    places: Mapping[str, tuple[float, float]] | None = None,
    asked: "OnDemandDrawing | None" = None,
    bikes: Iterable[int] = (),
    trip_wheelchair: Mapping[int, int] | None = None,
    stop_wheelchair: Mapping[str, int] | None = None,
) -> reach.Timetable:
    """A timetable of trips like "A 8:00 > B 8:10/8:12 > C 8:20 (L1)".

    Stops are named by letters, far from each other unless `places` gives (lat, lon); `-8:10`
    closes boarding, `8:10-` alighting.
    `walks`: {"AB": 120} seconds from A to B (one way). `running`: the dates of a trip, by its
    number, every day otherwise.
    `line_transfers`: (from, to, type, from line, to line).
    `frequencies`: (trip, from, to, headway seconds, exact). `asked`: services on demand.
    `bikes`: numbers of the trips that take bicycles aboard. `trip_wheelchair`, `stop_wheelchair`:
    1 yes, 2 no, unknown otherwise.
    """
    parsed = [_trip(text) for text in trips]
    names = sorted(
        {name for _, calls in parsed for name, *_ in calls}
        | set("".join(walks or ""))
        | set(places or "")
    )
    where = places or {name: (40.0 + i, 3.0) for i, name in enumerate(names)}
    row = {name: i for i, name in enumerate(names)}
    services = np.ones((len(trips), days + 2), bool)
    for trip, dates in (running or {}).items():
        services[trip] = False
        for on in dates:
            services[trip, (on - start).days + 1] = True
    n = len(trips)
    if asked is not None:
        services = np.vstack([services, asked.runs(start, days)])
    lines = [line for line, _ in parsed] + (asked.lines if asked else [])
    feed = Feed(
        timezone=timezone,
        start=start,
        days=days,
        stops=pl.DataFrame(
            {
                "stop_id": names,
                "name": names,
                "lat": [where[name][0] for name in names],
                "lon": [where[name][1] for name in names],
                "parent": [-1] * len(names),
                "location_type": [0] * len(names),
                "wheelchair": [(stop_wheelchair or {}).get(name, 0) for name in names],
            },
            STOPS,
        ),
        routes=pl.DataFrame(
            {
                "route_id": lines,
                "short_name": lines,
                "long_name": [""] * len(lines),
                "route_type": [3] * len(lines),
                "agency": [""] * len(lines),
                "color": [""] * len(lines),
            },
            ROUTES,
        ),
        trips=pl.DataFrame(
            {
                "trip_id": [f"t{i}" for i in range(n)],
                "route": range(n),
                "service": range(n),
                "headsign": [""] * n,
                "block_id": [(blocks or {}).get(i, "") for i in range(n)],
                "direction": [0] * n,
                "bikes": [1 if i in set(bikes) else 2 for i in range(n)],
                "wheelchair": [(trip_wheelchair or {}).get(i, 0) for i in range(n)],
            },
            TRIPS,
        ),
        stop_times=pl.DataFrame(
            [
                (i, row[name], arrival, departure, pickup, drop_off, place, -1, -1)
                for i, (_, calls) in enumerate(parsed)
                for place, (name, arrival, departure, pickup, drop_off) in enumerate(calls, 1)
            ],
            STOP_TIMES,
            orient="row",
        ),
        services=services,
        service_ids=[f"s{i}" for i in range(len(services))],
        frequencies=pl.DataFrame(
            [(i, at(a), at(b), headway, exact) for i, a, b, headway, exact in frequencies],
            FREQUENCIES,
            orient="row",
        ),
        transfers=pl.DataFrame(
            [(row[a], row[b], kind, least, -1, -1, -1, -1) for a, b, kind, least in transfers]
            + [(row[a], row[b], kind, -1, -1, -1, f, t) for a, b, kind, f, t in line_transfers],
            TRANSFERS,
            orient="row",
        ),
        inputs=(),
        report=Report(),
        on_demand=asked.tables(row, n) if asked else OnDemandTables.empty(),
    )
    timetable = reach.Timetable.from_feed(feed, stay_seated=stay_seated)
    if walks is None:
        return timetable
    links = [(row[pair[0]], row[pair[1]], seconds) for pair, seconds in walks.items()]
    return timetable.with_footpaths(*np.array(links, np.int32).reshape(-1, 3).T)


def _trip(text: str) -> tuple[str, list[tuple[str, int, int, int, int]]]:
    line = "L"
    if text.endswith(")"):
        text, _, line = text[:-1].rpartition("(")
    calls = []
    for call in text.split(">"):
        name, times = call.split()
        no_board, no_alight = times.startswith("-"), times.endswith("-")
        arrival, _, departure = times.strip("-").partition("/")
        calls.append((name, at(arrival), at(departure or arrival), int(no_board), int(no_alight)))
    return line.strip(), calls
