"""The naive oracle of levers: every journey, every set of levers, every assignment, no pruning."""

import itertools
from functools import cache

DAYS = range(-1, 9)


def minutes(text):
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def brute_force(world):
    """The same keys as `levers.worlds.solve`, by trying everything."""
    levers = world["levers"]
    people = world["persons"]
    seen = {}

    def state(chosen):
        key = tuple(lever["id"] for lever in chosen)
        if key not in seen:
            seen[key] = State(world, chosen)
        return seen[key]

    base = state(())
    n = {p["id"]: p.get("n", 1) for p in people}
    jobs = {s["id"]: s["jobs"] for s in world["sites"]}

    def weight(pairs):
        return sum(n[p] * jobs[s] for p, s in pairs)

    def listed(pairs):
        return [list(x) for x in base.order if x in pairs]

    def named(ids):
        return [p["id"] for p in people if p["id"] in ids]

    singles = {}
    for lever in levers:
        after = state((lever,))
        singles[lever["id"]] = {
            "opened_pairs": listed(after.pairs - base.pairs),
            "lost_pairs": listed(base.pairs - after.pairs),
            "gained_people": named(after.can - base.can),
            "worse_people": named(base.can - after.can),
            "people_x_jobs_opened": weight(after.pairs - base.pairs),
            "served": after.served,
            "served_gain": after.served - base.served,
        }
    ranked = []
    for size in range(len(levers) + 1):
        for chosen in itertools.combinations(levers, size):
            cost = sum(lever["cost"] for lever in chosen)
            if cost > world["budget"] or excluded(chosen):
                continue
            after = state(chosen)
            worse = sum(n[p] for p in base.can - after.can)
            opened = weight(after.pairs - base.pairs)
            names = tuple(lever["id"] for lever in chosen)
            ranked.append((-after.served, -opened, worse, cost, names))
    best = min(ranked)
    ties = sorted(list(row[4]) for row in ranked if row[:4] == best[:4])
    return {
        "baseline": {
            "pairs": listed(base.pairs), "can": named(base.can), "served": base.served,
            "people_x_jobs": weight(base.pairs),
        },
        "single": singles,
        "best": {
            "levers": list(best[4]), "ties": ties, "served": -best[0],
            "people_x_jobs_opened": -best[1], "worse": best[2], "cost": best[3],
        },
    }  # fmt: skip


def excluded(chosen):
    keys = [
        (lever["kind"], lever.get("site", lever.get("person")))
        for lever in chosen
        if lever["kind"] in ("move_shift", "move_home")
    ]
    return len(keys) != len(set(keys))


class State:
    """A world with some levers made."""

    def __init__(self, world, chosen):
        self.world, self.settings = world, world["settings"]
        self.order = [(p["id"], s["id"]) for p in world["persons"] for s in world["sites"]]
        self.instances, self.seats = [], {}
        gone = {name for lever in chosen if lever["kind"] == "remove_trips"
                for name in lever["trips"]}  # fmt: skip
        for trip in world["trips"]:
            if trip["id"] not in gone:
                self.add(trip)
        for zone in world["zones"]:
            self.add_zone(zone)
        self.shift, self.home, self.licence = {}, {}, set()
        self.stock = world.get("loan", {}).get("stock", 0)
        self.qf_max = world.get("loan", {}).get("qf_max")
        for lever in chosen:
            kind = lever["kind"]
            if kind == "add_trip":
                self.add(lever["trip"])
            elif kind == "on_demand":
                self.add_zone(lever["zone"])
            elif kind == "move_shift":
                self.shift[lever["site"]] = lever["delta"]
            elif kind == "move_home":
                self.home[lever["person"]] = lever["to"]
            elif kind == "licence":
                self.licence.add(lever["person"])
            elif kind == "loan":
                self.stock += lever["add"]
            elif kind == "ceiling" and self.qf_max is not None:
                self.qf_max = max(self.qf_max, lever["qf_max"])
        self.links = both(world["walks"])
        self.drive = both(world["drive"])
        self.ways = cache(self.ways)
        self.uses = {
            (p["id"], s["id"]): self.uses_of(p, s) for p in world["persons"] for s in world["sites"]
        }
        self.pairs = {pair for pair, uses in self.uses.items() if uses}
        self.can = {p for p, _ in self.pairs}
        self.served = self.most_served()

    def add(self, trip):
        for day in trip["days"]:
            calls = [(s, 1440 * day + minutes(a), 1440 * day + minutes(d))
                     for s, a, d in trip["calls"]]  # fmt: skip
            name = None
            if trip.get("seats") is not None:
                name = trip["id"], day
                self.seats[name] = trip["seats"]
            self.instances.append((calls, name))

    def add_zone(self, zone):
        first, last = map(minutes, zone["window"])
        for day in zone["days"]:
            for a, b in itertools.product(zone["from"], zone["to"]):
                for start in range(first, last - zone["min"] + 1):
                    t = 1440 * day + start
                    if a != b:
                        calls = [(a, t, t), (b, t + zone["min"], t + zone["min"])]
                        self.instances.append((calls, None))

    def ways(self, origin, destination):
        """Every (departure, arrival, seats used); (None, minutes, nothing) on foot all the way."""
        collected = set()
        on_foot = 0 if origin == destination else self.links.get((origin, destination))
        if on_foot is not None:
            collected.add((None, on_foot, frozenset()))
        links = self.links.items()
        starts = [(origin, 0), *((b, w) for (a, b), w in self.links.items() if a == origin)]
        todo = [(stop, None, walk, None, frozenset()) for stop, walk in starts]
        for _ in range(self.settings["max_rides"]):
            following = set()
            for stop, left, walk, ready, used in todo:
                for calls, seat in self.instances:
                    for i, (here, _, departs) in enumerate(calls):
                        if here != stop or (ready is not None and departs < ready):
                            continue
                        leaves = departs - walk if left is None else left
                        taken = used | ({seat} if seat else set())
                        for there, arrives, _ in calls[i + 1 :]:
                            walked = [(b, arrives + w) for (a, b), w in links if a == there]
                            ends = [(there, arrives), *walked]
                            for end, at in ends:
                                if end == destination:
                                    collected.add((leaves, at, taken))
                                following.add((end, leaves, 0, at + self.settings["change"], taken))
            todo = list(following)
        return collected

    def uses_of(self, person, site):
        """The sets of what one may use to hold the job: seats, a vehicle lent."""
        home = self.home.get(person["id"], person["home"])
        start, end = minutes(site["start"]), minutes(site["end"])
        end += 1440 * (end <= start)
        delta = self.shift.get(site["id"], 0)
        cap = person.get("cap")
        per_day = []
        for day in site["days"]:
            begins, ends = (1440 * day + m + delta for m in (start, end))
            outs = [
                (begins - arrives if leaves is None else leaves, used)
                for leaves, arrives, used in self.ways(home, site["stop"])
                if leaves is None or begins - self.settings["wait_site"] <= arrives <= begins
            ]
            backs = [
                (ends + arrives if leaves is None else arrives, used)
                for leaves, arrives, used in self.ways(site["stop"], home)
                if leaves is None or ends <= leaves <= ends + self.settings["wait_after"]
            ]
            per_day.append({
                used_out | used_back
                for (leaves, used_out), (arrives, used_back) in itertools.product(outs, backs)
                if cap is None or arrives - leaves <= cap
            })  # fmt: skip
        uses = {frozenset().union(*days) for days in itertools.product(*per_day)}
        drive = 0 if home == site["stop"] else self.drive.get((home, site["stop"]))
        licensed = person.get("licence") or person["id"] in self.licence
        if drive is not None and licensed and (cap is None or 2 * drive + end - start <= cap):
            if person.get("car"):
                uses.add(frozenset())
            if self.stock > 0 and (self.qf_max is None or person.get("qf", 0) <= self.qf_max):
                uses.add(frozenset({"vehicle"}))
        return [use for use in uses if not any(other < use for other in uses)]

    def most_served(self):
        stock = dict(self.seats) | {"vehicle": self.stock}
        if self.settings.get("job_limited"):
            stock |= {("job", s["id"]): s["jobs"] for s in self.world["sites"]}
        units = []
        for person in self.world["persons"]:
            choices = set()
            for (p, site), uses in self.uses.items():
                if p == person["id"]:
                    job = {("job", site)} if self.settings.get("job_limited") else set()
                    choices |= {use | job for use in uses}
            units += [sorted(choices, key=repr)] * person.get("n", 1)
        return assign(units, stock)


def assign(units, stock):
    if not units:
        return 0
    first, *others = units
    if frozenset() in first:
        return 1 + assign(others, stock)
    best = assign(others, stock)
    for use in first:
        if all(stock[resource] > 0 for resource in use):
            less = stock | {resource: stock[resource] - 1 for resource in use}
            best = max(best, 1 + assign(others, less))
    return best


def both(links):
    best = {}
    for a, b, lasts in links:
        for pair in ((a, b), (b, a)):
            best[pair] = min(best.get(pair, lasts), lasts)
    return best
