"""Fifty people at work for a minute while each message takes fifteen seconds to hand over.

    python -m benchmarks.slow_mail [SECONDS] [CLIENTS]

on SQLite, or on the PostgreSQL of TRAITDUNION_DATABASE_URL. Each reads a page, invites a person,
which queues a message, and reads again. By turns, messages are sent or none is, on the same site:
neither a machine that does something else nor a database that grows counts for one side alone. No
answer may be an error, and the 95th percentile of the pages grows by less than a fifth.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

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

DELAY_S = 15.0
LASTS_S, CLIENTS = 60, 50
WARM_UP_S = 5
PAUSE_S = 4.0  # what reading a page takes; two processors serve the fifty without a queue
ALLOWED_SHARE = 0.2
ALONE, MAILED = "without mail", "with slow mail"
TURNS = (ALONE, MAILED, MAILED, ALONE) * 2


@dataclass
class Timed(Load):
    """A load that reads pages too, and keeps how long each answer of a turn took."""

    turn: str = ""
    took_ms: dict[str, list[float]] = field(default_factory=lambda: {ALONE: [], MAILED: []})
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
        turn, began = self.turn, time.perf_counter()
        try:
            status = work()
        except (OSError, http.client.HTTPException) as down:
            self.wrong.append(f"{name}: {down!r}")
            return
        if turn:  # the one in which it began, however long it took
            self.took_ms[turn].append((time.perf_counter() - began) * 1000)
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


def run(folder: Path, *, url: str, lasts_s: int, clients: int) -> dict[str, object]:
    """Serve one site to the clients; start and kill the worker of messages, turn by turn."""
    with mail_server(DELAY_S) as (received, smtp_port):
        environ = environment(folder, url, smtp_port)
        subprocess.run([*COMMAND, "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)
        cookie, port = ask(environ, "set_up")["cookie"], free_port()
        site = Actor(["serve", "--port", str(port), "--no-worker"], environ, folder / "web.log")
        worker = Actor(["worker"], environ, folder / "worker.log")
        load = Timed(port, cookie)
        threads = [threading.Thread(target=load.run, args=(n, clients)) for n in range(clients)]
        begun = []
        try:
            site.start()
            wait_for(port)
            for one in threads:
                one.start()
            time.sleep(WARM_UP_S)  # templates and addresses are compiled by the first requests
            for turn in TURNS:
                if turn == MAILED:
                    n_before = received.begun
                    worker.start()
                    _until_it_sends(received, n_before)
                load.turn = turn
                time.sleep(lasts_s / TURNS.count(turn))
                load.turn = ""
                if turn == MAILED:
                    begun.append(received.begun - n_before)
                    worker.kill()
        finally:
            load.stopping.set()
            for one in threads:
                if one.is_alive():
                    one.join()
            for actor in (site, worker):
                if actor.process is not None:
                    actor.kill()
    assert not load.wrong, load.wrong[:5]
    alone, mailed = (float(np.percentile(load.took_ms[one], 95)) for one in (ALONE, MAILED))
    return {
        "requests": {name: len(took) for name, took in load.took_ms.items()},
        "p95_ms_without_mail": round(alone),
        "p95_ms_with_slow_mail": round(mailed),
        "messages_begun_meanwhile": begun,
        "unchanged": mailed <= alone * (1 + ALLOWED_SHARE),
    }


def _until_it_sends(received: MailServer, n_before: int) -> None:
    """Wait for the worker to hand a message over: its own start is no part of the load."""
    for _ in range(STARTED_WITHIN_S * 20):
        if received.begun > n_before:
            return
        time.sleep(0.05)
    raise AssertionError("the worker sends nothing")


def main(words: list[str]) -> None:
    lasts_s, clients = (*map(int, words), *(LASTS_S, CLIENTS)[len(words) :])
    url = os.environ.get("TRAITDUNION_DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        counted = run(Path(folder), url=url, lasts_s=lasts_s, clients=clients)
        print(json.dumps(counted))
    sys.exit(0 if counted["unchanged"] else 2)


if __name__ == "__main__":
    main(sys.argv[1:])
