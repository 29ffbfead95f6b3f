"""Levers: a change beside everything searched again, and 2,000 candidates of a territory.

Processor time of the one thread. Answers are compared first: a change with everything again.
"""

import random
import tempfile
import time
from pathlib import Path
from statistics import median

from traitdunion import reach
from traitdunion.demonstration.network import DEMO, write_demo_gtfs
from traitdunion.levers.profiles import PROFILES
from traitdunion.levers.scenarios import Group, Pole, Territory
from traitdunion.levers.scenarios.alike import Alike
from traitdunion.levers.territory.search import search, search_each
from traitdunion.matching.places import Place

from .engine import MONDAY
from .measure import Row
from .site_weeks import communes

SAMPLED, COMPARED = 60, 4
POLES = 6
SHIFTS = tuple(reach.Shift(h * 3600, (h + 8) * 3600) for h in (5, 6, 8, 9, 13, 21))


def rows(shared: Path) -> list[Row]:
    """A change of each size of network, then the candidates of the demonstration."""
    points = communes(shared / "territory/reference_communes_43.csv")
    with tempfile.TemporaryDirectory() as folder:
        feed = write_demo_gtfs(DEMO, Path(folder) / "demo.zip", start=MONDAY, days=7)
        demo = reach.Timetable.from_gtfs(feed, start=MONDAY, days=7)
    ter = reach.Timetable.from_gtfs(
        shared / "transit/sncf_ter_france_2025-01-22.zip", start=MONDAY, days=7
    )
    return [
        _one_change(_territory(demo, points, POLES), "the demonstration", asked=None),
        _one_change(_territory(ter, points, len(points)), "TER France", asked=100),
        _candidates(_territory(demo, points, POLES)),
    ]


def _territory(tt: reach.Timetable, points: list[reach.Point], n_poles: int) -> Territory:
    places = [Place(str(row), *point, f"{row:05}") for row, point in enumerate(points)]
    return Territory(
        tt, reach.DetourStreets(tt.arrays["stop_lat"], tt.arrays["stop_lon"]),
        [Group(place, 100) for place in places], [Pole(place, 1) for place in places[:n_poles]],
        SHIFTS, MONDAY, reach.Limits(),
    )  # fmt: skip


def _one_change(territory: Territory, name: str, *, asked: int | None) -> Row:
    rng = random.Random(18)
    trips = rng.sample(range(len(territory.timetable.arrays["trip_pattern"])), SAMPLED)
    changes = [reach.Change(moved=((trip, -1200),)) for trip in trips]
    for change in changes[:COMPARED]:
        assert (territory.after(change) == territory.searched_again(change)).all()
    ours = [_cpu_s(lambda change=change: territory.after(change)) for change in changes]
    whole = median(
        _cpu_s(lambda change=change: territory.searched_again(change)) for change in changes[:3]
    )
    ratio = whole / median(ours)
    return Row(
        f"A trip moved by 20 minutes, {name}: {len(territory.groups)} homes × "
        f"{len(territory.poles)} poles × {len(SHIFTS)} posts ({SAMPLED} trips, median)",
        f"{median(ours) * 1000:.2f} ms of processor",
        f"everything again {whole * 1000:.0f} ms, **{ratio:.0f}** times",
        "–" if asked is None else f"≥ {asked} times",
        None if asked is None else ratio >= asked,
    )


def _candidates(territory: Territory) -> Row:
    profiles = list(PROFILES.values())
    start = time.process_time()
    each = search_each(Alike.of(territory, profiles), demonstration=True)
    spent = time.process_time() - start
    start = time.process_time()
    alone = [search(territory.owning(profile), demonstration=True) for profile in profiles]
    apart = time.process_time() - start
    for found, other in zip(each, alone, strict=True):
        assert [c.lever for c in found.kept] == [c.lever for c in other.kept]
    n = sum(found.n_candidates for found in each)
    return Row(
        f"Levers of the demonstration: {n:,} candidates, {len(profiles)} profiles, "
        f"{len(SHIFTS)} posts, {len(territory.groups)} communes, each exact",
        f"{spent:.1f} s of processor",
        f"one search a profile {apart:.1f} s, **{apart / spent:.1f}** times",
        "≥ 2,000 in ≤ 30 s",
        n >= 2000 and spent <= 30,
    )


def _cpu_s(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
