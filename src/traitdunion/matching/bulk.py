"""Everyone at once: offers as arrays, who may use them, and the days held, by broadcasts.

One answer is the case of one home and one site. Axes, in this order: P profiles, N offers, M ways
of travelling, W sites, H homes. A word (uint64) has a bit for each shift and day: 7 × shift + day.
What depends on the way to the place where a vehicle is fetched is judged by `answering` alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.catalogue.pricing import Use, price_for
from traitdunion.reach.monthly_fares import WEEKS_A_MONTH
from traitdunion.rules import RuleBook, Value

from .answer import Verdict
from .eligibility.aids import Eligibility
from .eligibility.availability import closures, not_now
from .eligibility.conditions import (
    EpciOf,
    condition_findings,
    covers,
    drawn_around,
    is_held,
    is_outside,
    permis_findings,
    worst,
)
from .eligibility.limits import shift_findings
from .feasibility.candidates import lent_travels, vehicle_of
from .feasibility.travels import End, Travel
from .offers import Offer, is_not_routed, lends
from .situation import Permis, Place

NON, A_VERIFIER, OUI = 0, 1, 2
AT_WORK = 3
"""A home that is not served, where the place of work may be."""

DAYS = 7
MAX_PRICED = 8192
"""Offers whose months are kept: records never change, a new version is another record."""

_OF_VERDICT = {
    Verdict.NON: NON,
    Verdict.A_VERIFIER: A_VERIFIER,
    Verdict.SOUS_CONDITION: OUI,
    Verdict.POSSIBLE: OUI,
}
_N_DAYS = np.array([bin(bits).count("1") for bits in range(1 << DAYS)], np.uint8)
Words = NDArray[np.uint64]
Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Profile:
    """People alike: what is known of them, but for where they live and work.

    `facts` are by criterion; those of places, as `residence`, only where they are common to all.
    """

    permis: Permis = Permis.INCONNU
    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)


class _Asked(NamedTuple):
    """A profile on a day, as rules read it."""

    now: datetime
    facts: Mapping[str, Value]
    skipped: frozenset[str] = frozenset()


class _Job(NamedTuple):
    """A shift in a week, as limits read it."""

    shift: reach.Shift
    week: date


@dataclass(frozen=True)
class OfferTable:
    """Offers that carry or lend, as arrays, for some homes, sites and shifts of one week.

    `travels` names the axis M: public transport on foot first. `modes` int16 (N, 3): the ways that
    an offer gives, −1 where there are fewer; a service whose hours are not known has none, and is
    to be checked (`is_asked`). `at_home` uint8 (N, H): NON, A_VERIFIER, OUI or AT_WORK; `is_held`
    (N, H): its areas are known to hold the home. `at_work` uint8 (N, W); `is_outside` (N, W): the
    site is known to lie outside its areas, or those drawn. `allowed` uint64 (N,):
    the shifts that closures and limits leave. `most_km` (N,): the longest way of what has no
    mode. `eur` (N, 8): a month of so many days a week, without kilometres; `by_km_eur` (N,); both
    NaN where unknown. `cap_eur` (N,).
    """

    offers: tuple[Offer, ...]
    travels: tuple[Travel, ...]
    shifts: tuple[reach.Shift, ...]
    modes: NDArray[np.int16]
    is_asked: NDArray[np.bool_]
    at_home: Codes
    is_held: NDArray[np.bool_]
    at_work: Codes
    is_outside: NDArray[np.bool_]
    allowed: Words
    most_km: NDArray[np.float64]
    eur: NDArray[np.float64]
    by_km_eur: NDArray[np.float64]
    cap_eur: NDArray[np.float64]

    @property
    def by_mode(self) -> list[reach.Commute | reach.Mode]:
        """Return the ways as `reach.SiteWeek.held` takes them."""
        return [by_mode(travel) for travel in self.travels]

    def zone(self, n: int) -> Codes:
        """Return whether an offer serves each site from each home, uint8 (W, H)."""
        offer, home, work = self.offers[n], self.at_home[n][None, :], self.at_work[n][:, None]
        served = np.where(home == AT_WORK, NON, home) | np.zeros_like(work)
        if lends(offer):
            served = np.where((home == AT_WORK) & (work == OUI), A_VERIFIER, served)
        if offer.destination_dans_zone:
            stays = self.is_held[n][None, :] & self.is_outside[n][:, None]
            served = np.where(stays, NON, served)
        codes: Codes = served.astype(np.uint8)
        return codes


def offer_table(
    offers: Sequence[Offer],
    *,
    homes: Sequence[Place],
    sites: Sequence[Place],
    shifts: Sequence[reach.Shift],
    week: date,
    epci_of: EpciOf,
) -> OfferTable:
    """Return the offers that carry or lend as arrays; `week` is any day of the week asked."""
    kept = tuple(offer for offer in offers if lends(offer) or is_not_routed(offer))
    ways = [list(lent_travels(offer)) if lends(offer) else [] for offer in kept]
    travels = tuple(dict.fromkeys([Travel(), *(way for own in ways for way in own)]))
    row = {travel: m for m, travel in enumerate(travels)}
    modes = np.full((len(kept), 3), -1, np.int16)
    for n, own in enumerate(ways):
        modes[n, : len(own)] = [row[way] for way in own]
    home_codes = _by_place(kept, homes, lambda offer, place: _at_home(offer, place, epci_of))
    eur = np.array([_months_eur(offer) for offer in kept])
    return OfferTable(
        kept,
        travels,
        tuple(shifts),
        modes,
        np.array([not own for own in ways], np.bool_),
        home_codes,
        _by_place(kept, homes, lambda offer, at: is_held(offer, at, epci_of)).astype(np.bool_),
        _by_place(kept, sites, lambda offer, at: _three(covers(offer, at, epci_of))),
        _by_place(kept, sites, lambda offer, at: is_outside(offer, at, epci_of)).astype(np.bool_),
        np.array([_allowed(offer, shifts, week) for offer in kept], np.uint64),
        np.array(
            [_float_or(None if lends(offer) else offer.distance_max_km, np.inf) for offer in kept]
        ),
        eur.reshape(len(kept), 8),
        np.array([_by_km_eur(offer) for offer in kept], np.float64),
        np.array([_float_or(offer.plafond_mois_eur, np.inf) for offer in kept], np.float64),
    )


def for_shifts(table: OfferTable, shifts: Sequence[reach.Shift], week: date) -> OfferTable:
    """Return the same offers for other shifts of a week: closures and limits alone depend on it."""
    allowed = np.array([_allowed(offer, shifts, week) for offer in table.offers], np.uint64)
    return replace(table, shifts=tuple(shifts), allowed=allowed)


def eligible(
    book: RuleBook, profiles: Sequence[Profile], offers: OfferTable, on: date
) -> NDArray[np.uint8]:
    """Return whether each profile may use each offer on a day, uint8 (P, N).

    NON, A_VERIFIER or OUI (under condition included), by licence, rule and availability, as
    `eligibility.judging` does; where it serves is `OfferTable.zone`'s.
    """
    verdicts = np.empty((len(profiles), len(offers.offers)), np.uint8)
    for p, profile in enumerate(profiles):
        asked = _Asked(datetime.combine(on, time(12), tzinfo=UTC), profile.facts)
        eligibility = Eligibility(asked, book=book)
        # A text of conditions alone never forbids: rules do, and many offers share one.
        by_rule = {"": Verdict.POSSIBLE}
        for n, offer in enumerate(offers.offers):
            if offer.regle not in by_rule:
                by_rule[offer.regle] = worst(condition_findings(offer, eligibility))
            weighed = [*permis_findings(_licence(offer), profile.permis), *not_now(offer, on)]
            verdicts[p, n] = min(_OF_VERDICT[by_rule[offer.regle]], _OF_VERDICT[worst(weighed)])
    return verdicts


def verdicts(
    words: Words,
    offers: OfferTable,
    eligible: Codes,
    km: NDArray[np.float64],
    budget: NDArray[np.float64],
) -> tuple[Words, Words]:
    """Return the days that some offer holds for sure, and those to check, uint64 (P, H, W) each.

    `words` uint64 (M, W, H): the days that each way of `offers.travels` holds. `km` (W, H): one
    way by road. `budget` (P,): euros a month, infinite where it does not count; against one that
    does, an unknown price is to be checked. What is sure is not to be checked.
    """
    n_sites, n_homes = words.shape[1:]
    sure = np.zeros((len(eligible), n_sites, n_homes), np.uint64)
    to_check = np.zeros_like(sure)
    for n in range(len(offers.offers)):
        profiles = np.flatnonzero(eligible[:, n] != NON)
        if not len(profiles):
            continue
        held = held_by(words, offers, n, km)
        if held is None:
            continue
        afforded: dict[float, tuple[Words, Words]] = {}
        for p in profiles:
            if budget[p] not in afforded:
                afforded[budget[p]] = afforded_days(*held, offers, n, km, budget[p])
            of_budget, in_doubt = afforded[budget[p]]
            if eligible[p, n] == OUI:
                sure[p] |= of_budget
            else:
                to_check[p] |= of_budget
            to_check[p] |= in_doubt
    to_check &= ~sure
    return sure.transpose(0, 2, 1), to_check.transpose(0, 2, 1)


def held_by(
    words: Words, offers: OfferTable, n: int, km: NDArray[np.float64]
) -> tuple[Words, Words] | None:
    """Return the days that one offer holds where it serves, then where that is to be checked.

    uint64 (W, H) each, whoever asks and whatever the price; None where it serves nowhere.
    """
    zone = offers.zone(n)
    return held_in(zone, words, offers, n, km) if zone.any() else None


def held_in(
    zone: Codes, words: Words, offers: OfferTable, n: int, km: NDArray[np.float64]
) -> tuple[Words, Words]:
    """Return what `held_by` does for a part of the homes and sites, of which `zone` is given."""
    held = _held(words, offers, n, km)
    asked = offers.is_asked[n]
    certain = np.where((zone == OUI) & ~asked, held, np.uint64(0))
    doubtful = np.where((zone == A_VERIFIER) | asked & (zone == OUI), held, np.uint64(0))
    return certain, doubtful


def _held(words: Words, offers: OfferTable, n: int, km: NDArray[np.float64]) -> Words:
    """Return the days that an offer holds, or may hold, (W, H)."""
    if offers.is_asked[n]:
        return np.where(km <= offers.most_km[n], offers.allowed[n], np.uint64(0))
    rows = [m for m in offers.modes[n] if m >= 0]
    by_some: Words = np.bitwise_or.reduce(words[rows], axis=0)
    held: Words = by_some & offers.allowed[n]
    return held


def afforded_days(
    certain: Words,
    doubtful: Words,
    offers: OfferTable,
    n: int,
    km: NDArray[np.float64],
    budget_eur: float,
) -> tuple[Words, Words]:
    """Return the days that a budget pays for, then those in doubt, an unknown price among them."""
    if not np.isfinite(budget_eur):
        return certain, doubtful
    paid, unknown = np.zeros_like(certain), np.zeros_like(certain)
    days = certain | doubtful
    for k in range(len(offers.shifts)):
        of_shift = np.uint64(127 << DAYS * k)
        count = _N_DAYS[((days & of_shift) >> np.uint64(DAYS * k)).astype(np.intp)]
        a_month = count * 2 * float(WEEKS_A_MONTH)
        eur = np.minimum(
            offers.eur[n][count] + offers.by_km_eur[n] * km * a_month, offers.cap_eur[n]
        )
        paid |= np.where(eur <= budget_eur, of_shift, np.uint64(0))
        unknown |= np.where(np.isnan(eur), of_shift, np.uint64(0))
    return certain & paid, (doubtful & (paid | unknown)) | (certain & unknown)


# -- the columns --------------------------------------------------------------------------------


def _by_place(
    offers: Sequence[Offer], places: Sequence[Place], code: Callable[[Offer, Place], int]
) -> Codes:
    """Return a code of each offer at each place, asked once for the places of one commune."""
    codes = np.empty((len(offers), len(places)), np.uint8)
    for n, offer in enumerate(offers):
        known: dict[str | None, int] = {}
        for at, place in enumerate(places):
            key = place.code_insee
            if key not in known or offer.zones_service:
                known[key] = code(offer, place)
            codes[n, at] = known[key]
    return codes


def _at_home(offer: Offer, home: Place, epci_of: EpciOf) -> int:
    """Return whether it serves a home, as `eligibility.conditions.zone_findings` judges it."""
    served = covers(offer, home, epci_of)
    drawn = drawn_around(offer, home)
    if served is False:
        return AT_WORK
    if drawn is False:
        return NON
    return OUI if served or drawn else A_VERIFIER


def _three(held: bool | None) -> int:
    return A_VERIFIER if held is None else OUI if held else NON


def _allowed(offer: Offer, shifts: Sequence[reach.Shift], week: date) -> int:
    """Return the bits of the shifts that closures and limits of an offer leave."""
    bits = 0
    for k, shift in enumerate(shifts):
        job = _Job(shift, week)
        weighed = [*closures(offer, job), *shift_findings(offer, job)]
        if worst(weighed) != Verdict.NON:
            bits |= sum(1 << (DAYS * k + day) for day in shift.days)
    return bits


def _licence(offer: Offer) -> str:
    if offer.permis_requis or not lends(offer):
        return offer.permis_requis
    return vehicle_of(offer).permis


@lru_cache(maxsize=MAX_PRICED)
def _months_eur(offer: Offer) -> tuple[float, ...]:
    """Return what a month of each number of days a week costs, as `OfferTable.eur`."""
    return tuple(_month_eur(offer, days) for days in range(DAYS + 1))


def _month_eur(offer: Offer, days: int) -> float:
    """Return what a month costs without its kilometres and its cap; NaN where it is not known."""
    use = Use(days=days * WEEKS_A_MONTH, trips=2 * days * WEEKS_A_MONTH, km=Decimal(0))
    month = price_for(offer, use).month
    return float(month.low_eur) if month is not None and month.is_exact else np.nan


def _by_km_eur(offer: Offer) -> float:
    by_km = price_for(offer, Use()).by_km
    if by_km is None:
        return 0.0
    return float(by_km.low_eur) if by_km.is_exact else np.nan


def _float_or(value: Decimal | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)


def by_mode(travel: Travel) -> reach.Commute | reach.Mode:
    """Return a way of travelling as `reach.SiteWeek.held` takes it."""
    if travel.mode is not None and travel.end == End.WHOLE:
        return travel.mode
    return reach.Commute(
        home_vehicle=travel.mode if travel.end == End.HOME else None,
        work_vehicle=travel.mode if travel.end == End.WORK else None,
        bike_aboard=travel.mode if travel.end == End.BOTH else None,
    )
