"""Make a plan in memory: the timetable changed, hours moved, vehicles lent, homes moved.

Nothing planned gives the baseline itself, to the bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

import numpy as np

from traitdunion import french, reach
from traitdunion.matching.feasibility.travels import VEHICLES
from traitdunion.reach.on_demand.other_rules import rules_of_trip, with_rules
from traitdunion.reach.places import Array

from ..notices import shortened
from ..profiles import HOLDS, Way, ways_of
from .reading import Hours, Loan, Move, Plan, ScenarioError
from .territory import Territory


@dataclass(frozen=True)
class Outcome:
    """People before and after a plan, row by row; a group that moves in part makes two rows.

    `before`, `after` bool (K, W, G): pairs held, loans included after. `shared` bool (K, W, G):
    those held by a loan alone; `seats` (G,): how many of the row such a loan can serve at a time.
    `names`, `codes`, `people` (G,): the commune lived in before; `codes` may be empty.
    """

    names: tuple[str, ...]
    codes: tuple[str, ...]
    people: Array
    before: Array
    after: Array
    shared: Array
    seats: Array
    notes: tuple[str, ...] = field(default=())


def applied(territory: Territory, plan: Plan) -> Outcome:
    """Make a plan; raises ScenarioError for a commune, a pole or a shift that is not there."""
    _check(territory, plan)
    territory = _with_services(territory.with_stops(plan.points), plan)
    timetable = _timetable(territory, plan)
    if plan.notices:
        after = territory.with_timetable(timetable).pairs
    else:
        after = territory.after(plan.change)
    if plan.hours:
        after = _at_other_hours(territory, plan, after)
    if plan.zones:
        after = _with_zones(territory, plan, after)
    shared, seats, notes = _lent(territory, plan, after)
    if territory.on_demand:
        notes = (*notes, _asked_note(territory))
    names = tuple(group.place.label for group in territory.groups)
    codes = tuple(group.place.code_insee or "" for group in territory.groups)
    whole = Outcome(
        names, codes, territory.people, territory.pairs, after | shared, shared, seats, notes
    )
    return _moved(territory, plan.moves, whole) if plan.moves else whole


def _with_services(territory: Territory, plan: Plan) -> Territory:
    """Return the territory with the services on demand, where the plan changes one of them."""
    if not plan.notices:
        return territory.asking(None) if plan.change.windows else territory
    eve = datetime.combine(territory.week, time()) - timedelta(days=1)
    return territory.asking(eve + timedelta(seconds=plan.notices[0].asked_s))


def _timetable(territory: Territory, plan: Plan) -> reach.Timetable:
    """Return the timetable that a plan makes: lines, hours and notices of services."""
    timetable = territory.timetable
    if plan.notices:
        rules = {
            row: shortened(rule, notice.minutes)
            for notice in plan.notices
            for row, rule in rules_of_trip(timetable, notice.trip).items()
        }
        timetable = with_rules(timetable, rules)
    return reach.changed_timetable(timetable, plan.change)


def _asked_note(territory: Territory) -> str:
    """Return for whom the services on demand are counted, as a sentence."""
    who = "Les transports à la demande comptent, avant et après, pour qui y a droit"
    asked_at = territory.limits.asked_at
    if asked_at is None:
        return f"{who} et réserve à temps."
    hour = french.clock(asked_at.hour * 3600 + asked_at.minute * 60)
    return f"{who} et demande à {hour} la veille du premier jour."


def _check(territory: Territory, plan: Plan) -> None:
    homes = {group.place.code_insee for group in territory.groups}
    poles = {pole.place.code_insee for pole in territory.poles}
    asked = [loan.commune for loan in plan.loans]
    asked += [zone.commune for zone in plan.zones]
    asked += [commune for commune, _ in plan.licences]
    asked += [code for move in plan.moves for code in (move.origin, move.destination)]
    faults = [f"commune inconnue « {code} »" for code in dict.fromkeys(asked) if code not in homes]
    for hours in plan.hours:
        if hours.pole not in poles:
            faults.append(f"« {hours.pole} » n'est pas un pôle du tableau")
        if hours.shift >= len(territory.shifts):
            faults.append(f"poste {hours.shift + 1} : il y en a {len(territory.shifts)}")
    if faults:
        raise ScenarioError(" ; ".join(faults))


def _at_other_hours(territory: Territory, plan: Plan, after: Array) -> Array:
    """Return the pairs with the hours of some shifts of some poles changed, each searched whole."""
    after = after.copy()
    timetable = _timetable(territory, plan)
    for (w, k), shift in _other_hours(territory, plan).items():
        week = territory.week_at([territory.poles[w]], [shift], timetable)
        words = week.words(territory.homes, territory.modes)
        after[k, w] = territory.held(words, [shift])[0, 0]
    return after


def _other_hours(territory: Territory, plan: Plan) -> dict[tuple[int, int], reach.Shift]:
    """Return the hours planned by pole and shift, each with all its changes made.

    Days at a distance are those of today's hours: they are taken out before the hours move.
    """
    wanted: dict[tuple[int, int], reach.Shift] = {}
    for hours in sorted(plan.hours, key=lambda hours: not hours.remote):
        w = next(w for w, pole in enumerate(territory.poles) if pole.place.code_insee == hours.pole)
        key = w, hours.shift
        wanted[key] = _other(wanted.get(key, territory.shifts[hours.shift]), hours)
    return wanted


def _other(shift: reach.Shift, hours: Hours) -> reach.Shift:
    days = frozenset(shift.days) - hours.remote
    if not days:
        raise ScenarioError("un poste garde au moins un jour sur place")
    return shift_later(replace(shift, days=days), hours.minutes)


def shift_later(shift: reach.Shift, minutes: int) -> reach.Shift:
    """Return a shift some minutes later, or earlier; on other days where it passes midnight."""
    day, start_s = divmod(shift.start_s + 60 * minutes, 86_400)
    by_s = start_s - shift.start_s
    return replace(
        shift, start_s=start_s, end_s=shift.end_s + by_s,
        days=frozenset((on + day) % 7 for on in shift.days),
        periods=tuple((start + by_s, end + by_s) for start, end in shift.periods),
    )  # fmt: skip


def _lent(territory: Territory, plan: Plan, after: Array) -> tuple[Array, Array, tuple[str, ...]]:
    """Return the pairs that loans alone hold, the people they serve at a time, and remarks."""
    shared = np.zeros_like(after)
    seats = np.zeros(len(territory.groups), np.int64)
    notes = []
    rows = {group.place.code_insee: h for h, group in enumerate(territory.groups)}
    left = dict(plan.licences)
    for loan in plan.loans:
        number = _usable(loan, left)
        place = territory.groups[rows[loan.commune]].place.label
        if not number:
            notes.append(f"{place} : {VEHICLES[loan.vehicle].name} prêté sans personne ayant le "
                         "permis ; il n'ouvre rien.")  # fmt: skip
            continue
        h = rows[loan.commune]
        opened = _held_with(territory, plan, ways_of(loan.vehicle, territory.limits), h)
        opened &= ~after[:, :, h]
        if opened.any():
            shared[:, :, h] |= opened
            seats[h] += number
    for commune, licence in plan.licences:
        if not any(loan.commune == commune and VEHICLES[loan.vehicle].permis != "aucun"
                   for loan in plan.loans):  # fmt: skip
            place = territory.groups[rows[commune]].place.label
            notes.append(f"{place} : un permis {licence.upper()} sans véhicule n'ouvre rien.")
    return shared, seats, tuple(notes)


def _usable(loan: Loan, left: dict[tuple[str, str], int]) -> int:
    """Return the vehicles that people with the licence can drive, and use these licences up."""
    needed = HOLDS[VEHICLES[loan.vehicle].permis]
    if not needed:
        return loan.number
    usable = 0
    for key in [(loan.commune, "am"), (loan.commune, "b")]:
        taken = min(loan.number - usable, left.get(key, 0)) if HOLDS[key[1]] >= needed else 0
        if taken:
            left[key] -= taken
            usable += taken
    return usable


def zone_ways(km: int, limits: reach.Limits) -> list[Way]:
    """Return the ways that an on-demand zone gives those who live at its centre.

    To a place of work of the zone, or to a stop of it on the way out, and back from the same stop:
    a service that takes people to another stop may do more, never less. Times are those by car.
    """
    carried = replace(reach.CAR, max_m=1000.0 * km)
    return [carried, reach.Commute(home_vehicle=carried, limits=limits)]


def _with_zones(territory: Territory, plan: Plan, after: Array) -> Array:
    """Return the pairs with those that on-demand zones open from the commune at their centre."""
    after = after.copy()
    rows = {group.place.code_insee: h for h, group in enumerate(territory.groups)}
    for zone in plan.zones:
        h = rows[zone.commune]
        after[:, :, h] |= _held_with(territory, plan, zone_ways(zone.km, territory.limits), h)
    return after


def _held_with(territory: Territory, plan: Plan, modes: Sequence[Way], h: int) -> Array:
    """Return the pairs of one home by some ways, bool (K, W), at the hours and lines planned."""
    timetable = _timetable(territory, plan)
    week = territory.week_at(territory.poles, territory.shifts, timetable)
    held = territory.held(week.words([territory.homes[h]], modes))[:, :, 0]
    for (w, k), shift in _other_hours(territory, plan).items():
        own = territory.week_at([territory.poles[w]], [shift], timetable)
        words = own.words([territory.homes[h]], modes)
        held[k, w] = territory.held(words, [shift])[0, 0, 0]
    return held


def _moved(territory: Territory, moves: Sequence[Move], whole: Outcome) -> Outcome:
    """Return the outcome with people who live elsewhere after, each move a row of its own."""
    rows = {group.place.code_insee: h for h, group in enumerate(territory.groups)}
    people = whole.people.copy()
    names, before, after, shared, seats = list(whole.names), [], [], [], []
    numbers, notes = [], list(whole.notes)
    for move in moves:
        a, b = rows[move.origin], rows[move.destination]
        number = min(move.number, int(people[a]))
        if number < move.number:
            notes.append(f"{whole.names[a]} : {number} habitants seulement à loger ailleurs.")
        people[a] -= number
        names.append(f"{whole.names[a]} → {whole.names[b]}")
        before.append(whole.before[:, :, a])
        after.append(whole.after[:, :, b] & ~whole.shared[:, :, b])
        shared.append(np.zeros_like(whole.shared[:, :, b]))
        seats.append(0)
        numbers.append(number)

    def longer(old: Array, new: list[Array]) -> Array:
        return np.concatenate([old, np.stack(new, axis=2)], axis=2)

    codes = (*whole.codes, *(move.origin for move in moves))
    return Outcome(
        tuple(names), codes, np.append(people, numbers), longer(whole.before, before),
        longer(whole.after, after), longer(whole.shared, shared),
        np.append(whole.seats, seats), tuple(notes),
    )  # fmt: skip
