"""Runs in a process of their own, started from a page: it outlives the request and the server."""

import subprocess
import sys
import threading
from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission, check

from ..enums import EtatCalcul
from ..models import Run

COMMAND = (sys.executable, "-m", "traitdunion.web.command_line", "observatory", "run", "--json")
STARTING, STARTS_WITHIN_S = "observatory run starting", 30


class RunRefused(ValueError):
    """A refusal, in French."""


def launch(
    *, by: User, organisation: Organisation, now: datetime, resumed: Run | None = None
) -> None:
    """Start a run, or take one up again; refused while another computes, or is starting."""
    check(by, Permission.RUN_OBSERVATORY, organisation)
    going = [run for run in Run.objects.filter(etat=EtatCalcul.EN_COURS) if not run.is_silent(now)]
    if going:
        raise RunRefused(f"Le calcul {going[0].code} est en cours : attendez-le, ou arrêtez-le.")
    if resumed is not None and not resumed.can_resume(now):
        raise RunRefused(f"Le calcul {resumed.code} n'est pas arrêté : il ne se reprend pas.")
    # A process shows itself after some seconds: a second press must not start a second one.
    if not cache.add(STARTING, True, STARTS_WITHIN_S):
        raise RunRefused("Un calcul vient d'être lancé : il paraît ici dans un instant.")
    _start([*COMMAND, *(["--resume", resumed.code] if resumed else [])])


def _start(words: list[str]) -> None:
    """Start a process that no signal to the server ends; a thread waits for its end."""
    process = subprocess.Popen(  # noqa: S603 - the words are ours and a code read in the database
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True).start()


@transaction.atomic
def stop(*, by: User, organisation: Organisation, run: Run) -> None:
    """Ask a run to stop: it does at the end of its chunk, which is kept."""
    check(by, Permission.RUN_OBSERVATORY, organisation)
    going = Run.objects.filter(pk=run.pk, etat=EtatCalcul.EN_COURS)
    if not going.update(etat=EtatCalcul.ARRETE, message="Arrêté depuis la page des calculs."):
        raise RunRefused(f"Le calcul {run.code} n'est plus en cours.")
    cache.delete(STARTING)
