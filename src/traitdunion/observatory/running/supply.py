"""What the territory is offered: the catalogue, stops served at each shift, vehicles to lend.

S1 counts entries, S2 their quality, S3 their freshness, S4 people near a stop that serves a shift,
S5 people in an on-demand zone, S6 vehicles, S7 car-pool places.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from statistics import median
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.catalogue.enums import TypeSolution
from traitdunion.catalogue.opening_hours import windows_on
from traitdunion.matching.eligibility.conditions import covers, is_held
from traitdunion.matching.offers import lends

from ..enums import Niveau
from .ground import Ground, crow_km
from .question import Question
from .shifts import NamedShift

FRESH_DAYS = 183
"""Six months, within which an entry counts as verified."""
WALK_S = 600
AROUND_S = 2 * 3600
"""A stop serves a shift by a departure so long before its start, an arrival after its end."""
SCHEMA = {"niveau": pl.String, "code": pl.String, "shift": pl.String, "profile": pl.String,
          "indicator": pl.String, "value": pl.Float64, "people": pl.Float64}  # fmt: skip


@dataclass(frozen=True)
class CarpoolPlace:
    """An open car-pool place: the commune it is in, and where."""

    code_insee: str
    lat: float
    lon: float


def supply(
    question: Question,
    job_seekers: Mapping[str, float],
    scores: Mapping[str, float] | None = None,
    carpool: Sequence[CarpoolPlace] = (),
) -> pl.DataFrame:
    """Return the indicators of supply by territory, long, as `figures.figures_of`.

    job_seekers: by commune, those known. scores: 0 to 1, by the identifier of the entry. carpool:
    open places, of neighbours as well; where none lies in the département, none is known.
    """
    by_shift = {"S4": served_homes(question), "S5": on_demand_homes(question)}
    rows: list[tuple[Any, ...]] = []
    held = _held(question)
    communes = set(question.ground.communes)
    near_km = _nearest_km(question.ground, carpool)
    known_places = any(place.code_insee in communes for place in carpool)
    for niveau, code, homes in territories(question.ground):
        people = question.ground.people[homes]
        total = float(people.sum())
        here: NDArray[np.bool_] = np.asarray(held[:, homes].any(axis=1))
        for indicator, value in _of_catalogue(question, here, scores or {}):
            rows.append((niveau, code, "", "", indicator, value, total))
        if total:
            for indicator, kept in by_shift.items():
                for k, named in enumerate(question.shifts):
                    share = float(people[kept[k, homes]].sum()) / total
                    rows.append((niveau, code, named.code, "", indicator, share, total))
        if total and known_places:
            inside = {question.ground.communes[row] for row in question.ground.commune_of[homes]}
            n = sum(place.code_insee in inside for place in carpool)
            rows.append((niveau, code, "", "", "S7", 10_000 * n / total, total))
            km = float((people * near_km[homes]).sum()) / total
            rows.append((niveau, code, "", "", "S7_KM", km, total))
        seekers = _sum(question.ground, homes, job_seekers)
        if niveau == Niveau.DEPARTEMENT.value and seekers:
            lent = [offer.capacite_disponibles for offer in question.offers if lends(offer)]
            known = [n for n in lent if n is not None]
            if known:
                rows.append((niveau, code, "", "", "S6", 1000 * sum(known) / seekers, seekers))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def territories(ground: Ground) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
    """Yield the level, the code and the rows of the homes of each territory."""
    of_home = [ground.communes[row] for row in ground.commune_of]
    by_level = (
        (Niveau.COMMUNE, lambda code: code),
        (Niveau.EPCI, lambda code: ground.epci_of.get(code, "")),
        (Niveau.BASSIN, lambda code: ground.bassin_of.get(code, "")),
        (Niveau.DEPARTEMENT, lambda _code: ground.departement),
    )
    for niveau, area in by_level:
        areas = np.array([area(code) for code in of_home])
        for code in sorted(set(areas.tolist()) - {""}):
            yield niveau.value, code, np.flatnonzero(areas == code)


def served_homes(question: Question) -> NDArray[np.bool_]:
    """Return the homes within ten minutes on foot of a stop that serves each shift, bool (K, H).

    On all days of the shift, or one of them where one is enough.
    """
    tt, ground = question.timetable, question.ground
    by_shift = []
    for named in question.shifts:
        days = np.stack([_served_stops(question, named.shift, d) for d in sorted(named.shift.days)])
        by_shift.append(days.any(axis=0) if named.any_day else days.all(axis=0))
    stops = np.stack(by_shift)
    homes = np.zeros((len(question.shifts), len(ground.homes)), bool)
    for h, point in enumerate(ground.points(ground.homes)):
        near = question.streets.stops_around(point, reach.WALK)
        rows = near.stops[np.asarray(near.seconds) <= WALK_S]
        if len(rows):
            homes[:, h] = stops[:, rows].any(axis=1)
    assert stops.shape[1] == tt.n_stops  # noqa: S101
    return homes


def on_demand_homes(question: Question) -> NDArray[np.bool_]:
    """Return the homes in the known area of an on-demand service that runs at a shift, bool (K, H).

    When one must be at work and when one may leave, on all days of the shift, or on one of them
    where one is enough. A service without known hours serves none for certain.
    """
    ground = question.ground
    epci = {code: siren or None for code, siren in ground.epci_of.items()}
    homes = np.zeros((len(question.shifts), len(ground.homes)), bool)
    for offer in question.offers:
        if offer.type_solution != TypeSolution.TAD or not offer.horaires_service:
            continue
        runs = np.array([_runs_at(offer.horaires_service, question.week, named)
                         for named in question.shifts])  # fmt: skip
        if runs.any():
            inside = np.array([is_held(offer, home, epci.get) for home in ground.homes], bool)
            homes |= runs[:, None] & inside
    return homes


def _runs_at(hours: str, week: date, named: NamedShift) -> bool:
    """Return whether hours of service are known to hold both ends of a shift."""

    @cache
    def spans(day: int) -> Sequence[tuple[int, int]]:
        windows = windows_on(hours, week + timedelta(day))
        return windows.spans if windows and windows.certain else ()

    def is_open(day: int, moment_s: int) -> bool:
        # A moment of the small hours belongs to the next day, or to the night of this one.
        return any(
            low <= moment_s - 86_400 * offset <= high
            for offset in (0, 1)
            for low, high in spans(day + offset)
        )

    shift = named.shift
    kept = (
        is_open(day, shift.arrive_by_s) and is_open(day, shift.leave_from_s) for day in shift.days
    )
    return any(kept) if named.any_day else all(kept)


def _nearest_km(ground: Ground, places: Sequence[CarpoolPlace]) -> NDArray[np.float64]:
    """Return kilometres from each home to the nearest of some places, infinite without any."""
    if not places:
        return np.full(len(ground.homes), np.inf)
    homes = np.array([(home.lat, home.lon) for home in ground.homes])
    points = np.array([(place.lat, place.lon) for place in places])
    km: NDArray[np.float64] = crow_km(points, homes).min(axis=0)
    return km


def _served_stops(question: Question, shift: reach.Shift, day: int) -> NDArray[np.bool_]:
    """Return the stops with a departure before the start and an arrival after the end, one day."""
    tt = question.timetable
    a = tt.arrays
    column = (question.week + timedelta(day) - tt.start).days + 1
    ready = []
    for leaves, from_s in ((True, shift.start_s - AROUND_S), (False, shift.end_s)):
        to_s = from_s + AROUND_S
        at = np.zeros(tt.n_stops, bool)
        for offset in (-1, 0, 1):
            # A shift of the night ends on the next day, whose trips count from its own midnight.
            if not 0 <= column + offset < a["services"].shape[1]:
                continue
            runs = a["services"][a["trip_service"], column + offset]
            low, high = from_s - 86_400 * offset, to_s - 86_400 * offset
            for trip in np.flatnonzero(runs).tolist():
                first, last = a["pattern_starts"][a["trip_pattern"][trip] :][:2]
                event = int(a["trip_events"][trip])
                n = int(last - first)
                calls = slice(0, n - 1) if leaves else slice(1, n)
                times = a["departure_s" if leaves else "arrival_s"][event : event + n][calls]
                within = (times >= low) & (times <= high)
                at[a["pattern_stops"][first:last][calls][within]] = True
        ready.append(at)
    both: NDArray[np.bool_] = ready[0] & ready[1]
    return both


def _held(question: Question) -> NDArray[np.bool_]:
    """Return the homes that the areas of each entry are known to hold, bool (N, H)."""
    epci = {code: siren or None for code, siren in question.ground.epci_of.items()}
    homes = question.ground.homes
    rows = [[covers(offer, home, epci.get) is True for home in homes] for offer in question.offers]
    return np.array(rows, bool).reshape(len(question.offers), len(homes))


def _of_catalogue(
    question: Question, here: NDArray[np.bool_], scores: Mapping[str, float]
) -> Iterator[tuple[str, float]]:
    """Yield how many entries serve a territory, their quality, how lately each was verified."""
    offers = [offer for offer, is_here in zip(question.offers, here, strict=True) if is_here]
    yield "S1", float(len(offers))
    known = [scores[offer.id] for offer in offers if offer.id in scores]
    if known:
        yield "S2", sum(known) / len(known)
        yield "S2_MANQUE", sum(score < 1 for score in known) / len(known)
    ages = [(question.week - offer.verifie_le).days for offer in offers if offer.verifie_le]
    if offers:
        yield "S3", sum(age <= FRESH_DAYS for age in ages) / len(offers)
    if ages:
        yield "S3_AGE", float(median(max(age, 0) for age in ages))


def _sum(ground: Ground, homes: NDArray[np.int64], by_commune: Mapping[str, float]) -> float:
    codes = {ground.communes[row] for row in ground.commune_of[homes]}
    return float(sum(by_commune.get(code, 0.0) for code in codes))
