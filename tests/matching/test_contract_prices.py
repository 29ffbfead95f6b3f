"""What a whole contract costs: one way to pay, by weeks and months begun."""

from datetime import date, timedelta
from decimal import Decimal

from straight_road import Offer

from traitdunion.catalogue.enums import UniteTarif
from traitdunion.catalogue.pricing import Contract, contract_price


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
