"""Feed → flat arrays: trips of one vehicle joined, frequencies unrolled, stop patterns found."""

import numpy as np
import polars as pl

from .. import kernels
from ..gtfs import Feed
from ..places import EARTH_RADIUS_M, Array, great_circle_m
from ..streets import Walk
from .events import (
    BOOK_TO_ALIGHT,
    BOOK_TO_BOARD,
    CAN_ALIGHT,
    CAN_BOARD,
    FLAG_BITS,
    FORBIDDEN,
    MINIMUM,
    TO_BOOK,
    Trips,
    consecutive_runs,
    run_starts,
)
from .joining import join_trips
from .wheelchair import wheelchair_of_trips


def compile_trips(feed: Feed, *, stay_seated: bool) -> dict[str, Array]:
    """Return the arrays of the trips, sorted by stop pattern then first departure.

    Keys: `pattern_starts` (P + 1,), `pattern_stops`, `pattern_flags`, `pattern_pickup_rule`,
    `pattern_drop_off_rule` (positions,), `trip_pattern`, `trip_service`, `trip_source`,
    `trip_loose`, `trip_bikes`, `trip_wheelchair` (N,), `trip_events` (N,) int64 first event,
    `arrival_s`, `departure_s`, `event_source`, `event_sequence` (E,), and `services`, those of the
    feed then those of the trips joined on some of their days.
    """
    trips, services = _unroll_frequencies(_trips(feed), feed.frequencies), feed.services
    if stay_seated:
        trips, services = join_trips(trips, feed)
    pattern, representatives = _patterns(trips)
    lengths = np.diff(trips.starts)
    first_departure = trips.departure_s[trips.starts[:-1]]
    # lexsort begins with its last key: by pattern, then first departure, then last departure.
    order = np.lexsort((trips.departure_s[trips.starts[1:] - 1], first_departure, pattern))
    events = consecutive_runs(trips.starts[:-1][order], lengths[order])
    of_patterns = consecutive_runs(trips.starts[:-1][representatives], lengths[representatives])
    starts, event_source = run_starts(lengths[order])[:-1], trips.event_source[events]
    # bikes_allowed: 1 is yes, 2 no, and blank or 0 unknown, which promises nothing.
    with_bike = feed.trips["bikes"].to_numpy() == 1
    return {
        "pattern_starts": run_starts(lengths[representatives]).astype(np.int32),
        "pattern_stops": trips.stop[of_patterns],
        "pattern_flags": trips.flags[of_patterns],
        "pattern_pickup_rule": trips.pickup_rule[of_patterns],
        "pattern_drop_off_rule": trips.drop_off_rule[of_patterns],
        "trip_pattern": pattern[order].astype(np.int32),
        "trip_service": trips.service[order],
        "trip_source": trips.source[order],
        "trip_loose": trips.loose[order],
        # A trip that two make takes bicycles where both do.
        "trip_bikes": np.logical_and.reduceat(with_bike[event_source], starts)
        if len(starts)
        else np.zeros(0, bool),
        "trip_wheelchair": wheelchair_of_trips(
            feed.trips["wheelchair"].to_numpy()[event_source], starts
        ),
        "trip_events": starts,
        "arrival_s": trips.arrival_s[events],
        "departure_s": trips.departure_s[events],
        "event_source": event_source,
        "event_sequence": trips.sequence[events],
        "services": services,
    }


def _trips(feed: Feed) -> Trips:
    times = feed.stop_times
    trip = times["trip"].to_numpy()
    sources, starts = np.unique(trip, return_index=True)
    pickup, drop_off = times["pickup"].to_numpy(), times["drop_off"].to_numpy()
    # Only 1 forbids (stop_times.txt, pickup_type): 2 is booked, 3 asked of the driver.
    flags = (
        np.where(pickup != 1, CAN_BOARD, 0)
        | np.where(drop_off != 1, CAN_ALIGHT, 0)
        | np.where(pickup == TO_BOOK, BOOK_TO_BOARD, 0)
        | np.where(drop_off == TO_BOOK, BOOK_TO_ALIGHT, 0)
    )
    return Trips(
        starts=np.append(starts, len(trip)).astype(np.int64),
        service=feed.trips["service"].to_numpy()[sources].astype(np.int32),
        source=sources.astype(np.int32),
        loose=np.zeros(len(sources), bool),
        stop=times["stop"].to_numpy().astype(np.int32),
        flags=flags.astype(np.uint8),
        arrival_s=times["arrival_s"].to_numpy().astype(np.int32),
        departure_s=times["departure_s"].to_numpy().astype(np.int32),
        event_source=trip.astype(np.int32),
        sequence=times["sequence"].to_numpy().astype(np.int32),
        pickup_rule=times["pickup_rule"].to_numpy().astype(np.int32),
        drop_off_rule=times["drop_off_rule"].to_numpy().astype(np.int32),
    )


def _unroll_frequencies(trips: Trips, frequencies: pl.DataFrame) -> Trips:
    """Replace each trip that runs by frequency with its departures.

    Without `exact_times` the hours between departures are all we know: the departures drawn are
    a convention (first one at `start_time`), and the trips are marked `loose`.
    """
    if frequencies.is_empty():
        return trips
    row_of = {int(source): row for row, source in enumerate(trips.source)}
    rows: list[int] = []
    shifts: list[int] = []
    loose: list[bool] = []
    templates = set()
    for trip, start_s, end_s, headway_s, exact in frequencies.select(
        "trip", "start_s", "end_s", "headway_s", "exact"
    ).iter_rows():
        if trip not in row_of:
            continue
        row = row_of[trip]
        # The template itself never runs: its departures take its place.
        templates.add(row)
        first_s = int(trips.departure_s[trips.starts[row]])
        # No departure at end_time, when the service changes or ceases (frequencies.txt).
        for departure_s in range(start_s, end_s, headway_s):
            rows.append(row)
            shifts.append(departure_s - first_s)
            loose.append(not exact)
    kept = np.setdiff1d(np.arange(len(trips.source)), np.array(sorted(templates), int))
    return _select(
        trips,
        np.concatenate([kept, np.array(rows, int)]),
        np.concatenate([np.zeros(len(kept), np.int32), np.array(shifts, np.int32)]),
        np.concatenate([np.zeros(len(kept), bool), np.array(loose, bool)]),
    )


def _select(trips: Trips, rows: Array, shift_s: Array, loose: Array) -> Trips:
    lengths = np.diff(trips.starts)[rows]
    events = consecutive_runs(trips.starts[:-1][rows], lengths)
    later = np.repeat(shift_s, lengths).astype(np.int32)
    return Trips(
        starts=run_starts(lengths),
        service=trips.service[rows],
        source=trips.source[rows],
        loose=trips.loose[rows] | loose,
        stop=trips.stop[events],
        flags=trips.flags[events],
        arrival_s=trips.arrival_s[events] + later,
        departure_s=trips.departure_s[events] + later,
        event_source=trips.event_source[events],
        sequence=trips.sequence[events],
        pickup_rule=trips.pickup_rule[events],
        drop_off_rule=trips.drop_off_rule[events],
    )


def _patterns(trips: Trips) -> tuple[Array, Array]:
    """Return the pattern number of each trip (N,), and one representative trip of each pattern.

    Trips share a pattern when they call at the same stops in the same order with the same rules
    of boarding and alighting. Sequences are compared by a polynomial hash, then checked.
    """
    if len(trips.source) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    lengths = np.diff(trips.starts)
    position = np.arange(len(trips.stop)) - np.repeat(trips.starts[:-1], lengths)
    # Trips that are booked otherwise are not of one pattern: few, so their pairs of rules are
    # numbered to leave room for the stop in one word.
    rules = trips.pickup_rule.astype(np.int64) << 32 | (trips.drop_off_rule + 1)
    _, rules = np.unique(rules, return_inverse=True)
    word = (
        (rules.astype(np.uint64) << np.uint64(32 + FLAG_BITS))
        | (trips.stop.astype(np.uint64) << np.uint64(FLAG_BITS))
        | trips.flags.astype(np.uint64)
    )
    for seed in range(100):
        weights = np.random.default_rng(seed).integers(1, 2**63, lengths.max(), np.uint64)
        # Plus one, as a word of zero would weigh nothing wherever it stands. The factor, 2**64
        # over the golden ratio, parts numbers that are near, as those of stops of a line are.
        mixed = (word + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        # Weights are made odd: odd numbers have an inverse modulo 2**64, so that no bit is lost.
        hashes = np.add.reduceat(mixed * (weights[position] | np.uint64(1)), trips.starts[:-1])
        _, representatives, pattern = np.unique(hashes, return_index=True, return_inverse=True)
        twin = representatives[pattern]
        same_length = lengths == lengths[twin]
        if same_length.all():
            other = word[np.repeat(trips.starts[:-1][twin], lengths) + position]
            if (other == word).all():
                return pattern, representatives
    raise AssertionError("a hundred hashes collided")  # pragma: no cover


def compile_footpaths(feed: Feed, *, reach_m: float, detour: float) -> dict[str, Array]:
    """Return the walking links between stops, and the time it takes to change at one stop.

    Stops at most `reach_m` walking metres apart (great circle × `detour`), those of one station,
    and the pairs of `transfers.txt`. Keys: `footpath_from`, `footpath_to` int32, `footpath_m`
    float32, `footpath_fixed_s` int32 (-1 where the walk decides), sorted by pair; `change_s` (S,).
    """
    lat, lon = feed.stops["lat"].to_numpy(), feed.stops["lon"].to_numpy()
    # The reach is walked, the grid measures straight lines.
    a, b, _ = near_pairs(lat, lon, reach_m / detour)
    near = pl.DataFrame({"a": a, "b": b, "fixed_s": np.full(len(a), -1, np.int32)})
    family = _family_pairs(feed.stops)
    given, forbidden, change_s = _given(feed)
    pairs = (
        pl.concat([near, family, given])
        .group_by("a", "b")
        # -1 is no time given: one of transfers.txt is greater, and kept.
        .agg(pl.col("fixed_s").max())
        .join(forbidden, on=["a", "b"], how="anti")
        .filter(pl.col("a") != pl.col("b"))
        .sort("a", "b")
    )
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    metres = great_circle_m(lat[a], lon[a], lat[b], lon[b]) * detour
    return {
        "footpath_from": a.astype(np.int32),
        "footpath_to": b.astype(np.int32),
        "footpath_m": metres.astype(np.float32),
        "footpath_fixed_s": pairs["fixed_s"].to_numpy(),
        "change_s": change_s,
    }


def walks_of_view(
    a: dict[str, Array], walk: Walk, min_transfer_s: int, backward: bool
) -> dict[str, Array]:
    """Return the walks between stops at a walker's speed, the last fields of a view.

    `a`: the arrays of a timetable. `backward`: each walk turned around.
    """
    fixed = a["footpath_fixed_s"]
    kept = (fixed >= 0) | (a["footpath_m"] <= walk.max_m)
    seconds = np.where(fixed >= 0, fixed, walk.seconds(a["footpath_m"])).astype(np.int32)[kept]
    from_, to = a["footpath_from"][kept], a["footpath_to"][kept]
    if backward:
        # A walk of so many seconds takes as many the other way in the mirror.
        from_, to = to, from_
        order = np.lexsort((to, from_))
        from_, to, seconds = from_[order], to[order], seconds[order]
    counts = np.bincount(from_, minlength=len(a["change_s"]))
    change_s = np.maximum(a["change_s"], np.int32(min_transfer_s))
    return {
        "footpath_starts": np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        "footpath_stops": np.ascontiguousarray(to),
        "footpath_s": seconds,
        "change_s": change_s.astype(np.int32),
    }


def near_pairs(lat: Array, lon: Array, reach_m: float) -> tuple[Array, Array, Array]:
    """Return ordered pairs (a, b) of points at most `reach_m` apart, and their metres."""
    if len(lat) == 0 or reach_m <= 0:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0)
    metres_a_degree = np.pi * EARTH_RADIUS_M / 180
    x = (lon - lon.min()) * metres_a_degree * np.cos(np.radians(np.median(lat)))
    y = (lat - lat.min()) * metres_a_degree
    # Cells a little wider than the reach: east-west degrees shrink towards the poles.
    column, row = (x // (reach_m * 1.2)).astype(np.int64), (y // (reach_m * 1.2)).astype(np.int64)
    rows = int(row.max()) + 3
    cell = column * rows + row
    order = np.argsort(cell, kind="stable")
    keys, starts = np.unique(cell[order], return_index=True)
    # A guess: where it is too small the kernel gives the right size, and runs once more.
    size = 16 * len(lat)
    while True:
        out = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size)
        n_pairs = kernels.pairs_within(
            x, y, order, cell, keys, np.append(starts, len(order)), rows, reach_m * 1.2, *out
        )
        if n_pairs <= size:
            break
        size = n_pairs
    a, b = out[0][:n_pairs], out[1][:n_pairs]
    # The plane only found candidates, hence the 1.2 above: the sphere decides.
    away = great_circle_m(lat[a], lon[a], lat[b], lon[b])
    near = away <= reach_m
    return a[near], b[near], away[near]


def _family_pairs(stops: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of stops of one station, the station itself included."""
    members = stops.with_row_index("stop").select(
        pl.col("stop").cast(pl.Int32),
        pl.when(pl.col("parent") >= 0)
        .then(pl.col("parent"))
        .otherwise(pl.col("stop").cast(pl.Int32))
        .alias("family"),
    )
    return members.join(members, on="family").select(
        pl.col("stop").alias("a"),
        pl.col("stop_right").alias("b"),
        pl.lit(-1, pl.Int32).alias("fixed_s"),
    )


def _given(feed: Feed) -> tuple[pl.DataFrame, pl.DataFrame, Array]:
    """Return what transfers.txt gives between stops: links, forbidden pairs, change time (S,).

    A rule between stations holds for their platforms, except where a rule names a platform: the
    more stops a rule names itself, the more it counts (GTFS reference, specificity of transfers).
    """
    children: dict[int, list[int]] = {}
    for stop, parent in enumerate(feed.stops["parent"]):
        if parent >= 0:
            children.setdefault(parent, []).append(stop)
    # Types 4 and 5 tie trips, not stops (`joining`); rules of lines are those of `line_changes`.
    general = feed.transfers.filter(
        (pl.max_horizontal("from_trip", "to_trip", "from_route", "to_route") < 0)
        & (pl.col("type") <= FORBIDDEN)
    )
    rules: dict[tuple[int, int], tuple[int, int, int]] = {}
    for source, target, kind, minimum_s in general.select(
        "from_stop", "to_stop", "type", "min_transfer_s"
    ).iter_rows():
        for a in [source, *children.get(source, [])]:
            for b in [target, *children.get(target, [])]:
                rank = (a == source) + (b == target)
                # Of two rows as particular, the later one of the file counts.
                if (a, b) not in rules or rank >= rules[a, b][0]:
                    rules[a, b] = rank, kind, minimum_s
    links, forbidden = [], []
    change_s = np.zeros(len(feed.stops), np.int32)
    for (a, b), (_, kind, minimum_s) in rules.items():
        if kind == FORBIDDEN:
            forbidden.append((a, b))
            if a == b:
                change_s[a] = kernels.UNREACHED
        elif a != b:
            links.append((a, b, minimum_s if kind == MINIMUM else -1))
        elif kind == MINIMUM and minimum_s > 0:
            change_s[a] = minimum_s
    schema = {"a": pl.Int32, "b": pl.Int32}
    given = pl.DataFrame(links, {**schema, "fixed_s": pl.Int32}, orient="row")
    return given, pl.DataFrame(sorted(forbidden), schema, orient="row"), change_s
