"""Hours that differ by day or by week, over a contract: the days that fail, named with why."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from straight_road import Network, named, place, road, situation

from traitdunion import reach
from traitdunion.desk.question.strips import week_strip
from traitdunion.matching.answering import answer
from traitdunion.matching.explaining.calendars import Calendar
from traitdunion.matching.feasibility.rosters import in_week, roster_of
from traitdunion.matching.roster_files import RosterError, read_roster
from traitdunion.rules.public_holidays import public_holidays
from traitdunion.sources.school_holidays import is_school_holiday, zone_of

START = date(2026, 11, 30)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAYS = 20 * 7
DATES = [START + timedelta(number) for number in range(DAYS)]
RUNNING = [on for on in DATES if on not in public_holidays(on.year)]
SCHOOL = [on for on in RUNNING if not is_school_holiday(on, "A")]
H = 3600
EARLY, LATE = ((5 * H, 13 * H),), ((13 * H, 21 * H),)


@pytest.fixture(scope="module")
def timetable() -> reach.Timetable:
    """Out for 8:00 and for 13:00, back after 16:00 every day but holidays; at 5:00 and 21:00 too.

    The bus back of the late shift (trip 5) runs on school days only.
    """
    return road(
        "A 4:00 > B 4:30", "A 7:00 > B 7:30", "A 12:00 > B 12:30",
        "B 13:20 > A 13:50", "B 16:20 > A 16:50", "B 21:20 > A 21:50",
        start=START, days=DAYS,
        running=dict.fromkeys(range(5), RUNNING) | {5: SCHOOL},
    )  # fmt: skip


def asked(timetable, **changed):
    reply = answer(
        situation(week=START, now=NOW, **changed),
        timetable=timetable,
        solutions=(),
        network=Network(),
        epci_of={}.get,
    )
    return named(reply, "transports")


def two_teams(starts_on=START):
    weeks = [[(day, parts) for day in range(5)] for parts in (EARLY, LATE)]
    return roster_of(starts_on, weeks, margin_before_s=600, margin_after_s=300)


def with_roster(roster, **changed):
    _, shift = in_week(roster, START)
    fields = {
        "start_s": shift.start_s, "end_s": shift.end_s, "days": shift.days,
        "periods": shift.periods,
    }  # fmt: skip
    return {"roster": roster, "shift": fields} | changed


def test_a_contract_over_christmas_names_the_public_holidays_and_does_not_count_them(timetable):
    option = asked(timetable, period=(date(2026, 12, 14), date(2027, 1, 15)))
    assert [week.held for week in option.weeks] == [True] * 5
    strip = week_strip(option.weeks, Calendar("A"))
    assert strip.words == "tient 5 semaines sur 5"
    assert strip.fails == (
        "vendredi 25 décembre 2026 (férié : Noël) : non compté",
        "vendredi 1er janvier 2027 (férié : jour de l'an) : non compté",
    )


def test_school_holidays_are_named_to_the_day_by_two_teams_over_two_weeks(timetable):
    """The late weeks begin on 7 and 21 December, 4 and 18 January, 1 and 15 February, 1 March…

    Zone A is on holiday from 19 December to 3 January from 13 to 28 February, and from 10 April:
    the late weeks of 21 December, 15 February and 12 April have no bus back.
    """
    option = asked(timetable, **with_roster(two_teams(), period=(START, START + timedelta(139))))
    failing = [on for week in option.weeks for on in week.fails]
    assert failing == [
        *(date(2026, 12, day) for day in (21, 22, 23, 24)),
        *(date(2027, 2, day) for day in (15, 16, 17, 18, 19)),
        *(date(2027, 4, day) for day in (12, 13, 14, 15, 16)),
    ]
    strip = week_strip(option.weeks, Calendar("A"))
    assert strip.words == "tient 17 semaines sur 20"
    assert strip.fails[0] == (
        "du lundi 21 décembre 2026 au jeudi 24 décembre 2026 : 4 jours (vacances de Noël, zone A)"
    )


def test_two_teams_begin_with_the_other_one_when_they_start_a_week_later(timetable):
    roster = two_teams(START - timedelta(7))
    option = asked(timetable, **with_roster(roster, period=(START, START + timedelta(139))))
    failing = [on for week in option.weeks for on in week.fails]
    assert failing[0] == date(2026, 12, 28)


def test_the_days_shown_are_those_of_the_roster(timetable):
    """Monday at 5:00, Tuesday at 8:00: each day leaves by its own bus."""
    roster = roster_of(
        START, [[(0, EARLY), (1, ((8 * H, 16 * H),))]], margin_before_s=600, margin_after_s=300
    )
    option = asked(timetable, **with_roster(roster))
    rides = [next(step for step in day.out if step.kind == "ride") for day in option.days]
    assert [day.on.weekday() for day in option.days] == [0, 1]
    assert [ride.departure_s for ride in rides] == [4 * H, 7 * H]
    assert (option.feasible_days, option.asked_days) == (2, 2)


def test_a_split_shift_of_a_roster_has_its_parts(tmp_path):
    roster = read(
        tmp_path,
        """
starts_on: 2026-11-30
shifts:
  - {week: 1, days: [mon], start: "06:00", end: "09:00"}
  - {week: 1, days: [lun, mar], start: "17:00", end: "20:00"}
""",
    )
    split, evening = roster.shift_on(START), roster.shift_on(START + timedelta(1))
    assert split.periods == ((6 * H, 9 * H), (17 * H, 20 * H))
    assert (evening.start_s, evening.end_s, evening.periods) == (17 * H, 20 * H, ())
    assert roster.shift_on(START + timedelta(2)) is None
    assert roster.shift_on(START - timedelta(7)) is None, "before it starts"


def test_a_night_ends_on_the_next_day(tmp_path):
    roster = read(
        tmp_path,
        """
starts_on: 2026-11-30
cycle_weeks: 3
shifts:
  - {week: 3, days: [fri], start: "21:00", end: "05:00"}
""",
    )
    assert [bool(week) for week in roster.shifts] == [False, False, True]
    assert roster.shift_on(date(2026, 12, 18)).end_s == 29 * H


def test_every_mistake_has_its_line(tmp_path):
    with pytest.raises(RosterError) as refused:
        read(
            tmp_path,
            """
starts_on: soon
shifts:
  - {week: 4, days: [mon], start: "05:00", end: "13:00"}
  - {week: 1, days: [lundredi], start: 5h, end: "25:00"}
  - {week: 1, days: [mon], start: "05:00", end: "13:00"}
  - {week: 1, days: [mon], start: "12:00", end: "14:00"}
extra: 1
""",
        )
    lines = sorted(problem.split(" : ")[0] for problem in refused.value.problems)
    assert lines == [f"poste.yaml, ligne {n}" for n in (2, 4, 5, 5, 7, 8)]


def read(folder, text):
    path = folder / "poste.yaml"
    path.write_text(text, "utf-8")
    return read_roster(path, margin_before_s=600, margin_after_s=300)


def test_past_the_end_of_the_hours_known_the_weeks_are_not_known(timetable):
    last = START + timedelta(DAYS - 1)
    option = asked(timetable, period=(last - timedelta(13), last + timedelta(14)))
    assert [week.held for week in option.weeks] == [True, True, None, None]


def test_on_foot_the_whole_contract_is_like_the_week(timetable):
    reply = answer(
        situation(
            work=place(900, "Bureau"), week=START, now=NOW,
            period=(START, START + timedelta(400)),
        ),
        timetable=timetable, solutions=(), network=Network(), epci_of={}.get,
    )  # fmt: skip
    assert {week.held for week in named(reply, "marche").weeks} == {True}


@pytest.mark.parametrize(("code", "zone"), [("43", "A"), ("48", "C"), ("15", "A"), ("75", "C")])
def test_the_school_zone_is_that_of_the_departement(code, zone):
    assert zone_of(code) == zone


def test_holidays_agree_with_the_calendars_collected(shared):
    folder = shared / "calendar"
    rows = csv.DictReader((folder / "public_holidays_fr_2024_2030.csv").read_text().splitlines())
    dated = {date.fromisoformat(next(v for v in row.values() if v[:2] == "20")) for row in rows}
    assert {on for year in range(2024, 2031) for on in public_holidays(year)} == dated
