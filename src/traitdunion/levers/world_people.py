"""People, sites and lent vehicles of a small world, with their defaults; levers by kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from traitdunion import reach
from traitdunion.catalogue.offers.records import Offer
from traitdunion.matching import bulk
from traitdunion.matching.places import Place
from traitdunion.matching.situation import Permis
from traitdunion.rules import RuleBook, rule_book
from traitdunion.rules.reading import rule_from

from .world_network import MINUTE_S, MONDAY, Row, World, WorldTrip, minutes, rides_of, trips_of

DAY_MIN = 1440
RULE = "pret-du-monde"
LENT = "pret"

TIMETABLE = {
    "add_trip", "add_trips", "on_demand", "zone", "carpool", "covoiturage", "frequency",
    "add_days", "extra_days", "remove_trips", "remove_trip", "move_trip", "extend_zone",
}  # fmt: skip
LICENCE, LOAN, CEILING, HOME, SHIFT, CAR = (
    "licence", "loan", "ceiling", "move_home", "move_shift", "car",
)  # fmt: skip
CEILINGS = {"ceiling", "raise_ceiling", "qf_max", "aid_ceiling", "plafond"}


class UnknownLever(ValueError):
    """A lever of a kind that no world may hold; the French message names it."""


@dataclass(frozen=True)
class TripLever:
    """What a lever makes of the timetable: trips that run more, trips that run no more."""

    added: tuple[WorldTrip, ...] = ()
    removed: tuple[WorldTrip, ...] = ()
    seats: int | None = None

    @property
    def harms(self) -> bool:
        return bool(self.removed)


@dataclass(frozen=True)
class Variant:
    """A site at hours it may have; `lever`: that which gives it those hours, None for today's."""

    site: int
    lever: str | None
    start_min: int
    end_min: int
    days: tuple[int, ...]

    @property
    def dates(self) -> tuple[int, ...]:
        """Return the days on which the shift starts once moved, which may be the day before."""
        return tuple(day + self.start_min // DAY_MIN for day in self.days)

    @property
    def shift(self) -> reach.Shift:
        """Return the hours as the engine takes them, on all the weekdays concerned."""
        start = self.start_min % DAY_MIN
        return reach.Shift(
            MINUTE_S * start,
            MINUTE_S * (start + self.end_min - self.start_min),
            frozenset(day % 7 for day in self.dates),
            margin_before_s=0,
            margin_after_s=0,
        )


def variants_of(world: World) -> list[Variant]:
    """Return each site at its hours and at those that levers give it."""
    variants = []
    for w, site in enumerate(world["sites"]):
        start, end = minutes(site["start"]), minutes(site["end"])
        end += DAY_MIN * (end <= start)
        days = tuple(site["days"])
        variants.append(Variant(w, None, start, end, days))
        for lever in world["levers"]:
            if lever["kind"] == SHIFT and lever["site"] == site["id"]:
                delta = lever["delta"]
                variants.append(Variant(w, lever["id"], start + delta, end + delta, days))
    return variants


def trip_lever(world: World, lever: Row) -> TripLever | None:
    """Return what a lever makes of the timetable; None for the others."""
    if lever["kind"] not in TIMETABLE:
        return None
    base = {trip["id"]: trip for trip in world.get("trips", ())}
    rows = [*([lever["trip"]] if "trip" in lever else []), *lever.get("trips", ())]
    zones = [zone for key in ("zone", "zones") for zone in _listed(lever.get(key))]
    if lever["kind"] in ("add_days", "extra_days"):
        row = base[_name(lever.get("trip", lever.get("id")))]
        more = [day for day in lever["days"] if day not in row["days"]]
        return TripLever(tuple(trips_of({**row, "days": more})))
    if lever["kind"] in ("remove_trips", "remove_trip"):
        gone = [trips_of(base[_name(name)]) for name in rows]
        return TripLever(removed=tuple(trip for of_row in gone for trip in of_row))
    if lever["kind"] == "move_trip":
        row = base[_name(rows[0])]
        moved = {**row, "id": f"{row['id']}:{lever['id']}", "calls": [
            (stop, _later(arr, lever["delta"]), _later(dep, lever["delta"]))
            for stop, arr, dep in row["calls"]
        ]}  # fmt: skip
        return TripLever(tuple(trips_of(moved)), tuple(trips_of(row)))
    added = [trip for row in rows for trip in trips_of(row)]
    added += [ride for zone in zones for ride in rides_of(zone)]
    seats = [row["seats"] for row in rows if row.get("seats") is not None]
    if "seats" in lever:
        seats.append(lever["seats"])
    return TripLever(tuple(added), seats=min(seats) if seats else None)


def _listed(value: Any) -> list[Row]:
    return [] if value is None else [value] if isinstance(value, Mapping) else list(value)


def _name(row: Row | str) -> str:
    return row if isinstance(row, str) else str(row["id"])


def _later(text: str, delta_min: int) -> str:
    moment = minutes(text) + delta_min
    return f"{moment // 60:02}:{moment % 60:02}"


@dataclass(frozen=True)
class Lending:
    """Vehicles lent, and what levers change of it: stock, ceiling of the quotient familial."""

    stock: int
    qf_max: float | None
    more: Mapping[str, int] = field(default_factory=dict)
    ceilings: Mapping[str, float] = field(default_factory=dict)


def lending_of(world: World) -> Lending:
    """Return the loan of a world and its levers."""
    loan = world.get("loan") or {}
    more, ceilings = {}, {}
    for lever in world["levers"]:
        if lever["kind"] == LOAN:
            more[lever["id"]] = lever.get("add", 0)
        if lever["kind"] in CEILINGS:
            value = next(
                (lever[key] for key in ("qf_max", "to", "value", "ceiling") if key in lever), None
            )
            raised = (loan.get("qf_max") or 0) + lever.get("add", 0) if value is None else value
            ceilings[lever["id"]] = raised
    return Lending(loan.get("stock", 0), loan.get("qf_max"), more, ceilings)


def eligible_for(
    lending: Lending, people: Sequence[Row], *, qf_max: float | None, licensed: Sequence[bool]
) -> Sequence[bool]:
    """Return who may borrow a vehicle under a ceiling, as the catalogue's rules answer."""
    place = Place("monde", 45.0, 3.0, None)
    offer = Offer(
        LENT, "Prêt", "location_voiture", zone_libre=True, mode="voiture", permis_requis="b",
        regle="" if qf_max is None else RULE, conditions_acces="",
    )  # fmt: skip
    table = bulk.offer_table(
        [offer], homes=[place], sites=[place], shifts=[], week=MONDAY, epci_of=lambda _code: None
    )
    profiles = [
        bulk.Profile(
            Permis.B if has_licence else Permis.AUCUN,
            {"qf_eur": Decimal(str(person.get("qf") or 0))},
        )
        for person, has_licence in zip(people, licensed, strict=True)
    ]
    codes = bulk.eligible(_book(qf_max), profiles, table, MONDAY)
    return [bool(code == bulk.OUI) for code in codes[:, 0]]


def _book(qf_max: float | None) -> RuleBook:
    book = rule_book()
    if qf_max is None:
        return book
    text = f"quotient familial de {qf_max} € au plus"
    document = {
        "regle": RULE, "version": 1, "nom": "Prêt", "resume": "Plafond d'un monde d'essai.",
        "organisme": "Monde", "usage": "acces", "valide_du": MONDAY,
        "sources": {"monde": {
            "titre": "monde d'essai", "url": "https://exemple.fr", "lu_le": MONDAY,
            "confiance": "B",
        }},
        "conditions": {"tous": [
            {"critere": "qf_eur", "au_plus": Decimal(str(qf_max)), "source": "monde", "texte": text}
        ]},
        "a_faire": ["Rien."],
    }  # fmt: skip
    return book.with_rules([rule_from(document, book)])
