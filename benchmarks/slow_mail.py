"""Fifty people at work for a minute while each message takes fifteen seconds to hand over.

    python -m benchmarks.slow_mail [SECONDS] [CLIENTS]

on SQLite, or on the PostgreSQL of TRAITDUNION_DATABASE_URL. Each reads a page, invites a person,
which queues a message, and reads again. Two sites are served at the same moment to as many people:
the worker of one sends, that of the other does not run. A machine that does something else, or a
database that grows, then counts for both alike. No answer may be an error, and the 95th percentile
of the pages grows by less than a fifth.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from .kills import (
    COMMAND,
    STARTED_WITHIN_S,
    Actor,
    Load,
    MailServer,
    ask,
    environment,
    free_port,
    mail_server,
    wait_for,
)
from .served import processor_s

DELAY_S = 15.0
LASTS_S, CLIENTS = 60, 50
WARM_UP_S = 5
PAUSE_S = 8.0  # what reading a page takes; two processors serve both sites without a queue
ALLOWED_SHARE = 0.2
ALONE, MAILED = "without mail", "with slow mail"


@dataclass
class Timed(Load):
    """A load that reads pages too, and keeps how long each answer took once `counting` is set."""

    counting: threading.Event = field(default_factory=threading.Event)
    took_ms: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def run(self, number: int, clients: int = CLIENTS) -> None:
        self.stopping.wait(PAUSE_S * number / clients)  # not all at the same instant
        n = 0
        while not self.stopping.is_set():
            self.timed("GET", self.read, 200)
            self.timed("POST", lambda n=n: self.invite(f"person-{number}-{n}@x.example"), 302)
            n += 1
            self.stopping.wait(PAUSE_S)

    def timed(self, name: str, work, expected: int) -> None:
        counts, began = self.counting.is_set(), time.perf_counter()
        try:
            status = work()
        except (OSError, http.client.HTTPException) as down:
            self.wrong.append(f"{name}: {down!r}")
            return
        if counts:
            self.took_ms.append((time.perf_counter() - began) * 1000)
        if status != expected:
            self.wrong.append(f"{name}: {status}")

    def read(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", "/mon-espace/", headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


@dataclass
class Side:
    """One of the two sites, its people and the worker that sends its messages."""

    site: Actor
    worker: Actor
    load: Timed
    people: list[threading.Thread]

    def start(self) -> None:
        self.site.start()
        wait_for(self.load.port)
        for one in self.people:
            one.start()

    def processor_s(self) -> float:
        """Return the processor seconds of the site, its worker apart."""
        assert self.site.process is not None
        return processor_s(self.site.process.pid)

    def stop(self) -> None:
        self.load.stopping.set()
        for one in self.people:
            if one.is_alive():
                one.join()
        for actor in (self.site, self.worker):
            if actor.process is not None:
                actor.kill()


def side(folder: Path, url: str, smtp_port: int, clients: int) -> Side:
    """Make a site of its own database, with an administrator who is signed in."""
    folder.mkdir()
    environ = environment(folder, url, smtp_port)
    subprocess.run([*COMMAND, "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)
    load = Timed(free_port(), ask(environ, "set_up")["cookie"])
    return Side(
        site=Actor(["serve", "--port", str(load.port), "--no-worker"], environ, folder / "web.log"),
        worker=Actor(["worker"], environ, folder / "worker.log"),
        load=load,
        people=[threading.Thread(target=load.run, args=(n, clients)) for n in range(clients)],
    )


def run(folder: Path, *, urls: Sequence[str], lasts_s: int, clients: int) -> dict[str, object]:
    """Serve both sites to their people at once, one of them with a worker that sends."""
    with mail_server(DELAY_S) as (received, smtp_port):
        sides = {
            name: side(folder / name.replace(" ", "-"), url, smtp_port, clients)
            for name, url in zip((ALONE, MAILED), urls, strict=True)
        }
        try:
            for one in sides.values():
                one.start()
            sides[MAILED].worker.start()
            _until_it_sends(received)
            time.sleep(WARM_UP_S)  # templates and addresses are compiled by the first requests
            spent_s = {name: -one.processor_s() for name, one in sides.items()}
            for one in sides.values():
                one.load.counting.set()
            n_before = received.begun
            time.sleep(lasts_s)
            n_begun = received.begun - n_before
            spent_s = {name: spent_s[name] + one.processor_s() for name, one in sides.items()}
        finally:
            for one in sides.values():
                one.stop()
    wrong = [text for one in sides.values() for text in one.load.wrong]
    assert not wrong, wrong[:5]
    took = {name: one.load.took_ms for name, one in sides.items()}
    p95 = {name: float(np.percentile(ms, 95)) for name, ms in took.items()}
    return {
        "requests": {name: len(ms) for name, ms in took.items()},
        "p50_ms": {name: round(float(np.median(ms))) for name, ms in took.items()},
        "p95_ms": {name: round(ms) for name, ms in p95.items()},
        "ratio": round(p95[MAILED] / p95[ALONE], 2),
        "site_processor_ms_a_request": {
            name: round(1000 * spent_s[name] / max(len(ms), 1), 1) for name, ms in took.items()
        },
        "messages_begun_meanwhile": n_begun,
        "load_of_the_machine": [round(n, 1) for n in os.getloadavg()],
        "unchanged": p95[MAILED] <= p95[ALONE] * (1 + ALLOWED_SHARE),
    }


def two_databases(url: str) -> tuple[str, str]:
    """Return the address of two databases of one server; "" twice for a file of each folder."""
    if not url:
        return "", ""
    import psycopg

    name = "slow_mail"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    parts = urlsplit(url)
    return url, parts._replace(path=f"/{name}").geturl()


def _until_it_sends(received: MailServer) -> None:
    """Wait for the worker to hand a message over: its own start is no part of the load."""
    for _ in range(STARTED_WITHIN_S * 20):
        if received.begun:
            return
        time.sleep(0.05)
    raise AssertionError("the worker sends nothing")


def main(words: list[str]) -> None:
    lasts_s, clients = (*map(int, words), *(LASTS_S, CLIENTS)[len(words) :])
    urls = two_databases(os.environ.get("TRAITDUNION_DATABASE_URL", ""))
    with tempfile.TemporaryDirectory() as folder:
        counted = run(Path(folder), urls=urls, lasts_s=lasts_s, clients=clients)
        print(json.dumps(counted))
    sys.exit(0 if counted["unchanged"] else 2)


if __name__ == "__main__":
    main(sys.argv[1:])
