"""Run scheduled work: a thread beside the worker claims what is due and runs its command.

Each work is a process of its own, so that what it loads leaves the memory with it and that a
work that never ends can be stopped.
"""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from django.db import close_old_connections, connections
from django.db.utils import Error as DatabaseFailure
from django.utils import timezone

from ..outbox.background import BackgroundLoop
from . import operations
from .models import Outcome
from .operations import Work

logger = logging.getLogger(__name__)

POLL_S = 20.0
WATCHED_EVERY_S = 0.5
ENDED_WITHIN_S = 10
# End of what a command writes: enough for its last sentences.
MESSAGE_SIGNS = 500


class Interrupted(Exception):
    """The runner was asked to stop before the command ended."""


class Runner(BackgroundLoop):
    """Run the works that are due until asked to stop, which ends the command that runs."""

    thread_name = "scheduled"
    stopped_within_s = 20.0

    def __init__(
        self,
        works: Sequence[Work],
        *,
        is_wanted: Callable[[Work], str],
        clock: Callable[[], datetime] = timezone.now,
        program: Sequence[str] = (sys.executable, "-m", "traitdunion.web.command_line"),
        poll_s: float = POLL_S,
    ) -> None:
        """Take the works; `is_wanted` returns why a work has no object on this site, else ""."""
        super().__init__()
        self._works, self._is_wanted, self._clock = works, is_wanted, clock
        self._program, self._poll_s = list(program), poll_s

    def run(self) -> None:
        """Run what is due, wait, look again; a database that does not answer is asked later."""
        while not self._stopping.is_set():
            try:
                operations.enter(self._works, self._clock())
                while not self._stopping.is_set() and self.run_one():
                    pass
            except DatabaseFailure as down:
                logger.warning("Les travaux planifiés attendent : %s", down)
                close_old_connections()  # a database that restarted needs a new one
            except Exception:
                logger.exception("Les travaux planifiés attendent")
            self._stopping.wait(self._poll_s)

    def run_one(self) -> bool:
        """Run one work that is due; return False where there is none."""
        claimed = operations.claim_due(self._works, self._clock())
        if claimed is None:
            return False
        work, claim = claimed
        if reason := self._is_wanted(work):
            outcome, message = Outcome.NOT_WANTED, reason
        else:
            connections.close_all()  # none stays open while the command runs
            try:
                outcome, message = self._run_command(work)
            except Interrupted:
                operations.give_back(work, claim)
                return False
        if outcome == Outcome.FAILED:
            logger.error("Travail planifié en échec (%s) : %s", work.name, message)
        operations.end(work, claim, outcome=outcome, message=message, now=self._clock())
        return True

    def _run_command(self, work: Work) -> tuple[Outcome, str]:
        """Run the command of a work within its limit. Raises Interrupted."""
        last = time.monotonic() + work.limit.total_seconds()
        with subprocess.Popen(  # noqa: S603 - the words of our own list, and no shell
            [*self._program, *work.command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace",
        ) as running:  # fmt: skip
            while True:
                with suppress(subprocess.TimeoutExpired):
                    written, refused = running.communicate(timeout=WATCHED_EVERY_S)
                    break
                if self._stopping.is_set():
                    _end(running)
                    raise Interrupted
                if time.monotonic() > last:
                    _end(running)
                    minutes = work.limit.total_seconds() / 60
                    return Outcome.FAILED, f"Arrêté au bout de {minutes:.0f} minutes."
        if running.returncode:
            return Outcome.FAILED, _last_words(refused) or f"Code {running.returncode}."
        return Outcome.DONE, _last_words(written)


def _end(running: "subprocess.Popen[str]") -> None:
    """Ask a process to end, then kill it."""
    running.terminate()
    try:
        running.communicate(timeout=ENDED_WITHIN_S)
    except subprocess.TimeoutExpired:
        running.kill()
        running.communicate()


def _last_words(text: str) -> str:
    """Return the last lines of a text, as many as fit, on one line."""
    kept: list[str] = []
    for line in reversed([" ".join(line.split()) for line in text.splitlines()]):
        if kept and len(" ".join([line, *kept])) > MESSAGE_SIGNS:
            break
        if line:
            kept.insert(0, line[:MESSAGE_SIGNS])
    return " ".join(kept)
