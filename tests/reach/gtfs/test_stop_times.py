"""stop_times.txt: times, gaps, order, stops."""

import pytest

ONE_TRIP = "route_id,service_id,trip_id\nR,S,out\n"
HEADER = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"
STOPS = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(f"{s},{s},45,3\n" for s in "PLVWX")


@pytest.fixture
def times(read):
    """Read one trip, its rows without trip_id; `extra` names more columns."""

    def read_times(*rows, extra="", **files):
        lines = [HEADER + extra, *(f"out,{row}" for row in rows)]
        return read(**({"stops": STOPS, "trips": ONE_TRIP, "stop_times": "\n".join(lines)} | files))

    return read_times


def test_times_may_pass_24_hours_and_drop_the_first_zero(times, calls):
    feed = times("9:05:07,9:05:07,P,1", "23:59:59,24:00:00,L,2", "25:30:00,25:30:00,V,3")
    assert calls(feed) == [
        ("out", "P", "9:05:07", "9:05:07"),
        ("out", "L", "23:59:59", "24:00"),
        ("out", "V", "25:30", "25:30"),
    ]
    assert feed.report.findings == []


def test_a_time_beyond_two_days_is_kept_with_a_warning(times, where):
    feed = times("8:00:00,8:00:00,P,1", "48:00:00,48:00:00,V,2")
    assert feed.stop_times["arrival_s"].to_list() == [28800, 172800]
    assert where(feed, "very_late") == [
        ("warning", "stop_times.txt", 3, "departure_time", "48:00:00")
    ]


@pytest.mark.parametrize("text", ["8h10", "08:10", "08:60:00", "08:10:75", "-1:00:00", "٠٨:١٠:٠٠"])
def test_a_malformed_time_loses_its_row(times, calls, where, text):
    feed = times("8:00:00,8:00:00,P,1", f"{text},08:11:00,L,2", "8:20:00,8:20:00,V,3")
    assert calls(feed) == [("out", "P", "8:00", "8:00"), ("out", "V", "8:20", "8:20")]
    assert where(feed, "bad_time") == [("error", "stop_times.txt", 3, "arrival_time", text)]
    assert feed.report.left_out == {"stop_times.txt": 1}


def test_blank_times_are_spread_by_position(times, calls):
    # 8:01 to 8:31 is 30 minutes for three steps: 8:11, 8:21. Sequence numbers do not matter.
    feed = times("8:00:00,8:01:00,P,1", ",,L,10", ",,V,11", "8:31:00,8:33:00,W,50")
    assert calls(feed) == [
        ("out", "P", "8:00", "8:01"),
        ("out", "L", "8:11", "8:11"),
        ("out", "V", "8:21", "8:21"),
        ("out", "W", "8:31", "8:33"),
    ]
    assert feed.report.findings == []


def test_blank_times_are_rounded_down_to_the_second(times, calls):
    # 10 s for three steps: 3.33 and 6.67 s.
    feed = times("8:00:00,8:00:00,P,1", ",,L,2", ",,V,3", "8:00:10,8:00:10,W,4")
    assert [arrival for _, _, arrival, _ in calls(feed)] == [
        "8:00",
        "8:00:03",
        "8:00:06",
        "8:00:10",
    ]


def test_blank_times_are_spread_by_distance_where_it_is_known(times, calls):
    # 1 km of 4, then 3 of 4, of the 20 minutes between 8:00 and 8:20.
    feed = times(
        "8:00:00,8:00:00,P,1,2.0",
        ",,L,2,3.0",
        ",,V,3,5.0",
        "8:20:00,8:20:00,W,4,6.0",
        extra=",shape_dist_traveled",
    )
    assert [arrival for _, _, arrival, _ in calls(feed)] == ["8:00", "8:05", "8:15", "8:20"]


@pytest.mark.parametrize("distances", ["0 3 - 6", "0 3 2 6", "1 1 1 1"])
def test_distances_that_are_absent_or_go_back_are_not_used(times, calls, distances):
    rows = ("8:00:00,8:00:00,P,1", ",,L,2", ",,V,3", "8:30:00,8:30:00,W,4")
    feed = times(
        *(
            f"{row},{distance}"
            for row, distance in zip(rows, distances.replace("-", "").split(" "), strict=True)
        ),
        extra=",shape_dist_traveled",
    )
    assert [arrival for _, _, arrival, _ in calls(feed)] == ["8:00", "8:10", "8:20", "8:30"]


def test_each_gap_of_a_trip_is_spread_on_its_own(times, calls):
    feed = times(
        "8:00:00,8:00:00,P,1",
        ",,L,2",
        "8:10:00,8:15:00,V,3",
        ",,W,4",
        "8:45:00,8:45:00,X,5",
    )
    assert [arrival for _, _, arrival, _ in calls(feed)] == [
        "8:00",
        "8:05",
        "8:10",
        "8:30",
        "8:45",
    ]


def test_a_blank_time_said_exact_is_spread_with_a_warning(times, calls, where):
    feed = times(
        "8:00:00,8:00:00,P,1,1", ",,L,2,1", ",,V,3,0", "8:30:00,8:30:00,W,4,", extra=",timepoint"
    )
    assert [arrival for _, _, arrival, _ in calls(feed)] == ["8:00", "8:10", "8:20", "8:30"]
    assert where(feed, "untimed_timepoint") == [("warning", "stop_times.txt", 3, "timepoint", "1")]


def test_approximate_times_are_taken_as_they_are(times, calls):
    feed = times("8:00:00,8:00:00,P,1,0", "8:07:00,8:07:00,L,2,0", extra=",timepoint")
    assert calls(feed) == [("out", "P", "8:00", "8:00"), ("out", "L", "8:07", "8:07")]
    assert feed.report.findings == []


def test_one_time_given_counts_for_both(times, calls, where):
    feed = times(",8:00:00,P,1", "8:10:00,,L,2")
    assert calls(feed) == [("out", "P", "8:00", "8:00"), ("out", "L", "8:10", "8:10")]
    assert where(feed, "one_time_blank") == [
        ("warning", "stop_times.txt", 2, "arrival_time", ""),
        ("warning", "stop_times.txt", 3, "arrival_time", "8:10:00"),
    ]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ((",,P,1", "8:10:00,8:10:00,L,2", "8:20:00,8:20:00,V,3"), 2),
        (("8:00:00,8:00:00,P,1", "8:10:00,8:10:00,L,2", ",,V,3"), 4),
    ],
)
def test_a_trip_without_first_or_last_time_is_left_out(times, where, rows, line):
    feed = times(*rows)
    assert feed.trips.is_empty()
    assert feed.stop_times.is_empty()
    assert where(feed, "blank_end") == [("error", "stop_times.txt", line, "arrival_time", "")]
    assert feed.report.left_out == {"stop_times.txt": 3, "trips.txt": 1}


def test_a_trip_that_goes_back_in_time_is_left_out_and_the_others_stay(read, calls, where):
    feed = read(
        stop_times=HEADER + "\n"
        "out,23:50:00,23:50:00,P,1\n"
        "out,00:10:00,00:10:00,L,2\n"
        "out,00:05:00,00:05:00,V,3\n"
        "back,16:00:00,16:00:00,V,1\n"
        "back,16:20:00,16:20:00,P,2\n"
    )
    assert feed.trips["trip_id"].to_list() == ["back"]
    assert calls(feed) == [("back", "V", "16:00", "16:00"), ("back", "P", "16:20", "16:20")]
    assert where(feed, "decreasing_time") == [
        ("error", "stop_times.txt", 3, "arrival_time", "00:10:00")
    ]
    assert "24:10:00" in feed.report.errors[0].message
    assert feed.report.left_out == {"stop_times.txt": 3, "trips.txt": 1}
    # Nothing runs short here: one cause, one finding.
    assert len(feed.report.findings) == 1


def test_a_departure_before_the_arrival_loses_the_trip(times, where):
    feed = times("8:00:00,8:00:00,P,1", "8:10:00,8:09:00,L,2", "8:20:00,8:20:00,V,3")
    assert feed.trips.is_empty()
    assert where(feed, "decreasing_time") == [
        ("error", "stop_times.txt", 3, "arrival_time", "8:10:00")
    ]


def test_times_that_decrease_across_a_gap_are_seen(times, where):
    feed = times("8:00:00,8:00:00,P,1", ",,L,2", "7:00:00,7:00:00,V,3")
    assert where(feed, "decreasing_time") == [
        ("error", "stop_times.txt", 4, "arrival_time", "7:00:00")
    ]


def test_two_stops_at_the_same_second_are_sound(times, calls):
    feed = times("8:00:00,8:00:00,P,1", "8:00:00,8:00:00,L,2")
    assert calls(feed) == [("out", "P", "8:00", "8:00"), ("out", "L", "8:00", "8:00")]
    assert feed.report.findings == []


def test_rows_are_put_in_the_order_of_their_sequence(times, calls):
    feed = times("8:20:00,8:20:00,V,30", "8:00:00,8:00:00,P,4", "8:10:00,8:10:00,L,10")
    assert [stop for _, stop, _, _ in calls(feed)] == ["P", "L", "V"]


def test_a_sequence_met_twice_keeps_its_first_row(times, calls, where):
    feed = times("8:00:00,8:00:00,P,1", "8:05:00,8:05:00,L,1", "8:20:00,8:20:00,V,2")
    assert calls(feed) == [("out", "P", "8:00", "8:00"), ("out", "V", "8:20", "8:20")]
    assert where(feed, "duplicate_key") == [("error", "stop_times.txt", 3, "stop_sequence", "1")]


@pytest.mark.parametrize("text", ["", "-1", "deux", "1.5", "99999999999"])
def test_a_sequence_that_is_no_whole_number_loses_its_row(times, calls, where, text):
    feed = times("8:00:00,8:00:00,P,1", f"8:05:00,8:05:00,L,{text}", "8:20:00,8:20:00,V,3")
    assert [stop for _, stop, _, _ in calls(feed)] == ["P", "V"]
    assert where(feed, "bad_value") == [("error", "stop_times.txt", 3, "stop_sequence", text)]


def test_a_row_of_an_unknown_trip_is_left_out(read, where):
    feed = read(trips=ONE_TRIP)
    assert where(feed, "unknown_trip") == [
        ("error", "stop_times.txt", line, "trip_id", "back") for line in (5, 6, 7)
    ]
    assert feed.stop_times.height == 3
    assert feed.report.left_out == {"stop_times.txt": 3}


def test_a_row_at_an_unknown_stop_is_left_out_yet_still_times_its_neighbours(times, calls, where):
    # 8:00 P, L halfway to the unknown Z at 8:20, V at 8:30.
    feed = times(
        "8:00:00,8:00:00,P,1", ",,L,2", "8:20:00,8:20:00,Z,3", "8:30:00,8:30:00,V,4", ",,,5",
        "8:50:00,8:50:00,W,6",
    )  # fmt: skip
    assert calls(feed) == [
        ("out", "P", "8:00", "8:00"),
        ("out", "L", "8:10", "8:10"),
        ("out", "V", "8:30", "8:30"),
        ("out", "W", "8:50", "8:50"),
    ]
    assert where(feed, "unknown_stop") == [("error", "stop_times.txt", 4, "stop_id", "Z")]
    assert where(feed, "missing_value") == [("error", "stop_times.txt", 6, "stop_id", "")]
    assert feed.report.left_out == {"stop_times.txt": 2}


def test_rows_at_unknown_stops_are_counted_once_when_their_trip_goes_too(times):
    feed = times("8:00:00,8:00:00,P,1", "8:20:00,8:20:00,Z,2", "7:00:00,7:00:00,V,3")
    assert feed.report.left_out == {"stop_times.txt": 3, "trips.txt": 1}


def test_boarding_rules_are_read(times):
    feed = times(
        "8:00:00,8:00:00,P,1,0,1", "8:10:00,8:10:00,L,2,2,3", "8:20:00,8:20:00,V,3,,",
        extra=",pickup_type,drop_off_type",
    )  # fmt: skip
    assert feed.stop_times.select("pickup", "drop_off").rows() == [(0, 1), (2, 3), (0, 0)]
    assert {f.code for f in feed.report.findings} == {"booked_line", "driver"}


def test_a_boarding_rule_that_does_not_exist_counts_as_the_usual(times, where):
    feed = times(
        "8:00:00,8:00:00,P,1,4,0", "8:10:00,8:10:00,L,2,0,x", extra=",pickup_type,drop_off_type"
    )
    assert feed.stop_times.select("pickup", "drop_off").rows() == [(0, 0), (0, 0)]
    assert where(feed, "bad_value") == [
        ("warning", "stop_times.txt", 2, "pickup_type", "4"),
        ("warning", "stop_times.txt", 3, "drop_off_type", "x"),
    ]


def test_a_call_at_a_station_is_kept_with_a_warning(times, calls, where):
    feed = times(
        "8:00:00,8:00:00,P,1",
        "8:10:00,8:10:00,G,2",
        stops="stop_id,stop_name,stop_lat,stop_lon,location_type\nP,P,45,3,0\nG,Gare,45,3,1\n",
    )
    assert calls(feed) == [("out", "P", "8:00", "8:00"), ("out", "G", "8:10", "8:10")]
    assert where(feed, "call_not_at_a_stop") == [("warning", "stop_times.txt", 3, "stop_id", "G")]


def test_a_stop_may_be_called_at_twice_in_a_trip(times, calls):
    feed = times("8:00:00,8:00:00,P,1", "8:10:00,8:10:00,L,2", "8:20:00,8:20:00,P,3")
    assert [stop for _, stop, _, _ in calls(feed)] == ["P", "L", "P"]
    assert feed.report.findings == []


def test_a_feed_of_on_demand_services_alone_needs_no_stop_id(read):
    feed = read(
        stop_times="trip_id,stop_sequence,location_id,start_pickup_drop_off_window,"
        "end_pickup_drop_off_window\nout,1,zone,08:00:00,18:00:00\nout,2,zone,08:00:00,18:00:00\n"
    )
    assert feed.trips.is_empty()
    assert {(f.code, f.line) for f in feed.report.errors} == {
        ("unknown_place", 2),
        ("unknown_place", 3),
    }
