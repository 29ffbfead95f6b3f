"""Lines of the timetable that must be booked: how each ride is, and gone once it is too late."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from le_puy_brioude import BRIOUDE, LE_PUY, codes, compiled, published, write

from traitdunion import reach

MONDAY = date(2026, 11, 30)
PARIS = ZoneInfo("Europe/Paris")


def clock(*parts):
    return datetime(*parts, tzinfo=PARIS)


CALLS = (
    "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,"
    "pickup_booking_rule_id,drop_off_booking_rule_id\n"
)
BOOKED = (
    CALLS + "T1,08:00:00,08:00:00,S1,1,2,1,B1,\n"
    "T1,08:50:00,08:51:00,S2,2,2,2,B1,B1\n"
    "T1,09:20:00,09:20:00,S3,3,1,2,,B1\n"
)
RULES = (
    "booking_rule_id,booking_type,prior_notice_last_day,prior_notice_last_time,message,"
    "phone_number\nB1,2,1,17:00:00,Reservez la veille avant 17 h,04 71 00 00 00\n"
)


def drawn(tmp_path, calls=BOOKED, **more):
    trips = "route_id,service_id,trip_id\nR1,WK,T1\n"
    return write(tmp_path / "feed.zip", trips=trips, stop_times=calls, **more)


@pytest.fixture(params=["drawn", "published"])
def booked(request, tmp_path):
    """The line, booked on the day before until 17:00."""
    if request.param == "drawn":
        return compiled(drawn(tmp_path, booking_rules=RULES))
    return compiled(published("virtual-line-booking"))


def rides(tt, asked_at=None, on=MONDAY, depart="8:00"):
    hours, minutes = depart.split(":")
    journeys = reach.journeys(
        tt,
        LE_PUY,
        BRIOUDE,
        reach.When(on, depart_s=int(hours) * 3600 + int(minutes) * 60),
        limits=reach.Limits(asked_at=asked_at, service_days=(0,)),
    )
    return [leg for journey in journeys for leg in journey.legs if leg.kind == "ride"]


def test_a_ride_says_until_when_and_how_to_book(booked):
    (ride,) = rides(booked)
    assert ride.booking.book_by == clock(2026, 11, 29, 17)
    assert ride.booking.phone == "04 71 00 00 00"
    assert ride.booking.message == "Reservez la veille avant 17 h"


def test_it_is_offered_until_the_hour_and_not_after(booked):
    assert len(rides(booked, clock(2026, 11, 29, 17, 0))) == 1
    assert rides(booked, clock(2026, 11, 29, 17, 1)) == []
    # Tuesday's may still be booked.
    assert len(rides(booked, clock(2026, 11, 29, 17, 1), on=date(2026, 12, 1))) == 1


def test_the_report_says_the_line_is_to_be_booked(booked):
    assert "booked_line" in codes(booked)
    assert booked.report.lines() != ["Rien à signaler."]


def test_without_a_rule_a_ride_is_to_be_booked_all_the_same(tmp_path):
    bare = BOOKED.replace("B1", "")
    tt = compiled(drawn(tmp_path, bare))
    (ride,) = rides(tt, clock(2026, 11, 30, 7))
    assert ride.booking == reach.Booking(None, None, "", "", "", "")


def test_a_rule_that_cannot_be_read_leaves_the_ride_to_be_booked(tmp_path):
    tt = compiled(drawn(tmp_path))
    (ride,) = rides(tt)
    assert ride.booking == reach.Booking(None, None, "", "", "", "")
    assert "unknown_rule" in codes(tt)


def test_minutes_before_close_the_calls_one_by_one(tmp_path):
    """An hour before: at 7:20 the 8:00 at Le Puy is gone, the 8:51 at Langeac is not."""
    rules = "booking_rule_id,booking_type,prior_notice_duration_min\nB1,1,60\n"
    calls = BOOKED.replace("2,2,B1,B1", "2,1,B1,").replace("S3,3,1,2,,B1", "S3,3,1,0,,")
    tt = compiled(drawn(tmp_path, calls, booking_rules=rules))
    asked_at = clock(2026, 11, 30, 7, 20)
    assert rides(tt, asked_at) == []
    langeac, brioude = tt.stop_index("S2"), tt.stop_index("S3")
    arrivals = {
        at: reach.earliest_arrivals(
            tt, langeac, 8 * 3600, on=MONDAY,
            limits=reach.Limits(asked_at=at, service_days=(0,)),
        )[brioude]
        for at in (clock(2026, 11, 30, 7, 51), clock(2026, 11, 30, 7, 52))
    }  # fmt: skip
    # 9:20 while the 8:51 may be booked, until 7:51.
    assert list(arrivals.values()) == [9 * 3600 + 20 * 60, reach.UNREACHED]


def test_one_gets_on_without_booking_where_nothing_asks_for_it(tmp_path):
    tt = compiled(write(tmp_path / "feed.zip"))
    (ride,) = rides(tt, clock(2026, 11, 30, 7))
    assert ride.booking is None
    assert tt.report.lines() == ["Rien à signaler."]


@pytest.mark.parametrize("source", ["drawn", "published"])
def test_a_day_fails_for_want_of_notice(tmp_path, source):
    """Both ways are booked: asked on Sunday at 18:00, Monday alone is lost."""
    if source == "published":
        path = published("virtual-line-booking", "both-ways.zip")
    else:
        calls = (
            CALLS + "T1,08:00:00,08:00:00,S1,1,2,1,B1,\nT1,09:20:00,09:20:00,S3,3,1,2,,B1\n"
            "T2,17:00:00,17:00:00,S3,1,2,1,B1,\nT2,18:20:00,18:20:00,S1,2,1,2,,B1\n"
        )
        path = write(tmp_path / "feed.zip", stop_times=calls, booking_rules=RULES)
    week = reach.there_and_back(
        compiled(path),
        LE_PUY,
        BRIOUDE,
        reach.Shift(10 * 3600, 16 * 3600 + 1800),
        week=MONDAY,
        commute=reach.Commute(limits=reach.Limits(asked_at=clock(2026, 11, 29, 18))),
    )
    assert week.failing == {MONDAY: reach.Reason.NOTICE}
    assert week.feasible_days == 4
    # Days alike, each booked on its own eve.
    eves = [
        [leg.booking.book_by.day for leg in way.legs if leg.booking]
        for day in week.days[1:]
        for way in (day.out, day.back)
    ]
    assert eves == [[30], [30], [1], [1], [2], [2], [3], [3]]


@pytest.mark.parametrize("source", ["drawn", "published"])
def test_the_rule_of_a_timed_call_binds_a_ride_into_a_zone(tmp_path, source):
    """From Le Puy at 8:00, booked the day before until 17:00, to anywhere in the zone."""
    if source == "published":
        path = published("flex-timed-call-with-rule")
    else:
        ring = "[[3.8,44.95],[4.0,44.95],[4.0,45.15],[3.8,45.15],[3.8,44.95]]"
        path = write(
            tmp_path / "feed.zip",
            trips="route_id,service_id,trip_id\nR1,WK,F1\n",
            stop_times="trip_id,location_id,stop_id,stop_sequence,arrival_time,departure_time,"
            "start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_type,drop_off_type,"
            "pickup_booking_rule_id\n"
            "F1,,S1,1,08:00:00,08:00:00,,,2,1,B1\nF1,Z,,2,,,08:05:00,09:30:00,1,2,\n",
            booking_rules=RULES,
            **{
                "locations.geojson": '{"type":"FeatureCollection","features":[{"type":"Feature",'
                '"id":"Z","properties":{},"geometry":{"type":"Polygon","coordinates":['
                f"{ring}]}}}}]}}"
            },
        )
    tt = compiled(path)

    def ways(asked_at):
        journeys = reach.journeys(
            tt, LE_PUY, reach.Point(45.1, 3.9), reach.When(MONDAY, depart_s=7 * 3600),
            modes=reach.Modes(on_demand=reach.OnDemand(asked_at)),
            limits=reach.Limits(service_days=(0,)),
        )  # fmt: skip
        return [leg for journey in journeys for leg in journey.legs if leg.kind == "on_demand"]

    (ride,) = ways(clock(2026, 11, 29, 16))
    assert ride.booking.book_by == clock(2026, 11, 29, 17)
    assert ways(clock(2026, 11, 29, 18)) == []
