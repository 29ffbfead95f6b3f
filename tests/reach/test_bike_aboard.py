"""A bicycle taken aboard: ridden at both ends, on the trips that say they take it."""

import pytest
from draw import MONDAY, at, draw
from draw_on_demand import KM, point, stops

from traitdunion import reach

# 3,900 m to the stop: 3,900 × 1.3 m at 13 km/h, and two minutes to lock or unlock.
HOME, WORK = point(1_300), point(44_900)
RIDE_S = round(3_900 * 1.3 * 3.6 / 13) + 120
OUT, BACK = "A 7:00 > B 7:30 (train)", "B 17:00 > A 17:30 (train)"


def road(*trips, bikes=(), **drawing):
    return draw(*trips, places=stops(A=5_200, B=41 * KM), bikes=bikes, **drawing)


def legs(tt, **moment):
    journeys = reach.journeys(
        tt, HOME, WORK, reach.When(MONDAY, **moment),
        modes=reach.Modes((reach.BIKE,), (reach.BIKE,), with_bike=True),
        limits=reach.Limits(service_days=(0,)),
    )  # fmt: skip
    return [[(leg.kind, leg.departure_s, leg.arrival_s) for leg in j.legs] for j in journeys]


def test_it_is_ridden_at_both_ends():
    assert legs(road(OUT, bikes=[0]), arrive_s=at("8:00")) == [
        [
            ("bike", at("7:00") - RIDE_S, at("7:00")),
            ("ride", at("7:00"), at("7:30")),
            ("bike", at("7:30"), at("7:30") + RIDE_S),
        ]
    ]


def test_only_trips_that_take_it_are_boarded():
    tt = road("A 6:30 > B 7:00", "A 7:00 > B 7:20", "A 7:10 > B 7:40", bikes=[0, 2])
    (journey,) = legs(tt, depart_s=at("6:40"))
    assert journey[1] == ("ride", at("7:10"), at("7:40"))
    assert legs(road(OUT), arrive_s=at("8:00")) == []


@pytest.mark.parametrize(("bikes", "served"), [([0, 1], True), ([0], False), ([1], False)])
def test_riders_who_stay_seated_keep_it_where_both_trips_take_it(bikes, served):
    tt = draw(
        "A 7:00 > C 7:10",
        "C 7:15 > B 7:30",
        places=stops(A=5_200, B=41 * KM, C=20 * KM),
        blocks={0: "x", 1: "x"},
        bikes=bikes,
    )
    assert bool(legs(tt, arrive_s=at("8:00"))) == served


def test_there_and_back_with_the_bicycle():
    shift = reach.Shift(at("8:30"), at("16:00"))
    commute = reach.Commute(bike_aboard=reach.BIKE)

    def days(tt, commute=commute):
        return reach.there_and_back(
            tt, HOME, WORK, shift, week=MONDAY, commute=commute
        ).feasible_days

    assert days(road(OUT, BACK, bikes=[0, 1])) == 5
    assert days(road(OUT, BACK, bikes=[0])) == 0
    assert days(road(OUT, BACK, bikes=[0, 1]), reach.Commute()) == 0  # too far on foot


def test_a_timetable_keeps_it_in_its_file(tmp_path):
    road(OUT, bikes=[0]).save(tmp_path / "t.tdu")
    assert len(legs(reach.Timetable.load(tmp_path / "t.tdu"), arrive_s=at("8:00"))) == 1
