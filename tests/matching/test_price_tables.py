"""Prices of whole arrays are those of one use, to the cent; and what a whole contract costs."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from straight_road import Offer

from traitdunion.catalogue.enums import UniteTarif
from traitdunion.catalogue.offers.records import Tier
from traitdunion.catalogue.pricing import Contract, contract_price
from traitdunion.matching.prices import month as costs
from traitdunion.matching.prices.tables import UNKNOWN_CENTS, month_cents, own_vehicle_cents

PRICES = (
    "par_trajet_eur", "par_jour_eur", "par_semaine_eur", "par_mois_eur", "par_km_eur",
    "par_heure_eur", "plafond_mois_eur",
)  # fmt: skip
EUROS = st.none() | st.decimals(0, 200, places=2)
KM_EUROS = st.none() | st.decimals(0, 2, places=4)
TIERS = st.lists(
    st.builds(
        Tier,
        st.sampled_from(["par_jour_eur", "par_mois_eur", "par_km_eur"]),
        st.none() | st.decimals(0, 2000, places=0),
        st.decimals(0, 200, places=2),
    ),
    max_size=2,
).map(tuple)
OFFERS = st.builds(
    lambda prices, tiers: Offer("x", "X", **prices, tranches=tiers),
    st.fixed_dictionaries(dict.fromkeys(PRICES, EUROS) | {"par_km_eur": KM_EUROS}),
    TIERS,
)


def cents(eur: Decimal | None) -> int:
    return UNKNOWN_CENTS if eur is None else int(eur * 100)


@given(
    offers=st.lists(OFFERS, min_size=1, max_size=4),
    km=st.lists(st.none() | st.floats(0, 900), min_size=1, max_size=4),
    quotient=st.none() | st.decimals(0, 3000, places=0),
)
def test_an_array_of_prices_is_that_of_each_use(offers, km, quotient):
    rows, days = np.arange(len(offers))[:, None, None], np.arange(8)[None, :, None]
    far = np.array([np.nan if one is None else one for one in km])[None, None, :]
    found = month_cents(offers, rows, days, far, quotient=quotient)
    assert (found.shape, found.dtype) == ((len(offers), 8, len(km)), np.int32)
    for (row, n_days, k), price in np.ndenumerate(found):
        one = costs.cheapest(
            offers[row], trips=2 * n_days, days=n_days, km=km[k], quotient=quotient
        )
        assert price == cents(one.eur)


@given(km=st.lists(st.floats(0, 2000), min_size=1, max_size=5))
def test_an_array_of_ones_own_vehicle_is_that_of_each_way(km):
    on = date(2026, 12, 1)
    for code in ("voiture", "scooter"):
        found = own_vehicle_cents(code, np.array(km), on=on)
        assert found.tolist() == [cents(costs.own_vehicle(code, km=one, on=on).eur) for one in km]


def test_kilometres_that_are_not_known_leave_ones_own_car_unknown():
    assert own_vehicle_cents("voiture", np.array([np.nan]), on=date(2026, 12, 1)) == [UNKNOWN_CENTS]


def test_a_week_of_eight_days_is_refused():
    with pytest.raises(ValueError, match="0 to 7"):
        month_cents([Offer("x")], np.array(0), np.array(8), np.array(1.0))


# -- a whole contract --------------------------------------------------------------------------


def weekdays(first: date, n_weeks: int) -> list[date]:
    return [first + timedelta(7 * week + day) for week in range(n_weeks) for day in range(5)]


def offer(**prices: str) -> Offer:
    return Offer("x", "X", **{name: Decimal(value) for name, value in prices.items()})


MONDAY = date(2026, 11, 16)
FIVE_WEEKS = Contract.on(weekdays(MONDAY, 5))


def test_a_contract_counts_the_weeks_and_months_in_which_a_day_is_worked():
    """From Monday 16 November to Friday 18 December: 25 days, 5 weeks, 2 months."""
    assert Contract(days=25, trips=50, weeks=5, months=2) == FIVE_WEEKS


def test_a_contract_is_paid_the_cheapest_way():
    """25 days at 3 € make 75; 5 weeks at 12 € make 60; 2 months at 40 € make 80."""
    price = contract_price(
        offer(par_jour_eur="3", par_semaine_eur="12", par_mois_eur="40"), FIVE_WEEKS
    )
    assert (price.month.low_eur, price.unit) == (60, UniteTarif.SEMAINE)


def test_the_ceiling_holds_in_each_month_of_a_contract():
    """25 days at 5 € make 125: two months at 30 € at the most make 60."""
    price = contract_price(offer(par_jour_eur="5", plafond_mois_eur="30"), FIVE_WEEKS)
    assert (price.month.low_eur, price.is_capped) == (60, True)


def test_what_is_paid_once_is_not_paid_each_month():
    price = contract_price(offer(par_mois_eur="10", forfait_eur="15"), FIVE_WEEKS)
    assert (price.month.low_eur, price.once.low_eur) == (20, 15)


def test_a_contract_without_a_price_is_unknown():
    assert contract_price(offer(), FIVE_WEEKS).month is None
