"""Kill the site, the worker and two commands at random, and count what became of their work.

    python -m benchmarks.kills [KILLS] [SEED]

runs on SQLite, and on the PostgreSQL of TRAITDUNION_DATABASE_URL where it is given (see
`scripts/with-postgresql`). Administrators invite people through the served site while a command
reminds the guests of sessions and another imports a file of solutions; `kill -9` falls on each in
turn at a random moment, and it is started again, the import with another file. In the end:

- each invitation that the site acknowledged is in the database, with its message;
- each guest was reminded once, and has one message;
- each file is in the catalogue whole, or not at all;
- each message reached the mail server once. Where the worker was killed while the server had the
  text, the message is left to an administrator, who reads that it may have arrived; such a message
  reached the server once or never.
"""

import contextlib
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import urlencode

from aiosmtpd.controller import Controller

KILLS, SEED = 50, 43
GUESTS = 60
CLIENTS = 3
SOLUTIONS = 200  # of each file imported: long enough to be killed half way
STARTED_WITHIN_S = 900  # a machine that does much else starts a site slowly
COMMAND = [sys.executable, "-m", "traitdunion.web.command_line"]
TOKEN = "a" * 32
PAGE = "/organisations/ici/membres/"


class MailServer:
    """Keep what is accepted, by recipient then by Message-ID, each after `delay_s`."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self.accepted: dict[str, Counter[str]] = defaultdict(Counter)
        self.begun = 0

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        import asyncio

        self.begun += 1
        await asyncio.sleep(self.delay_s)
        message = message_from_bytes(envelope.content, policy=default)
        for address in envelope.rcpt_tos:
            self.accepted[address][str(message["Message-ID"])] += 1
        return "250 kept"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def mail_server(delay_s: float = 0.0) -> Iterator[tuple[MailServer, int]]:
    """A mail server on this machine, with its port."""
    received, port = MailServer(delay_s), free_port()
    server = Controller(received, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield received, port
    finally:
        server.stop()


def environment(folder: Path, url: str, smtp_port: int) -> dict[str, str]:
    """Return the settings of the site: its database, its mail server."""
    known = {name: value for name, value in os.environ.items() if "TRAITDUNION" not in name}
    return known | {
        "TRAITDUNION_DATA_DIR": str(folder),
        "TRAITDUNION_DATABASE_URL": url,
        "TRAITDUNION_SMTP_HOST": "127.0.0.1",
        "TRAITDUNION_SMTP_PORT": str(smtp_port),
        "TRAITDUNION_SMTP_TLS": "0",
        "TRAITDUNION_MFA_REQUIRED": "0",
        "DJANGO_SETTINGS_MODULE": "traitdunion.web.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


def ask(environ: dict[str, str], deed: str) -> dict:
    """Run a function of this module in a process of its own, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kills", deed],
        env=environ, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


# -- in processes of their own ---------------------------------------------------------------------


def set_up() -> dict:
    """Make an administrator who is signed in, and guests to remind today."""
    from django.utils import timezone

    from traitdunion.accounts.enums import Role
    from traitdunion.accounts.models import Membership, Organisation, User
    from traitdunion.cooperation.models import Invite, Seance

    now = timezone.now()
    ici = Organisation.objects.create(slug="ici", nom="Ici", courriel="accueil@ici.example")
    person = User.objects.create(email="admin@ici.example", nom="Ana")
    Membership.objects.create(user=person, organisation=ici, role=Role.ADMINISTRATEUR)
    seance = Seance.objects.create(
        slug="seance", titre="Coopérer", organisation=ici, code="ABC234",
        tenue_le=(now + timedelta(days=40)).date(),
    )  # fmt: skip
    Invite.objects.bulk_create(
        Invite(
            seance=seance, nom=f"N{n}", organisation="O", college="etat",
            courriel=f"guest-{n}@x.example", invite_le=now - timedelta(days=8),
        )
        for n in range(GUESTS)
    )  # fmt: skip
    return sign_in()


def sign_in() -> dict:
    """Sign the administrator in, who typed no password."""
    from django.test import Client

    from traitdunion.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email="admin@ici.example"))
    return {"cookie": "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())}


def look() -> dict:
    """Send what is left, as if each claim had ended, and return what the database keeps."""
    from django.db.models import Count
    from django.utils import timezone

    from traitdunion.accounts.models import Invitation, OutgoingMessage
    from traitdunion.accounts.outbox import worker
    from traitdunion.accounts.outbox.models import IN_DOUBT
    from traitdunion.catalogue.models import Structure
    from traitdunion.cooperation.models import Invite

    later = timedelta(hours=5)  # after every claim and every wait between attempts
    worker.drain(clock=lambda: timezone.now() + later)
    rows = OutgoingMessage.objects.all()
    return {
        "imported": list(Structure.objects.annotate(n=Count("solutions")).values_list("pk", "n")),
        "invited": list(Invitation.objects.filter(revoked_at=None).values_list("email", flat=True)),
        "reminders": list(Invite.objects.values_list("courriel", "relances")),
        "messages": [[one.to, one.state, one.error.startswith(IN_DOUBT)] for one in rows],
    }


# -- the load --------------------------------------------------------------------------------------


@dataclass
class Load:
    """Clients that invite people until stopped; `acknowledged` are the addresses kept."""

    port: int
    cookie: str
    acknowledged: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, number: int) -> None:
        for n in range(1_000_000):
            if self.stopping.is_set():
                return
            address = f"person-{number}-{n}@x.example"
            try:
                status = self.invite(address)
            except (OSError, http.client.HTTPException) as down:
                self.unknown[type(down).__name__] += 1
                self.stopping.wait(0.2)
                continue
            if status != 302:
                raise AssertionError(f"the site answered {status}")
            self.acknowledged.append(address)
            self.stopping.wait(0.05)

    def invite(self, address: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = urlencode({"email": address, "role": "conseiller", "csrfmiddlewaretoken": TOKEN})
        headers = {
            "Cookie": f"{self.cookie}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request("POST", PAGE, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


@dataclass
class Actor:
    """A process that is killed and started again."""

    words: list[str]
    environ: dict[str, str]
    log: Path
    process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, *self.words], env=self.environ, stdout=log, stderr=log
            )

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@dataclass
class Loader(Actor):
    """The import of a file of solutions, of another file each time it is started."""

    n_files: int = 0

    def start(self) -> None:
        self.n_files += 1
        structure = f"{self.log.stem}-{self.n_files}"
        path = self.log.with_name(f"{structure}.yaml")
        path.write_text(catalogue(structure), encoding="utf-8")
        self.words = ["catalogue", "load", str(path)]
        super().start()


def catalogue(structure: str) -> str:
    """Return a file of one structure and its solutions."""
    lines = ["structures:", f"  {structure}: {{nom: Structure fictive}}", "solutions:"]
    for n in range(SOLUTIONS):
        lines += [
            f"  {structure}-{n}:", f"    structure: {structure}", f"    nom: Solution {n}",
            "    description: Une solution.", "    type_solution: location_velo",
        ]  # fmt: skip
    return "\n".join([*lines, ""])


def wait_for(port: int) -> None:
    for _ in range(STARTED_WITHIN_S * 20):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("the site did not start")


def run(folder: Path, *, url: str = "", kills: int = KILLS, seed: int = SEED) -> dict[str, int]:
    """Kill `kills` times under load, check all that is kept, and return what was counted."""
    rng = random.Random(seed)
    with mail_server(0.01) as (received, smtp_port):
        environ = environment(folder, url, smtp_port)
        subprocess.run([*COMMAND, "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)
        cookie, port = ask(environ, "set_up")["cookie"], free_port()
        actors = {
            "web": Actor(["serve", "--port", str(port)], environ, folder / "web.log"),
            "worker": Actor(["worker"], environ, folder / "worker.log"),
            "command": Actor(["roadmap"], environ, folder / "command.log"),
            "import": Loader([], environ, folder / "import.log"),
        }
        load = Load(port, cookie)
        clients = [threading.Thread(target=load.run, args=(n,)) for n in range(CLIENTS)]
        try:
            for one in actors.values():
                one.start()
            wait_for(port)
            for one in clients:
                one.start()
            _kill(actors, port, load, rng, kills)
        finally:
            load.stopping.set()
            for one in clients:
                if one.is_alive():
                    one.join()
            for one in actors.values():
                one.kill()
        subprocess.run([*COMMAND, "roadmap"], env=environ, check=True, stdout=subprocess.DEVNULL)
        last = Loader([], environ, folder / "last-import.log")
        last.start()
        assert last.process is not None
        assert last.process.wait() == 0, "the last file is refused"
        kept = ask(environ, "look")
        return check(load, kept, received)


def _kill(actors: dict[str, Actor], port: int, load: Load, rng: random.Random, kills: int) -> None:
    order = [
        name for _ in range(kills // len(actors) + 1) for name in rng.sample([*actors], len(actors))
    ]
    for name in order[:kills]:
        n_before = len(load.acknowledged)
        time.sleep(rng.uniform(0.2, 1.2))
        actors[name].kill()
        actors[name].start()
        if name == "web":
            wait_for(port)
            _until_it_serves(load, n_before)


def _until_it_serves(load: Load, n_before: int) -> None:
    """Wait for the load to come back, so that the next kill falls on something."""
    for _ in range(STARTED_WITHIN_S * 20):
        if len(load.acknowledged) > n_before:
            return
        time.sleep(0.05)
    raise AssertionError("the site answers no more")


def check(load: Load, kept: dict, received: MailServer) -> dict[str, int]:
    """Raise AssertionError where anything acknowledged was lost, or any message lost or doubled."""
    invited, messages = Counter(kept["invited"]), kept["messages"]
    lost = [one for one in load.acknowledged if invited[one] != 1]
    assert not lost, f"acknowledged and lost: {lost}"
    halves = [(lot, n) for lot, n in kept["imported"] if n != SOLUTIONS]
    assert not halves, f"files imported by halves: {halves}"
    assert not [to for to, n in kept["reminders"] if n != 1], "guests reminded other than once"
    left = [one for one in messages if one[1] != "parti" and not one[2]]
    assert not left, f"messages that neither left nor wait for a person: {left}"
    expected = {*invited, *(to for to, _ in kept["reminders"])}
    assert sorted(to for to, _, _ in messages) == sorted(expected), "messages other than the deeds"
    in_doubt = {to for to, _, doubtful in messages if doubtful}
    for to in expected:
        n_accepted = received.accepted[to].total()
        assert n_accepted == 1 or (n_accepted == 0 and to in in_doubt), f"{to}: {n_accepted} times"
    assert {to for to, n in received.accepted.items() if n} <= expected, "messages of no deed"
    return {
        "acknowledged": len(load.acknowledged),
        "messages": len(messages),
        "files imported whole": len(kept["imported"]),
        "left to an administrator, who reads that they may have arrived": len(in_doubt),
    }


def main(words: list[str]) -> None:
    deeds = {"set_up": set_up, "sign_in": sign_in, "look": look}
    if words and words[0] in deeds:
        import django

        django.setup()
        print(json.dumps(deeds[words[0]]()))
        return
    kills, seed = (*map(int, words), *(KILLS, SEED)[len(words) :])
    url = os.environ.get("TRAITDUNION_DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(Path(folder), url=url, kills=kills, seed=seed)))


if __name__ == "__main__":
    main(sys.argv[1:])
