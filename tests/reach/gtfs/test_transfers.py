"""transfers.txt: changes between stops, lines and trips."""

import pytest

HEADER = (
    "from_stop_id,to_stop_id,transfer_type,min_transfer_time,"
    "from_trip_id,to_trip_id,from_route_id,to_route_id\n"
)
# Columns: from_stop, to_stop, type, min_transfer_s, from_trip, to_trip, from_route, to_route.
P_TO_L = (0, 1, 0, -1, -1, -1, -1, -1)


def test_every_type_is_read(read):
    feed = read(
        transfers=HEADER
        + "P,L,,,,,,\nP,V,1,,,,,\nL,V,2,4000,,,,\nL,P,3,,,,,\n"
        + "V,V,4,,out,back,,\n,,5,,back,out,,\nV,P,2,14000,,,R,R\n"
    )
    assert feed.transfers.rows() == [
        P_TO_L,
        (0, 2, 1, -1, -1, -1, -1, -1),
        (1, 2, 2, 4000, -1, -1, -1, -1),
        (1, 0, 3, -1, -1, -1, -1, -1),
        (2, 2, 4, -1, 0, 1, -1, -1),
        (-1, -1, 5, -1, 1, 0, -1, -1),
        (2, 0, 2, 14000, -1, -1, 0, 0),
    ]
    assert feed.report.findings == []


@pytest.mark.parametrize(
    ("wrong", "code", "field", "value"),
    [
        ("X,L,0,,,,,", "unknown_stop", "from_stop_id", "X"),
        ("P,X,0,,,,,", "unknown_stop", "to_stop_id", "X"),
        ("P,L,4,,X,back,,", "unknown_trip", "from_trip_id", "X"),
        ("P,L,4,,out,X,,", "unknown_trip", "to_trip_id", "X"),
        ("P,L,0,,,,X,", "unknown_route", "from_route_id", "X"),
        ("P,L,0,,,,,X", "unknown_route", "to_route_id", "X"),
        ("P,L,6,,,,,", "bad_value", "transfer_type", "6"),
        ("P,L,2,5 min,,,,", "bad_value", "min_transfer_time", "5 min"),
        ("P,L,2,-60,,,,", "bad_value", "min_transfer_time", "-60"),
        (",L,0,,,,,", "missing_value", "from_stop_id", ""),
        ("P,,0,,,,,", "missing_value", "to_stop_id", ""),
        ("P,L,4,,,back,,", "missing_value", "from_trip_id", ""),
        ("P,L,5,,out,,,", "missing_value", "to_trip_id", ""),
    ],
)
def test_a_wrong_row_is_left_out_and_the_others_stay(read, where, wrong, code, field, value):
    feed = read(transfers=HEADER + wrong + "\nP,L,0,,,,,\n")
    assert feed.transfers.rows() == [P_TO_L]
    assert where(feed, code) == [("error", "transfers.txt", 2, field, value)]
    assert feed.report.left_out == {"transfers.txt": 1}


def test_a_minimum_time_not_given_is_a_warning(read, where):
    feed = read(transfers=HEADER + "P,L,2,,,,,\n")
    assert feed.transfers.rows() == [(0, 1, 2, -1, -1, -1, -1, -1)]
    assert where(feed, "missing_minimum_time") == [
        ("warning", "transfers.txt", 2, "min_transfer_time", "")
    ]


def test_a_transfer_given_twice_is_kept_once(read, where):
    feed = read(transfers=HEADER + "P,L,0,,,,,\nP,L,3,,,,,\n")
    assert feed.transfers.rows() == [P_TO_L]
    assert where(feed, "duplicate_transfer") == [
        ("warning", "transfers.txt", 3, "from_stop_id", "P")
    ]


def test_transfers_of_trips_that_do_not_run_just_go(read):
    feed = read(
        trips="route_id,service_id,trip_id\nR,S,out\nR,past,back\n",
        calendar_dates="service_id,date,exception_type\npast,20240101,1\n",
        transfers=HEADER + "P,L,0,,,,,\nV,V,4,,out,back,,\n",
    )
    assert feed.transfers.rows() == [P_TO_L]
    assert feed.report.findings == []
    assert feed.report.left_out == {}


def test_transfers_of_trips_left_out_are_counted(read):
    feed = read(
        trips="route_id,service_id,trip_id\nR,S,out\nX,S,back\n",
        transfers=HEADER + "P,L,0,,,,,\nV,V,4,,out,back,,\n",
    )
    assert feed.transfers.rows() == [P_TO_L]
    assert feed.report.left_out == {"stop_times.txt": 3, "transfers.txt": 1, "trips.txt": 1}


def test_transfers_at_stops_without_coordinates_are_left_out(read, where):
    feed = read(
        stops="stop_id,stop_name,stop_lat,stop_lon\nX,X,,\nP,P,45,3\nL,L,45,3\nV,V,45,3\n",
        transfers=HEADER + "P,X,0,,,,,\nP,L,0,,,,,\n",
    )
    assert feed.transfers.rows() == [P_TO_L]
    assert where(feed, "transfer_at_unplaced_stop") == [
        ("warning", "transfers.txt", 2, "to_stop_id", "X")
    ]
