"""Small worlds solved: a real network and catalogue are built from each, then every lever weighed.

GTFS → compiled timetable → `reach.site_week` → eligibility by `matching.bulk`; levers of the
timetable by `SiteWeek.changed`, from which minimal opening sets and the exact portfolio follow.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from traitdunion import reach
from traitdunion.reach.places import Array

from .openings import Found, Term, minimal_sets
from .portfolio import Opening, Problem
from .world_network import (
    BEFORE,
    MINUTE_S,
    WALKING,
    Row,
    World,
    WorldNetwork,
    network_of,
    on_day,
    trips_of,
)
from .world_people import (
    CAR,
    CEILINGS,
    HOME,
    LICENCE,
    LOAN,
    SHIFT,
    TIMETABLE,
    TripLever,
    UnknownLever,
    Variant,
    eligible_for,
    lending_of,
    trip_lever,
    variants_of,
)

VEHICLES = "vehicules"
LONGEST_S = 36 * 3600
LAST_DAY = 8


def solve(world: World) -> dict[str, Any]:
    """Return the baseline, each lever alone, the best portfolio and what greed would choose."""
    problem = Opened(world).problem()
    baseline = problem.pairs(())
    names = _Names(world)
    best, ties = problem.best_in_order(float(world["budget"]))
    _verify(world, problem, best.levers)
    return {
        "baseline": {
            "pairs": names.pairs(baseline),
            "can": names.people(problem.can(())),
            "served": problem.served(()),
            "people_x_jobs": _people_x_jobs(problem, baseline),
        },
        "single": {lever: _single(problem, names, lever) for lever in problem.levers},
        "best": {
            "levers": list(best.levers),
            "ties": [list(levers) for levers in ties],
            "served": best.served,
            "people_x_jobs_opened": _people_x_jobs(problem, problem.pairs(best.levers) - baseline),
            "worse": _worse(problem, best.levers),
            "cost": best.cost,
        },
        "greedy": _greedy(problem, float(world["budget"])),
    }


class _Names:
    """Rows of people and sites written by their identifiers, in the order of the world."""

    def __init__(self, world: World) -> None:
        self.person = [person["id"] for person in world["persons"]]
        self.site = [site["id"] for site in world["sites"]]

    def pairs(self, pairs: Iterable[tuple[int, int]]) -> list[list[str]]:
        return [[self.person[p], self.site[w]] for p, w in sorted(pairs)]

    def people(self, people: Iterable[int]) -> list[str]:
        return [self.person[p] for p in sorted(people)]


def _people_x_jobs(problem: Problem, pairs: Iterable[tuple[int, int]]) -> int:
    return sum(problem.people[p] * problem.jobs[w] for p, w in pairs)


def _worse(problem: Problem, levers: Iterable[str]) -> int:
    return sum(problem.people[p] for p in problem.can(()) - problem.can(levers))


def _single(problem: Problem, names: _Names, lever: str) -> dict[str, Any]:
    before, after = problem.pairs(()), problem.pairs((lever,))
    served = problem.served((lever,))
    return {
        "opened_pairs": names.pairs(after - before),
        "lost_pairs": names.pairs(before - after),
        "gained_people": names.people(problem.can((lever,)) - problem.can(())),
        "worse_people": names.people(problem.can(()) - problem.can((lever,))),
        "people_x_jobs_opened": _people_x_jobs(problem, after - before),
        "served": served,
        "served_gain": served - problem.served(()),
    }


def _greedy(problem: Problem, budget: float) -> dict[str, Any]:
    """Take the lever that serves most people a euro, as long as one is affordable and helps."""
    chosen: tuple[str, ...] = ()
    served = problem.served(())
    while True:
        best: tuple[float, str, int] | None = None
        for lever in problem.levers:
            more = (*chosen, lever)
            affordable = problem.total(more) <= budget and problem.allowed(frozenset(more))
            if lever in chosen or not affordable:
                continue
            gain = problem.served(more) - served
            cost = problem.cost[lever]
            ratio = gain / cost if cost > 0 else np.inf
            if gain > 0 and (best is None or ratio > best[0]):
                best = ratio, lever, gain
        if best is None:
            ordered = tuple(lever for lever in problem.levers if lever in chosen)
            return {"levers": list(ordered), "served": served, "cost": problem.total(ordered)}
        chosen, served = (*chosen, best[1]), served + best[2]


def _verify(world: World, problem: Problem, levers: Sequence[str]) -> None:
    """Search the whole world again with the levers made, and compare; never a bound alone."""
    opened = Opened(world)
    searched = opened.searched_whole(frozenset(levers))
    if searched != problem.pairs(levers):
        raise AssertionError(f"the levers {list(levers)} do not open what they should")


@dataclass(frozen=True)
class _Element:
    """A lever of the timetable, or the seats of a trip on a day, present or not in a set."""

    lever: str | None
    trips: TripLever
    resource: str | None = None


@dataclass
class Opened:
    """A world, its network, and what each set of elements makes of each person and hours of site.

    `homes`: all the places where people live or may move to.
    """

    world: World
    elements: list[_Element] = field(init=False)
    capacity: dict[str, tuple[int, dict[str, int]]] = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        known = TIMETABLE | CEILINGS | {LICENCE, LOAN, HOME, SHIFT, CAR}
        for lever in world["levers"]:
            if lever["kind"] not in known:
                raise UnknownLever(f"Levier d'une nature inconnue : « {lever['kind']} ».")
        self.network: WorldNetwork = network_of(world, self._stops())
        self.variants: list[Variant] = variants_of(world)
        self.homes = sorted(
            {person["home"] for person in world["persons"]}
            | {lever["to"] for lever in world["levers"] if lever["kind"] == HOME}
        )
        self._find_elements()
        self.places = [self.network.place(home) for home in self.homes]
        self.week = self._site_week(self.network.timetable)
        # A change starts from the searches already made: none yet would leave nothing to change.
        self.before = _Seconds(self.week, self.places, self.commute)
        self._known: dict[frozenset[int], Array] = {}

    def _stops(self) -> set[str]:
        world = self.world
        names = {site["stop"] for site in world["sites"]} | {p["home"] for p in world["persons"]}
        for a, b, _ in (*world.get("walks", ()), *world.get("drive", ())):
            names |= {a, b}
        trips = [trip for row in world.get("trips", ()) for trip in trips_of(row)]
        for lever in world["levers"]:
            changed = trip_lever(world, lever)
            if changed is not None:
                trips += changed.added
            if lever["kind"] == HOME:
                names.add(lever["to"])
        for zone in world.get("zones", ()):
            names |= {*zone["from"], *zone["to"]}
        return names | {stop for trip in trips for stop, _, _ in trip.calls}

    def _find_elements(self) -> None:
        """List the levers of the timetable, and the seats that may run short, day by day."""
        world = self.world
        self.elements, self.capacity = [], {}
        everyone = sum(person.get("n", 1) for person in world["persons"])
        for row in world.get("trips", ()):
            if row.get("seats") is None or row["seats"] >= everyone:
                continue
            for trip in trips_of(row):
                self.capacity[trip.id] = row["seats"], {}
                self.elements.append(_Element(None, TripLever((trip,)), trip.id))
        for lever in world["levers"]:
            changed = trip_lever(world, lever)
            if changed is None:
                continue
            if changed.seats is None or changed.seats >= everyone:
                self.elements.append(_Element(lever["id"], changed))
                continue
            for trip in changed.added:
                resource = f"{lever['id']}:{trip.id}"
                self.capacity[resource] = changed.seats, {}
                self.elements.append(_Element(lever["id"], TripLever((trip,)), resource))

    def _site_week(self, timetable: reach.Timetable) -> reach.SiteWeek:
        settings = self.world["settings"]
        limits = reach.Limits(
            max_rides=settings["max_rides"], walk=WALKING,
            min_transfer_s=MINUTE_S * settings.get("change", 0),
        )  # fmt: skip
        sites = self.world["sites"]
        self.commute = reach.Commute(limits=limits, max_trip_s=LONGEST_S)
        return reach.site_week(
            timetable,
            [self.network.place(site["stop"]) for site in sites],
            [variant.shift for variant in self.variants],
            period=(on_day(1 - BEFORE), on_day(LAST_DAY)),
            longest=reach.Longest(
                LONGEST_S,
                before=MINUTE_S * settings["wait_site"],
                after=MINUTE_S * settings["wait_after"],
            ),
            limits=limits,
            streets=self.network.streets,
        )

    # -- what a set of elements makes of the timetable ---------------------------------------

    def change(self, chosen: frozenset[int]) -> reach.Change:
        """Return the change of the timetable that a set of elements makes."""
        removed: set[int] = set()
        added: list[reach.AddedTrip] = []
        gone: set[str] = set()
        for number, element in enumerate(self.elements):
            is_base = element.lever is None
            if is_base and number not in chosen:
                gone |= {trip.id for trip in element.trips.added}
            if number in chosen and not is_base:
                gone |= {trip.id for trip in element.trips.removed}
                added += [self.network.added(trip) for trip in element.trips.added]
        removed = {self.network.trip[name] for name in gone}
        return reach.Change(removed=tuple(sorted(removed)), added=tuple(added))

    def seconds(self, chosen: frozenset[int]) -> Array:
        """Return the seconds away from home by bus or on foot, (days, V, H); infinite for none."""
        if chosen not in self._known:
            delta = self.week.changed(self.change(chosen))
            self._known[chosen] = self._away(delta)
        return self._known[chosen]

    def _away(self, delta: reach.Delta) -> Array:
        """Return the seconds away after a change: those of the sites and days it can matter to."""
        if not delta.n_searched:
            return self._by_day(self.before.away)
        after = _Seconds(delta.week, self.places, self.commute)
        rows = {int(w): row for row, w in enumerate(delta.sites)}

        def away(v: int, at: int, w: int) -> Array:
            if w in rows and delta.week.classes.class_of[v, at] >= 0:
                return after.away(v, at, rows[w])
            return self.before.away(v, at, w)

        return self._by_day(away)

    def _by_day(self, of: Callable[[int, int, int], Array]) -> Array:
        """Return the seconds away of each day of each variant, 0 past its last, (days, V, H)."""
        n_days = max(len(variant.days) for variant in self.variants)
        away = np.zeros((n_days, len(self.variants), len(self.places)))
        for v, variant in enumerate(self.variants):
            for row, day in enumerate(variant.dates):
                at = self.week.classes.dates.index(on_day(day))
                away[row, v] = of(v, at, variant.site)
        return away

    # -- everybody ---------------------------------------------------------------------------

    def held(self, away: Array) -> Array:
        """Return which people can go to each variant from each home, bool (P, V, H)."""
        caps = [person.get("cap") for person in self.world["persons"]]
        longest = np.array([np.inf if cap is None else cap * MINUTE_S for cap in caps])
        near = (away[None] <= longest[:, None, None, None]) & np.isfinite(away)[None]
        held: Array = np.all(near, axis=1)
        return held

    def by_car(self) -> Array:
        """Return which people could drive to each variant from each home, bool (P, V, H)."""
        away = np.full((1, len(self.variants), len(self.homes)), np.inf)
        for v, variant in enumerate(self.variants):
            site = self.network.place(self.world["sites"][variant.site]["stop"])
            for h, home in enumerate(self.homes):
                there = self.network.streets.between(self.network.place(home), site, reach.CAR)
                if there is not None:
                    at_work_s = MINUTE_S * (variant.end_min - variant.start_min)
                    away[0, v, h] = 2 * there.seconds + at_work_s
        return self.held(away)

    def problem(self) -> Problem:
        """Return the people, sites, levers and every way in which a pair is feasible."""
        harms = any(element.trips.harms for element in self.elements)
        minimal = minimal_sets(
            len(self.elements),
            lambda chosen: self.held(self.seconds(chosen)),
            is_monotone=not harms,
        )
        world = self.world
        lending = lending_of(world)
        capacity = dict(self.capacity)
        capacity[VEHICLES] = lending.stock, dict(lending.more)
        shifts: dict[str, set[str]] = {}
        for lever in world["levers"]:
            if lever["kind"] in (SHIFT, HOME):
                shifts.setdefault(f"{lever['kind']}:{lever.get('site', lever.get('person'))}",
                                  set()).add(lever["id"])  # fmt: skip
        jobs = [site["jobs"] for site in world["sites"]]
        openings = {*self._by_bus(minimal), *self._driven()}
        limited = world["settings"].get("job_limited", False)
        return Problem(
            people=[person.get("n", 1) for person in world["persons"]],
            jobs=jobs,
            cost={lever["id"]: lever["cost"] for lever in world["levers"]},
            openings=sorted(openings, key=repr),
            exclusive=[frozenset(group) for group in shifts.values() if len(group) > 1],
            capacity=capacity if any(o.uses for o in openings) else {},
            places=jobs if limited else None,
        )

    def _choices(self, p: int) -> Iterable[tuple[int, int, frozenset[str], frozenset[str]]]:
        """Yield each home and hours of site for a person: variant, home, needs, without."""
        person = self.world["persons"][p]
        moves = {
            lever["id"]: lever["to"]
            for lever in self.world["levers"]
            if lever["kind"] == HOME and lever["person"] == person["id"]
        }
        homes = [(None, person["home"]), *moves.items()]
        for v, variant in enumerate(self.variants):
            others = {o.lever for o in self.variants if o.site == variant.site and o.lever}
            for move, home in homes:
                needs = {lever for lever in (move, variant.lever) if lever is not None}
                without = (others if variant.lever is None else set()) | (
                    set(moves) if move is None else set()
                )
                yield v, self.homes.index(home), frozenset(needs), frozenset(without)

    def _by_bus(self, minimal: Found) -> Iterable[Opening]:
        for p in range(len(self.world["persons"])):
            for v, h, needs, without in self._choices(p):
                for term in minimal.terms.get((p, v, h), ()):
                    opening = self._opening(p, v, term, needs, without)
                    if opening is not None:
                        yield opening

    def _opening(
        self, p: int, v: int, term: Term, needs: frozenset[str], without: frozenset[str]
    ) -> Opening | None:
        elements = [self.elements[number] for number in sorted(term.needs)]
        unwanted = [self.elements[number] for number in sorted(term.without)]
        return Opening(
            p,
            self.variants[v].site,
            needs | {element.lever for element in elements if element.lever is not None},
            without | {element.lever for element in unwanted if element.lever is not None},
            frozenset(element.resource for element in elements if element.resource is not None),
        )

    def _driven(self) -> Iterable[Opening]:
        """Yield what people do by a car of theirs, or by one that is lent."""
        world, lending = self.world, lending_of(self.world)
        people = world["persons"]
        driven = self.by_car()
        ceilings: dict[str | None, float | None] = {None: lending.qf_max}
        ceilings.update(lending.ceilings)
        may_borrow = {
            lever: eligible_for(lending, people, qf_max=qf_max, licensed=[True] * len(people))
            for lever, qf_max in ceilings.items()
            if lever is None or lending.qf_max is not None
        }
        for p, person in enumerate(people):
            licences = _kinds(world, LICENCE, person)
            cars = _kinds(world, CAR, person)
            with_licence = [frozenset[str]()] if person.get("licence") else licences
            with_car = [frozenset[str]()] if person.get("car") else cars
            for v, h, needs, without in self._choices(p):
                if not driven[p, v, h]:
                    continue
                site = self.variants[v].site
                for own in with_licence:
                    for car in with_car:
                        yield Opening(p, site, needs | own | car, without)
                    for ceiling, eligible in may_borrow.items():
                        if not eligible[p]:
                            continue
                        raised = frozenset({ceiling} if ceiling is not None else ())
                        for stock in _in_stock(lending.stock, lending.more):
                            yield Opening(p, site, needs | own | raised | stock, without,
                                          frozenset({VEHICLES}))  # fmt: skip

    # -- everything again, without any bound --------------------------------------------------

    def searched_whole(self, levers: frozenset[str]) -> frozenset[tuple[int, int]]:
        """Return the pairs feasible with levers, by a timetable changed and searched as a whole."""
        chosen = frozenset(
            number
            for number, element in enumerate(self.elements)
            if element.lever is None or element.lever in levers
        )
        timetable = reach.changed_timetable(self.network.timetable, self.change(chosen))
        whole = _Seconds(self._site_week(timetable), self.places, self.commute)
        held = self.held(self._by_day(whole.away))
        pairs = {(o.person, o.site) for o in self._driven() if o.holds(levers)}
        for p in range(len(self.world["persons"])):
            for v, h, needs, without in self._choices(p):
                if needs <= levers and not without & levers and held[p, v, h]:
                    pairs.add((p, self.variants[v].site))
        return frozenset(pairs)


def _kinds(world: World, kind: str, person: Row) -> list[frozenset[str]]:
    """Return the levers of a kind that are a person's, one by one."""
    return [
        frozenset({lever["id"]})
        for lever in world["levers"]
        if lever["kind"] == kind and lever["person"] == person["id"]
    ]


def _in_stock(stock: int, more: Mapping[str, int]) -> list[frozenset[str]]:
    """Return the levers that put a vehicle in stock, none where there is one already."""
    if stock > 0:
        return [frozenset()]
    return [frozenset({lever}) for lever, n in more.items() if n > 0]


class _Seconds:
    """The seconds of both ways of a week, read by shift, day and site."""

    def __init__(
        self, week: reach.SiteWeek, homes: Sequence[reach.Point], commute: reach.Commute
    ) -> None:
        self.classes = week.classes
        self.out, self.back = week.seconds(homes, [commute])

    def away(self, v: int, at: int, site: int) -> Array:
        """Return the seconds from leaving home to being home again, (H,), infinite for none."""
        c = self.classes.class_of[v, at]
        if c < 0:
            return np.full(self.out.shape[-1], np.inf)
        out, back = self.out[c, site, 0].astype(float), self.back[c, site, 0].astype(float)
        at_work = float(self.classes.leave_s[c] - self.classes.arrive_s[c])
        none = (self.out[c, site, 0] == reach.UNREACHED) | (
            self.back[c, site, 0] == reach.UNREACHED
        )
        spent: Array = np.where(none, np.inf, out + back + at_work)
        return spent
