"""The tables, of feasibility and of travel times, give exactly what each search alone gives.

Verdicts on 300 dense worlds: on foot, with a bicycle aboard, with a vehicle left at a stop or by
asking.
"""

import random
import sys
from datetime import date
from functools import partial

import numpy as np
import pytest
from dense import STEP_M, metres, roads
from draw import MONDAY, draw
from draw_on_demand import Asked, OnDemandDrawing, point
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from traitdunion import reach

hours = st.integers(6, 11).map(lambda hour: hour * 3600)
two_places = st.lists(metres, min_size=1, max_size=2)
limits = st.builds(
    reach.Limits,
    max_rides=st.integers(1, 3),
    min_transfer_s=st.sampled_from([0, 120]),
    access_margin_s=st.sampled_from([0, 90]),
    access_margin_percent=st.sampled_from([0, 20]),
)
NEAR_BIKE = reach.Mode("bike", speed_kmh=13, max_m=3_000)
longest = st.sampled_from([1800, 7200, 24 * 3600])
ASKED = OnDemandDrawing(
    [
        Asked("nord 6:00-9:00 > sud 6:00-12:00"),
        Asked("sud 7:00-12:00 > nord 7:00-13:00", offset_s=600),
    ],
    {"nord": [(4 * STEP_M + 325, 9 * STEP_M + 325)]},
    {"sud": "AB"},
)


def verdicts_agree(tt, homes, works, shift, commute):
    """The table equals each pair alone, departures and returns included."""
    homes, works = ([point(m) for m in places] for places in (homes, works))
    table = reach.feasibility(tt, homes, works, [shift], week=MONDAY, commute=commute)
    for h, home in enumerate(homes):
        for w, work in enumerate(works):
            week = reach.there_and_back(tt, home, work, shift, week=MONDAY, commute=commute)
            for day in week.days:
                here = h, w, 0, day.on.weekday()
                assert table.feasible[here] == day.feasible
                if day.feasible:
                    assert table.leave_s[here] == day.out.departure_s
                    assert table.home_s[here] == day.back.arrival_s


def shift_of(start_s, lasts_s):
    return reach.Shift(start_s, start_s + lasts_s, frozenset({0, 1}))


@examples(180)
@given(roads(most_trips=14), two_places, two_places, hours, hours, limits, longest)
def test_on_foot_and_by_line(road, homes, works, start_s, lasts_s, limits, max_trip_s):
    commute = reach.Commute(max_trip_s=max_trip_s, limits=limits)
    verdicts_agree(road[0], homes, works, shift_of(start_s, lasts_s // 4), commute)


@examples(60)
@given(roads(most_trips=14, bikes=range(0, 14, 2)), two_places, two_places, hours, limits, longest)
def test_with_a_bicycle_aboard(road, homes, works, start_s, limits, max_trip_s):
    commute = reach.Commute(max_trip_s=max_trip_s, bike_aboard=NEAR_BIKE, limits=limits)
    verdicts_agree(road[0], homes, works, shift_of(start_s, 3600), commute)


@examples(60)
@given(
    roads(most_trips=10, asked=ASKED), metres, metres, hours,
    st.sampled_from(["home_vehicle", "work_vehicle", "on_demand"]), longest,
)  # fmt: skip
def test_with_a_vehicle_left_at_a_stop_or_by_asking(road, a, b, start_s, option, max_trip_s):
    value = reach.OnDemand() if option == "on_demand" else NEAR_BIKE
    commute = reach.Commute(max_trip_s=max_trip_s, **{option: value})
    verdicts_agree(road[0], [a], [b], shift_of(start_s, 3600), commute)


@examples(60)
@given(roads(most_trips=10, asked=ASKED), metres, metres, hours, st.booleans(), st.booleans())
def test_the_stop_chosen_for_a_vehicle_has_the_shortest_day(road, a, b, start_s, at_home, asking):
    """Each stop in turn as the only one where the vehicle may be left: none does better."""
    tt, stops = road
    shift = shift_of(start_s, 3600)
    asked = reach.OnDemand() if asking else None
    side = "home_vehicle" if at_home else "work_vehicle"
    week = partial(reach.there_and_back, tt, point(a), point(b), shift, week=MONDAY)
    day = week(commute=reach.Commute(on_demand=asked, **{side: NEAR_BIKE})).days[0]
    alone = []
    for row in range(len(stops)):
        streets = OnlyStop(tt, row)
        commute = reach.Commute(on_demand=asked, **{side: NEAR_BIKE})
        alone.append(week(commute=commute, streets=streets).days[0])
    away = [other.away_s for other in alone if other.feasible]
    assert day.feasible == bool(away)
    if away:
        assert day.away_s == min(away)


class OnlyStop(reach.DetourStreets):
    """Streets on which a bicycle may be left at one stop alone."""

    def __init__(self, tt, row):
        super().__init__(tt.arrays["stop_lat"], tt.arrays["stop_lon"])
        self.row = row

    def stops_around(self, point, mode, *, towards=False):
        near = super().stops_around(point, mode, towards=towards)
        kept = near.stops == self.row if mode == NEAR_BIKE else np.ones(len(near.stops), bool)
        return type(near)(*(column[kept] for column in near))


@examples(120)
@given(
    roads(most_trips=14), metres, metres, st.lists(hours, min_size=1, max_size=3), limits,
    st.sampled_from([(reach.WALK,), (reach.WALK, NEAR_BIKE), (NEAR_BIKE,)]),
    st.sampled_from([(reach.WALK,), (NEAR_BIKE, reach.WALK)]),
)  # fmt: skip
def test_travel_times(road, a, b, departs_s, limits, access, egress):
    modes = reach.Modes(access, egress)
    table = reach.matrix(
        road[0], [point(a)], [point(b)], reach.Departures(MONDAY, departs_s),
        modes=modes, limits=limits,
    )  # fmt: skip
    for depart_s, seconds in zip(departs_s, table[0, 0].tolist(), strict=True):
        journeys = reach.journeys(
            road[0], point(a), point(b), reach.When(MONDAY, depart_s), modes=modes, limits=limits
        )
        soonest = min((j.arrival_s - depart_s for j in journeys), default=reach.UNREACHED)
        assert seconds == soonest


def test_a_table_refuses_what_it_does_not_honour():
    modes, tomorrow = reach.Modes(on_demand=reach.OnDemand()), reach.Departures(MONDAY, [0])
    with pytest.raises(ValueError, match="services on demand"):
        reach.matrix(draw("A 8:00 > B 9:00"), [0], [1], tomorrow, modes=modes)


@pytest.mark.parametrize(
    "options",
    [
        {"home_vehicle": reach.BIKE, "work_vehicle": reach.BIKE},
        {"home_vehicle": reach.BIKE, "bike_aboard": reach.BIKE},
        {"limits": reach.Limits(service_days=(0,))},
        {"max_trip_s": -1},
    ],
)
def test_a_commute_that_would_be_half_ignored_is_refused(options):
    with pytest.raises(ValueError, match=r"one of|service_days|negative"):
        reach.Commute(**options)


def test_tables_equal_searches_on_a_dense_city(shared):
    """Montpellier: 4 homes, 2 sites, early and office hours, on two days of the week."""
    feed = shared / "transit/benchmark/montpellier_tam_2024.zip"
    monday = date(2024, 1, 15)
    tt = reach.Timetable.from_gtfs(feed, start=monday, days=7)
    served = np.flatnonzero(tt.is_served)
    chosen = random.Random(7).sample(served.tolist(), 6)
    # 200 m north of a stop: on foot to several.
    places = [
        reach.Point(float(tt.arrays["stop_lat"][row]) + 0.0018, float(tt.arrays["stop_lon"][row]))
        for row in chosen
    ]
    homes, sites = places[:4], places[4:]
    days = frozenset({0, 6})
    shifts = [reach.Shift(start_s * 3600, (start_s + 8) * 3600, days) for start_s in (5, 9)]
    commute = reach.Commute(max_trip_s=3600)
    table = reach.feasibility(tt, homes, sites, shifts, week=monday, commute=commute)
    for h, home in enumerate(homes):
        for w, site in enumerate(sites):
            for k, shift in enumerate(shifts):
                week = reach.there_and_back(tt, home, site, shift, week=monday, commute=commute)
                for day in week.days:
                    here = h, w, k, day.on.weekday()
                    assert table.feasible[here] == day.feasible
                    if day.feasible:
                        assert table.leave_s[here] == day.out.departure_s
                        assert table.home_s[here] == day.back.arrival_s
    asked = table.feasible[..., [0, 6]]
    assert 0 < asked.sum() < asked.size  # neither all nor none


def test_blocks_of_a_matrix_are_its_rows_in_order(monkeypatch):
    # Five origins by blocks of two: they begin at 0, 2 and 4, the last has one row.
    # The name of the module is hidden by that of its function.
    monkeypatch.setattr(sys.modules["traitdunion.reach.matrix"], "CHUNK", 2)
    tt = draw("A 7:00 > B 7:10 > C 7:25 > D 7:45 > E 8:00")
    departures = reach.Departures(MONDAY, [23_400, 24_900])  # 6:30, 6:55
    asked = (tt, [0, 1, 2, 3, 4], [3, 4], departures)
    shares: list[float] = []
    blocks = list(reach.matrix_chunks(*asked, run=reach.Run(2, progress=shares.append)))
    assert [(start, block.shape) for start, block in blocks] == [
        (0, (2, 2, 2)), (2, (2, 2, 2)), (4, (1, 2, 2)),
    ]  # fmt: skip
    assert shares == [0.4, 0.8, 1.0]
    whole = reach.matrix(*asked)
    assert (np.concatenate([block for _, block in blocks]) == whole).all()
    # From A at 6:30, D is 75 minutes away.
    assert whole[0, 0, 0] == 75 * 60
    assert list(reach.matrix_chunks(tt, [], [3], departures)) == []
    assert reach.matrix(tt, [], [3], departures).shape == (0, 1, 2)
    assert reach.matrix(tt, [0], [], departures).shape == (1, 0, 2)


def test_a_vehicle_of_a_matrix_is_missed_by_one_second():
    tt = draw("A 8:00 > B 8:30")
    departures = reach.Departures(MONDAY, [28_799, 28_800, 28_801])
    assert reach.matrix(tt, [0], [1], departures)[0, 0].tolist() == [
        1801,
        1800,
        88_199,
    ]  # the next day
