"""How a person commutes, and the way between home and work on one day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .journeys import journeys
from .legs import Journey, Place
from .on_demand import OnDemand
from .options import SERVICE_DAYS, USUAL_LIMITS, Limits, Modes, When, booked_at
from .streets import Mode, Streets
from .timetable import Timetable

DAY_S = 86_400
MAX_TRIP_S = 2 * 3600


@dataclass(frozen=True)
class Commute:
    """How the person may move, and what is too long.

    `home_vehicle`: ridden from home to a stop, left there, and found there in the evening.
    `work_vehicle`: the same at the other end, left overnight at the stop. `bike_aboard`: ridden
    from home to a stop, taken aboard, ridden to work, and back so. One of the three at most.
    `max_trip_s`: the longest time between leaving home and the moment to be at work, and between
    the moment one may leave and being home. `on_demand`: the services one may ask for, none
    without it. `prefer_less_walk_s`: ways out that leave within it of the latest, and ways back
    that arrive within it of the soonest, are as good: the least walked is taken, where it lasts no
    longer than `max_trip_s`. It changes nothing where a vehicle is left at a stop.
    """

    home_vehicle: Mode | None = None
    work_vehicle: Mode | None = None
    max_trip_s: int = MAX_TRIP_S
    on_demand: OnDemand | None = None
    bike_aboard: Mode | None = None
    limits: Limits = USUAL_LIMITS
    prefer_less_walk_s: int = 0

    def __post_init__(self) -> None:
        vehicles = (self.home_vehicle, self.work_vehicle, self.bike_aboard)
        if sum(vehicle is not None for vehicle in vehicles) > 1:
            raise ValueError("give one of home_vehicle, work_vehicle and bike_aboard, not several")
        if self.limits.service_days != SERVICE_DAYS:
            raise ValueError("the days searched follow the hours of the shift: leave service_days")
        for name in ("max_trip_s", "prefer_less_walk_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, not {getattr(self, name)}")

    @property
    def modes(self) -> Modes:
        """Return the modes of the way without a vehicle left at a stop."""
        mode = self.bike_aboard or self.limits.walk
        return Modes((mode,), (mode,), self.on_demand, with_bike=self.bike_aboard is not None)


def service_days_at(moment_s: int) -> tuple[int, int, int]:
    """Return the service days whose trips matter at a moment: its day and the two beside it."""
    # Rounded down: five minutes before midnight belong to the day before.
    day = moment_s // DAY_S
    # A night service of the day before, or a morning one of the next, may be the only way.
    return day - 1, day, day + 1


@dataclass(frozen=True)
class Trip:
    """The way between home and work on one day."""

    tt: Timetable
    on: date
    home: Place
    work: Place
    commute: Commute
    streets: Streets

    def limits_at(self, moment_s: int) -> Limits:
        """Return the limits, for the service days around a moment."""
        limits = booked_at(self.commute.limits, self.commute.on_demand)
        return replace(limits, service_days=service_days_at(moment_s))

    def out(self, arrive_s: int) -> Journey | None:
        """Return the latest way out that arrives in time, without a vehicle left at a stop."""
        within_s = self.commute.prefer_less_walk_s
        ways = self.outs(arrive_s, patience_s=within_s, first_alone=not within_s)
        if not within_s or not ways:
            return best_out(ways)
        latest = max(way.departure_s for way in ways)
        # No shorter walk makes a trip too long: the latest stays, within the longest or not.
        since = min(latest, max(latest - within_s, arrive_s - self.commute.max_trip_s))
        return best_out(_least_walked([way for way in ways if way.departure_s >= since]))

    def back(self, leave_s: int) -> Journey | None:
        """Return the soonest way back, without a vehicle left at a stop."""
        within_s = self.commute.prefer_less_walk_s
        ways = self.backs(leave_s, patience_s=within_s)
        if not within_s or not ways:
            return best_back(ways)
        soonest = min(way.arrival_s for way in ways)
        until = max(soonest, min(soonest + within_s, leave_s + self.commute.max_trip_s))
        return best_back(_least_walked([way for way in ways if way.arrival_s <= until]))

    def outs(self, arrive_s: int, *, patience_s: int, first_alone: bool = False) -> list[Journey]:
        """Return the ways out in time: late departure, few rides, little walking.

        None leaves more than `patience_s` before the latest. `first_alone`: see `When`.
        """
        return journeys(
            self.tt, self.home, self.work,
            When(self.on, arrive_s=arrive_s, patience_s=patience_s, first_alone=first_alone),
            modes=self.commute.modes, limits=self.limits_at(arrive_s), streets=self.streets,
        )  # fmt: skip

    def backs(self, leave_s: int, *, patience_s: int) -> list[Journey]:
        """Return the ways back: early arrival, few rides, little walking.

        None arrives more than `patience_s` after the first.
        """
        return journeys(
            self.tt, self.work, self.home,
            When(self.on, depart_s=leave_s, patience_s=patience_s),
            modes=self.commute.modes, limits=self.limits_at(leave_s), streets=self.streets,
        )  # fmt: skip


def _least_walked(ways: Sequence[Journey]) -> list[Journey]:
    """Return those that are walked the least, to the minute."""
    least = min(way.walk_s // 60 for way in ways)
    return [way for way in ways if way.walk_s // 60 == least]


def best_out(ways: Iterable[Journey]) -> Journey | None:
    """Return the way that leaves last; of those that leave together, the first to arrive."""
    return max(ways, key=lambda j: (j.departure_s, -j.arrival_s, -j.rides, -j.walk_s), default=None)


def best_back(ways: Iterable[Journey]) -> Journey | None:
    """Return the way that arrives first; of those that arrive together, the last to leave."""
    return min(ways, key=lambda j: (j.arrival_s, -j.departure_s, j.rides, j.walk_s), default=None)
