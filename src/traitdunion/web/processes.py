"""Processes forked from one that has loaded all that answers read, watched and started again.

The parent holds no thread and no connection, so that a fork copies neither a lock nor a socket of
the database; it answers nothing itself. A child that dies is started again, and children end when
the parent does, however it ends.
"""

import logging
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

STOPPED_WITHIN_S = 40
"""Time given to children: the message being sent, or the requests being answered, end first."""

SHORT_LIFE_S = 5
PAUSES_S = (0, 1, 2, 5, 10, 30)
"""Seconds before a child is started again, after so many short lives in a row."""

MOST = 64
POOL = re.compile(r"polars-\d+")

STOPS = (signal.SIGTERM, signal.SIGINT)


def can_fork() -> bool:
    """Return whether this process may be forked: on Linux, before polars started its threads.

    A child would wait for them without end; the frameworks of macOS break in other ways.
    """
    return sys.platform == "linux" and not any(map(POOL.fullmatch, _threads()))


def _threads() -> Iterator[str]:
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # it ended meanwhile
            yield (task / "comm").read_text().strip()


def cores() -> int:
    """Return how many cores this process may use."""
    return min(len(os.sched_getaffinity(0)), MOST) if sys.platform == "linux" else 1


@dataclass
class _Child:
    """A process of one role; `n_short` counts its short lives in a row."""

    name: str
    pid: int
    started_at: float
    n_short: int = 0


class Supervisor:
    """Run each role in a process of its own until SIGTERM or SIGINT, then wait for all to end."""

    def __init__(self, roles: Mapping[str, Callable[[], None]]) -> None:
        """Take the roles by name: functions that return when their process gets SIGTERM."""
        self.roles = roles
        self._children: dict[int, _Child] = {}
        self._mask: set[signal.Signals | int] = set()
        self._alive, self._held = os.pipe()

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Start the processes, call `ready`, and watch them until asked to stop."""
        # Blocked, signals wait to be read one after the other: no handler runs amid a fork.
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, {*STOPS, signal.SIGCHLD})
        try:
            for name in self.roles:
                self._start(name)
            ready()
            while signal.sigwait({*STOPS, signal.SIGCHLD}) == signal.SIGCHLD:
                self._start_again()
        finally:
            self._stop()
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def _start(self, name: str, n_short: int = 0) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._become(name)
        self._children[pid] = _Child(name, pid, time.monotonic(), n_short)

    def _become(self, name: str) -> None:
        """Run a role in the child just forked, and end its process."""
        code = 1
        try:
            os.close(self._held)
            threading.Thread(target=_end_with_parent, args=(self._alive,), daemon=True).start()
            for stop in STOPS:
                signal.signal(stop, lambda *_: sys.exit(0))
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            self.roles[name]()
            code = 0
        except SystemExit as asked:
            code = asked.code if isinstance(asked.code, int) else 0
        except BaseException:
            logger.exception("Le processus « %s » s'arrête", name)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            # Nothing of the parent's is to be undone here: files, tests, exit functions.
            os._exit(code)

    def _start_again(self) -> None:
        """Start again each child that died; the pause grows where one keeps dying at once."""
        for child, status in self._ended():
            lived_s = time.monotonic() - child.started_at
            n_short = child.n_short + 1 if lived_s < SHORT_LIFE_S else 0
            pause_s = PAUSES_S[min(n_short, len(PAUSES_S) - 1)]
            logger.error(
                "Le processus « %s » (%s) est mort (%s) : relancé dans %s s",
                child.name, child.pid, _cause(status), pause_s,
            )  # fmt: skip
            time.sleep(pause_s)
            # A stop asked for meanwhile is pending: nothing is started that it would end.
            if not signal.sigpending() & set(STOPS):
                self._start(child.name, n_short)

    def _ended(self) -> list[tuple[_Child, int]]:
        """Return the children that ended, with their status; one signal may stand for several."""
        ended = []
        for pid in list(self._children):
            ended_pid, status = os.waitpid(pid, os.WNOHANG)
            if ended_pid:
                ended.append((self._children.pop(pid), status))
        return ended

    def _stop(self) -> None:
        """Ask all children to end, wait for them, and kill those that do not."""
        for pid in self._children:
            os.kill(pid, signal.SIGTERM)
        last = time.monotonic() + STOPPED_WITHIN_S
        while self._children and time.monotonic() < last:
            if not self._ended():
                time.sleep(0.02)
        for child in self._children.values():
            logger.error("Le processus « %s » ne s'arrête pas : tué", child.name)
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
        self._children.clear()
        os.close(self._alive)
        os.close(self._held)


def _end_with_parent(alive: int) -> None:
    """End this process once the parent holds its end of the pipe no more."""
    os.read(alive, 1)
    # A parent that was killed must leave its port free for the next one.
    os._exit(1)


def _cause(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"code {code}"
