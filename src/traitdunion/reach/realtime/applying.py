"""Applies trip updates to a timetable: a copy in which today's runs are as they now are.

A run that differs keeps its trip for the other days and gets one of its own for its service day,
appended to the arrays with a pattern of its own; searches know nothing of it. Delays are carried
from stop to stop until the next one told, as the GTFS Realtime reference has it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np

from ..calendar_days import origin_s
from ..compiling import CAN_ALIGHT, CAN_BOARD
from ..places import Array
from ..timetable import Timetable
from .reading import StopUpdate, TripUpdate

MOST_LATE_S: Final = 86_400
NO_BOARDING: Final = 0xFF ^ CAN_BOARD
NO_ALIGHTING: Final = 0xFF ^ CAN_ALIGHT


@dataclass
class Applied:
    """How many updates were taken into account, and how many were not, and why."""

    cancelled: int = 0
    changed: int = 0
    skipped_stops: int = 0
    unknown_trips: int = 0
    other_days: int = 0
    other_kinds: int = 0
    by_frequency: int = 0
    unknown_stops: int = 0


class _Run(NamedTuple):
    """Events of a run on one day; `origins` (E,) is the trip that leaves each."""

    stops: Array
    flags: Array
    arrival_s: Array
    departure_s: Array
    origins: Array


@dataclass
class _Additions:
    """What is appended to the arrays of a timetable."""

    runs: list[_Run] = field(default_factory=list)
    services: list[int] = field(default_factory=list)
    rows: list[Array] = field(default_factory=list)


def with_updates(
    tt: Timetable, updates: Iterable[TripUpdate], *, today: date
) -> tuple[Timetable, Applied]:
    """The timetable as it runs now; an update without a day is of the service day `today`.

    Runs that the timetable does not have (added, duplicated) and runs by frequency are left as
    they are, and counted.
    """
    applied = Applied()
    by_day: dict[date, dict[int, TripUpdate]] = {}
    sources = {trip_id: source for source, trip_id in enumerate(tt.trip_ids)}
    for update in updates:
        source = sources.get(update.trip_id)
        on = update.on or today
        if update.kind == "other":
            applied.other_kinds += 1
        elif source is None:
            applied.unknown_trips += 1
        elif not -1 <= (on - tt.start).days <= tt.days:
            applied.other_days += 1
        else:
            by_day.setdefault(on, {})[source] = update
    for on, of_day in sorted(by_day.items()):
        tt = _Day(tt, on, of_day, applied).timetable()
    return tt, applied


class _Day:
    """The updates of one service day."""

    def __init__(
        self, tt: Timetable, on: date, updates: dict[int, TripUpdate], applied: Applied
    ) -> None:
        self.tt = tt
        self.updates = updates
        self.applied = applied
        self.column = (on - tt.start).days + 1
        self.origin_s = origin_s(on, tt.timezone)

    def timetable(self) -> Timetable:
        a = self.tt.arrays
        added = _Additions()
        services = {}
        only_today = np.zeros(a["services"].shape[1], bool)
        only_today[self.column] = True
        first_new = len(a["services"])
        trip_service = a["trip_service"].copy()
        for trip in self._trips_concerned():
            runs = self._runs(trip)
            if runs is None:
                continue
            service = int(trip_service[trip])
            if service not in services:
                services[service] = first_new + len(added.rows)
                other_days = a["services"][service].copy()
                other_days[self.column] = False
                added.rows.append(other_days)
            trip_service[trip] = services[service]
            added.runs += runs
        if not added.rows:
            return self.tt
        added.services = [first_new + len(added.rows)] * len(added.runs)
        added.rows.append(only_today)
        return type(self.tt)(
            self.tt.header, {**a, "trip_service": trip_service, **_appended(a, trip_service, added)}
        )

    def _trips_concerned(self) -> list[int]:
        """Rows of the trips that run on the day and hold an event of a source updated."""
        a = self.tt.arrays
        events = np.flatnonzero(np.isin(a["event_source"], list(self.updates)))
        trips = np.unique(np.searchsorted(a["trip_events"], events, side="right") - 1)
        running = a["services"][a["trip_service"][trips], self.column]
        found: list[int] = trips[running].tolist()
        self.applied.other_days += len(self.updates) - len(self._sources_of(found))
        return found

    def _sources_of(self, trips: Sequence[int]) -> set[int]:
        return {
            source
            for trip in trips
            for source in self._events(trip).origins.tolist()
            if source in self.updates
        }

    def _events(self, trip: int) -> _Run:
        a = self.tt.arrays
        pattern, first = int(a["trip_pattern"][trip]), int(a["trip_events"][trip])
        begin, end = (int(n) for n in a["pattern_starts"][pattern : pattern + 2])
        of_trip = slice(first, first + end - begin)
        return _Run(
            a["pattern_stops"][begin:end].copy(),
            a["pattern_flags"][begin:end].copy(),
            a["arrival_s"][of_trip].copy(),
            a["departure_s"][of_trip].copy(),
            a["event_source"][of_trip].copy(),
        )

    def _runs(self, trip: int) -> list[_Run] | None:
        """What runs instead of a trip on the day: nothing if cancelled; None if nothing changes.

        Several trips that one vehicle runs are one here: each is a segment, whose last event is
        the first of the next.
        """
        run = self._events(trip)
        parts = _segments(run.origins)
        if self._is_by_frequency(trip, parts):
            self.applied.by_frequency += 1
            return None
        cancelled = []
        for number, (source, begin, end) in enumerate(parts):
            update = self.updates.get(source)
            if update is None:
                continue
            if update.kind == "cancelled":
                self.applied.cancelled += 1
                cancelled.append(number)
            else:
                self.applied.changed += 1
                self._delay(run, begin, end, update)
        _in_order(run)
        return [_cut(run, begin, end) for begin, end in _kept_spans(parts, cancelled)]

    def _is_by_frequency(self, trip: int, parts: Sequence[tuple[int, int, int]]) -> bool:
        """Several rows of one source are its departures by frequency: which one, we cannot tell."""
        a = self.tt.arrays
        source = parts[0][0]
        return bool(a["trip_loose"][trip]) or int((a["trip_source"] == source).sum()) > 1

    def _delay(self, run: _Run, begin: int, end: int, update: TripUpdate) -> None:
        """Move the times of a segment, and close the stops skipped."""
        told = self._placed(run, begin, end, update.stops)
        late_s = self._late(None, update.delay_s, 0) or 0
        for at in range(begin, end + 1):
            stop = told.get(at)
            if stop is None:
                arrives_s = departs_s = late_s
            elif stop.no_data:
                arrives_s = departs_s = late_s = 0
            elif stop.skipped:
                self.applied.skipped_stops += 1
                _close(run, at, begin, end)
                arrives_s = departs_s = late_s
            else:
                arrives_s, departs_s = self._told(run, at, stop, late_s)
                late_s = departs_s
            # The arrival where a segment begins is that of the one before, and so at its end.
            if at > begin or begin == 0:
                run.arrival_s[at] += arrives_s
            if at < end or end == len(run.stops) - 1:
                run.departure_s[at] += departs_s

    def _told(self, run: _Run, at: int, stop: StopUpdate, late_s: int) -> tuple[int, int]:
        """Delays of arrival and departure; the one left out is that of the other."""
        arrives_s = self._late(stop.arrival_at, stop.arrival_delay_s, run.arrival_s[at])
        departs_s = self._late(stop.departure_at, stop.departure_delay_s, run.departure_s[at])
        either = departs_s if arrives_s is None else arrives_s
        if either is None:
            return late_s, late_s
        return (
            either if arrives_s is None else arrives_s,
            either if departs_s is None else departs_s,
        )

    def _late(self, moment: int | None, delay_s: int | None, planned_s: Any) -> int | None:
        """The moment told wins over the delay, which publishers round; absurd ones tell nothing."""
        told = delay_s if moment is None else moment - self.origin_s - int(planned_s)
        return None if told is None or abs(told) > MOST_LATE_S else told

    def _placed(
        self, run: _Run, begin: int, end: int, stops: Sequence[StopUpdate]
    ) -> dict[int, StopUpdate]:
        """Each update at its event: the next call at its stop, since a trip may pass twice."""
        placed, at = {}, begin
        names = [self.tt.stop_id(int(stop)) for stop in run.stops[begin : end + 1]]
        for stop in stops:
            try:
                at = begin + names.index(stop.stop_id, at - begin)
            except ValueError:
                self.applied.unknown_stops += 1
                continue
            placed[at] = stop
            at += 1
        return placed


def _segments(origins: Array) -> list[tuple[int, int, int]]:
    """(source, first event, last event) of each trip of a vehicle, ends shared."""
    begins = [0, *(np.flatnonzero(np.diff(origins)) + 1).tolist()]
    ends = [*begins[1:], len(origins) - 1]
    return [(int(origins[b]), b, e) for b, e in zip(begins, ends, strict=True)]


def _kept_spans(
    parts: Sequence[tuple[int, int, int]], cancelled: Sequence[int]
) -> list[tuple[int, int]]:
    """First and last event of each stretch without a cancelled segment."""
    spans: list[tuple[int, int]] = []
    for number, (_, begin, end) in enumerate(parts):
        if number in cancelled:
            continue
        if spans and spans[-1][1] == begin and number - 1 not in cancelled:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return spans


def _cut(run: _Run, begin: int, end: int) -> _Run:
    """A stretch of a run: nobody is on board before it, nobody stays after it."""
    part = _Run(*(array[begin : end + 1].copy() for array in run))
    if begin > 0:
        part.flags[0] &= NO_ALIGHTING
        part.arrival_s[0] = part.departure_s[0]
    if end < len(run.stops) - 1:
        part.flags[-1] &= NO_BOARDING
        part.departure_s[-1] = part.arrival_s[-1]
        part.origins[-1] = part.origins[-2]
    return part


def _close(run: _Run, at: int, begin: int, end: int) -> None:
    """Close a stop that is skipped; where two segments meet, to the riders of this one only."""
    if at > begin or begin == 0:
        run.flags[at] &= NO_ALIGHTING
    if at < end or end == len(run.stops) - 1:
        run.flags[at] &= NO_BOARDING


def _in_order(run: _Run) -> None:
    """No event before the one it follows, whatever publishers say."""
    times = np.stack([run.arrival_s, run.departure_s], axis=1).ravel()
    ordered = np.maximum.accumulate(times)
    run.arrival_s[:], run.departure_s[:] = ordered[::2], ordered[1::2]


def _appended(a: dict[str, Array], trip_service: Array, added: _Additions) -> dict[str, Array]:
    """Arrays with the runs added, each with a pattern of its own, and the services."""
    arrays = {"services": np.vstack([a["services"], *added.rows])}
    if not added.runs:
        return arrays
    lengths = [len(run.stops) for run in added.runs]
    n_patterns, n_positions = len(a["pattern_starts"]) - 1, int(a["pattern_starts"][-1])
    n_events = len(a["arrival_s"])
    ends = np.cumsum(lengths)
    new = {
        "pattern_starts": n_positions + ends,
        "pattern_stops": np.concatenate([run.stops for run in added.runs]),
        "pattern_flags": np.concatenate([run.flags for run in added.runs]),
        "trip_pattern": n_patterns + np.arange(len(added.runs)),
        "trip_source": np.array([run.origins[0] for run in added.runs]),
        "trip_loose": np.zeros(len(added.runs), bool),
        "trip_events": n_events + ends - lengths,
        "arrival_s": np.concatenate([run.arrival_s for run in added.runs]),
        "departure_s": np.concatenate([run.departure_s for run in added.runs]),
        "event_source": np.concatenate([run.origins for run in added.runs]),
    }
    arrays |= {
        name: np.concatenate([a[name], values.astype(a[name].dtype)])
        for name, values in new.items()
    }
    services = np.array(added.services, trip_service.dtype)
    return arrays | {"trip_service": np.concatenate([trip_service, services])}
