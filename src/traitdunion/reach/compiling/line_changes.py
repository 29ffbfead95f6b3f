"""Rules of change that hold between given lines or trips, by parting the stops they name.

A search knows at which stop a rider stands, not by which line he came. Where a rule names a line,
its calls are moved to a copy of the stop, linked on foot to all that the stop is linked to; the
rule then holds between copies, and searches need to know nothing of it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl

from ..gtfs import Feed
from ..gtfs.feed import NONE
from ..places import UNREACHED, Array
from .events import FORBIDDEN, MINIMUM

MAX_COPIES = 20_000
"""Copies of stops beyond which the rules of lines are left aside, with a finding."""


class Copy(NamedTuple):
    """A stop as some calls know it: those of a line, of a trip, or (NONE, NONE) all others."""

    row: int
    route: int
    trip: int


class Rule(NamedTuple):
    """A row of transfers.txt that names a line or a trip at one end at least."""

    from_stop: int
    to_stop: int
    kind: int
    minimum_s: int
    from_trip: int
    to_trip: int
    from_route: int
    to_route: int

    @property
    def rank(self) -> int:
        """Rank by what it names: two trips, trip and line, trip, two lines, one line."""
        trips = (self.from_trip != NONE) + (self.to_trip != NONE)
        routes = (self.from_route != NONE) + (self.to_route != NONE)
        if trips == 2:
            return 5
        return 2 + trips * (1 + (routes > 0)) if trips else routes


class Split(NamedTuple):
    """A feed with its copies of stops, and what `with_line_changes` needs of them."""

    feed: Feed
    copies: dict[int, list[Copy]]
    rules: list[Rule]
    children: dict[int, list[int]]


def line_rules(feed: Feed) -> list[Rule]:
    """Return the rules between lines or trips, the least particular first."""
    rows = feed.transfers.filter(
        (pl.col("type") <= FORBIDDEN)
        & (pl.max_horizontal("from_trip", "to_trip", "from_route", "to_route") >= 0)
    ).select(
        "from_stop", "to_stop", "type", "min_transfer_s",
        "from_trip", "to_trip", "from_route", "to_route",
    )  # fmt: skip
    return sorted((Rule(*row) for row in rows.iter_rows()), key=lambda rule: rule.rank)


def split_stops(feed: Feed) -> Split | None:
    """Return the feed with the copies its rules ask for; None where it has none, or too many."""
    rules = line_rules(feed)
    if not rules:
        return None
    children: dict[int, list[int]] = {}
    for stop, parent in enumerate(feed.stops["parent"]):
        if parent >= 0:
            children.setdefault(parent, []).append(stop)
    named: dict[int, tuple[set[int], set[int]]] = {}
    for rule in rules:
        for stop, route, trip in (
            (rule.from_stop, rule.from_route, rule.from_trip),
            (rule.to_stop, rule.to_route, rule.to_trip),
        ):
            for own in (stop, *children.get(stop, ())):
                routes, trips = named.setdefault(own, (set(), set()))
                routes.add(route)
                trips.add(trip)
    stops, trips_ = feed.stop_times["stop"].to_numpy(), feed.stop_times["trip"].to_numpy()
    route_of = feed.trips["route"].to_numpy()
    rows = stops.copy()
    # The stop itself stays for the calls that no rule names.
    copies: dict[int, list[Copy]] = {stop: [Copy(stop, NONE, NONE)] for stop in named}
    known: dict[tuple[int, int, int], int] = {}
    for event in np.flatnonzero(np.isin(stops, list(named))).tolist():
        stop, trip = int(stops[event]), int(trips_[event])
        routes, trips = named[stop]
        route = int(route_of[trip])
        key = stop, route if route in routes else NONE, trip if trip in trips else NONE
        if key[1:] == (NONE, NONE):
            continue
        if key not in known:
            known[key] = len(feed.stops) + len(known)
            copies[stop].append(Copy(known[key], *key[1:]))
        rows[event] = known[key]
    # Beyond, the copies would slow every search for rules of a few changes.
    if len(known) > MAX_COPIES:
        return None
    of_copies = feed.stops[[stop for stop, _, _ in known]].with_columns(
        pl.Series("stop_id", [f"{feed.stops['stop_id'][s]}#{r}#{t}" for s, r, t in known]).cast(
            pl.String
        )
    )
    widened = replace(
        feed,
        stops=pl.concat([feed.stops, of_copies]),
        stop_times=feed.stop_times.with_columns(pl.Series("stop", rows, dtype=pl.Int32)),
    )
    return Split(widened, copies, rules, children)


def with_line_changes(footpaths: dict[str, Array], split: Split) -> dict[str, Array]:
    """Return the links on foot of a feed (`compile_footpaths`) with those of the copies."""
    n_stops = len(split.feed.stops)
    change_s = np.concatenate(
        [footpaths["change_s"], np.zeros(n_stops - len(footpaths["change_s"]), np.int32)]
    )
    links = {
        (a, b): (fixed_s, metres)
        for a, b, fixed_s, metres in zip(
            footpaths["footpath_from"].tolist(),
            footpaths["footpath_to"].tolist(),
            footpaths["footpath_fixed_s"].tolist(),
            footpaths["footpath_m"].tolist(),
            strict=True,
        )
    }
    rows_of = {stop: [copy.row for copy in own] for stop, own in split.copies.items()}
    # A copy is linked to all that its stop is linked to: footpaths are not walked in a row.
    for (a, b), link in list(links.items()):
        for a_row in rows_of.get(a, (a,)):
            for b_row in rows_of.get(b, (b,)):
                links[a_row, b_row] = link
    for stop, rows in rows_of.items():
        change_s[rows] = change_s[stop]
        if change_s[stop] == UNREACHED:
            continue
        for a in rows:
            links.update({(a, b): (int(change_s[stop]), 0.0) for b in rows if b != a})
    # The least particular rules come first: those after them overwrite what they set.
    for rule in split.rules:
        for a, b in _pairs(rule, split):
            if a == b:
                change_s[a] = UNREACHED if rule.kind == FORBIDDEN else max(_minimum_s(rule), 0)
            elif rule.kind == FORBIDDEN:
                links.pop((a, b), None)
            else:
                # Without a time of its own, what walking or the stop itself asks.
                minimum_s = _minimum_s(rule)
                known_s, metres = links.get((a, b), (0, 0.0))
                links[a, b] = (minimum_s if minimum_s >= 0 else known_s), metres
    pairs = sorted(links)
    values = [links[pair] for pair in pairs]
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    return {
        "footpath_from": np.ascontiguousarray(ends[:, 0]),
        "footpath_to": np.ascontiguousarray(ends[:, 1]),
        "footpath_m": np.array([metres for _, metres in values], np.float32),
        "footpath_fixed_s": np.array([fixed_s for fixed_s, _ in values], np.int32),
        "change_s": change_s,
        "split_stops": np.array(
            [(copy.row, stop) for stop, own in split.copies.items() for copy in own[1:]], np.int32
        ).reshape(-1, 2),
    }


def _minimum_s(rule: Rule) -> int:
    return rule.minimum_s if rule.kind == MINIMUM else -1


def _pairs(rule: Rule, split: Split) -> Iterator[tuple[int, int]]:
    """Return rows between which a rule holds."""
    for a in _matching(rule.from_stop, rule.from_route, rule.from_trip, split):
        for b in _matching(rule.to_stop, rule.to_route, rule.to_trip, split):
            yield a, b


def _matching(stop: int, route: int, trip: int, split: Split) -> list[int]:
    route_of = split.feed.trips["route"]
    return [
        copy.row
        for own in (stop, *split.children.get(stop, ()))
        for copy in split.copies.get(own, ())
        if trip in (NONE, copy.trip)
        # A copy made for a trip answers for the line of this trip too.
        and (route in (NONE, copy.route) or (copy.trip != NONE and route_of[copy.trip] == route))
    ]
