"""Fast equals slow where services come on demand: random roads, windows, groups and notices."""

from dataclasses import replace
from datetime import datetime, timedelta

from draw import MONDAY, draw
from draw_on_demand import Asked, Notice, OnDemandDrawing, point
from hypothesis import given
from hypothesis import strategies as st
from naive_on_demand import World
from worlds import clock

from tests.examples import examples
from traitdunion import reach

STEP_M = 650  # 63 s by car, 676 s on foot
NAMES = "ABCDE"
NOTICES = {
    "libre": Notice(),
    "une heure": Notice(minutes=60),
    "veille": Notice(days=1, until="17:00"),
}
metres = st.integers(0, 30).map(lambda step: step * STEP_M)
moments = st.integers(5 * 6, 12 * 6).map(lambda tenth: tenth * 600)


@st.composite
def windows(draw_from, places):
    """Two or three calls in the order of time, some at an hour of a stop."""
    calls = []
    now = draw_from(moments)
    for _ in range(draw_from(st.integers(2, 3))):
        if draw_from(st.integers(0, 3)) == 0:
            calls.append(f"{draw_from(st.sampled_from(NAMES))} {clock(now)}")
            now += draw_from(st.integers(0, 6)) * 300
            continue
        end = now + draw_from(st.integers(0, 18)) * 600
        calls.append(f"{draw_from(st.sampled_from(places))} {clock(now)}-{clock(end)}")
        now += draw_from(st.integers(0, 3)) * 600
    return " > ".join(calls)


@st.composite
def services(draw_from):
    """Zones of one or two stretches, groups of stops, one to four trips."""
    zones = {}
    for name in ("est", "ouest"):
        bounds = sorted(draw_from(st.sets(st.integers(-1, 31), min_size=4, max_size=4)))
        edges = [step * STEP_M + STEP_M / 2 for step in bounds]
        both = draw_from(st.booleans())
        zones[name] = [tuple(edges[:2]), tuple(edges[2:])] if both else [(edges[0], edges[3])]
    members = st.sets(st.sampled_from(NAMES), min_size=1, max_size=3)
    groups = {"haut": "".join(sorted(draw_from(members)))}
    trips = [
        Asked(
            draw_from(windows([*zones, *groups])),
            factor=draw_from(st.sampled_from([1.0, 1.5])),
            offset_s=draw_from(st.sampled_from([0, 300])),
            notice=draw_from(st.sampled_from(["", *NOTICES])),
            running=draw_from(st.sampled_from([None, (MONDAY,), (MONDAY - timedelta(1),)])),
        )
        for _ in range(draw_from(st.integers(1, 4)))
    ]
    return OnDemandDrawing(trips, zones, groups, NOTICES)


@st.composite
def timed_trips(draw_from):
    now = draw_from(moments)
    calls = []
    for name in draw_from(st.permutations(NAMES))[: draw_from(st.integers(2, 4))]:
        calls.append(f"{name} {clock(now)}")
        now += draw_from(st.integers(0, 6)) * 300
    return " > ".join(calls)


@st.composite
def roads(draw_from):
    """A world with its timetable, and its two ways of asking."""
    places = {name: draw_from(metres) for name in NAMES}
    drawing = draw_from(services())
    pairs = [a + b for a in NAMES for b in NAMES if a != b]
    walks = st.dictionaries(st.sampled_from(pairs), st.sampled_from([60, 300, 900]), max_size=6)
    tt = draw(
        *draw_from(st.lists(timed_trips(), min_size=0, max_size=4)),
        places={name: tuple(point(m)) for name, m in places.items()},
        walks=draw_from(walks),
        asked=drawing,
    )
    asked_at = draw_from(
        st.none()
        | st.integers(8, 36).map(
            lambda hour: (
                datetime.combine(MONDAY - timedelta(1), datetime.min.time()) + timedelta(hours=hour)
            )
        )
    )
    world = World(tt, drawing, places, MONDAY, asked_at, chain=draw_from(st.booleans()))
    return world, reach.OnDemand(asked_at=asked_at, chain=world.chain)


@examples(200)
@given(roads(), metres, metres, moments)
def test_the_earliest_arrival_is_that_of_the_slow_search(road, a, b, leave_s):
    world, option = road
    journeys = reach.journeys(
        world.tt,
        point(a),
        point(b),
        reach.When(MONDAY, leave_s),
        modes=reach.Modes(on_demand=option),
    )
    for journey in journeys:
        check(journey)
    soonest = min((journey.arrival_s for journey in journeys), default=None)
    assert soonest == world.earliest(a, b, leave_s)


@examples(200)
@given(roads(), metres, metres, moments)
def test_the_latest_departure_is_in_time_and_one_second_more_is_not(road, a, b, arrive_s):
    world, option = road
    journeys = reach.journeys(
        world.tt,
        point(a),
        point(b),
        reach.When(MONDAY, arrive_s=arrive_s),
        modes=reach.Modes(on_demand=option),
    )
    latest = max((journey.departure_s for journey in journeys), default=None)
    if latest is None:
        assert (world.earliest(a, b, -2 * 86_400) or arrive_s + 1) > arrive_s
        return
    assert world.earliest(a, b, latest) <= arrive_s
    after = world.earliest(a, b, latest + 1)
    assert after is None or after > arrive_s


@examples(150)
@given(roads(), metres, metres, moments)
def test_journeys_hold_the_earliest_arrival_with_each_number_of_lines(road, a, b, leave_s):
    world, option = road
    journeys = reach.journeys(
        world.tt,
        point(a),
        point(b),
        reach.When(MONDAY, leave_s, patience_s=None),
        modes=reach.Modes(on_demand=option),
    )
    for lines in range(3):
        soonest = min((j.arrival_s for j in journeys if j.rides <= lines), default=None)
        assert soonest == world.earliest(a, b, leave_s, max_rides=lines)
    kept = {(j.arrival_s, j.rides, j.walk_s) for j in journeys}
    for kept_row in kept:
        assert not any(
            other != kept_row and all(x <= y for x, y in zip(other, kept_row, strict=True))
            for other in kept
        )


@examples(150)
@given(roads(), metres, metres, moments)
def test_the_table_is_each_pair_alone(road, a, b, start_s):
    """There and back by services on demand, lines and the walks between their stops."""
    world, option = road
    commute = reach.Commute(on_demand=option)
    shift = reach.Shift(start_s, start_s + 3 * 3600, frozenset({0}))
    asked = {"week": MONDAY, "commute": commute}
    table = reach.feasibility(world.tt, [point(a)], [point(b)], [shift], **asked)
    (day,) = reach.there_and_back(world.tt, point(a), point(b), shift, **asked).days
    assert table.feasible[0, 0, 0, 0] == day.feasible
    soonest = world.earliest(b, a, shift.leave_from_s)
    if day.feasible:
        assert table.leave_s[0, 0, 0, 0] == day.out.departure_s
        assert table.home_s[0, 0, 0, 0] == day.back.arrival_s == soonest
        assert world.earliest(a, b, day.out.departure_s) <= shift.arrive_by_s
    elif day.back is not None:
        assert day.back.arrival_s == soonest


def check(journey):
    """Legs follow each other in place and in time, and no ride leaves its window."""
    for before, after in zip(journey.legs, journey.legs[1:], strict=False):
        assert before.arrival_s <= after.departure_s
        assert before.to_stop == after.from_stop
        assert before.to_point == after.from_point
    for leg in journey.legs:
        if leg.kind == "on_demand":
            start_s, end_s = leg.pickup_window_s
            assert start_s <= leg.departure_s <= end_s


@examples(100)
@given(roads(), metres, metres, moments)
def test_a_day_fails_by_its_notice_where_it_holds_if_asked_sooner(road, a, b, start_s):
    world, option = road
    shift = reach.Shift(start_s, start_s + 3 * 3600, frozenset({0}))
    asked, sooner = (
        reach.there_and_back(
            world.tt, point(a), point(b), shift, week=MONDAY,
            commute=reach.Commute(on_demand=each),
        ).days[0]
        for each in (option, replace(option, asked_at=None))
    )  # fmt: skip
    assert sooner.reason != reach.Reason.NOTICE
    assert (asked.reason == reach.Reason.NOTICE) == (sooner.feasible and not asked.feasible)


@examples(60)
@given(roads(), metres, metres, moments, st.integers(4, 12))
def test_past_the_longest_notice_the_moment_of_asking_changes_nothing(road, a, b, start_s, ahead):
    """Nor does what was searched for the days before: each day of a week is that day alone."""
    world, option = road
    asked_on = MONDAY - timedelta(ahead)
    late = datetime.combine(asked_on, datetime.min.time()) + timedelta(hours=23)

    def days_of(option, days):
        return reach.there_and_back(
            world.tt, point(a), point(b), reach.Shift(start_s, start_s + 10_800, frozenset(days)),
            week=MONDAY, commute=reach.Commute(on_demand=option),
        ).days  # fmt: skip

    week = days_of(replace(option, asked_at=None), range(3))
    assert list(week) == [
        day for n in range(3) for day in days_of(replace(option, asked_at=None), {n})
    ]
    if reach.free_from(world.tt, asked_on) <= MONDAY:
        assert days_of(replace(option, asked_at=late), range(3)) == week
    else:
        assert ahead < 7


@examples(100)
@given(roads(), metres, metres, moments)
def test_where_no_service_comes_near_asking_changes_nothing(road, a, b, start_s):
    world, option = road
    places = point(a), point(b)
    streets = reach.DetourStreets(world.tt.arrays["stop_lat"], world.tt.arrays["stop_lon"])
    if reach.comes_near(world.tt, streets, reach.Limits(), option, places):
        return
    shift = reach.Shift(start_s, start_s + 3 * 3600, frozenset({0}))
    asked, lines = (
        reach.there_and_back(world.tt, *places, shift, week=MONDAY, commute=commute)
        for commute in (reach.Commute(on_demand=option), reach.Commute())
    )
    assert asked == lines
