"""What the worker does by itself, each day or each week: reminders, erasures, timetables, links."""

import signal
from datetime import time, timedelta
from typing import Any

from django.conf import settings

from traitdunion.accounts.outbox.worker import Worker
from traitdunion.accounts.scheduled.operations import Work
from traitdunion.accounts.scheduled.runner import Runner
from traitdunion.networks.feeds.listed import networks_root
from traitdunion.networks.versions import version_in_use

from .processes import STOPS

MONDAY, SUNDAY = 0, 6

WORKS = (
    Work("horaires", "Prendre les nouveaux horaires et les mettre en service", ("sync",),
         time(4, 15), limit=timedelta(hours=3)),
    Work("parcours", "Relances, échéances et effacements du suivi", ("followup",), time(6, 30)),
    Work("cooperation", "Relances et effacements de la coopération, du logement et des employeurs",
         ("roadmap",), time(6, 45)),
    Work("fiches", "Rappeler aux éditeurs les fiches à vérifier", ("catalogue", "remind"),
         time(7), weekday=MONDAY),
    Work("liens", "Demander si les liens des fiches répondent", ("catalogue", "check-links"),
         time(2), weekday=SUNDAY, limit=timedelta(hours=2)),
    Work("pages", "Relire les pages que citent les fiches et les règles", ("catalogue", "watch"),
         time(2, 30), weekday=SUNDAY, limit=timedelta(hours=3)),
    Work("leviers", "Chercher ce que chacun peut changer sur le territoire",
         ("levers", "territory", "--keep"), time(5), weekday=SUNDAY, at_first=True),
)  # fmt: skip

# Those that ask other sites: what the demonstration names does not exist.
ASK_OTHERS = frozenset({"horaires", "liens", "pages"})
NEED_TIMETABLES = frozenset({"horaires", "leviers"})


def why_not(work: Work) -> str:
    """Return why a work has no object on this site, in French; "" where it has one."""
    current = version_in_use(networks_root())
    if work.name in ASK_OTHERS and current is not None and current.demonstration:
        return "Le site montre la démonstration : rien à demander ailleurs."
    if work.name in NEED_TIMETABLES and current is None:
        return "Aucun horaire en service : lancez d'abord traitdunion sync."
    return ""


def scheduled_runner() -> Runner:
    """Return what runs the work of this site; one may run beside each worker.

    It runs nothing where the host keeps a scheduler of its own.
    """
    return Runner(WORKS if settings.TRAITDUNION_SCHEDULED else (), is_wanted=why_not)


def work_until_stopped(outbox: Worker) -> None:
    """Send messages and run scheduled work until SIGTERM or SIGINT.

    The message being sent is finished first; a command that runs is stopped, and is due still.
    """
    runner = scheduled_runner()

    def stop(*_: Any) -> None:
        outbox.ask_to_stop()
        runner.ask_to_stop()

    for received in STOPS:
        signal.signal(received, stop)
    runner.start()
    outbox.run()
    runner.stop()
