"""What the searches of sites are, and what they found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..commutes import MAX_TRIP_S
from ..day_classes import DayClasses
from ..on_demand import OnDemand
from ..places import UNREACHED, Array
from ..streets import Mode
from .held_kernels import Origins
from .kernels import Reached, Seeds

if TYPE_CHECKING:
    from ..shifts import Shift


class AtWork(NamedTuple):
    """How one leaves and reaches the sites: by a mode, and the rides on demand asked for.

    `left`: the mode is a vehicle left at a stop, each of which is then an origin of its own.
    """

    mode: Mode
    left: bool
    asked: OnDemand | None


@dataclass(frozen=True)
class Searched:
    """What the searches of all jobs reach, by one kind of access at the sites.

    Job c × O + o is of class c and origin o. `origins` are the sites themselves, or each stop where
    a vehicle of theirs is left.
    """

    origins: Origins
    out_seeds: Seeds
    back_seeds: Seeds
    out: Reached
    back: Reached


@dataclass(frozen=True)
class Longest:
    """The longest trip of commutes asked for later, waits at work and time away, in seconds.

    `before`: between the arrival and the start of the shift; `after`: between its end and the
    departure; margins included. `away`: between leaving home and being home. None for no bound.
    With a bound on waiting, the latest departure of those that arrive in time counts, be it
    dominated by a later one that arrives too early.
    """

    trip: int = MAX_TRIP_S
    before: int | None = None
    after: int | None = None
    away: int | None = None

    def check(self, shifts: Sequence["Shift"]) -> None:
        """Raise ValueError where a wait allowed is shorter than the margin of a shift."""
        for shift in shifts:
            for wait_s, margin_s in (
                (self.before, shift.margin_before_s),
                (self.after, shift.margin_after_s),
            ):
                if wait_s is not None and wait_s < margin_s:
                    raise ValueError(
                        f"a wait of {wait_s} s is shorter than the margin {margin_s} s"
                    )

    def before_s(self, classes: DayClasses) -> Array:
        """Return how long before the moment to be at work one may arrive, int32 (C,)."""
        return _beyond(self.before, [shift.margin_before_s for shift in classes.shifts], classes)

    def after_s(self, classes: DayClasses) -> Array:
        """Return how long after the moment one is free one may leave, int32 (C,)."""
        return _beyond(self.after, [shift.margin_after_s for shift in classes.shifts], classes)

    def of_way(self, classes: DayClasses, *, backward: bool) -> Array:
        """Return the waits of one way, that out where `backward`."""
        return self.before_s(classes) if backward else self.after_s(classes)

    def both_s(self, classes: DayClasses) -> Array:
        """Return how long both ways may last together, int64 (C,)."""
        at_work = classes.leave_s.astype(np.int64) - classes.arrive_s
        if self.away is None:
            return np.full(len(classes), 2 * UNREACHED, np.int64)
        both: Array = self.away - at_work
        return both


USUAL_LONGEST = Longest()


def _beyond(wait_s: int | None, margins_s: Sequence[int], classes: DayClasses) -> Array:
    if wait_s is None:
        return np.full(len(classes), UNREACHED, np.int32)
    beyond: Array = (wait_s - np.array(margins_s, np.int32)[classes.shift_of]).astype(np.int32)
    return beyond
