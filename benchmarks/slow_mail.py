"""Fifty people at work for a minute while each message takes fifteen seconds to hand over.

    python -m benchmarks.slow_mail [SECONDS] [CLIENTS]

on SQLite, or on the PostgreSQL of TRAITDUNION_DATABASE_URL. Each reads a page, invites a person,
which queues a message, and reads again; the same load runs first with nothing sent at all. No
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

from .kills import COMMAND, Load, ask, environment, free_port, mail_server, wait_for

DELAY_S = 15.0
LASTS_S, CLIENTS = 60, 50
WARM_UP_S = 5
PAUSE_S = 4.0  # what reading a page takes; two processors serve the fifty without a queue
ALLOWED_SHARE = 0.2


@dataclass
class Timed(Load):
    """A load that reads pages too, and keeps how long each answer took."""

    name: str = ""
    took_ms: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def run(self, number: int) -> None:
        self.stopping.wait(PAUSE_S * number / CLIENTS)  # not all at the same instant
        n = 0
        while not self.stopping.is_set():
            self.timed("GET", self.read, 200)
            self.timed("POST", lambda n=n: self.invite(f"{self.name}-{number}-{n}@x.example"), 302)
            n += 1
            self.stopping.wait(PAUSE_S)

    def timed(self, name: str, work, expected: int) -> None:
        began = time.perf_counter()
        try:
            status = work()
        except (OSError, http.client.HTTPException) as down:
            self.wrong.append(f"{name}: {down!r}")
            return
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


def p95_ms(environ: dict[str, str], *, mailed: bool, lasts_s: int, clients: int) -> float:
    """Serve, let the clients in, and return the 95th percentile; AssertionError for any error."""
    cookie, port = ask(environ, "sign_in")["cookie"], free_port()
    words = ["serve", "--port", str(port), "--worker" if mailed else "--no-worker"]
    served = subprocess.Popen(
        [*COMMAND, *words], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    load = Timed(port, cookie, name="mailed" if mailed else "alone")
    threads = [threading.Thread(target=load.run, args=(n,)) for n in range(clients)]
    try:
        wait_for(port)
        for one in threads:
            one.start()
        time.sleep(WARM_UP_S)
        load.took_ms.clear()  # templates and addresses are compiled by the first requests
        time.sleep(lasts_s)
    finally:
        load.stopping.set()
        for one in threads:
            one.join()
        served.kill()
        served.wait()
    assert not load.wrong, load.wrong[:5]
    return float(np.percentile(load.took_ms, 95))


def run(folder: Path, *, url: str, lasts_s: int, clients: int) -> dict[str, float]:
    with mail_server(DELAY_S) as (received, smtp_port):
        environ = environment(folder, url, smtp_port)
        subprocess.run([*COMMAND, "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)
        ask(environ, "set_up")
        alone = p95_ms(environ, mailed=False, lasts_s=lasts_s, clients=clients)
        mailed = p95_ms(environ, mailed=True, lasts_s=lasts_s, clients=clients)
        handed_over = sum(one.total() for one in received.accepted.values())
    return {
        "p95_ms_without_mail": round(alone),
        "p95_ms_with_slow_mail": round(mailed),
        "handed_over_meanwhile": handed_over,
        "unchanged": mailed <= alone * (1 + ALLOWED_SHARE),
    }


def main(words: list[str]) -> None:
    lasts_s, clients = (*map(int, words), *(LASTS_S, CLIENTS)[len(words) :])
    url = os.environ.get("TRAITDUNION_DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        counted = run(Path(folder), url=url, lasts_s=lasts_s, clients=clients)
        print(json.dumps(counted))
    sys.exit(0 if counted["unchanged"] else 2)


if __name__ == "__main__":
    main(sys.argv[1:])
