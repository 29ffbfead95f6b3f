"""The engine against `cafein` (Rust) on TER France, and its own bounds: compile, load, verdicts."""

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

from traitdunion import reach

from .measure import Row, in_own_process, median_s, paired
from .peer import CafeinNetwork

THAT_DAY = reach.Limits(service_days=(0,))
ON = date(2025, 3, 4)
MONDAY = date(2025, 3, 3)
MORNING_S = 8 * 3600
WINDOW_MIN = 120
WINDOW_S = range(7 * 3600, 7 * 3600 + WINDOW_MIN * 60, 60)
HOUR = 3600
SHIFTS = {
    "matin": reach.Shift(5 * HOUR, 13 * HOUR, frozenset(range(7))),
    "après-midi": reach.Shift(13 * HOUR, 21 * HOUR, frozenset(range(7))),
    "nuit": reach.Shift(21 * HOUR, 29 * HOUR, frozenset(range(7))),
    "journée": reach.Shift(8 * HOUR, 16 * HOUR, frozenset(range(7))),
    "bureau": reach.Shift(9 * HOUR, 17 * HOUR, frozenset(range(7))),
    "soirée": reach.Shift(17 * HOUR, 22 * HOUR, frozenset(range(7))),
}


def rows(shared: Path) -> list[Row]:
    """All measurements of the engine."""
    feed = shared / "transit/sncf_ter_france_2025-01-22.zip"
    return [
        *against_cafein(feed),
        memory(feed),
        *compiling(feed),
        *verdicts(feed, shared / "territory/reference_communes_43.csv"),
        first_start(),
    ]


def against_cafein(feed: Path) -> list[Row]:
    """One to all and a two-hour window: same origins, footpaths and rides, one thread each."""
    both = CafeinNetwork(feed, ON)
    tt, peer = both.timetable, both.peer
    origins = connected(tt)
    ids = [both.stop_ids[origin] for origin in origins]
    for origin in origins:
        ours = reach.earliest_arrivals(tt, origin, MORNING_S, on=ON, limits=THAT_DAY)
        np.testing.assert_array_equal(ours, both.earliest_arrivals(origin, MORNING_S))
    together = reach.earliest_arrivals_from_each(tt, origins, MORNING_S, on=ON, limits=THAT_DAY)
    np.testing.assert_array_equal(together[-1], ours)
    check_window(both, origins[:5])

    def one_to_all() -> None:
        reach.earliest_arrivals_from_each(tt, origins, MORNING_S, on=ON, limits=THAT_DAY)

    def window() -> None:
        reach.window_percentiles(tt, origins, WINDOW_S[0], WINDOW_MIN * 60, on=ON, limits=THAT_DAY)

    def peer_one_to_all() -> None:
        peer.travel_time_matrix(ids, both.moment(MORNING_S), workers=1)

    def peer_window() -> None:
        peer.travel_time_matrix(
            ids,
            both.moment(WINDOW_S[0]),
            departure_time_window=WINDOW_MIN,
            percentiles=[50],
            workers=1,
        )

    n = len(origins)
    result = []
    for what, ours, theirs, bound in [
        ("One to all, 8:00", one_to_all, peer_one_to_all, 0.2),
        ("Two-hour window, each minute, with its median", window, peer_window, 0.25),
    ]:
        mine_s, other_s, ratio = paired(ours, theirs)
        result.append(
            Row(
                f"{what} ({n} origins × {tt.n_stops} stops, per origin)",
                f"{mine_s / n * 1e3:.2f} ms",
                f"cafein {other_s / n * 1e3:.2f} ms, ratio **{ratio:.2f}**",
                f"≤ {bound} × cafein",
                ratio <= bound,
            )
        )
    return result


def memory(feed: Path) -> Row:
    """Peak of a fresh process that holds the network and searches from one stop, for each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ter.tdu"
        reach.Timetable.from_gtfs(feed, start=MONDAY, days=7).save(path)
        _, _, built = in_own_process(compile_week, feed)
        _, _, loaded = in_own_process(search_loaded, path)
    _, _, peer = in_own_process(search_cafein, feed)
    return Row(
        "Peak memory of a process that searches TER France, one to all and two-hour window",
        f"{loaded:.0f} MB from the compiled file, {built:.0f} MB when it compiles",
        f"cafein {peer:.0f} MB from the feed",
        "reported",
        None,
    )


def search_loaded(path: Path) -> int:
    tt = reach.Timetable.load(path)
    origin = int(tt.arrays["pattern_stops"][0])
    reach.profile(tt, origin, WINDOW_S, on=ON)
    return int((reach.earliest_arrivals(tt, origin, MORNING_S, on=ON) != reach.UNREACHED).sum())


def search_cafein(feed: Path) -> int:
    import cafein

    peer = cafein.TransportNetwork.from_gtfs(str(feed), trip_distances=False, leg_geometries=False)
    origin = peer.stops[0][0]
    peer.travel_time_matrix([origin], f"{ON} 07:00", departure_time_window=WINDOW_MIN, workers=1)
    return len(peer.travel_times_from_stop(origin, f"{ON} 08:00"))


def connected(tt: reach.Timetable, n: int = 100) -> list[int]:
    """Stops drawn by chance among those that reach more than fifty others."""
    rng = random.Random(43)
    served = np.unique(tt.arrays["pattern_stops"]).tolist()
    drawn = []
    for stop in rng.sample(served, len(served)):
        times = reach.earliest_arrivals(tt, stop, MORNING_S, on=ON, limits=THAT_DAY)
        if (times != reach.UNREACHED).sum() > 50:
            drawn.append(stop)
        if len(drawn) == n:
            return drawn
    return drawn


def check_window(both: CafeinNetwork, origins: list[int]) -> None:
    """The medians of the window are the same."""
    for origin in origins:
        nearest_rank = reach.window_percentile(
            both.timetable, origin, WINDOW_S[0], WINDOW_MIN * 60, on=ON, limits=THAT_DAY
        )
        theirs = both.peer.travel_time_matrix(
            [both.stop_ids[origin]],
            both.moment(WINDOW_S[0]),
            departure_time_window=WINDOW_MIN,
            percentiles=[50],
            workers=1,
        )[0, :, 0]
        np.testing.assert_array_equal(nearest_rank, both.ours(theirs, 0))


def compiling(feed: Path) -> list[Row]:
    """Read and compile a week of TER France; load what was compiled."""
    _, seconds, peak = in_own_process(compile_week, feed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ter.tdu"
        reach.Timetable.from_gtfs(feed, start=MONDAY, days=7).save(path)
        load_s = median_s(lambda: reach.Timetable.load(path))
        size_mb = path.stat().st_size / 1e6
        fast_s = median_s(lambda: reach.Timetable.load(path, verify=False))
    return [
        Row(
            "Compile TER France, a week (fresh process, imports counted)",
            f"{seconds:.2f} s, peak {peak:.0f} MB",
            "–",
            "< 4 s",
            seconds < 4,
        ),
        Row(
            f"Load it compiled ({size_mb:.1f} MB), checksums verified",
            f"{load_s * 1e3:.1f} ms ({fast_s * 1e3:.1f} ms unverified)",
            "–",
            "< 50 ms",
            load_s < 0.05,
        ),
    ]


def compile_week(feed: Path) -> int:
    return reach.Timetable.from_gtfs(feed, start=MONDAY, days=7).n_stops


def verdicts(feed: Path, communes: Path) -> list[Row]:
    """There and back between all communes of Haute-Loire, six shifts, seven days."""
    with communes.open(encoding="utf-8") as file:
        points = [
            reach.Point(float(row["lat_cheflieu"]), float(row["lon_cheflieu"]))
            for row in csv.DictReader(file)
        ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ter.tdu"
        reach.Timetable.from_gtfs(feed, start=MONDAY, days=7).save(path)
        (feasible, search_s), _, peak = in_own_process(all_verdicts, path, points)
    n = len(points)
    return [
        Row(
            f"{n} × {n} communes × {len(SHIFTS)} shifts × 7 days there and back "
            f"({feasible} feasible)",
            f"{search_s:.1f} s, peak {peak:.0f} MB",
            "–",
            "< 60 s",
            search_s < 60,
        )
    ]


def all_verdicts(path: Path, points: list[reach.Point]) -> tuple[int, float]:
    tt = reach.Timetable.load(path)
    start = time.perf_counter()
    found = reach.feasibility(tt, points, points, list(SHIFTS.values()), week=MONDAY)
    return int(found.feasible.sum()), time.perf_counter() - start


def first_start() -> Row:
    """Compile the kernels into an empty cache, then start again with the cache filled."""
    code = "from traitdunion import reach; reach.warm_up()"
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], env=environment, check=True)
            seconds.append(time.perf_counter() - start)
    return Row(
        "First start: compile every kernel (second start, whole process)",
        f"{seconds[0]:.1f} s ({seconds[1]:.1f} s)",
        "–",
        "< 20 s",
        seconds[0] < 20,
    )
