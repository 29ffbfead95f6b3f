"""Applies trip updates to a timetable: a copy in which today's runs are as they now are.

A run that differs keeps its trip for the other days and gets one of its own for its service day,
appended to the arrays with a pattern of its own; searches know nothing of it. Delays are carried
from stop to stop until the next one given, as the GTFS Realtime reference has it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np

from ..calendar_days import origin_s
from ..compiling.events import CAN_ALIGHT, CAN_BOARD
from ..places import Array
from ..timetable import Timetable
from .reading import StopUpdate, TripUpdate

# Beyond a day, a delay is a mistake of the publisher.
MAX_LATE_S: Final = 86_400
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
    """Events of a run on one day; `origins` (E,) is the trip that leaves each.

    `sequences` are their stop_sequence, `pickup_rules` and `drop_off_rules` their booking rules.
    """

    stops: Array
    flags: Array
    arrival_s: Array
    departure_s: Array
    origins: Array
    sequences: Array
    pickup_rules: Array
    drop_off_rules: Array


@dataclass
class _Additions:
    """What is appended to the arrays of a timetable."""

    runs: list[_Run] = field(default_factory=list)
    bikes: list[bool] = field(default_factory=list)
    wheelchairs: list[int] = field(default_factory=list)
    services: list[int] = field(default_factory=list)
    rows: list[Array] = field(default_factory=list)


def with_updates(
    tt: Timetable, updates: Iterable[TripUpdate], *, today: date, feed: int = 0
) -> tuple[Timetable, Applied]:
    """Return the timetable as it runs now; an update without a day is of the service day `today`.

    `feed` is the row, in `tt.feeds`, of the feed the updates speak of: their ids are those of its
    own files, whatever other feeds name alike.

    Runs that the timetable does not have (added, duplicated) and runs by frequency are left as
    they are, and counted.
    """
    applied = Applied()
    by_day: dict[date, dict[int, TripUpdate]] = {}
    ids = own_ids(tt, feed)
    for update in updates:
        on = update.on or today
        source, update = _standing_for(tt, ids.trips.get(update.trip_id), update, on)
        if update.kind == "other":
            applied.other_kinds += 1
        elif source is None:
            applied.unknown_trips += 1
        elif not -1 <= (on - tt.start).days <= tt.days:
            # Services have a column more at each end: the day before the first, after the last.
            applied.other_days += 1
        else:
            by_day.setdefault(on, {})[source] = update
    for on, of_day in sorted(by_day.items()):
        tt = _Day(tt, on, of_day, applied, ids).timetable()
    return tt, applied


def _standing_for(
    tt: Timetable, source: int | None, update: TripUpdate, on: date
) -> tuple[int | None, TripUpdate]:
    """Return the trip that runs on a day in place of a double, and the update as it reads it.

    Ranks are those of the feed that sends the message: the other numbers its calls otherwise.
    """
    doubles = dict(tt.arrays.get("double_trips", np.empty((0, 2), np.int32)).tolist())
    column = (on - tt.start).days + 1
    services = tt.arrays["services"]
    if source is None or source not in doubles or not 0 <= column < services.shape[1]:
        return source, update
    service = tt.service_of(tt.trip_ids[source])
    if service is not None and services[service, column]:
        return source, update
    stops = tuple(replace(stop, sequence=None) for stop in update.stops if stop.stop_id)
    return doubles[source], replace(update, stops=stops)


class OwnIds(NamedTuple):
    """Rows of the trips and of the stops of one feed, by the ids of its own files."""

    trips: dict[str, int]
    stops: dict[str, int]


def own_ids(tt: Timetable, feed: int) -> OwnIds:
    """Return the rows of a feed by its own ids: those renamed "2:T1" when feeds were joined too."""
    if not tt.feeds:
        return OwnIds(_rows(tt.trip_ids, 0, 0, None), _rows(tt.stop_ids, 0, 0, None))
    trips = sum(span.trips for span in tt.feeds[:feed])
    stops = sum(span.stops for span in tt.feeds[:feed])
    span = tt.feeds[feed]
    return OwnIds(
        _rows(tt.trip_ids, feed, trips, trips + span.trips),
        _rows(tt.stop_ids, feed, stops, stops + span.stops),
    )


def _rows(names: Sequence[str], feed: int, begin: int, end: int | None) -> dict[str, int]:
    rows = {name: row for row, name in enumerate(names[begin:end], start=begin)}
    prefix = f"{feed + 1}:"
    renamed = {
        name.removeprefix(prefix): row for name, row in rows.items() if name.startswith(prefix)
    }
    # An id that truly begins so keeps its meaning.
    return renamed | rows


class _Day:
    """The updates of one service day."""

    def __init__(
        self,
        tt: Timetable,
        on: date,
        updates: dict[int, TripUpdate],
        applied: Applied,
        ids: OwnIds,
    ) -> None:
        self.tt = tt
        self.ids = ids
        # Copies made for the rules of lines are known to feeds by their stop.
        self.same_places = dict(tt.arrays.get("same_places", np.empty((0, 2), np.int32)).tolist())
        self.own_stops = dict(tt.arrays.get("split_stops", np.empty((0, 2), np.int32)).tolist())
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
            # The trip keeps its other days under a copy of its service without this one.
            service = int(trip_service[trip])
            if service not in services:
                services[service] = first_new + len(added.rows)
                other_days = a["services"][service].copy()
                other_days[self.column] = False
                added.rows.append(other_days)
            trip_service[trip] = services[service]
            added.runs += runs
            added.bikes += [bool(a["trip_bikes"][trip])] * len(runs)
            added.wheelchairs += [int(a["trip_wheelchair"][trip])] * len(runs)
        if not added.rows:
            return self.tt
        added.services = [first_new + len(added.rows)] * len(added.runs)
        added.rows.append(only_today)
        return type(self.tt)(
            self.tt.header, {**a, "trip_service": trip_service, **_appended(a, trip_service, added)}
        )

    def _trips_concerned(self) -> list[int]:
        """Return rows of the trips that run on the day and hold an event of a source updated."""
        a = self.tt.arrays
        events = np.flatnonzero(np.isin(a["event_source"], list(self.updates)))
        trips = np.unique(np.searchsorted(a["trip_events"], events, side="right") - 1)
        running = a["services"][a["trip_service"][trips], self.column]
        trips_today: list[int] = trips[running].tolist()
        self.applied.other_days += len(self.updates) - len(self._sources_of(trips_today))
        return trips_today

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
            a["event_sequence"][of_trip].copy(),
            a["pattern_pickup_rule"][begin:end].copy(),
            a["pattern_drop_off_rule"][begin:end].copy(),
        )

    def _runs(self, trip: int) -> list[_Run] | None:
        """Return what runs instead of a trip: nothing if cancelled; None if nothing changes.

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
                self._delay(run, begin, end, update)
        _in_order(run)
        return [_cut(run, begin, end) for begin, end in _kept_spans(parts, cancelled)]

    def _is_by_frequency(self, trip: int, parts: Sequence[tuple[int, int, int]]) -> bool:
        """Return whether a trip runs by frequency: which departure is meant is then unknown."""
        a = self.tt.arrays
        source = parts[0][0]
        same = np.flatnonzero(a["trip_source"] == source)
        # A trip that two others follow makes two runs, at the same hours.
        leaves_s = a["departure_s"][a["trip_events"][same]]
        return bool(a["trip_loose"][trip]) or len(np.unique(leaves_s)) > 1

    def _delay(self, run: _Run, begin: int, end: int, update: TripUpdate) -> None:
        """Move the times of a segment, and close the stops skipped."""
        placed = self._placed(run, begin, end, update.stops)
        # An update none of whose calls is found changes nothing: it is not counted as applied.
        self.applied.changed += bool(placed or update.delay_s is not None or not update.stops)
        late_s = self._late(None, update.delay_s, 0) or 0
        for at in range(begin, end + 1):
            stop = placed.get(at)
            if stop is None:
                arrives_s = departs_s = late_s
            elif stop.no_data:
                # NO_DATA ends the delay carried so far (GTFS Realtime reference, StopTimeUpdate).
                arrives_s = departs_s = late_s = 0
            elif stop.skipped:
                self.applied.skipped_stops += 1
                _close(run, at, begin, end)
                arrives_s = departs_s = late_s
            else:
                arrives_s, departs_s = self._delays(run, at, stop, late_s)
                late_s = departs_s
            # The arrival where a segment begins is that of the one before, and so at its end.
            if at > begin or begin == 0:
                run.arrival_s[at] += arrives_s
            if at < end or end == len(run.stops) - 1:
                run.departure_s[at] += departs_s

    def _delays(self, run: _Run, at: int, stop: StopUpdate, late_s: int) -> tuple[int, int]:
        """Return the delays of arrival and departure; the one left out is that of the other."""
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
        """Return the delay: that of the moment, else the one given; None where it is absurd.

        Publishers round delays: a moment is more exact.
        """
        given_s = delay_s if moment is None else moment - self.origin_s - int(planned_s)
        return None if given_s is None or abs(given_s) > MAX_LATE_S else given_s

    def _placed(
        self, run: _Run, begin: int, end: int, stops: Sequence[StopUpdate]
    ) -> dict[int, StopUpdate]:
        """Return each update at its event: by its rank, else the next call at its stop.

        A trip may pass twice at a stop: only the rank distinguishes the passes (GTFS Realtime
        reference, StopTimeUpdate).
        """
        placed: dict[int, StopUpdate] = {}
        at = begin
        for stop in stops:
            event = self._event(run, begin, end, at, stop)
            if event is None:
                self.applied.unknown_stops += 1
                continue
            placed[event] = stop
            at = event + 1
        return placed

    def _event(self, run: _Run, begin: int, end: int, at: int, stop: StopUpdate) -> int | None:
        """Return the event of a call, sought from `at` on where only its stop is known."""
        if stop.sequence is not None:
            ranks: list[int | None] = run.sequences[begin : end + 1].tolist()
            if end < len(run.stops) - 1:
                # The last event of a trip that goes on as another bears the rank of the other.
                ranks[-1] = None
            if stop.sequence in ranks:
                return begin + ranks.index(stop.sequence)
            known = [rank for rank in ranks if rank is not None]
            if len(known) < len(ranks) and stop.sequence > max(known, default=0):
                return end
            if not stop.stop_id:
                return None
        row = self.ids.stops.get(stop.stop_id)
        if row is not None and row not in run.stops[begin : end + 1]:
            row = self.same_places.get(row, row)
        calls = [self.own_stops.get(call, call) for call in run.stops[at : end + 1].tolist()]
        return None if row is None or row not in calls else at + calls.index(row)


def _segments(origins: Array) -> list[tuple[int, int, int]]:
    """Return (source, first event, last event) of each trip of a vehicle, ends shared."""
    # An event belongs to the trip that leaves it: where the source changes, the next one begins.
    begins = [0, *(np.flatnonzero(np.diff(origins)) + 1).tolist()]
    ends = [*begins[1:], len(origins) - 1]
    return [(int(origins[b]), b, e) for b, e in zip(begins, ends, strict=True)]


def _kept_spans(
    parts: Sequence[tuple[int, int, int]], cancelled: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the first and last event of each stretch without a cancelled segment."""
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
    """Return a stretch of a run: no rider is on board before it, none stays after it."""
    part = _Run(*(array[begin : end + 1].copy() for array in run))
    if begin > 0:
        part.flags[0] &= NO_ALIGHTING
        part.arrival_s[0] = part.departure_s[0]
    if end < len(run.stops) - 1:
        part.flags[-1] &= NO_BOARDING
        part.departure_s[-1] = part.arrival_s[-1]
        # It left as the trip cut off: it now ends the one before.
        part.origins[-1] = part.origins[-2]
    return part


def _close(run: _Run, at: int, begin: int, end: int) -> None:
    """Close a stop that is skipped; where two segments meet, to the riders of this one only."""
    if at > begin or begin == 0:
        run.flags[at] &= NO_ALIGHTING
    if at < end or end == len(run.stops) - 1:
        run.flags[at] &= NO_BOARDING


def _in_order(run: _Run) -> None:
    """Delay each event that comes before the one it follows."""
    times = np.stack([run.arrival_s, run.departure_s], axis=1).ravel()
    # A vehicle does not go back in time: an earlier time waits for what precedes.
    ordered = np.maximum.accumulate(times)
    run.arrival_s[:], run.departure_s[:] = ordered[::2], ordered[1::2]


def _appended(a: dict[str, Array], trip_service: Array, added: _Additions) -> dict[str, Array]:
    """Return the arrays with the runs added, each with a pattern of its own, and the services."""
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
        "trip_bikes": np.array(added.bikes, bool),
        "trip_wheelchair": np.array(added.wheelchairs, np.uint8),
        "trip_events": n_events + ends - lengths,
        "arrival_s": np.concatenate([run.arrival_s for run in added.runs]),
        "departure_s": np.concatenate([run.departure_s for run in added.runs]),
        "event_source": np.concatenate([run.origins for run in added.runs]),
        "event_sequence": np.concatenate([run.sequences for run in added.runs]),
        "pattern_pickup_rule": np.concatenate([run.pickup_rules for run in added.runs]),
        "pattern_drop_off_rule": np.concatenate([run.drop_off_rules for run in added.runs]),
    }
    arrays |= {
        name: np.concatenate([a[name], values.astype(a[name].dtype)])
        for name, values in new.items()
    }
    services = np.array(added.services, trip_service.dtype)
    return arrays | {"trip_service": np.concatenate([trip_service, services])}
