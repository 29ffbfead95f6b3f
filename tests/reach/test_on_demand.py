"""Services on demand along one road, with the journey a person would write down."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from draw import MONDAY, at, draw
from draw_on_demand import KM, Asked, Notice, OnDemandDrawing, point, stops

from traitdunion import reach
from traitdunion.reach.on_demand.notice import Calendar, booking
from traitdunion.reach.on_demand.services import Rule

EVERYWHERE = {"pays": [(0, 20 * KM)]}
ASKED = reach.OnDemand()
BY_ASKING = reach.Modes(on_demand=ASKED)
IN_ZONE = point(2_600), point(13_000)  # 10.4 km: 1,008 s by car


def one_zone(calls="pays 7:00-9:00 > pays 7:00-9:00", notices=None, **trip):
    notice = {"notice": next(iter(notices))} if notices else {}
    return draw(
        "A 6:00 > B 6:01",
        places=stops(A=100 * KM, B=101 * KM),
        asked=OnDemandDrawing([Asked(calls, **notice, **trip)], EVERYWHERE, {}, notices or {}),
    )


def told(tt, a, b, *, on=MONDAY, option=ASKED, days=(0,), **moment):
    """Each leg as (kind, departure, arrival), of each journey of the service `days`."""
    moment = {key: at(value) for key, value in moment.items()}
    journeys = reach.journeys(
        tt,
        a,
        b,
        reach.When(on, **moment),
        modes=reach.Modes(on_demand=option),
        limits=reach.Limits(service_days=days),
    )
    return [
        [(leg.kind, clock(leg.departure_s), clock(leg.arrival_s)) for leg in journey.legs]
        for journey in journeys
    ]


def clock(seconds):
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")


def asked_at(text, on=MONDAY):
    return reach.OnDemand(
        asked_at=datetime.combine(on, datetime.min.time()) + timedelta(seconds=at(text))
    )


@pytest.mark.parametrize(
    ("depart", "expected"),
    [
        ("6:30", [[("on_demand", "7:00", "7:16:48")]]),
        ("7:00", [[("on_demand", "7:00", "7:16:48")]]),
        # The car must be free again by 9:00: 16 min 48 s before.
        ("8:43:12", [[("on_demand", "8:43:12", "9:00")]]),
        ("8:43:13", []),
    ],
)
def test_a_zone_is_served_within_its_window(depart, expected):
    assert told(one_zone(), *IN_ZONE, depart_s=depart) == expected


def test_arriving_by_a_time_leaves_as_late_as_one_may():
    tt = one_zone()
    assert told(tt, *IN_ZONE, arrive_s="8:30") == [[("on_demand", "8:13:12", "8:30")]]
    assert told(tt, *IN_ZONE, arrive_s="12:00") == [[("on_demand", "8:43:12", "9:00")]]
    assert told(tt, *IN_ZONE, arrive_s="7:16:47") == []


def test_nothing_is_served_unless_it_is_asked_for():
    assert told(one_zone(), *IN_ZONE, depart_s="7:00", option=None) == []


def test_one_walks_into_the_zone_and_out_of_it():
    # The zone ends at 20 km: set down there, 500 m before the place: 520 s (and one for the hair).
    # From 2,600 m to its edge 17,400 m take 1,687 s by car.
    assert told(one_zone(), point(2_600), point(20_500), depart_s="7:00") == [
        [("on_demand", "7:00", "7:28:07"), ("walk", "7:28:07", "7:36:47")]
    ]
    assert told(one_zone(), point(-500), point(13_000), depart_s="7:00") == [
        [("walk", "7:00", "7:08:41"), ("on_demand", "7:08:41", "7:29:41")]
    ]


def test_a_place_too_far_from_the_zone_to_walk_is_not_served():
    # 2,000 m on foot are 1,538 m as the crow flies.
    assert told(one_zone(), point(2_600), point(21_600), depart_s="7:00") == []
    assert told(one_zone(), point(-1_600), point(13_000), depart_s="7:00") == []


def test_a_prudent_duration_stretches_the_ride():
    tt = one_zone(factor=1.5, offset_s=288)  # 1.5 × 1,008 + 288 = 1,800 s
    assert told(tt, *IN_ZONE, depart_s="8:00") == [[("on_demand", "8:00", "8:30")]]
    assert told(tt, *IN_ZONE, depart_s="8:31") == []


@pytest.mark.parametrize("factor", [1e6, 4e6, 1e300])
def test_a_duration_past_all_measure_serves_nobody(factor):
    # At its hour from A, then in the zone until 9:00: 1,008 s by car, times far too much.
    asked = OnDemandDrawing([Asked("A 7:00 > pays 7:00-9:00", factor=factor)], EVERYWHERE, {}, {})
    places = stops(A=2_600, B=101 * KM)
    tt = draw("A 6:00 > B 6:01", places=places, asked=asked)
    assert told(tt, *IN_ZONE, depart_s="6:30") == []


def test_getting_off_has_a_window_of_its_own():
    tt = one_zone("pays 7:00-9:00 > pays 8:00-8:30")
    assert told(tt, *IN_ZONE, depart_s="6:00") == [[("on_demand", "7:43:12", "8:00")]]
    assert told(tt, *IN_ZONE, arrive_s="12:00") == [[("on_demand", "8:13:12", "8:30")]]


@pytest.mark.parametrize(
    "marks", ["-pays 7:00-9:00 > pays 7:00-9:00", "pays 7:00-9:00 > pays- 7:00-9:00"]
)
def test_one_must_get_on_then_off(marks):
    assert told(one_zone(marks), *IN_ZONE, depart_s="7:00") == []


def test_all_polygons_of_a_zone_are_one_zone():
    zones = {"pays": [(0, 3 * KM), (12 * KM, 14 * KM)]}
    trip = Asked("pays 7:00-9:00 > pays 7:00-9:00")
    tt = draw(
        "A 6:00 > B 6:01",
        places=stops(A=100 * KM, B=101 * KM),
        asked=OnDemandDrawing([trip], zones),
    )
    assert told(tt, *IN_ZONE, depart_s="7:00") == [[("on_demand", "7:00", "7:16:48")]]
    assert told(tt, point(2_600), point(6 * KM), depart_s="7:00") == []


# -- notice ---------------------------------------------------------------------------------------

TWELVE_HOURS = {"douze heures": Notice(minutes=720)}
EVE = {"veille": Notice(days=1, until="17:00")}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("19:00", [[("on_demand", "7:00", "7:16:48")]]),
        ("20:01", [[("on_demand", "8:01", "8:17:48")]]),
        ("20:43:13", []),
    ],
)
def test_twelve_hours_of_notice_asked_the_evening_before(moment, expected):
    option = asked_at(moment, MONDAY - timedelta(1))
    assert (
        told(one_zone(notices=TWELVE_HOURS), *IN_ZONE, depart_s="6:00", option=option) == expected
    )


def test_twelve_hours_of_notice_bind_an_arrival_too():
    tt = one_zone("pays 7:00-8:00 > pays 7:00-9:00", notices=TWELVE_HOURS)
    evening = MONDAY - timedelta(1)
    assert told(tt, *IN_ZONE, arrive_s="9:00", option=asked_at("19:00", evening)) == [
        [("on_demand", "8:00", "8:16:48")]
    ]
    assert told(tt, *IN_ZONE, arrive_s="9:00", option=asked_at("20:01", evening)) == []


@pytest.mark.parametrize(
    ("moment", "served"), [("16:59", True), ("17:00", True), ("17:00:01", False)]
)
def test_the_evening_before_at_five(moment, served):
    option = asked_at(moment, MONDAY - timedelta(1))
    rides = told(one_zone(notices=EVE), *IN_ZONE, depart_s="7:00", option=option)
    assert bool(rides) == served


def test_a_notice_in_days_of_service_skips_the_week_end():
    notices = {"ouvré": Notice(days=1, until="17:00", service=1)}
    weekdays = [
        MONDAY + timedelta(d) for d in range(-3, 9) if (MONDAY + timedelta(d)).weekday() < 5
    ]
    tt = draw(
        "A 6:00 > B 6:01",
        places=stops(A=100 * KM, B=101 * KM),
        start=MONDAY - timedelta(7),
        days=14,
        asked=OnDemandDrawing(
            [Asked("pays 7:00-9:00 > pays 7:00-9:00", notice="ouvré", running=weekdays)],
            EVERYWHERE,
            {},
            notices,
        ),
    )
    friday = MONDAY - timedelta(3)
    assert told(tt, *IN_ZONE, depart_s="7:00", option=asked_at("17:00", friday))
    assert not told(tt, *IN_ZONE, depart_s="7:00", option=asked_at("17:00:01", friday))


def test_nobody_is_picked_up_before_asking():
    assert told(one_zone(), *IN_ZONE, depart_s="7:00", option=asked_at("7:30")) == [
        [("on_demand", "7:30", "7:46:48")]
    ]


def test_the_moment_of_asking_may_carry_its_time_zone():
    moment = datetime(2025, 3, 3, 6, 30, tzinfo=ZoneInfo("UTC"))  # 7:30 in Paris
    option = reach.OnDemand(asked_at=moment)
    assert told(one_zone(), *IN_ZONE, depart_s="7:00", option=option) == [
        [("on_demand", "7:30", "7:46:48")]
    ]


def test_each_ride_says_by_when_and_how_to_book_it():
    def booking(notice):
        (journey,) = reach.journeys(
            one_zone(notices={"règle": notice}),
            *IN_ZONE,
            reach.When(MONDAY, at("7:30")),
            modes=BY_ASKING,
        )
        (leg,) = journey.legs
        assert leg.pickup_window_s == (at("7:00"), at("8:43:12"))
        assert leg.booking.phone == "04 00 00 00 00"
        paris = ZoneInfo("Europe/Paris")
        return tuple(
            moment and f"{moment.astimezone(paris):%d/%m %H:%M}"
            for moment in (leg.booking.opens_at, leg.booking.book_by)
        )

    assert booking(Notice()) == (None, None)
    assert booking(Notice(minutes=90)) == (None, "03/03 06:00")
    assert booking(Notice(minutes=90, at_most_minutes=1440)) == ("02/03 07:30", "03/03 06:00")
    assert booking(Notice(days=1, until="17:00", opens_days=30)) == ("01/02 00:00", "02/03 17:00")


def test_a_notice_in_hours_counts_the_hour_that_the_night_loses():
    sunday = date(2025, 3, 30)
    trip = Asked("pays 7:00-9:00 > pays 7:00-9:00", notice="onze heures", running=[sunday])
    notices = {"onze heures": Notice(minutes=660)}
    tt = draw(
        "A 6:00 > B 6:01",
        places=stops(A=100 * KM, B=101 * KM),
        start=sunday,
        asked=OnDemandDrawing([trip], EVERYWHERE, {}, notices),
    )
    evening = sunday - timedelta(1)

    def rides(moment):
        option = asked_at(moment, evening)
        return reach.journeys(
            tt, *IN_ZONE, reach.When(sunday, at("8:00")), modes=reach.Modes(on_demand=option)
        )

    # From 20:00 on Saturday to 8:00 on Sunday there are eleven hours, not twelve.
    (ride,) = rides("20:00")
    assert clock(ride.legs[0].departure_s) == "8:00"
    assert ride.legs[0].booking.book_by == datetime(
        2025, 3, 29, 20, tzinfo=ZoneInfo("Europe/Paris")
    )
    (late,) = rides("20:01")
    assert clock(late.legs[0].departure_s) == "8:01"


def test_a_ride_bound_by_two_notices_is_booked_by_the_first():
    notices = {"veille": Notice(days=1, until="17:00"), "avant-veille": Notice(days=2)}
    rules = [Rule(**notice.row(name)) for name, notice in notices.items()]
    calendar = Calendar(MONDAY, np.ones((1, 9), bool), "Europe/Paris")
    booked = booking(rules, at("8:00"), MONDAY, calendar)
    assert f"{booked.book_by:%d/%m %H:%M}" == "01/03 00:00"
    opening = [replace(rule, start_day=days) for rule, days in zip(rules, (30, 7), strict=True)]
    booked = booking(opening, at("8:00"), MONDAY, calendar)
    assert f"{booked.opens_at:%d/%m %H:%M}" == "24/02 00:00"


# -- days -----------------------------------------------------------------------------------------


AROUND = (-1, 0, 1)


def test_a_zone_crossing_midnight_is_served_by_the_service_of_the_day_before():
    tt = one_zone("pays 22:00-26:00 > pays 22:00-26:00", running=[MONDAY])
    tuesday = MONDAY + timedelta(1)

    def on(day, depart):
        return told(tt, *IN_ZONE, on=day, depart_s=depart, days=AROUND)

    assert on(MONDAY, "23:50") == [[("on_demand", "23:50", "24:06:48")]]
    assert on(tuesday, "1:30") == [[("on_demand", "1:30", "1:46:48")]]
    assert on(tuesday, "1:43:13") == []
    assert on(MONDAY, "1:30") == [[("on_demand", "22:00", "22:16:48")]]


def test_notice_counts_from_the_service_day_of_a_ride_past_midnight():
    tt = one_zone("pays 22:00-26:00 > pays 22:00-26:00", notices=EVE, running=[MONDAY])
    tuesday = MONDAY + timedelta(1)

    def asked(moment, day):
        option = asked_at(moment, day)
        return told(tt, *IN_ZONE, on=tuesday, depart_s="1:00", days=AROUND, option=option)

    assert asked("17:00", MONDAY - timedelta(1)) == [[("on_demand", "1:00", "1:16:48")]]
    assert asked("8:00", MONDAY) == []


def test_tomorrow_s_ride_is_not_worth_waiting_for():
    tt = one_zone()
    assert told(tt, *IN_ZONE, depart_s="7:30", days=AROUND) == [[("on_demand", "7:30", "7:46:48")]]
    assert told(tt, *IN_ZONE, arrive_s="8:00", days=AROUND) == [[("on_demand", "7:43:12", "8:00")]]
    assert told(tt, *IN_ZONE, depart_s="8:50", days=AROUND) == [
        [("on_demand", "31:00", "31:16:48")]
    ]


# -- stops ----------------------------------------------------------------------------------------


def feeder(*trips, chain=False, **extra):
    """A line from A (at 10.4 km) to B (at 40 km), and a zone around A's end of the road."""
    return draw(
        *(trips or ("A 8:00 > B 8:30 (12)", "B 17:00 > A 17:30 (12)")),
        places=stops(A=10_400, B=40 * KM),
        asked=OnDemandDrawing([Asked("pays 7:00-19:00 > pays 7:00-19:00", **extra)], EVERYWHERE),
    )


HOME, OFFICE = point(2_600), point(40 * KM + 500)  # 7.8 km from A: 756 s; 520 s on foot from B


def test_a_ride_brings_one_to_the_line_and_back_home():
    assert told(feeder(), HOME, OFFICE, arrive_s="9:00") == [
        [("on_demand", "7:47:24", "8:00"), ("ride", "8:00", "8:30"), ("walk", "8:30", "8:38:40")]
    ]
    assert told(feeder(), OFFICE, HOME, depart_s="16:00") == [
        [
            ("walk", "16:51:20", "17:00"),
            ("ride", "17:00", "17:30"),
            ("on_demand", "17:30", "17:42:36"),
        ]
    ]


def test_the_ride_home_waits_for_its_window():
    tt = draw(
        "B 17:00 > A 17:30",
        places=stops(A=10_400, B=40 * KM),
        asked=OnDemandDrawing([Asked("pays 18:00-19:00 > pays 18:00-19:00")], EVERYWHERE),
    )
    assert told(tt, OFFICE, HOME, depart_s="16:00") == [
        [
            ("walk", "16:51:20", "17:00"),
            ("ride", "17:00", "17:30"),
            ("on_demand", "18:00", "18:12:36"),
        ]
    ]


def test_a_window_that_closed_before_the_line_arrives_leaves_one_there():
    tt = draw(
        "B 17:00 > A 17:30",
        places=stops(A=10_400, B=40 * KM),
        asked=OnDemandDrawing([Asked("pays 16:00-17:29 > pays 16:00-19:00")], EVERYWHERE),
    )
    assert told(tt, OFFICE, HOME, depart_s="16:00") == []


def test_a_ride_that_ends_its_window_early_is_left_early_and_waits_at_the_stop():
    tt = draw(
        "A 8:00 > B 8:30",
        places=stops(A=10_400, B=40 * KM),
        asked=OnDemandDrawing([Asked("pays 6:00-7:00 > pays 6:00-9:00")], EVERYWHERE),
    )
    assert told(tt, HOME, OFFICE, arrive_s="9:00") == [
        [("on_demand", "7:00", "7:12:36"), ("ride", "8:00", "8:30"), ("walk", "8:30", "8:38:40")]
    ]


def test_there_and_back_with_the_service_on_weekdays_it_runs():
    tt = feeder(running=[MONDAY, MONDAY + timedelta(2)])
    shift = reach.Shift(9 * 3600, at("16:30"))
    verdict = reach.there_and_back(
        tt, HOME, OFFICE, shift, week=MONDAY, commute=reach.Commute(on_demand=ASKED)
    )
    assert [day.feasible for day in verdict.days] == [True, False, True, False, False]
    alone = reach.there_and_back(tt, HOME, OFFICE, shift, week=MONDAY)
    assert alone.feasible_days == 0


def test_there_and_back_asked_on_sunday_evening_misses_monday_only():
    tt = draw(
        "A 8:00 > B 8:30 (12)",
        "B 17:00 > A 17:30 (12)",
        places=stops(A=10_400, B=40 * KM),
        asked=OnDemandDrawing(
            [Asked("pays 7:00-19:00 > pays 7:00-19:00", notice="veille")], EVERYWHERE, {}, EVE
        ),
    )
    option = asked_at("18:00", MONDAY - timedelta(1))
    verdict = reach.there_and_back(
        tt,
        HOME,
        OFFICE,
        reach.Shift(9 * 3600, at("16:30")),
        week=MONDAY,
        commute=reach.Commute(on_demand=option),
    )
    assert [day.feasible for day in verdict.days] == [False, True, True, True, True]
    assert verdict.failing == {MONDAY: reach.Reason.NOTICE}
    # Days alike are searched once, each booked for its own date.
    for day in verdict.days[1:]:
        asked = [leg for leg in day.out.legs if leg.kind == "on_demand"]
        alone = reach.journeys(
            tt, HOME, OFFICE, reach.When(day.on, arrive_s=at("8:50"), patience_s=0),
            modes=reach.Modes(on_demand=option),
        )  # fmt: skip
        expected = [leg.booking for leg in alone[0].legs if leg.kind == "on_demand"]
        assert [leg.booking for leg in asked] == expected
        assert {leg.booking.book_by.date() for leg in asked} == {day.on - timedelta(1)}


def test_a_virtual_line_serves_its_stops_on_foot_from_them():
    tt = draw(
        places=stops(A=0, B=2_600, C=13_000),
        asked=OnDemandDrawing(
            [Asked("nord 7:00-9:00 > sud 7:00-10:00")], {}, {"nord": "AB", "sud": "C"}
        ),
    )
    # 500 m on foot to B, 10.4 km to C, 500 m on foot.
    assert told(tt, point(3_100), point(13_500), depart_s="8:00") == [
        [
            ("walk", "8:00", "8:08:40"),
            ("on_demand", "8:08:40", "8:25:28"),
            ("walk", "8:25:28", "8:34:08"),
        ]
    ]
    assert told(tt, point(3_100), point(13_500), arrive_s="8:00") == [
        [
            ("walk", "7:25:52", "7:34:32"),
            ("on_demand", "7:34:32", "7:51:20"),
            ("walk", "7:51:20", "8:00"),
        ]
    ]
    assert told(tt, point(13_500), point(3_100), depart_s="8:00") == []


def test_a_virtual_line_names_its_stops():
    tt = draw(
        places=stops(A=2_600, C=13_000),
        asked=OnDemandDrawing(
            [Asked("nord 7:00-9:00 > sud 7:00-10:00")], {}, {"nord": "A", "sud": "C"}
        ),
    )
    (journey,) = reach.journeys(
        tt, point(2_600), point(13_500), reach.When(MONDAY, at("8:00")), modes=BY_ASKING
    )
    asked, walk = journey.legs
    assert (asked.from_name, asked.to_name, asked.route_name) == ("A", "C", "TAD")
    assert (walk.from_name, walk.from_stop, round(walk.distance_m)) == ("C", 1, 650)
    assert (journey.rides, journey.on_demand, journey.estimated) == (0, 1, True)


def test_a_deviated_route_leaves_its_stop_at_its_hour_and_meets_it_at_its_hour():
    tt = draw(
        places=stops(A=0, C=13_000),
        asked=OnDemandDrawing(
            [Asked("A 8:00 > pays 8:00-8:40 > C 8:40")], {"pays": [(2 * KM, 12 * KM)]}
        ),
    )
    middle = point(5_200)
    assert told(tt, tt.stop_index("A"), middle, depart_s="7:00") == [
        [("on_demand", "8:00", "8:08:24")]
    ]
    assert told(tt, tt.stop_index("A"), middle, depart_s="8:01") == []
    # 7.8 km to C: picked up 756 s before 8:40.
    assert told(tt, middle, tt.stop_index("C"), arrive_s="9:00") == [
        [("on_demand", "8:27:24", "8:40")]
    ]
    assert told(tt, middle, tt.stop_index("C"), arrive_s="8:39") == []


def test_rides_are_chained_only_where_one_asks():
    zones = {"ouest": [(0, 11 * KM)], "est": [(10 * KM, 30 * KM)]}
    tt = draw(
        places=stops(A=10_400),
        asked=OnDemandDrawing(
            [
                Asked("ouest 7:00-9:00 > ouest 7:00-9:00", line="1"),
                Asked("est 8:00-10:00 > est 8:00-10:00", line="2"),
            ],
            zones,
        ),
    )
    there = point(20_800)
    assert told(tt, HOME, there, depart_s="7:00") == []
    chained = reach.OnDemand(chain=True)
    assert told(tt, HOME, there, depart_s="7:00", option=chained) == [
        [("on_demand", "7:47:24", "8:00"), ("on_demand", "8:00", "8:16:48")]
    ]
    assert told(tt, HOME, there, arrive_s="8:30", option=chained) == [
        [("on_demand", "8:00:36", "8:13:12"), ("on_demand", "8:13:12", "8:30")]
    ]


def test_only_the_routes_a_rider_may_use_are_offered():
    tt = one_zone()
    assert told(tt, *IN_ZONE, depart_s="7:00", option=reach.OnDemand(routes=frozenset({1})))
    assert not told(tt, *IN_ZONE, depart_s="7:00", option=reach.OnDemand(routes=frozenset({0})))


def test_a_timetable_keeps_its_services_on_demand_in_its_file(tmp_path):
    tt = feeder()
    tt.save(tmp_path / "t.tdu")
    again = reach.Timetable.load(tmp_path / "t.tdu")
    assert told(again, HOME, OFFICE, arrive_s="9:00") == told(tt, HOME, OFFICE, arrive_s="9:00")


def test_a_real_service_answers(shared):
    tt = reach.Timetable.from_gtfs(
        shared / "flex/aspen-flex-on-demand", start=date(2021, 11, 8), days=7
    )
    on = date(2021, 11, 10)
    mill_street, east_end = reach.Point(39.1975, -106.8300), reach.Point(39.1815, -106.8100)
    when = reach.When(on, at("10:00"))
    journeys = reach.journeys(tt, mill_street, east_end, when, modes=BY_ASKING)
    (ride,) = [leg for journey in journeys for leg in journey.legs]
    assert (ride.kind, ride.departure_s) == ("on_demand", at("11:00"))
    by_car_s = ride.arrival_s - ride.departure_s - 20 * 60
    assert 2_400 * 1.4 * 3.6 / 52 < by_car_s < 2_600 * 1.4 * 3.6 / 52  # 2.5 km as the crow flies
    assert ride.route_name == "Downtowner"
    assert ride.booking.phone == "877-230-6045"
    assert ride.booking.book_by is None
    (walked,) = reach.journeys(tt, reach.Point(39.1955, -106.8400), east_end, when, modes=BY_ASKING)
    assert [leg.kind for leg in walked.legs] == ["walk", "on_demand"]
    outside = reach.Point(39.2400, -106.8900)
    assert reach.journeys(tt, outside, east_end, when, modes=BY_ASKING) == []


def test_one_may_be_anywhere_after_a_ride_to_the_stop():
    tt = feeder()
    stops_, seconds = reach.access_at(tt, HOME, at("6:30"), on=MONDAY, modes=BY_ASKING)
    # Asked at 6:30 the ride leaves at 7:00 and is at A 756 s later, in time for the 8:00.
    assert (tt.stop_index("A"), 1_800 + 756) in zip(stops_.tolist(), seconds.tolist(), strict=True)
    arrivals = reach.earliest_arrivals(tt, (stops_, seconds), at("6:30"), on=MONDAY)
    assert arrivals[tt.stop_index("B")] == at("8:30")
    late, _ = reach.access_at(
        tt,
        HOME,
        at("18:50"),
        on=MONDAY,
        modes=BY_ASKING,
        limits=reach.Limits(service_days=(0,)),
    )
    assert len(late) == 0  # 756 s before seven in the evening, nobody comes any more
