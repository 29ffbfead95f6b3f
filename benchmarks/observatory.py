"""Processor seconds of a run of the observatory, how they grow: `python -m benchmarks.observatory`.

On the site of TRAITDUNION_DATA_DIR, demonstration or not, with the files that it has loaded. Of the
process with its threads, so that what else the machine does counts for little.
"""

import resource
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from pathlib import Path
from time import process_time

import django
import numpy as np

from traitdunion import reach


def main() -> None:
    """Print a run, a second one after a change of the catalogue, and the growths."""
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from traitdunion.observatory.running import run as running
    from traitdunion.observatory.running.storage import Writing

    prepared = running.prepare(now=timezone.localtime())
    question = prepared.question
    settings.TRAITDUNION_DATA_DIR = Path(tempfile.mkdtemp())

    def seconds(asked: object) -> float:
        began = process_time()
        running.computed(asked, Writing("bench"))  # type: ignore[arg-type]
        return process_time() - began

    def fresh(**changed: object) -> object:
        return replace(question, **changed)  # type: ignore[arg-type]

    print(f"first run: {seconds(fresh()):.2f} s")
    fewer = fresh(offers=question.offers[1:])
    print(f"after one change of the catalogue: {seconds(fewer):.2f} s")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    ground = question.ground

    def homes(n: int) -> object:
        part = replace(ground, homes=ground.homes[:n], commune_of=ground.commune_of[:n],
                       people=ground.people[:n])  # fmt: skip
        return fresh(ground=part)

    n = len(ground.homes)
    growth("communes", [n // 4, n // 2, n], homes, seconds)
    growth("profiles", [1, 2, 4, 7], lambda k: fresh(profiles=question.profiles[:k]), seconds)
    tt = question.timetable
    served = np.flatnonzero(tt.is_served)

    def stops(n: int) -> object:
        """Return the question over a timetable where lines call at some of the stops alone."""
        change = reach.Change(closed_stops=tuple(served[n:].tolist()))
        return fresh(timetable=reach.changed_timetable(tt, change))

    growth("stops", [len(served) // 4, len(served) // 2, len(served)], stops, seconds)
    whole = len(question.offers)
    many = [whole, 4 * whole, 16 * whole]
    growth("solutions", many, lambda k: fresh(offers=question.offers * (k // whole)), seconds)


def growth(
    name: str,
    sizes: Sequence[int],
    made: Callable[[int], object],
    seconds: Callable[[object], float],
) -> None:
    """Print the best of three at each size, and the slope on logarithmic scales.

    The first of the three searches what no run of that size has searched; others reuse it.
    """
    first, times = [], []
    for size in sizes:
        runs = [seconds(made(size)) for _ in range(3)]
        first.append(runs[0])
        times.append(min(runs))
    slope = log(times[-1] / times[0]) / log(sizes[-1] / sizes[0])
    shown = ", ".join(f"{size}: {time:.2f} s" for size, time in zip(sizes, times, strict=True))
    alone = log(first[-1] / first[0]) / log(sizes[-1] / sizes[0])
    print(f"{name}: {shown}; growth in {name}^{slope:.2f}, of a first run {name}^{alone:.2f}")


if __name__ == "__main__":
    main()
