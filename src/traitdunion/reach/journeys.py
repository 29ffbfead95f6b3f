"""Journeys of one traveller: the Pareto set between two places, with their legs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from . import pareto_kernels
from .booked_lines import booked_of
from .compiling.wheelchair import wheelchair_of_ride
from .ends import (
    Ends,
    chained,
    default_streets,
    departures_of,
    end_times,
    ends,
    ready_at,
    turned_ties,
)
from .kernels import View
from .legs import (
    Journey,
    Leg,
    Place,
    latest,
    pareto_set,
    place_name,
    place_point,
    soonest,
    street_leg,
)
from .on_demand import Booked
from .on_demand.asked_rides import AskedRides, day_services
from .one_to_all import by_vehicle
from .options import ON_FOOT, USUAL_LIMITS, Limits, Modes, When, booked_at
from .pareto_kernels import JourneyEnds, Labels, Question, RouteBag, State, Tied
from .places import UNREACHED, Array
from .streets import DEFAULT_WALK, Streets
from .timetable import DayTrips, Timetable

DAY_S = 86_400
NEVER = -UNREACHED
"""Bound of a search where no line leads: nothing arrives by then."""
HORIZONS_S = (2 * 3600, 8 * 3600, UNREACHED)
"""Within which the soonest way is looked for, in turn."""
FIRST_POOL = 1 << 18
"""Labels of a first run: memory never touched costs nothing, a run cut short costs its time."""


def journeys(
    tt: Timetable,
    origin: Place,
    destination: Place,
    when: When,
    *,
    modes: Modes = ON_FOOT,
    limits: Limits = USUAL_LIMITS,
    streets: Streets | None = None,
) -> list[Journey]:
    """Return the Pareto set of journeys: late departure, early arrival, few rides, little walking.

    A way on streets alone is part of the set where a mode of both ends reaches. Services on demand
    take one to a stop, from a stop, or all the way.
    Two criteria come from McRAPTOR (Delling et al. 2015, §4); departures are those of the stops
    within reach. Sorted by departure, then arrival. Raises OutsideTimetable.
    """
    streets = streets or default_streets(tt)
    limits = booked_at(limits, modes.on_demand)
    asked = day_services(tt, streets, when.on, limits, modes.on_demand)
    home = ends(tt, streets, origin, modes.access, asked=asked, limits=limits)
    work = ends(tt, streets, destination, modes.egress, towards=True, asked=asked)
    rides = AskedRides(
        tt, when.on, asked, (origin, destination), (home.rides, work.rides), limits.walk
    )
    search = Search(tt, when.on, limits, home, work, rides, with_bike=modes.with_bike)
    others = [Journey(when.on, tuple(legs)) for legs in rides.direct(when)]
    others += _on_streets(tt, streets, (origin, destination), when, modes)
    return search.answer(when, others)


def access_at(
    tt: Timetable,
    place: Place,
    depart_s: int,
    *,
    on: date,
    modes: Modes = ON_FOOT,
    limits: Limits = USUAL_LIMITS,
    streets: Streets | None = None,
) -> tuple[Array, Array]:
    """Return the stops reachable from a place at `depart_s`, on streets or by asking.

    Returns two arrays of one length, stops (int32) and seconds until one may board there (int32,
    waiting counted): the access of `earliest_arrivals`, from where one can then be anywhere.
    """
    streets = streets or default_streets(tt)
    limits = booked_at(limits, modes.on_demand)
    asked = day_services(tt, streets, on, limits, modes.on_demand)
    home = ends(tt, streets, place, modes.access, asked=asked, limits=limits)
    stops, times = ready_at(tt.view(on, limits), home.tied, depart_s)
    return stops.astype(np.int32), (times - depart_s).astype(np.int32)


def _on_streets(
    tt: Timetable, streets: Streets, places: tuple[Place, Place], when: When, modes: Modes
) -> Iterator[Journey]:
    """Yield the ways on streets alone, by the modes of both ends."""
    a, b = (place_point(tt, place) for place in places)
    for mode in modes.access:
        way = streets.between(a, b, mode) if mode in modes.egress else None
        if way is None:
            continue
        leave_s = when.depart_s if when.depart_s is not None else (when.arrive_s or 0) - way.seconds
        leg = replace(
            street_leg(mode, way.metres, estimated=way.estimated),
            from_name=place_name(tt, places[0]),
            to_name=place_name(tt, places[1]),
            from_point=a,
            to_point=b,
            departure_s=leave_s,
            arrival_s=leave_s + way.seconds,
        )
        yield Journey(when.on, (leg,))


def relevant(journeys: Iterable[Journey], when: When) -> list[Journey]:
    """Return the undominated journeys that `when` asks for, within its window and patience."""
    if when.depart_s is None:
        return _arriving_by(pareto_set(journeys), when)
    if when.window_s == 0:
        kept = soonest(journeys)
        first_s = min((j.arrival_s for j in kept), default=0)
        return [j for j in kept if j.arrival_s <= first_s + _patience_s(when)]
    until_s = when.depart_s + when.window_s
    kept = pareto_set(j for j in journeys if j.departure_s <= until_s)
    return [
        j
        for j in kept
        if j.arrival_s
        <= min(k.arrival_s for k in kept if k.departure_s >= j.departure_s) + _patience_s(when)
    ]


def _arriving_by(undominated: Sequence[Journey], when: When) -> list[Journey]:
    last_s = max((j.departure_s for j in undominated), default=0)
    # A window is asked for: all that leaves within it counts, for whatever reason.
    if when.window_s:
        return [j for j in undominated if j.departure_s >= last_s - when.window_s]
    # One who arrives in time all the same leaves early for fewer rides or less walking only.
    # An earlier arrival alone is no reason to leave before the others.
    departures = {j.departure_s for j in latest(undominated)}
    from_s = last_s - _patience_s(when)
    return [j for j in undominated if j.departure_s in departures and j.departure_s >= from_s]


def _patience_s(when: When) -> int:
    return UNREACHED if when.patience_s is None else when.patience_s


@dataclass(frozen=True)
class Search:
    """One question to the multi-criteria kernel, and the way from its labels to legs."""

    tt: Timetable
    on: date
    limits: Limits
    home: Ends
    work: Ends
    asked: AskedRides
    with_bike: bool = False

    def answer(self, when: When, others: Iterable[Journey] = ()) -> list[Journey]:
        """Return the journeys asked for, sorted; `others` are those that board no line."""
        every = [*others, *self._vehicles_alone(when)]
        if when.depart_s is not None:
            every += self._leaving(when, when.depart_s)
        elif when.arrive_s is not None:
            every += self._arriving(when, when.arrive_s)
        return sorted(relevant(every, when), key=lambda j: (j.departure_s, j.arrival_s, j.rides))

    def view(self, *, backward: bool = False) -> View:
        """Return what the kernels scan."""
        return self.tt.view(self.on, self.limits, backward=backward, with_bike=self.with_bike)

    @property
    def _is_tied(self) -> bool:
        """Return whether both ends have a stop: no line leads from one that has none."""
        return len(self.home.tied.stops) > 0 and len(self.work.tied.stops) > 0

    def _leaving(self, when: When, depart_s: int) -> list[Journey]:
        patience_s = _patience_s(when)
        # UNREACHED - 1, as UNREACHED itself would let closed positions pass for arrivals.
        if not when.window_s:
            limit_s = self._bound_s(depart_s, patience_s, backward=False)
            return self._forward([depart_s], limit_s, patience_s=patience_s)
        until_s = depart_s + when.window_s
        departs = departures_of(self.view(), self.home.tied, depart_s, until_s)
        return self._forward(departs, UNREACHED - 1, patience_s=patience_s, exact=True)

    def _arriving(self, when: When, arrive_s: int) -> list[Journey]:
        span_s = when.window_s or _patience_s(when)
        if not self._is_tied:
            return []
        # Time is turned around: the latest departure is the earliest arrival of the mirror.
        limit_s = self._bound_s(-arrive_s, span_s, backward=True)
        if limit_s == NEVER:
            return []
        if span_s == 0:
            departs = {-limit_s}
            if when.first_alone:
                arrive_s = self._bound_s(-limit_s, 0, backward=False)
        else:
            _, journey_ends = self._run([-arrive_s], limit_s, patience_s=span_s, backward=True)
            departs = {-time for time in journey_ends.time.tolist()}
        # Those that leave too early for the patience are few rides or little walking too dear.
        first_s = max(departs) - span_s
        departs = {depart_s for depart_s in departs if depart_s >= first_s}
        if when.window_s:
            departs.update(departures_of(self.view(), self.home.tied, first_s, max(departs)))
        return self._forward(departs, arrive_s, exact=True)

    def _forward(
        self,
        departs: Iterable[int],
        limit_s: int,
        *,
        patience_s: int = UNREACHED,
        exact: bool = False,
    ) -> list[Journey]:
        """Return the journeys that leave at these moments and arrive by `limit_s`."""
        late_first = sorted(set(departs), reverse=True)
        if not late_first or not self._is_tied or limit_s == NEVER:
            return []
        labels, journey_ends = self._run(late_first, limit_s, patience_s=patience_s, exact=exact)
        trips = self.tt.day_trips(self.on, self.limits, with_bike=self.with_bike)
        return [
            self._journey(labels, trips, journey_ends, row) for row in range(len(journey_ends.time))
        ]

    def _bound_s(self, from_s: int, patience_s: int, *, backward: bool) -> int:
        """Return the latest arrival worth finding, from the soonest; NEVER where no line leads.

        A search of times alone costs a small part of one that counts rides and walking as well.
        """
        if not self._is_tied:
            return NEVER
        view = self.view(backward=backward)
        start, end = self._turned_ends() if backward else (self.home.tied, self.work.tied)
        access = ready_at(view, start, from_s)
        # What arrives within a horizon is not bettered beyond it, and most ways take few hours.
        for horizon_s in HORIZONS_S:
            limit_s = min(from_s + horizon_s, UNREACHED - 1)
            by_line = by_vehicle(self.tt, view, access, self.limits, limit_s)
            first_s = int(end_times(view, end, by_line).min(initial=UNREACHED))
            if first_s <= limit_s:
                return min(first_s + patience_s, UNREACHED - 1)
        return NEVER

    def _turned_ends(self) -> tuple[Tied, Tied]:
        """Return where a search backward starts and ends."""
        return turned_ties(self.work.tied), turned_ties(self.home.tied)

    def _run(
        self,
        departs: Sequence[int],
        limit_s: int,
        *,
        patience_s: int,
        exact: bool = False,
        backward: bool = False,
    ) -> tuple[Labels, JourneyEnds]:
        view = self.view(backward=backward)
        start, end = self._turned_ends() if backward else (self.home.tied, self.work.tied)
        # The kernel finds the ties of a stop as a run, whose rows are put back in order after.
        order = np.argsort(end.stops, kind="stable").astype(np.int32)
        counts = np.bincount(end.stops, minlength=self.tt.n_stops)
        question = Question(
            access=start,
            egress=Tied(*(np.ascontiguousarray(column[order]) for column in end)),
            egress_starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            departs=np.array(departs, np.int32),
            exact=exact,
            limit_s=limit_s,
            patience_s=patience_s,
            max_rides=self.limits.max_rides,
            slack_s=self.limits.min_transfer_s,
        )
        # Ways to sit in one pattern are on trips that differ: there are never more than trips.
        n_trips = int(view.trips.max(initial=1))
        bag = RouteBag(*(np.empty(n_trips, np.int32) for _ in RouteBag._fields))
        pool = FIRST_POOL
        while True:
            labels = _labels(pool, self.tt.n_stops)
            journey_ends = JourneyEnds(*(np.empty(pool, np.int32) for _ in JourneyEnds._fields))
            state = State(*(np.zeros(1, np.int64) for _ in State._fields))
            # A run cut short leaves its working memory as it was then: each run takes its own.
            scratch = self.tt.scratch(view)
            n = pareto_kernels.pareto(view, question, scratch, labels, journey_ends, bag, state)
            if n >= 0:
                filled = JourneyEnds(*(column[:n] for column in journey_ends))
                return labels, filled._replace(tie=order[filled.tie])
            # Few questions overflow, and a run cut short is lost: a wide step makes for few runs.
            pool *= 4

    def _vehicles_alone(self, when: When) -> Iterator[Journey]:
        """Yield the journeys by two vehicles that are no line, met at a stop or a walk away."""
        home, work = self.home.tied, self.work.tied
        if not len(self.home.rides.metres) and not len(self.work.rides.metres):
            return
        chains = chained(self.view(), home, work, two_rides=self.asked.day.chain)
        leave_s, end_s, taken = chains.leaving(when.depart_s, when.arrive_s)
        # Many stops lead to the same ride: only undominated pairs become legs.
        walk_s = home.walk_s[chains.first] + chains.walked_s + work.walk_s[chains.second]
        for row in _undominated(taken, -leave_s, end_s, walk_s):
            i, j = int(chains.first[row]), int(chains.second[row])
            start_s, walked_s = int(leave_s[row]), int(chains.walked_s[row])
            met_s = start_s + int(home.seconds[i])
            last_s = int(end_s[row] - work.seconds[j])
            here, there = int(home.stops[i]), int(work.stops[j])
            legs = self._first(i, start_s, here)
            if walked_s:
                legs.append(self._footpath(here, there, met_s, walked_s))
            yield Journey(self.on, (*legs, *self._last(j, last_s, there)))

    # -- from labels to legs ------------------------------------------------------------------

    def _journey(
        self, labels: Labels, trips: DayTrips, journey_ends: JourneyEnds, row: int
    ) -> Journey:
        legs: list[Leg] = []
        label = int(journey_ends.label[row])
        while True:
            legs.append(self._ride(labels, trips, label))
            # Labels alternate: a ride, then the change, the walk or the access it was boarded from.
            before = int(labels.parent[label])
            kind = labels.kind[before]
            if kind in (pareto_kernels.ACCESS, pareto_kernels.ACCESS_FOOTPATH):
                break
            label = int(labels.parent[before])
            if kind == pareto_kernels.FOOTPATH:
                walked_s = int(labels.walk_s[before] - labels.walk_s[label])
                here, there = int(labels.stop[label]), int(labels.stop[before])
                legs.append(self._footpath(here, there, int(labels.time[label]), walked_s))
        # Labels know where they come from, so that the legs were met from last to first.
        legs.reverse()
        first = self._access(legs[0], labels, before)
        last = self._egress(legs[-1], labels, journey_ends, row)
        return Journey(self.on, (*first, *legs, *last))

    def _access(self, ride: Leg, labels: Labels, label: int) -> list[Leg]:
        """Return the way to the first line, left as late as its departure allows."""
        tie = int(labels.parent[label])
        tied = self.home.tied
        stop, board_at = int(tied.stops[tie]), int(labels.stop[label])
        seconds, latest_s = int(tied.seconds[tie]), int(tied.latest_s[tie])
        walked_s = int(labels.walk_s[label]) - int(tied.walk_s[tie])
        change_s = int(tied.change_s[tie])
        is_walked = labels.kind[label] == pareto_kernels.ACCESS_FOOTPATH
        if not is_walked and self.home.ride(tie) is not None:
            # The greater of the two, as the kernel counted it (`pareto_kernels.changing_s`).
            change_s = max(change_s, int(self.view().change_s[stop]))
        leave_s = min(ride.departure_s - change_s - walked_s - seconds, latest_s)
        legs = self._first(tie, leave_s, stop)
        if is_walked:
            legs.append(self._footpath(stop, board_at, leave_s + seconds, walked_s))
        return legs

    def _egress(self, ride: Leg, labels: Labels, journey_ends: JourneyEnds, row: int) -> list[Leg]:
        """Return the way from the last line, a walk between stops and a vehicle perhaps."""
        tie, label = int(journey_ends.tie[row]), int(journey_ends.label[row])
        here, there = int(labels.stop[label]), int(self.work.tied.stops[tie])
        leave_s = int(journey_ends.time[row]) - int(self.work.tied.seconds[tie])
        last = self._last(tie, leave_s, there)
        if here == there:
            return last
        walk_s = int(journey_ends.walk_s[row] - labels.walk_s[label] - self.work.tied.walk_s[tie])
        return [self._footpath(here, there, ride.arrival_s, walk_s), *last]

    def _first(self, tie: int, leave_s: int, stop: int) -> list[Leg]:
        """Return the legs of a tie of the origin, left at `leave_s`."""
        on_demand = self.home.ride(tie)
        if on_demand is not None:
            return self.asked.first(on_demand, leave_s)
        margin_s = int(self.home.margin_s[tie])
        seconds = int(self.home.tied.seconds[tie]) - margin_s
        # At the stop already: no leg to show.
        if seconds == 0 and self.home.metres[tie] == 0:
            return []
        origin = self.asked.places[0]
        return [
            replace(
                street_leg(
                    self.home.modes[self.home.mode[tie]],
                    float(self.home.metres[tie]),
                    estimated=bool(self.home.estimated[tie]),
                ),
                from_name=place_name(self.tt, origin),
                to_name=self.tt.stop_name(stop),
                from_point=place_point(self.tt, origin),
                to_point=place_point(self.tt, stop),
                to_stop=stop,
                departure_s=leave_s,
                arrival_s=leave_s + seconds,
                margin_s=margin_s,
            )
        ]

    def _last(self, tie: int, leave_s: int, stop: int) -> list[Leg]:
        """Return the legs of a tie of the destination, left at `leave_s`."""
        on_demand = self.work.ride(tie)
        if on_demand is not None:
            return self.asked.last(on_demand, leave_s)
        seconds = int(self.work.tied.seconds[tie])
        if seconds == 0 and self.work.metres[tie] == 0:
            return []
        destination = self.asked.places[1]
        return [
            replace(
                street_leg(
                    self.work.modes[self.work.mode[tie]],
                    float(self.work.metres[tie]),
                    estimated=bool(self.work.estimated[tie]),
                ),
                from_name=self.tt.stop_name(stop),
                to_name=place_name(self.tt, destination),
                from_point=place_point(self.tt, stop),
                to_point=place_point(self.tt, destination),
                from_stop=stop,
                departure_s=leave_s,
                arrival_s=leave_s + seconds,
            )
        ]

    def _footpath(self, here: int, there: int, leave_s: int, walked_s: int) -> Leg:
        return replace(
            street_leg(DEFAULT_WALK, self._footpath_m(here, there), estimated=True),
            from_name=self.tt.stop_name(here),
            to_name=self.tt.stop_name(there),
            from_point=place_point(self.tt, here),
            to_point=place_point(self.tt, there),
            from_stop=here,
            to_stop=there,
            departure_s=leave_s,
            arrival_s=leave_s + walked_s,
        )

    def _footpath_m(self, a: int, b: int) -> float:
        arrays = self.tt.arrays
        # Footpaths are sorted by pair of stops (`compile_footpaths`).
        low, high = np.searchsorted(arrays["footpath_from"], [a, a + 1])
        row = low + np.searchsorted(arrays["footpath_to"][low:high], b)
        return float(arrays["footpath_m"][row])

    def _ride(self, labels: Labels, trips: DayTrips, label: int) -> Leg:
        tt, a = self.tt, self.tt.arrays
        pattern, nth = int(labels.pattern[label]), int(labels.trip[label])
        board, alight = int(labels.board[label]), int(labels.alight[label])
        row = int(trips.chain_starts[pattern]) + nth
        trip, shift_s = int(trips.trips[row]), int(trips.shift_s[row])
        event = int(a["trip_events"][trip])
        first = int(a["pattern_starts"][a["trip_pattern"][trip]])
        stops = a["pattern_stops"][first + board : first + alight + 1]
        # The trips of one vehicle ridden without a change: one leg with several names.
        # Without the event of alighting: it names the trip that leaves there, perhaps another one.
        sources = list(dict.fromkeys(a["event_source"][event + board : event + alight].tolist()))
        loose = bool(a["trip_loose"][trip])
        names = [tt.trip_names(source, loose=loose) for source in sources]
        booked = self._booked(trip, board, alight, shift_s)
        return Leg(
            kind="ride",
            from_name=tt.stop_name(int(stops[0])),
            to_name=tt.stop_name(int(stops[-1])),
            from_point=place_point(tt, int(stops[0])),
            to_point=place_point(tt, int(stops[-1])),
            departure_s=int(a["departure_s"][event + board]) + shift_s,
            arrival_s=int(a["arrival_s"][event + alight]) + shift_s,
            from_stop=int(stops[0]),
            to_stop=int(stops[-1]),
            route_name=" → ".join(dict.fromkeys(name.route for name in names)),
            headsign=names[-1].headsign,
            route_type=names[0].route_type,
            color=names[0].color,
            trip_id=names[0].trip_id,
            agency=names[0].agency,
            estimated=loose,
            stops=tuple(stops.tolist()),
            routes=tuple(dict.fromkeys(a["trip_route"][sources].tolist())),
            booking=booked and booked.booking(self.on, tt.calendar),
            booked=booked,
            wheelchair=wheelchair_of_ride(a, trip, int(stops[0]), int(stops[-1])),
        )

    def _booked(self, trip: int, board: int, alight: int, shift_s: int) -> Booked | None:
        if not self.tt.has_booked_lines:
            return None
        return booked_of(
            self.tt.arrays,
            self.tt.on_demand.rules,
            trip=trip,
            board=board,
            alight=alight,
            # Days differ by an hour more or less where the clocks change.
            days=round(shift_s / DAY_S),
        )


def _undominated(rows: Array, *criteria: Array) -> list[int]:
    """Return the rows that no other equals or betters in every criterion, all to be small."""
    columns = np.stack([criterion[rows] for criterion in criteria], axis=1)
    # Sorted by the criteria in turn, so that what comes later never betters what is kept.
    _, first = np.unique(columns, axis=0, return_index=True)
    kept: list[int] = []
    scores: list[list[int]] = []
    for row, score in zip(rows[first].tolist(), columns[first].tolist(), strict=True):
        if not any(all(a <= b for a, b in zip(other, score, strict=True)) for other in scores):
            kept.append(row)
            scores.append(score)
    return kept


def _labels(pool: int, n_stops: int) -> Labels:
    # Thirteen columns by label; the last two fields are bags, by stop.
    columns = {name: np.empty(pool, np.int32) for name in Labels._fields[:13]}
    columns["kind"] = np.empty(pool, np.int8)
    return Labels(
        **columns,
        arrived_bag=np.full(n_stops, -1, np.int32),
        ready_bag=np.full(n_stops, -1, np.int32),
    )
