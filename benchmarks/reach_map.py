"""The map of reach on the embedded demonstration: each of the 257 communes as a home, in turn.

Processor time of the one thread, not the clock: the machine may be shared. Pairs drawn by chance
are compared with their single answers first.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta

import numpy as np

from .measure import Row

BOUND_MS = 1000
COMPARED_HOMES, COMPARED = 25, 8


def rows() -> list[Row]:
    """Measured in a process of its own on a data folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TRAITDUNION_DATA_DIR": folder}
        subprocess.run(
            [sys.executable, "-m", "traitdunion.web.command_line", "demo", "--no-serve"],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        printed = subprocess.run(
            [sys.executable, "-m", "benchmarks.reach_map"],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    return [row(*printed.stdout.split())]


def row(homes: str, median_ms: str, high_ms: str, most_ms: str, reached: str) -> Row:
    """Return the row of what `measure` printed."""
    return Row(
        f"Map of reach, {homes} communes as homes in turn, 8:00 to 16:00, no licence, every "
        f"solution of the demonstration ({reached} communes reached from one on average): median, "
        "95th percentile, most",
        f"{median_ms} ms, {high_ms} ms, {most_ms} ms of processor",
        "–",
        f"each < {BOUND_MS} ms",
        float(most_ms) < BOUND_MS,
    )


def measure() -> None:
    """Print the number of homes, three times in milliseconds, and the communes reached."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    import django

    django.setup()
    from traitdunion.desk import queries
    from traitdunion.matching.answer import Verdict
    from traitdunion.matching.situation import Permis, Place, Situation, Vehicule
    from traitdunion.reach import Shift
    from traitdunion.reach.calendar_days import monday_of
    from traitdunion.territory.queries import communes_of
    from traitdunion.web.preload import settle

    now = datetime.now(UTC)
    settle(now)
    network = queries.active_network()
    homes = [
        Place(commune.nom, commune.lat, commune.lon, commune.code_insee)
        for commune in communes_of(["43"]).communes
    ]
    asked = [
        Situation(
            home, home, Shift(8 * 3600, 16 * 3600), monday_of(now.date() + timedelta(7)),
            Permis.AUCUN, Vehicule.INCONNU, now,
        )
        for home in homes
    ]  # fmt: skip
    compare(random.Random(43), asked, network)
    spent, reached = [], []
    for question in asked:
        begun = time.process_time()
        found = queries.find_reach(question, network)
        spent.append((time.process_time() - begun) * 1000)
        reached.append(sum(commune.verdict == Verdict.POSSIBLE for commune in found))
    median_ms, high_ms = np.percentile(spent, [50, 95])
    print(f"{len(homes)} {median_ms:.0f} {high_ms:.0f} {max(spent):.0f} {np.mean(reached):.0f}")


def compare(chance: random.Random, asked, network) -> None:
    """Check pairs drawn by chance: reached for sure as many days, as quickly, as alone."""
    from dataclasses import replace

    from traitdunion.desk import queries
    from traitdunion.matching.alternatives import AWARDED

    for question in chance.sample(asked, COMPARED_HOMES):
        found = queries.find_reach(question, network)
        for commune in chance.sample(found, COMPARED):
            alone = queries.find_answer(replace(question, work=commune.place), network)
            sure = [way for way in alone.alternatives if way.verdict in AWARDED and way.kept_days]
            assert commune.kept_days == max((way.kept_days for way in sure), default=0)
            minutes = [
                way.minutes_out + way.minutes_back
                for way in sure
                if way.kept_days == commune.kept_days and way.minutes_out is not None
            ]
            fastest = commune.fastest.minutes if commune.fastest else None
            assert fastest == min(minutes, default=None)


if __name__ == "__main__":
    measure()
