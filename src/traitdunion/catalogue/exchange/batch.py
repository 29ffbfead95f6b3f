"""Documents read from a file, as every format gives them to the preview."""

from dataclasses import dataclass, field
from typing import Any

from ..entries import Content

Row = dict[str, Any]


class FileError(ValueError):
    """A file cannot be read; `problems` tells everything that is wrong, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass
class Read:
    """An entry of a file: its key if it is one of ours, and what the file says of it.

    `given` names the fields that the file tells; the others are left as they are. `place` is where
    it stands in the file, `skipped` why it is left aside, `notes` what of it was not taken as said.
    """

    place: str
    key: str
    content: Content
    given: list[str]
    skipped: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class Batch:
    """Everything a file holds: structures, solutions, car-pool places."""

    structures: list[Row] = field(default_factory=list)
    solutions: list[Read] = field(default_factory=list)
    lieux: list[Row] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept until the file is applied."""
        return {
            "structures": self.structures,
            "solutions": [vars(one) for one in self.solutions],
            "lieux": self.lieux,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Batch":
        solutions = [Read(**one) for one in kept["solutions"]]
        return cls(kept["structures"], solutions, kept["lieux"])
