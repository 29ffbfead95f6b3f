"""The ways worth choosing among, out and back chosen together, and their three awards."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from straight_road import NOW, Network, Offer, place, road, situation

from traitdunion import reach
from traitdunion.catalogue.offers.snapshot import current_snapshot
from traitdunion.demonstration.network import DEMO, write_demo_gtfs
from traitdunion.matching.alternatives import with_awards
from traitdunion.matching.answer import Alternative, Answer, Award, Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.eligibility.searches import SituationSearches
from traitdunion.matching.feasibility.travels import VEHICLES, End, Travel
from traitdunion.matching.situation import Permis, Place, Vehicule
from traitdunion.reach.packing import packed_texts

QUICK_OUT, SLOW_OUT = "A 7:15 > B 7:40 (1)", "A 7:05 > B 7:35 (2)"
SLOW_BACK, QUICK_BACK = "B 16:20 > A 16:50 (3)", "B 16:40 > A 17:05 (4)"
TRIPS = (QUICK_OUT, SLOW_OUT, SLOW_BACK, QUICK_BACK)
WALK_S = 520


def run_by(trips: tuple[str, ...], agencies: tuple[str, ...]) -> reach.Timetable:
    """The drawn trips, each run by an operator of its own."""
    drawn = road(*trips)
    names = packed_texts("route_agency", pl.Series(list(agencies)))
    return reach.Timetable(drawn.header, drawn.arrays | names)


def a_pass(agency: str, eur: str) -> Offer:
    return Offer(
        agency, f"Abonnement {agency}", "tc_ligne", gtfs_agency=agency, par_mois_eur=Decimal(eur)
    )


def ask(timetable: reach.Timetable, *offers: Offer, **changed) -> Answer:
    return answer(
        situation(**changed),
        timetable=timetable,
        solutions=offers,
        network=Network(),
        epci_of={}.get,
    )


def awarded(answer: Answer) -> dict[Award, Alternative]:
    return {
        award: alternative for alternative in answer.alternatives for award in alternative.awards
    }


# -- out and back chosen together --------------------------------------------------------------


def test_one_pass_serves_both_ways_where_two_would_spare_a_few_minutes():
    """Out at 7:15 by R and back at 16:20 by L takes both passes; L alone leaves 10 min sooner."""
    answer = ask(run_by(TRIPS, ("R", "L", "L", "R")), a_pass("R", "58"), a_pass("L", "26"))
    (first, *_) = answer.options
    assert (first.key, first.monthly_cost_eur, first.feasible_days) == ("transports", 26, 5)
    named = awarded(answer)
    assert first.awards == (Award.CHEAPEST, Award.SIMPLEST)
    quickest = named[Award.FASTEST]
    assert (quickest.monthly_cost_eur, quickest.kept_days) == (84, 5)
    # From 7:15 less 520 s of walking to 7:50; from 16:05 to 16:50 and the walk home.
    assert (quickest.minutes_out, quickest.minutes_back) == (
        (35 * 60 + WALK_S) // 60,
        (45 * 60 + WALK_S) // 60,
    )
    assert [option.awards for option in answer.options if option.key == quickest.key] == [
        (Award.FASTEST,)
    ]


def test_a_dearer_way_is_shown_first_where_it_spares_more_than_ten_minutes_a_day():
    early = "A 7:00 > B 7:30 (2)"
    answer = ask(run_by((QUICK_OUT, early, *TRIPS[2:]), ("R", "L", "L", "R")),
                a_pass("R", "58"), a_pass("L", "26"))  # fmt: skip
    costs = {option.key: option.monthly_cost_eur for option in answer.options}
    assert costs["transports"] == 84
    assert awarded(answer)[Award.CHEAPEST].monthly_cost_eur == 26


def test_an_unknown_price_never_wins_and_is_null():
    answer = ask(run_by(TRIPS, ("R", "L", "L", "R")), a_pass("R", "58"))
    assert awarded(answer)[Award.CHEAPEST].monthly_cost_eur == 58
    assert None in {alternative.monthly_cost_eur for alternative in answer.alternatives}


def test_there_is_no_cheapest_where_no_price_is_known():
    answer = ask(run_by(TRIPS, ("R", "L", "L", "R")))
    assert set(awarded(answer)) == {Award.FASTEST, Award.SIMPLEST}


OPERATORS = "RLM"
PRICES = {"R": 58, "L": 26, "M": 40}
OUTS, BACKS = (
    st.lists(
        st.tuples(minutes, st.integers(15, 40), st.sampled_from(OPERATORS)), min_size=1, max_size=4
    )
    for minutes in (st.integers(0, 60), st.integers(15, 50))
)
"""Trips: minutes after 6:00 or 16:00 (by when one is at the stop), minutes on board, operator."""


@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(outs=OUTS, backs=BACKS)
def test_the_choices_hold_the_cheapest_and_the_quickest_of_every_pair(outs, backs):
    """A slow twin: every trip out with every trip back, paid by the passes of their operators."""
    trips = [f"A {6 + m // 60}:{m % 60:02} > B {6 + (m + d) // 60}:{(m + d) % 60:02} (o{i})"
             for i, (m, d, _) in enumerate(outs)]  # fmt: skip
    trips += [f"B 16:{m:02} > A {16 + (m + d) // 60}:{(m + d) % 60:02} (b{i})"
              for i, (m, d, _) in enumerate(backs)]  # fmt: skip
    agencies = tuple(operator for *_, operator in (*outs, *backs))
    pairs = [
        ((out, back), sum(PRICES[name] for name in {out[2], back[2]}))
        for out in outs
        for back in backs
        # At work by 7:50, and two hours at most from leaving home.
        if out[0] + out[1] + WALK_S / 60 <= 110 and 110 - out[0] + WALK_S / 60 <= 120
    ]
    away = {(out, back): 600 - out[0] + back[0] + back[1] + WALK_S / 30 for (out, back), _ in pairs}
    answer = ask(run_by(tuple(trips), agencies), *(a_pass(a, str(PRICES[a])) for a in PRICES))
    lines = [
        alternative
        for alternative in answer.alternatives
        if alternative.key.startswith("transports")
    ]
    assert bool(lines) == bool(pairs)
    if not pairs:
        return
    assert min(line.monthly_cost_eur for line in lines) == min(cost for _, cost in pairs)
    # 600 minutes from 6:00 to 16:00; 110 until 7:50; 5 from 16:00 to 16:05.
    quickest = min(away.values()) - 600 + 110 - 5
    shortest = min(line.minutes_out + line.minutes_back for line in lines)
    assert shortest <= quickest < shortest + 2
    near = [cost for pair, cost in pairs if away[pair] <= min(away.values()) + 10]
    (first,) = [line for line in lines if line.key == "transports"]
    assert first.monthly_cost_eur == min(near)


# -- awards ------------------------------------------------------------------------------------


def way(title: str, **changed) -> Alternative:
    values = {
        "key": title, "title": title, "verdict": Verdict.POSSIBLE, "kept_days": 5, "asked_days": 5,
        "failing_days": (), "minutes_out": 30, "minutes_back": 30, "monthly_cost_eur": Decimal(50),
        "bookings": 0, "rides": 10, "walk_min": 60, "booking": "",
    }  # fmt: skip
    return Alternative(**(values | changed))


def winners(*ways: Alternative) -> dict[str, str]:
    return {
        award.value: alternative.title
        for alternative in with_awards(ways)
        for award in alternative.awards
    }


def test_each_award_goes_to_the_best_of_what_it_measures():
    assert winners(
        way("Car", monthly_cost_eur=Decimal(40)),
        way("Train", minutes_back=20),
        way("Bus", walk_min=30),
    ) == {"cheapest": "Car", "fastest": "Train", "simplest": "Bus"}


def test_bookings_come_before_rides_and_rides_before_walking():
    asked = way("Taxi", bookings=10, rides=0, walk_min=0)
    changing = way("Deux cars", rides=20, walk_min=0)
    assert winners(asked, changing, way("Car", walk_min=200))["simplest"] == "Car"
    assert winners(asked, changing)["simplest"] == "Deux cars"


def test_the_most_days_kept_come_first():
    part = way("Car", kept_days=4, monthly_cost_eur=Decimal(1), minutes_out=1, rides=1)
    assert set(winners(part, way("Train")).values()) == {"Train"}


def test_a_way_to_check_gets_no_award():
    doubtful = way("Car", verdict=Verdict.A_VERIFIER, monthly_cost_eur=Decimal(1), minutes_out=1)
    assert set(winners(doubtful, way("Train")).values()) == {"Train"}
    assert winners(doubtful) == {}
    under_condition = replace(doubtful, verdict=Verdict.SOUS_CONDITION)
    assert winners(under_condition, way("Train"))["cheapest"] == "Car"


def test_titles_part_equals():
    assert set(winners(way("Train"), way("Car")).values()) == {"Car"}


# -- one commune -------------------------------------------------------------------------------


def test_home_and_work_in_one_commune_is_answered_and_says_what_is_not_measured():
    here = place(0)
    answer = ask(run_by(TRIPS, ("R",) * 4), home=here, work=here, vehicule=Vehicule.VELO)
    assert {option.key for option in answer.options} == {"marche", "velo"}
    for option in answer.options:
        assert (option.verdict, option.feasible_days) == (Verdict.SOUS_CONDITION, 5)
        assert (option.minutes_out, option.minutes_back) == (None, None)
        assert any("une même commune" in reason for reason in option.reasons)
    # Nothing is measured: nothing is the fastest.
    assert set(awarded(answer)) == {Award.CHEAPEST, Award.SIMPLEST}
    assert all(
        alternative.minutes_out is None and alternative.kept_days == 5
        for alternative in answer.alternatives
    )


def test_two_addresses_of_one_commune_are_measured():
    answer = ask(run_by(TRIPS, ("R",) * 4), work=place(900, code="43112"))
    (walk,) = answer.options
    assert (walk.key, walk.verdict) == ("marche", Verdict.POSSIBLE)


# -- the demonstration -------------------------------------------------------------------------

LE_PUY = Place("Le Puy-en-Velay", 45.0439, 3.8858, "43157")
HOMES = {
    "Brives-Charensac": Place("Brives-Charensac", 45.0459, 3.9299, "43041"),
    "Le Monastier": Place("Le Monastier-sur-Gazeille", 44.9381, 3.9949, "43135"),
    "Vorey": Place("Vorey", 45.1867, 3.9100, "43267"),
}
MONDAY_IN_NOVEMBER = date(2026, 11, 23)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    path = tmp_path_factory.mktemp("feed") / "demo.zip"
    write_demo_gtfs(DEMO, path, start=MONDAY_IN_NOVEMBER, days=7)
    return reach.Timetable.from_gtfs(path, start=MONDAY_IN_NOVEMBER, days=7)


@pytest.mark.usefixtures("demonstration_catalogue")
@pytest.mark.parametrize(
    ("home", "eur"), [("Brives-Charensac", 26), ("Le Monastier", 58), ("Vorey", 78)]
)
def test_one_line_serves_both_ways_in_the_demonstration(demonstration, home, eur):
    reply = answer(
        situation(
            home=HOMES[home], work=LE_PUY, week=MONDAY_IN_NOVEMBER,
            now=NOW.replace(year=2026, month=11, day=20),
        ),
        timetable=demonstration,
        solutions=current_snapshot().valid(MONDAY_IN_NOVEMBER),
        network=Network(),
        epci_of={"43157": "200073419", "43041": "200073419"}.get,
    )  # fmt: skip
    lines = {
        alternative.key: alternative
        for alternative in reply.alternatives
        if alternative.key.startswith("transports")
    }
    assert lines["transports"].monthly_cost_eur == eur
    assert lines["transports"].kept_days == 5
    agencies = {option.key: option for option in reply.options}
    rides = {
        step.label
        for day in agencies["transports"].days
        for step in (*day.out, *day.back)
        if step.kind == "ride"
    }
    assert rides
    assert "Bus du Puy-en-Velay" not in agencies["transports"].cost_detail or eur == 26


def test_park_and_ride_by_scooter_fits_the_limit_both_ways(demonstration):
    """114 minutes from leaving home to 7:50, 117 from 16:05 to being home."""
    asked = situation(
        home=Place("Domicile", 45.321423, 3.697947),
        work=Place("Travail", 45.049183, 3.883413),
        week=MONDAY_IN_NOVEMBER,
    )
    searches = SituationSearches(asked, demonstration)
    week = searches.week(Travel(VEHICLES["scooter"].mode, End.HOME))
    assert week.feasible_days == 5
    first = week.days[0]
    shift = asked.shift
    assert (shift.arrive_by_s - first.out.departure_s) // 60 == 114
    assert (first.back.arrival_s - shift.leave_from_s) // 60 == 117


def test_ones_own_scooter_is_tried_to_a_stop(demonstration):
    """The way of the search above, as the answer gives it to who has the scooter."""
    reply = ask(
        demonstration,
        home=Place("Domicile", 45.321423, 3.697947),
        work=Place("Travail", 45.049183, 3.883413),
        week=MONDAY_IN_NOVEMBER,
        vehicule=Vehicule.DEUX_ROUES,
        permis=Permis.AM,
    )
    ridden = [way for way in reply.alternatives if way.key.startswith("scooter+transports")]
    (way,) = ridden
    assert (way.minutes_out, way.minutes_back, way.kept_days) == (114, 117, 5)
    assert way.title.startswith("Scooter personnel")
    # No scale of a scooter's kilometres was read: its price is not known, and never the cheapest.
    assert way.monthly_cost_eur is None
    assert Award.CHEAPEST not in way.awards
