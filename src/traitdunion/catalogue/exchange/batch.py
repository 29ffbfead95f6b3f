"""Documents read from a file, as every format gives them to the preview."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import Error as DatabaseError

from traitdunion.sources.bounded import Fault, Unreadable, reading

from ..entries import Content

Row = dict[str, Any]
P = ParamSpec("P")
R = TypeVar("R")

ADVICE = "Vérifiez le format choisi, ou demandez un fichier valide à qui l'a produit."


class FileError(Unreadable):
    """A file cannot be read; `problems` lists everything that is wrong, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__([Fault("", problem) for problem in problems])
        self.args = ("\n".join(problems),)  # as written: names of files keep their small letter

    @property
    def problems(self) -> list[str]:
        return [fault.why for fault in self.faults]


@dataclass
class Read:
    """An entry of a file: its key if it is one of ours, and its content there.

    `given` names the fields that the file has; the others are left as they are. `place` is where
    it stands in the file, `skipped` why it is left aside, `notes` what was changed or dropped in
    reading it, `faults` what keeps it out.
    """

    place: str
    key: str
    content: Content
    given: list[str]
    skipped: str = ""
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Batch:
    """Everything a file holds: structures, solutions, car-pool places.

    `refused` are records that cannot be imported, each with its place and what to do; `notes` what
    one should know of the reading.
    """

    structures: list[Row] = field(default_factory=list)
    solutions: list[Read] = field(default_factory=list)
    lieux: list[Row] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return plain values, to be kept until the file is applied."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Batch":
        """Return the batch that `as_json` gave."""
        return cls(**kept | {"solutions": [Read(**read) for read in kept["solutions"]]})


def reader(what: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a reader of files: whatever fails in it becomes a FileError.

    `what` names the file in the message of last resort ("ce flux GBFS").
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            failed: DatabaseError | None = None
            try:
                with reading(what, ADVICE):
                    try:
                        return function(*args, **kwargs)
                    except DatabaseError as broken:  # not the fault of the file
                        failed = broken
                        raise
            except FileError:
                raise
            except Unreadable as refused:
                if failed is not None:
                    raise failed from refused
                raise FileError([str(fault) for fault in refused.faults]) from refused

        return guarded

    return decorate
