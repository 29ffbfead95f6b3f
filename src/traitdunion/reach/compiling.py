"""Feed → flat arrays: trips of one vehicle joined, frequencies unrolled, stop patterns found."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl

from . import kernels
from .gtfs import Feed
from .places import EARTH_RADIUS_M, Array, great_circle_m

CAN_BOARD, CAN_ALIGHT, MUST_CALL = 1, 2, 4
FORBIDDEN = 3
TIMED, MINIMUM, STAY_SEATED, LEAVE_SEAT = 1, 2, 4, 5


class Trips(NamedTuple):
    """Trips as rows of events; N trips, E events."""

    starts: Array  # int64 (N + 1,)
    service: Array  # int32 (N,)
    source: Array  # int32 (N,) row of feed.trips
    loose: Array  # bool (N,) departures known by frequency only
    stop: Array  # int32 (E,)
    flags: Array  # uint8 (E,)
    arrival_s: Array  # int32 (E,)
    departure_s: Array  # int32 (E,)
    event_source: Array  # int32 (E,) row of feed.trips that leaves this event


def compile_trips(feed: Feed, *, stay_seated: bool) -> dict[str, Array]:
    """Arrays of the trips, sorted by stop pattern then first departure.

    Keys: `pattern_starts` (P + 1,), `pattern_stops`, `pattern_flags` (positions,), `trip_pattern`,
    `trip_service`, `trip_source`, `trip_loose`, `trip_bikes` (N,), `trip_events` (N,) int64 first
    event,
    `arrival_s`, `departure_s`, `event_source` (E,).
    """
    trips = _unroll_frequencies(_trips(feed), feed.frequencies)
    if stay_seated:
        trips = _join_blocks(trips, feed)
    pattern, representatives = _patterns(trips)
    lengths = np.diff(trips.starts)
    first_departure = trips.departure_s[trips.starts[:-1]]
    order = np.lexsort((trips.departure_s[trips.starts[1:] - 1], first_departure, pattern))
    events = _ranges(trips.starts[:-1][order], lengths[order])
    of_patterns = _ranges(trips.starts[:-1][representatives], lengths[representatives])
    starts, event_source = _starts(lengths[order])[:-1], trips.event_source[events]
    with_bike = feed.trips["bikes"].to_numpy() == 1
    return {
        "pattern_starts": _starts(lengths[representatives]).astype(np.int32),
        "pattern_stops": trips.stop[of_patterns],
        "pattern_flags": trips.flags[of_patterns],
        "trip_pattern": pattern[order].astype(np.int32),
        "trip_service": trips.service[order],
        "trip_source": trips.source[order],
        "trip_loose": trips.loose[order],
        # A trip that two make takes bicycles where both do.
        "trip_bikes": np.logical_and.reduceat(with_bike[event_source], starts)
        if len(starts)
        else np.zeros(0, bool),
        "trip_events": starts,
        "arrival_s": trips.arrival_s[events],
        "departure_s": trips.departure_s[events],
        "event_source": event_source,
    }


def _trips(feed: Feed) -> Trips:
    times = feed.stop_times
    trip = times["trip"].to_numpy()
    sources, starts = np.unique(trip, return_index=True)
    pickup, drop_off = times["pickup"].to_numpy(), times["drop_off"].to_numpy()
    flags = (
        np.where(pickup != 1, CAN_BOARD, 0)
        | np.where(drop_off != 1, CAN_ALIGHT, 0)
        | np.where((pickup >= 2) | (drop_off >= 2), MUST_CALL, 0)
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
        templates.add(row)
        first_s = int(trips.departure_s[trips.starts[row]])
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
    events = _ranges(trips.starts[:-1][rows], lengths)
    later = np.repeat(shift_s, lengths).astype(np.int32)
    return Trips(
        starts=_starts(lengths),
        service=trips.service[rows],
        source=trips.source[rows],
        loose=trips.loose[rows] | loose,
        stop=trips.stop[events],
        flags=trips.flags[events],
        arrival_s=trips.arrival_s[events] + later,
        departure_s=trips.departure_s[events] + later,
        event_source=trips.event_source[events],
    )


def _join_blocks(trips: Trips, feed: Feed) -> Trips:
    """Make one trip of those that a vehicle runs one after the other, riders staying seated.

    Two trips are joined where a `block_id` (or a transfer of type 4) links them, they run on the
    same days, and the first ends where the second begins; a transfer of type 5 keeps them apart.
    """
    following = _following(trips, feed)
    if not following:
        return trips
    led = set(following.values())
    heads = [row for row in range(len(trips.source)) if row not in led]
    sequences = []
    for head in heads:
        sequence = [head]
        while sequence[-1] in following:
            sequence.append(following[sequence[-1]])
        sequences.append(sequence)
    flags, departure_s = trips.flags.copy(), trips.departure_s.copy()
    event_source = trips.event_source.copy()
    keep = np.ones(len(trips.stop), bool)
    for before, after in following.items():
        last, first = trips.starts[before + 1] - 1, trips.starts[after]
        departure_s[last] = departure_s[first]
        flags[last] = (flags[last] & (0xFF ^ CAN_BOARD)) | (flags[first] & CAN_BOARD)
        event_source[last] = event_source[first]
        keep[first] = False
    rows = np.array([row for sequence in sequences for row in sequence])
    lengths = np.diff(trips.starts)[rows]
    events = _ranges(trips.starts[:-1][rows], lengths)
    run = np.repeat(np.arange(len(sequences)), [len(sequence) for sequence in sequences])
    run_of_event = np.repeat(run, lengths)[keep[events]]
    events = events[keep[events]]
    head_rows = np.array(heads)
    return Trips(
        starts=_starts(np.bincount(run_of_event, minlength=len(heads))),
        service=trips.service[head_rows],
        source=trips.source[head_rows],
        loose=trips.loose[head_rows],
        stop=trips.stop[events],
        flags=flags[events],
        arrival_s=trips.arrival_s[events],
        departure_s=departure_s[events],
        event_source=event_source[events],
    )


def _following(trips: Trips, feed: Feed) -> dict[int, int]:
    """Row of the trip that the same vehicle runs next, by row."""
    row_of = {int(source): row for row, source in enumerate(trips.source) if not trips.loose[row]}
    block_ids = feed.trips["block_id"].to_numpy()[trips.source]
    linked: list[tuple[int, int]] = []
    apart: set[tuple[int, int]] = set()
    for source, target, kind in feed.transfers.select("from_trip", "to_trip", "type").iter_rows():
        if source in row_of and target in row_of:
            pair = row_of[source], row_of[target]
            if kind == STAY_SEATED:
                linked.append(pair)
            elif kind == LEAVE_SEAT:
                apart.add(pair)
    in_block = np.flatnonzero((block_ids != "") & ~trips.loose)
    days_of = {s: feed.services[s].tobytes() for s in np.unique(trips.service)}
    blocks: dict[tuple[str, bytes], list[int]] = {}
    for row in in_block:
        blocks.setdefault((block_ids[row], days_of[trips.service[row]]), []).append(int(row))
    for rows in blocks.values():
        rows.sort(key=lambda row: int(trips.departure_s[trips.starts[row]]))
        linked.extend(pairwise(rows))
    following: dict[int, int] = {}
    led: set[int] = set()
    for before, after in linked:
        last, first = trips.starts[before + 1] - 1, trips.starts[after]
        if (
            (before, after) not in apart
            and before not in following
            and after not in led
            and before != after
            and trips.stop[last] == trips.stop[first]
            and trips.arrival_s[last] <= trips.departure_s[first]
            and days_of[trips.service[before]] == days_of[trips.service[after]]
        ):
            following[before] = after
            led.add(after)
    return following


def _patterns(trips: Trips) -> tuple[Array, Array]:
    """Pattern number of each trip (N,), and one representative trip of each pattern.

    Trips share a pattern when they call at the same stops in the same order with the same rules
    of boarding and alighting. Sequences are compared by a polynomial hash, then checked.
    """
    if len(trips.source) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    lengths = np.diff(trips.starts)
    position = np.arange(len(trips.stop)) - np.repeat(trips.starts[:-1], lengths)
    word = (trips.stop.astype(np.uint64) << np.uint64(3)) | trips.flags.astype(np.uint64)
    for seed in range(100):
        weights = np.random.default_rng(seed).integers(1, 2**63, lengths.max(), np.uint64)
        mixed = (word + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
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
    """Walking links between stops, and the time it takes to change at one stop.

    Stops at most `reach_m` walking metres apart (great circle × `detour`), those of one station,
    and the pairs of `transfers.txt`. Keys: `footpath_from`, `footpath_to` int32, `footpath_m`
    float32, `footpath_fixed_s` int32 (-1 where the walk decides), sorted by pair; `change_s` (S,).
    """
    lat, lon = feed.stops["lat"].to_numpy(), feed.stops["lon"].to_numpy()
    a, b, _ = near_pairs(lat, lon, reach_m / detour)
    near = pl.DataFrame({"a": a, "b": b, "fixed_s": np.full(len(a), -1, np.int32)})
    family = _family_pairs(feed.stops)
    given, forbidden, change_s = _given(feed)
    pairs = (
        pl.concat([near, family, given])
        .group_by("a", "b")
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


def near_pairs(lat: Array, lon: Array, reach_m: float) -> tuple[Array, Array, Array]:
    """Ordered pairs (a, b) of distinct points at most `reach_m` apart, and their metres."""
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
    size = 16 * len(lat)
    while True:
        out = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size)
        found = kernels.pairs_within(
            x, y, order, cell, keys, np.append(starts, len(order)), rows, reach_m * 1.2, *out
        )
        if found <= size:
            break
        size = found
    a, b = out[0][:found], out[1][:found]
    away = great_circle_m(lat[a], lon[a], lat[b], lon[b])
    near = away <= reach_m
    return a[near], b[near], away[near]


def _family_pairs(stops: pl.DataFrame) -> pl.DataFrame:
    """Pairs of stops of one station, the station itself included."""
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
    """What transfers.txt says of pairs of stops: links, forbidden pairs, change time (S,)."""
    children: dict[int, list[int]] = {}
    for stop, parent in enumerate(feed.stops["parent"]):
        if parent >= 0:
            children.setdefault(parent, []).append(stop)
    links: dict[tuple[int, int], int] = {}
    forbidden: set[tuple[int, int]] = set()
    change_s = np.zeros(len(feed.stops), np.int32)
    general = feed.transfers.filter(
        (pl.col("from_trip") < 0)
        & (pl.col("to_trip") < 0)
        & (pl.col("from_route") < 0)
        & (pl.col("to_route") < 0)
        & (pl.col("type") <= FORBIDDEN)
    )
    for source, target, kind, minimum_s in general.select(
        "from_stop", "to_stop", "type", "min_transfer_s"
    ).iter_rows():
        for a in [source, *children.get(source, [])]:
            for b in [target, *children.get(target, [])]:
                if kind == FORBIDDEN:
                    forbidden.add((a, b))
                elif a != b:
                    links[a, b] = minimum_s if kind == MINIMUM else -1
                elif kind == MINIMUM and minimum_s > 0:
                    change_s[a] = minimum_s
    for a, b in forbidden:
        if a == b:
            change_s[a] = kernels.UNREACHED
    schema = {"a": pl.Int32, "b": pl.Int32}
    given = pl.DataFrame(
        [(a, b, s) for (a, b), s in links.items()], {**schema, "fixed_s": pl.Int32}, orient="row"
    )
    return given, pl.DataFrame(sorted(forbidden), schema, orient="row"), change_s


def _starts(lengths: Array) -> Array:
    """(N + 1,) int64 offsets of consecutive runs of these lengths."""
    starts: Array = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return starts


def _ranges(starts: Array, lengths: Array) -> Array:
    """Indices of runs one after the other: starts[i] … starts[i] + lengths[i] - 1."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    indices: Array = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return indices
