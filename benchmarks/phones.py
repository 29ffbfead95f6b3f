"""Two hundred phones at once on the site served by waitress, over HTTP on the loopback.

Each declares a college, says three ideas and gives three opinions; one in ten hangs up before the
answer of each idea, then sends it again, as its queue does. What is kept is counted in the
database: every idea once. The clients run on the same processors as the server, and count in it.
"""

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from typing import Any

import httpx2
import numpy as np

from .kills import COMMAND
from .measure import Row

PHONES, IDEAS, OPINIONS, LOSING = 200, 3, 3, 10
CODE, COLLEGES = "PHNES2", ("etat", "collectivites", "employeurs", "associations", "personnes")
WITHIN_S = 300


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TRAITDUNION_DATA_DIR": folder}
        subprocess.run(
            [*COMMAND, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL
        )
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.phones", "measure"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=2 * WITHIN_S,
        )
    median_ms, high_ms, elapsed_s, sent = told.stdout.split()[-4:]
    return [
        Row(
            f"{PHONES} phones at once, {IDEAS} ideas and {OPINIONS} opinions each, one in {LOSING} "
            f"losing every answer and sending again, nobody pausing ({sent} requests, all kept "
            "once, clients on the same processors): median, 95th percentile, whole",
            f"{median_ms} ms, {high_ms} ms, {elapsed_s} s",
            "–",
            "reported",
            None,
        )
    ]


def measure() -> None:
    """Fill a database, serve it, let the phones in, check what was kept; print the figures."""
    _set_up()
    from traitdunion.accounts.models import Organisation
    from traitdunion.cooperation.models import AvisIdee, Idee, Seance

    seance = Seance.objects.create(
        slug="phones", titre="Deux cents téléphones", tenue_le=date(2026, 6, 19), code=CODE,
        organisation=Organisation.objects.create(slug="o", nom="O"), etat="ouverte",
        places=PHONES, relecture="sans", ferme_le=datetime(2099, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    axe = seance.axes.create(ordre=1, titre="Axe", question="Comment ?")
    common = Idee.objects.create(
        axe=axe, texte="Une idée de tous", source="table", dite_le="2026-06-19T09:00:00Z"
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = subprocess.Popen([sys.executable, "-m", "benchmarks.phones", "serve", str(port)])
    try:
        _wait(port)
        began = time.perf_counter()
        all_ms = asyncio.run(
            asyncio.wait_for(_room(f"http://127.0.0.1:{port}", axe.pk, common.pk), WITHIN_S)
        )
        elapsed_s = time.perf_counter() - began
    finally:
        served.terminate()
        served.wait(timeout=30)
    expected = {f"Idée {k} du téléphone {n}" for n in range(PHONES) for k in range(IDEAS)}
    kept = list(Idee.objects.exclude(pk=common.pk).values_list("texte", flat=True))
    if sorted(kept) != sorted(expected):
        raise AssertionError(f"{len(expected)} ideas were said, {len(kept)} are kept")
    if AvisIdee.objects.filter(idee=common).count() != PHONES:
        raise AssertionError("an opinion was lost, or counted twice")
    median_ms, high_ms = np.percentile(all_ms, [50, 95])
    print(f"{median_ms:.0f} {high_ms:.0f} {elapsed_s:.0f} {len(all_ms)}")


async def _room(site: str, axe: int, common: int) -> list[float]:
    told = await asyncio.gather(*(_phone(n, site, axe, common) for n in range(PHONES)))
    return [ms for one in told for ms in one]


async def _phone(n: int, site: str, axe: int, common: int) -> list[float]:
    """One phone, from the code to its last opinion; how long each answer took."""
    took: list[float] = []
    async with httpx2.AsyncClient(
        base_url=site, timeout=WITHIN_S, trust_env=False, verify=False
    ) as client:

        async def ask(method: str, **sent: Any) -> httpx2.Response:
            began = time.perf_counter()
            answer = await client.request(method, f"/participer/{CODE}/", **sent)
            took.append(1000 * (time.perf_counter() - began))
            if answer.status_code not in (200, 302):
                raise AssertionError(f"phone {n}: {answer.status_code} {answer.text[:200]}")
            return answer

        def token(page: str) -> str:
            found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            if found is None:
                raise AssertionError(f"phone {n}: no form in the page")
            return found[1]

        csrf = token((await ask("GET")).text)
        college = COLLEGES[n % len(COLLEGES)]
        await ask("POST", data={"csrfmiddlewaretoken": csrf, "college": college})
        csrf = token((await ask("GET")).text)
        for k in range(IDEAS):
            sent = {
                "csrfmiddlewaretoken": csrf, "axe": str(axe), "cle": f"{n:016x}{k:016x}",
                "texte": f"Idée {k} du téléphone {n}",
            }  # fmt: skip
            if n % LOSING == 0:
                with contextlib.suppress(httpx2.TimeoutException):
                    await client.post(f"/participer/{CODE}/", data=sent, timeout=0.05)
            await ask("POST", data=sent, headers={"Accept": "application/json"})
        for k in range(OPINIONS):
            avis = ("accord", "desaccord", "passe")[(n + k) % 3]
            sent = {"csrfmiddlewaretoken": csrf, "idee": str(common), "avis": avis}
            await ask("POST", data=sent, headers={"Accept": "application/json"})
    return took


def _wait(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def serve(port: int) -> None:
    """The site as `traitdunion serve` has it, without the networks, which phones do not ask."""
    _set_up()
    import waitress

    from traitdunion.web.serving import SERVED, THREADS
    from traitdunion.web.wsgi import application

    waitress.serve(application, host="127.0.0.1", port=port, _quiet=True, threads=THREADS, **SERVED)


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    django.setup()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        measure()
