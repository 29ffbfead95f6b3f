"""The same network as `traitdunion.reach` and `cafein` see it, made comparable.

`cafein` does not read `pickup_type` and `drop_off_type`, nor does it keep riders seated between
the trips of a block: here both are left out of our timetable too. Footpaths join the stops of one
station, or those less than 150 m apart, closed transitively as `cafein` asks.
"""

from datetime import date, timedelta
from pathlib import Path

import cafein
import numpy as np

from traitdunion import reach
from traitdunion.reach.compiling.trips import near_pairs

WALK_S = 150


class CafeinNetwork:
    """Both engines over one feed, on one day."""

    def __init__(self, feed: Path, on: date) -> None:
        timetable = reach.Timetable.from_gtfs(feed, start=on, days=1, stay_seated=False)
        arrays = timetable.arrays
        open_ = {**arrays, "pattern_flags": np.full_like(arrays["pattern_flags"], 3)}
        a, b = closed_pairs(timetable)
        self.on = on
        self.timetable = reach.Timetable(timetable.header, open_).with_footpaths(
            a, b, np.full(len(a), WALK_S, np.int32)
        )
        self.stop_ids = timetable.stops["stop_id"].to_list()
        self.peer = cafein.TransportNetwork.from_gtfs(
            str(feed), trip_distances=False, leg_geometries=False
        )
        ids = self.stop_ids
        self.peer.set_transfers(
            [(ids[i], ids[j], WALK_S, 0.0) for i, j in zip(a.tolist(), b.tolist(), strict=True)]
        )
        row = {stop_id: i for i, stop_id in enumerate(ids)}
        self.order = np.array([row[stop[0]] for stop in self.peer.stops if stop[0] in row])
        self.columns = np.array([i for i, stop in enumerate(self.peer.stops) if stop[0] in row])

    def moment(self, depart_s: int) -> str:
        return f"{self.on} {timedelta(seconds=depart_s)}"

    def earliest_arrivals(self, origin: int, depart_s: int) -> np.ndarray:
        """cafein's answer in our order, int32 (n_stops,)."""
        times = self.peer.travel_time_matrix(
            [self.stop_ids[origin]], self.moment(depart_s), workers=1
        )[0]
        return self.ours(times, depart_s)

    def ours(self, times: np.ndarray, depart_s: int) -> np.ndarray:
        none = np.iinfo(np.uint32).max
        out = np.full(self.timetable.n_stops, reach.UNREACHED, np.int32)
        taken = times[self.columns]
        arrivals = np.where(taken == none, reach.UNREACHED, taken.astype(np.int64) + depart_s)
        out[self.order] = arrivals
        return out


def closed_pairs(timetable: reach.Timetable) -> tuple[np.ndarray, np.ndarray]:
    """Ordered pairs of stops of one cluster: same station, or chained by less than 60 m."""
    arrays = timetable.arrays
    a, b, _ = near_pairs(arrays["stop_lat"], arrays["stop_lon"], 60)
    leader = np.arange(timetable.n_stops)
    children = np.flatnonzero(arrays["stop_parent"] >= 0)
    links = [*zip(a.tolist(), b.tolist(), strict=True)]
    links += [(int(c), int(arrays["stop_parent"][c])) for c in children]

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = int(leader[i])
        return i

    for i, j in links:
        leader[find(i)] = find(j)
    clusters: dict[int, list[int]] = {}
    for i in range(timetable.n_stops):
        clusters.setdefault(find(i), []).append(i)
    pairs = [(i, j) for members in clusters.values() for i in members for j in members if i != j]
    both = np.array(pairs, np.int32).reshape(-1, 2)
    return both[:, 0], both[:, 1]
