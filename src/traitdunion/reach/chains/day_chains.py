"""A day with several stays: two employers, or a child dropped on the way and fetched back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import NamedTuple

from ..calendar_days import monday_of
from ..commutes import Commute, Trip
from ..day_classes import clock_s
from ..ends import default_streets
from ..legs import Journey, Leg, Place, place_point
from ..shifts import DayVerdict, Reason, Shift, WeekVerdict, asked_sooner, proves_a_no
from ..streets import Mode, Streets
from ..timetable import OutsideTimetable, Timetable


class Stay(NamedTuple):
    """Somewhere to be, by the clock of the day, in seconds after its midnight."""

    place: Place
    arrive_by_s: int
    leave_from_s: int


class Via(NamedTuple):
    """Somewhere to stop for `dwell_s` on the way out and back, while it is open."""

    place: Place
    opens_s: int
    closes_s: int
    dwell_s: int


@dataclass(frozen=True)
class _Mover:
    """How one goes from a place to another on a day: by a mode all the way, or by the lines."""

    tt: Timetable
    on: date
    commute: Commute
    streets: Streets
    mode: Mode | None

    def with_and_without_preference(self) -> Iterator["_Mover"]:
        """Yield the same as asked, then without the shorter walks, which may miss an hour."""
        yield self
        if self.mode is None and self.commute.prefer_less_walk_s:
            yield replace(self, commute=replace(self.commute, prefer_less_walk_s=0))

    def by(self, a: Place, b: Place, arrive_s: int) -> Journey | None:
        """Return the latest way that arrives in time."""
        if self.mode is not None or _same(self.tt, a, b):
            return self._on_streets(a, b, arrive_s=arrive_s)
        return Trip(self.tt, self.on, a, b, self.commute, self.streets).out(arrive_s)

    def after(self, a: Place, b: Place, depart_s: int) -> Journey | None:
        """Return the soonest way after a moment."""
        if self.mode is not None or _same(self.tt, a, b):
            return self._on_streets(a, b, depart_s=depart_s)
        return Trip(self.tt, self.on, b, a, self.commute, self.streets).back(depart_s)

    def _on_streets(
        self, a: Place, b: Place, *, arrive_s: int | None = None, depart_s: int | None = None
    ) -> Journey | None:
        p, q = place_point(self.tt, a), place_point(self.tt, b)
        mode = self.mode or self.commute.limits.walk
        way = self.streets.between(p, q, mode)
        if way is None:
            return None
        start = depart_s if depart_s is not None else (arrive_s or 0) - way.seconds
        leg = Leg(
            mode.code, "", "", p, q, start, start + way.seconds,
            distance_m=way.metres, estimated=way.estimated,
        )  # fmt: skip
        return Journey(self.on, (leg,))


def _same(tt: Timetable, a: Place, b: Place) -> bool:
    return place_point(tt, a) == place_point(tt, b)


def day_chain(
    tt: Timetable,
    home: Place,
    stays: Sequence[Stay],
    on: date,
    *,
    commute: Commute | None = None,
    streets: Streets | None = None,
    mode: Mode | None = None,
) -> list[Journey] | None:
    """Return the ways of a day from home to each stay in turn, and home again.

    Each arrives in time and leaves after the stay before; None where one does not exist. `mode`: by
    it alone, else by the lines.
    """
    mover = _Mover(tt, on, commute or Commute(), streets or default_streets(tt), mode)
    for same in mover.with_and_without_preference():
        ways = _chained(same, home, stays)
        if ways is not None:
            return ways
    return None


def _chained(mover: _Mover, home: Place, stays: Sequence[Stay]) -> list[Journey] | None:
    ways: list[Journey] = []
    here, free_s = home, None
    for stay in stays:
        way = mover.by(here, stay.place, clock_s(mover.tt, mover.on, stay.arrive_by_s))
        if way is None or (free_s is not None and way.departure_s < free_s):
            return None
        ways.append(way)
        here, free_s = stay.place, clock_s(mover.tt, mover.on, stay.leave_from_s)
    back = mover.after(here, home, free_s or 0)
    return None if back is None else [*ways, back]


def there_and_back_via(
    tt: Timetable,
    ends: tuple[Place, Place],
    shift: Shift,
    via: Via,
    *,
    week: date,
    commute: Commute | None = None,
    streets: Streets | None = None,
    mode: Mode | None = None,
) -> WeekVerdict:
    """Return whether a shift can be kept with a stop on the way out and on the way back.

    `ends`: home and work.
    """
    home, work = ends
    movers = _movers(tt, shift, week, commute, streets, mode)
    parts = ((home, via.place), (via.place, work))
    day_of = partial(_day_via, home=home, work=work, shift=shift, via=via)
    return WeekVerdict(tuple(_verdict_of_day(mover, shift, day_of, parts) for mover in movers))


def there_and_back_by_two(
    tt: Timetable,
    home: Place,
    works: tuple[Place, Place],
    shift: Shift,
    *,
    week: date,
    commute: Commute | None = None,
    streets: Streets | None = None,
    mode: Mode | None = None,
) -> WeekVerdict:
    """Return whether days at two places of work can be kept, from one to the other between them.

    The first period of the shift is worked at the first place, the last at the second; its margins
    are kept at each.
    """
    movers = _movers(tt, shift, week, commute, streets, mode)
    ends = ((home, works[0]), works, (home, works[1]))
    day_of = partial(_day_by_two, home=home, works=works, shift=shift)
    return WeekVerdict(tuple(_verdict_of_day(mover, shift, day_of, ends) for mover in movers))


def _movers(
    tt: Timetable,
    shift: Shift,
    week: date,
    commute: Commute | None,
    streets: Streets | None,
    mode: Mode | None,
) -> Iterator[_Mover]:
    """Yield how one goes on each day of a shift in a week."""
    commute, streets = commute or Commute(), streets or default_streets(tt)
    monday = monday_of(week).toordinal()
    for number in sorted(shift.days):
        yield _Mover(tt, date.fromordinal(monday + number), commute, streets, mode)


def _verdict_of_day(
    mover: _Mover,
    shift: Shift,
    day_of: Callable[[_Mover], DayVerdict],
    ends: Sequence[tuple[Place, Place]],
) -> DayVerdict:
    """Return the verdict of a day whose ways go between `ends`, with why it fails."""
    try:
        return _verdict_known(mover, shift, day_of, ends)
    except OutsideTimetable:
        return DayVerdict(mover.on, reason=Reason.OUTSIDE_TIMETABLE)


def _verdict_known(
    mover: _Mover,
    shift: Shift,
    day_of: Callable[[_Mover], DayVerdict],
    ends: Sequence[tuple[Place, Place]],
) -> DayVerdict:
    for same in mover.with_and_without_preference():
        day = day_of(same)
        if day.feasible:
            return day
    # By one mode all the way, hours and bookings of lines decide nothing.
    if mover.mode is not None:
        return day
    arrive_s, leave_s = (
        clock_s(mover.tt, mover.on, s) for s in (shift.arrive_by_s, shift.leave_from_s)
    )
    parts = [Trip(mover.tt, mover.on, a, b, mover.commute, mover.streets) for a, b in ends]
    for trip in parts:
        sooner = asked_sooner(trip, arrive_s, leave_s)
        if sooner is not None:
            in_time = replace(mover, commute=replace(sooner, prefer_less_walk_s=0))
            if day_of(in_time).feasible:
                return replace(day, reason=Reason.NOTICE)
    if not all(proves_a_no(trip, arrive_s, leave_s) for trip in parts):
        return replace(day, reason=Reason.OUTSIDE_TIMETABLE)
    return day


def _day_via(mover: _Mover, home: Place, work: Place, shift: Shift, via: Via) -> DayVerdict:
    tt, on, max_trip_s = mover.tt, mover.on, mover.commute.max_trip_s
    arrive_s, leave_s = (clock_s(tt, on, s) for s in (shift.arrive_by_s, shift.leave_from_s))
    opens_s, closes_s = (clock_s(tt, on, s) for s in (via.opens_s, via.closes_s))
    verdict = DayVerdict(
        on, margin_before_s=shift.margin_before_s, margin_after_s=shift.margin_after_s
    )
    onward = mover.by(via.place, work, arrive_s)
    if onward is None:
        return replace(verdict, reason=Reason.NO_TRIP_OUT)
    if onward.departure_s < opens_s + via.dwell_s:
        return replace(verdict, reason=Reason.NOT_OPEN_YET)
    first = mover.by(home, via.place, onward.departure_s - via.dwell_s)
    homeward = mover.after(work, via.place, leave_s)
    if first is None or homeward is None:
        missing = Reason.NO_TRIP_OUT if first is None else Reason.NO_TRIP_BACK
        return replace(verdict, reason=missing)
    if homeward.arrival_s + via.dwell_s > closes_s:
        return replace(verdict, reason=Reason.CLOSED_ALREADY)
    last = mover.after(via.place, home, homeward.arrival_s + via.dwell_s)
    if last is None:
        return replace(verdict, reason=Reason.NO_TRIP_BACK)
    out, back = _joined(on, first, onward), _joined(on, homeward, last)
    longest = max(arrive_s - out.departure_s, back.arrival_s - leave_s)
    return replace(
        verdict,
        out=out,
        back=back,
        reason=Reason.TOO_LONG if longest > max_trip_s + 2 * via.dwell_s else None,
        wait_before_s=clock_s(tt, on, shift.start_s) - out.arrival_s,
        wait_after_s=back.departure_s - clock_s(tt, on, shift.end_s),
    )


def _day_by_two(mover: _Mover, home: Place, works: tuple[Place, Place], shift: Shift) -> DayVerdict:
    (first, last), tt, on = works, mover.tt, mover.on
    free_s = shift.periods[0][1] + shift.margin_after_s
    due_s = shift.periods[-1][0] - shift.margin_before_s
    arrive_s, free_s, due_s, leave_s = (
        clock_s(tt, on, s) for s in (shift.arrive_by_s, free_s, due_s, shift.leave_from_s)
    )
    verdict = DayVerdict(
        on, margin_before_s=shift.margin_before_s, margin_after_s=shift.margin_after_s
    )
    out = mover.by(home, first, arrive_s)
    if out is None:
        return replace(verdict, reason=Reason.NO_TRIP_OUT)
    onward = mover.by(first, last, due_s)
    if onward is None or onward.departure_s < free_s:
        return replace(verdict, out=out, reason=Reason.NO_TRIP_BETWEEN)
    back = mover.after(last, home, leave_s)
    if back is None:
        return replace(verdict, out=out, onward=onward, reason=Reason.NO_TRIP_BACK)
    longest = max(arrive_s - out.departure_s, back.arrival_s - leave_s)
    return replace(
        verdict,
        out=out,
        onward=onward,
        back=back,
        reason=Reason.TOO_LONG if longest > mover.commute.max_trip_s else None,
        wait_before_s=clock_s(tt, on, shift.start_s) - out.arrival_s,
        wait_after_s=back.departure_s - clock_s(tt, on, shift.end_s),
    )


def _joined(on: date, first: Journey, then: Journey) -> Journey:
    """Return two ways as one, without the steps that last no time."""
    legs = [leg for leg in (*first.legs, *then.legs) if leg.duration_s]
    return Journey(on, tuple(legs or first.legs))
