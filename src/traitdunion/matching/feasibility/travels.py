"""The ways of travelling that an answer compares, and the engine's reply to each, asked once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple, SupportsFloat

import numpy as np
import shapely

from traitdunion import reach
from traitdunion.reach.calendar_days import monday_of
from traitdunion.reach.places import Array, great_circle_m
from traitdunion.reach.streets import StreetLeg

from .other_days import OtherDays, other_days
from .rosters import Roster, every_week

# A light quadricycle is held to 45 km/h by law (Code de la route, R. 311-1): about 38 door to door.
QUADRICYCLE = reach.Mode("car", speed_kmh=38, max_m=40_000, detour=1.4, fixed_s=300, top_kmh=45)
DRAWN_WITHIN_DEG = 0.00005
"""Lines drawn stay within five metres of the streets: nothing shows at the scale of a commune."""

MAX_OPERATOR_SETS = 10
"""Sets of operators tried one by one for their prices: more of them never call near one home."""

Line = tuple[tuple[float, float], ...]
OpenOn = Callable[[date], Iterable[tuple[int, int]]]
"""Windows of a day, in seconds after its midnight."""


@dataclass(frozen=True)
class Vehicle:
    """A vehicle: how it moves, its name, the words for travelling by it, and what it needs."""

    mode: reach.Mode
    name: str
    by: str
    permis: str = "aucun"
    has_engine: bool = False


VEHICLES = {
    "marche": Vehicle(reach.WALK, "marche", "à pied"),
    "velo": Vehicle(reach.BIKE, "vélo", "à vélo"),
    "vae": Vehicle(reach.EBIKE, "vélo électrique", "à vélo électrique"),
    "scooter": Vehicle(reach.SCOOTER, "scooter", "en scooter", "am", True),
    "voiturette": Vehicle(QUADRICYCLE, "voiturette", "en voiturette", "am", True),
    "voiture": Vehicle(reach.CAR, "voiture", "en voiture", "b", True),
}
TO_A_STOP = frozenset({"velo", "vae", "scooter"})
"""Vehicles worth leaving at a stop."""


def vehicle(code: str, max_km: SupportsFloat | None = None) -> Vehicle:
    """Return the vehicle of the catalogue's code; `max_km` replaces its usual limit."""
    known = VEHICLES[code]
    if max_km is None:
        return known
    return replace(known, mode=replace(known.mode, max_m=float(max_km) * 1000))


class End(StrEnum):
    """Where the vehicle is used: the whole way, or between a stop and an end, or both, aboard."""

    WHOLE = "entier"
    HOME = "domicile"
    WORK = "travail"
    BOTH = "deux bouts"


@dataclass(frozen=True)
class Travel:
    """Public transport on foot when `mode` is None; else a vehicle, alone or to a stop.

    `routes`: rows of the routes on demand that may be asked for as well, none if empty.
    """

    mode: reach.Mode | None = None
    end: End = End.HOME
    routes: frozenset[int] = frozenset()

    @property
    def is_public(self) -> bool:
        """Return True where public transport is part of it."""
        return self.mode is None or self.end != End.WHOLE

    @property
    def is_joined(self) -> bool:
        """Return True where a vehicle leads to, or from, public transport."""
        return self.mode is not None and self.end != End.WHOLE


class _Drawing(NamedTuple):
    """What is drawn once: a way between two points by a mode."""

    origin: reach.Point
    destination: reach.Point
    mode: reach.Mode


class Foreseen(NamedTuple):
    """What a search would find of a travel: days that work, mean seconds away from home on them."""

    days: int
    away_s: float


def longest_wait_s(day: reach.DayVerdict) -> int:
    """Return the longest wait of a day: at a stop, before the start, after the end."""
    waits = [day.wait_before_s or 0, day.wait_after_s or 0]
    for journey in day.ways:
        waits += [then.departure_s - leg.arrival_s for leg, then in pairwise(journey.legs)]
    return max(waits)


NOTHING_FORESEEN = Foreseen(0, inf)


@dataclass(frozen=True)
class Asked:
    """What is searched: two places, a shift of a week, the moment of asking, the margins kept.

    `roster`: hours that differ by day or by week, of which `shift` is one; `period`: the first and
    the last day that count, the days of the timetable from that of asking where it is None.
    `via`: a stop on the way, out and back; `second_work`: where the last period of the shift is
    worked, if elsewhere; `max_wait_s`: the longest wait, at a stop or at work.
    """

    home: reach.Point
    work: reach.Point
    shift: reach.Shift
    week: date
    asked_at: datetime
    limits: reach.Limits
    roster: Roster | None = None
    period: tuple[date, date] | None = None
    via: reach.Via | None = None
    second_work: reach.Point | None = None
    max_wait_s: int | None = None
    prefer_less_walk_s: int = 0

    @property
    def is_bounded(self) -> bool:
        """Return whether more than two ends or a longest wait bounds the days.

        The searches of weeks, shared by all travels, know nothing of it.
        """
        bounds = (self.via, self.second_work, self.max_wait_s)
        return any(bound is not None for bound in bounds)


class Searches:
    """The engine's replies within one answer, each travel searched once."""

    def __init__(
        self,
        asked: Asked,
        timetable: reach.Timetable,
        streets: reach.Streets | None = None,
    ) -> None:
        """Take the detour model over the stops of the timetable where no `streets` are given."""
        self.asked = asked
        self.timetable = timetable
        self.streets = streets or reach.DetourStreets(
            timetable.arrays["stop_lat"], timetable.arrays["stop_lon"]
        )
        self.home, self.work = asked.home, asked.work
        self._found: dict[Travel, reach.WeekVerdict] = {}
        self._foreseen: dict[Travel, Foreseen] = {}
        self._other_days: dict[Travel, OtherDays] = {}
        self._near: dict[frozenset[int], bool] = {}
        self._works_on: dict[Travel, dict[date, bool]] = {}
        self._ways: dict[reach.Mode, StreetLeg | None] = {}
        self._errands: dict[tuple[reach.Point, date, int], reach.Journey | None] = {}
        self._drawn: dict[_Drawing, Line] = {}
        # By identity: the searches of a period are kept as long as these.
        self._classes_of_days: dict[int, list[tuple[date, int]]] = {}
        self._tied: dict[Any, Any] = {}
        self._asking: dict[Any, Any] = {}

    @property
    def limits(self) -> reach.Limits:
        """Return the limits of every search: the margins asked for, and the moment of asking."""
        return self.asked.limits

    def week(self, travel: Travel) -> reach.WeekVerdict:
        """Search there and back on each day asked for."""
        travel = self._as_searched(travel)
        if travel not in self._found:
            self._found[travel] = self._search(travel)
        return self._found[travel]

    def other_days(self, travel: Travel) -> OtherDays:
        """Return how the same weekdays of the other weeks answer."""
        travel = self._as_searched(travel)
        if self.asked.is_bounded:
            return OtherDays((), ())
        if travel not in self._other_days:
            self._other_days[travel] = other_days(self, travel, self.week(travel))
        return self._other_days[travel]

    def foreseen(self, travel: Travel) -> Foreseen:
        """Return what `week` would find, from the searches shared by all travels, without ways."""
        travel = self._as_searched(travel)
        if travel not in self._foreseen:
            nowhere = self._leads_nowhere(travel)
            self._foreseen[travel] = NOTHING_FORESEEN if nowhere else self._foresee(travel)
        return self._foreseen[travel]

    def _foresee(self, travel: Travel) -> Foreseen:
        if self.asked.second_work is not None:
            return self._foreseen_by_two(travel)
        foreseen = self._foresee_by(self._kept_week, travel, dated=False)
        if foreseen.days and self._is_dated(travel) and not self._is_free_all_week:
            # What nothing closes holds all that a notice leaves: only then is it searched.
            return self._foresee_by(self._dated_week, travel, dated=True)
        return foreseen

    @property
    def _is_free_all_week(self) -> bool:
        return self._is_free(monday_of(self.asked.week))

    def _foresee_by(self, site: reach.SiteWeek, travel: Travel, *, dated: bool) -> Foreseen:
        mode = self._by_site(travel, dated=dated)
        out_s, back_s = (seconds[:, 0, 0, 0] for seconds in site.seconds([self.home], [mode]))
        works = (out_s != reach.UNREACHED) & (back_s != reach.UNREACHED)
        classes = site.classes
        at_work_s = classes.leave_s.astype(np.int64) - classes.arrive_s
        days = [c for row in classes.class_of.tolist() for c in row if c >= 0 and works[c]]
        away = [float(out_s[c]) + float(back_s[c]) + float(at_work_s[c]) for c in days]
        return Foreseen(len(days), float(np.mean(away)) if away else inf)

    def _foreseen_by_two(self, travel: Travel) -> Foreseen:
        """Return what the search itself finds: those that travels share know one place of work."""
        away = [day.away_s for day in self.week(travel).days if day.feasible and day.away_s]
        return Foreseen(len(away), float(np.mean(away)) if away else inf)

    def _as_searched(self, travel: Travel) -> Travel:
        """Return the travel that is searched: the lines alone where no ride asked for comes."""
        if travel.mode == reach.WALK:
            travel = replace(travel, mode=self.limits.walk)
        if travel.routes and not self._comes_near(travel.routes):
            return replace(travel, routes=frozenset())
        return travel

    def _comes_near(self, routes: frozenset[int]) -> bool:
        if routes not in self._near:
            self._near[routes] = reach.comes_near(
                self.timetable, self.streets, self.limits, reach.OnDemand(routes=routes),
                (self.home, self.work),
            )  # fmt: skip
        return self._near[routes]

    def _leads_nowhere(self, travel: Travel) -> bool:
        """Return whether nothing leads to work: an end without a stop, too far for the street."""
        if not travel.is_public or travel.routes:
            return False
        on_foot = travel.mode if travel.end == End.BOTH and travel.mode else self.limits.walk
        if self.streets.between(self.home, self.work, on_foot) is not None:
            return False
        return not all(len(stops) for stops in self._near_ends(travel))

    def _near_ends(self, travel: Travel) -> Iterator[Array]:
        """Yield the stops with a line near home, then near work, by the modes of a travel."""
        for point, end in ((self.home, End.HOME), (self.work, End.WORK)):
            ridden = travel.end in (end, End.BOTH) and travel.mode
            near = self.streets.stops_around(
                point, ridden or self.limits.walk, towards=end == End.WORK
            )
            yield near.stops[self.timetable.is_served[near.stops]]

    def works_on(self, travel: Travel) -> dict[date, bool]:
        """Return whether the shift can be kept on each of its days from today that feeds cover."""
        if travel not in self._works_on:
            self._works_on[travel] = self._period_works(travel)
        return self._works_on[travel]

    def _period_works(self, travel: Travel) -> dict[date, bool]:
        if self._leads_nowhere(travel):
            site = self._kept_period
            return {} if site is None else {on: False for on, _ in self._class_of_days(site)}
        works = self._works_by(self._kept_period, travel, dated=False)
        near = [on for on in works if not self._is_free(on)] if self._is_dated(travel) else []
        # Days near enough to be booked too late have searches of their own, where one may work:
        # what nothing closes holds all that a notice leaves.
        if any(works[on] for on in near):
            works |= self._works_by(self._dated_period, travel, dated=True)
        return works

    def _works_by(
        self, site: reach.SiteWeek | None, travel: Travel, *, dated: bool
    ) -> dict[date, bool]:
        """Return whether each day of a period can be kept, by the searches of a site."""
        if site is None:
            return {}
        out_s, back_s = site.seconds([self.home], [self._by_site(travel, dated=dated)])
        works = ((out_s != reach.UNREACHED) & (back_s != reach.UNREACHED))[:, 0, 0, 0].tolist()
        return {on: works[c] for on, c in self._class_of_days(site)}

    def _is_free(self, on: date) -> bool:
        """Return whether nothing of a day, or of those after, is booked too late when asked for."""
        return on >= reach.free_from(self.timetable, self.asked.asked_at.date())

    def _class_of_days(self, site: reach.SiteWeek) -> list[tuple[date, int]]:
        """Return the days worked whose hours are known, each with its class: for every travel."""
        known = self._classes_of_days.get(id(site))
        if known is None:
            known = self._classes_of_days[id(site)] = list(self._days_with_class(site))
        return known

    def _days_with_class(self, site: reach.SiteWeek) -> Iterator[tuple[date, int]]:
        class_of = site.classes.class_of.tolist()
        for number, on in enumerate(site.classes.dates):
            row = self._roster.row_on(on)
            if row is not None and class_of[row][number] >= 0 and on in self._covered:
                yield on, class_of[row][number]

    @cached_property
    def _roster(self) -> Roster:
        """Return the shift of each day; the one asked about, every week, where it is alone."""
        return self.asked.roster or every_week(self.asked.shift, date.min + timedelta(7))

    def is_worked(self, on: date) -> bool:
        """Return whether a shift starts on a day."""
        return self._roster.shift_on(on) is not None

    @property
    def _shifts(self) -> tuple[reach.Shift, ...]:
        """Return the shifts of the week asked about."""
        if self.asked.roster is None:
            return (self.asked.shift,)
        return self.asked.roster.of_week(self.asked.week)

    @cached_property
    def _covered(self) -> frozenset[date]:
        tt, ends = self.timetable, (self.home, self.work)
        days = (tt.start + timedelta(number) for number in range(tt.days))
        return frozenset(on for on in days if not tt.unknown_feeds(on, ends))

    def _is_dated(self, travel: Travel) -> bool:
        """Return whether the moment of asking may matter: something is booked."""
        return bool(travel.routes) or self.timetable.has_booked_lines

    @cached_property
    def _dated_week(self) -> reach.SiteWeek:
        return self._sharing(reach.site_week(
            self.timetable, [self.work], list(self._shifts),
            week=self.asked.week, limits=self.limits, streets=self.streets,
        ))  # fmt: skip

    @cached_property
    def _kept_week(self) -> reach.SiteWeek:
        return self._sharing(reach.kept_site_week(
            self.timetable, [self.work], list(self._shifts),
            week=self.asked.week, limits=self._timeless, streets=self.streets,
        ))  # fmt: skip

    @cached_property
    def _dated_period(self) -> reach.SiteWeek | None:
        """Return the searches of the days that bookings may close, None where there is none."""
        free = reach.free_from(self.timetable, self.asked.asked_at.date())
        if self._period is None or self._period[0] >= free:
            return None
        first, last = self._period
        return self._sharing(reach.site_week(
            self.timetable, [self.work], list(self._roster.distinct),
            period=(first, min(last, free - timedelta(1))),
            limits=self.limits, streets=self.streets,
        ))  # fmt: skip

    @cached_property
    def _kept_period(self) -> reach.SiteWeek | None:
        period = self._period
        return period and self._sharing(reach.kept_site_week(
            self.timetable, [self.work], list(self._roster.distinct),
            period=period, limits=self._timeless, streets=self.streets,
        ))  # fmt: skip

    def _sharing(self, site: reach.SiteWeek) -> reach.SiteWeek:
        """Return searches of the site that share how places are tied to the stops."""
        return replace(site, tied=self._tied, asking=self._asking)

    @property
    def _period(self) -> tuple[date, date] | None:
        """Return the days looked at beyond the week, first and last; None where none is known."""
        tt = self.timetable
        first, last = self.asked.period or (self.asked.asked_at.date(), tt.end)
        first, last = max(first, tt.start), min(last, tt.end)
        return (first, last) if first <= last else None

    @cached_property
    def _timeless(self) -> reach.Limits:
        """Return the limits of searches in which nothing is booked, whenever they are asked for."""
        return replace(self.limits, asked_at=None)

    def _by_site(self, travel: Travel, *, dated: bool) -> reach.Commute | reach.Mode:
        """Return a travel as searches of sites take it, the moment of asking with it if `dated`."""
        if travel.mode is not None and travel.end == End.WHOLE:
            return travel.mode
        # A shorter walk changes no verdict.
        commute = replace(self._commute(travel), prefer_less_walk_s=0)
        if dated:
            return commute
        asked = commute.on_demand and replace(commute.on_demand, asked_at=None)
        return replace(commute, limits=self._timeless, on_demand=asked)

    def _search(self, travel: Travel) -> reach.WeekVerdict:
        weeks = [self._search_shift(travel, shift) for shift in self._shifts]
        if len(weeks) == 1:
            return weeks[0]
        days = sorted((day for week in weeks for day in week.days), key=lambda day: day.on)
        return reach.WeekVerdict(tuple(days))

    def _search_shift(self, travel: Travel, shift: reach.Shift) -> reach.WeekVerdict:
        week = self._search_ways(travel, shift)
        most_s = self.asked.max_wait_s
        if most_s is None:
            return week
        days = (self._waiting_less(travel, shift, day, most_s) for day in week.days)
        return reach.WeekVerdict(tuple(days))

    def _waiting_less(
        self, travel: Travel, shift: reach.Shift, day: reach.DayVerdict, most_s: int
    ) -> reach.DayVerdict:
        """Return the day by ways without a wait longer than asked, refused where there are none."""
        if not day.feasible or longest_wait_s(day) <= most_s:
            return day
        no_stop = self.asked.via is None and self.asked.second_work is None
        if no_stop and travel.end != End.WHOLE:
            for other in reach.other_ways(
                self.timetable, self.home, self.work, shift, day,
                commute=self._commute(travel), streets=self.streets,
            ):  # fmt: skip
                if longest_wait_s(other) <= most_s:
                    return other
        return replace(day, reason=reach.Reason.LONG_WAIT)

    def _search_ways(self, travel: Travel, shift: reach.Shift) -> reach.WeekVerdict:
        week, via, second = self.asked.week, self.asked.via, self.asked.second_work
        whole = travel.mode if travel.end == End.WHOLE else None
        if second is not None:
            return reach.there_and_back_by_two(
                self.timetable, self.home, (self.work, second), shift,
                week=week, commute=self._commute(travel), streets=self.streets, mode=whole,
            )  # fmt: skip
        if via is not None:
            return reach.there_and_back_via(
                self.timetable, (self.home, self.work), shift, via,
                week=week, commute=self._commute(travel), streets=self.streets, mode=whole,
            )  # fmt: skip
        if travel.mode is not None and travel.end == End.WHOLE:
            return reach.by_street(
                self.timetable, self.home, self.work, shift, travel.mode,
                week=week, streets=self.streets,
            )  # fmt: skip
        return reach.there_and_back(
            self.timetable, self.home, self.work, shift,
            week=week, commute=self._commute(travel), streets=self.streets,
        )  # fmt: skip

    def _commute(self, travel: Travel, agencies: frozenset[str] | None = None) -> reach.Commute:
        """Return how one commutes; `agencies`: operators whose lines are taken, all if None."""
        return reach.Commute(
            home_vehicle=travel.mode if travel.end == End.HOME else None,
            work_vehicle=travel.mode if travel.end == End.WORK else None,
            bike_aboard=travel.mode if travel.end == End.BOTH else None,
            on_demand=reach.OnDemand(asked_at=self.asked.asked_at, routes=travel.routes)
            if travel.routes
            else None,
            limits=replace(self.limits, agencies=agencies),
            prefer_less_walk_s=self.asked.prefer_less_walk_s,
        )

    def other_weeks(self, travel: Travel) -> Iterator[reach.WeekVerdict]:
        """Yield other weeks of a travel by the lines, that few operators, rides or walks make.

        Each keeps the days of `week`; one of them may equal it.
        """
        # A notice makes each day a search of its own: the lines joined to a service on demand are
        # those of the best week alone.
        if not travel.is_public or travel.routes or len(self._shifts) > 1:
            return
        if self.asked.is_bounded:
            return
        best = self.week(travel)
        for agencies in (None, *self._operators(travel)):
            yield from reach.other_weeks(
                self.timetable, self.home, self.work, self._shifts[0], best,
                classes=self.day_classes, commute=self._commute(travel, agencies),
                streets=self.streets,
            )  # fmt: skip

    @cached_property
    def day_classes(self) -> reach.DayClasses:
        """Return which days of the week asked about give the shift the same searches."""
        return reach.day_classes(
            self.timetable, list(self._shifts), week=self.asked.week,
            limits=self.limits,
        )  # fmt: skip

    def _operators(self, travel: Travel) -> list[frozenset[str]]:
        """Return sets of one or two operators by which one may go all the way.

        None where a single operator calls near both ends: the way by all is then its own.
        """
        at_home, at_work = (
            self._calling_at(
                point, travel.mode if travel.end in ends and travel.mode else reach.WALK
            )
            for point, ends in (
                (self.home, (End.HOME, End.BOTH)),
                (self.work, (End.WORK, End.BOTH)),
            )
        )
        every = at_home | at_work
        if len(every) < 2:
            return []
        alone = at_home & at_work
        two = {frozenset({a, b}) for a in at_home for b in at_work if a != b}
        ones = [frozenset({operator}) for operator in alone]
        sets = sorted(ones, key=sorted) + sorted(two, key=sorted)
        return [operators for operators in sets if operators != every][:MAX_OPERATOR_SETS]

    def _calling_at(self, point: reach.Point, mode: reach.Mode | None) -> frozenset[str]:
        near = self.streets.stops_around(point, mode or reach.WALK)
        return self.timetable.operators.calling_at(near.stops)

    def way(self, mode: reach.Mode) -> StreetLeg | None:
        """Return the whole way by a mode, however long; None where no street leads there."""
        unlimited = replace(mode, max_m=inf)
        if unlimited not in self._ways:
            self._ways[unlimited] = self.streets.between(self.home, self.work, unlimited)
        return self._ways[unlimited]

    def drawn(self, leg: reach.Leg, mode: reach.Mode) -> Line:
        """Draw a leg as (lat, lon): along the streets where they are known, else straight."""
        asked = _Drawing(leg.from_point, leg.to_point, replace(mode, max_m=inf))
        if asked not in self._drawn:
            way = self.streets.between(*asked)
            known = way is not None and not way.estimated
            points = way.points if way is not None and known else asked[:2]
            line = shapely.LineString(points).simplify(DRAWN_WITHIN_DEG)
            self._drawn[asked] = tuple((lat, lon) for lat, lon in line.coords)
        return self._drawn[asked]

    def metres_to(self, point: reach.Point) -> float:
        """Return how far a place is from home by road, else as the crow flies."""
        way = self.streets.between(self.home, point, replace(reach.CAR, max_m=inf))
        if way is not None:
            return way.metres
        return float(great_circle_m(*self.home, np.array(point.lat), np.array(point.lon)))

    def errand(self, point: reach.Point, open_on: OpenOn) -> reach.Journey | None:
        """The first way from home to a place within hours of its own, in the week asked about."""
        monday = monday_of(self.asked.week)
        for on in (monday + timedelta(day) for day in range(7)):
            for from_s, by_s in open_on(on):
                key = point, on, from_s
                if key not in self._errands:
                    self._errands[key] = self._errand(point, on, from_s)
                errand = self._errands[key]
                if errand is not None and errand.arrival_s <= by_s:
                    return errand
        return None

    def _errand(self, point: reach.Point, on: date, from_s: int) -> reach.Journey | None:
        """Return the first to be there, of those who leave home from an hour on."""
        if not self.timetable.start <= on <= self.timetable.end:
            return None
        errands = reach.journeys(
            self.timetable, self.home, point, reach.When(on, depart_s=from_s, patience_s=0),
            limits=self.limits, streets=self.streets,
        )  # fmt: skip
        return min(errands, key=lambda journey: journey.arrival_s, default=None)

    def has_stop(self, point: reach.Point) -> bool:
        """Return True where a stop is within walking distance."""
        return len(self.streets.stops_around(point, self.limits.walk).stops) > 0
