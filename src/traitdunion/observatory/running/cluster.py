"""The parts of a run on a Dask cluster (`dask.distributed`, extra `cluster`).

Each worker holds the question once and computes one part at a time: its memory is that of a part.
What comes back is written here as it comes; a part whose worker died is computed by another.
"""

import pickle
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from .parts import Computer, Computing, Made, Part
from .program import code_digest
from .question import Question

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_S = 10
WORKERS_S = 30
"""How long to wait for a first worker; once lost, for another."""

SIGN_S = 5
PARTS_A_WORKER = 2
"""One that it computes, one that waits for it: no more is held at once."""

Packed = tuple[bytes, list[bytes | bytearray]]


class ClusterUnusable(ValueError):
    """The extra is missing, or no worker answers at the address; in French."""


class ClusterLost(Exception):
    """The cluster stopped in the middle of a run, whose chunks are kept; in French."""


class OtherProgram(Exception):
    """A worker does not run the program of who asks."""


@contextmanager
def cluster(address: str) -> Iterator[Computing]:
    """Connect to a scheduler (`tcp://host:8786`), and return what computes parts there.

    Raises ClusterUnusable; what it returns raises ClusterLost.
    """
    try:
        from distributed import Client
    except ImportError as missing:
        raise ClusterUnusable(
            "Il manque l'option « cluster » : pip install 'traitdunion[cluster]'."
        ) from missing
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as silent:
        raise ClusterUnusable(f"Aucun ordonnanceur Dask ne répond à {address}.") from silent
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_S)
        except TimeoutError as none:
            raise ClusterUnusable(
                f"L'ordonnanceur {address} n'a aucun « dask worker » depuis {WORKERS_S} s."
            ) from none
        yield lambda question, wanted: _computed(client, question, wanted)


def _computed(
    client: "Client", question: Question, wanted: Iterable[Part]
) -> Iterator[Made | None]:
    """Send parts, a few for each worker at once; yield those made, in the order they come."""
    from distributed import KilledWorker

    try:
        yield from _sent(client, question, wanted)
    except OtherProgram as other:
        raise ClusterLost(
            "Un « dask worker » n'a pas la même version du programme : installez la même partout."
        ) from other
    except KilledWorker as killed:
        raise ClusterLost(
            "Un morceau a fait tomber plusieurs « dask worker » : leur mémoire manque sans doute."
        ) from killed
    except (CancelledError, OSError) as lost:
        raise ClusterLost("La grappe de calcul est perdue, ou ne répond plus.") from lost


def _sent(client: "Client", question: Question, wanted: Iterable[Part]) -> Iterator[Made | None]:
    waiting = iter(wanted)
    (held,) = client.scatter([packed(question)], broadcast=True, hash=False)
    going: set[Future] = set()
    seen = monotonic()
    while True:
        # Nothing at all is known of workers while the scheduler is not there.
        workers = len(client.scheduler_info(n_workers=-1).get("workers", ()))
        seen = monotonic() if workers else seen
        if monotonic() - seen > WORKERS_S:
            raise CancelledError
        room = max(workers, 1) * PARTS_A_WORKER - len(going)
        for part in islice(waiting, max(room, 0)):
            going.add(client.submit(computed_there, held, code_digest(), part, pure=False))
        if not going:
            return
        done = _some_done(client, going)
        going -= done
        if not done:
            yield None
        for future in done:
            yield future.result()


def _some_done(client: "Client", going: "set[Future]") -> "set[Future]":
    """Return the futures that ended, none after a while."""
    from distributed import wait

    try:
        with client.as_current():
            return set(wait(going, timeout=SIGN_S, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return set()


def packed(question: Question) -> Packed:
    """Return a question as bytes; what may not be written to stays so, as kernels are compiled."""
    buffers: list[pickle.PickleBuffer] = []
    # Without what it has worked out of itself, which a worker works out again.
    head = pickle.dumps(replace(question), 5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    return head, [bytes(view) if view.readonly else bytearray(view) for view in views]


def unpacked(held: Packed) -> Question:
    """Return the question that was packed."""
    question: Question = pickle.loads(held[0], buffers=held[1])  # noqa: S301 - of our own client
    return question


_known: list[tuple[Any, Computer]] = []
_one_at_a_time = Lock()


def computed_there(held: Packed, program: str, part: Part) -> Made:
    """Compute a part on a worker, which keeps the last question it was sent.

    program: digest of the code of who asks. Raises OtherProgram where the worker has another.
    """
    if program != code_digest():
        raise OtherProgram
    with _one_at_a_time:
        if not _known or _known[0][0] is not held:
            _known[:] = [(held, Computer(unpacked(held)))]
        return _known[0][1].made(part)
