"""One engine of prices: an answer and a page of the catalogue give the same month."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from straight_road import Offer

from traitdunion.catalogue.offers.records import Wait
from traitdunion.catalogue.pricing import Use, price_for
from traitdunion.matching.eligibility.availability import delay_days
from traitdunion.matching.prices import month as costs
from traitdunion.rules import mileage
from traitdunion.rules.mileage import Band, Scale

WEEKS_A_MONTH = Decimal(52) / 12
PRICES = (
    "par_trajet_eur", "par_jour_eur", "par_semaine_eur", "par_mois_eur", "par_km_eur",
    "par_heure_eur", "forfait_eur", "plafond_mois_eur",
)  # fmt: skip
EUROS = st.none() | st.decimals(0, 200, places=2)


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def offer(**prices):
    return Offer("x", "X", **{name: Decimal(value) for name, value in prices.items()})


@given(
    prices=st.fixed_dictionaries(dict.fromkeys(PRICES, EUROS)),
    trips=st.integers(1, 30),
    days=st.integers(1, 7),
    km=st.none() | st.integers(0, 900),
)
def test_an_answer_and_the_public_page_give_the_same_month(prices, trips, days, km):
    given_offer = Offer("x", "X", **prices)
    use = Use(
        days=days * WEEKS_A_MONTH,
        trips=trips * WEEKS_A_MONTH,
        km=None if km is None else km * WEEKS_A_MONTH,
    )
    page = price_for(given_offer, use).month
    answer = costs.cheapest(given_offer, trips=trips, days=days, km=km).eur
    assert answer == (None if page is None else page.low_eur)


def test_the_monthly_ceiling_bounds_an_answer():
    """5 € on 5 days a week make 5 × 5 × 52 / 12 = 108.33 €: the ceiling of 40 holds."""
    cost = costs.cheapest(offer(par_jour_eur="5", plafond_mois_eur="40"), trips=10, days=5)
    assert cost.eur == Decimal("40.00")
    assert plain(cost.detail) == "5 € par jour, 5 jours par semaine, au plus 40 € par mois"


def test_a_ceiling_that_is_not_reached_is_not_mentioned():
    cost = costs.cheapest(offer(par_jour_eur="1", plafond_mois_eur="40"), trips=2, days=1)
    assert (cost.eur, plain(cost.detail)) == (Decimal("4.33"), "1 € par jour, 1 jour par semaine")


def test_a_price_by_the_hour_alone_is_unknown_and_not_free():
    cost = costs.cheapest(offer(par_heure_eur="3"), trips=10, days=5)
    assert (cost.eur, plain(cost.detail)) == (None, "3 € par heure, heures non comptées")
    assert price_for(offer(par_heure_eur="3"), Use(days=20)).month is None
    hours = price_for(offer(par_heure_eur="3"), Use(hours=Decimal(10))).month
    assert hours.low_eur == 30


def test_what_is_paid_once_is_told_apart_from_the_month():
    cost = costs.cheapest(offer(par_mois_eur="20", forfait_eur="15"), trips=10, days=5)
    assert cost.eur == 20
    assert plain(cost.detail) == "20 € par mois, et 15 € une fois"


def test_unknown_kilometres_leave_the_month_unknown_unless_the_ceiling_is_reached_without_them():
    by_km = {"par_jour_eur": "5", "par_km_eur": "0.10"}
    assert costs.service(offer(**by_km), days=5).eur is None
    capped = costs.service(offer(**by_km, plafond_mois_eur="40"), days=5)
    assert capped.eur == 40


def test_a_lent_car_says_that_its_fuel_is_not_counted():
    lent = offer(par_jour_eur="3")
    assert not costs.loan(lent, days=5, km=100, has_engine=True).is_final
    assert costs.loan(lent, days=5, km=100, has_engine=False).is_final
    whole = costs.together([costs.FREE, costs.loan(lent, days=5, km=100, has_engine=True)])
    assert not whole.is_final


def test_a_part_under_one_euro_is_told_and_one_of_nought_is_not():
    def detail(**prices):
        return plain(costs.cheapest(offer(**prices), trips=10, days=5, km=100).detail)

    assert detail(par_km_eur="0.10", forfait_eur="0.50") == (
        "0,10 € par km, 100 km par semaine, et 0,50 € une fois"
    )
    assert detail(par_mois_eur="20", par_km_eur="0", forfait_eur="0") == "20 € par mois"


@pytest.mark.parametrize(
    ("precisions", "added"),
    [("Adhésion en plus.", " (adhésion en plus)"), ("  ", ""), ("", ""), (None, "")],
)
def test_what_the_catalogue_adds_about_a_price_is_said_with_it(precisions, added):
    lent = replace(offer(par_jour_eur="3", caution_eur="100"), tarif_precisions=precisions)
    each = "3 € par jour, 5 jours par semaine"
    assert plain(costs.service(lent, days=5).detail) == f"{each}{added}"
    assert plain(costs.loan(lent, days=5, km=9, has_engine=True).detail) == (
        f"{each}, hors carburant, caution de 100 €{added}"
    )


# -- one's own vehicle -------------------------------------------------------------------------

READ = date(2026, 6, 1)


def test_ones_own_car_costs_what_the_tax_scale_says():
    """50 km a week are 2 600 a year: 2 600 × 0.606 / 12 = 131.30 €."""
    cost = costs.own_vehicle("voiture", km=50, on=date(2026, 12, 1))
    assert cost.eur == Decimal("131.30")
    assert "2 600 km par an au barème kilométrique" in plain(cost.detail)


@pytest.mark.parametrize(
    ("km", "expected"),
    [(5000, "252.50"), (5001, "252.53"), (20000, "677.50"), (20001, "678.37")],
)
def test_each_band_of_the_scale_ends_where_the_text_says(km, expected):
    """5 000 × 0.606 = 3 030; 5 001 × 0.340 + 1 330 = 3 030.34; 20 001 × 0.407 = 8 140.41."""
    scale = mileage.scale_of("voiture", date(2026, 12, 1))
    assert scale.month_eur(Decimal(km)) == Decimal(expected)


def test_a_vehicle_without_a_scale_has_no_price():
    cost = costs.own_vehicle("scooter", km=50, on=date(2026, 12, 1))
    assert cost == costs.Cost(None, "carburant non compté", is_final=False)


@pytest.mark.parametrize(
    ("confiance", "read_on", "days", "known"),
    [("B", READ, 90, True), ("B", READ, 91, False), ("C", READ, 0, False), ("B", None, 0, False)],
)
def test_a_scale_in_doubt_or_read_too_long_ago_makes_no_price(confiance, read_on, days, known):
    band = Band(None, Decimal("0.5"), Decimal(0))
    scale = Scale("voiture", date(2023, 1, 1), "loi", confiance, read_on, (band,))
    the_scale = mileage.scale_of(
        "voiture", READ + timedelta(days=days), scales={"voiture": [scale]}
    )
    assert (the_scale is not None) is known


# -- delays ------------------------------------------------------------------------------------


def wait(days):
    return Wait(date(2026, 5, 1), servi_le=date(2026, 5, 1) + timedelta(days))


def test_a_delay_that_was_measured_replaces_the_one_declared():
    """Three people waited 30, 32 and 40 days: 32 is said, and not the 21 declared."""
    waits = (wait(30), wait(32), wait(40))

    def told(*waits):
        return delay_days(Offer("x", delai_jours=21, attentes=waits), date(2026, 7, 1))

    assert told() == 21
    assert told(*waits) == 32
    assert told(*waits[:2]) == 21


def test_a_lent_vehicle_paid_by_the_trip_makes_two_trips_a_day():
    """1 € a trip, five days: 2 × 5 × 52 / 12 = 43.33 €, and not 21.67."""
    lent = costs.loan(offer(par_trajet_eur="1"), days=5, km=0, has_engine=False)
    assert lent.eur == Decimal("43.33")
    assert costs.service(offer(par_trajet_eur="1"), days=5).eur == Decimal("43.33")


def test_a_subscription_of_a_lent_vehicle_is_no_subscription_of_public_transport():
    lent = costs.loan(offer(par_mois_eur="20"), days=5, km=0, has_engine=False)
    assert (lent.eur, lent.subscription_eur) == (20, 0)
    line = costs.cheapest(offer(par_mois_eur="20"), trips=10, days=5)
    assert (line.eur, line.subscription_eur) == (20, 20)
    single = costs.cheapest(offer(par_trajet_eur="1"), trips=10, days=5)
    assert (single.eur, single.subscription_eur) == (Decimal("43.33"), 0)
