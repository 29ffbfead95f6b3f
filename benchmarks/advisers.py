"""Two hundred advisers at once on the served demonstration, on SQLite and on PostgreSQL.

Each is signed in, asks a question, opens a file with its answer, writes the need anew, notes the
person's agreement, follows the file that all of them follow, orients to a structure, and reads what
was kept: fourteen requests over HTTP on the loopback. All that the server acknowledged is then
looked for in the database, once and no more. The clients run on the same processors as the server.
"""

import asyncio
import contextlib
import os
import random
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import numpy as np

from .measure import Row

ADVISERS = 200
WITHIN_S = 1800
PAUSES_S = (5.0, 35.0)  # what reading an answer or typing a need takes
SLUG = "agence-demo"
HOURS = (("05:00", "13:00"), ("08:00", "16:00"), ("09:00", "17:30"), ("13:00", "21:00"))
TOWNS = ("43157", "43268", "43137", "43040", "43112")  # Le Puy, Yssingeaux, Monistrol…
LOANED_DATABASE = Path(__file__).resolve().parents[1] / "scripts" / "with-postgresql"
KINDS = ("answer", "read", "write")


def rows() -> list[Row]:
    return [row(base, pausing) for pausing in (True, False) for base in ("SQLite", "PostgreSQL")]


def row(base: str, pausing: bool) -> Row:
    """One load on one database: its figures, once what was kept is known to be right."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.advisers", "yes" if pausing else "no"]
        if base == "PostgreSQL":
            command = [str(LOANED_DATABASE), "--durable", *command]
        environment = {**os.environ, "TRAITDUNION_DATA_DIR": folder}
        environment.pop("TRAITDUNION_DATABASE_URL", None)
        told = subprocess.run(
            command, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
    *figures, n_requests, n_writes, elapsed_s, cpu_s = told.stdout.split()[-10:]
    shown = "; ".join(
        f"{kind} {median} ms, {high} ms"
        for kind, median, high in zip(KINDS, figures[::2], figures[1::2], strict=True)
    )
    pauses = "pausing {:.0f} to {:.0f} s".format(*PAUSES_S) if pausing else "nobody pausing"
    return Row(
        f"{ADVISERS} advisers at once on {base}, from a question to an orientation, {pauses} "
        f"({n_requests} requests, no error; {n_writes} writes acknowledged, each kept once): "
        "median, 95th percentile; whole; processor time of the server",
        f"{shown}; {elapsed_s} s; {cpu_s} s",
        "–",
        "nothing lost, nothing twice",
        True,
    )


# -- one adviser -----------------------------------------------------------------------------------


@dataclass
class Acknowledged:
    """What the server said it kept, for one adviser."""

    adviser: int
    parcours: str = ""
    orientation: str = ""
    n_consulted: int = 0
    took_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def name(self) -> str:
        return f"Personne {self.adviser}"

    @property
    def message(self) -> str:
        return f"Message {self.adviser}"

    @property
    def born(self) -> int:
        return 1950 + self.adviser % 50


class Adviser:
    """A browser of somebody signed in; any answer but the one expected stops the measurement."""

    def __init__(
        self, client: httpx2.AsyncClient, told: Acknowledged, rng: random.Random, pausing: bool
    ) -> None:
        self.client, self.told, self.rng, self.pausing = client, told, rng, pausing
        self.csrf = ""

    async def ask(self, kind: str, method: str, url: str, **sent: Any) -> httpx2.Response:
        if self.pausing:
            await asyncio.sleep(self.rng.uniform(*PAUSES_S))
        if method == "POST":
            sent["data"] = {**sent.get("data", {}), "csrfmiddlewaretoken": self.csrf}
        began = time.perf_counter()
        answer = await self.client.request(method, url, **sent)
        self.told.took_ms[kind].append(1000 * (time.perf_counter() - began))
        expected = 302 if method == "POST" else 200
        if answer.status_code != expected:
            raise AssertionError(f"{method} {url}: {answer.status_code} {answer.text[-600:]}")
        if found := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text):
            self.csrf = found[1]
        return answer

    async def read(self, url: str) -> str:
        """A page of a file, which leaves its trace in the journal."""
        self.told.n_consulted += 1
        return (await self.ask("read", "GET", url)).text

    async def work(self, question: str, shared: str) -> None:
        """From a question to an orientation."""
        told = self.told
        keep = f"/organisations/{SLUG}/parcours/garder/?{question}"
        # Their files first: a page with a form, which gives the token of those that follow.
        await self.ask("read", "GET", f"/organisations/{SLUG}/parcours/")
        await self.ask("answer", "GET", f"/?{question}")
        new = f"/organisations/{SLUG}/parcours/nouveau/"
        kept = await self.ask("answer", "POST", keep)
        if kept.headers["location"] != new:
            raise AssertionError(f"the question is refused: {question}")
        await self.ask("read", "GET", new)
        person = {"initiales": "AB", "annee_naissance": str(told.born), "objectifs": ["4"]}
        opened = await self.ask("write", "POST", new, data=person)
        told.parcours = opened.headers["location"].split("/")[2]
        file = f"/parcours/{told.parcours}/"
        await self.read(file)
        need = {"situations": ["7"], "objectifs": ["4", "7"], "prioritaire": "on"}
        await self.ask("write", "POST", f"{file}besoin/", data=need)
        agreed = {"nom": told.name, "telephone": "04 65 71 00 00", "accord": "on"}
        await self.ask("write", "POST", f"{file}accord/", data=agreed)
        await self.ask("write", "POST", f"/parcours/{shared}/faire/", data={"faire": "suivre"})
        page = (await self.ask("read", "GET", f"{file}orienter/?q=pret")).text
        solution = re.search(r'name="solution" value="([\w-]+)"', page)
        if solution is None:
            raise AssertionError("no solution to orient to")
        word = {"solution": solution[1], "message": told.message}
        sent = await self.ask("write", "POST", f"{file}orienter/?q=pret", data=word)
        told.orientation = sent.headers["location"].split("/")[2]
        await self.read(f"/orientations/{told.orientation}/")
        await self.read(file)
        await self.ask("read", "GET", f"/organisations/{SLUG}/parcours/")


async def everybody(
    site: str,
    cookies: Iterable[dict[str, str]],
    questions: Iterable[str],
    shared: str,
    pausing: bool,
) -> list[Acknowledged]:
    async def one(n: int, cookie: dict[str, str], question: str) -> Acknowledged:
        told, rng = Acknowledged(n), random.Random(n)
        async with httpx2.AsyncClient(
            base_url=site, cookies=cookie, timeout=WITHIN_S, trust_env=False, verify=False
        ) as client:
            await Adviser(client, told, rng, pausing).work(question, shared)
        return told

    pairs = zip(cookies, questions, strict=True)
    return await asyncio.gather(*(one(n, *pair) for n, pair in enumerate(pairs)))


# -- the site and what it kept ---------------------------------------------------------------------


def measure(pausing: bool) -> None:
    """Load the demonstration, serve it, let the advisers in, look for what they were told is kept;
    print the figures."""
    command = [sys.executable, "-m", "traitdunion.web.command_line"]
    subprocess.run([*command, "demo", "--no-serve"], check=True, stdout=subprocess.DEVNULL)
    _set_up()
    cookies, shared = signed_in(), shared_file()
    before = there_before()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Messages without a mail server are written where the site runs.
    served = subprocess.Popen([*command, "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    before_s = _children_s()
    try:
        _wait(port)
        began = time.perf_counter()
        load = everybody(f"http://127.0.0.1:{port}", cookies, questions(), shared, pausing)
        told = asyncio.run(asyncio.wait_for(load, WITHIN_S))
        elapsed_s = time.perf_counter() - began
    finally:
        served.terminate()
        served.wait(timeout=60)
    n_writes = look_for(told, shared, before)
    figures = []
    for kind in KINDS:
        figures += np.percentile(
            [ms for one in told for ms in one.took_ms[kind]], [50, 95]
        ).tolist()
    n_requests = sum(len(took) for one in told for took in one.took_ms.values())
    shown = [*(f"{ms:.0f}" for ms in figures), n_requests, n_writes]
    print(*shown, f"{elapsed_s:.0f}", f"{_children_s() - before_s:.0f}")


def _children_s() -> float:
    """Processor seconds of the processes that were started and ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def signed_in() -> list[dict[str, str]]:
    """The cookie of the session of each adviser, who typed no password: two hundred of them would
    measure the hash, which is slow on purpose."""
    from django.conf import settings
    from django.test import Client

    from traitdunion.accounts.enums import Role
    from traitdunion.accounts.models import Membership, User

    cookies = []
    for n in range(ADVISERS):
        user = User.objects.create(
            email=f"conseil-{n}@demo.example", nom=f"Conseil {n}", demonstration=True
        )
        Membership.objects.create(user=user, organisation_id=SLUG, role=Role.CONSEILLER)
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookies.append({name: client.cookies[name].value})
    return cookies


def shared_file() -> str:
    """The key of a file that every adviser is going to follow."""
    from traitdunion.accounts.models import Organisation, User
    from traitdunion.desk.followup.operations import Person, open_parcours

    return str(
        open_parcours(
            by=User.objects.get(email="conseillere@demo.example"),
            organisation=Organisation.objects.get(pk=SLUG),
            person=Person("ZZ", 1940, situations=[], objectifs=["4"], prioritaire=False),
            now=datetime.now(UTC),
        ).pk
    )


def questions() -> list[str]:
    """A question for each adviser, drawn over the département."""
    from traitdunion.territory.models import Commune

    rng = random.Random(43)
    communes = Commune.objects.filter(departement_id="43").order_by("code_insee")
    # By their names: a code may also be the postal code of another commune.
    names = {code: f"{nom} (43)" for code, nom in communes.values_list("code_insee", "nom")}
    towns = [names[code] for code in TOWNS]
    week, asked = datetime.now(UTC).date() + timedelta(7), []
    for _ in range(ADVISERS):
        (start, end), home = rng.choice(HOURS), rng.choice([*names.values()])
        pairs = {
            "domicile": home, "travail": rng.choice([town for town in towns if town != home]),
            "jours": ["lun", "mar", "mer", "jeu", "ven"], "debut": start, "fin": end,
            "permis": "aucun", "velo": "inconnu", "semaine": week.isoformat(),
        }  # fmt: skip
        asked.append(urlencode(pairs, doseq=True))
    return asked


@dataclass(frozen=True)
class Before:
    """What the demonstration holds without the advisers."""

    files: frozenset[Any]
    n_consulted: int


def there_before() -> Before:
    from traitdunion.accounts.enums import Action
    from traitdunion.accounts.models import Access
    from traitdunion.desk.models import Parcours

    return Before(
        frozenset(Parcours.objects.values_list("pk", flat=True)),
        Access.objects.filter(action=Action.CONSULTER).count(),
    )


def look_for(told: list[Acknowledged], shared: str, before: Before) -> int:
    """How many writes were acknowledged; AssertionError where one is not kept, or kept twice."""
    from traitdunion.accounts.enums import Action
    from traitdunion.accounts.models import Access
    from traitdunion.desk.models import Follower, KeptAnswer, Orientation, Parcours, SentMail

    def same(what: str, kept: Iterable[Any], acknowledged: Iterable[Any]) -> None:
        kept, acknowledged = Counter(kept), Counter(acknowledged)
        if kept != acknowledged:
            raise AssertionError(
                f"{what}: lost {[*(acknowledged - kept)][:3]}, "
                f"not acknowledged or kept twice {[*(kept - acknowledged)][:3]}"
            )

    files = Parcours.objects.exclude(pk__in=before.files)
    kept = files.values_list("pk", "nom", "annee_naissance", "prioritaire", "objectifs")
    same(
        "files",
        [(str(pk), *rest, *aims) for pk, *rest, aims in kept],
        [(one.parcours, one.name, one.born, True, "4", "7") for one in told],
    )
    keys = [one.parcours for one in told]
    answers = KeptAnswer.objects.exclude(parcours__in=before.files)
    same("answers", map(str, answers.values_list("parcours", flat=True)), keys)
    followers = Follower.objects.filter(parcours=shared, until=None)
    same("followers", followers.values_list("user__email", flat=True),
         [f"conseil-{one.adviser}@demo.example" for one in told]
         + ["conseillere@demo.example"])  # fmt: skip
    orientations = Orientation.objects.exclude(parcours__in=before.files)
    sent = orientations.values_list("pk", "parcours", "message", "statut")
    same(
        "orientations",
        [(str(pk), str(file), *rest) for pk, file, *rest in sent],
        [(one.orientation, one.parcours, one.message, "ouverte") for one in told],
    )
    mails = SentMail.objects.filter(error="", orientation__in=orientations)
    same(
        "messages",
        map(str, mails.values_list("orientation", flat=True)),
        [one.orientation for one in told],
    )
    read = Access.objects.filter(action=Action.CONSULTER).count() - before.n_consulted
    same("journal", [read], [sum(one.n_consulted for one in told)])
    # File, answer, need, agreement, follower, orientation, message; and the line of each reading.
    return 7 * len(told) + read


def _wait(port: int) -> None:
    for _ in range(1200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]


if __name__ == "__main__":
    measure(sys.argv[1] == "yes")
