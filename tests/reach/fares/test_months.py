"""What a worked week costs all month: single tickets, or passes where they cost less."""

from decimal import Decimal

import pytest
from fare_world import week, world

from traitdunion import reach
from traitdunion.reach.tariffs import MONTH, WEEK, Ticket

TICKET = "fare_id,price,currency_type,transfers\nf,2.00,EUR,0\n"
OUT, BACK = ["1 A-C 8:00-8:20"], ["1 C-A 17:00-17:20"]
MONTHLY = Ticket("Mensuel", Decimal("46.50"), "EUR", valid=MONTH, agencies=("Urbain",), given=True)
WEEKLY = Ticket("Hebdo", Decimal("12.00"), "EUR", valid=WEEK, agencies=("Urbain",), given=True)


@pytest.fixture
def tt(tmp_path):
    return world(tmp_path, fare_attributes=TICKET)


def told(month_cost: reach.fares.Month) -> tuple[list[tuple[str, int]], Decimal | None]:
    """Each line as (name, times), and the month's amount to the cent."""
    amount = month_cost.amount("EUR")
    lines = [(line.ticket.name, line.times) for line in month_cost.lines]
    return lines, None if amount is None else amount.quantize(Decimal("0.01"))


def test_single_tickets_are_bought_each_ride_of_fifty_two_weeks_in_twelve_months(tt):
    # 2 rides × 5 days × 2 € × 52 / 12 = 86.67 €.
    lines, amount = told(reach.fares.month(tt, week(tt, OUT, BACK)))
    assert [times for _, times in lines] == [10]
    assert amount == Decimal("86.67")


def test_a_monthly_pass_is_held_where_it_costs_less(tt):
    month_cost = reach.fares.month(tt, week(tt, OUT, BACK), passes=[MONTHLY])
    assert told(month_cost) == ([("Mensuel", 1)], Decimal("46.50"))


def test_a_pass_is_left_where_tickets_cost_less(tt):
    # One day a week: 2 rides × 2 € × 52 / 12 = 17.33 €, less than 46.50 €.
    _, amount = told(reach.fares.month(tt, week(tt, OUT, BACK, days=1), passes=[MONTHLY]))
    assert amount == Decimal("17.33")


def test_the_cheaper_of_a_week_s_and_a_month_s_pass_is_held(tt):
    # 12 € × 52 / 12 = 52 € a month, more than 46.50 €; at 10 €, 43.33 €.
    both = reach.fares.month(tt, week(tt, OUT, BACK), passes=[MONTHLY, WEEKLY])
    assert told(both) == ([("Mensuel", 1)], Decimal("46.50"))
    cheap = Ticket("Hebdo", Decimal("10.00"), "EUR", valid=WEEK, agencies=("Urbain",), given=True)
    assert told(reach.fares.month(tt, week(tt, OUT, BACK), passes=[MONTHLY, cheap])) == (
        [("Hebdo", 1)],
        Decimal("43.33"),
    )


@pytest.mark.parametrize("price", ["0", "0.50"])
def test_a_pass_that_costs_nothing_or_little_is_held(tt, price):
    free = Ticket("Gratuit", Decimal(price), "EUR", valid=MONTH, agencies=("Urbain",), given=True)
    month_cost = reach.fares.month(tt, week(tt, OUT, BACK), passes=[MONTHLY, free])
    assert told(month_cost) == ([("Gratuit", 1)], Decimal(price))


def test_a_pass_does_not_pay_another_operator(tt):
    out = [*OUT, "9 D-G 8:40-8:50"]
    month_cost = reach.fares.month(tt, week(tt, out, BACK), passes=[MONTHLY])
    lines, amount = told(month_cost)
    # 46.50 € and 5 rides × 2 € × 52 / 12 = 43.33 € of the Express.
    assert sorted(times for _, times in lines) == [1, 5]
    assert amount == Decimal("89.83")
    aside = reach.fares.month(tt, week(tt, out, BACK), passes=[MONTHLY], without=["Express"])
    assert told(aside) == ([("Mensuel", 1)], Decimal("46.50"))


def test_a_month_with_a_ride_of_no_price_has_no_amount(tmp_path):
    tt = world(tmp_path)
    month_cost = reach.fares.month(tt, week(tt, OUT, BACK))
    assert month_cost.lines == ()
    assert len(month_cost.unpriced) == 10
    assert month_cost.amount("EUR") is None
