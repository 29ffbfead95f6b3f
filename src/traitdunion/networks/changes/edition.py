"""Reads one edition of a feed and counts what riders would notice: lines, trips a day, stops."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from traitdunion import french
from traitdunion.reach.gtfs import Feed, Limits, Report, days_covered, read_gtfs
from traitdunion.reach.places import Array

DAYS_BEHIND: Final = 35
DAYS_AHEAD: Final = 365

Key = tuple[str, str]
"""Agency and name of a line, in lower case without doubled spaces."""


@dataclass(frozen=True)
class Line:
    """All routes of one agency that bear one name; `trips` (days,) run on each day."""

    name: str
    long_name: str
    agency: str
    trips: Array = field(repr=False)


@dataclass(frozen=True)
class Stop:
    """A stop at which something calls, or comes on demand."""

    name: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Edition:
    """What one edition of a feed offers around a day.

    `first` and `last`: from the first day of its calendars to the last day on which a trip runs,
    None where none does. `start` is the day of column 0 of every `trips`. `stops` by stop_id.
    `prices` by the name of the ticket. `zones`: zones and groups of stops served on demand.
    """

    name: str
    sha256: str
    first: date | None
    last: date | None
    start: date
    trips: Array = field(repr=False)
    lines: Mapping[Key, Line] = field(repr=False)
    stops: Mapping[str, Stop] = field(repr=False)
    prices: Mapping[str, str] = field(repr=False)
    zones: int
    report: Report = field(repr=False)

    def trips_on(self, day: date, line: Line | None = None) -> int:
        """Count the trips of all lines, or of one, on a day; 0 outside the days counted."""
        trips = self.trips if line is None else line.trips
        column = (day - self.start).days
        return int(trips[column]) if 0 <= column < len(trips) else 0

    def runs_on(self, day: date) -> bool:
        """Return whether a day is between the first and the last of the edition."""
        return self.first is not None and self.last is not None and self.first <= day <= self.last


def read_edition(path: Path, *, today: date, limits: Limits | None = None) -> Edition:
    """Read a feed for the days that matter `today`.

    These are the days covered, from five weeks ago to a year ahead; of an edition that is over,
    its last five weeks. Raises `FeedError` if it cannot be read.
    """
    covered = days_covered(path, limits=limits)
    start, days = _window(covered, today)
    feed = read_gtfs([path], start=start, days=days, limits=limits)
    runs = feed.services[:, 1 : days + 1]
    lines = _lines(feed, runs)
    trips = np.sum([line.trips for line in lines.values()], axis=0, initial=0, dtype=np.int64)
    trips = np.broadcast_to(trips, (days,)).copy()
    running = np.flatnonzero(trips)
    ((name, sha256),) = feed.inputs
    return Edition(
        name=name,
        sha256=sha256,
        first=covered[0] if covered and len(running) else None,
        last=start + timedelta(int(running[-1])) if len(running) else None,
        start=start,
        trips=trips,
        lines=lines,
        stops=_served_stops(feed),
        prices=_prices(feed),
        zones=feed.on_demand.places.height,
        report=feed.report,
    )


def _window(covered: tuple[date, date] | None, today: date) -> tuple[date, int]:
    """Return the first day to count and how many; one day where nothing is to be counted."""
    if covered is None:
        return today, 1
    last = max(covered[0], min(covered[1], today + timedelta(DAYS_AHEAD)))
    start = max(covered[0], min(today, last) - timedelta(DAYS_BEHIND))
    return start, (last - start).days + 1


def _rides(feed: Feed) -> pl.DataFrame:
    """Return the route and service of each trip, and the departures it stands for.

    A trip stands for one, or for those of its frequencies; one on demand for one, whatever rides
    it gives, and only once where it also calls at fixed hours.
    """
    unrolled = feed.frequencies.select(
        "trip",
        ((pl.col("end_s") - pl.col("start_s") - 1) // pl.col("headway_s") + 1).alias("departures"),
    )
    by_trip = unrolled.group_by("trip").agg(pl.col("departures").sum())
    fixed = (
        feed.trips.with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias("trip"))
        .join(by_trip, on="trip", how="left")
        .select("route", "service", pl.col("departures").fill_null(1))
    )
    # A trip of both kinds is already counted among the fixed ones.
    asked = feed.on_demand.trips.join(feed.trips, on="trip_id", how="anti").select(
        "route", "service", pl.lit(1).alias("departures")
    )
    return pl.concat([fixed.cast(pl.Int64), asked.cast(pl.Int64)])


def _lines(feed: Feed, runs: Array) -> dict[Key, Line]:
    """Return the lines in which a trip runs on one of the days."""
    names = feed.routes.select(
        "agency",
        "long_name",
        pl.when(pl.col("short_name") == "")
        .then(pl.col("long_name"))
        .otherwise(pl.col("short_name"))
        .alias("name"),
    )
    # Route ids change from one edition to the next; agency and name are what riders know.
    keys = [(folded(agency), folded(name)) for agency, _, name in names.iter_rows()]
    order = {key: row for row, key in enumerate(dict.fromkeys(keys))}
    line_of_route = np.array([order[key] for key in keys], np.int64)
    rides = _rides(feed)
    cells = line_of_route[rides["route"].to_numpy()], rides["service"].to_numpy()
    by_service = np.zeros((len(order), len(runs)))
    np.add.at(by_service, cells, rides["departures"].to_numpy())
    trips = np.rint(by_service @ runs).astype(np.int64)
    return {
        key: Line(*_named(names, np.flatnonzero(line_of_route == row)), trips=trips[row])
        for key, row in order.items()
        if trips[row].any()
    }


def _named(names: pl.DataFrame, rows: Array) -> tuple[str, str, str]:
    """Name, long name (none where the routes of the line have several) and agency."""
    own = names[rows.tolist()]
    long_names = own["long_name"].unique().to_list()
    name, long_name = own["name"][0], long_names[0] if len(long_names) == 1 else ""
    return name, "" if long_name == name else long_name, own["agency"][0]


def folded(text: str) -> str:
    """Return the same text for two ways of writing it: case and doubled spaces."""
    return " ".join(text.split()).casefold()


def _served_stops(feed: Feed) -> dict[str, Stop]:
    calls = pl.concat([feed.stop_times["stop"], feed.on_demand.place_stops["stop"]])
    served = feed.stops[calls.unique().sort().to_list()]
    return {
        stop_id: Stop(name, lat, lon)
        for stop_id, name, lat, lon in served.select("stop_id", "name", "lat", "lon").iter_rows()
    }


def _prices(feed: Feed) -> dict[str, str]:
    """Price of each ticket by its name; several of one name are given together."""
    fares = feed.fares
    categories = dict(
        fares.categories.filter(~pl.col("is_default")).select("category_id", "name").iter_rows()
    )
    prices_by_name: dict[str, set[str]] = {}
    for fare_id, price, currency in fares.attributes.select(
        "fare_id", "price", "currency"
    ).iter_rows():
        prices_by_name.setdefault(fare_id, set()).add(_money(price, currency))
    for product_id, name, category, price, currency in fares.products.select(
        "product_id", "name", "category_id", "price", "currency"
    ).iter_rows():
        who = f" ({categories[category]})" if categories.get(category) else ""
        prices_by_name.setdefault(f"{name or product_id}{who}", set()).add(_money(price, currency))
    return {name: " ou ".join(sorted(prices)) for name, prices in sorted(prices_by_name.items())}


def _money(price: str, currency: str) -> str:
    try:
        amount = french.amount(Decimal(price))
    except InvalidOperation:
        amount = price
    return f"{amount}{french.NBSP}{'€' if currency == 'EUR' else currency}"
