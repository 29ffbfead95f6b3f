"""Time and memory of one piece of work: medians of several runs, peaks of a process of its own."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, ours, the peer's or the bound, and the verdict."""

    what: str
    ours: str
    peer: str
    asked: str
    kept: bool | None

    def cells(self) -> list[str]:
        verdict = {True: "yes", False: "**no**", None: "–"}[self.kept]
        return [self.what, self.ours, self.peer, self.asked, verdict]


def median_s(work: Callable[[], object], *, runs: int = 5) -> float:
    """Median seconds of `runs` runs, after one that is not counted."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def paired(ours: Callable[[], object], theirs: Callable[[], object], *, runs: int = 7):
    """Median processor seconds of each, run in turn, and the median of the ratios pair by pair.

    Both run in this process and this thread: the time of the processor, unlike the clock, is not
    that of others on the machine.
    """
    ours()
    theirs()
    pairs = []
    for _ in range(runs):
        start = time.process_time()
        ours()
        middle = time.process_time()
        theirs()
        pairs.append((middle - start, time.process_time() - middle))
    ratio = median(a / b for a, b in pairs)
    return median(a for a, _ in pairs), median(b for _, b in pairs), ratio


def in_own_process(work: Callable[..., object], *args: object) -> tuple[object, float, float]:
    """Result, seconds and peak resident megabytes of `work(*args)` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(sender, work, args))
    process.start()
    sender.close()
    answer = receiver.recv()
    process.join()
    return answer


def peak_mb() -> float:
    """Peak resident megabytes of this program (Linux).

    Not `ru_maxrss`: that of a child begins with what its parent held.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _report(sender, work, args) -> None:
    start = time.perf_counter()
    result = work(*args)
    seconds = time.perf_counter() - start
    sender.send((result, seconds, peak_mb()))
    sender.close()
