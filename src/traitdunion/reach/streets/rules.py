"""What the tags of OpenStreetMap let each mode do: tables of data, and how tags override them.

Sources: the OpenStreetMap wiki (Key:access, Key:oneway, Key:barrier, Key:motorroad), Code de la
route for what the tags leave unsaid. Conditional tags (`access:conditional`…) are not read.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

Tags = Mapping[str, str]

WALK_GRAPH, BIKE_GRAPH, CAR_GRAPH = GRAPHS = ("walk", "bike", "car")

FIXED = 1
"""The speed is in km/h and holds for all who pass: ferries, a bicycle that is pushed."""
FAST = 2
"""Motorways and motorroads: no mopeds, no light quadricycles (Code de la route, R. 421-2)."""
THROUGH = 4
"""One only passes here: no address lies along it (motorways, ferries, tunnels)."""


def _words(text: str) -> list[str]:
    return text.split()


class Passage(NamedTuple):
    """How one graph passes a way, along its nodes (`forward`) and against them.

    `speed`: for a car, km/h; on foot and by bike, share of one's own speed; km/h where FIXED.
    """

    forward: bool
    backward: bool
    speed: float
    flags: int = 0


class Way(NamedTuple):
    """What a way is: one passage a graph (None where closed); a ferry's time is that of its tags.

    `lifted`: on a bridge or in a tunnel, hence not at the height of the ground.
    """

    passages: tuple[Passage | None, ...]
    lifted: bool
    duration_s: int | None


# -- walking -------------------------------------------------------------------------------------

STEPS_SHARE = 0.45
"""Along the ground, stairs are walked at 0.5 to 0.6 m/s (Fruin, "Pedestrian Planning", 1971)."""

WALKED = {
    **dict.fromkeys(
        _words(
            "primary primary_link secondary secondary_link tertiary tertiary_link unclassified "
            "residential living_street service road pedestrian footway cycleway path track "
            "bridleway corridor platform crossing"
        ),
        1.0,
    ),
    "steps": STEPS_SHARE,
}

# -- cycling -------------------------------------------------------------------------------------

PUSHED_KMH = 4.0
"""On foot beside the bicycle, one is a pedestrian (Code de la route, R. 412-34)."""
WALKING_PACE_KMH = 6.0
"""Among pedestrians one rides at their pace (Code de la route, R. 431-9)."""

RIDDEN = {
    **dict.fromkeys(
        _words(
            "trunk trunk_link primary primary_link secondary secondary_link tertiary tertiary_link "
            "unclassified residential living_street road cycleway"
        ),
        1.0,
    ),
    "service": 0.9,
    "path": 0.7,
    "track": 0.6,
}
PUSHED = frozenset({"footway", "bridleway", "crossing", "platform"})
SURFACES = {
    "paved": 1.0, "asphalt": 1.0, "concrete": 1.0, "chipseal": 1.0, "paving_stones": 0.95,
    "wood": 0.9, "compacted": 0.85, "fine_gravel": 0.8, "gravel": 0.65, "unpaved": 0.65,
    "sett": 0.65, "unhewn_cobblestone": 0.5, "cobblestone": 0.55, "pebblestone": 0.5,
    "dirt": 0.55, "earth": 0.55, "ground": 0.55, "grass_paver": 0.6, "grass": 0.4,
    "mud": 0.3, "sand": 0.3, "rock": 0.3,
}  # fmt: skip
TRACK_TYPES = {"grade1": 1.0, "grade2": 0.8, "grade3": 0.65, "grade4": 0.5, "grade5": 0.35}

# -- driving -------------------------------------------------------------------------------------

# Averages of free traffic, under the limits of the Code de la route (130, 110, 80 and 50 km/h:
# R. 413-2 and R. 413-3), bends and junctions counted. Posted limits lower them, never raise them.
DRIVEN_KMH = {
    "motorway": 115, "motorway_link": 60, "trunk": 90, "trunk_link": 50,
    "primary": 68, "primary_link": 40, "secondary": 60, "secondary_link": 35,
    "tertiary": 52, "tertiary_link": 30, "unclassified": 40, "residential": 27,
    "living_street": 12, "service": 15, "road": 30,
}  # fmt: skip
DRIVEN_BY_LEAVE_KMH = {"track": 15, "pedestrian": 8, "cycleway": 10, "path": 10, "footway": 8}
"""Ways where a car goes only if their tags say so (a track of the first grade also)."""
SHARE_OF_LIMIT = 0.9
"""Speed driven where the limit is what holds one back."""
LIMITS_KMH = {"urban": 50, "rural": 80, "trunk": 110, "motorway": 130, "living_street": 20,
              "zone30": 30, "zone:30": 30, "30": 30, "walk": 6}  # fmt: skip

NEVER = frozenset(
    _words(
        "construction proposed planned abandoned razed raceway bus_guideway escape "
        "rest_area services elevator disused"
    )
)
"""Ways nobody uses, whatever their access tags say."""

# -- access --------------------------------------------------------------------------------------

# From the most to the least particular: the first key present decides.
KEYS = {
    "walk": ("foot", "access"),
    "bike": ("bicycle", "vehicle", "access"),
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
}
OPEN = frozenset({"yes", "permissive", "designated", "official", "destination", "customers",
                  "public", "allowed"})  # fmt: skip
CLOSED = frozenset({"no", "private", "use_sidepath", "agricultural", "forestry", "delivery",
                    "emergency", "military", "psv", "bus", "taxi", "residents", "permit",
                    "employees", "restricted"})  # fmt: skip

BLOCKING = {
    "walk": frozenset[str](),
    "bike": frozenset({"stile", "turnstile", "full-height_turnstile", "kissing_gate"}),
    "car": frozenset(
        _words(
            "bollard block cycle_barrier chain jersey_barrier stile turnstile kissing_gate "
            "full-height_turnstile motorcycle_barrier planter log debris bus_trap sump_buster "
            "wall fence hedge retaining_wall kerb rope"
        )
    ),
}
"""Barriers that stop a mode unless their own tags let it through; gates are taken to open."""

EXPLICIT_WAYS = {"yes": 1, "1": 1, "true": 1, "-1": -1, "reverse": -1, "no": 0, "0": 0, "false": 0}
ROUND = frozenset({"roundabout", "circular", "jughandle"})
FERRY_KMH = 12.0
"""Speed of a ferry that does not tell its duration."""

READ = frozenset(
    _words(
        "highway route access foot bicycle vehicle motor_vehicle motorcar oneway oneway:bicycle "
        "oneway:foot oneway:motor_vehicle oneway:motorcar cycleway cycleway:left cycleway:right "
        "cycleway:both cycleway:left:oneway cycleway:right:oneway junction motorroad maxspeed "
        "maxspeed:type source:maxspeed zone:traffic zone:maxspeed surface tracktype service bridge "
        "tunnel duration mtb:scale"
    )
)
"""The tags that matter: ways alike in these are alike."""


def way_of(tags: Tags) -> Way | None:
    """What the tags make of a way; None where nobody passes."""
    if tags.get("route") == "ferry":
        passages = _ferry(tags)
    elif "highway" in tags:
        passages = (_walked(tags), _ridden(tags), _driven(tags))
    else:
        return None
    if not any(passages):
        return None
    in_tunnel = tags.get("tunnel", "no") not in ("no", "building_passage")
    if in_tunnel:
        passages = tuple(p and p._replace(flags=p.flags | THROUGH) for p in passages)
    lifted = in_tunnel or tags.get("bridge", "no") != "no"
    return Way(passages, lifted, _duration_s(tags.get("duration", "")))


def is_open(tags: Tags, graph: str) -> bool | None:
    """What the access tags say of a mode: open, closed, or nothing."""
    for key in KEYS[graph]:
        value = tags.get(key)
        if value in OPEN:
            return True
        if value in CLOSED:
            return False
    return None


def blocked(tags: Tags) -> int:
    """The graphs a barrier stops, as bits in the order of GRAPHS."""
    bits = 0
    for bit, graph in enumerate(GRAPHS):
        allowed = is_open(tags, graph)
        if allowed is None:
            allowed = tags.get("barrier") not in BLOCKING[graph]
        bits |= (not allowed) << bit
    return bits


def _walked(tags: Tags) -> Passage | None:
    allowed = is_open(tags, "walk")
    share = WALKED.get(tags["highway"])
    if allowed is None:
        allowed = share is not None and tags.get("motorroad") != "yes"
    if not allowed or tags["highway"] in NEVER:
        return None
    forward, backward = _ways(EXPLICIT_WAYS.get(tags.get("oneway:foot", ""), 0))
    return Passage(forward, backward, share or 1.0)


def _ridden(tags: Tags) -> Passage | None:
    highway = tags["highway"]
    allowed = is_open(tags, "bike")
    if highway == "steps" or highway in NEVER or allowed is False:
        return None
    if tags.get("bicycle") == "dismount" or (allowed is None and highway in PUSHED):
        on_foot = _walked(tags)
        return on_foot and on_foot._replace(speed=PUSHED_KMH, flags=FIXED)
    if allowed is None and (highway not in RIDDEN and highway != "pedestrian"):
        return None
    if allowed is None and tags.get("motorroad") == "yes":
        return None
    forward, backward = _ways(_bike_direction(tags))
    if highway == "pedestrian" or (highway == "footway" and tags.get("bicycle") != "designated"):
        return Passage(forward, backward, WALKING_PACE_KMH, FIXED)
    if _mtb_scale(tags) >= 2:
        return Passage(True, True, PUSHED_KMH, FIXED)
    return Passage(forward, backward, _bike_share(tags))


def _bike_share(tags: Tags) -> float:
    """Share of the speed on asphalt, by the surface, else the track's grade, else the class."""
    surface = SURFACES.get(tags.get("surface", ""))
    if surface is not None:
        return surface
    grade = TRACK_TYPES.get(tags.get("tracktype", ""))
    return grade if grade is not None else RIDDEN.get(tags["highway"], 1.0)


def _mtb_scale(tags: Tags) -> int:
    found = re.match(r"\d", tags.get("mtb:scale", ""))
    return int(found[0]) if found else 0


def _bike_direction(tags: Tags) -> int:
    own = EXPLICIT_WAYS.get(tags.get("oneway:bicycle", ""))
    if own is not None:
        return own
    lanes = [tags.get(f"cycleway{side}", "") for side in ("", ":left", ":right", ":both")]
    if any(lane.startswith("opposite") for lane in lanes):
        return 0
    if any(tags.get(f"cycleway:{side}:oneway") in ("-1", "no") for side in ("left", "right")):
        return 0
    return _direction(tags)


def _driven(tags: Tags) -> Passage | None:
    highway = tags["highway"]
    allowed = is_open(tags, "car")
    kmh = DRIVEN_KMH.get(highway)
    if kmh is None and (allowed or tags.get("tracktype") == "grade1"):
        kmh = DRIVEN_BY_LEAVE_KMH.get(highway)
    if kmh is None or allowed is False:
        return None
    if highway == "service" and tags.get("service") == "emergency_access" and not allowed:
        return None
    direction = None
    for key in ("oneway:motorcar", "oneway:motor_vehicle"):
        direction = EXPLICIT_WAYS.get(tags.get(key, "")) if direction is None else direction
    if tags.get("oneway") in ("reversible", "alternating"):
        return None  # which way it goes, and when, is not in the tags
    forward, backward = _ways(_direction(tags) if direction is None else direction)
    limit = _limit_kmh(tags)
    speed = float(kmh) if limit is None else min(float(kmh), SHARE_OF_LIMIT * limit)
    flags = FAST if highway.startswith("motorway") or tags.get("motorroad") == "yes" else 0
    return Passage(forward, backward, speed, flags | (THROUGH if flags else 0))


def _direction(tags: Tags) -> int:
    """1 along the nodes only, -1 against them only, 0 both ways."""
    told = EXPLICIT_WAYS.get(tags.get("oneway", ""))
    if told is not None:
        return told
    return int(tags.get("junction") in ROUND or tags.get("highway") == "motorway")


def _ways(direction: int) -> tuple[bool, bool]:
    return direction >= 0, direction <= 0


def _limit_kmh(tags: Tags) -> float | None:
    """Limit that is posted, or that the kind of zone implies; None where the tags tell none."""
    posted = re.match(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh)?\s*$", tags.get("maxspeed", ""))
    if posted:
        return float(posted[1]) * (1.609344 if posted[2] == "mph" else 1.0)
    for key in ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic"):
        zone = tags.get(key, "").lower()
        limit = LIMITS_KMH.get(zone.partition(":")[2] or zone)
        if limit is not None:
            return float(limit)
    return None


def _ferry(tags: Tags) -> tuple[Passage | None, ...]:
    """Foot and bicycle board unless told otherwise, a car only where the tags say so."""
    aboard = Passage(*_ways(EXPLICIT_WAYS.get(tags.get("oneway", ""), 0)), FERRY_KMH,
                     FIXED | THROUGH)  # fmt: skip
    return (
        None if is_open(tags, "walk") is False else aboard,
        None if is_open(tags, "bike") is False else aboard,
        aboard if is_open(tags, "car") else None,
    )


def _duration_s(text: str) -> int | None:
    """Seconds of "0:25", "1:10:00", "25" (minutes) or ISO 8601 "PT1H5M"; None if none is told."""
    iso = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", text.strip())
    if iso and any(iso.groups()):
        hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return hours * 3600 + minutes * 60 + seconds or None
    if not re.fullmatch(r"\d+(:\d\d){0,2}", text.strip()):
        return None
    parts = [int(part) for part in text.split(":")]
    if len(parts) == 1:
        return parts[0] * 60 or None
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False)) or None
