"""What the tags of OpenStreetMap let each mode do: tables of data, and how tags override them.

Sources: the OpenStreetMap wiki (Key:access, Key:oneway, Key:barrier, Key:motorroad, Conditional
restrictions, Semi-colon value separator), Code de la route for what the tags leave unsaid.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

Tags = Mapping[str, str]

WALK_GRAPH, BIKE_GRAPH, CAR_GRAPH = GRAPHS = ("walk", "bike", "car")

FIXED = 1
"""The speed is in km/h and holds for all who pass: ferries, a bicycle that is pushed."""
FAST = 2
"""Motorways and motorroads: no mopeds, no light quadricycles (Code de la route, R. 421-2)."""
THROUGH = 4
"""One only passes here: no address lies along it (motorways, ferries, tunnels)."""
LOCAL = 8
"""Open at the ends of a trip only, to those who live or work there: private, "sauf riverains"."""
NO_MOPED = 16
"""Mopeds may not pass where cars do."""
ONLY_MOPED = 32
"""Of those on the roads of cars, mopeds alone may pass (some cycleways)."""


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

    `lifted`: on a bridge or in a tunnel, hence not at the height of the ground. `minor`: a drive or
    a track, which a private gate makes private.
    """

    passages: tuple[Passage | None, ...]
    lifted: bool
    duration_s: int | None
    minor: bool = False


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
"""Ways closed whatever their access tags."""

# -- access --------------------------------------------------------------------------------------


class Access(Enum):
    """Who may pass: all, those whose trip starts or ends there, none."""

    OPEN = "open"
    LOCAL = "local"
    CLOSED = "closed"


# From the most to the least particular: the first key present decides.
KEYS = {
    "walk": ("foot", "access"),
    "bike": ("bicycle", "vehicle", "access"),
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "moped": ("moped", "mofa", "motor_vehicle", "vehicle", "access"),
}
OPEN = frozenset({"yes", "permissive", "designated", "official", "public", "allowed"})
ENDS_ONLY = frozenset({"destination", "customers", "private", "residents", "permit", "employees"})
CLOSED = frozenset({"no", "use_sidepath", "agricultural", "forestry", "delivery", "emergency",
                    "military", "psv", "bus", "taxi", "restricted"})  # fmt: skip
DIRECTIONS = ("forward", "backward")
SEASON = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|winter|snow|ice)", re.IGNORECASE
)
"""A condition that holds for months: a way closed so cannot be counted on all year."""

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
"""Barriers that stop a mode unless their own tags let it through; unlocked gates open."""

EXPLICIT_WAYS = {"yes": 1, "1": 1, "true": 1, "-1": -1, "reverse": -1, "no": 0, "0": 0, "false": 0}
ROUND = frozenset({"roundabout", "circular", "jughandle"})
FERRY_KMH = 12.0
"""Speed of a ferry of unknown duration."""

READ = frozenset(
    _words(
        "highway route oneway oneway:bicycle oneway:foot oneway:motor_vehicle oneway:motorcar "
        "cycleway cycleway:left cycleway:right cycleway:both cycleway:left:oneway "
        "cycleway:right:oneway junction motorroad maxspeed maxspeed:type source:maxspeed "
        "zone:traffic zone:maxspeed surface tracktype service bridge tunnel duration mtb:scale"
    )
    + [
        f"{key}{suffix}"
        for key in sorted({key for keys in KEYS.values() for key in keys})
        for suffix in ("", ":forward", ":backward", ":conditional")
    ]
)
"""The tags that matter: ways alike in these are alike."""


def way_of(tags: Tags) -> Way | None:
    """Return what the tags make of a way; None where no mode passes."""
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
    minor = tags.get("highway") in ("service", "track")
    return Way(passages, lifted, _duration_s(tags.get("duration", "")), minor)


def access_of(tags: Tags, mode: str, direction: str = "") -> Access | None:
    """Return who may pass by the access tags, None where they leave it unsaid.

    `mode`: a key of KEYS. `direction`: "forward" or "backward" along the nodes, where tags
    differ; the first key that decides wins, its direction first.
    """
    for key in KEYS[mode]:
        if _is_closed_for_months(tags.get(f"{key}:conditional", "")):
            return Access.CLOSED
        for name in (f"{key}:{direction}", key) if direction else (key,):
            read = _listed_access(tags.get(name, ""))
            if read is not None:
                return read
    return None


def _listed_access(text: str) -> Access | None:
    """Read a value or a list of values: the widest opens, closed only where each item closes."""
    values = {value.strip() for value in text.split(";")} - {""}
    if values & OPEN:
        return Access.OPEN
    if values & ENDS_ONLY:
        return Access.LOCAL
    return Access.CLOSED if values and values <= CLOSED else None


def _is_closed_for_months(text: str) -> bool:
    """Return whether a conditional tag closes a way over a season: "no @ (Nov-Apr)"."""
    clauses = re.findall(r"([^;@]+)@\s*(\([^)]*\)|[^;]+)", text)
    return any(
        value.strip() in CLOSED | ENDS_ONLY and SEASON.search(condition)
        for value, condition in clauses
    )


def has_conditions(tags: Tags) -> bool:
    """Return whether a conditional access is not applied: hours of the day, weights."""
    return any(
        f"{key}:conditional" in tags and not _is_closed_for_months(tags[f"{key}:conditional"])
        for keys in KEYS.values()
        for key in keys
    )


def is_open(tags: Tags, graph: str) -> bool | None:
    """Return whether a mode may pass, be it at the ends of a trip; None where tags do not say."""
    access = access_of(tags, graph)
    return None if access is None else access is not Access.CLOSED


def blocked(tags: Tags) -> int:
    """Return the graphs a barrier stops, as bits in the order of GRAPHS."""
    return _bits(tags, Access.CLOSED)


def for_residents(tags: Tags) -> int:
    """Return the graphs a barrier opens at the ends of a trip only, as bits."""
    return _bits(tags, Access.LOCAL)


def _bits(tags: Tags, wanted: Access) -> int:
    bits = 0
    for bit, graph in enumerate(GRAPHS):
        access = access_of(tags, graph)
        if access is None:
            stops = tags.get("barrier") in BLOCKING[graph] or tags.get("locked") == "yes"
            access = Access.CLOSED if stops else Access.OPEN
        bits |= (access is wanted) << bit
    return bits


class _Directed(NamedTuple):
    """Which ways along the nodes a mode may go, and whether at the ends of a trip only."""

    forward: bool
    backward: bool
    local: bool


def _directed(tags: Tags, mode: str, usual: bool, direction: int) -> _Directed:
    """Combine access, given by direction or not, with the one-way of the road.

    `usual`: whether the mode may pass without a tag. `direction`: 1 along the nodes only, -1
    against them only, 0 both ways; a tag of access for one direction goes before it.
    """
    ways, local = [], False
    for name, allowed in zip(DIRECTIONS, _ways(direction), strict=True):
        access = access_of(tags, mode, name)
        if any(_listed_access(tags.get(f"{key}:{name}", "")) for key in KEYS[mode]):
            allowed = allowed or access is not Access.CLOSED
        ways.append(allowed and (usual if access is None else access is not Access.CLOSED))
        local |= access is Access.LOCAL
    return _Directed(ways[0], ways[1], local)


def _walked(tags: Tags) -> Passage | None:
    share = WALKED.get(tags["highway"])
    usual = share is not None and tags.get("motorroad") != "yes"
    if tags["highway"] in NEVER:
        return None
    way = _directed(tags, "walk", usual, EXPLICIT_WAYS.get(tags.get("oneway:foot", ""), 0))
    return _passage(way, share or 1.0)


def _passage(way: _Directed, speed: float, flags: int = 0) -> Passage | None:
    if not (way.forward or way.backward):
        return None
    return Passage(way.forward, way.backward, speed, flags | (LOCAL if way.local else 0))


def _ridden(tags: Tags) -> Passage | None:
    highway = tags["highway"]
    tagged = [access_of(tags, "bike", direction) for direction in DIRECTIONS]
    untagged = tagged == [None, None]
    if highway == "steps" or highway in NEVER or tagged == [Access.CLOSED, Access.CLOSED]:
        return None
    if tags.get("bicycle") == "dismount" or (untagged and highway in PUSHED):
        on_foot = _walked(tags)
        return on_foot and on_foot._replace(speed=PUSHED_KMH, flags=on_foot.flags | FIXED)
    usual = (highway in RIDDEN or highway == "pedestrian") and tags.get("motorroad") != "yes"
    way = _directed(tags, "bike", usual, _bike_direction(tags))
    if highway == "pedestrian" or (highway == "footway" and tags.get("bicycle") != "designated"):
        return _passage(way, WALKING_PACE_KMH, FIXED)
    if _mtb_scale(tags) >= 2:
        pushed = way._replace(forward=True, backward=True) if way.forward or way.backward else way
        return _passage(pushed, PUSHED_KMH, FIXED)
    return _passage(way, _bike_share(tags))


def _bike_share(tags: Tags) -> float:
    """Return the share of the speed on asphalt: by surface, else grade, else class."""
    surface = SURFACES.get(tags.get("surface", ""))
    if surface is not None:
        return surface
    grade = TRACK_TYPES.get(tags.get("tracktype", ""))
    return grade if grade is not None else RIDDEN.get(tags["highway"], 1.0)


def _mtb_scale(tags: Tags) -> int:
    read = re.match(r"\d", tags.get("mtb:scale", ""))
    return int(read[0]) if read else 0


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
    car = _driven_by(tags, "car")
    moped = _driven_by(tags, "moped")
    kmh = DRIVEN_KMH.get(highway)
    if kmh is None and (highway in DRIVEN_BY_LEAVE_KMH):
        kmh = DRIVEN_BY_LEAVE_KMH[highway] if car else MOPED_ALONE_KMH
    if kmh is None or not (car or moped):
        return None
    if tags.get("oneway") in ("reversible", "alternating"):
        return None  # which way it goes, and when, is not in the tags
    limit = _limit_kmh(tags)
    speed = float(kmh) if limit is None else min(float(kmh), SHARE_OF_LIMIT * limit)
    fast = highway.startswith("motorway") or tags.get("motorroad") == "yes"
    flags = FAST | THROUGH if fast else 0
    if car is None:
        return moped and _passage(moped, speed, flags | ONLY_MOPED)
    # One passage serves both: a moped that may go one way only where cars go both is kept out.
    shares = moped is not None and moped[:2] == car[:2]
    return _passage(car, speed, flags | (0 if shares else NO_MOPED))


MOPED_ALONE_KMH = 25
"""Speed of a moped on a cycleway open to it."""


def _driven_by(tags: Tags, mode: str) -> _Directed | None:
    """Return how a car or a moped passes; None where it does not.

    A track is open at the ends of a trip, save its roughest grades; of the first grade, to all.
    """
    highway = tags["highway"]
    if highway in NEVER:
        return None
    leave_only = highway not in DRIVEN_KMH
    grade = tags.get("tracktype", "")
    track = highway == "track" and grade not in ("grade4", "grade5")
    emergency = highway == "service" and tags.get("service") == "emergency_access"
    usual = (track or not leave_only) and not emergency
    direction = None
    for key in ("oneway:motorcar", "oneway:motor_vehicle"):
        direction = EXPLICIT_WAYS.get(tags.get(key, "")) if direction is None else direction
    way = _directed(tags, mode, usual, _direction(tags) if direction is None else direction)
    if not (way.forward or way.backward):
        return None
    is_tagged = any(access_of(tags, mode, name) is not None for name in DIRECTIONS)
    return way._replace(local=way.local or (track and not is_tagged and grade != "grade1"))


def _direction(tags: Tags) -> int:
    """Return 1 along the nodes only, -1 against them only, 0 both ways."""
    explicit = EXPLICIT_WAYS.get(tags.get("oneway", ""))
    if explicit is not None:
        return explicit
    return int(tags.get("junction") in ROUND or tags.get("highway") == "motorway")


def _ways(direction: int) -> tuple[bool, bool]:
    return direction >= 0, direction <= 0


def _limit_kmh(tags: Tags) -> float | None:
    """Return the limit posted, or that the kind of zone implies; None without a tag."""
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
    """Return who boards: foot and bicycle unless forbidden, a car only where allowed."""
    aboard = Passage(*_ways(EXPLICIT_WAYS.get(tags.get("oneway", ""), 0)), FERRY_KMH,
                     FIXED | THROUGH)  # fmt: skip
    return (
        None if is_open(tags, "walk") is False else aboard,
        None if is_open(tags, "bike") is False else aboard,
        aboard if is_open(tags, "car") else None,
    )


def _duration_s(text: str) -> int | None:
    """Return the seconds of "0:25", "1:10:00", "25" (minutes) or "PT1H5M"; else None."""
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
