"""The ways to try for a situation: one's own, public transport, lent vehicles, both joined."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from traitdunion import reach

from ..offers import Offer, key_of, lends, routes_on_demand
from .travels import TO_A_STOP, VEHICLES, End, Travel, Vehicle, vehicle

HALF = 0.5
MAX_LENT = 1024
"""Vehicles lent that are kept, by their limit: a catalogue of a thousand loans names few."""

FEMININE = frozenset({"voiture", "voiturette"})
OWN_TITLES = {
    "marche": "À pied",
    "velo": "À vélo",
    "scooter": "En deux-roues motorisé",
    "voiture": "En voiture",
}


@dataclass(frozen=True)
class Candidate:
    """One way to try, for any person; `eligibility.judging` adds what weighs on it for one.

    `offer` lends the vehicle; without one it is the person's own. `certain`: worth a word when
    it fails (a vehicle that the person may not even have is not). `parks`: one's car, left at a
    stop to drive less, whatever the time.
    """

    key: str
    travel: Travel
    vehicle: Vehicle | None = None
    offer: Offer | None = None
    certain: bool = True
    parks: bool = False

    @property
    def vehicle_label(self) -> str:
        """Return the name of the leg made by the vehicle: "Vélo prêté", "À vélo"."""
        if self.vehicle is None:
            return ""
        if self.offer is None:
            return self.vehicle.by[:1].upper() + self.vehicle.by[1:]
        lent = "prêtée" if self.vehicle.name in FEMININE else "prêté"
        return f"{self.vehicle.name[:1].upper()}{self.vehicle.name[1:]} {lent}"

    @property
    def fixed_title(self) -> str:
        """Return the title, where it does not depend on the lines taken."""
        if self.travel.is_public:
            return ""
        if self.offer is not None:
            return self.offer.nom
        return OWN_TITLES[self.key]

    @property
    def is_asked(self) -> bool:
        """Return True where the offer comes when it is asked for."""
        return bool(self.travel.routes)


def own_ways(codes: Iterable[str], *, certain: bool) -> Iterator[Candidate]:
    """Yield the way on foot, then by the vehicles one has, or may have where not `certain`."""
    yield Candidate("marche", Travel(VEHICLES["marche"].mode, End.WHOLE), VEHICLES["marche"],
                    certain=False)  # fmt: skip
    for code in codes:
        yield _own(code, End.WHOLE, certain)


def public_ways(codes: Collection[str]) -> Iterator[Candidate]:
    """Yield public transport on foot, then by one's own two wheels to the stop, or aboard."""
    yield Candidate("transports", Travel())
    if "velo" in codes:
        yield _own("velo", End.HOME)
        yield _own("velo", End.BOTH)
    if "scooter" in codes:
        yield _own("scooter", End.HOME)


def parked_ways(codes: Collection[str], whole_m: float) -> Iterator[Candidate]:
    """Yield one's car left at a stop within the first half of the way by road, of `whole_m`."""
    if "voiture" in codes:
        own = _own("voiture", End.HOME)
        mode = replace(VEHICLES["voiture"].mode, max_m=whole_m * HALF)
        yield replace(own, travel=replace(own.travel, mode=mode), parks=True)


def _own(code: str, end: End, certain: bool = True) -> Candidate:
    known = VEHICLES[code]
    key = {End.WHOLE: code, End.BOTH: f"{code}-a-bord"}.get(end, f"{code}+transports")
    return Candidate(key, Travel(known.mode, end), known, None, certain)


def lent_ways(offers: Sequence[Offer]) -> Iterator[Candidate]:
    """Yield each vehicle lent, the whole way, then to a stop at either end where it makes sense."""
    for offer in filter(lends, offers):
        lent = vehicle_of(offer)
        for travel in lent_travels(offer):
            end = "" if travel.end == End.WHOLE else f"+transports-{travel.end.value}"
            yield Candidate(f"{key_of(offer)}{end}", travel, lent, offer)


def vehicle_of(offer: Offer) -> Vehicle:
    """Return the vehicle that an offer lends."""
    return _vehicle(offer.mode, offer.distance_max_km)


@lru_cache(MAX_LENT)
def _vehicle(code: str, max_km: Decimal | None) -> Vehicle:
    return vehicle(code, max_km)


def lent_travels(offer: Offer) -> Iterator[Travel]:
    """Yield the ways that a lent vehicle gives: the whole way, then to a stop at either end."""
    yield from _travels_by(vehicle_of(offer).mode, to_a_stop=offer.mode in TO_A_STOP)


@lru_cache(MAX_LENT)
def _travels_by(mode: reach.Mode, *, to_a_stop: bool) -> tuple[Travel, ...]:
    ends = (End.WHOLE, End.HOME, End.WORK) if to_a_stop else (End.WHOLE,)
    return tuple(Travel(mode, end) for end in ends)


def asked_ways(offers: Sequence[Offer], timetable: reach.Timetable) -> Iterator[Candidate]:
    """Yield each service on demand that the timetable knows, joined to the lines."""
    for offer in offers:
        routes = routes_on_demand(offer, timetable)
        if routes:
            yield Candidate(key_of(offer), Travel(routes=routes), None, offer)
