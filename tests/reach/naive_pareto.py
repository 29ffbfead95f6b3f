"""Every journey of a small world, one by one, and what a person would keep of them.

Nothing shared with the engine but the arrays of the timetable, read by `naive.trips_of`.
A journey is (departure, arrival, rides, walk), in seconds and vehicles.
"""

import naive


def every_journey(tt, access, egress, *, on, max_rides, slack_s=0):
    """All journeys between two places: `access` and `egress` give the seconds on foot by stop."""
    trips = list(naive.trips_of(tt, on))
    links = {}
    ends = (tt.arrays["footpath_from"], tt.arrays["footpath_to"], tt.arrays["footpath_fixed_s"])
    for a, b, walked_s in zip(*(column.tolist() for column in ends), strict=True):
        links.setdefault(a, []).append((b, walked_s))
    collected = set()
    # (stop, ready to board at, departure from home or None before the first ride, walk so far)
    standing = {(stop, None, None, walk_s) for stop, walk_s in access.items()}
    for rides in range(1, max_rides + 1):
        arrived = set()
        for stop, ready, leave, walk_s in standing:
            for calls in trips:
                for i, (here, _, departure) in enumerate(calls):
                    if here != stop or departure is None:
                        continue
                    if ready is not None and departure < ready:
                        continue
                    left = departure - walk_s if leave is None else leave
                    arrived |= {
                        (there, arrival, left, walk_s)
                        for there, arrival, _ in calls[i + 1 :]
                        if arrival is not None
                    }
        standing = set()
        for stop, arrival, leave, walk_s in arrived:
            if stop in egress:
                end_s = egress[stop]
                collected.add((leave, arrival + end_s, rides, walk_s + end_s))
            standing.add((stop, arrival + slack_s, leave, walk_s))
            for there, walked_s in links.get(stop, ()):
                standing.add((there, arrival + walked_s + slack_s, leave, walk_s + walked_s))
    return collected


def betters(a, b):
    return a != b and a[0] >= b[0] and all(x <= y for x, y in zip(a[1:], b[1:], strict=True))


def undominated(journeys):
    return {j for j in journeys if not any(betters(other, j) for other in journeys)}


def leaving_at(journeys, depart_s, *, patience_s):
    """Best in arrival, rides and walking of those that leave from `depart_s` on."""
    scores = {(0, *j[1:]) for j in journeys if j[0] >= depart_s}
    first = min((score[1] for score in scores), default=0)
    return {score for score in undominated(scores) if score[1] <= first + patience_s}


def arriving_by(journeys, arrive_s, window_s, *, patience_s):
    """Those that leave last for their rides and walking; with a window, all that leave in it."""
    kept = undominated({j for j in journeys if j[1] <= arrive_s})
    last = max((j[0] for j in kept), default=0)
    if window_s:
        return {j for j in kept if j[0] >= last - window_s}
    latest = {j[0] for j in undominated({(j[0], 0, *j[2:]) for j in kept})}
    return {j for j in kept if j[0] in latest and j[0] >= last - patience_s}
