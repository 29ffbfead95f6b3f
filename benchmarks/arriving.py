"""Journeys that arrive by a moment against journeys that leave at one, on a dense city."""

import random
from datetime import date
from pathlib import Path

import numpy as np

from traitdunion import reach

from .measure import Row, paired

MONDAY, ON = date(2024, 1, 15), date(2024, 1, 16)
DEPART_S, ARRIVE_S = 8 * 3600, 9 * 3600
PAIRS = 8


def rows(shared: Path) -> list[Row]:
    """Measure both questions on the same pairs of places and the same day."""
    feed = shared / "transit/benchmark/montpellier_tam_2024.zip"
    tt = reach.Timetable.from_gtfs(feed, start=MONDAY, days=7)
    pairs = places(tt)
    for origin, destination in pairs:
        check(tt, origin, destination)

    def leaving() -> None:
        for origin, destination in pairs:
            reach.journeys(tt, origin, destination, reach.When(ON, DEPART_S))

    def arriving() -> None:
        for origin, destination in pairs:
            reach.journeys(tt, origin, destination, reach.When(ON, arrive_s=ARRIVE_S))

    arriving_s, leaving_s, ratio = paired(arriving, leaving)
    return [
        Row(
            f"Journeys arriving by 9:00, Montpellier ({PAIRS} pairs, {tt.n_stops} stops, per pair)",
            f"{arriving_s / PAIRS * 1e3:.0f} ms",
            f"leaving at 8:00 {leaving_s / PAIRS * 1e3:.0f} ms, ratio **{ratio:.1f}**",
            "≤ 3 × leaving",
            ratio <= 3,
        )
    ]


def places(tt: reach.Timetable) -> list[tuple[reach.Point, reach.Point]]:
    """Return pairs of places drawn by chance, each 200 m north of a stop."""
    lat, lon = tt.arrays["stop_lat"], tt.arrays["stop_lon"]
    served = np.flatnonzero(tt.is_served).tolist()
    drawn = random.Random(43).sample(served, 2 * PAIRS)
    points = [reach.Point(float(lat[row]) + 0.0018, float(lon[row])) for row in drawn]
    return list(zip(points[:PAIRS], points[PAIRS:], strict=True))


def check(tt: reach.Timetable, origin: reach.Point, destination: reach.Point) -> None:
    """Leaving when the best of those that arrive in time leaves, one does arrive in time."""
    found = reach.journeys(tt, origin, destination, reach.When(ON, arrive_s=ARRIVE_S))
    last_s = max(journey.departure_s for journey in found)
    for depart_s, in_time in ((last_s, True), (last_s + 1, False)):
        later = reach.journeys(tt, origin, destination, reach.When(ON, depart_s))
        soonest = min((journey.arrival_s for journey in later), default=reach.UNREACHED)
        assert (soonest <= ARRIVE_S) == in_time
