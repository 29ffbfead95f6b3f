"""Whole Pareto sets, forward and arrive-by, against every journey of 300 dense worlds each."""

from dense import direct, metres, moments, on_foot, roads
from draw import MONDAY
from draw_on_demand import point
from hypothesis import given
from hypothesis import strategies as st
from naive_pareto import arriving_by, betters, every_journey, leaving_at, undominated

from tests.examples import examples
from traitdunion import reach

MAX_RIDES = 3
slacks = st.sampled_from([0, 0, 120])
windows = st.sampled_from([600, 3600, 7200])
patiences = st.sampled_from([0, 1800, 7200])


def scores(tt, a, b, when, slack_s):
    journeys = reach.journeys(
        tt, point(a), point(b), when, limits=reach.Limits(MAX_RIDES, min_transfer_s=slack_s)
    )
    return {(j.departure_s, j.arrival_s, j.rides, j.walk_s) for j in journeys}


def all_of(road, a, b, slack_s, *, depart_s=None, arrive_s=None):
    """Every journey, the way on foot at the moment asked for included."""
    tt, stops = road
    journeys = every_journey(
        tt, on_foot(stops, a), on_foot(stops, b), on=MONDAY, max_rides=MAX_RIDES, slack_s=slack_s
    )
    walk_s = direct(a, b)
    if walk_s is not None:
        leave_s = depart_s if arrive_s is None else arrive_s - walk_s
        journeys.add((leave_s, leave_s + walk_s, 0, walk_s))
    return journeys


@examples(150)
@given(roads(), metres, metres, moments, slacks, patiences)
def test_leaving_at_a_moment(road, a, b, depart_s, slack_s, patience_s):
    when = reach.When(MONDAY, depart_s, patience_s=patience_s)
    expected = leaving_at(
        all_of(road, a, b, slack_s, depart_s=depart_s), depart_s, patience_s=patience_s
    )
    assert {(0, *score[1:]) for score in scores(road[0], a, b, when, slack_s)} == expected


@examples(150)
@given(roads(), metres, metres, moments, windows, slacks)
def test_leaving_within_a_window(road, a, b, depart_s, window_s, slack_s):
    """What a journey leaving after the window betters need not be offered, all else is."""
    when = reach.When(MONDAY, depart_s, window_s=window_s, patience_s=None)
    every = all_of(road, a, b, slack_s, depart_s=depart_s)
    within = {j for j in every if depart_s <= j[0] <= depart_s + window_s}
    later = {j for j in every if j[0] > depart_s + window_s}
    needed = {j for j in undominated(within) if not any(betters(other, j) for other in later)}
    scored = scores(road[0], a, b, when, slack_s)
    assert needed <= scored <= within
    assert undominated(scored) == scored


@examples(300)
@given(roads(), metres, metres, moments, st.just(0) | windows, slacks, patiences)
def test_arriving_by_a_moment(road, a, b, arrive_s, window_s, slack_s, patience_s):
    when = reach.When(MONDAY, arrive_s=arrive_s, window_s=window_s, patience_s=patience_s)
    expected = arriving_by(
        all_of(road, a, b, slack_s, arrive_s=arrive_s), arrive_s, window_s, patience_s=patience_s
    )
    assert scores(road[0], a, b, when, slack_s) == expected


@examples(100)
@given(roads(), metres, metres, moments, slacks)
def test_the_first_to_arrive_alone_is_the_best_of_all(road, a, b, arrive_s, slack_s):
    """Latest departure, then first arrival, fewest rides, least walk: the rest is not searched."""
    every, alone = (
        reach.journeys(
            road[0], point(a), point(b),
            reach.When(MONDAY, arrive_s=arrive_s, patience_s=0, first_alone=first_alone),
            limits=reach.Limits(MAX_RIDES, min_transfer_s=slack_s),
        )
        for first_alone in (False, True)
    )  # fmt: skip
    assert set(alone) <= set(every)
    assert _best(alone) == _best(every)


def _best(journeys):
    return min(((-j.departure_s, j.arrival_s, j.rides, j.walk_s) for j in journeys), default=None)
