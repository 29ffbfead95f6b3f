"""What a site needs in order to answer, checked one by one: for the page /sante/ and for `check`.

Each check returns a state and one French line. `BROKEN` means that pages cannot be answered now,
`WARNING` that they are answered and that a person has something to do.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max

from traitdunion import french
from traitdunion.accounts.outbox import queries as outbox
from traitdunion.accounts.outbox.models import OutgoingMessage, is_configured
from traitdunion.accounts.scheduled import queries as scheduled
from traitdunion.networks.feeds.listed import networks_root
from traitdunion.networks.versions import version_in_use

LITTLE_DISK_BYTES = 1_000_000_000
NO_DISK_BYTES = 50_000_000
CLOCK_SLACK = timedelta(minutes=5)


class State(StrEnum):
    """How one thing stands."""

    FINE = "ok"
    WARNING = "a_voir"
    BROKEN = "panne"


SEVERITY = {State.FINE: 0, State.WARNING: 1, State.BROKEN: 2}


@dataclass(frozen=True)
class Check:
    """One thing checked; `message` is one French line, for those who run the site."""

    name: str
    state: State
    message: str


def check_all(now: datetime) -> list[Check]:
    """Return every check; those that read the database are left out where it does not answer."""
    database = _database()
    checks = [database, _folder(settings.TRAITDUNION_DATA_DIR), _network(now)]
    if database.state is not State.BROKEN:
        checks += [check for read in READ_DATABASE for check in read(now)]
    return checks


def worst(checks: list[Check]) -> State:
    """Return the state of the whole: that of its worst check."""
    return max((check.state for check in checks), key=SEVERITY.__getitem__)


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = _migrations_to_run()
    except DatabaseError:
        return Check("base", State.BROKEN, "La base ne répond pas.")
    if waiting:
        return Check(
            "base",
            State.BROKEN,
            f"{french.counted(waiting, 'mise à jour', 'mises à jour')} de la base à faire. "
            "Lancez : traitdunion migrate.",
        )
    return Check("base", State.FINE, f"La base répond ({connection.vendor}), à jour.")


def _migrations_to_run() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def free_bytes(folder: Path) -> int | None:
    """Return the free bytes of the disk of a folder; None where there is no such folder."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _folder(folder: Path) -> Check:
    if not folder.is_dir():
        return Check("dossier", State.BROKEN, f"{folder} n'existe pas.")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Check("dossier", State.BROKEN, f"{folder} ne s'écrit pas : vérifiez ses droits.")
    free = free_bytes(folder) or 0
    words = f"{french.number(free / 1e9, 1)} Go libres sur le disque des données"
    if free < NO_DISK_BYTES:
        return Check("dossier", State.BROKEN, f"{words} : le disque est plein.")
    if free < LITTLE_DISK_BYTES:
        return Check("dossier", State.WARNING, f"{words} : libérez de la place.")
    return Check("dossier", State.FINE, f"{words}.")


def _network(now: datetime) -> Check:
    version = version_in_use(networks_root())
    if version is None:
        return Check(
            "horaires", State.BROKEN, "Aucun horaire en service. Lancez : traitdunion sync."
        )
    last = version.start + timedelta(version.days - 1)
    if last < now.date():
        return Check(
            "horaires",
            State.WARNING,
            f"Les horaires sont finis depuis le {french.day(last)}. Lancez : traitdunion sync.",
        )
    return Check("horaires", State.FINE, f"Horaires en service jusqu'au {french.day(last)}.")


def _messages(now: datetime) -> Iterator[Check]:
    counted = outbox.counts(now=now)
    if not is_configured():
        yield Check(
            "messages",
            State.WARNING,
            "Aucun serveur de courriel n'est réglé : les messages attendent "
            "(TRAITDUNION_SMTP_HOST).",
        )
    elif counted.late or counted.failed:
        yield Check("messages", State.WARNING, str(counted))
    else:
        yield Check("messages", State.FINE, str(counted))


def _clock(now: datetime) -> Iterator[Check]:
    """Yield whether the clock stands before what is already written: it then jumped back."""
    last = OutgoingMessage.objects.aggregate(last=Max("created_at"))["last"]
    if last is not None and last > now + CLOCK_SLACK:
        yield Check(
            "horloge",
            State.WARNING,
            f"La machine se croit le {french.day(now.date())}, un message est daté du "
            f"{french.day(last.date())} : réglez l'horloge.",
        )
    else:
        yield Check("horloge", State.FINE, "L'horloge suit ce qui est écrit.")


def _scheduled(now: datetime) -> Iterator[Check]:
    """Yield whether the worker does what is scheduled, and whether it succeeds."""
    if not settings.TRAITDUNION_SCHEDULED:
        yield Check("travaux", State.FINE, "Les travaux planifiés sont laissés à la machine.")
    elif late := scheduled.late(now):
        yield Check(
            "travaux",
            State.WARNING,
            f"En retard : {french.listed(late)}. Aucun envoi ne tourne : lancez traitdunion "
            "serve ou traitdunion worker.",
        )
    elif failing := scheduled.failing():
        yield Check(
            "travaux",
            State.WARNING,
            f"En échec : {french.listed(failing)}. Le motif : traitdunion scheduled.",
        )
    else:
        yield Check("travaux", State.FINE, "Aucun travail planifié en retard ni en échec.")


READ_DATABASE: tuple[Callable[[datetime], Iterator[Check]], ...] = (_messages, _clock, _scheduled)
