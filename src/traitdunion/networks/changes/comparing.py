"""Compares two editions of a feed: the same days where both speak of them, else ordinary ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from traitdunion.reach.places import great_circle_m

from .edition import Edition, Line, Stop, folded

MOVED_M: Final = 50.0
COMMON_DAYS: Final = 14
TYPICAL_AMONG_DAYS: Final = 56
KINDS: Final = {
    "jour de semaine": frozenset(range(5)),
    "samedi": frozenset({5}),
    "dimanche": frozenset({6}),
}


@dataclass(frozen=True)
class DayPair:
    """A day of each edition set side by side: the same one where both run on it."""

    kind: str
    before: date
    after: date


@dataclass(frozen=True)
class LineNamed:
    """A line as riders know it; `long_name` is empty where its routes have several."""

    name: str
    long_name: str
    agency: str


@dataclass(frozen=True)
class LineChange:
    """Trips of one line on each day compared; `former_agency` where another agency ran it."""

    line: LineNamed
    before: tuple[int, ...]
    after: tuple[int, ...]
    former_agency: str = ""


@dataclass(frozen=True)
class StopMoved:
    """A stop that keeps its id, `metres` away from where it was."""

    name: str
    metres: int


@dataclass(frozen=True)
class PriceChange:
    """A ticket whose price changes; empty where it does not exist."""

    ticket: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What riders would notice.

    `common`: first and last of the coming days that both editions speak of, and how many trips
    run on those days. `trips_before` and `trips_after` have one number for each of `days`, as the
    lines changed do; `lines_alike` run as many trips on all of them.
    """

    covers_before: tuple[date | None, date | None]
    covers_after: tuple[date | None, date | None]
    common: tuple[date, date] | None
    common_before: int
    common_after: int
    days: tuple[DayPair, ...]
    trips_before: tuple[int, ...]
    trips_after: tuple[int, ...]
    lines_added: tuple[LineNamed, ...]
    lines_removed: tuple[LineNamed, ...]
    lines_changed: tuple[LineChange, ...]
    lines_alike: int
    stops_added: tuple[str, ...]
    stops_removed: tuple[str, ...]
    stops_moved: tuple[StopMoved, ...]
    prices: tuple[PriceChange, ...]
    zones_before: int
    zones_after: int


def compare(before: Edition, after: Edition, *, today: date) -> Changes:
    """Set two editions of one feed side by side, as seen `today`."""
    days = tuple(_day_pair(kind, before, after, today) for kind in KINDS)
    common = [day for day in coming_days(before, today) if after.runs_on(day)]
    pairs, added, removed = _paired(before, after)
    compared = [_line_change(before, after, days, *pair) for pair in pairs]
    changed = [c for c in compared if c.before != c.after or c.former_agency]
    stops_added, stops_removed, stops_moved = _stops(before.stops, after.stops)
    return Changes(
        covers_before=(before.first, before.last),
        covers_after=(after.first, after.last),
        common=(common[0], common[-1]) if common else None,
        common_before=sum(map(before.trips_on, common)),
        common_after=sum(map(after.trips_on, common)),
        days=days,
        trips_before=tuple(before.trips_on(pair.before) for pair in days),
        trips_after=tuple(after.trips_on(pair.after) for pair in days),
        lines_added=tuple(map(_named, added)),
        lines_removed=tuple(map(_named, removed)),
        lines_changed=tuple(sorted(changed, key=_by_size)),
        lines_alike=len(compared) - len(changed),
        stops_added=stops_added,
        stops_removed=stops_removed,
        stops_moved=stops_moved,
        prices=_prices(before.prices, after.prices),
        zones_before=before.zones,
        zones_after=after.zones,
    )


def coming_days(edition: Edition, today: date) -> list[date]:
    """Return those of the next fourteen days that an edition speaks of."""
    days = [today + timedelta(ahead) for ahead in range(COMMON_DAYS)]
    return [day for day in days if edition.runs_on(day)]


def _day_pair(kind: str, before: Edition, after: Edition, today: date) -> DayPair:
    """Return an ordinary day of this kind: of both editions if they share some, else one of each.

    Ordinary is the day in the middle when days are sorted by how many trips run in the former
    edition (the later one of two middles, the earliest date of equals).
    """
    former, newer = _candidates(before, kind, today), _candidates(after, kind, today)
    # The same date in both is fairest: holidays and school time then weigh on both alike.
    shared = [day for day in former if after.runs_on(day) and day in newer]
    if shared:
        chosen = _middle(shared, before)
        return DayPair(kind, chosen, chosen)
    return DayPair(kind, _middle(former, before), _middle(newer, after))


def _candidates(edition: Edition, kind: str, today: date) -> list[date]:
    """Return the days of a kind in the eight weeks ahead, or in the last ones of an edition."""
    n_days = len(edition.trips)
    days = [edition.start + timedelta(ahead) for ahead in range(n_days)]
    # An edition that is over is judged by its last weeks: it has no others to offer.
    ahead = [day for day in days if day >= today] or days
    of_kind = [day for day in ahead[:TYPICAL_AMONG_DAYS] if day.weekday() in KINDS[kind]]
    return of_kind or [next_of(kind, today)]


def next_of(kind: str, day: date) -> date:
    """Return the first day of a kind, from a day on."""
    week = [day + timedelta(ahead) for ahead in range(7)]
    return next(later for later in week if later.weekday() in KINDS[kind])


def _middle(days: list[date], edition: Edition) -> date:
    ordered = sorted(days, key=lambda day: (edition.trips_on(day), day))
    middle = edition.trips_on(ordered[len(ordered) // 2])
    return next(day for day in sorted(days) if edition.trips_on(day) == middle)


def _paired(
    before: Edition, after: Edition
) -> tuple[list[tuple[Line, Line]], list[Line], list[Line]]:
    """Return the lines of both editions, lines added, lines removed.

    A line that changes hands is the same line, if only one added bears the name of one removed.
    """
    pairs = [(line, after.lines[key]) for key, line in before.lines.items() if key in after.lines]
    removed = [line for key, line in before.lines.items() if key not in after.lines]
    added = [line for key, line in after.lines.items() if key not in before.lines]
    for line in list(removed):
        twins = [other for other in added if folded(other.name) == folded(line.name)]
        rivals = [other for other in removed if folded(other.name) == folded(line.name)]
        if len(twins) == len(rivals) == 1:
            pairs.append((line, twins[0]))
            removed.remove(line)
            added.remove(twins[0])
    return pairs, added, removed


def _line_change(
    before: Edition, after: Edition, days: tuple[DayPair, ...], former: Line, newer: Line
) -> LineChange:
    same_agency = folded(former.agency) == folded(newer.agency)
    return LineChange(
        line=_named(newer),
        before=tuple(before.trips_on(pair.before, former) for pair in days),
        after=tuple(after.trips_on(pair.after, newer) for pair in days),
        former_agency="" if same_agency else former.agency,
    )


def _by_size(change: LineChange) -> tuple[int, str]:
    """Return the greatest differences first."""
    pairs = zip(change.before, change.after, strict=True)
    return -sum(abs(a - b) for b, a in pairs), change.line.name


def _named(line: Line) -> LineNamed:
    return LineNamed(line.name, line.long_name, line.agency)


def _stops(
    before: Mapping[str, Stop], after: Mapping[str, Stop]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[StopMoved, ...]]:
    """Return names of stops added and removed, and stops moved.

    Stops are matched by their id, then by their name within fifty metres: publishers renumber.
    """
    kept = [(before[stop_id], after[stop_id]) for stop_id in before if stop_id in after]
    moved = {
        StopMoved(newer.name, round(away))
        for former, newer in kept
        if (away := _metres(former, newer)) > MOVED_M
    }
    removed = [stop for stop_id, stop in before.items() if stop_id not in after]
    added = [stop for stop_id, stop in after.items() if stop_id not in before]
    return (
        _names_without_twin(added, before.values()),
        _names_without_twin(removed, after.values()),
        tuple(sorted(moved, key=lambda stop: (-stop.metres, stop.name))),
    )


def _names_without_twin(stops: Iterable[Stop], others: Iterable[Stop]) -> tuple[str, ...]:
    """Return the names of stops without one of the same name within fifty metres."""
    by_name: dict[str, list[Stop]] = {}
    for other in others:
        by_name.setdefault(folded(other.name), []).append(other)
    alone = {
        stop.name
        for stop in stops
        if all(_metres(stop, twin) > MOVED_M for twin in by_name.get(folded(stop.name), []))
    }
    return tuple(sorted(alone))


def _metres(a: Stop, b: Stop) -> float:
    return float(great_circle_m(a.lat, a.lon, np.array(b.lat), np.array(b.lon)))


def _prices(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[PriceChange, ...]:
    tickets = sorted(before.keys() | after.keys())
    changes = (PriceChange(name, before.get(name, ""), after.get(name, "")) for name in tickets)
    return tuple(change for change in changes if change.before != change.after)
