"""Sites searched once for all homes: 257 × 257 communes in bulk, one trip changed, many origins.

Processor time of the one thread, not the clock: the machine may be shared. Answers are compared
first: bulk with each pair alone, a change with everything searched again, origins with each alone.
"""

import csv
import random
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

import numpy as np

from traitdunion import reach
from traitdunion.demonstration.network import DEMO, write_demo_gtfs
from traitdunion.reach.site_weeks.changes import trip_rows, trips_at

from .engine import MONDAY, MORNING_S, ON, SHIFTS, connected
from .measure import Row
from .national import slope

MODES = (
    reach.Commute(),
    *(reach.Commute(home_vehicle=mode) for mode in (reach.BIKE, reach.SCOOTER, reach.CAR)),
)
SAMPLED, CHANGED, COMPARED = 40, 60, 250
"""Pairs compared alone; trips taken away and timed; changes compared with all searched again."""

MAX_MOVE_S = 1800
HORIZON_S = 2 * 3600
SIZES = (32, 64, 128, 257)


def rows(shared: Path) -> list[Row]:
    """Bulk and changes on the demonstration and on TER France, then origins of TER France."""
    points = communes(shared / "territory/reference_communes_43.csv")
    ter = reach.Timetable.from_gtfs(
        shared / "transit/sncf_ter_france_2025-01-22.zip", start=MONDAY, days=7
    )
    return [
        *of_network("the demonstration network", demonstration(), points, bound_ms=60),
        *of_network("TER France", ter, points, bound_ms=150),
        many_origins(ter),
    ]


def communes(path: Path) -> list[reach.Point]:
    with path.open(encoding="utf-8") as file:
        return [
            reach.Point(float(row["lat_cheflieu"]), float(row["lon_cheflieu"]))
            for row in csv.DictReader(file)
        ]


def demonstration() -> reach.Timetable:
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder) / "demonstration.zip"
        write_demo_gtfs(DEMO, feed, start=MONDAY, days=14)
        return reach.Timetable.from_gtfs(feed, start=MONDAY, days=14)


def cpu_ms(work: Callable[[], object], *, runs: int = 9) -> float:
    """Median processor milliseconds of runs, after two that are not counted."""
    times = []
    for run in range(runs + 2):
        start = time.process_time()
        work()
        if run >= 2:
            times.append(time.process_time() - start)
    return median(times) * 1e3


def of_network(
    name: str, tt: reach.Timetable, points: list[reach.Point], *, bound_ms: float
) -> list[Row]:
    """Bulk over all communes, its growth with them, and one trip taken away."""
    shifts = list(SHIFTS.values())
    n = len(points)

    def bulk(places: list[reach.Point]) -> np.ndarray:
        week = reach.site_week(tt, places, shifts, week=MONDAY)
        return week.held(places, MODES).words()

    check_pairs(tt, points, bulk(points))
    spent = [cpu_ms(lambda size=size: bulk(points[:size])) for size in SIZES]
    pairs = [size * size for size in SIZES]
    held = int(np.bitwise_count(bulk(points)).sum())
    return [
        Row(
            f"Bulk on {name}: {n}² communes × {len(shifts)} shifts × 7 days, on foot and with a "
            f"bicycle, a scooter or a car left at a stop, both ways, from the classes of days to "
            f"minutes and words, places tied to stops included ({held:,} days held)",
            f"{spent[-1]:.0f} ms of processor, growth in pairs^{slope(pairs, spent):.2f}",
            "–",
            f"≤ {bound_ms} ms",
            spent[-1] <= bound_ms,
        ),
        one_trip_less(name, tt, points, shifts),
    ]


def check_pairs(tt: reach.Timetable, points: list[reach.Point], words: np.ndarray) -> None:
    """Pairs drawn by chance are those of `there_and_back`, alone; half of them hold some day."""
    rng = random.Random(43)
    m, w, h = np.nonzero(words)
    drawn = rng.sample(list(zip(m.tolist(), w.tolist(), h.tolist(), strict=True)), SAMPLED // 2)
    drawn += [
        (rng.randrange(len(MODES)), rng.randrange(len(points)), rng.randrange(len(points)))
        for _ in range(SAMPLED // 2)
    ]
    for mode, site, home in drawn:
        for k, shift in enumerate(SHIFTS.values()):
            alone = reach.there_and_back(
                tt, points[home], points[site], shift, week=MONDAY, commute=MODES[mode]
            )
            days = sum(1 << day.on.weekday() for day in alone.days if day.feasible)
            assert int(words[mode, site, home]) >> 7 * k & 127 == days


def one_trip_less(
    name: str, tt: reach.Timetable, points: list[reach.Point], shifts: list[reach.Shift]
) -> Row:
    """Trips that pass by stops the sites reach, each taken away in turn."""
    week = reach.site_week(tt, points, shifts, week=MONDAY)
    week.words(points, MODES)
    reached = np.unique(week.searched().out.stops)
    near = trips_at(tt, reached.tolist()).tolist()
    drawn = random.Random(7).sample(near, min(CHANGED, len(near)))
    differ = compare_changes(tt, points, shifts, near)
    spent, searched = [], []
    for trip in drawn:
        change = reach.Change(removed=(trip,))
        spent.append(cpu_ms(lambda change=change: week.changed(change), runs=3))
        searched.append(len(week.changed(change).sites))
    high = float(np.percentile(spent, 95))
    return Row(
        f"One trip changed on {name}, searched again where it is caught ({len(drawn)} trips that "
        f"pass by the stops of the sites, {np.mean(searched):.0f} sites searched again on "
        f"average; {COMPARED} trips drawn by chance, taken away, moved or added, give the words of "
        f"all searched again, {differ} of them other words than before): median, 95th percentile",
        f"{median(spent):.1f} ms, {high:.1f} ms of processor",
        "–",
        "median ≤ 2 ms",
        median(spent) <= 2,
    )


def compare_changes(
    tt: reach.Timetable, points: list[reach.Point], shifts: list[reach.Shift], near: list[int]
) -> int:
    """Compare changes of one trip with everything searched again; return how many change a word.

    A trip is taken away, moved by half an hour at the most, or added: a copy of it that moves.
    """
    rng = random.Random(11)
    week = reach.site_week(tt, points, shifts, week=MONDAY)
    words = week.words(points, MODES)
    differ = 0
    for number in range(COMPARED):
        change = change_of(tt, rng.choice(near), rng.randint(-MAX_MOVE_S, MAX_MOVE_S), number % 3)
        whole = reach.site_week(reach.changed_timetable(tt, change), points, shifts, week=MONDAY)
        after = week.changed(change).words(words, points, MODES)
        np.testing.assert_array_equal(after, whole.words(points, MODES))
        differ += bool((after != words).any())
    return differ


def change_of(tt: reach.Timetable, trip: int, move_s: int, kind: int) -> reach.Change:
    """Return a trip taken away (0), moved (1), or run a second time at other hours (2)."""
    if kind == 0:
        return reach.Change(removed=(trip,))
    if kind == 1:
        return reach.Change(moved=((trip, move_s),))
    rows = trip_rows(tt, trip)
    runs = frozenset(
        tt.start + timedelta(int(column) - 1) for column in np.flatnonzero(rows.runs)[1:-1]
    )
    return reach.Change(added=(
        reach.AddedTrip(
            tuple(rows.stops.tolist()),
            tuple((rows.arrival_s + move_s).tolist()),
            tuple((rows.departure_s + move_s).tolist()),
            runs,
            rows.bikes,
        ),
    ))  # fmt: skip


def many_origins(tt: reach.Timetable) -> Row:
    """One to all with the previous and the next day, within two hours, each alone and together."""
    origins = connected(tt, 400)

    def each() -> list[np.ndarray]:
        until_s = MORNING_S + HORIZON_S
        return [
            reach.earliest_arrivals(tt, origin, MORNING_S, on=ON, by_s=until_s)
            for origin in origins
        ]

    def together() -> np.ndarray:
        return reach.earliest_arrivals_from_each(tt, origins, MORNING_S, on=ON, horizon_s=HORIZON_S)

    np.testing.assert_array_equal(together(), np.array(each()))
    ratios, ours, before = [], [], []
    for _ in range(7):
        start = time.process_time()
        together()
        middle = time.process_time()
        each()
        ours.append(middle - start)
        before.append(time.process_time() - middle)
        ratios.append(ours[-1] / before[-1])
    n, ratio = len(origins), median(ratios)
    return Row(
        f"One to all as answers ask it, TER France: the previous and the next day too, within two "
        f"hours ({n} origins × {tt.n_stops} stops, per origin, processor time)",
        f"{median(ours) / n * 1e6:.0f} µs",
        f"each alone, as before, {median(before) / n * 1e6:.0f} µs, ratio **{ratio:.2f}**",
        "≤ 0.25 of before",
        ratio <= 0.25,
    )
