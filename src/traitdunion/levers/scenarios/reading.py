"""Read a scenario: each row checked against its kind, all faults in one French message."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from traitdunion import reach
from traitdunion.matching.feasibility.travels import VEHICLES
from traitdunion.sources.bounded import Unreadable, yaml_document

from ..enums import Nature
from ..profiles import HOLDS
from .kinds import KINDS, REFUSED
from .trips import (
    Stops,
    added_trips,
    asked_trip,
    longer_trip,
    seconds,
    stop_named,
    trips_named,
    with_a_stop,
)

CostModel = Callable[[Nature], float | None]
MAX_CHANGES = 60
MAX_COST_EUR = 1e10
MAX_MOVE_MIN = 720
MAX_NOTICE_MIN = 14 * 24 * 60
ASKED_ON_THE_EVE = "18:00"
"""When people ask for the rides of a week, on the eve of its first day, where a row gives none."""
MAX_PEOPLE = 1_000_000
MAX_SHIFTS = 9
MAX_ZONE_KM = 60
DAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")


class ScenarioError(ValueError):
    """A scenario that cannot be read or applied; the French message has all its faults."""


@dataclass(frozen=True)
class Loan:
    """Vehicles lent at a commune: `number` people at a time."""

    commune: str
    vehicle: str
    number: int


@dataclass(frozen=True)
class Zone:
    """An on-demand service around the centre of a commune, as far as so many kilometres by road."""

    commune: str
    km: int


@dataclass(frozen=True)
class Notice:
    """A shorter notice of an on-demand trip, for who asks at `asked_s` on the eve of the week."""

    trip: int
    minutes: int
    asked_s: int


@dataclass(frozen=True)
class Hours:
    """A shift of a pole moved by minutes, or with days worked at a distance."""

    pole: str
    shift: int
    minutes: int = 0
    remote: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Move:
    """People who leave a commune for another."""

    origin: str
    destination: str
    number: int


@dataclass
class Plan:
    """What a scenario changes: the timetable, hours of work, vehicles, licences and homes.

    `cost_eur_year` is None as soon as one change has no known cost. `licences`: (commune, code) to
    people. `costs`: of each row, None unknown. `points`: stops of no feed at which trips added
    call; their rows follow those of the timetable.
    """

    change: reach.Change = field(default_factory=reach.Change)
    hours: list[Hours] = field(default_factory=list)
    loans: list[Loan] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    licences: dict[tuple[str, str], int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    points: list[reach.NewStop] = field(default_factory=list)
    costs: list[float | None] = field(default_factory=list)

    @property
    def cost_eur_year(self) -> float | None:
        """Return the sum of the costs; None where one is not known."""
        known = [cost for cost in self.costs if cost is not None]
        return float(sum(known)) if len(known) == len(self.costs) else None


def read_scenario(path: Path) -> dict[str, Any]:
    """Return a scenario file; raises ScenarioError with all its faults."""
    try:
        document = yaml_document(path)
    except Unreadable as wrong:
        raise ScenarioError(f"{path.name} : {wrong}") from wrong
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as unread:
        raise ScenarioError(f"{path.name} : ce n'est pas un fichier YAML lisible.") from unread
    if not isinstance(document, dict) or not isinstance(document.get("changements", []), list):
        raise ScenarioError(f"{path.name} : écrivez « changements: » puis une liste.")
    return document


def change_of(
    changes: Iterable[Mapping[str, Any]], timetable: reach.Timetable, days: Sequence[date]
) -> tuple[reach.Change, float | None]:
    """Return the change of the timetable that a scenario makes, and its yearly cost."""
    plan = plan_of(changes, timetable, days)
    return plan.change, plan.cost_eur_year


def plan_of(
    changes: Iterable[Mapping[str, Any]],
    timetable: reach.Timetable,
    days: Sequence[date],
    *,
    cost_model: CostModel = lambda _nature: None,
) -> Plan:
    """Read the rows of a scenario; raises ScenarioError with the number of each faulty change.

    Trips are named by their `trip_id`, stops by their `stop_id` or as a point of the map (see
    `trips.point_of`), communes by their code INSEE; a trip added runs on `days`. `cost_model`:
    yearly euros of a kind whose row gives none.
    """
    rows = list(changes)
    if len(rows) > MAX_CHANGES:
        raise ScenarioError(f"{len(rows)} changements : {MAX_CHANGES} au plus par scénario.")
    reader = _Reader(timetable, days, cost_model)
    faults = []
    for number, row in enumerate(rows, 1):
        try:
            reader.read(row)
        except (ValueError, TypeError) as wrong:
            faults.append(f"changement {number} : {wrong}")
    if faults:
        raise ScenarioError(" ; ".join(faults))
    return reader.plan()


def days_of(timetable: reach.Timetable) -> list[date]:
    """Return all the days that a timetable covers."""
    return [timetable.start + timedelta(day) for day in range(timetable.days)]


class _Reader:
    """Reads rows one by one into what a change of the timetable and a plan take."""

    def __init__(
        self, timetable: reach.Timetable, days: Sequence[date], cost_model: CostModel
    ) -> None:
        self.timetable, self.days, self.cost_model = timetable, days, cost_model
        self.removed: set[int] = set()
        self.added: list[reach.AddedTrip] = []
        self.moved: dict[int, int] = {}
        self.closed: list[int] = []
        self.windows: list[tuple[int, int, int]] = []
        self.stops = Stops(timetable)
        self.found = Plan()

    def plan(self) -> Plan:
        """Return the plan of all rows read."""
        self.found.change = reach.Change(
            tuple(sorted(self.removed)), tuple(self.added),
            tuple((trip, s) for trip, s in self.moved.items() if trip not in self.removed),
            tuple(self.closed), tuple(self.windows),
        )  # fmt: skip
        self.found.points = self.stops.points
        return self.found

    def read(self, row: Mapping[str, Any]) -> None:
        """Read one row; raises ValueError, KeyError or TypeError with a French message."""
        kind = _kind(row)
        getattr(self, f"_{kind.code}")(row)
        self.found.costs.append(self._cost(row))

    def _cost(self, row: Mapping[str, Any]) -> float | None:
        cost = row.get("cout_eur")
        if cost is None:
            nature = KINDS[row["nature"]].nature
            unit_cost = None if nature is None else self.cost_model(nature)
            return None if unit_cost is None else unit_cost * int(row.get("nombre", 1))
        if isinstance(cost, bool) or not isinstance(cost, int | float):
            raise ValueError(f"coût illisible « {cost} »")
        if not abs(cost) < MAX_COST_EUR:
            raise ValueError(f"coût illisible « {cost} »")
        return float(cost)

    # -- the timetable ------------------------------------------------------------------------

    def _ajouter_course(self, row: Mapping[str, Any]) -> None:
        self.added += added_trips(self.stops, row, self._runs(row))

    def _ligne_covoiturage(self, row: Mapping[str, Any]) -> None:
        every = _whole(row, "toutes_les_min", 5, 240)
        last = seconds(row["jusqu_a"])
        self.added += added_trips(
            self.stops, row, self._runs(row), every_s=60 * every, until_s=last
        )

    def _deplacer_course(self, row: Mapping[str, Any]) -> None:
        minutes = _whole(row, "minutes", -MAX_MOVE_MIN, MAX_MOVE_MIN)
        self.moved |= dict.fromkeys(trips_named(self.timetable, row["course"]), 60 * minutes)

    def _supprimer_course(self, row: Mapping[str, Any]) -> None:
        self.removed |= set(trips_named(self.timetable, row["course"]))

    def _prolonger_course(self, row: Mapping[str, Any]) -> None:
        for trip in trips_named(self.timetable, row["course"]):
            self.added.append(longer_trip(self.stops, trip, row))
            self.removed.add(trip)

    def _ouvrir_arret(self, row: Mapping[str, Any]) -> None:
        for trip in trips_named(self.timetable, row["course"]):
            self.added.append(with_a_stop(self.stops, trip, row))
            self.removed.add(trip)

    def _fermer_arret(self, row: Mapping[str, Any]) -> None:
        self.closed.append(stop_named(self.timetable, row["arret"]))

    def _elargir_tad(self, row: Mapping[str, Any]) -> None:
        before, after = (_whole(row, key, 0, 720, 0) for key in ("avant_min", "apres_min"))
        if not before and not after:
            raise ValueError("donnez avant_min ou apres_min, en minutes")
        self.windows.append((asked_trip(self.timetable, row["course"]), 60 * before, 60 * after))

    def _reduire_preavis(self, row: Mapping[str, Any]) -> None:
        asked_s = seconds(row.get("demande", ASKED_ON_THE_EVE))
        if {notice.asked_s for notice in self.found.notices} - {asked_s}:
            raise ValueError("demande : une seule heure de demande par scénario")
        trip = asked_trip(self.timetable, row["course"])
        if trip in {notice.trip for notice in self.found.notices}:
            raise ValueError(f"le délai de « {row['course']} » est déjà changé")
        minutes = _whole(row, "minutes", 1, MAX_NOTICE_MIN)
        self.found.notices.append(Notice(trip, minutes, asked_s))

    def _ouvrir_tad(self, row: Mapping[str, Any]) -> None:
        km = _whole(row, "rayon_km", 1, MAX_ZONE_KM)
        self.found.zones.append(Zone(_code(row, "commune"), km))

    def _tout_supprimer(self, _row: Mapping[str, Any]) -> None:
        self.removed |= set(range(len(self.timetable.arrays["trip_pattern"])))

    def _runs(self, row: Mapping[str, Any]) -> frozenset[date]:
        kept = _days(row["jours"]) if "jours" in row else range(7)
        return frozenset(day for day in self.days if day.weekday() in kept)

    # -- hours, vehicles, licences, homes -------------------------------------------------------

    def _decaler_poste(self, row: Mapping[str, Any]) -> None:
        minutes = _whole(row, "minutes", -MAX_MOVE_MIN, MAX_MOVE_MIN)
        self.found.hours.append(Hours(_code(row, "pole"), _shift(row), minutes))

    def _travailler_a_distance(self, row: Mapping[str, Any]) -> None:
        self.found.hours.append(Hours(_code(row, "pole"), _shift(row), remote=_days(row["jours"])))

    def _preter_vehicule(self, row: Mapping[str, Any]) -> None:
        if row["vehicule"] not in VEHICLES or row["vehicule"] == "marche":
            known = ", ".join(code for code in VEHICLES if code != "marche")
            raise ValueError(f"véhicule inconnu « {row['vehicule']} » (au choix : {known})")
        number = _whole(row, "nombre", 1, MAX_PEOPLE)
        self.found.loans.append(Loan(_code(row, "commune"), row["vehicule"], number))

    def _permis_am(self, row: Mapping[str, Any]) -> None:
        self._licence(row, "am")

    def _permis_b(self, row: Mapping[str, Any]) -> None:
        self._licence(row, "b")

    def _licence(self, row: Mapping[str, Any], licence: str) -> None:
        if licence not in HOLDS:
            raise ValueError(f"permis inconnu « {licence} »")
        key = _code(row, "commune"), licence
        number = _whole(row, "nombre", 1, MAX_PEOPLE)
        self.found.licences[key] = self.found.licences.get(key, 0) + number

    def _loger_plus_pres(self, row: Mapping[str, Any]) -> None:
        number = _whole(row, "nombre", 1, MAX_PEOPLE)
        self.found.moves.append(Move(_code(row, "de"), _code(row, "vers"), number))


def _kind(row: Mapping[str, Any]) -> Any:
    given = row.get("nature") if isinstance(row, Mapping) else row
    if isinstance(given, str) and given in REFUSED:
        raise ValueError(f"« {REFUSED[given].label} » ne se compare pas ici : {REFUSED[given].why}")
    if not isinstance(given, str) or given not in KINDS:
        raise ValueError(f"nature inconnue « {given} » (au choix : {', '.join(KINDS)})")
    kind = KINDS[given]
    more = set(row) - kind.keys
    if more:
        raise ValueError(f"« {', '.join(sorted(map(str, more)))} » n'est pas de la nature {given}")
    missing = [name for name in kind.fields if row.get(name) in (None, "", [])]
    if missing:
        raise ValueError(f"il manque {', '.join(missing)}")
    return kind


def _whole(
    row: Mapping[str, Any], key: str, low: int, high: int, default: int | None = None
) -> int:
    value = row.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{key} : « {value} », un nombre entier de {low} à {high} est attendu")
    return value


def _code(row: Mapping[str, Any], key: str) -> str:
    value = row[key]
    if isinstance(value, int):
        return f"{value:05}"
    if not isinstance(value, str):
        raise ValueError(f"{key} : un code INSEE de commune est attendu")
    return value


def _shift(row: Mapping[str, Any]) -> int:
    return _whole(row, "poste", 1, MAX_SHIFTS) - 1


def _days(given: Any) -> frozenset[int]:
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not names or any(name not in DAYS for name in names):
        raise ValueError(f"jours : « {given} », une liste parmi {', '.join(DAYS)} est attendue")
    return frozenset(DAYS.index(name) for name in names)
