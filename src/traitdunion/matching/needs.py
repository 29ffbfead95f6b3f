"""Needs that are not everybody's: the need, never its cause; empty by default, kept nowhere.

They come in the body of a request or in a file, and leave with the answer: no address, log, export
or stored search holds them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .places import Place

if TYPE_CHECKING:
    from traitdunion import reach

WALKS_M = (300, 500, 1000)
PACES_KMH = (4.5, 3.0, 2.0)
WAITS_MIN = (15, 30, 60)


class Without(StrEnum):
    """What is not to be offered."""

    VELO = "velo"
    SCOOTER = "scooter"
    CONDUIRE = "conduire"

    @property
    def label(self) -> str:
        """Return the French label."""
        return {
            Without.VELO: "de vélo",
            Without.SCOOTER: "de scooter",
            Without.CONDUIRE: "de véhicule à conduire",
        }[self]

    @property
    def vehicles(self) -> frozenset[str]:
        """Return the codes of the modes left out."""
        return frozenset(
            {
                Without.VELO: {"bike", "ebike"},
                Without.SCOOTER: {"scooter"},
                Without.CONDUIRE: {"scooter", "car"},
            }[self]
        )


class AgeBand(StrEnum):
    """Age as the law of work and of driving reads it."""

    UNDER_16 = "moins_16"
    MINOR = "16_17"
    ADULT = "adulte"


@dataclass(frozen=True)
class ChildStop:
    """Where a child is dropped in the morning and fetched in the evening; seconds of the day."""

    place: Place
    opens_s: int
    closes_s: int
    dwell_s: int = 600


@dataclass(frozen=True)
class Needs:
    """What a person needs on the way; nothing where all is as usual.

    `walk_m`: the longest walk without a pause; `pace_kmh`; `wait_min`: the longest wait. `ask_for`:
    what is needed aboard, in the words of the catalogue, all of it.
    """

    walk_m: int | None = None
    pace_kmh: float | None = None
    wait_min: int | None = None
    without: frozenset[Without] = frozenset()
    ask_for: frozenset[str] = frozenset()
    child: ChildStop | None = None
    licence_suspended: bool = False
    age: AgeBand | None = None

    def __bool__(self) -> bool:
        return self != NO_NEEDS

    @property
    def walk(self) -> "reach.Mode":
        """Return how the person walks."""
        from traitdunion import reach  # models import this module, and do without the engine

        usual = reach.WALK
        pace = self.pace_kmh or usual.speed_kmh
        return reach.Mode(usual.code, pace, min(self.walk_m or usual.max_m, usual.max_m))

    @property
    def walks_less(self) -> bool:
        """Return whether a shorter walk is worth leaving earlier."""
        return bool(self.walk_m or self.pace_kmh or self.child or self.wheelchair)

    @property
    def wheelchair(self) -> bool:
        """Return whether places for a wheelchair are needed."""
        return WHEELCHAIR in self.ask_for

    @property
    def vehicles_left_out(self) -> frozenset[str]:
        """Return the codes of the modes that are not to be offered."""
        return frozenset().union(*(without.vehicles for without in self.without))


WHEELCHAIR = "fauteuil"
NO_NEEDS = Needs()
