"""What the territory is offered: the catalogue, stops served at each shift, vehicles to lend.

S1 counts entries, S3 their freshness, S4 people near a stop that serves a shift, S6 vehicles.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from statistics import median
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.matching.eligibility.conditions import covers
from traitdunion.matching.offers import lends

from ..enums import Niveau
from .ground import Ground
from .question import Question

FRESH_DAYS = 183
"""Six months, within which an entry counts as verified."""
WALK_S = 600
AROUND_S = 2 * 3600
"""A stop serves a shift by a departure so long before its start, an arrival after its end."""
SCHEMA = {"niveau": pl.String, "code": pl.String, "shift": pl.String, "profile": pl.String,
          "indicator": pl.String, "value": pl.Float64, "people": pl.Float64}  # fmt: skip


def supply(question: Question, job_seekers: Mapping[str, float]) -> pl.DataFrame:
    """Return the indicators of supply by territory, long, as `figures.figures_of`.

    job_seekers: by commune, those known.
    """
    served = served_homes(question)
    rows: list[tuple[Any, ...]] = []
    held = _held(question)
    for niveau, code, homes in territories(question.ground):
        people = question.ground.people[homes]
        total = float(people.sum())
        here: NDArray[np.bool_] = np.asarray(held[:, homes].any(axis=1))
        for indicator, value in _of_catalogue(question, here):
            rows.append((niveau, code, "", "", indicator, value, total))
        if total:
            for k, named in enumerate(question.shifts):
                share = float(people[served[k, homes]].sum()) / total
                rows.append((niveau, code, named.code, "", "S4", share, total))
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


def _of_catalogue(question: Question, here: NDArray[np.bool_]) -> Iterator[tuple[str, float]]:
    """Yield the count of the entries of a territory, the share verified lately, the median age."""
    offers = [offer for offer, is_here in zip(question.offers, here, strict=True) if is_here]
    yield "S1", float(len(offers))
    ages = [(question.week - offer.verifie_le).days for offer in offers if offer.verifie_le]
    if offers:
        yield "S3", sum(age <= FRESH_DAYS for age in ages) / len(offers)
    if ages:
        yield "S3_AGE", float(median(max(age, 0) for age in ages))


def _sum(ground: Ground, homes: NDArray[np.int64], by_commune: Mapping[str, float]) -> float:
    codes = {ground.communes[row] for row in ground.commune_of[homes]}
    return float(sum(by_commune.get(code, 0.0) for code in codes))
