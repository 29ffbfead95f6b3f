"""calendar.txt and calendar_dates.txt, alone and together."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion.reach.gtfs.tables import calendars
from traitdunion.reach.gtfs.tables.specs import WEEKDAYS

# The nine columns of `services`: Sunday 2 March 2025, Monday 3 … Sunday 9, Monday 10.
WEEKLY = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
DATED = "service_id,date,exception_type\n"


def days(feed):
    return ["".join("x" if runs else "." for runs in row) for row in feed.services.tolist()]


def test_a_calendar_starts_and_ends_on_its_dates_included(read):
    feed = read(calendar=WEEKLY + "S,1,1,1,1,1,1,1,20250304,20250307\n")
    assert days(feed) == ["..xxxx..."]


def test_exceptions_add_and_remove_days(read):
    feed = read(
        calendar=WEEKLY + "S,1,1,1,1,1,0,0,20250101,20251231\n",
        calendar_dates=DATED + "S,20250308,1\nS,20250305,2\nS,20250401,1\n",
    )
    assert days(feed) == [".xx.xxx.x"]


def test_dates_alone_are_enough(read):
    feed = read(calendar=None, calendar_dates=DATED + "S,20250302,1\nS,20250310,1\n")
    assert days(feed) == ["x.......x"]
    assert feed.report.findings == []


@pytest.mark.parametrize("text", ["2025-03-04", "20250230", "", "demain", "2025030"])
def test_a_date_that_is_none_is_left_out(read, where, text):
    feed = read(calendar=None, calendar_dates=DATED + f"S,{text},1\nS,20250303,1\n")
    assert days(feed) == [".x......."]
    assert where(feed, "bad_date") == [("error", "calendar_dates.txt", 2, "date", text)]
    assert feed.report.left_out == {"calendar_dates.txt": 1}


def test_a_calendar_with_a_bad_date_leaves_the_days_of_the_other_file(read, where):
    feed = read(
        calendar=WEEKLY + "S,1,1,1,1,1,0,0,20250101,2025\n",
        calendar_dates=DATED + "S,20250303,1\n",
    )
    assert days(feed) == [".x......."]
    assert where(feed, "bad_date") == [("error", "calendar.txt", 2, "end_date", "2025")]


def test_a_calendar_that_ends_before_it_starts_is_left_out(read, where):
    feed = read(
        calendar=WEEKLY + "S,1,1,1,1,1,0,0,20250101,20251231\nX,1,1,1,1,1,0,0,20251231,20250101\n"
    )
    assert days(feed) == [".xxxxx..x"]
    assert where(feed, "bad_period") == [("error", "calendar.txt", 3, "end_date", "20250101")]


def test_a_weekday_that_is_neither_0_nor_1_counts_as_0(read, where):
    feed = read(calendar=WEEKLY + "S,1,oui,1,1,1,0,0,20250101,20251231\n")
    assert days(feed) == [".x.xxx..x"]
    assert where(feed, "bad_value") == [("error", "calendar.txt", 2, "tuesday", "oui")]


def test_a_service_defined_twice_keeps_its_first_row(read, where):
    feed = read(
        calendar=WEEKLY + "S,1,0,0,0,0,0,0,20250101,20251231\nS,0,1,0,0,0,0,0,20250101,20251231\n"
    )
    assert days(feed) == [".x......x"]
    assert where(feed, "duplicate_key") == [("error", "calendar.txt", 3, "service_id", "S")]


def test_a_service_with_two_words_on_one_day_keeps_the_first(read, where):
    feed = read(calendar_dates=DATED + "S,20250304,2\nS,20250304,1\n")
    assert days(feed) == [".x.xxx..x"]
    assert where(feed, "duplicate_key") == [("error", "calendar_dates.txt", 3, "date", "20250304")]


def test_rows_repeated_sign_by_sign_change_nothing_and_are_reported(read, where):
    week, day = "S,1,1,1,1,1,0,0,20250101,20251231\n", "S,20250304,2\n"
    feed = read(calendar=WEEKLY + week * 3, calendar_dates=DATED + day * 2)
    assert days(feed) == [".x.xxx..x"]
    assert where(feed, "repeated_row") == [
        ("warning", "calendar.txt", 3, None, None),
        ("warning", "calendar.txt", 4, None, None),
        ("warning", "calendar_dates.txt", 3, None, None),
    ]
    assert where(feed, "duplicate_key") == []
    assert feed.report.left_out == {"calendar.txt": 2, "calendar_dates.txt": 1}


def test_an_exception_that_is_neither_added_nor_removed_is_left_out(read, where):
    feed = read(calendar_dates=DATED + "S,20250304,3\n")
    assert days(feed) == [".xxxxx..x"]
    assert where(feed, "bad_value") == [("error", "calendar_dates.txt", 2, "exception_type", "3")]


def test_days_when_clocks_change_are_days_like_others(write_feed):
    from datetime import date

    from traitdunion.reach.gtfs import read_gtfs

    folder = write_feed(calendar=WEEKLY + "S,0,0,0,0,0,0,1,20250101,20251231\n")
    for sunday in (date(2025, 3, 30), date(2025, 10, 26)):
        feed = read_gtfs([folder], start=sunday, days=1)
        assert days(feed) == [".x."]
        # 8:00 stays 28800 s after noon minus twelve hours.
        assert feed.stop_times["departure_s"][0] == 28800


# -- the first and last day of each service -----------------------------------------------------

DAYS = st.integers(20_000, 20_040)
WEEKS = st.lists(
    st.tuples(st.integers(0, 3), DAYS, DAYS, st.lists(st.booleans(), min_size=7, max_size=7)),
    max_size=4,
    unique_by=lambda row: row[0],
)
DATES = st.lists(
    st.tuples(st.integers(0, 3), DAYS, st.booleans()),
    max_size=30,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=300, deadline=None)
@given(WEEKS, DATES)
def test_the_ends_of_each_service_are_those_of_its_days_one_by_one(weeks, dates):
    weekly = pl.DataFrame(
        [
            {"row": row, "start": min(a, b), "end": max(a, b)}
            | {day: str(int(flag)) for day, flag in zip(WEEKDAYS, flags, strict=True)}
            for row, a, b, flags in weeks
        ],
        schema={"row": pl.UInt32, "start": pl.Int64, "end": pl.Int64}
        | dict.fromkeys(WEEKDAYS, pl.String),
    )
    dated = pl.DataFrame(
        dates, schema={"row": pl.UInt32, "day": pl.Int64, "added": pl.Boolean}, orient="row"
    )
    first, last = calendars._ends(4, weekly, dated)
    for service in range(4):
        days = set()
        for row, a, b, flags in weeks:
            for day in range(min(a, b), max(a, b) + 1):
                if row == service and flags[(date(1970, 1, 1) + timedelta(day)).weekday()]:
                    days.add(day)
        for row, day, added in dates:
            if row == service:
                (days.add if added else days.discard)(day)
        ends = (min(days), max(days)) if days else (calendars.NEVER, calendars.NEVER)
        assert (first[service], last[service]) == ends
    assert first.dtype == np.int64
