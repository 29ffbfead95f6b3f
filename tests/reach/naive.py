"""The paper, slowly: round by round, every trip of every day, in plain Python.

Same question as `reach.earliest_arrivals`; nothing shared with it but the arrays of the timetable.
"""

from datetime import timedelta

from traitdunion.reach import UNREACHED, Timetable
from traitdunion.reach.calendar_days import origin_s


def trips_of(tt: Timetable, on, service_days=(-1, 0, 1)):
    """Trips that run, as lists of (stop, arrival or None, departure or None)."""
    arrays = tt.arrays
    here = origin_s(on, tt.timezone)
    for relative in service_days:
        column = (on - tt.start).days + 1 + relative
        shift_s = origin_s(on + timedelta(relative), tt.timezone) - here
        for trip, pattern in enumerate(arrays["trip_pattern"]):
            if not arrays["services"][arrays["trip_service"][trip], column]:
                continue
            first, last = arrays["pattern_starts"][pattern : pattern + 2]
            event = arrays["trip_events"][trip]
            calls = []
            for i in range(last - first):
                flags = arrays["pattern_flags"][first + i]
                calls.append(
                    (
                        int(arrays["pattern_stops"][first + i]),
                        int(arrays["arrival_s"][event + i]) + shift_s if flags & 2 else None,
                        int(arrays["departure_s"][event + i]) + shift_s if flags & 1 else None,
                    )
                )
            yield calls


def earliest_arrivals(tt, access, depart_s, *, on, max_rides=8, min_transfer_s=0):
    """{stop: arrival} for access {stop: seconds}."""
    return labels(tt, access, depart_s, on=on, max_rides=max_rides, min_transfer_s=min_transfer_s)[
        0
    ]


def labels(tt, access, depart_s, *, on, max_rides=8, min_transfer_s=0):
    """{stop: arrival, walk included} and {stop: arrival by vehicle}, for access {stop: seconds}."""
    trips = list(trips_of(tt, on))
    arrays = tt.arrays
    walks = list(
        zip(
            arrays["footpath_from"].tolist(),
            arrays["footpath_to"].tolist(),
            arrays["footpath_fixed_s"].tolist(),
            strict=True,
        )
    )
    best = {stop: depart_s + seconds for stop, seconds in access.items()}
    ready = dict(best)
    arrived: dict[int, int] = {}
    for _ in range(max_rides):
        now = dict(arrived)
        for calls in trips:
            aboard = False
            for i, (stop, arrival, departure) in enumerate(calls):
                if aboard and arrival is not None and arrival < now.get(stop, UNREACHED):
                    now[stop] = arrival
                if departure is not None and i < len(calls) - 1:
                    aboard = aboard or ready.get(stop, UNREACHED) <= departure
        arrived = now
        for stop, arrival in arrived.items():
            change = max(int(arrays["change_s"][stop]), min_transfer_s)
            best[stop] = min(best.get(stop, UNREACHED), arrival)
            if arrays["change_s"][stop] != UNREACHED:
                ready[stop] = min(ready.get(stop, UNREACHED), arrival + change)
        for a, b, seconds in walks:
            if a in arrived:
                best[b] = min(best.get(b, UNREACHED), arrived[a] + seconds)
                at = arrived[a] + seconds + min_transfer_s
                ready[b] = min(ready.get(b, UNREACHED), at)
    return best, arrived
