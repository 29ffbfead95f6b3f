"""How a place is tied to the stops: on streets, or by rides on demand; and what follows a tie.

The rules of what may follow what stand here once, for searches of the time alone (`ready_at`,
`end_times`, `chained`), and in `pareto_kernels` for journeys: walking to a stop is followed by a
line there; a vehicle (one's own, lent, or on demand) may be followed by a walk between two stops.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, Self, TypeVar

import numpy as np

from .kernels import View
from .legs import Place, place_point
from .on_demand import DayServices, Ties
from .options import Limits
from .pareto_kernels import ASKED, RIDDEN, WALKED, Tied
from .places import UNREACHED, Array, Point
from .streets import WALK, DetourStreets, Mode, Reach, Streets
from .timetable import PLACES, Timetable

T = TypeVar("T")


class Ends(NamedTuple):
    """Ties of a place to the stops (K,): those on streets, each with its mode, then `rides`.

    `margin_s`: kept between an estimated access and the first vehicle, counted in `seconds`.
    """

    tied: Tied
    metres: Array  # float64
    estimated: Array  # bool
    margin_s: Array  # int32
    modes: tuple[Mode, ...]
    mode: Array  # int32 row of `modes`, of the ties on streets alone
    rides: Ties

    def ride(self, tie: int) -> int | None:
        """Return the row of a tie among the rides on demand; None where it is on streets."""
        row = tie - len(self.mode)
        return row if row >= 0 else None

    def only(self, tie: int) -> Self:
        """Return this one tie on streets."""
        row = slice(tie, tie + 1)
        return self._replace(
            tied=Tied(*(column[row] for column in self.tied)),
            metres=self.metres[row],
            estimated=self.estimated[row],
            margin_s=self.margin_s[row],
            mode=self.mode[row],
            rides=Ties.none(towards=self.rides.towards),
        )


def default_streets(tt: Timetable) -> Streets:
    """Return the detour model over the stops of a timetable, made once."""
    return tt.keep(
        "detour streets", lambda: DetourStreets(tt.arrays["stop_lat"], tt.arrays["stop_lon"])
    )


def kept_on(
    tt: Timetable, streets: Streets, key: Hashable, make: Callable[[], T], pool: str = PLACES
) -> T:
    """Return what is made once of a timetable and streets; the least used is forgotten."""
    # The streets are kept beside: no others may have their identity meanwhile.
    return tt.keep((id(streets), key), lambda: (streets, make()), pool)[1]


def ends(
    tt: Timetable,
    streets: Streets,
    place: Place,
    modes: Sequence[Mode],
    *,
    towards: bool = False,
    asked: DayServices | None = None,
    limits: Limits | None = None,
) -> Ends:
    """Return the ties of a place to the stops by several modes, then by `asked` services.

    A stop is tied to itself, and a station to its platforms, at once. Entrances and the other
    stops where nothing calls are left out. `limits` give the margin kept before the first vehicle
    where the access is estimated; it has no meaning `towards` a place, where no vehicle waits.
    """
    # A search asks for the same ties day after day, each way: on streets they know no day.
    margins = limits and (limits.access_margin_s, limits.access_margin_percent)
    on_streets = kept_on(
        tt,
        streets,
        ("ends", place, tuple(modes), towards, margins),
        lambda: _on_streets(tt, streets, place, modes, towards=towards, limits=limits),
    )
    if not asked:
        return on_streets
    rides = asked.ties(place_point(tt, place), towards=towards)
    n_rides = len(rides.metres)
    if not n_rides:
        return on_streets._replace(rides=rides)
    return on_streets._replace(
        tied=Tied(
            *(np.concatenate(pair) for pair in zip(on_streets.tied, rides.tied, strict=True))
        ),
        metres=np.concatenate([on_streets.metres, rides.metres]),
        estimated=np.concatenate([on_streets.estimated, np.ones(n_rides, bool)]),
        margin_s=np.concatenate([on_streets.margin_s, np.zeros(n_rides, np.int32)]),
        rides=rides,
    )


def _on_streets(
    tt: Timetable,
    streets: Streets,
    place: Place,
    modes: Sequence[Mode],
    *,
    towards: bool,
    limits: Limits | None,
) -> Ends:
    """Return the ties of `ends` on streets alone."""
    # Streets answer for points: a stop given as a place is where it stands.
    point = place_point(tt, place)
    reaches = [_served(tt, streets.stops_around(point, mode, towards=towards)) for mode in modes]
    kinds = [WALKED if mode.code == WALK.code else RIDDEN for mode in modes]
    if not isinstance(place, Point):
        at_once = tt.platforms(int(place))
        n = len(at_once)
        reaches.append(Reach(at_once, np.zeros(n, np.int32), np.zeros(n), np.zeros(n, bool)))
        kinds.append(WALKED)
    mode = _column([np.full(len(r.stops), i, np.int32) for i, r in enumerate(reaches)], np.int32)
    street = Reach(
        _column([r.stops for r in reaches], np.int32),
        _column([r.seconds for r in reaches], np.int32),
        _column([r.metres for r in reaches], np.float64),
        _column([r.estimated for r in reaches], np.bool_),
    )
    n = len(mode)
    kind = np.array(kinds, np.int8)[mode]
    # One who stands at the stop has no time to misjudge.
    estimated = street.estimated & (street.seconds > 0) & (not towards)
    kept_s = np.zeros(n, np.int32)
    if limits is not None:
        kept_s = np.where(estimated, limits.access_margins_s(street.seconds), kept_s)
    tied = Tied(
        stops=street.stops,
        earliest_s=np.full(n, -UNREACHED, np.int32),
        latest_s=np.full(n, UNREACHED, np.int32),
        seconds=street.seconds + kept_s,
        walk_s=np.where(kind == WALKED, street.seconds, 0).astype(np.int32),
        kind=kind,
        change_s=np.zeros(n, np.int32),
    )
    return Ends(
        tied,
        street.metres,
        street.estimated,
        kept_s,
        (*modes, WALK),  # a stop is tied to itself as on foot
        mode,
        Ties.none(towards=towards),
    )


def turned_ties(tied: Tied) -> Tied:
    """Return the ties with time turned around: a tie always open stays so."""
    ends_at = tied.latest_s.astype(np.int64) + tied.seconds
    starts_at = tied.earliest_s.astype(np.int64) + tied.seconds
    always = tied.latest_s == UNREACHED
    return tied._replace(
        earliest_s=np.where(always, -UNREACHED, -ends_at).astype(np.int32),
        latest_s=np.where(always, UNREACHED, -starts_at).astype(np.int32),
    )


def boardings(view: View, tied: Tied) -> tuple[Array, Array, Array]:
    """Return where each tie leads to a line: stop, seconds after leaving, row of the tie (int64).

    One row a tie, then one for each walk between stops that may follow it.
    """
    every = np.arange(len(tied.stops))
    change_s = _changing_s(view, tied, every)
    at_stop = np.flatnonzero(change_s != UNREACHED)
    vehicle = np.flatnonzero(tied.kind != WALKED)
    row, there, walked_s = _footpaths(view, tied.stops[vehicle])
    row = vehicle[row]
    return (
        np.concatenate([tied.stops[at_stop], there]).astype(np.int64),
        np.concatenate(
            [
                tied.seconds[at_stop] + change_s[at_stop],
                tied.seconds[row] + walked_s + tied.change_s[row],
            ]
        ),
        np.concatenate([at_stop, row]),
    )


def ready_at(view: View, tied: Tied, leave_s: int) -> tuple[Array, Array]:
    """Return where one may board, and when, who leaves a place at `leave_s`: stops and times."""
    stops, after_s, row = boardings(view, tied)
    # int64: the bounds of a tie always open would overflow.
    times = np.maximum(tied.earliest_s[row].astype(np.int64), leave_s) + after_s
    # After its latest moment a tie is closed; before its earliest one waits.
    open_ = tied.latest_s[row] >= leave_s
    return stops[open_].astype(np.int32), times[open_].astype(np.int32)


def departures_of(view: View, tied: Tied, from_s: int, to_s: int) -> list[int]:
    """Return the moments, from `from_s` to `to_s`, of leaving for a line that a tie leads to."""
    leaving: set[int] = set()
    columns = (column.tolist() for column in boardings(view, tied))
    for stop, after_s, row in zip(*columns, strict=True):
        earliest_s, latest_s = int(tied.earliest_s[row]), int(tied.latest_s[row])
        for b in range(view.boarding_starts[stop], view.boarding_starts[stop + 1]):
            pattern = view.boarding_patterns[b]
            first = view.times[pattern] + view.boarding_positions[b] * view.trips[pattern]
            times = view.departures[first : first + view.trips[pattern]] - after_s
            # Past the latest moment of a tie one leaves at that moment, and waits at the stop.
            times = np.minimum(times[times >= earliest_s], latest_s)
            leaving.update(times[(times >= from_s) & (times <= to_s)].tolist())
    return sorted(leaving)


def end_times(view: View, tied: Tied, by_vehicle: Array) -> Array:
    """Return when one ends at the place by each tie (int32 (K,) or (D, K)), UNREACHED for never.

    `by_vehicle` (S,) or (D, S): arrivals at the stops by a line. A vehicle that is no line may be
    taken a walk away.
    """
    every = np.arange(len(tied.stops))
    change_s = _changing_s(view, tied, every)
    ready = _plus(by_vehicle[..., tied.stops], change_s)
    vehicle = np.flatnonzero(tied.kind != WALKED)
    if len(vehicle):
        walked = _after_footpath(view, by_vehicle, tied.stops[vehicle])
        walked = _plus(walked, tied.change_s[vehicle])
        ready[..., vehicle] = np.minimum(ready[..., vehicle], walked)
    taken = (ready != UNREACHED) & (ready <= tied.latest_s)
    ended = np.maximum(ready, tied.earliest_s) + tied.seconds
    return np.where(taken, ended, UNREACHED).astype(np.int32)


def _after_footpath(view: View, by_vehicle: Array, stops: Array) -> Array:
    """Return the earliest moments at `stops`, int64 (…, K), by a line and then a walk."""
    asked = np.zeros(by_vehicle.shape[-1], np.bool_)
    asked[stops] = True
    here, there, walked_s = _footpaths(view, np.arange(by_vehicle.shape[-1]))
    kept = np.flatnonzero(asked[there])
    kept = kept[np.argsort(there[kept], kind="stable")]
    walked = np.full((*by_vehicle.shape[:-1], len(asked)), UNREACHED, np.int64)
    if len(kept):
        times = _plus(by_vehicle[..., here[kept]], walked_s[kept])
        reached, starts = np.unique(there[kept], return_index=True)
        walked[..., reached] = np.minimum.reduceat(times, starts, axis=-1)
    return walked[..., stops]


class Chains(NamedTuple):
    """A tie to a stop, then one from there or a walk away, with no line between (N,).

    Left until `latest_s`, they end `seconds` after leaving, or after `earliest_s` if one leaves
    before: `earliest_s` may be the later of the two, where one waits for the second vehicle.
    """

    first: Array  # row of the first ties
    second: Array  # row of the second ties
    earliest_s: Array
    latest_s: Array
    seconds: Array
    walked_s: Array  # between the two stops, 0 where they are one

    def leaving(self, depart_s: int | None, arrive_s: int | None) -> tuple[Array, Array, Array]:
        """Return when each is left, when it ends, and the rows in time, from or for a moment."""
        if arrive_s is None:
            start_s = np.maximum(self.earliest_s, depart_s or 0)
            leave_s = np.minimum(start_s, self.latest_s)
            taken = self.latest_s >= (depart_s or 0)
        else:
            leave_s = np.minimum(self.latest_s, arrive_s - self.seconds)
            taken = arrive_s - self.seconds >= self.earliest_s
        end_s = np.maximum(leave_s, self.earliest_s) + self.seconds
        return leave_s, end_s, np.flatnonzero(taken)


def chained(view: View, first: Tied, second: Tied, *, two_rides: bool) -> Chains:
    """Return the pairs of vehicles that follow one another, one of them on demand.

    `two_rides`: both may be. Two vehicles of one's own never follow one another, and what walking
    adds to a ride is counted in its tie.
    """
    if not (first.kind == ASKED).any() and not (second.kind == ASKED).any():
        return Chains(*(np.empty(0, np.int64) for _ in Chains._fields))
    a = np.flatnonzero(first.kind != WALKED)
    b = np.flatnonzero(second.kind != WALKED)
    tie, there, walked_s = _footpaths(view, first.stops[a])
    stops = np.concatenate([first.stops[a], there])
    walked_s = np.concatenate([np.zeros(len(a), np.int64), walked_s])
    a = np.concatenate([a, a[tie]])
    # A join by stop: the second ties sorted, then the run of each stop of the first.
    b = b[np.argsort(second.stops[b], kind="stable")]
    low = np.searchsorted(second.stops[b], stops, "left")
    count = np.searchsorted(second.stops[b], stops, "right") - low
    i = np.repeat(np.arange(len(a)), count)
    j = b[np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count) + low[i]]
    walked_s, i = walked_s[i], a[i]
    asked = (first.kind[i] == ASKED).astype(np.int8) + (second.kind[j] == ASKED)
    kept = (asked == 1) | ((asked == 2) & two_rides)
    i, j, walked_s = i[kept], j[kept], walked_s[kept]
    gap_s = walked_s + first.change_s[i] + second.change_s[j]
    # int64: the bounds of a tie always open are further than any time, and stay so.
    met_s = first.seconds[i] + gap_s
    last = np.minimum(first.latest_s[i].astype(np.int64), second.latest_s[j] - met_s)
    earliest = np.maximum(first.earliest_s[i].astype(np.int64), second.earliest_s[j] - met_s)
    open_ = first.earliest_s[i] <= second.latest_s[j] - met_s
    columns = (i, j, earliest, last, met_s + second.seconds[j], walked_s)
    return Chains(*(column[open_] for column in columns))


def _served(tt: Timetable, reach: Reach) -> Reach:
    """Return the stops of a reach where something calls."""
    # An entrance nearer than the platforms would otherwise look like a stop without any line.
    kept = tt.is_served[reach.stops]
    return Reach(*(column[kept] for column in reach))


def _column(parts: Sequence[Array], dtype: type) -> Array:
    return np.concatenate([*parts, np.empty(0, dtype)]).astype(dtype)


def _changing_s(view: View, tied: Tied, rows: Array) -> Array:
    """Return the seconds between the vehicle of each tie and a line; UNREACHED where forbidden."""
    at_stop = view.change_s[tied.stops[rows]]
    kept = np.where(at_stop == UNREACHED, UNREACHED, np.maximum(at_stop, tied.change_s[rows]))
    return np.where(tied.kind[rows] == ASKED, kept, 0).astype(np.int64)


def _footpaths(view: View, stops: Array) -> tuple[Array, Array, Array]:
    """Return the walks from stops: the row of each one's stop, where it leads, its seconds."""
    first = view.footpath_starts[stops].astype(np.int64)
    count = view.footpath_starts[stops + 1] - first
    row = np.repeat(np.arange(len(stops)), count)
    path = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + first[row]
    return row, view.footpath_stops[path], view.footpath_s[path].astype(np.int64)


def _plus(times: Array, seconds: Array) -> Array:
    """Add seconds (int64) to times; UNREACHED of either stays so."""
    never = (times == UNREACHED) | (seconds == UNREACHED)
    return np.where(never, UNREACHED, times.astype(np.int64) + seconds)
