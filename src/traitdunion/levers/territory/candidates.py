"""A lever of the territory, what it changes and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from traitdunion import reach
from traitdunion.reach.places import Array

from ..changes import Lever
from ..scenarios import Compared

Progress = Callable[[str, float], None]


def quiet(_step: str, _share: float) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Candidate:
    """A lever evaluated exactly; `opened`, `lost` bool (K, W, H).

    `change`: of the timetable. `shift`: row of the pole, of the shift, minutes. `seats`: how many
    people of a group it can serve at a time, None where all of them; `group`: the row of the group
    that a loan or a zone is for.
    """

    lever: Lever
    opened: Array
    lost: Array
    compared: Compared
    change: reach.Change | None = None
    shift: tuple[int, int, int] | None = None
    group: int | None = None
    seats: int | None = None

    @property
    def people(self) -> int:
        """Return the residents to whom a job opens that was closed before."""
        return self.compared.people_gained

    def touched(self, people: Array) -> int:
        """Return how many residents live where some pair opens."""
        return int(people[self.opened.any(axis=(0, 1))].sum())

    def residents(self, people: Array) -> int:
        """Return how many residents see some pair open, those served at a time for a loan."""
        touched = self.touched(people)
        return touched if self.seats is None else min(touched, self.seats)
