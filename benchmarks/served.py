"""Answers of the served site: ten a second offered by 200 advisers, and as many as it can give.

The site is served as it is installed, one process per core, on a loaded demonstration. The clients
run on the same processors: their share is given. Processor time of the server is read from the
kernel, over all its processes, between the first question and the last answer.
"""

import asyncio
import contextlib
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx2
import numpy as np

from .advisers import _set_up, _wait, questions
from .answering import COMMAND
from .measure import Row

ADVISERS, MEAN_PAUSE_S, FOR_S = 200, 20.0, 60.0
AT_ONCE, ANSWERS = 4, 300
BOUND_MS, BOUND_ANSWERS = 150, 25
TICKS = os.sysconf("SC_CLK_TCK")


class Measured(NamedTuple):
    """A load: milliseconds of each answer, seconds of it all, processor seconds of both sides."""

    took_ms: list[float]
    elapsed_s: float
    server_s: float
    client_s: float


def rows() -> list[Row]:
    """Serve a demonstration in a folder of its own, load it twice."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TRAITDUNION_DATA_DIR": folder}
        subprocess.run([*COMMAND, "demo", "--no-serve"], env=environment, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        done = subprocess.run([sys.executable, "-m", "benchmarks.served"], env=environment,
                              check=True, stdout=subprocess.PIPE, text=True)  # fmt: skip
    offered, most = (
        Measured([float(ms) for ms in shown.split()[3:]], *map(float, shown.split()[:3]))
        for shown in done.stdout.splitlines()[-2:]
    )
    return [of_offered(offered), of_most(most)]


def of_offered(load: Measured) -> Row:
    p50, p95 = np.percentile(load.took_ms, [50, 95])
    a_second = len(load.took_ms) / load.elapsed_s
    share = load.client_s / (load.client_s + load.server_s)
    return Row(
        f"Served answers, {ADVISERS} advisers pausing {MEAN_PAUSE_S:.0f} s, {os.cpu_count()} cores "
        f"({a_second:.1f} answers a second, machine at a load of {os.getloadavg()[1]:.0f}): "
        "median, 95th percentile by the clock",
        f"{p50:.0f} ms, {p95:.0f} ms",
        f"clients took {share:.0%} of the processor time of both",
        f"p95 ≤ {BOUND_MS} ms",
        bool(p95 <= BOUND_MS),
    )


def of_most(load: Measured) -> Row:
    rate = len(load.took_ms) / load.server_s
    return Row(
        f"Served answers, {AT_ONCE} clients that never pause, {len(load.took_ms)} answers: "
        "answers per processor-second of the server, all its processes",
        f"{rate:.1f}",
        f"{1000 / rate:.0f} ms of processor an answer",
        f"≥ {BOUND_ANSWERS}",
        rate >= BOUND_ANSWERS,
    )


# -- in a process of its own -----------------------------------------------------------------------


def processor_s(pid: int) -> float:
    """Return the processor seconds of a process and of all those it started (Linux)."""
    parents, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
            spent[int(stat.parent.name)] = (int(fields[11]) + int(fields[12])) / TICKS
    whole = {pid}
    while more := {child for child, parent in parents.items() if parent in whole} - whole:
        whole |= more
    return sum(spent.get(one, 0.0) for one in whole)


async def ask(client: httpx2.AsyncClient, question: str) -> float:
    """Return the milliseconds of an answer; AssertionError where the page holds none."""
    began = time.perf_counter()
    page = await client.get(f"/?{question}")
    took_ms = 1000 * (time.perf_counter() - began)
    if page.status_code != 200 or 'id="reponses"' not in page.text:
        raise AssertionError(f"{question}: {page.status_code}")
    return took_ms


async def pausing(client: httpx2.AsyncClient, asked: Sequence[str]) -> list[float]:
    """Load the site with advisers who read for a while between two questions."""
    until = time.perf_counter() + FOR_S

    async def adviser(number: int) -> list[float]:
        rng, took_ms = random.Random(number), []
        await asyncio.sleep(rng.uniform(0, MEAN_PAUSE_S))
        while time.perf_counter() < until:
            took_ms.append(await ask(client, rng.choice(asked)))
            await asyncio.sleep(rng.uniform(0.5, 1.5) * MEAN_PAUSE_S)
        return took_ms

    of_each = await asyncio.gather(*(adviser(number) for number in range(ADVISERS)))
    return [ms for took_ms in of_each for ms in took_ms]


async def ceaseless(client: httpx2.AsyncClient, asked: Sequence[str]) -> list[float]:
    """Load the site with a few clients, each asking as soon as it is answered."""
    left = iter([*asked, *asked][:ANSWERS])

    async def one() -> list[float]:
        return [await ask(client, question) for question in left]

    of_each = await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return [ms for took_ms in of_each for ms in took_ms]


Load = Callable[[httpx2.AsyncClient, Sequence[str]], Awaitable[list[float]]]


async def load(site: str, pid: int, asked: Sequence[str], by: Load) -> Measured:
    """Return what a load took of the clock and of the processors."""
    limits = httpx2.Limits(max_connections=ADVISERS, max_keepalive_connections=ADVISERS)
    async with httpx2.AsyncClient(
        base_url=site, timeout=300, trust_env=False, limits=limits
    ) as client:
        server_s, client_s, began = processor_s(pid), time.process_time(), time.perf_counter()
        took_ms = await by(client, asked)
        return Measured(
            took_ms,
            time.perf_counter() - began,
            processor_s(pid) - server_s,
            time.process_time() - client_s,
        )


def measure() -> None:
    """Serve, load, print a line for each load."""
    _set_up()
    asked = questions()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = subprocess.Popen([*COMMAND, "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    site = f"http://127.0.0.1:{port}"
    try:
        _wait(port)
        asyncio.run(load(site, served.pid, asked[:8], ceaseless))
        for by in (pausing, ceaseless):
            found = asyncio.run(load(site, served.pid, asked, by))
            print(found.elapsed_s, found.server_s, found.client_s, *found.took_ms)
    finally:
        served.terminate()
        served.wait(timeout=60)


if __name__ == "__main__":
    measure()
