"""Verdicts in bulk: 8 profiles × 60 solutions over 257² communes, 6 shifts and 7 days.

Processor time of the one thread, not the clock: the machine may be shared. Pairs drawn by chance,
each judged alone with a table of its own, are compared first.
"""

import os
import random
import subprocess
import sys
import tempfile
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from .answering import COMMAND
from .measure import Row
from .national import slope

PROFILES, SOLUTIONS, COMPARED = 8, 60, 40
BOUND_S, BOUND_MB = 0.5, 100
SIZES = (64, 128, 257)


def rows() -> list[Row]:
    """Measured in a process of its own on a data folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TRAITDUNION_DATA_DIR": folder}
        subprocess.run([*COMMAND, "demo", "--no-serve"], env=environment, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        printed = subprocess.run([sys.executable, "-m", "benchmarks.verdicts"], env=environment,
                                 check=True, capture_output=True, text=True)  # fmt: skip
    return [row(*map(float, printed.stdout.splitlines()[-1].split()))]


def row(may_ms: float, spent_ms: float, peak_mb: float, growth: float, held: float) -> Row:
    """Return the row of what `measure` printed."""
    whole_s = (may_ms + spent_ms) / 1000
    return Row(
        f"Verdicts of {PROFILES} profiles × {SOLUTIONS} solutions over 257² communes × 6 shifts × "
        f"7 days ({held:,.0f} days held for sure, half of the profiles with a budget): who may "
        "use what, then the days held and those to check; memory allocated beside the words",
        f"{may_ms:.0f} ms and {spent_ms:.0f} ms of processor, growth in pairs^{growth:.2f}; "
        f"{peak_mb:.0f} MB",
        "–",
        f"≤ {BOUND_S} s, ≤ {BOUND_MB} MB",
        whole_s <= BOUND_S and peak_mb <= BOUND_MB,
    )


def measure() -> None:
    """Print milliseconds of each part, megabytes, the growth, the days held."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    import django

    django.setup()
    from traitdunion import reach
    from traitdunion.catalogue.queries import published_around
    from traitdunion.catalogue.rules.operations import rules_in_force
    from traitdunion.matching import bulk
    from traitdunion.matching.situation import Permis, Place
    from traitdunion.territory.queries import communes_of

    from .drawn_catalogue import draw
    from .engine import MONDAY, SHIFTS
    from .site_weeks import cpu_ms, demonstration

    around = communes_of(["43"])
    places = [Place(c.nom, c.lat, c.lon, c.code_insee) for c in around.communes]
    codes = [place.code_insee for place in places]
    draw(SOLUTIONS, random.Random(7), datetime.now(UTC), towns=codes, whole="43")
    every = published_around(codes, on=MONDAY).solutions
    kept = [o for o in every if bulk.lends(o) or bulk.is_not_routed(o)][:SOLUTIONS]
    if len(kept) != SOLUTIONS:
        raise AssertionError(f"{len(kept)} solutions carry or lend")
    shifts, book, tt = list(SHIFTS.values()), rules_in_force(), demonstration()

    def table_of(homes: list[Place], sites: list[Place]) -> bulk.OfferTable:
        return bulk.offer_table(kept, homes=homes, sites=sites, shifts=shifts, week=MONDAY,
                                epci_of=around.epci.get)  # fmt: skip

    table = table_of(places, places)
    points = [reach.Point(place.lat, place.lon) for place in places]
    week = reach.site_week(tt, points, shifts, week=MONDAY)
    words = week.held(points, table.by_mode).words()
    lat, lon = (np.array([getattr(place, axis) for place in places]) for axis in ("lat", "lon"))
    km = 111 * 1.3 * np.hypot(lat[:, None] - lat, (lon[:, None] - lon) * np.cos(np.radians(45)))
    profiles = [
        bulk.Profile(permis, {} if eur is None else {"ressources_mois_eur": Decimal(eur)})
        for permis in (Permis.AUCUN, Permis.AM, Permis.B, Permis.INCONNU)
        for eur in (None, 900)
    ]
    budget = np.array([np.inf, 60.0] * (PROFILES // 2))

    def may() -> np.ndarray:
        return bulk.eligible(book, profiles, table, MONDAY)

    allowed = may()

    def judged(n: int) -> tuple[np.ndarray, np.ndarray]:
        part = table if n == len(places) else table_of(places[:n], places[:n])
        return bulk.verdicts(words[:, :n, :n], part, allowed, km[:n, :n], budget)

    sure, to_check = judged(len(places))
    rng = random.Random(43)
    for _ in range(COMPARED):
        h, w = rng.randrange(len(places)), rng.randrange(len(places))
        alone = table_of([places[h]], [places[w]])
        cell = bulk.verdicts(
            words[:, w : w + 1, h : h + 1], alone, bulk.eligible(book, profiles, alone, MONDAY),
            km[w : w + 1, h : h + 1], budget,
        )  # fmt: skip
        np.testing.assert_array_equal(cell[0][:, 0, 0], sure[:, h, w])
        np.testing.assert_array_equal(cell[1][:, 0, 0], to_check[:, h, w])
    tables = {n: table if n == len(places) else table_of(places[:n], places[:n]) for n in SIZES}
    spent = [
        cpu_ms(
            lambda n=n: bulk.verdicts(words[:, :n, :n], tables[n], allowed, km[:n, :n], budget),
            runs=3,
        )
        for n in SIZES
    ]
    tracemalloc.start()
    judged(len(places))
    peak_mb = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    held = int(np.bitwise_count(sure).sum())
    growth = slope([n * n for n in SIZES], spent)
    print(f"{cpu_ms(may, runs=3)} {spent[-1]} {peak_mb} {growth} {held}")


if __name__ == "__main__":
    measure()
