from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.catalogue.hours import closure_on, service_on
from traitdunion.catalogue.opening_hours import DAYS, validate_opening_hours, windows_on
from traitdunion.rules.public_holidays import easter_sunday, public_holidays

MONDAY = date(2026, 11, 23)
HOUR_S = 3600


def on(text, day):
    windows = windows_on(text, day)
    assert windows.certain
    return [(start_s / HOUR_S, end_s / HOUR_S) for start_s, end_s in windows.spans]


def test_two_windows_of_a_working_day():
    assert on("Mo-Fr 09:00-12:00,14:00-17:30; Sa 09:00-12:00", MONDAY) == [(9, 12), (14, 17.5)]
    assert on("Mo-Fr 09:00-12:00,14:00-17:30; Sa 09:00-12:00", date(2026, 11, 28)) == [(9, 12)]
    assert on("Mo-Fr 09:00-12:00,14:00-17:30; Sa 09:00-12:00", date(2026, 11, 29)) == []


def test_the_last_rule_that_names_a_day_decides():
    assert on("Mo-Su 08:00-18:00; We off", date(2026, 11, 25)) == []
    assert on("We off; Mo-Su 08:00-18:00", date(2026, 11, 25)) == [(8, 18)]


def test_days_may_turn_past_sunday():
    text = "Sa-Mo 10:00-11:00"
    open_ = [DAYS[day.weekday()] for i in range(7) if on(text, day := MONDAY + timedelta(i))]
    assert open_ == ["Mo", "Sa", "Su"]


def test_months_and_hours_past_midnight():
    text = "Jun-Sep Fr 20:00-26:00; Oct-May Fr 22:00-02:00"
    assert on(text, date(2026, 7, 3)) == [(20, 26)]
    assert on(text, date(2026, 11, 27)) == [(22, 26)]


def test_a_public_holiday_is_ordinary_unless_it_is_named():
    monday = date(2026, 5, 25)  # Whit Monday
    assert on("Mo-Fr 09:00-12:00", monday) == [(9, 12)]
    assert on("Mo-Fr 09:00-12:00; PH off", monday) == []
    assert on("PH 10:00-11:00", MONDAY) == []


def test_school_holidays_are_not_known_and_it_is_said():
    assert not windows_on("Mo-Fr 07:00-19:00; SH off", MONDAY).certain
    assert windows_on("SH off; Mo-Fr 07:00-19:00", MONDAY).certain


def test_a_comment_of_a_real_file_is_read_over():
    text = 'Mo-Fr 08:30-12:30 open "Sans rendez-vous; ou presque"; PH off'
    validate_opening_hours(text)
    assert on(text, MONDAY) == [(8.5, 12.5)]
    validate_opening_hours('Mo 09:00-12:00,14:00-17:30"Sans rendez-vous";Tu 09:00-12:00')


def test_always_is_the_whole_day():
    assert on("24/7", MONDAY) == [(0, 24)]


@pytest.mark.parametrize("text", ['Mo 9h-12h "a"', 'Mo 09:00-12:00 "a', "24/7 Mo 09:00-10:00"])
def test_what_is_not_understood_is_refused(text):
    with pytest.raises(ValidationError):
        validate_opening_hours(text)


@pytest.mark.parametrize(
    ("text", "day", "hours"),
    [
        # Two rules of one day, joined by a comma: the second adds to the first.
        ("Mo-Fr 09:00-12:00, Mo-Fr 14:00-17:00", MONDAY, [(9, 12), (14, 17)]),
        # First and third Wednesday of a month: 4 and 18 November 2026, not the 11th.
        ("We[1,3] 14:00-17:00", date(2026, 11, 4), [(14, 17)]),
        ("We[1,3] 14:00-17:00", date(2026, 11, 11), []),
        ("Sa[-1] 09:00-12:00", date(2026, 11, 28), [(9, 12)]),
        ("Dec 24-Jan 02 off; Mo-Fr 09:00-12:00; Dec 24-Jan 02 off", date(2026, 12, 28), []),
        ("week 2-52/2 Mo 09:00-12:00", MONDAY, [(9, 12)]),  # the 48th week
        ("2027 Mo 09:00-12:00", MONDAY, []),
        ("Mo-Fr 9:00-12:00", MONDAY, [(9, 12)]),
        # Touching windows are one; one that passes midnight belongs to the day it begins on.
        ("Mo 07:00-07:02,07:02-08:00", MONDAY, [(7, 8)]),
        ("Su 22:00-02:00", MONDAY, []),
        # Open from Monday 20:00 to Wednesday 04:00, 32 hours: cut at each midnight.
        ("Mo 20:00-24:00; Tu 00:00-24:00; We 00:00-04:00", MONDAY + timedelta(1), [(0, 24)]),
        ("Mo 20:00-24:00; Tu 00:00-24:00; We 00:00-04:00", MONDAY + timedelta(2), [(0, 4)]),
    ],
)  # fmt: skip
def test_the_whole_grammar_of_openstreetmap_is_read(text, day, hours):
    validate_opening_hours(text)
    assert on(text, day) == hours


@pytest.mark.parametrize(
    "text", ["le matin", "Mo-Fr 9h-12h", "Mo" * 400, "\x00", "Mo 09:00-12:00;;;["]
)
def test_unreadable_text_in_the_base_is_unknown_and_never_raises(made, text):
    assert windows_on(text, MONDAY) is None
    solution = made(horaires_service="Mo-Fr 07:00-19:00")
    solution.horaires_service = text
    service = service_on(solution, MONDAY)
    assert service.windows is None
    assert service.unreadable


@given(st.text(alphabet='MoTuWePHSH0123456789:-;,[]+/"| offweekJan', max_size=60))
def test_no_text_raises(text):
    windows_on(text, MONDAY)


@pytest.mark.parametrize(
    "text", ['"sur rendez-vous"', "Mo 08:00+", "Mo sunrise-12:00", "Mo unknown"]
)
def test_hours_that_depend_on_something_else_are_not_certain(text):
    assert not windows_on(text, MONDAY).certain


def test_holidays_of_the_library_are_those_of_the_code_du_travail():
    first, last = date(2024, 1, 1), date(2030, 12, 31)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    expected = frozenset().union(*(public_holidays(year) for year in range(2024, 2031)))
    assert {day for day in days if on("PH 10:00-11:00", day)} == expected


# Half hours of one day, of which the last is not midnight: no window joins that of the next day.
times = st.tuples(st.integers(0, 23), st.integers(24, 47)).map(
    lambda t: f"{t[0] // 2:02}:{30 * (t[0] % 2):02}-{t[1] // 2:02}:{30 * (t[1] % 2):02}"
)
rules = st.tuples(st.sets(st.sampled_from(DAYS), min_size=1), times | st.just("off"))


@given(st.lists(rules, min_size=1, max_size=4), st.integers(0, 6))
def test_reading_agrees_with_a_slow_twin(written, shift):
    day = MONDAY + timedelta(shift)
    text = "; ".join(f"{','.join(sorted(days, key=DAYS.index))} {time}" for days, time in written)
    validate_opening_hours(text)
    naive = []
    for days, time in written:
        if DAYS[day.weekday()] in days:
            naive = [] if time == "off" else [tuple(time.split("-"))]
    seconds = [
        tuple(int(clock[:2]) * 3600 + int(clock[3:]) * 60 for clock in span) for span in naive
    ]
    assert list(windows_on(text, day).spans) == seconds


def test_easter_of_known_years():
    known = [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ]
    assert [easter_sunday(day.year) for day in known] == known


def test_holidays_are_eleven():
    # Easter Monday, Ascension and Whit Monday of 2026: 6 April, 14 May, 25 May.
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} < public_holidays(2026)
    assert len(public_holidays(2026)) == 11


def test_a_closure_beats_a_particular_day_which_beats_the_usual_hours(made):
    solution = made(
        horaires_service="Mo-Fr 07:00-19:00",
        exceptions=[
            {"le": "2026-11-24", "horaires": "10:00-11:00"},
            {"le": "2026-11-25", "horaires": "10:00-11:00"},
        ],
        fermetures=[
            {"nature": "fermeture", "du": "2026-11-25", "au": "2026-11-26", "motif": "neige"}
        ],
    )
    spans = [service_on(solution, MONDAY + timedelta(i)).windows.spans for i in range(5)]
    seven_to_seven = ((7 * HOUR_S, 19 * HOUR_S),)
    assert spans == [seven_to_seven, ((10 * HOUR_S, 11 * HOUR_S),), (), (), seven_to_seven]
    assert service_on(solution, date(2026, 11, 25)).closure.motif == "neige"


def test_a_suspension_closes_nothing_to_those_already_served(made):
    solution = made(
        horaires_service="Mo-Fr 07:00-19:00",
        fermetures=[{"nature": "suspension", "du": "2026-11-01", "au": None, "motif": ""}],
    )
    service = service_on(solution, MONDAY)
    assert service.windows.spans
    assert service.closure.nature == "suspension"
    assert closure_on(solution, date(2026, 10, 31)) is None


def test_hours_that_nobody_told_are_not_known(made):
    assert service_on(made(), MONDAY).windows is None
