"""Reads one edition of a feed and counts what riders would notice: lines, trips a day, stops."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from ..gtfs import Feed, FeedError, Limits, Report, days_covered, read_gtfs
from ..gtfs.archive import open_feed
from ..places import Array

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
    """A stop at which something calls."""

    name: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Edition:
    """What one edition of a feed offers around a day.

    `first` and `last`: from the first day of its calendars to the last day on which a trip runs,
    None where none does. `start` is the day of column 0 of every `trips`. `stops` by stop_id.
    `prices` by the name of the ticket. `zones`: places served on demand (GTFS-Flex).
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
        """Trips of all lines, or of one, that run on a day; 0 outside the days counted."""
        trips = self.trips if line is None else line.trips
        column = (day - self.start).days
        return int(trips[column]) if 0 <= column < len(trips) else 0

    def runs_on(self, day: date) -> bool:
        """Whether a day is between the first and the last of the edition."""
        return self.first is not None and self.last is not None and self.first <= day <= self.last


def read_edition(path: Path, *, today: date, limits: Limits | None = None) -> Edition:
    """Read a feed for the days that matter to somebody who asks `today`.

    These are the days covered, from five weeks ago to a year ahead; of an edition that is over,
    its last five weeks. Raises `FeedError` if it cannot be read.
    """
    covered = days_covered(path, limits=limits)
    start, days = _window(covered, today)
    feed = read_gtfs([path], start=start, days=days, limits=limits)
    runs = feed.services[:, 1 : days + 1]
    weights = _weights(feed)
    lines = _lines(feed, runs, weights)
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
        zones=_zones(path, limits),
        report=feed.report,
    )


def _window(covered: tuple[date, date] | None, today: date) -> tuple[date, int]:
    """First day to count and how many; one day where nothing is to be counted."""
    if covered is None:
        return today, 1
    last = max(covered[0], min(covered[1], today + timedelta(DAYS_AHEAD)))
    start = max(covered[0], min(today, last) - timedelta(DAYS_BEHIND))
    return start, (last - start).days + 1


def _weights(feed: Feed) -> Array:
    """Departures that each trip stands for: one, or those of its frequencies. (trips,) int64."""
    weights = np.ones(feed.trips.height, np.int64)
    unrolled: dict[int, int] = {}
    for trip, start_s, end_s, headway_s in feed.frequencies.select(
        "trip", "start_s", "end_s", "headway_s"
    ).iter_rows():
        unrolled[trip] = unrolled.get(trip, 0) + len(range(start_s, end_s, headway_s))
    for trip, departures in unrolled.items():
        weights[trip] = departures
    return weights


def _lines(feed: Feed, runs: Array, weights: Array) -> dict[Key, Line]:
    """Lines in which a trip runs on one of the days."""
    names = feed.routes.select(
        "agency",
        "long_name",
        pl.when(pl.col("short_name") == "")
        .then(pl.col("long_name"))
        .otherwise(pl.col("short_name"))
        .alias("name"),
    )
    keys = [(folded(agency), folded(name)) for agency, _, name in names.iter_rows()]
    order = {key: row for row, key in enumerate(dict.fromkeys(keys))}
    line_of_route = np.array([order[key] for key in keys], np.int64)
    by_service = np.zeros((len(order), len(runs)))
    np.add.at(
        by_service,
        (line_of_route[feed.trips["route"].to_numpy()], feed.trips["service"].to_numpy()),
        weights,
    )
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
    """The same text for two ways of writing it: case and doubled spaces."""
    return " ".join(text.split()).casefold()


def _served_stops(feed: Feed) -> dict[str, Stop]:
    served = feed.stops[feed.stop_times["stop"].unique().sort().to_list()]
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
    found: dict[str, set[str]] = {}
    for fare_id, price, currency in fares.attributes.select(
        "fare_id", "price", "currency"
    ).iter_rows():
        found.setdefault(fare_id, set()).add(_money(price, currency))
    for product_id, name, category, price, currency in fares.products.select(
        "product_id", "name", "category_id", "price", "currency"
    ).iter_rows():
        who = f" ({categories[category]})" if categories.get(category) else ""
        found.setdefault(f"{name or product_id}{who}", set()).add(_money(price, currency))
    return {name: " ou ".join(sorted(prices)) for name, prices in sorted(found.items())}


def _money(price: str, currency: str) -> str:
    try:
        amount = f"{Decimal(price):.2f}".replace(".", ",")
    except InvalidOperation:
        amount = price
    return f"{amount} {'€' if currency == 'EUR' else currency}"


def _zones(path: Path, limits: Limits | None) -> int:
    """Zones and groups of stops of GTFS-Flex that the feed describes; 0 where unreadable."""
    places, groups = "locations.geojson", "location_groups.txt"
    archive = open_feed(path, [places, groups], limits=limits)
    try:
        found = 0
        if places in archive:
            found += len(json.loads(archive.read(places).decode("utf-8-sig"))["features"])
        if groups in archive:
            rows = archive.read(groups).decode("utf-8-sig", "replace").splitlines()[1:]
            found += len([row for row in rows if row.strip()])
    except (FeedError, ValueError, KeyError, TypeError):
        return 0
    finally:
        archive.close()
    return found
