"""frequencies.txt: trips that run every so often."""

import pytest

HEADER = "trip_id,start_time,end_time,headway_secs,exact_times\n"


def rows(feed):
    return [
        (feed.trips["trip_id"][trip], start_s // 60, end_s // 60, headway_s, exact)
        for trip, start_s, end_s, headway_s, exact in feed.frequencies.iter_rows()
    ]


def test_both_kinds_of_frequency_are_read(read):
    feed = read(
        frequencies=HEADER
        + "out,6:00:00,8:30:00,600,\nout,08:30:00,25:00:00,1800,0\nback,7:00:00,8:00:00,900,1\n"
    )
    assert rows(feed) == [
        ("out", 360, 510, 600, False),
        ("out", 510, 1500, 1800, False),
        ("back", 420, 480, 900, True),
    ]
    assert feed.report.findings == []
    # The trips stay as templates.
    assert feed.stop_times.height == 6


@pytest.mark.parametrize(
    ("wrong", "code", "field", "value"),
    [
        ("X,6:00:00,7:00:00,600,", "unknown_trip", "trip_id", "X"),
        ("out,6h,7:00:00,600,", "bad_time", "start_time", "6h"),
        ("out,6:00:00,,600,", "bad_time", "end_time", ""),
        ("out,6:00:00,6:00:00,600,", "bad_period", "end_time", "6:00:00"),
        ("out,7:00:00,6:00:00,600,", "bad_period", "end_time", "6:00:00"),
        ("out,6:00:00,7:00:00,0,", "bad_headway", "headway_secs", "0"),
        ("out,6:00:00,7:00:00,-60,", "bad_headway", "headway_secs", "-60"),
        ("out,6:00:00,7:00:00,dix,", "bad_headway", "headway_secs", "dix"),
    ],
)
def test_a_wrong_row_is_left_out_and_the_others_stay(read, where, wrong, code, field, value):
    feed = read(frequencies=HEADER + wrong + "\nout,10:00:00,11:00:00,600,\n")
    assert rows(feed) == [("out", 600, 660, 600, False)]
    assert where(feed, code) == [("error", "frequencies.txt", 2, field, value)]
    assert feed.report.left_out == {"frequencies.txt": 1}


def test_a_period_that_overlaps_an_earlier_one_is_left_out(read, where):
    # 7:30 is inside 7:00-8:00; 8:00 is not; "back" is another trip.
    feed = read(
        frequencies=HEADER
        + "out,7:30:00,8:30:00,600,\nout,7:00:00,8:00:00,600,\nout,8:00:00,9:00:00,600,\n"
        + "back,7:30:00,8:30:00,600,\n"
    )
    assert rows(feed) == [
        ("out", 420, 480, 600, False),
        ("out", 480, 540, 600, False),
        ("back", 450, 510, 600, False),
    ]
    assert where(feed, "overlapping_frequencies") == [
        ("error", "frequencies.txt", 2, "start_time", "7:30:00")
    ]


def test_an_exactness_that_does_not_exist_counts_as_not_exact(read, where):
    feed = read(frequencies=HEADER + "out,7:00:00,8:00:00,600,oui\n")
    assert rows(feed) == [("out", 420, 480, 600, False)]
    assert where(feed, "bad_value") == [("warning", "frequencies.txt", 2, "exact_times", "oui")]


def test_a_trip_with_no_sound_frequency_is_left_out_rather_than_run_once(read, where):
    feed = read(frequencies=HEADER + "out,7:00:00,8:00:00,0,\n")
    assert feed.trips["trip_id"].to_list() == ["back"]
    assert feed.frequencies.is_empty()
    assert where(feed, "no_frequency_left") == [("error", "trips.txt", 2, "trip_id", "out")]
    assert feed.report.left_out == {"frequencies.txt": 1, "stop_times.txt": 3, "trips.txt": 1}


def test_frequencies_of_trips_left_out_go_with_them(read):
    feed = read(
        trips="route_id,service_id,trip_id\nX,S,out\nR,S,back\n",
        frequencies=HEADER + "out,7:00:00,8:00:00,600,\nback,7:00:00,8:00:00,600,\n",
    )
    # "back" is now the first trip.
    assert feed.frequencies["trip"].to_list() == [0]
    assert feed.report.left_out == {"frequencies.txt": 1, "stop_times.txt": 3, "trips.txt": 1}
