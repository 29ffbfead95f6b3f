"""What months cost for whole arrays of days and kilometres, to the cent, by the same engine."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from traitdunion.catalogue.enums import UniteTarif
from traitdunion.catalogue.pricing import price_for, tiers_of
from traitdunion.reach.places import Array

from ..offers import Offer
from . import month as costs

UNKNOWN_CENTS = -1
TRIPS_A_DAY = 2
N_DAYS = 8
UNKNOWN_KM = -1


def month_cents(
    offers: Sequence[Offer],
    rows: Array,
    days: Array,
    km: Array,
    *,
    quotient: Decimal | None = None,
) -> Array:
    """Return the month by offers of a list, in cents (int32); UNKNOWN_CENTS where it is not known.

    `rows`: of `offers`. `days`: days travelled a week, two trips each. `km`: kilometres a week, NaN
    where they are not known. The three are broadcast together.
    """

    def price(row: int, n_days: int, whole_km: int) -> Decimal | None:
        use = costs.use_of(
            trips=TRIPS_A_DAY * n_days,
            days=n_days,
            km=None if whole_km == UNKNOWN_KM else float(whole_km),
        )
        return costs.exact_month(price_for(offers[row], use, quotient))

    row, n_days, whole_km = np.broadcast_arrays(rows, days, _whole(km))
    # Kilometres part no uses of an offer that does not ask for them.
    asks = np.array([_asks_km(offer) for offer in offers], bool)
    return _each_once(row, n_days, np.where(asks[row], whole_km, 0), price)


def own_vehicle_cents(code: str, km: Array, *, on: date) -> Array:
    """Return the month by one's own vehicle, in cents (int32), by the tax scale; as `month_cents`.

    Where no scale was read lately, no month is known: fuel is not counted.
    """

    def price(row: int, n_days: int, whole_km: int) -> Decimal | None:
        return None if whole_km == UNKNOWN_KM else costs.own_vehicle(code, km=whole_km, on=on).eur

    whole_km = _whole(km)
    zeros = np.zeros_like(whole_km)
    return _each_once(zeros, zeros, whole_km, price)


def _asks_km(offer: Offer) -> bool:
    tiers = tiers_of(offer)
    return offer.par_km_eur is not None or any(tier.unite == UniteTarif.KM for tier in tiers)


def _whole(km: Array) -> Array:
    known = np.asarray(km, np.float64)
    return np.where(np.isnan(known), UNKNOWN_KM, np.rint(np.nan_to_num(known))).astype(np.int64)


def _each_once(
    rows: Array, days: Array, km: Array, price: Callable[[int, int, int], Decimal | None]
) -> Array:
    """Return the prices in cents, each different use asked once."""
    if np.any((days < 0) | (days >= N_DAYS)):
        raise ValueError("a week has from 0 to 7 days")
    span = int(km.max(initial=0)) + 2
    keys = (np.asarray(rows, np.int64) * N_DAYS + days) * span + (km - UNKNOWN_KM)
    unique, inverse = np.unique(keys, return_inverse=True)
    cents = np.empty(len(unique), np.int32)
    for number, key in enumerate(unique.tolist()):
        use, shifted = divmod(key, span)
        row, n_days = divmod(use, N_DAYS)
        eur = price(row, n_days, shifted + UNKNOWN_KM)
        cents[number] = UNKNOWN_CENTS if eur is None else int(eur * 100)
    return cents[inverse].reshape(np.shape(keys))
