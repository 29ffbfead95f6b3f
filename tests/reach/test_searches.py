"""Fast equals slow on random worlds; range equals independent; backward equals forward mirrored."""

from datetime import timedelta

import naive
import numpy as np
import pytest
from dense import roads
from draw import MONDAY, draw
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import worlds

from traitdunion import reach
from traitdunion.reach.one_to_all import by_vehicle_profile

moments = st.integers(0, 30 * 4).map(lambda quarter: quarter * 900)
days = st.integers(0, 6).map(lambda d: MONDAY + timedelta(d))
rides = st.integers(0, 4)
AT_STOPS = reach.Modes(access=(), egress=())
slacks = st.sampled_from([0, 0, 120])
settings.register_profile("reach", max_examples=150, deadline=None)
settings.load_profile("reach")


def access_of(tt, *pairs):
    return np.array([s for s, _ in pairs], np.int32), np.array([t for _, t in pairs], np.int32)


@given(worlds(), st.integers(0, 5), moments, days, rides, slacks)
def test_a_search_equals_the_naive_one(tt, stop, depart_s, on, max_rides, slack_s):
    stop = stop % tt.n_stops
    slow = naive.earliest_arrivals(
        tt, {stop: 60}, depart_s, on=on, max_rides=max_rides, min_transfer_s=slack_s
    )
    fast = reach.earliest_arrivals(
        tt,
        access_of(tt, (stop, 60)),
        depart_s,
        on=on,
        limits=reach.Limits(max_rides=max_rides, min_transfer_s=slack_s),
    )
    assert {s: int(t) for s, t in enumerate(fast) if t != reach.UNREACHED} == slow


@given(worlds(), st.lists(moments, min_size=1, max_size=6), days, rides, slacks, st.booleans())
def test_a_range_equals_independent_searches(tt, departs_s, on, max_rides, slack_s, backward):
    search = reach.latest_departures if backward else reach.earliest_arrivals
    options = {"on": on, "limits": reach.Limits(max_rides, min_transfer_s=slack_s)}
    together = reach.profile(tt, 0, departs_s, backward=backward, **options)
    alone = np.stack([search(tt, 0, depart_s, **options) for depart_s in departs_s])
    np.testing.assert_array_equal(together, alone)


@given(worlds(), st.lists(moments, min_size=1, max_size=6, unique=True), moments, days, rides)
def test_a_bounded_range_leaves_out_what_arrives_later_and_nothing_else(
    tt, departs_s, limit_s, on, max_rides
):
    limits = reach.Limits(max_rides)
    view, access = tt.view(on, limits), access_of(tt, (0, 0))
    times = np.array(departs_s, np.int32)
    every = by_vehicle_profile(tt, view, access, times, limits)
    bounded = by_vehicle_profile(tt, view, access, times, limits, limit_s)
    np.testing.assert_array_equal(bounded, np.where(every <= limit_s, every, reach.UNREACHED))


@given(worlds(), moments, days, rides, slacks)
def test_backward_is_the_largest_departure_that_forward_confirms(
    tt, arrive_s, on, max_rides, slack_s
):
    """Latest departure d towards stop 0: leaving at d is in time, leaving at d + 1 is not."""
    options = {"on": on, "limits": reach.Limits(max_rides, min_transfer_s=slack_s)}
    latest = reach.latest_departures(tt, on_foot(tt, 0, towards=True), arrive_s, **options)
    for stop, depart_s in enumerate(latest):
        here = on_foot(tt, stop)
        if depart_s == reach.UNREACHED:
            assert reach.earliest_arrivals(tt, here, -40_000, **options)[0] > arrive_s
            continue
        assert reach.earliest_arrivals(tt, here, int(depart_s), **options)[0] <= arrive_s
        assert reach.earliest_arrivals(tt, here, int(depart_s) + 1, **options)[0] > arrive_s


def on_foot(tt, stop, *, towards=False):
    """The stop itself and those linked to it by a footpath, as an access."""
    ends = tt.arrays["footpath_from"], tt.arrays["footpath_to"]
    here, there = reversed(ends) if towards else ends
    linked = here == stop
    seconds = tt.arrays["footpath_fixed_s"][linked]
    return access_of(tt, (stop, 0), *zip(there[linked], seconds, strict=True))


@given(worlds(), moments, days)
def test_journeys_arrive_when_the_search_says(tt, depart_s, on):
    arrivals = reach.earliest_arrivals(tt, access_of(tt, (0, 0)), depart_s, on=on)
    for stop in range(1, tt.n_stops):
        journeys = reach.journeys(tt, 0, stop, reach.When(on, depart_s), modes=AT_STOPS)
        for journey in journeys:
            check_legs(journey)
            assert journey.departure_s >= depart_s
        by_vehicle = [j.arrival_s for j in journeys]
        if by_vehicle:
            assert min(by_vehicle) >= arrivals[stop]
        last_by_walk = stop in tt.arrays["footpath_to"]
        if not last_by_walk:
            expected = arrivals[stop] if journeys else reach.UNREACHED
            assert min(by_vehicle, default=reach.UNREACHED) == expected == arrivals[stop]


@given(worlds(), moments, days)
def test_fewer_rides_are_kept_as_long_as_they_cost_time(tt, depart_s, on):
    by_key = {
        stop: reach.journeys(tt, 0, stop, reach.When(on, depart_s, patience_s=None), modes=AT_STOPS)
        for stop in range(1, tt.n_stops)
        if stop not in tt.arrays["footpath_to"]
    }
    for max_rides in (1, 2, 3):
        arrivals = reach.earliest_arrivals(tt, 0, depart_s, on=on, limits=reach.Limits(max_rides))
        for stop, journeys in by_key.items():
            within = [j.arrival_s for j in journeys if j.rides <= max_rides]
            assert min(within, default=reach.UNREACHED) == arrivals[stop]


@given(worlds(), moments, days)
def test_arriving_by_leaves_when_the_backward_search_says(tt, arrive_s, on):
    latest = reach.latest_departures(tt, 0, arrive_s, on=on)
    for stop in range(1, tt.n_stops):
        if stop in tt.arrays["footpath_from"]:
            continue
        journeys = reach.journeys(tt, stop, 0, reach.When(on, arrive_s=arrive_s), modes=AT_STOPS)
        assert all(j.arrival_s <= arrive_s for j in journeys)
        departures = [j.departure_s for j in journeys]
        assert max(departures, default=reach.UNREACHED) == latest[stop]


@given(worlds(), moments, days)
def test_a_pareto_set_holds_no_journey_that_another_betters(tt, depart_s, on):
    journeys = reach.journeys(tt, 0, 1, reach.When(on, depart_s, window_s=7200))
    scores = [(-j.departure_s, j.arrival_s, j.rides, j.walk_s) for j in journeys]
    for i, a in enumerate(scores):
        assert not any(
            all(x <= y for x, y in zip(b, a, strict=True)) for k, b in enumerate(scores) if k != i
        )
    assert all(depart_s <= j.departure_s <= depart_s + 7200 for j in journeys)


def check_legs(journey):
    for before, after in zip(journey.legs, journey.legs[1:], strict=False):
        assert before.to_stop == after.from_stop
        assert before.arrival_s <= after.departure_s
    assert all(leg.duration_s >= 0 for leg in journey.legs)


def test_an_empty_timetable_reaches_nothing():
    tt = draw("A 8:00 > B 8:10", running={0: []})
    assert reach.earliest_arrivals(tt, access_of(tt, (0, 0)), 0, on=MONDAY).tolist() == [
        0,
        reach.UNREACHED,
    ]


@settings(max_examples=100, deadline=None)
@given(roads(most_trips=14), st.integers(5, 11), st.integers(1, 90), st.sampled_from([60, 300, 7]))
def test_a_percentile_of_a_window_is_that_of_all_its_departures(road, hour, steps, step_s):
    tt, _ = road
    departs = np.arange(steps) * step_s + hour * 3600
    times = reach.profile(tt, 0, departs, on=MONDAY)
    spent = np.where(times == reach.UNREACHED, reach.UNREACHED, times - departs[:, None])
    for share in (0, 0.25, 0.5, 1):
        kept = np.sort(spent, axis=0)[int(share * (steps - 1) + 0.5)]
        percentiles = reach.window_percentile(
            tt, 0, hour * 3600, steps * step_s, on=MONDAY, share=share, step_s=step_s
        )
        assert percentiles.tolist() == kept.tolist()


def test_a_window_without_departures_is_refused():
    tt = draw("A 8:00 > B 8:30")
    with pytest.raises(ValueError, match="no departure"):
        reach.window_percentile(tt, 0, 0, 0, on=MONDAY)


@settings(max_examples=80, deadline=None)
@given(roads(most_trips=14), st.integers(0, 30), st.sampled_from([900, 7200]), slacks)
def test_many_origins_at_once_are_each_alone_within_a_horizon(road, hour, horizon_s, slack_s):
    tt, _ = road
    limits = reach.Limits(max_rides=3, min_transfer_s=slack_s)
    depart_s, on = hour * 3600, MONDAY + timedelta(2)
    around = (np.array([1, 2], np.int32), np.array([60, 600], np.int32))
    for origins in ([*range(tt.n_stops)], [0, around]):
        together = reach.earliest_arrivals_from_each(
            tt, origins, depart_s, on=on, horizon_s=horizon_s, limits=limits
        )
        for row, origin in zip(together, origins, strict=True):
            alone = reach.earliest_arrivals(
                tt, origin, depart_s, on=on, limits=limits, by_s=depart_s + horizon_s
            )
            assert row.tolist() == alone.tolist()
        whole = reach.earliest_arrivals_from_each(tt, origins, depart_s, on=on, limits=limits)
        windows = reach.window_percentiles(tt, origins, depart_s, 600, on=on, limits=limits)
        for row, window, origin in zip(whole, windows, origins, strict=True):
            alone = reach.earliest_arrivals(tt, origin, depart_s, on=on, limits=limits)
            assert row.tolist() == alone.tolist()
            of_one = reach.window_percentile(tt, origin, depart_s, 600, on=on, limits=limits)
            assert window.tolist() == of_one.tolist()
