"""Lengths of time: read, added to dates, compared."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.rules.durations import Duration, at_least, parse_duration

DURATIONS = st.builds(
    Duration, st.integers(0, 40), st.sampled_from(["jours", "semaines", "mois", "ans"])
)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7 jours", (7, "jours")), ("1 jour", (1, "jours")), ("3 MOIS", (3, "mois")),
     ("1 an", (1, "ans")), (" 2 semaines ", (2, "semaines"))],
)  # fmt: skip
def test_durations_are_read(text, expected):
    assert parse_duration(text) == Duration(*expected)


@pytest.mark.parametrize("text", ["", "7", "sept jours", "7 heures", "-1 jour", "1.5 mois", None])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="n'est pas une durée"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        (date(2026, 1, 31), "1 mois", date(2026, 2, 28)),
        (date(2024, 1, 31), "1 mois", date(2024, 2, 29)),
        (date(2026, 11, 30), "3 mois", date(2027, 2, 28)),
        (date(2024, 2, 29), "1 an", date(2025, 2, 28)),
        (date(2026, 5, 8), "7 jours", date(2026, 5, 15)),
        (date(2026, 5, 8), "2 semaines", date(2026, 5, 22)),
    ],
)
def test_after(start, duration, end):
    assert parse_duration(duration).after(start) == end


@given(DURATIONS, DAYS)
def test_before_is_the_last_day_from_which_enough_has_passed(duration, day):
    start = duration.before(day)
    assert duration.after(start) <= day < duration.after(start + timedelta(days=1))


@pytest.mark.parametrize(
    ("held", "asked", "expected"),
    [
        ("28 jours", "28 jours", True),
        ("27 jours", "28 jours", False),
        ("1 mois", "28 jours", True),
        ("1 mois", "29 jours", None),
        ("1 mois", "32 jours", False),
        ("88 jours", "3 mois", False),
        ("89 jours", "3 mois", None),
        ("91 jours", "3 mois", None),
        ("92 jours", "3 mois", True),
        ("1 an", "12 mois", True),
        ("11 mois", "1 an", False),
        ("13 semaines", "91 jours", True),
    ],
)
def test_lengths_compared(held, asked, expected):
    assert at_least(parse_duration(held), parse_duration(asked)) is expected


@given(DURATIONS, DURATIONS, DAYS)
def test_a_comparison_told_holds_from_any_day(held, asked, day):
    said = at_least(held, asked)
    longer = held.after(day) >= asked.after(day)
    months = {held.unit, asked.unit} <= {"mois", "ans"}
    assert said is None or said is longer or (months and held.after(day) == asked.after(day))


@given(DURATIONS)
def test_a_duration_reads_back(duration):
    assert parse_duration(str(duration)) == duration
