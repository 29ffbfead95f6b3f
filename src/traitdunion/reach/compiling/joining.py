"""Makes one run of trips that a vehicle makes one after the other, riders staying seated.

Two trips follow each other where a `block_id` or a transfer of type 4 links them, on the days both
run, where the first ends about where and before the second begins. A trip that two others follow
(a train that splits) makes a run with each; a transfer of type 5 keeps two trips apart.
"""

from typing import NamedTuple

import numpy as np

from ..gtfs import Feed
from ..places import Array, great_circle_m
from .events import (
    BOOK_TO_BOARD,
    CAN_ALIGHT,
    CAN_BOARD,
    Trips,
    consecutive_runs,
    run_starts,
)

STAY_SEATED, LEAVE_SEAT = 4, 5
SAME_PLACE_M = 300.0
"""A vehicle may end at one platform and start from another so near: riders need not get off."""

MAX_RUNS_PER_TRIP = 4
"""Beyond it, on average, the links of a feed make more runs than vehicles could: none is made."""

NO_SEQUENCE = -1
Days = int
"""A set of days: bit d is column d of the services."""


class Link(NamedTuple):
    """A trip that follows another, as rows, on some days."""

    before: int
    after: int
    days: Days


def join_trips(trips: Trips, feed: Feed) -> tuple[Trips, Array]:
    """Return the runs, and the services: those of the feed, then those of the runs that need one.

    A trip joined on some of its days only makes a run of its own on the others.
    """
    own_days = _day_sets(feed.services)
    days = [own_days[service] for service in trips.service.tolist()]
    links = _links(trips, feed, days)
    if not links:
        return trips, feed.services
    runs = _runs(len(trips.source), days, links)
    if len(runs) > MAX_RUNS_PER_TRIP * len(trips.source):
        return trips, feed.services
    added: dict[Days, int] = {}
    service = []
    for rows, run_days in runs:
        # A run on all the days of its first trip keeps the service of this trip.
        own = int(trips.service[rows[0]])
        if own_days[own] != run_days:
            own = added.setdefault(run_days, len(own_days) + len(added))
        service.append(own)
    columns = np.arange(feed.services.shape[1])
    new_rows = [[bool(run_days >> int(column) & 1) for column in columns] for run_days in added]
    services = np.vstack([feed.services, *(np.array([row], bool) for row in new_rows)])
    joined = _joined(trips, [rows for rows, _ in runs], np.array(service, np.int32))
    return joined, services


def _day_sets(services: Array) -> list[Days]:
    packed = np.packbits(services, axis=1, bitorder="little")
    # Whole numbers as sets of days: any number of days is compared in one operation.
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _links(trips: Trips, feed: Feed, days: list[Days]) -> list[Link]:
    # Trips by frequency follow none: their hours are a convention, and one makes many rows.
    row_of = {int(source): row for row, source in enumerate(trips.source) if not trips.loose[row]}
    links: dict[tuple[int, int], Days] = {}
    apart: set[tuple[int, int]] = set()
    for source, target, kind in feed.transfers.select("from_trip", "to_trip", "type").iter_rows():
        if source in row_of and target in row_of:
            pair = row_of[source], row_of[target]
            if kind == STAY_SEATED:
                links[pair] = days[pair[0]] & days[pair[1]]
            elif kind == LEAVE_SEAT:
                apart.add(pair)
    # What transfers.txt names outright counts before what a block only suggests.
    for link in _in_blocks(trips, feed, days):
        links.setdefault((link.before, link.after), link.days)
    near = _Nearness(feed)

    def can_follow(before: int, after: int) -> bool:
        last, first = trips.starts[before + 1] - 1, trips.starts[after]
        return (
            before != after
            and (before, after) not in apart
            and trips.arrival_s[last] <= trips.departure_s[first]
            and near(int(trips.stop[last]), int(trips.stop[first]))
        )

    return [Link(*pair, common) for pair, common in links.items() if common and can_follow(*pair)]


def _in_blocks(trips: Trips, feed: Feed, days: list[Days]) -> list[Link]:
    """Link each trip of a block to the next one on each day: not the same one on every day."""
    block_ids = feed.trips["block_id"].to_numpy()[trips.source]
    blocks: dict[str, list[int]] = {}
    for row in np.flatnonzero((block_ids != "") & ~trips.loose).tolist():
        blocks.setdefault(block_ids[row], []).append(row)
    leaves_s = trips.departure_s[trips.starts[:-1]]
    links = []
    for rows in blocks.values():
        # GTFS gives the trips of a block no other order than their hours (trips.txt, block_id).
        rows.sort(key=lambda row: int(leaves_s[row]))
        for place, before in enumerate(rows):
            left = days[before]
            for after in rows[place + 1 :]:
                if common := left & days[after]:
                    links.append(Link(before, after, common))
                    # On these days the vehicle is taken: later trips follow the one just linked.
                    left &= ~common
                if not left:
                    break
    return links


class _Nearness:
    """Whether a vehicle that ends at a stop may start again from another without riders moving."""

    def __init__(self, feed: Feed) -> None:
        parent = feed.stops["parent"].to_numpy()
        self.family = np.where(parent >= 0, parent, np.arange(len(parent)))
        self.lat, self.lon = feed.stops["lat"].to_numpy(), feed.stops["lon"].to_numpy()

    def __call__(self, a: int, b: int) -> bool:
        if a == b or self.family[a] == self.family[b]:
            return True
        metres = great_circle_m(self.lat[a], self.lon[a], self.lat[b], self.lon[b])
        return bool(metres <= SAME_PLACE_M)


def _runs(n_trips: int, days: list[Days], links: list[Link]) -> list[tuple[list[int], Days]]:
    """Return every run: its trips in order, and the days on which it is exactly these.

    Days on which nothing follows end the run; days on which something precedes do not start one.
    """
    following: dict[int, list[Link]] = {}
    led: dict[int, Days] = {}
    for link in links:
        following.setdefault(link.before, []).append(link)
        # On these days the trip is the middle of a run, not its start.
        led[link.after] = led.get(link.after, 0) | link.days
    runs = []
    for head in range(n_trips):
        first_days = days[head] & ~led.get(head, 0)
        # A trip that never leads nor follows keeps its days, even none.
        if head not in following and head not in led:
            runs.append(([head], days[head]))
            continue
        waiting = [([head], first_days)] if first_days else []
        while waiting:
            rows, run_days = waiting.pop()
            left = run_days
            for link in following.get(rows[-1], ()):
                left &= ~link.days
                # A ring of trips would never end: stop at the first one again.
                if (common := run_days & link.days) and link.after not in rows:
                    waiting.append(([*rows, link.after], common))
            if left:
                runs.append((rows, left))
    return runs


def _joined(trips: Trips, runs: list[list[int]], service: Array) -> Trips:
    rows = np.array([row for run in runs for row in run], np.int64)
    place = np.concatenate([np.arange(len(run)) for run in runs])
    run = np.repeat(np.arange(len(runs)), [len(rows) for rows in runs])
    lengths = np.diff(trips.starts)[rows]
    begins, ends = trips.starts[:-1][rows], trips.starts[1:][rows] - 1
    follows = place > 0
    meets = np.zeros(len(rows), bool)
    meets[1:] = follows[1:] & (trips.stop[begins[1:]] == trips.stop[ends[:-1]])
    # Where both trips name one stop, their two calls there are one event: the second is dropped.
    events = consecutive_runs(begins + meets, lengths - meets)
    out_begins = run_starts(lengths - meets)[:-1]
    made = Trips(
        starts=run_starts(np.bincount(run, lengths - meets, len(runs)).astype(np.int64)),
        service=service,
        source=trips.source[[rows[0] for rows in runs]],
        loose=trips.loose[[rows[0] for rows in runs]],
        stop=trips.stop[events],
        flags=trips.flags[events],
        arrival_s=trips.arrival_s[events],
        departure_s=trips.departure_s[events],
        event_source=trips.event_source[events],
        sequence=trips.sequence[events],
        pickup_rule=trips.pickup_rule[events],
        drop_off_rule=trips.drop_off_rule[events],
    )
    boarding = CAN_BOARD | BOOK_TO_BOARD
    joints = np.flatnonzero(follows)
    last, first = out_begins[joints] - 1, begins[joints]
    # The event that leaves a joint is the second trip's, whether it is one event or two.
    made.event_source[last] = trips.event_source[first]
    # 0xFF ^ rather than ~, whose result is negative and fits no uint8.
    made.flags[last] &= 0xFF ^ boarding
    shared = meets[joints]
    at, its = last[shared], first[shared]
    made.departure_s[at] = trips.departure_s[its]
    made.flags[at] |= trips.flags[its] & boarding
    made.sequence[at], made.pickup_rule[at] = trips.sequence[its], trips.pickup_rule[its]
    # Two stops near each other: one gets off at the first, where the trip ends, and on at the
    # second, where the next one begins; in between riders stay seated.
    apart = last[~shared]
    made.sequence[apart] = NO_SEQUENCE
    made.flags[apart + 1] &= 0xFF ^ CAN_ALIGHT
    return made
