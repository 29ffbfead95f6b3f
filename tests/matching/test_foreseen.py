"""What is foreseen of a travel, without its ways, is what its search finds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from dense import STEP_M, metres, roads
from draw import MONDAY
from draw_on_demand import Asked, Notice, OnDemandDrawing, point
from hypothesis import given, settings
from hypothesis import strategies as st
from straight_road import situation

from traitdunion import reach
from traitdunion.matching.eligibility.searches import SituationSearches
from traitdunion.matching.feasibility.travels import End, Travel
from traitdunion.matching.situation import Place

HOUR = 3600
BIKE = reach.Mode("bike", speed_kmh=13, max_m=3_000)
TRAVELS = [Travel(), Travel(BIKE, End.HOME), Travel(BIKE, End.WORK), Travel(BIKE, End.BOTH),
           Travel(BIKE, End.WHOLE)]  # fmt: skip
ASKED = OnDemandDrawing(
    [
        Asked("nord 6:00-9:00 > sud 6:00-12:00", notice="hour"),
        Asked("sud 7:00-20:00 > nord 7:00-21:00", offset_s=600, notice="eve"),
        Asked("nord 14:00-19:00 > nord 14:00-20:00", factor=2.0),
    ],
    {"nord": [(4 * STEP_M + 325, 9 * STEP_M + 325)]},
    {"sud": "AB"},
    {"hour": Notice(minutes=60), "eve": Notice(days=2, until="17:00")},
)


@settings(max_examples=60, deadline=None)
@given(roads(most_trips=14, bikes=range(0, 14, 2)), metres, metres, st.integers(0, 23))
def test_the_days_and_the_time_away_foreseen_are_those_found(road, home, work, starts_h):
    """By day and by night, over the end of the week and past the last day of the timetable."""
    asked = replace(
        situation(week=MONDAY),
        home=Place("Ici", *point(home)),
        work=Place("Là", *point(work)),
        shift=reach.Shift(starts_h * HOUR, (starts_h + 4) * HOUR, frozenset({0, 3, 6})),
    )
    searches = SituationSearches(asked, road[0])
    for travel in TRAVELS:
        days = [day for day in searches.week(travel).days if day.feasible]
        foreseen = searches.foreseen(travel)
        assert foreseen.days == len(days)
        if days:
            assert foreseen.away_s == np.mean([day.away_s for day in days])


@settings(max_examples=30, deadline=None)
@given(roads(most_trips=14), metres, metres, st.integers(0, 23))
def test_days_of_a_period_answer_as_each_week_does(road, home, work, starts_h):
    shift = reach.Shift(starts_h * HOUR, (starts_h + 4) * HOUR, frozenset({0, 3, 6}))
    asked = replace(
        situation(week=MONDAY), home=Place("Ici", *point(home)), work=Place("Là", *point(work)),
        shift=shift,
    )  # fmt: skip
    searches = SituationSearches(asked, road[0])
    for travel in TRAVELS[:3]:
        for on, held in searches.works_on(travel).items():
            alone = replace(asked, shift=replace(shift, days=frozenset({on.weekday()})), week=on)
            (day,) = SituationSearches(alone, road[0]).week(travel).days
            assert day.on == on
            assert held is day.feasible
        assert all(on >= asked.now.date() - timedelta(1) for on in searches.works_on(travel))


@settings(max_examples=60, deadline=None)
@given(roads(most_trips=8, asked=ASKED), metres, metres, st.integers(5, 18), st.integers(0, 7 * 24))
def test_what_a_notice_closes_is_foreseen_as_it_is_found(road, home, work, starts_h, asked_h):
    """The days that nothing closes decide which are searched again; a notice closes the rest."""
    tt = road[0]
    asked = replace(
        situation(week=MONDAY),
        home=Place("Ici", *point(home)),
        work=Place("Là", *point(work)),
        shift=reach.Shift(starts_h * HOUR, (starts_h + 4) * HOUR, frozenset({0, 2, 4})),
        now=datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC)
        + timedelta(hours=asked_h - 48),
    )
    searches = SituationSearches(asked, tt)
    travel = Travel(routes=frozenset(tt.routes_on_demand))
    week = searches.week(travel)
    assert searches.foreseen(travel).days == sum(day.feasible for day in week.days)
    works = searches.works_on(travel)
    for day in week.days:
        if day.on in works and day.reason != reach.Reason.OUTSIDE_TIMETABLE:
            assert works[day.on] is day.feasible
