"""The fares of a compiled timetable: packed into its file, and read back ready to price rides."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from ..gtfs.fares.tables import SCHEMAS, FareTables
from ..places import Array
from .attributes_and_rules import Fare, FirstTariff
from .legs_and_transfers import (
    Frame,
    JoinRule,
    LegRule,
    PassOffer,
    Product,
    SecondTariff,
    TransferRule,
)
from .tickets import Bill, Ride, Ticket


@dataclass(frozen=True)
class Category:
    """A category of riders that a feed prices apart; `url` describes who belongs to it."""

    category_id: str
    name: str
    is_default: bool
    url: str


@dataclass(frozen=True)
class Tariff:
    """The fares of one feed, for its routes from `first_route` to `last_route`, both included."""

    number: int
    first_route: int
    last_route: int
    categories: tuple[Category, ...]
    rules: FirstTariff | SecondTariff

    def covers(self, ride: Ride) -> bool:
        """Return whether the ride is one of this feed's."""
        return bool(ride.routes) and self.first_route <= ride.routes[0] <= self.last_route

    def open_to(self, entitled: frozenset[str]) -> frozenset[str]:
        """Return the categories whose prices the rider may pay: all riders', and those entitled to.

        `entitled` names categories by id or by name, whatever the case.
        """
        asked = {name.casefold() for name in entitled}
        return frozenset({""}) | {
            category.category_id
            for category in self.categories
            if category.is_default
            or {category.category_id.casefold(), category.name.casefold()} & asked
        }

    def bill(self, rides: Sequence[Ride], entitled: frozenset[str], held: frozenset[str]) -> Bill:
        """Return the cheapest way to pay rides of a journey; `held` are products paid already."""
        return self.rules.bill(rides, self.open_to(entitled), held)

    @property
    def depends_on_the_day(self) -> bool:
        """Return whether equal rides may cost more on one day than on another."""
        return isinstance(self.rules, SecondTariff) and bool(self.rules.frames)

    @property
    def parted_by_others(self) -> bool:
        """Return whether a ride of another feed parts the rides that its rules look at together.

        Transfers of the second generation are between rides that follow each other.
        """
        return isinstance(self.rules, SecondTariff)

    def passes(self, rides: Sequence[Ride], entitled: frozenset[str]) -> Iterator[PassOffer]:
        """Return the passes that pay some of these rides."""
        if isinstance(self.rules, SecondTariff):
            yield from self.rules.passes(rides, self.open_to(entitled))


def tariffs(
    fares: FareTables, *, start: date, timezone: str, stop_parent: Array
) -> tuple[Tariff, ...]:
    """Return the tariffs of the feeds that have usable fares."""
    stations = np.where(stop_parent >= 0, stop_parent, np.arange(len(stop_parent))).tolist()
    made = []
    for feed in fares.feeds.iter_rows(named=True):
        own = {
            name: getattr(fares, name).filter(pl.col("feed") == feed["feed"]) for name in SCHEMAS
        }
        # A feed may carry both generations while its publisher moves: the second one is complete.
        if own["leg_rules"].height:
            rules: FirstTariff | SecondTariff = _second(own, feed, stations, start, timezone)
        elif own["attributes"].height:
            rules = _first(own)
        else:
            continue
        columns = ("category_id", "name", "is_default", "url")
        made.append(
            Tariff(
                number=feed["feed"],
                first_route=feed["first_route"],
                last_route=feed["first_route"] + feed["routes"] - 1,
                categories=tuple(
                    Category(*row) for row in own["categories"].select(columns).rows()
                ),
                rules=rules,
            )
        )
    return tuple(made)


def _first(own: Mapping[str, pl.DataFrame]) -> FirstTariff:
    contained: dict[str, dict[tuple[str, str], dict[int, set[str]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(set))
    )
    columns = ("fare_id", "origin", "destination", "route", "contains")
    for fare_id, origin, destination, route, zone in own["rules"].select(columns).iter_rows():
        contained[fare_id][origin, destination][route] |= {zone} - {""}
    fares = []
    for row in own["attributes"].iter_rows(named=True):
        pairs = {
            pair: {route: frozenset(zones) for route, zones in routes.items()}
            for pair, routes in contained.get(row["fare_id"], {}).items()
        }
        # Prices are text in the tables: floats would not add up to the cent.
        price = Decimal(row["price"])
        fares.append(
            Fare(price, row["currency"], row["transfers"], row["duration_s"], row["agency"], pairs)
        )
    return FirstTariff(fares, _pairs(own["zones"], "stop", "zone"))


def _second(
    own: Mapping[str, pl.DataFrame],
    feed: Mapping[str, Any],
    stations: Sequence[int],
    start: date,
    timezone: str,
) -> SecondTariff:
    media = _pairs(own["media"], "media_id", "name")
    products: dict[str, list[Product]] = defaultdict(list)
    for row in own["products"].iter_rows(named=True):
        ticket = Ticket(
            name=row["name"],
            price=Decimal(row["price"]),
            currency=row["currency"],
            valid=row["valid"],
            rides=row["rides"],
            media=media.get(row["media_id"], ""),
        )
        products[row["product_id"]].append(Product(row["category_id"], ticket))
    rules: dict[tuple[str, str, str], list[LegRule]] = defaultdict(list)
    for row in own["leg_rules"].iter_rows(named=True):
        rules[row["network"], row["from_area"], row["to_area"]].append(
            LegRule(**{name: row[name] for name in LegRule._fields})
        )
    transfers: dict[tuple[str, str], list[TransferRule]] = defaultdict(list)
    for row in own["transfer_rules"].iter_rows(named=True):
        rule = TransferRule(**{name: row[name] for name in TransferRule._fields})
        transfers[rule.from_group, rule.to_group].append(rule)
    frames: dict[str, list[Frame]] = defaultdict(list)
    for row in own["timeframes"].iter_rows(named=True):
        frames[row["frame"]].append(Frame(row["start_s"], row["end_s"], row["runs"]))
    return SecondTariff(
        products=products,
        rules=dict(rules),
        ranked=feed["ranked"],
        joins=[
            JoinRule(*row)
            for row in own["join_rules"].select("network", "from_stop", "to_stop").iter_rows()
        ],
        transfers=dict(transfers),
        networks=_pairs(own["route_networks"], "route", "network"),
        areas=_areas(own["stop_areas"], stations),
        stations=stations,
        frames=dict(frames),
        # Column 0 of the services is the day before: its night runs into the first day.
        first_day=start - timedelta(days=1),
        timezone=feed["timezone"],
        service_timezone=timezone,
    )


def _pairs(table: pl.DataFrame, key: str, value: str) -> dict[Any, Any]:
    return dict(table.select(key, value).iter_rows())


def _areas(table: pl.DataFrame, stations: Sequence[int]) -> dict[int, frozenset[str]]:
    """Return the areas of each stop: its own, else those of its station."""
    given: dict[int, set[str]] = defaultdict(set)
    for stop, area in table.select("stop", "area").iter_rows():
        given[stop].add(area)
    areas = {stop: frozenset(names) for stop, names in given.items()}
    inherited = {
        stop: areas[station]
        for stop, station in enumerate(stations)
        if stop not in areas and station in areas
    }
    return areas | inherited
