"""What may follow what, and what is worth offering: worlds of a few lines, worked by hand.

On the road of `draw_on_demand`, 650 m take 676 s on foot and 63 s by car.
"""

from datetime import date, timedelta

import numpy as np
import pytest
from draw import MONDAY, at, draw
from draw_on_demand import KM, Asked, OnDemandDrawing, point, stops

from traitdunion import reach

HOME = point(2_600)
BY_ASKING = reach.Modes(on_demand=reach.OnDemand())
THAT_DAY = reach.Limits(service_days=(0,))


def legs(tt, a, b, *, modes=BY_ASKING, limits=THAT_DAY, **moment):
    journeys = reach.journeys(tt, a, b, reach.When(MONDAY, **moment), modes=modes, limits=limits)
    return [[(leg.kind, leg.departure_s, leg.arrival_s) for leg in j.legs] for j in journeys]


def at_the_quay(*calls, change_s=60):
    """A ride to the stop Q (13 km), a minute on foot from the station G, whence a train to T."""
    return draw(
        "G 8:00 > T 8:30 (train)",
        "T 17:00 > G 17:30 (train)",
        places=stops(G=14_950, Q=13_000, T=60 * KM),
        walks={"QG": change_s, "GQ": change_s},
        asked=OnDemandDrawing(
            [Asked(text) for text in calls], {"pays": [(0, 5 * KM)]}, {"quai": "Q"}
        ),
    )


# -- a vehicle, a walk, a vehicle --------------------------------------------------------------


def test_a_ride_on_demand_leads_to_a_train_a_walk_away():
    # 10.4 km by car: 1,008 s, then 60 s on foot for the 8:00.
    tt = at_the_quay("pays 7:00-9:00 > quai 7:00-9:00")
    expected = [
        [
            ("on_demand", at("8:00") - 60 - 1_008, at("8:00") - 60),
            ("walk", at("8:00") - 60, at("8:00")),
            ("ride", at("8:00"), at("8:30")),
        ]
    ]
    train = tt.stop_index("T")
    assert legs(tt, HOME, train, depart_s=at("7:00")) == expected
    assert legs(tt, HOME, train, arrive_s=at("9:00")) == expected
    # A minute later the walk is missed.
    assert legs(tt, HOME, train, depart_s=at("8:00") - 60 - 1_008 + 1) == []


def test_a_train_leads_to_a_ride_on_demand_a_walk_away():
    tt = at_the_quay("quai 17:00-19:00 > pays 17:00-19:00")
    expected = [
        [
            ("ride", at("17:00"), at("17:30")),
            ("walk", at("17:30"), at("17:31")),
            ("on_demand", at("17:31"), at("17:31") + 1_008),
        ]
    ]
    train = tt.stop_index("T")
    assert legs(tt, train, HOME, depart_s=at("16:00")) == expected
    assert legs(tt, train, HOME, arrive_s=at("18:30")) == expected


def test_two_rides_on_demand_meet_across_a_walk_where_rides_may_be_chained():
    tt = draw(
        places=stops(A=13_000, B=14_950, C=25_350),
        walks={"AB": 300},
        asked=OnDemandDrawing(
            [Asked("pays 7:00-9:00 > a 7:00-9:00"), Asked("b 8:00-9:00 > c 8:00-9:00")],
            {"pays": [(0, 5 * KM)]},
            {"a": "A", "b": "B", "c": "C"},
        ),
    )
    chained = reach.Modes(on_demand=reach.OnDemand(chain=True))
    place = tt.stop_index("C")
    assert legs(tt, HOME, place, depart_s=at("7:55")) == []
    assert legs(tt, HOME, place, depart_s=at("7:55"), modes=chained) == [
        [
            ("on_demand", at("7:55"), at("7:55") + 1_008),
            ("walk", at("7:55") + 1_008, at("7:55") + 1_308),
            ("on_demand", at("7:55") + 1_308, at("7:55") + 2_316),
        ]
    ]


def test_a_shuttle_and_a_bicycle_left_a_walk_away_meet():
    # The bicycle waits at the stop P, the shuttle stops at the firm's gate S, 5 minutes away.
    tt = draw(
        places=stops(P=5_200, S=7_150, F=30 * KM),
        walks={"PS": 300, "SP": 300},
        asked=OnDemandDrawing(
            [
                Asked("s 7:00-8:00 > f 7:00-9:00"),
                Asked("f 16:00-17:00 > s 16:00-18:00"),
            ],
            {},
            {"s": "S", "f": "F"},
        ),
    )
    bike = reach.Mode("bike", speed_kmh=13, max_m=3_500)  # P is in reach, S is not
    week = reach.there_and_back(
        tt, HOME, point(30 * KM), reach.Shift(at("8:30"), at("16:00"), frozenset({0})), week=MONDAY,
        commute=reach.Commute(home_vehicle=bike, on_demand=reach.OnDemand()),
    )  # fmt: skip
    (day,) = week.days
    assert day.feasible
    assert [leg.kind for leg in day.out.legs] == ["bike", "walk", "on_demand"]
    assert [leg.kind for leg in day.back.legs] == ["on_demand", "walk", "bike"]


def test_the_least_time_of_a_change_is_kept_after_a_ride_on_demand_and_before_it():
    out = at_the_quay("pays 7:00-9:00 > quai 7:00-9:00")
    slow = reach.Limits(service_days=(0,), min_transfer_s=180)
    (journey,) = legs(out, HOME, out.stop_index("T"), arrive_s=at("9:00"), limits=slow)
    assert journey[0][1] == at("8:00") - 180 - 60 - 1_008
    back = at_the_quay("quai 17:00-19:00 > pays 17:00-19:00")
    (journey,) = legs(back, back.stop_index("T"), HOME, depart_s=at("16:00"), limits=slow)
    assert journey[-1][1] == at("17:31") + 180


# -- the sentinel ------------------------------------------------------------------------------


def test_stops_reached_on_foot_have_the_seconds_of_the_walk():
    tt = draw("A 8:00 > B 9:00", "A 14:00 > B 15:00", places=stops(A=3_250, B=60 * KM))
    reached, seconds = reach.access_at(tt, HOME, at("12:00"), on=MONDAY)
    assert (reached.tolist(), seconds.tolist()) == ([0], [676])
    arrivals = reach.earliest_arrivals(tt, (reached, seconds), at("12:00"), on=MONDAY)
    assert arrivals[1] == at("15:00")


def test_what_one_search_does_not_reach_gives_no_way_to_the_next():
    tt = draw("A 8:00 > B 9:00", "C 9:30 > D 10:00", walks={})
    first = reach.earliest_arrivals(tt, 0, at("7:00"), on=MONDAY, limits=THAT_DAY)
    assert first.tolist() == [at("7:00"), at("9:00"), reach.UNREACHED, reach.UNREACHED]
    access = np.arange(4), np.where(first == reach.UNREACHED, first, first - at("7:00"))
    again = reach.earliest_arrivals(tt, access, at("7:00"), on=MONDAY, limits=THAT_DAY)
    assert again[3] == reach.UNREACHED


@pytest.mark.parametrize("far_s", [reach.UNREACHED, -reach.UNREACHED, 31 * 86_400])
def test_a_moment_beyond_all_measure_is_refused(far_s):
    tt = draw("A 8:00 > B 9:00")
    with pytest.raises(ValueError, match="month"):
        reach.When(MONDAY, far_s)
    with pytest.raises(ValueError, match="month"):
        reach.earliest_arrivals(tt, 0, far_s, on=MONDAY)


# -- tables walk once --------------------------------------------------------------------------


def test_a_table_does_not_walk_twice_past_a_stop():
    # The stop stands 1,300 m from home and from work, which are 2,600 m apart: 3,380 m of road.
    tt = draw("A 3:00 > B 3:10", places=stops(A=3_900, B=60 * KM))
    home, work = [point(2_600)], [point(5_200)]
    shift = reach.Shift(at("8:00"), at("16:00"))
    assert reach.there_and_back(tt, home[0], work[0], shift, week=MONDAY).feasible_days == 0
    assert not reach.feasibility(tt, home, work, [shift], week=MONDAY).feasible.any()
    noon = reach.Departures(MONDAY, [at("12:00")])
    assert reach.matrix(tt, home, work, noon)[0, 0, 0] == reach.UNREACHED


def test_a_ride_and_two_walks_in_a_row_are_no_way_of_a_table():
    tt = draw("A 8:00 > B 8:30", places=stops(A=0, B=30 * KM, C=33 * KM), walks={"BC": 600})
    times = reach.matrix(tt, [0], [point(33 * KM)], reach.Departures(MONDAY, [at("7:00")]))
    assert times[0, 0, 0] == reach.UNREACHED


# -- relevance and bounds ----------------------------------------------------------------------


def test_arriving_by_with_a_window_leaves_the_night_bus_aside():
    # B is at the door at 3:00, A is 676 s away at 9:00: six hours of sleep are worth the walk.
    tt = draw("B 3:00 > E 3:10", "A 9:00 > E 9:10", places=stops(A=3_250, B=2_600, E=60 * KM))
    there = tt.stop_index("E")
    kept = [[("walk", at("9:00") - 676, at("9:00")), ("ride", at("9:00"), at("9:10"))]]
    for window_s in (600, 0):
        assert legs(tt, HOME, there, arrive_s=at("10:00"), window_s=window_s) == kept
    unbounded = legs(tt, HOME, there, arrive_s=at("10:00"), patience_s=None)
    assert unbounded == [[("ride", at("3:00"), at("3:10"))], *kept]


@pytest.mark.parametrize(("patience_s", "offered"), [(7_200, 2), (7_199, 1)])
def test_less_walking_is_worth_two_hours_and_no_more(patience_s, offered):
    # On foot to A at 8:00, arriving at 8:10; at the door of B two hours later to the second.
    tt = draw("A 8:00 > E 8:10", "B 10:00 > E 10:10", places=stops(A=3_250, B=2_600, E=60 * KM))
    ride_legs = legs(tt, HOME, tt.stop_index("E"), depart_s=at("7:00"), patience_s=patience_s)
    assert len(ride_legs) == offered


def test_leaving_in_the_afternoon_the_bus_of_the_next_day_is_not_offered():
    tt = draw("A 15:30 > E 15:40", "B 7:00 > E 7:10", places=stops(A=3_250, B=2_600, E=60 * KM))
    every_day = reach.Limits()
    (journey,) = legs(tt, HOME, tt.stop_index("E"), depart_s=at("15:00"), limits=every_day)
    assert journey[-1][1] == at("15:30")


def test_a_departure_within_the_window_is_offered_even_if_a_later_one_is_better():
    # 8:00 → 9:00 is all the window holds, though 8:40 → 8:50 leaves after it and arrives before.
    tt = draw(
        "A 8:00 > E 9:00", "A 8:40 > E 8:50", "C 8:20 > D 8:30",
        places=stops(A=2_600, C=3_250, D=50 * KM, E=60 * KM),
    )  # fmt: skip
    ride_legs = legs(tt, HOME, tt.stop_index("E"), depart_s=at("8:00"), window_s=1800)
    assert ride_legs == [[("ride", at("8:00"), at("9:00"))]]


# -- stations, entrances, places without a mode ------------------------------------------------


def station(*trips):
    """A station S with its platforms P and Q, and an entrance E, all 50 m apart."""
    tt = draw(*trips, places=stops(S=0, P=50, Q=100, E=150, B=60 * KM), walks={})
    parent = np.full(tt.n_stops, -1, np.int32)
    parent[[tt.stop_index(name) for name in "PQE"]] = tt.stop_index("S")
    return type(tt)(tt.header, tt.arrays | {"stop_parent": parent})


def test_a_station_as_an_origin_reaches_its_platforms():
    tt = station("P 8:00 > B 9:00", "B 17:00 > Q 18:00")
    there, far = tt.stop_index("S"), tt.stop_index("B")
    at_stops = reach.Modes((), ())
    assert legs(tt, there, far, depart_s=at("7:00"), modes=at_stops) == [
        [("ride", at("8:00"), at("9:00"))]
    ]
    assert legs(tt, far, there, arrive_s=at("19:00"), modes=at_stops) == [
        [("ride", at("17:00"), at("18:00"))]
    ]
    assert reach.earliest_arrivals(tt, there, at("7:00"), on=MONDAY)[far] == at("9:00")
    assert reach.latest_departures(tt, there, at("19:00"), on=MONDAY)[far] == at("17:00")
    each = reach.earliest_arrivals_from_each(
        tt, [far, there], at("7:00"), on=MONDAY, horizon_s=2 * 3600
    )
    assert each[1].tolist() == reach.earliest_arrivals(tt, there, at("7:00"), on=MONDAY).tolist()
    with pytest.raises(ValueError, match="outside the rows"):
        reach.earliest_arrivals_from_each(tt, [-1], 0, on=MONDAY, horizon_s=0)


def test_only_stops_where_something_calls_are_tied_to_a_place():
    tt = station("P 8:00 > B 9:00", "B 17:00 > Q 18:00")
    reached, _ = reach.access_at(tt, point(0), at("7:00"), on=MONDAY)
    assert sorted(reached.tolist()) == [tt.stop_index("P"), tt.stop_index("Q")]


def test_points_without_any_mode_are_tied_to_nothing():
    tt = draw("A 8:00 > B 9:00", places=stops(A=0, B=60 * KM))
    assert legs(tt, point(0), point(60 * KM), depart_s=0, modes=reach.Modes((), ())) == []


# -- margins -----------------------------------------------------------------------------------


def test_a_margin_is_kept_after_an_access_whose_time_is_estimated():
    tt = draw("A 8:00 > B 9:00", places=stops(A=3_250, B=60 * KM))
    careful = reach.Limits(service_days=(0,), access_margin_s=120)
    there = tt.stop_index("B")
    (journey,) = reach.journeys(
        tt, HOME, there, reach.When(MONDAY, arrive_s=at("10:00")), limits=careful
    )
    walk = journey.legs[0]
    assert (walk.arrival_s, walk.margin_s) == (at("7:58"), 120)
    # One who leaves so as to be at the stop at eight misses the eight o'clock.
    late = {"depart_s": at("8:00") - 676, "modes": reach.Modes()}
    assert legs(tt, HOME, there, **late) != []
    assert legs(tt, HOME, there, limits=careful, **late) == []


def test_no_margin_is_kept_by_one_who_stands_at_the_stop():
    tt = draw("A 8:00 > B 9:00", places=stops(A=2_600, B=60 * KM))
    careful = reach.Limits(access_margin_s=120)
    arrive = {"arrive_s": at("10:00"), "limits": careful}
    assert legs(tt, HOME, tt.stop_index("B"), **arrive)[0][0][1] == at("8:00")


def test_the_margins_at_work_are_part_of_the_verdict():
    tt = draw("A 7:44 > B 7:57", "B 16:02 > A 16:20")
    shift = reach.Shift(at("8:00"), at("16:00"), frozenset({0}))

    def day(shift):
        return reach.there_and_back(tt, 0, 1, shift, week=MONDAY).days[0]

    assert day(shift).reason == reach.Reason.NO_TRIP_OUT
    assert (day(shift).margin_before_s, day(shift).margin_after_s) == (600, 300)
    tight = reach.Shift(
        at("8:00"), at("16:00"), frozenset({0}), margin_before_s=180, margin_after_s=120
    )
    assert day(tight).feasible
    assert (day(tight).wait_before_s, day(tight).wait_after_s) == (180, 120)


# -- days --------------------------------------------------------------------------------------


def test_a_shift_of_a_whole_day_sees_the_second_day_after():
    # From 23:00 to 23:00 the next day: home by the bus of 0:10 of the day after.
    tt = draw("A 22:00 > B 22:30", "B 0:10 > A 0:40")
    shift = reach.Shift(at("23:00"), at("47:00"), frozenset({0}))
    (day,) = reach.there_and_back(tt, 0, 1, shift, week=MONDAY).days
    assert day.feasible
    assert day.back.arrival_s == at("48:40")


def test_beyond_the_last_day_known_the_return_is_unknown_not_missing():
    tt = draw("A 22:00 > B 22:30", "B 0:10 > A 0:40", days=1)
    shift = reach.Shift(at("23:00"), at("47:00"), frozenset({0}))
    (day,) = reach.there_and_back(tt, 0, 1, shift, week=MONDAY).days
    assert day.reason == reach.Reason.OUTSIDE_TIMETABLE
    assert not reach.feasibility(tt, [0], [1], [shift], week=MONDAY).feasible.any()


def test_a_day_that_fails_shows_no_journey_of_another_day():
    # Nothing goes out on Tuesday: the way of Monday morning is 24 hours early.
    tuesday = MONDAY + timedelta(1)
    tt = draw("A 7:00 > B 7:30", "B 16:30 > A 17:00", running={0: [MONDAY], 1: [tuesday]})
    shift = reach.Shift(at("8:00"), at("16:00"), frozenset({1}))
    (day,) = reach.there_and_back(tt, 0, 1, shift, week=MONDAY).days
    assert (day.reason, day.out) == (reach.Reason.NO_TRIP_OUT, None)
    assert day.back.departure_s == at("16:30")


def test_a_stop_that_serves_within_the_longest_trip_is_preferred_to_a_shorter_day():
    # From P the day is shortest, but the way out alone takes three hours; from Q both take one.
    tt = draw(
        "P 5:30 > B 7:50", "B 16:05 > P 16:10", "Q 6:30 > B 7:00", "B 17:00 > Q 17:40",
        places=stops(P=5_200, Q=0, B=60 * KM), walks={},
    )  # fmt: skip
    shift = reach.Shift(at("8:00"), at("16:00"), frozenset({0}))
    commute = reach.Commute(home_vehicle=reach.BIKE)
    (day,) = reach.there_and_back(
        tt, HOME, tt.stop_index("B"), shift, week=date(2025, 3, 5), commute=commute
    ).days
    assert day.feasible
    assert day.out.legs[0].to_stop == tt.stop_index("Q")


# -- less walking ------------------------------------------------------------------------------

# One line goes to work from home itself at 7:45, one from 650 m away (676 s on foot) at 8:00, which
# is left for at 7:48:44; and back.
WORK = point(30 * KM)
SHIFT_8_40 = reach.Shift(at("8:40"), at("16:55"), frozenset({0}))
"""To be at work by 8:30; one leaves from 17:00."""
AT_HOME, A_WALK_AWAY = (at("7:45"), at("17:45")), (at("7:48:44"), at("17:41:16"))


@pytest.fixture(scope="module")
def two_lines():
    return draw(
        "H 7:45 > W 8:25", "A 8:00 > W 8:30", "W 17:00 > A 17:30", "W 17:05 > H 17:45",
        places=stops(H=2_600, A=3_250, W=30 * KM),
    )  # fmt: skip


def moments_of(week):
    (day,) = week.days
    assert day.feasible, day.reason
    return day.out.departure_s, day.back.arrival_s


def prefer(seconds, *, max_trip_s=7200):
    return reach.Commute(max_trip_s=max_trip_s, prefer_less_walk_s=seconds)


@pytest.mark.parametrize(
    ("prefer_s", "max_trip_s", "expected"),
    [
        (0, 7200, A_WALK_AWAY),
        (120, 7200, A_WALK_AWAY),  # the shorter walk costs 224 s in the morning, as in the evening
        (900, 7200, AT_HOME),
        (900, 2700, AT_HOME),  # 45 minutes, to the second
        (900, 2699, A_WALK_AWAY),
        (900, 2476, A_WALK_AWAY),
    ],
)
def test_the_least_walked_is_taken_where_it_is_not_too_long(
    two_lines, prefer_s, max_trip_s, expected
):
    commute = prefer(prefer_s, max_trip_s=max_trip_s)
    week = reach.there_and_back(two_lines, HOME, WORK, SHIFT_8_40, week=MONDAY, commute=commute)
    assert moments_of(week) == expected


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("7:30", "18:00", AT_HOME),
        # Dropped from 7:42 to 7:47, the child lets one walk to the second line, and no sooner.
        ("7:42", "18:00", A_WALK_AWAY),
        # Fetched by 17:46:16 after the first line back, too late after the second.
        ("7:30", "17:46:30", A_WALK_AWAY),
    ],
)
def test_a_shorter_walk_misses_no_hour_of_a_nursery(two_lines, opens, closes, expected):
    nursery = reach.Via(HOME, at(opens), at(closes), dwell_s=300)
    week = reach.there_and_back_via(
        two_lines, (HOME, WORK), SHIFT_8_40, nursery, week=MONDAY, commute=prefer(900)
    )
    (day,) = week.days
    assert day.feasible, day.reason
    ridden = [
        next(leg for leg in way.legs if leg.kind == "ride").departure_s
        for way in (day.out, day.back)
    ]
    at_home = [at("7:45"), at("17:05")]
    assert ridden == (at_home if expected == AT_HOME else [at("8:00"), at("17:00")])


def test_a_shorter_walk_is_left_for_the_hours_of_two_employers(two_lines):
    # From the first job, beside home, one is free at 7:46: the line at 7:45 has left.
    stays = [reach.Stay(HOME, at("6:00"), at("7:46")), reach.Stay(WORK, at("8:30"), at("17:00"))]
    ways = reach.day_chain(two_lines, HOME, stays, MONDAY, commute=prefer(900))
    assert ways is not None
    assert ways[1].departure_s == at("7:48:44")


def by_two(tt, first, then, **options):
    """Return the day of who works at home first, then at the other end of two lines."""
    shift = reach.Shift(
        at(first[0]), at(then[1]), days=frozenset({0}), margin_before_s=0, margin_after_s=0,
        periods=((at(first[0]), at(first[1])), (at(then[0]), at(then[1]))),
    )  # fmt: skip
    week = reach.there_and_back_by_two(tt, HOME, (HOME, WORK), shift, week=MONDAY, **options)
    return week.days[0]


def test_two_employers_in_a_day_are_the_chain_of_their_hours(two_lines):
    day = by_two(two_lines, ("6:00", "7:46"), ("8:30", "17:00"), commute=prefer(900))
    stays = [reach.Stay(HOME, at("6:00"), at("7:46")), reach.Stay(WORK, at("8:30"), at("17:00"))]
    chain = reach.day_chain(two_lines, HOME, stays, MONDAY, commute=prefer(900))
    assert day.feasible
    assert list(day.ways) == [day.out, day.onward, day.back] == chain
    assert day.onward.departure_s == at("7:48:44")


@pytest.mark.parametrize(
    ("first", "then", "reason", "ways"),
    [
        # Free at 7:50, both lines have left by the time one is at their stop.
        (("6:00", "7:50"), ("8:30", "17:00"), reach.Reason.NO_TRIP_BETWEEN, 1),
        # The lines back have left by the evening: the next are those of another day.
        (("6:00", "7:40"), ("8:30", "20:00"), reach.Reason.TOO_LONG, 3),
    ],
)
def test_a_day_at_two_places_names_the_way_that_is_missing(two_lines, first, then, reason, ways):
    day = by_two(two_lines, first, then)
    assert day.reason == reason
    assert len(day.ways) == ways


def test_a_day_at_two_places_past_the_timetable_is_not_known(two_lines):
    shift = reach.Shift(
        at("6:00"), at("17:00"), days=frozenset({0}),
        periods=((at("6:00"), at("7:40")), (at("8:30"), at("17:00"))),
    )  # fmt: skip
    later = MONDAY + timedelta(70)
    week = reach.there_and_back_by_two(two_lines, HOME, (HOME, WORK), shift, week=later)
    assert [day.reason for day in week.days] == [reach.Reason.OUTSIDE_TIMETABLE]


def test_tables_refuse_a_preference_that_they_do_not_keep(two_lines):
    with pytest.raises(ValueError, match="prefer_less_walk_s"):
        reach.feasibility(two_lines, [HOME], [WORK], [SHIFT_8_40], week=MONDAY, commute=prefer(900))
    with pytest.raises(ValueError, match="negative"):
        prefer(-1)
