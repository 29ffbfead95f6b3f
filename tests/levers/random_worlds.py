"""Random small worlds of levers: a few stops, trips that nearly meet, people and sites."""


def random_world(chance):
    """A world drawn with a `random.Random`; no level of it is likely to be trivial."""
    stops = ["A", "B", "X", "S"] + ["T"] * chance.choice([0, 1])
    days = chance.choice([[0], [0], [0, 1]])

    def clock(moment):
        return f"{moment // 60:02}:{moment % 60:02}"

    def trip(name, towards):
        site_end = chance.choice(["S", "S", "S", "X"])
        others = [stop for stop in ("A", "A", "B", "X", *stops[4:]) if stop != site_end]
        calls = list(dict.fromkeys(chance.sample(others, chance.choice([1, 2, 2]))))
        calls = [*calls, site_end] if towards else [site_end, *calls]
        moment = chance.randrange(230, 292, 3) if towards else chance.randrange(775, 860, 3)
        rows = []
        for stop in calls:
            rows.append([stop, clock(moment), clock(moment + chance.choice([0, 0, 2]))])
            moment = minutes_of(rows[-1][2]) + chance.choice([6, 12, 20])
        return {"id": name, "days": chance.choice([[0, 1], days, [0]]), "calls": rows}

    def zone(name, towards):
        homes = chance.sample(["A", "B", "X"], chance.choice([1, 2]))
        first = chance.choice([250, 270]) if towards else chance.choice([780, 800])
        a, b = (homes, chance.choice([["S"], ["X"]])) if towards else (["S"], homes)
        return {"id": name, "from": a, "to": b, "days": [0, 1],
                "window": [clock(first), clock(first + 26)],
                "min": chance.choice([8, 15])}  # fmt: skip

    world = {
        "settings": {"max_rides": chance.choice([1, 2, 3]), "change": 0, "wait_site": 60,
                     "wait_after": 90, "job_limited": chance.random() < 0.2},
        "walks": [[*chance.sample(stops, 2), chance.choice([4, 9])]
                  for _ in range(chance.choice([0, 1, 2]))],
        "trips": [trip(f"b{i}", i % 2 == 0) for i in range(chance.choice([2, 3, 4, 5]))],
        "zones": [zone("z", chance.random() < 0.5)] if chance.random() < 0.15 else [],
        "drive": [["A", "S", chance.choice([20, 40])]] if chance.random() < 0.5 else [],
        "persons": [],
        "sites": [],
        "levers": [],
    }  # fmt: skip
    if chance.random() < 0.3:
        world["loan"] = {"stock": chance.choice([0, 1]), "qf_max": chance.choice([None, 600])}
    for i in range(chance.choice([1, 2, 3])):
        person = {
            "id": f"p{i}",
            "home": chance.choice(["A", "A", "B", "X"]),
            "n": chance.choice([1, 1, 2]),
        }
        if chance.random() < 0.3:
            person["cap"] = chance.choice([560, 600, 640])
        if chance.random() < 0.5:
            person |= {"licence": chance.random() < 0.6, "qf": chance.choice([300, 700])}
        if chance.random() < 0.15:
            person["car"] = True
        world["persons"].append(person)
    for i in range(chance.choice([1, 1, 2])):
        stop = "S" if i == 0 else chance.choice(stops)
        if chance.random() < 0.1:
            hours = {"start": "21:00", "end": "05:00"}
        else:
            start = chance.choice([300, 300, 315])
            hours = {"start": clock(start), "end": clock(start + 480)}
        site = {"id": f"s{i}", "stop": stop, "days": days, "jobs": chance.choice([1, 2, 5])}
        world["sites"].append(site | hours)
    if world["trips"] and chance.random() < 0.3:
        world["trips"][0]["seats"] = 1
    for i in range(chance.choice([2, 3, 3, 4])):
        lever = {"id": f"l{chance.randrange(9)}{i}", "cost": chance.choice([0, 1000, 2000, 5000])}
        world["levers"].append(lever | more(chance, world, i, trip, zone))
    world["budget"] = chance.choice([1000, 3000, 7000, 20000])
    return world


def more(chance, world, i, trip, zone):
    """The rest of a lever, by its kind."""
    person = chance.choice(world["persons"])["id"]
    kinds = {
        "add_trip": lambda: {"trip": trip(f"n{i}", chance.random() < 0.5)},
        "on_demand": lambda: {"zone": zone(f"z{i}", chance.random() < 0.5)},
        "move_shift": lambda: {"site": "s0", "delta": chance.choice([-20, -10, 10, 20, 30])},
        "remove_trips": lambda: {"trips": [chance.choice(world["trips"])["id"]]},
        "move_home": lambda: {"person": person, "to": chance.choice(["A", "B", "X"])},
        "licence": lambda: {"person": person},
        "loan": lambda: {"add": chance.choice([1, 2])},
        "ceiling": lambda: {"qf_max": 800},
    }
    weights = {"add_trip": 6, "on_demand": 1, "move_shift": 2}
    kind = chance.choices(list(kinds), [weights.get(name, 1) for name in kinds])[0]
    return {"kind": kind, "actor": "Région/EPCI"} | kinds[kind]()


def minutes_of(text):
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)
