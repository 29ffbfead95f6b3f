"""What is wrong in a file: where, why, and what to do."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fault:
    """Something wrong; `where` is a place in the file ("ligne 3, colonne « nom »"), or ""."""

    where: str
    why: str
    advice: str = ""

    def __str__(self) -> str:
        text = f"{self.where} : {self.why}" if self.where else self.why
        if not self.where or self.where.startswith(("ligne ", "feuille ")):
            text = text[:1].upper() + text[1:]  # a file's name keeps its small letter
        return f"{text} {self.advice}".strip()


class Unreadable(ValueError):
    """A file cannot be read at all; `faults` lists why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(map(str, self.faults)))

    @classmethod
    def of(cls, why: str, advice: str = "", *, where: str = "") -> "Unreadable":
        """Return the refusal of a file for one reason."""
        return cls([Fault(where, why, advice)])


@contextmanager
def reading(what: str, advice: str) -> Iterator[None]:
    """Turn any failure of the block into Unreadable: a library may raise anything on hostile bytes.

    The traceback goes to the log, without the content of the file.
    """
    try:
        yield
    except Unreadable:
        raise
    except (RecursionError, MemoryError) as failed:
        raise Unreadable.of(f"{what} est trop complexe pour être lu.", advice) from failed
    except Exception as failed:
        logger.warning("A file could not be read: %s", type(failed).__name__, exc_info=True)
        raise Unreadable.of(f"{what} ne se lit pas.", advice) from failed
