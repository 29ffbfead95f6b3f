"""Levers that no line makes: vehicles lent at a commune, an on-demand zone around its centre.

They are tried for the communes from which no post can be held today, all homes in one search a
vehicle. Together with a line they may open more: such pairs are not tried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np

from traitdunion import french, reach
from traitdunion.matching.feasibility.travels import VEHICLES
from traitdunion.reach.places import Array

from ..changes import Cost, Lever
from ..enums import Acteur, Confiance, Nature
from ..profiles import HOLDS, ways_of
from ..scenarios import Outcome, Territory, compared
from ..scenarios.applying import zone_ways
from ..scenarios.sentences import vehicles_counted, zone_words
from .candidates import Candidate, Progress

LENT = ("vae", "scooter")
"""From the lightest: of two that open the same, the first is kept."""

LENT_AT_ONCE = 5
"""Vehicles lent at a commune in one lever: they serve as many people at a time."""

ZONE_KM = 15


def loan_candidates(
    territory: Territory, costs: Mapping[Nature, Cost], progress: Progress
) -> Iterator[Candidate | None]:
    """Yield vehicles lent at each commune from which no post is held, by kind of vehicle."""
    for row, vehicle in enumerate(LENT):
        progress("Véhicules prêtés", 0.95 + 0.02 * row)
        for h, opened in _opened(territory, ways_of(vehicle, territory.limits)):
            lever = _loan_lever(territory, h, vehicle, costs)
            yield _candidate(territory, h, opened, lever, LENT_AT_ONCE)


def zone_candidates(
    territory: Territory, costs: Mapping[Nature, Cost], progress: Progress
) -> Iterator[Candidate | None]:
    """Yield an on-demand zone around each commune from which no post is held."""
    progress("Zones à la demande", 0.99)
    for h, opened in _opened(territory, zone_ways(ZONE_KM, territory.limits)):
        place = territory.groups[h].place
        lever = Lever(
            f"{Nature.OUVRIR_TAD}:{place.code_insee}:{ZONE_KM}", Acteur.EPCI, Nature.OUVRIR_TAD,
            zone_words(place.label, ZONE_KM), costs[Nature.OUVRIR_TAD], Confiance.A_VERIFIER,
            5, ZONE_KM,
            {"commune": place.code_insee, "km": ZONE_KM},
        )  # fmt: skip
        yield _candidate(territory, h, opened, lever, None)


def _opened(
    territory: Territory, ways: list[reach.Commute | reach.Mode]
) -> Iterator[tuple[int, Array]]:
    """Yield the communes without any post and what some ways open from each, bool (K, W)."""
    closed = np.flatnonzero(~territory.pairs.any(axis=(0, 1)) & (territory.people > 0))
    if not len(closed):
        return
    words = territory.site_week.words([territory.homes[h] for h in closed], ways)
    held = territory.held(words)
    for column, h in enumerate(closed.tolist()):
        yield h, held[:, :, column]


def _loan_lever(territory: Territory, h: int, vehicle: str, costs: Mapping[Nature, Cost]) -> Lever:
    lent = VEHICLES[vehicle]
    has_licence = HOLDS[lent.permis] <= HOLDS[territory.profile.permis]
    place = territory.groups[h].place
    names = vehicles_counted(LENT_AT_ONCE, vehicle)
    with_licence = "" if has_licence else f", avec le permis {lent.permis.upper()}"
    return Lever(
        f"{Nature.PRETER_VEHICULE}:{place.code_insee}:{vehicle}:{LENT_AT_ONCE}", Acteur.MMS,
        Nature.PRETER_VEHICULE, f"Prêtez {names} {french.at_place(place.label)}{with_licence}.",
        _loan_cost(costs, None if has_licence else Nature(f"permis_{lent.permis}")),
        Confiance.ESTIME, 5, LENT_AT_ONCE + LENT.index(vehicle) / 10,
        {"commune": place.code_insee, "vehicle": vehicle, "n": LENT_AT_ONCE},
    )  # fmt: skip


def _loan_cost(costs: Mapping[Nature, Cost], licence: Nature | None) -> Cost:
    """Return the cost of the vehicles, and of the licences of those who ride them."""
    cost, more = costs[Nature.PRETER_VEHICULE], costs[licence] if licence else None
    each: list[Decimal | None] = [cost.eur, *([more.eur] if more else [])]
    known = [eur for eur in each if eur is not None]
    total = sum(known, Decimal()) * LENT_AT_ONCE if len(known) == len(each) else None
    delay = max(cost.delai_semaines, more.delai_semaines if more else 0)
    unit = "€ la première année" if more else "€ par an"
    return replace(
        cost, eur=total, unite=unit, delai_semaines=delay,
        demonstration=cost.demonstration or bool(more and more.demonstration),
    )  # fmt: skip


def _candidate(
    territory: Territory, h: int, opened: Array, lever: Lever, seats: int | None
) -> Candidate:
    whole = np.zeros_like(territory.pairs)
    whole[:, :, h] = opened
    limits = np.zeros(len(territory.groups), np.int64)
    if seats is not None:
        limits[h] = seats
    names = tuple(group.place.label for group in territory.groups)
    codes = tuple(group.place.code_insee or "" for group in territory.groups)
    shared = whole if seats is not None else np.zeros_like(whole)
    outcome = Outcome(
        names, codes, territory.people, territory.pairs, territory.pairs | whole, shared, limits
    )
    cost = None if lever.cost.eur is None else float(lever.cost.eur)
    result = compared(outcome, territory.jobs, cost)
    return Candidate(lever, whole, np.zeros_like(whole), result, group=h, seats=seats)
