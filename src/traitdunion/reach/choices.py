"""The weeks worth choosing among for one way of travelling: time away, rides, walking, operators.

Out and back are chosen together, so that one ticket may serve both.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from .commutes import Commute, Trip
from .day_classes import DayClasses, clock_s, hours_alike
from .left_vehicles import choices
from .legs import Journey, Place
from .shifts import DayVerdict, Shift, WeekVerdict
from .streets import Streets
from .timetable import Timetable

MAX_KEPT = 8
"""Weeks kept for each set of operators, besides the simplest: the shortest time away first."""


class Score(NamedTuple):
    """What a week, or a day, is chosen by: seconds away from home, rides, seconds on foot."""

    away_s: int
    rides: int
    walk_s: int

    def plus(self, other: "Score") -> "Score":
        """Return the sum of two days."""
        return Score(*(a + b for a, b in zip(self, other, strict=True)))

    def betters(self, other: "Score") -> bool:
        """Return whether it equals or betters another: time, and rides, then walking."""
        return self.away_s <= other.away_s and self.simplicity <= other.simplicity

    @property
    def simplicity(self) -> tuple[int, int]:
        """Return the rides, then the seconds on foot."""
        return self.rides, self.walk_s


class _Pair(NamedTuple):
    """The ways out and back of one day; None where those of the best week stay."""

    score: Score
    ways: tuple[Journey, Journey] | None

    @property
    def lines(self) -> tuple[object, ...]:
        """Return the lines ridden and where, the same for days that go the same way."""
        return tuple(
            (leg.kind, leg.agency, leg.routes, leg.from_stop, leg.to_stop)
            for way in self.ways or ()
            for leg in way.legs
            if leg.kind in ("ride", "on_demand")
        )


def score_of(week: WeekVerdict) -> Score:
    """Return the sums of a week over the days that are kept."""
    return _total(
        _score(day.out, day.back)
        for day in week.days
        if day.feasible and day.out is not None and day.back is not None
    )


def other_weeks(
    tt: Timetable,
    home: Place,
    work: Place,
    shift: Shift,
    best: WeekVerdict,
    *,
    classes: DayClasses,
    commute: Commute,
    streets: Streets,
) -> list[WeekVerdict]:
    """Return weeks that keep the days of `best`, none worse than another in time and in rides.

    By the operators of `commute.limits`; a day that these cannot keep stays as in `best`.
    `classes`: those of the shift in the week of `best`.
    """
    of_class: dict[Hashable, list[DayVerdict]] = {}
    feasible = [day for day in best.days if day.feasible]
    for day, key in zip(feasible, _keys(tt, shift, feasible, classes, commute), strict=True):
        of_class.setdefault(key, []).append(day)
    kinds: list[Sequence[DayVerdict]] = []
    pairs: list[list[_Pair]] = []
    for days in of_class.values():
        searched = _pairs(Trip(tt, days[0].on, home, work, commute, streets), shift, days)
        # Bookings name their date: where one is needed, each day is searched.
        apart = [[day] for day in days] if any(map(_is_booked, searched)) else [days]
        kinds += apart
        pairs += (
            [searched]
            if len(apart) == 1
            else [
                _pairs(Trip(tt, day.on, home, work, commute, streets), shift, [day]) for day in days
            ]
        )
    weeks = []
    for chosen in _undominated(_same_lines(pairs)):
        ways = {day.on: pair.ways for days, pair in zip(kinds, chosen, strict=True) for day in days}
        if any(ways.values()):
            weeks.append(
                WeekVerdict(tuple(_changed(tt, shift, day, ways.get(day.on)) for day in best.days))
            )
    return weeks


def other_ways(
    tt: Timetable,
    home: Place,
    work: Place,
    shift: Shift,
    day: DayVerdict,
    *,
    commute: Commute,
    streets: Streets,
) -> Iterator[DayVerdict]:
    """Yield a day by other ways within the longest trip, the shortest time away first."""
    searched = _pairs(Trip(tt, day.on, home, work, commute, streets), shift, [day])
    for pair in sorted(searched, key=lambda pair: pair.score):
        yield _changed(tt, shift, day, pair.ways)


def _keys(
    tt: Timetable,
    shift: Shift,
    days: Sequence[DayVerdict],
    classes: DayClasses,
    commute: Commute,
) -> Sequence[Hashable]:
    """Return keys, equal for days that give the shift the same choices within the longest trip."""
    dates = [day.on for day in days]
    if tt.has_booked_lines or commute.on_demand:
        class_of = dict(zip(classes.dates, classes.class_of[0].tolist(), strict=True))
        return [class_of[on] for on in dates]
    return hours_alike(tt, shift, dates, commute.max_trip_s)


def _same_lines(pairs: Sequence[Sequence[_Pair]]) -> Iterator[tuple[_Pair, ...]]:
    """Yield a choice of one pair for each kind of day, by the same lines wherever these run.

    Weeks that change lines from day to day for the sake of a minute are no choice.
    """
    by_lines = []
    for of_kind in pairs:
        # Sorted, so that the first by some lines is the quickest by them.
        ordered = sorted(of_kind, key=lambda pair: pair.score)
        by_lines.append({pair.lines: pair for pair in reversed(ordered)})
    quickest = [min(of_kind, key=lambda pair: pair.score) for of_kind in pairs]
    for lines in dict.fromkeys(lines for of_kind in by_lines for lines in of_kind):
        yield tuple(
            of_kind.get(lines, fallback)
            for of_kind, fallback in zip(by_lines, quickest, strict=True)
        )


def _pairs(trip: Trip, shift: Shift, days: Sequence[DayVerdict]) -> list[_Pair]:
    """Return the choices of one kind of day, each counted for all its days."""
    arrive_s = clock_s(trip.tt, trip.on, shift.arrive_by_s)
    leave_s = clock_s(trip.tt, trip.on, shift.leave_from_s)
    pairs = [
        _Pair(_times(_score(*ways), len(days)), ways) for ways in choices(trip, arrive_s, leave_s)
    ]
    if pairs:
        return pairs
    out, back = days[0].out, days[0].back
    as_before = Score(0, 0, 0) if out is None or back is None else _score(out, back)
    return [_Pair(_times(as_before, len(days)), None)]


def _is_booked(pair: _Pair) -> bool:
    """Return whether a ride of the day is to be asked for, or booked."""
    legs = (leg for way in pair.ways or () for leg in way.legs)
    return any(leg.kind == "on_demand" or leg.booking is not None for leg in legs)


def _score(out: Journey, back: Journey) -> Score:
    return Score(
        back.arrival_s - out.departure_s,
        out.rides + out.on_demand + back.rides + back.on_demand,
        out.walk_s + back.walk_s,
    )


def _times(score: Score, number: int) -> Score:
    return Score(*(value * number for value in score))


def _undominated(weeks: Iterable[tuple[_Pair, ...]]) -> list[tuple[_Pair, ...]]:
    """Return the choices that no other equals or betters, the shortest time away first."""
    kept: list[tuple[Score, tuple[_Pair, ...]]] = []
    scored = [(_total(pair.score for pair in week), week) for week in weeks]
    for score, week in sorted(scored, key=lambda pair: pair[0]):
        if not any(other.betters(score) for other, _ in kept):
            kept.append((score, week))
    # The simplest comes last, and stays, however many there are.
    return [week for _, week in (kept if len(kept) <= MAX_KEPT else [*kept[:MAX_KEPT], kept[-1]])]


def _total(scores: Iterable[Score]) -> Score:
    total = Score(0, 0, 0)
    for score in scores:
        total = total.plus(score)
    return total


def _changed(
    tt: Timetable, shift: Shift, day: DayVerdict, ways: tuple[Journey, Journey] | None
) -> DayVerdict:
    """Return a day with other ways out and back."""
    if ways is None:
        return day
    out, back = (_dated(way, day.on) for way in ways)
    return replace(
        day,
        out=out,
        back=back,
        wait_before_s=clock_s(tt, day.on, shift.start_s) - out.arrival_s,
        wait_after_s=back.departure_s - clock_s(tt, day.on, shift.end_s),
    )


def _dated(journey: Journey, on: date) -> Journey:
    return replace(journey, on=on)
