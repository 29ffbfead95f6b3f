"""Services on demand, slowly: every ride of every day tried in turn, in metres along the road.

Nothing shared with the engine but the drawing and the timed trips.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from math import ceil

import naive
from draw import at
from draw_on_demand import OnDemandDrawing

DAY_S = 86_400
WALK_M = 2_000
HAIR_M = 0.001


def walk_s(metres):
    """Seconds on foot, None where it is too far."""
    return ceil(abs(metres) * 1.3 * 0.8 - 1e-6) if abs(metres) * 1.3 <= WALK_M else None


def drive_s(metres):
    return ceil(abs(metres) * 1.4 * 3.6 / 52 - 1e-6)


@dataclass
class World:
    """`stops` gives the metres of each stop by name, in the order of the timetable's rows."""

    tt: object
    drawing: OnDemandDrawing
    stops: dict
    on: object
    asked_at: datetime | None = None
    chain: bool = False

    def earliest(self, a, b, leave, max_rides=8):
        """When one who leaves metre `a` at `leave` reaches metre `b` at the soonest.

        At most `max_rides` lines are taken, and any ride on demand.
        """
        names = list(self.stops)
        reached = dict(self.to_stops(a, leave))
        access = {names.index(stop): at_s - leave for stop, at_s in reached.items()}
        _, arrived = naive.labels(self.tt, access, leave, on=self.on, max_rides=max_rides)
        ends = [leave + walk_s(b - a)] if walk_s(b - a) is not None else []
        for row, at_s in arrived.items():
            ends += self.from_stop(names[row], at_s, b)
            for there, walked_s in self.links(names[row]):
                ends += self.by_ride_from_stop(there, at_s + walked_s, b)
        ends += self.straight(a, b, leave)
        if self.chain:
            for stop, at_s in self.by_ride_to_stops(a, leave):
                for there, walked_s in [(stop, 0), *self.links(stop)]:
                    ends += self.by_ride_from_stop(there, at_s + walked_s, b)
        return min(ends, default=None)

    def links(self, stop):
        """Walks between two stops that may follow a vehicle: the stop there, the seconds."""
        names, arrays = list(self.stops), self.tt.arrays
        columns = ("footpath_from", "footpath_to", "footpath_fixed_s")
        for here, there, walked_s in zip(*(arrays[c].tolist() for c in columns), strict=True):
            if names[here] == stop:
                yield names[there], walked_s

    # Where one may be: (stop or None, metres), then the seconds on foot to be there.

    def near(self, place, metres):
        if place in self.drawing.zones:
            stretches = self.drawing.zones[place]
            if any(low <= metres <= high for low, high in stretches):
                return [(None, metres, 0)]
            # A place is drawn a hair (1 mm) below its metres, the edge of a zone at its metres.
            edges = [edge + HAIR_M for stretch in stretches for edge in stretch]
            edge = min(edges, key=lambda edge: abs(edge - metres))
            on_foot = walk_s(edge - metres)
            return [] if on_foot is None else [(None, edge, on_foot)]
        return [
            (stop, self.stops[stop], walk_s(self.stops[stop] - metres))
            for stop in self.members(place)
            if walk_s(self.stops[stop] - metres) is not None
        ]

    def members(self, place):
        if place in self.drawing.zones:
            return [
                stop
                for stop, metres in self.stops.items()
                if any(low <= metres <= high for low, high in self.drawing.zones[place])
            ]
        return list(self.drawing.groups.get(place, place))

    def rides(self):
        """Each ride of each day: the trip, its date, its calls as (place, timed, start, end)."""
        for shift in (-1, 0, 1):
            day = self.on + timedelta(shift)
            for trip in self.drawing.trips:
                if trip.running is not None and day not in trip.running:
                    continue
                calls = []
                for text in trip.calls.split(">"):
                    name, times = text.split()
                    begin, _, end = times.partition("-")
                    calls.append((name, not end, at(begin), at(end or begin)))
                for pickup, drop_off in combinations(calls, 2):
                    if not (pickup[1] and drop_off[1]):
                        yield trip, day, shift * DAY_S, pickup, drop_off

    def arrival(self, ride, from_m, to_m, ready):
        """When a ride that may be boarded from `ready` on sets one down; None if it does not."""
        trip, day, shift_s, (_, p_timed, p_start, p_end), (_, d_timed, d_start, d_end) = ride
        lasts = ceil(trip.factor * drive_s(to_m - from_m) + trip.offset_s - 1e-6)
        ready -= shift_s
        earliest = max(ready, self.bookable_from(trip, day))
        if p_timed:
            down = max(p_start + lasts, d_start)
            ok = earliest <= p_start and down <= d_end
        elif d_timed:
            up = min(p_end, d_start - lasts)
            down = d_start
            ok = earliest <= up and p_start <= up
        else:
            up = max(earliest, p_start, d_start - lasts)
            down = up + lasts
            ok = up <= p_end and down <= d_end
        return down + shift_s if ok else None

    def bookable_from(self, trip, day):
        """Seconds of the day from which one may be picked up."""
        if self.asked_at is None:
            return -10 * DAY_S
        midnight = datetime.combine(day, datetime.min.time())
        asked_s = (self.asked_at - midnight).total_seconds()
        notice = self.drawing.notices.get(trip.notice)
        if notice is None:
            return asked_s
        if notice.days is not None:
            limit = midnight - timedelta(days=notice.days) + timedelta(seconds=at(notice.until))
            return asked_s if self.asked_at <= limit else 10 * DAY_S
        return asked_s + 60 * (notice.minutes or 0)

    # What rides give.

    def by_ride_to_stops(self, a, leave):
        for ride in self.rides():
            for here, metres, on_foot in self.near(ride[3][0], a):
                for stop in self.members(ride[4][0]):
                    at_s = self.arrival(ride, metres, self.stops[stop], leave + on_foot)
                    if at_s is not None and stop != here:
                        yield stop, at_s

    def to_stops(self, a, leave):
        best = {}
        on_foot = [
            (stop, leave + walk_s(metres - a))
            for stop, metres in self.stops.items()
            if walk_s(metres - a) is not None
        ]
        ridden = list(self.by_ride_to_stops(a, leave))
        walked = [(there, at_s + s) for stop, at_s in ridden for there, s in self.links(stop)]
        for stop, at_s in [*on_foot, *ridden, *walked]:
            best[stop] = min(best.get(stop, at_s), at_s)
        return best

    def by_ride_from_stop(self, stop, at_s, b):
        for ride in self.rides():
            if stop not in self.members(ride[3][0]):
                continue
            for there, metres, on_foot in self.near(ride[4][0], b):
                down = self.arrival(ride, self.stops[stop], metres, at_s)
                if down is not None and there != stop:
                    yield down + on_foot

    def from_stop(self, stop, at_s, b):
        on_foot = walk_s(self.stops[stop] - b)
        if on_foot is not None:
            yield at_s + on_foot
        yield from self.by_ride_from_stop(stop, at_s, b)

    def straight(self, a, b, leave):
        for ride in self.rides():
            for here, from_m, before in self.near(ride[3][0], a):
                for there, to_m, after in self.near(ride[4][0], b):
                    down = self.arrival(ride, from_m, to_m, leave + before)
                    if down is not None and not (here and here == there):
                        yield down + after
