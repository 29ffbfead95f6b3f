"""What a search is asked: when, by which modes, within which limits, and how it is run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from .on_demand import OnDemand
from .places import Array
from .streets import DEFAULT_WALK, WALK, Mode, Walk

MAX_RIDES = 8
SERVICE_DAYS = (-1, 0, 1)
PATIENCE_S = 2 * 3600
MAX_MOMENT_S = 30 * 86_400
"""Moments further from the day asked about are refused, so that int32 sums cannot overflow."""


@dataclass(frozen=True)
class When:
    """The moment asked about, in seconds of the service day `on`: leave at, or arrive by.

    `depart_s`: leave at or after it; with `window_s`, at most that long after it.
    `arrive_s`: arrive by it; with `window_s`, leave at most that long before the latest
    departure that does. Give one of the two.
    `patience_s`: what few rides or little walking may cost. A journey that arrives more than that
    after the soonest (or, without a window, leaves more than that before the latest) is not an
    answer: the same bus on the next day is not worth waiting for. None for no bound.
    `first_alone`: with `arrive_s` and no patience, the first to arrive alone of those that leave
    last: fewer rides for a later arrival are not searched.
    """

    on: date
    depart_s: int | None = None
    arrive_s: int | None = None
    window_s: int = 0
    patience_s: int | None = PATIENCE_S
    first_alone: bool = False

    def __post_init__(self) -> None:
        if (self.depart_s is None) == (self.arrive_s is None):
            raise ValueError("give depart_s or arrive_s, one of the two")
        if self.window_s < 0:
            raise ValueError(f"window_s must not be negative, not {self.window_s}")
        if self.patience_s is not None and self.patience_s < 0:
            raise ValueError(f"patience_s must not be negative, not {self.patience_s}")
        moment_s = self.depart_s if self.arrive_s is None else self.arrive_s
        if abs(moment_s or 0) > MAX_MOMENT_S:
            raise ValueError(f"{moment_s} s is more than a month away from the day asked about")


@dataclass(frozen=True)
class Departures:
    """Moments of leaving, in seconds of the service day `on`."""

    on: date
    at_s: Sequence[int] | Array


@dataclass(frozen=True)
class Modes:
    """How one moves between the places and the stops.

    `access`, `egress`: modes on streets at each end; a mode that stands in both may also make the
    whole way. `on_demand`: services that come when asked; None leaves them aside. `with_bike`:
    take only trips that accept a bicycle aboard.
    """

    access: tuple[Mode, ...] = (WALK,)
    egress: tuple[Mode, ...] = (WALK,)
    on_demand: OnDemand | None = None
    with_bike: bool = False


@dataclass(frozen=True)
class Limits:
    """What bounds a search of the timetable.

    `walk`: how one walks between two stops. `min_transfer_s`: least time between getting off a
    vehicle and into the next. `access_margin_percent`: share of the time of an
    access kept between it and the vehicle it leads to, where that time is estimated;
    `access_margin_s` at least. `service_days`: days, relative to the one asked about, whose trips
    may be taken: the day before brings the trips that run past midnight. `asked_at`: the moment of
    booking, aware or on the timetable's clock; lines that must be booked are not taken once it is
    past their notice. None takes them all. `agencies`: operators whose lines may be taken, all of
    them where None; services on demand are `Modes.on_demand`'s.
    """

    max_rides: int = MAX_RIDES
    walk: Walk = DEFAULT_WALK
    min_transfer_s: int = 0
    access_margin_s: int = 0
    access_margin_percent: int = 0
    service_days: tuple[int, ...] = SERVICE_DAYS
    asked_at: datetime | None = None
    agencies: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.max_rides <= 64:
            raise ValueError(f"max_rides must be from 0 to 64, not {self.max_rides}")
        if min(self.min_transfer_s, self.access_margin_s, self.access_margin_percent) < 0:
            raise ValueError("min_transfer_s and the margins of access must not be negative")

    def access_margins_s(self, seconds: Array) -> Array:
        """Return the seconds (int32) kept after accesses of estimated `seconds`."""
        # Whole numbers alone, rounded up: a share as a float would add a second by chance.
        share_s = -(-seconds.astype(np.int64) * self.access_margin_percent // 100)
        return np.maximum(share_s, self.access_margin_s).astype(np.int32)


def booked_at(limits: Limits, option: OnDemand | None) -> Limits:
    """Return the limits with the moment of asking of the services on demand, if they have none."""
    if option is None or limits.asked_at is not None:
        return limits
    return replace(limits, asked_at=option.asked_at)


@dataclass(frozen=True)
class Run:
    """How a large computation runs: number of threads, and a callback given the share done."""

    threads: int = 1
    progress: Callable[[float], None] | None = None

    def __post_init__(self) -> None:
        if self.threads < 1:
            raise ValueError(f"threads must be at least 1, not {self.threads}")


USUAL_LIMITS = Limits()
ON_FOOT = Modes()
ONE_THREAD = Run()
