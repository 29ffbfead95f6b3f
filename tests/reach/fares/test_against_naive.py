"""Fares against twins that try everything: each way to cut a journey, each set of passes."""

from decimal import Decimal
from itertools import combinations, product

import pytest
from fare_world import MONDAY, week, world
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion import reach
from traitdunion.reach.tariffs import DAY, MONTH, WEEK, Ride, Ticket
from traitdunion.reach.tariffs.attributes_and_rules import Fare, FirstTariff

AGENCIES = ("Urbain", "Express")
WEEKS_A_MONTH = Decimal(52) / 12
FLAT = "fare_id,price,currency_type,transfers\nf,2.00,EUR,0\n"


@st.composite
def chained(draw):
    """Up to six rides, one after the other."""
    rides, at_s = [], 8 * 3600
    for number in range(draw(st.integers(1, 6))):
        at_s += draw(st.integers(0, 30)) * 60
        arrival_s = at_s + draw(st.integers(1, 40)) * 60
        agency = draw(st.sampled_from(AGENCIES))
        rides.append(Ride(MONDAY, (0,), (number, number + 1), at_s, arrival_s, agency))
        at_s = arrival_s
    return rides


FARES = st.builds(
    Fare,
    price=st.integers(0, 9).map(Decimal),
    currency=st.just("EUR"),
    transfers=st.integers(-1, 2),
    duration_s=st.sampled_from([-1, 1800, 3600, 7200]),
    agency=st.sampled_from(["", *AGENCIES]),
    pairs=st.just({}),
)


def cheapest_cut(fares, rides):
    """(rides without a price, least amount) over every way to cut the rides into runs."""
    collected = []
    for cuts in product([False, True], repeat=len(rides) - 1):
        runs, run = [], [rides[0]]
        for cut, ride in zip(cuts, rides[1:], strict=True):
            if cut:
                runs.append(run)
                run = []
            run.append(ride)
        runs.append(run)
        unpriced, amount = 0, Decimal(0)
        for run in runs:
            prices = [fare.price for fare in fares if allows(fare, run)]
            if prices:
                amount += min(prices)
            else:
                unpriced += len(run)
        collected.append((unpriced, amount))
    return min(collected)


def allows(fare, run):
    """Whether one ticket of a fare without rules pays a run, as GTFS says."""
    if fare.agency and {ride.agency for ride in run} != {fare.agency}:
        return False
    if 0 <= fare.transfers < len(run) - 1:
        return False
    alone = len(run) == 1 or fare.duration_s < 0
    return alone or run[-1].departure_s <= run[0].departure_s + fare.duration_s


@settings(deadline=None, max_examples=300)
@given(st.lists(FARES, max_size=4), chained())
def test_a_journey_costs_what_the_cheapest_of_all_cuts_does(fares, rides):
    bill = FirstTariff(fares, {}).bill(rides)
    assert (bill.cost.unpriced, bill.cost.amount) == cheapest_cut(fares, rides)
    assert sum((ticket.price for ticket in bill.tickets), Decimal(0)) == bill.cost.amount


@pytest.fixture(scope="module")
def flat(tmp_path_factory):
    """Every ride at two euros."""
    return world(tmp_path_factory.mktemp("flat"), fare_attributes=FLAT)


PASSES = st.builds(
    Ticket,
    name=st.sampled_from("abcdefgh"),
    price=st.integers(1, 99).map(Decimal),
    currency=st.just("EUR"),
    valid=st.sampled_from([DAY, WEEK, MONTH]),
    agencies=st.sampled_from([("Urbain",), ("Express",), AGENCIES]),
)


def cheapest_month(passes, days, single=Decimal(2)):
    """Least amount of a month: each set of long passes, and on each day each set of short ones.

    `days` lists the operators of each day's rides.
    """
    long = [bought_pass for bought_pass in passes if bought_pass.valid != DAY]
    short = [bought_pass for bought_pass in passes if bought_pass.valid == DAY]
    collected = []
    for held in subsets(long):
        amount = sum(
            (
                held_pass.price * (1 if held_pass.valid == MONTH else WEEKS_A_MONTH)
                for held_pass in held
            ),
            Decimal(0),
        )
        for agencies in days:
            amount += WEEKS_A_MONTH * min(
                sum((bought_pass.price for bought_pass in bought), Decimal(0))
                + single * sum(unpaid(agency, [*held, *bought]) for agency in agencies)
                for bought in subsets(short)
            )
        collected.append(amount)
    return min(collected)


def subsets(passes):
    return [chosen for n in range(len(passes) + 1) for chosen in combinations(passes, n)]


def unpaid(agency, held):
    return not any(agency in held_pass.agencies for held_pass in held)


@settings(deadline=None, max_examples=100)
@given(st.lists(PASSES, max_size=5), st.integers(1, 5), st.booleans(), st.booleans())
def test_a_month_costs_what_the_cheapest_of_all_sets_of_passes_does(
    flat, passes, days, goes_on, both_ways
):
    out = ["1 A-C 8:00-8:20", *(["9 D-G 8:40-8:50"] if goes_on else [])]
    back = [*(["9 G-D 16:40-16:50"] if goes_on and both_ways else []), "1 C-A 17:00-17:20"]
    rides = ["Express" if text.startswith("9") else "Urbain" for text in out + back]
    month_cost = reach.fares.month(flat, week(flat, out, back, days=days), passes=passes)
    assert month_cost.amount("EUR").quantize(Decimal("0.0001")) == cheapest_month(
        passes, [rides] * days
    ).quantize(Decimal("0.0001"))
