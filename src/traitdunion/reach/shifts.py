"""There and back: can a person be at work at the hours of a shift, and home again, each day?"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, partial
from typing import NamedTuple

from .calendar_days import monday_of
from .commutes import DAY_S, MAX_TRIP_S, Commute, Trip
from .day_classes import NOT_WORKED, OUTSIDE, RunsAlike, clock_s, day_classes, hours_alike
from .ends import default_streets
from .left_vehicles import there
from .legs import Journey, Leg, Place, place_point
from .on_demand.asked_rides import day_services
from .options import booked_at
from .streets import Mode, Streets
from .timetable import OutsideTimetable, Timetable

ANOTHER_DAY_S = 12 * 3600
WORKDAYS = frozenset(range(5))


class Reason(StrEnum):
    """Why a day fails."""

    NO_TRIP_OUT = "no_trip_out"
    NO_TRIP_BETWEEN = "no_trip_between"
    NO_TRIP_BACK = "no_trip_back"
    TOO_LONG = "too_long"
    NOTICE = "notice"
    OUTSIDE_TIMETABLE = "outside_timetable"
    LONG_WAIT = "long_wait"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED_ALREADY = "closed_already"
    NOT_ACCESSIBLE = "not_accessible"


@dataclass(frozen=True)
class Shift:
    """Hours of work, by the clock; `end_s` passes 86,400 where the shift ends on the next day.

    `days`: 0 is Monday; the days on which the shift *starts*. `margin_before_s`: to be at work
    before the start; `margin_after_s`: to leave after the end.
    `periods`: the parts of a split shift, (start, end) each; else the one from start to end.
    """

    start_s: int
    end_s: int
    days: frozenset[int] = WORKDAYS
    margin_before_s: int = 600
    margin_after_s: int = 300
    periods: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        parts = self.periods or ((self.start_s, self.end_s),)
        # Strictly rising: a part of no length, or one that overlaps another, is a mistake.
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
        return self.start_s - self.margin_before_s

    @property
    def leave_from_s(self) -> int:
        return self.end_s + self.margin_after_s


@dataclass(frozen=True)
class DayVerdict:
    """One day: feasible only if a way out and a way back both exist.

    `out`, `back`: the best ways of the day, where there is one, even too long or hours away from
    the shift. `wait_before_s` lies between
    the arrival and the start of the shift, the `margin_before_s` asked for included; `wait_after_s`
    and `margin_after_s` likewise at its end. `between`: home and out again in the longest pause.
    `onward`: from the first place of work to the second, where there are two.
    """

    on: date
    out: Journey | None = None
    back: Journey | None = None
    reason: Reason | None = None
    wait_before_s: int | None = None
    wait_after_s: int | None = None
    between: tuple[Journey, Journey] | None = None
    margin_before_s: int = 0
    margin_after_s: int = 0
    onward: Journey | None = None

    @property
    def feasible(self) -> bool:
        return self.reason is None

    @property
    def ways(self) -> tuple[Journey, ...]:
        """Return the ways of the day that exist, in order."""
        return tuple(way for way in (self.out, self.onward, self.back) if way is not None)

    @property
    def away_s(self) -> int | None:
        """Return the seconds from leaving home to being home again."""
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
    """Return whether the shift can be kept, there and back, each of its days in a week.

    Per day: the latest way out that arrives in time, the earliest way back after the end. Days on
    which the same trips run are answered once. `week`: any day of it.
    """
    commute = commute or Commute()
    streets = streets or default_streets(tt)
    limits = booked_at(commute.limits, commute.on_demand)
    classes = day_classes(tt, [shift], week=week, limits=limits)
    dated = bool(commute.on_demand and tt.on_demand) or tt.has_booked_lines
    known: dict[tuple[int, bool], DayVerdict] = {}
    held = _Held(tt, shift, commute, is_dated=dated)
    ways = _WaysOfDays(tt, commute)
    verdicts = []
    # Days alike are searched once: in most weeks that is Monday to Friday at one stroke.
    for on, c in zip(classes.dates, classes.class_of[0].tolist(), strict=True):
        if c == NOT_WORKED:
            continue
        if c == OUTSIDE:
            verdicts.append(_without_ways(shift, on, Reason.OUTSIDE_TIMETABLE))
            continue
        # A class keeps what may be booked: its days differ by the date that bookings name alone.
        key = c, _is_unknown(tt, on, home, work)
        if key not in known:
            verdict = held.as_before(on)
            if verdict is None:
                verdict = _verdict_of_day(Trip(tt, on, home, work, commute, streets), shift, ways)
                held.keep(verdict)
            known[key] = verdict
        verdicts.append(on_date(tt, known[key], on))
    return WeekVerdict(tuple(verdicts))


class _Held:
    """The verdicts of days that hold, for the days on which the same trips run around the shift.

    Ways within the longest trip board none but those. Bookings name their date, and the pause of a
    split shift has hours of its own: they share nothing.
    """

    def __init__(self, tt: Timetable, shift: Shift, commute: Commute, *, is_dated: bool) -> None:
        self.tt, self.shift, self.longest_s = tt, shift, commute.max_trip_s
        self.shares = not is_dated and len(shift.periods) < 2
        self._known: dict[Hashable, DayVerdict] = {}

    def as_before(self, on: date) -> DayVerdict | None:
        """Return the verdict of a day alike, None where there is none yet."""
        return self._known.get(self._key(on)) if self._known else None

    def keep(self, verdict: DayVerdict) -> None:
        """Keep a verdict for the days alike, if it holds."""
        if self.shares and verdict.feasible:
            self._known[self._key(verdict.on)] = verdict

    def _key(self, on: date) -> Hashable:
        (key,) = hours_alike(self.tt, self.shift, [on], self.longest_s)
        return key


class _Known(NamedTuple):
    """The best way of a day for a moment of it, and the hours that decided it."""

    on: date
    moment_s: int
    way: Journey
    from_s: int
    to_s: int


class _WaysOfDays:
    """The best ways of the days searched so far, of one commute between two places.

    The best way out leaves last: what runs before it is left decides nothing. The best way back
    arrives first: nor does what runs after.
    """

    def __init__(self, tt: Timetable, commute: Commute) -> None:
        """Know no way yet."""
        self.tt = tt
        # A shorter walk may be worth another moment, and a vehicle left ties both ways together.
        self.are_shared = not (
            commute.prefer_less_walk_s or commute.home_vehicle or commute.work_vehicle
        )
        asks = bool(commute.on_demand and tt.on_demand)
        alike = RunsAlike(tt, booked_at(commute.limits, commute.on_demand), asks=asks)
        self._key = cache(alike.key)
        self._outs: list[_Known] = []
        self._backs: list[_Known] = []

    def out(self, trip: Trip, arrive_s: int) -> Journey | None:
        """Return the latest way out that arrives in time, as `Trip.out`."""
        way = self._of_before(trip.on, arrive_s, self._outs)
        if way is None:
            way = trip.out(arrive_s)
            if way is not None:
                self._outs.append(_Known(trip.on, arrive_s, way, way.departure_s, arrive_s))
        return way

    def back(self, trip: Trip, leave_s: int) -> Journey | None:
        """Return the soonest way back, as `Trip.back`."""
        way = self._of_before(trip.on, leave_s, self._backs)
        if way is None:
            way = trip.back(leave_s)
            if way is not None:
                self._backs.append(_Known(trip.on, leave_s, way, leave_s, way.arrival_s))
        return way

    def _of_before(self, on: date, moment_s: int, known: list[_Known]) -> Journey | None:
        """Return the way of a day before on which the same runs within the hours of the way."""
        for before in known:
            hours = moment_s, before.from_s, before.to_s
            # The night the clocks change, the same hour is another moment.
            is_same = moment_s == before.moment_s
            if is_same and self._key(on, *hours) == self._key(before.on, *hours):
                return way_on(self.tt, before.way, on)
        return None


def way_on(tt: Timetable, way: Journey, on: date) -> Journey:
    """Return the same way on another day, its rides booked for that day."""
    legs = way.legs
    if any(leg.booked for leg in legs):
        legs = tuple(
            replace(leg, booking=leg.booked.booking(on, tt.calendar)) if leg.booked else leg
            for leg in legs
        )
    return Journey(on, legs)


def on_date(tt: Timetable, verdict: DayVerdict, on: date) -> DayVerdict:
    """Return the same verdict on another date, its rides booked for that date."""
    if on == verdict.on:
        return verdict

    at = partial(way_on, tt, on=on)
    out, back, between = verdict.out, verdict.back, verdict.between
    return replace(
        verdict,
        on=on,
        out=None if out is None else at(out),
        back=None if back is None else at(back),
        between=None if between is None else (at(between[0]), at(between[1])),
    )


def _without_ways(shift: Shift, on: date, reason: Reason | None) -> DayVerdict:
    return DayVerdict(
        on,
        reason=reason,
        margin_before_s=shift.margin_before_s,
        margin_after_s=shift.margin_after_s,
    )


def _verdict_of_day(trip: Trip, shift: Shift, ways: _WaysOfDays) -> DayVerdict:
    tt, on, commute = trip.tt, trip.on, trip.commute
    arrive_s, leave_s = clock_s(tt, on, shift.arrive_by_s), clock_s(tt, on, shift.leave_from_s)
    start_s, end_s = clock_s(tt, on, shift.start_s), clock_s(tt, on, shift.end_s)
    if ways.are_shared:
        out, back = ways.out(trip, arrive_s), ways.back(trip, leave_s)
    else:
        out, back = there(trip, arrive_s, leave_s)
    reason = _reason(out, back, arrive_s, leave_s, commute.max_trip_s)
    if reason is not None and _would_do_if_asked_sooner(trip, arrive_s, leave_s):
        reason = Reason.NOTICE
    if reason not in (None, Reason.NOTICE) and not proves_a_no(trip, arrive_s, leave_s):
        reason = Reason.OUTSIDE_TIMETABLE
    # A way hours too early is worth showing; the line of the day before is no way of this day.
    if reason is not None:
        if out is not None and _waits(out, arrive_s - out.arrival_s) > ANOTHER_DAY_S:
            out = None
        if back is not None and _waits(back, back.departure_s - leave_s) > ANOTHER_DAY_S:
            back = None
    between = None
    if reason is None and len(shift.periods) > 1:
        between = _between(tt, on, shift, trip)
    return replace(
        _without_ways(shift, on, reason),
        out=out,
        back=back,
        wait_before_s=None if out is None else start_s - out.arrival_s,
        wait_after_s=None if back is None else back.departure_s - end_s,
        between=between,
    )


def proves_a_no(trip: Trip, arrive_s: int, leave_s: int) -> bool:
    """Return whether feeds cover the day and all that the longest trips reach into.

    Where they do not, finding no way proves nothing.
    """
    longest_s = trip.commute.max_trip_s
    return not _is_unknown(trip.tt, trip.on, trip.home, trip.work) and _are_covered(
        trip.tt, trip.on, (arrive_s - longest_s, leave_s + longest_s)
    )


def _are_covered(tt: Timetable, on: date, moments_s: tuple[int, int]) -> bool:
    """Return whether the timetable knows the days of these moments."""
    try:
        for moment_s in moments_s:
            tt.check_covered(on, moment_s // DAY_S)
    except OutsideTimetable:
        return False
    return True


def _is_unknown(tt: Timetable, on: date, home: Place, work: Place) -> bool:
    """Return whether a feed that may serve the way does not cover the day."""
    return bool(tt.unknown_feeds(on, (place_point(tt, home), place_point(tt, work))))


def _would_do_if_asked_sooner(trip: Trip, arrive_s: int, leave_s: int) -> bool:
    """Return whether notices of booking, and nothing else, forbid the day."""
    sooner = asked_sooner(trip, arrive_s, leave_s)
    if sooner is None:
        return False
    out, back = there(replace(trip, commute=sooner), arrive_s, leave_s)
    return _reason(out, back, arrive_s, leave_s, sooner.max_trip_s) is None


def asked_sooner(trip: Trip, arrive_s: int, leave_s: int) -> Commute | None:
    """Return the same commute asked for in time, None where no booking is late."""
    asked, limits = trip.commute.on_demand, trip.commute.limits
    # Nothing is asked at a given moment: no notice can be what fails.
    if (asked is None or asked.asked_at is None) and (
        limits.asked_at is None or not trip.tt.has_booked_lines
    ):
        return None
    if not any(_is_late(trip, moment_s) for moment_s in (arrive_s, leave_s)):
        return None
    return replace(
        trip.commute,
        on_demand=asked and replace(asked, asked_at=None),
        limits=replace(limits, asked_at=None),
    )


def _is_late(trip: Trip, moment_s: int) -> bool:
    """Return whether some booking can no longer be made around a moment."""
    limits = trip.limits_at(moment_s)
    if trip.tt.closed_bookings(trip.on, limits):
        return True
    asked = day_services(trip.tt, trip.streets, trip.on, limits, trip.commute.on_demand)
    return asked.are_late


def _reason(
    out: Journey | None, back: Journey | None, arrive_s: int, leave_s: int, max_trip_s: int
) -> Reason | None:
    """Return what forbids the day; a trip hours before the start, or after the end, is no trip."""
    # Within the limits all is well; what follows only names what fails.
    out_s = None if out is None else arrive_s - out.departure_s
    back_s = None if back is None else back.arrival_s - leave_s
    if out_s is not None and back_s is not None and max(out_s, back_s) <= max_trip_s:
        return None
    if out is None or _waits(out, arrive_s - out.arrival_s) > max_trip_s:
        return Reason.NO_TRIP_OUT
    if back is None or _waits(back, back.departure_s - leave_s) > max_trip_s:
        return Reason.NO_TRIP_BACK
    return Reason.TOO_LONG


def _waits(journey: Journey, wait_s: int) -> int:
    """Return the longer wait: at work, `wait_s`, or on the way, as for the next day's line."""
    return max(wait_s, journey.waiting_s)


def _between(tt: Timetable, on: date, shift: Shift, trip: Trip) -> tuple[Journey, Journey] | None:
    """Return the ways home and out again in the longest pause of a split shift, if time allows."""
    pauses = [
        (end, start) for (_, end), (start, _) in zip(shift.periods, shift.periods[1:], strict=False)
    ]
    end, start = max(pauses, key=lambda pause: pause[1] - pause[0])
    out, back = there(
        trip,
        clock_s(tt, on, start - shift.margin_before_s),
        clock_s(tt, on, end + shift.margin_after_s),
    )
    # Home as one leaves again is not being home.
    if out is None or back is None or back.arrival_s >= out.departure_s:
        return None
    return back, out


def by_street(
    tt: Timetable,
    home: Place,
    work: Place,
    shift: Shift,
    mode: Mode,
    *,
    week: date,
    streets: Streets | None = None,
) -> WeekVerdict:
    """Return the whole way by one mode, each day of the shift; feasible within its limit."""
    streets = streets or default_streets(tt)
    a, b = place_point(tt, home), place_point(tt, work)
    out, back = streets.between(a, b, mode), streets.between(b, a, mode)
    monday = monday_of(week)
    verdicts = []
    for day in sorted(shift.days):
        on = monday + timedelta(day)
        if out is None or back is None or max(out.seconds, back.seconds) > MAX_TRIP_S:
            verdicts.append(_without_ways(shift, on, Reason.TOO_LONG))
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
            replace(
                _without_ways(shift, on, None),
                out=Journey(on, (legs[0],)),
                back=Journey(on, (legs[1],)),
                wait_before_s=clock_s(tt, on, shift.start_s) - arrive_s,
                wait_after_s=leave_s - clock_s(tt, on, shift.end_s),
            )
        )
    return WeekVerdict(tuple(verdicts))
