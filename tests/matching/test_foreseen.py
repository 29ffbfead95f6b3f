"""What is foreseen of a travel, without its ways, is what its search finds."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
from dense import metres, roads
from draw import MONDAY
from draw_on_demand import point
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
