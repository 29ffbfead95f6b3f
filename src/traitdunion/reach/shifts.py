"""There and back: can a person be at work at the hours of a shift, and home again, each day?"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypedDict

import numpy as np

from .calendar_days import service_s
from .journeys import default_streets, ends, journeys
from .legs import Journey, Leg, Place, place_name, place_point
from .on_demand import OnDemand
from .places import UNREACHED, Array, Point
from .searches import MAX_RIDES, earliest_arrivals, latest_departures, profile
from .streets import WALK, Mode, Reach, Streets
from .timetable import OutsideTimetable, Timetable

DAY_S = 86_400
WORKDAYS = frozenset(range(5))


class Reason(StrEnum):
    """Why a day fails."""

    NO_TRIP_OUT = "no_trip_out"
    NO_TRIP_BACK = "no_trip_back"
    TOO_LONG = "too_long"
    NOTICE = "notice"
    OUTSIDE_TIMETABLE = "outside_timetable"


@dataclass(frozen=True)
class Shift:
    """Hours of work, by the clock; `end_s` passes 86,400 where the shift ends on the next day.

    `days`: 0 is Monday; the days on which the shift *starts*. `margin_before_s`: to be at work
    before the start; `margin_after_s`: to leave after the end. `tolerance_before_s` and
    `tolerance_after_s`: how much later one may arrive, or earlier one may leave.
    `periods`: the parts of a split shift, (start, end) each; else the one from start to end.
    """

    start_s: int
    end_s: int
    days: frozenset[int] = WORKDAYS
    margin_before_s: int = 600
    margin_after_s: int = 300
    tolerance_before_s: int = 0
    tolerance_after_s: int = 0
    periods: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        parts = self.periods or ((self.start_s, self.end_s),)
        flat = [moment for part in parts for moment in part]
        if flat != sorted(flat) or len(set(flat)) != len(flat):
            raise ValueError(f"a shift ends after it starts, and its parts follow: {parts}")
        if (flat[0], flat[-1]) != (self.start_s, self.end_s):
            raise ValueError(f"the parts {parts} do not span {self.start_s} to {self.end_s}")
        if not 0 <= self.start_s < DAY_S or self.end_s - self.start_s > DAY_S:
            raise ValueError("a shift starts within its day and lasts 24 hours at the most")
        if not self.days <= frozenset(range(7)) or not self.days:
            raise ValueError(f"days go from 0 (Monday) to 6, at least one: {sorted(self.days)}")

    @property
    def arrive_by_s(self) -> int:
        return self.start_s - self.margin_before_s + self.tolerance_before_s

    @property
    def leave_from_s(self) -> int:
        return self.end_s + self.margin_after_s - self.tolerance_after_s


@dataclass(frozen=True)
class Commute:
    """How the person may move, and what is too long.

    `home_vehicle`: ridden from home to a stop, left there, and found there in the evening.
    `work_vehicle`: the same at the other end, left overnight at the stop. `max_trip_s`: the
    longest time between leaving home and the moment to be at work, and between the moment one may
    leave and being home. `on_demand`: the services one may ask for, none without it.
    `bike_aboard`: ridden from home to a stop, taken aboard, ridden to work, and back so.
    """

    home_vehicle: Mode | None = None
    work_vehicle: Mode | None = None
    walk: Mode = WALK
    max_trip_s: int = 2 * 3600
    max_rides: int = MAX_RIDES
    min_transfer_s: int = 0
    on_demand: OnDemand | None = None
    bike_aboard: Mode | None = None


@dataclass(frozen=True)
class DayVerdict:
    """One day: feasible only if a way out and a way back both exist."""

    on: date
    out: Journey | None = None
    back: Journey | None = None
    reason: Reason | None = None
    wait_before_s: int | None = None
    wait_after_s: int | None = None
    between: tuple[Journey, Journey] | None = None

    @property
    def feasible(self) -> bool:
        return self.reason is None

    @property
    def away_s(self) -> int | None:
        """Seconds from leaving home to being home again."""
        if self.out is None or self.back is None:
            return None
        return self.back.arrival_s - self.out.departure_s


@dataclass(frozen=True)
class WeekVerdict:
    """The days of the shift in one week."""

    days: tuple[DayVerdict, ...] = field(default_factory=tuple)

    @property
    def asked_days(self) -> int:
        return len(self.days)

    @property
    def feasible_days(self) -> int:
        return sum(day.feasible for day in self.days)

    @property
    def failing(self) -> dict[date, Reason]:
        return {day.on: day.reason for day in self.days if day.reason is not None}


def there_and_back(
    tt: Timetable,
    home: Place,
    work: Place,
    shift: Shift,
    *,
    week: date,
    commute: Commute | None = None,
    streets: Streets | None = None,
) -> WeekVerdict:
    """Whether the shift can be kept, each of its days in the week of `week`, there and back.

    Per day: the latest way out that arrives in time, the earliest way back after the end. Days on
    which the same trips run are answered once. Raises ValueError on an impossible shift.
    """
    commute = commute or Commute()
    streets = streets or default_streets(tt)
    monday = week - timedelta(week.weekday())
    known: dict[tuple[Hashable, ...], DayVerdict] = {}
    verdicts = []
    for day in sorted(shift.days):
        on = monday + timedelta(day)
        try:
            signature = tt.day_signature(on)
        except OutsideTimetable:
            verdicts.append(DayVerdict(on, reason=Reason.OUTSIDE_TIMETABLE))
            continue
        key = (
            signature,
            clock_s(tt, on, shift.arrive_by_s),
            clock_s(tt, on, shift.leave_from_s),
            on if commute.on_demand else None,  # notices depend on the date
        )
        if key not in known:
            known[key] = _day(tt, home, work, shift, on, commute, streets)
        verdicts.append(_dated(known[key], on))
    return WeekVerdict(tuple(verdicts))


def clock_s(tt: Timetable, on: date, clock_seconds: int) -> int:
    """Seconds of the service day `on` when clocks read that many seconds after its midnight.

    The two differ where the clocks change, between midnight and the reading.
    """
    days, seconds = divmod(clock_seconds, DAY_S)
    moment = datetime.combine(on + timedelta(days), time()) + timedelta(seconds=seconds)
    return service_s(moment, on, tt.timezone)


def _dated(verdict: DayVerdict, on: date) -> DayVerdict:
    """The same verdict on another date."""

    def at(journey: Journey | None) -> Journey | None:
        return None if journey is None else replace(journey, on=on)

    between = verdict.between
    if between is not None:
        between = replace(between[0], on=on), replace(between[1], on=on)
    return replace(verdict, on=on, out=at(verdict.out), back=at(verdict.back), between=between)


def _day(
    tt: Timetable,
    home: Place,
    work: Place,
    shift: Shift,
    on: date,
    commute: Commute,
    streets: Streets,
) -> DayVerdict:
    arrive_s, leave_s = clock_s(tt, on, shift.arrive_by_s), clock_s(tt, on, shift.leave_from_s)
    start_s, end_s = clock_s(tt, on, shift.start_s), clock_s(tt, on, shift.end_s)
    trip = _Trip(tt, on, home, work, commute, streets)
    out, back = trip.there(arrive_s, leave_s)
    reason = _reason(out, back, arrive_s, leave_s, commute.max_trip_s)
    if reason is not None and _would_do_if_asked_sooner(trip, arrive_s, leave_s):
        reason = Reason.NOTICE
    between = None
    if reason is None and len(shift.periods) > 1:
        between = _between(tt, on, shift, trip)
    return DayVerdict(
        on,
        out=out,
        back=back,
        reason=reason,
        wait_before_s=None if out is None else start_s - out.arrival_s,
        wait_after_s=None if back is None else back.departure_s - end_s,
        between=between,
    )


def _would_do_if_asked_sooner(trip: "_Trip", arrive_s: int, leave_s: int) -> bool:
    """Whether the notice of services on demand, and nothing else, forbids the day."""
    asked = trip.commute.on_demand
    if asked is None or asked.asked_at is None:
        return False
    sooner = replace(trip.commute, on_demand=replace(asked, asked_at=None))
    out, back = replace(trip, commute=sooner).there(arrive_s, leave_s)
    return _reason(out, back, arrive_s, leave_s, sooner.max_trip_s) is None


def _reason(
    out: Journey | None, back: Journey | None, arrive_s: int, leave_s: int, max_trip_s: int
) -> Reason | None:
    """What forbids the day; a trip hours before the start, or after the end, is no trip.

    Nor is one that waits that long on its way, as for the line of the next morning.
    """
    if out is None or max(arrive_s - out.arrival_s, out.waiting_s) >= max_trip_s:
        return Reason.NO_TRIP_OUT
    if back is None or max(back.departure_s - leave_s, back.waiting_s) >= max_trip_s:
        return Reason.NO_TRIP_BACK
    if max(arrive_s - out.departure_s, back.arrival_s - leave_s) > max_trip_s:
        return Reason.TOO_LONG
    return None


def _between(
    tt: Timetable, on: date, shift: Shift, trip: "_Trip"
) -> tuple[Journey, Journey] | None:
    """Home and out again in the longest pause of a split shift, if there is time to be home."""
    pauses = [
        (end, start) for (_, end), (start, _) in zip(shift.periods, shift.periods[1:], strict=False)
    ]
    end, start = max(pauses, key=lambda pause: pause[1] - pause[0])
    out, back = trip.there(
        clock_s(tt, on, start - shift.margin_before_s),
        clock_s(tt, on, end + shift.margin_after_s),
    )
    if out is None or back is None or back.arrival_s >= out.departure_s:
        return None
    return back, out


class _Options(TypedDict):
    max_rides: int
    walk: Mode
    min_transfer_s: int


@dataclass(frozen=True)
class _Trip:
    """The way between home and work on one day."""

    tt: Timetable
    on: date
    home: Place
    work: Place
    commute: Commute
    streets: Streets

    def there(self, arrive_s: int, leave_s: int) -> tuple[Journey | None, Journey | None]:
        """Best way out that arrives by `arrive_s`, best way back that leaves from `leave_s`."""
        if self.commute.home_vehicle is not None:
            return self._with_home_vehicle(self.commute.home_vehicle, arrive_s, leave_s)
        if self.commute.work_vehicle is not None:
            return self._with_work_vehicle(self.commute.work_vehicle, arrive_s, leave_s)
        return self._out(self.home, self.work, arrive_s), self._back(self.work, self.home, leave_s)

    def _out(self, origin: Place, destination: Place, arrive_s: int) -> Journey | None:
        found = self._journeys(origin, destination, arrive_s=arrive_s)
        return max(
            found,
            key=lambda j: (j.departure_s, -j.arrival_s, -j.rides, -j.walk_s),
            default=None,
        )

    def _back(self, origin: Place, destination: Place, leave_s: int) -> Journey | None:
        found = self._journeys(origin, destination, depart_s=leave_s)
        return min(
            found, key=lambda j: (j.arrival_s, -j.departure_s, j.rides, j.walk_s), default=None
        )

    def _journeys(
        self,
        origin: Place,
        destination: Place,
        *,
        depart_s: int | None = None,
        arrive_s: int | None = None,
    ) -> list[Journey]:
        return journeys(
            self.tt,
            origin,
            destination,
            on=self.on,
            depart_s=depart_s,
            arrive_s=arrive_s,
            access=(self.commute.bike_aboard or self.commute.walk,),
            egress=(self.commute.bike_aboard or self.commute.walk,),
            max_rides=self.commute.max_rides,
            walk=self.commute.walk,
            min_transfer_s=self.commute.min_transfer_s,
            streets=self.streets,
            on_demand=self.commute.on_demand,
            with_bike=self.commute.bike_aboard is not None,
        )

    def _with_home_vehicle(
        self, mode: Mode, arrive_s: int, leave_s: int
    ) -> tuple[Journey | None, Journey | None]:
        """The vehicle stays at one stop: the stop with the shortest day away is chosen."""
        away, homeward = _both_ways(self.streets, place_point(self.tt, self.home), mode)
        walk = self._ends(self.work)
        out = latest_departures(self.tt, walk, arrive_s, on=self.on, **self._options())
        back = earliest_arrivals(self.tt, walk, leave_s, on=self.on, **self._options())
        left, home = out[away.stops], back[away.stops]
        row = _best_stop(away, left, home, -away.seconds, homeward.seconds)
        if row is None:
            return self._ways_missing(arrive_s, leave_s)
        parked = int(away.stops[row])
        there = self._out(parked, self.work, arrive_s)
        again = self._back(self.work, parked, leave_s)
        return (
            _prepend(self._vehicle_leg(mode, self.home, parked, away, row), there),
            _append(again, self._vehicle_leg(mode, parked, self.home, homeward, row)),
        )

    def _with_work_vehicle(
        self, mode: Mode, arrive_s: int, leave_s: int
    ) -> tuple[Journey | None, Journey | None]:
        """As at home, at the other end: the deadline differs with the stop, hence two profiles."""
        leaving, towards = _both_ways(self.streets, place_point(self.tt, self.work), mode)
        walk = self._ends(self.home)
        span = self.commute.max_trip_s
        departs = np.arange(arrive_s - span, arrive_s, 300, dtype=np.int32)
        arrivals = profile(self.tt, walk, departs, on=self.on, **self._options())[:, towards.stops]
        in_time = arrivals <= arrive_s - towards.seconds
        left = np.where(
            in_time.any(0), departs[len(departs) - 1 - in_time[::-1].argmax(0)], UNREACHED
        )
        homes = np.arange(leave_s, leave_s + span + 300, 300, dtype=np.int32)
        latest = profile(self.tt, walk, homes, on=self.on, backward=True, **self._options())[
            :, leaving.stops
        ]
        possible = (latest != UNREACHED) & (latest >= leave_s + leaving.seconds)
        home = np.where(possible.any(0), homes[possible.argmax(0)], UNREACHED)
        zero = np.zeros(len(towards.stops), np.int32)
        row = _best_stop(towards, left, home, zero, zero)
        if row is None:
            return self._ways_missing(arrive_s, leave_s)
        parked = int(towards.stops[row])
        there = self._out(self.home, parked, arrive_s - int(towards.seconds[row]))
        again = self._back(parked, self.home, leave_s + int(leaving.seconds[row]))
        return (
            _append(there, self._vehicle_leg(mode, parked, self.work, towards, row)),
            _prepend(self._vehicle_leg(mode, self.work, parked, leaving, row), again),
        )

    def _ways_missing(self, arrive_s: int, leave_s: int) -> tuple[Journey | None, Journey | None]:
        """No stop serves both ways: what the traveller can do without the vehicle tells which."""
        out = self._out(self.home, self.work, arrive_s)
        return out, self._back(self.work, self.home, leave_s) if out is None else None

    def _ends(self, place: Place) -> tuple[Array, Array]:
        tied = ends(self.tt, self.streets, place, (self.commute.walk,))
        return tied.stops, tied.seconds

    def _options(self) -> "_Options":
        return {
            "max_rides": self.commute.max_rides,
            "walk": self.commute.walk,
            "min_transfer_s": self.commute.min_transfer_s,
        }

    def _vehicle_leg(
        self, mode: Mode, origin: Place, destination: Place, way: Reach, row: int
    ) -> Leg:
        return Leg(
            kind=mode.code,
            from_name=place_name(self.tt, origin),
            to_name=place_name(self.tt, destination),
            from_point=place_point(self.tt, origin),
            to_point=place_point(self.tt, destination),
            from_stop=origin if isinstance(origin, int) else None,
            to_stop=destination if isinstance(destination, int) else None,
            departure_s=0,
            arrival_s=int(way.seconds[row]),
            distance_m=float(way.metres[row]),
            estimated=bool(way.estimated[row]),
        )


def _both_ways(streets: Streets, point: Point, mode: Mode) -> tuple[Reach, Reach]:
    """From a point to the stops, and from them to it, over the stops that have both."""
    away, towards = (streets.stops_around(point, mode, towards=t) for t in (False, True))
    _, a, b = np.intersect1d(away.stops, towards.stops, return_indices=True)
    return Reach(*(column[a] for column in away)), Reach(*(column[b] for column in towards))


def _best_stop(
    reach: Reach, left: Array, home: Array, before_s: Array, after_s: Array
) -> int | None:
    """Row of `reach` with both ways and the shortest time away; None if no stop has both."""
    both = np.flatnonzero((left != UNREACHED) & (home != UNREACHED))
    if len(both) == 0:
        return None
    away = (home[both].astype(np.int64) + after_s[both]) - (left[both] + before_s[both])
    return int(both[np.lexsort((reach.seconds[both], away))[0]])


def _prepend(leg: Leg, journey: Journey | None) -> Journey | None:
    if journey is None:
        return None
    leave_s = journey.departure_s
    first = replace(leg, departure_s=leave_s - leg.arrival_s, arrival_s=leave_s)
    return Journey(journey.on, (first, *journey.legs))


def _append(journey: Journey | None, leg: Leg) -> Journey | None:
    if journey is None:
        return None
    at = journey.arrival_s
    return Journey(
        journey.on, (*journey.legs, replace(leg, departure_s=at, arrival_s=at + leg.arrival_s))
    )


def by_street(
    shift: Shift,
    home: Place,
    work: Place,
    mode: Mode,
    *,
    tt: Timetable,
    week: date,
    streets: Streets | None = None,
    max_trip_s: int = 2 * 3600,
) -> WeekVerdict:
    """The whole way by one mode, each day of the shift; feasible within the mode's limit."""
    streets = streets or default_streets(tt)
    a, b = place_point(tt, home), place_point(tt, work)
    out, back = streets.between(a, b, mode), streets.between(b, a, mode)
    monday = week - timedelta(week.weekday())
    verdicts = []
    for day in sorted(shift.days):
        on = monday + timedelta(day)
        if out is None or back is None or max(out.seconds, back.seconds) > max_trip_s:
            verdicts.append(DayVerdict(on, reason=Reason.TOO_LONG))
            continue
        arrive_s, leave_s = clock_s(tt, on, shift.arrive_by_s), clock_s(tt, on, shift.leave_from_s)
        legs = [
            Leg(
                kind=mode.code,
                from_name="",
                to_name="",
                from_point=p,
                to_point=q,
                departure_s=at,
                arrival_s=at + way.seconds,
                distance_m=way.metres,
                estimated=way.estimated,
            )
            for p, q, at, way in [(a, b, arrive_s - out.seconds, out), (b, a, leave_s, back)]
        ]
        verdicts.append(
            DayVerdict(
                on,
                out=Journey(on, (legs[0],)),
                back=Journey(on, (legs[1],)),
                wait_before_s=clock_s(tt, on, shift.start_s) - arrive_s,
                wait_after_s=leave_s - clock_s(tt, on, shift.end_s),
            )
        )
    return WeekVerdict(tuple(verdicts))
