"""Sites searched once for all homes give what each pair alone gives, to the second."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import naive
import numpy as np
import pytest
from dense import STEP_M, WALK_S, direct, metres, roads
from draw import MONDAY, draw
from draw_on_demand import METRES_A_DEGREE, Asked, Notice, OnDemandDrawing, point
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from traitdunion import reach
from traitdunion.reach.day_classes import NOT_WORKED, OUTSIDE
from traitdunion.reach.ends import default_streets
from traitdunion.reach.options import USUAL_LIMITS
from traitdunion.reach.timetable import MAX_KEPT, SITES

HOUR = 3600
NEAR_BIKE = reach.Mode("bike", speed_kmh=13, max_m=3_000)
SCOOTER = reach.Mode("scooter", speed_kmh=32, max_m=6_000, detour=1.4, fixed_s=180)
few_limits = st.builds(
    reach.Limits,
    max_rides=st.integers(1, 3),
    min_transfer_s=st.sampled_from([0, 120]),
    access_margin_s=st.sampled_from([0, 90]),
    access_margin_percent=st.sampled_from([0, 20]),
)
hours = st.integers(0, 23).map(lambda hour: hour * HOUR)
longest = st.sampled_from([1800, 7200, 254 * 60])
few_places = st.lists(metres, min_size=1, max_size=3)
two_places = st.lists(metres, min_size=1, max_size=2)


def commutes(**options):
    """On foot, with each vehicle at each end, a bicycle aboard."""
    return [
        reach.Commute(**options),
        reach.Commute(home_vehicle=NEAR_BIKE, **options),
        reach.Commute(home_vehicle=SCOOTER, **options),
        reach.Commute(work_vehicle=NEAR_BIKE, **options),
        reach.Commute(bike_aboard=NEAR_BIKE, **options),
    ]


ASKED = OnDemandDrawing(
    [
        Asked("nord 6:00-9:00 > sud 6:00-12:00", notice="hour"),
        Asked("sud 7:00-20:00 > nord 7:00-21:00", offset_s=600, notice="eve"),
        Asked("nord 14:00-19:00 > nord 14:00-20:00", factor=2.0),
        Asked("A 8:00 > nord 8:00-9:30"),
        Asked("sud 6:00-9:00 > B 8:40", running=[MONDAY]),
    ],
    {"nord": [(4 * STEP_M + 325, 9 * STEP_M + 325)]},
    {"sud": "AB"},
    {"hour": Notice(minutes=60), "eve": Notice(days=1, until="17:00")},
)


def single(tt, home, site, shift, mode, **options):
    if isinstance(mode, reach.Mode):
        return reach.by_street(tt, home, site, shift, mode, **options)
    return reach.there_and_back(tt, home, site, shift, commute=mode, **options)


def bulk_equals_single(tt, homes, sites, shifts, modes, *, limits, max_trip_s, on=MONDAY):
    week = reach.site_week(
        tt, sites, shifts, week=on, limits=limits, longest=reach.Longest(max_trip_s)
    )
    out_s, back_s = week.seconds(homes, modes)
    held = week.held(homes, modes)
    words = held.words()
    for k, shift in enumerate(shifts):
        for w, site in enumerate(sites):
            for h, home in enumerate(homes):
                for m, mode in enumerate(modes):
                    days = single(tt, home, site, shift, mode, week=on).days
                    for day in days:
                        bit = bool(int(words[m, w, h]) >> (7 * k + day.on.weekday()) & 1)
                        assert bit == day.feasible, (mode, day)
                        c = week.classes.class_of[k, day.on.weekday()]
                        if c < 0:
                            continue
                        here = c, w, m, h
                        spent = out_s[here], back_s[here]
                        assert day.feasible == (max(spent) != reach.UNREACHED)
                        minutes = held.out[here], held.back[here]
                        assert minutes == tuple(minutes_of(s) for s in spent)
                        if day.feasible:
                            arrive_s = reach.clock_s(tt, day.on, shift.arrive_by_s)
                            leave_s = reach.clock_s(tt, day.on, shift.leave_from_s)
                            assert spent == (
                                arrive_s - day.out.departure_s,
                                day.back.arrival_s - leave_s,
                            )


def minutes_of(seconds):
    return 255 if seconds == reach.UNREACHED else -(-int(seconds) // 60)


@examples(40)
@given(
    roads(most_trips=14, bikes=range(0, 14, 2)), few_places, few_places,
    st.lists(st.tuples(hours, st.integers(1, 12)), min_size=1, max_size=3), few_limits, longest,
)  # fmt: skip
def test_bulk_equals_single(road, homes, sites, spans, limits, max_trip_s):
    """Every mode, by day and by night, over the end of the week and past the last day."""
    shifts = [
        reach.Shift(start_s, start_s + lasts * HOUR, frozenset({0, 3, 6}))
        for start_s, lasts in spans
    ]
    modes = [*commutes(limits=limits, max_trip_s=max_trip_s), NEAR_BIKE, SCOOTER]
    bulk_equals_single(
        road[0], [point(m) for m in homes], [point(m) for m in sites], shifts, modes,
        limits=limits, max_trip_s=max_trip_s,
    )  # fmt: skip


asked_at = st.sampled_from(
    [None, *(datetime.fromisoformat(text) for text in ("2025-03-03 05:30", "2025-03-02 18:00"))]
)


@examples(25)
@given(
    roads(most_trips=10, asked=ASKED, bikes=range(0, 10, 2)), two_places, two_places,
    st.lists(st.tuples(hours, st.integers(1, 12)), min_size=1, max_size=1), few_limits, longest,
    asked_at, st.booleans(),
    st.sampled_from([None, frozenset({10, 11}), frozenset({12, 13, 14})]),
)  # fmt: skip
def test_bulk_equals_single_by_asking(
    road, homes, sites, spans, limits, max_trip_s, moment, chain, routes
):
    """Rides on demand at both ends, all the way, before or after a vehicle, closed by notices."""
    shifts = [
        reach.Shift(start_s, start_s + lasts * HOUR, frozenset({0, 1, 6}))
        for start_s, lasts in spans
    ]
    limits = replace(limits, asked_at=moment)
    option = reach.OnDemand(asked_at=moment, routes=routes, chain=chain)
    modes = commutes(limits=limits, max_trip_s=max_trip_s, on_demand=option)
    modes.append(reach.Commute(limits=limits, max_trip_s=max_trip_s))
    bulk_equals_single(
        road[0], [point(m) for m in homes], [point(m) for m in sites], shifts, modes,
        limits=limits, max_trip_s=max_trip_s,
    )  # fmt: skip


@examples(25)
@given(roads(most_trips=14), hours, few_limits)
def test_bulk_equals_single_from_stop_to_stop(road, start_s, limits):
    shifts = [reach.Shift(start_s, start_s + 4 * HOUR, frozenset({1}))]
    modes = commutes(limits=limits)
    bulk_equals_single(road[0], [0, 1], [2, 3], shifts, modes, limits=limits, max_trip_s=7200)


def test_days_alike_are_one_class():
    """An evening trip of Tuesday alone is no matter to a morning shift, nor is its name.

    8:00 to 9:00 and back at 9:30: trips of Monday and of the other days differ by their name only.
    """
    others = [MONDAY + timedelta(day) for day in range(1, 7)]
    tt = draw(
        "A 8:00 > B 8:30", "A 8:00 > B 8:30", "B 9:30 > A 10:00", "A 20:00 > B 20:30",
        running={0: [MONDAY], 1: others, 3: [MONDAY + timedelta(1)]},
    )  # fmt: skip
    morning, evening = (reach.Shift(h * HOUR, (h + 1) * HOUR - 1800) for h in (9, 21))
    classes = reach.day_classes(tt, [morning, evening], week=MONDAY, horizon_s=7200)
    assert classes.class_of.tolist() == [
        [0, 0, 0, 0, 0, NOT_WORKED, NOT_WORKED],
        [1, 2, 1, 1, 1, NOT_WORKED, NOT_WORKED],
    ]
    assert classes.days_of(2) == [MONDAY + timedelta(1)]
    whole = reach.day_classes(tt, [morning], week=MONDAY)
    assert len(whole) > 1


def test_days_outside_the_timetable_have_no_class():
    tt = draw("A 8:00 > B 8:30", "B 9:30 > A 10:00", days=2)
    shift = reach.Shift(9 * HOUR, 9 * HOUR + 1200)
    classes = reach.day_classes(tt, [shift], week=MONDAY, horizon_s=7200)
    assert classes.class_of[0, :5].tolist() == [0, 0, OUTSIDE, OUTSIDE, OUTSIDE]
    month = reach.day_classes(tt, [shift], period=(date(2025, 3, 1), date(2025, 3, 31)))
    assert (month.class_of >= 0).sum() == 2


def test_latest_and_earliest_are_those_of_the_lines():
    """To be at B at 8:50 the 8:00 is the last; free at 9:35, one takes the 10:00, at A at 10:20."""
    tt = draw("A 8:00 > B 8:30", "A 8:30 > B 9:00", "B 9:30 > A 9:50", "B 10:00 > A 10:20")
    week = reach.site_week(tt, [1], [reach.Shift(9 * HOUR, 9 * HOUR + 1800)], week=MONDAY)
    assert week.latest(0, 0).tolist() == [8 * HOUR, reach.UNREACHED]
    assert week.earliest(0, 0).tolist() == [10 * HOUR + 1200, reach.UNREACHED]


def test_ten_shifts_take_two_words():
    tt = draw("A 8:00 > B 8:30", "B 10:00 > A 10:20")
    shift = reach.Shift(9 * HOUR, 9 * HOUR + 1800)
    week = reach.site_week(tt, [1], [shift] * 10, week=MONDAY)
    words = week.words([0], [reach.Commute()])
    assert words.shape == (2, 1, 1, 1)
    assert int(words[0, 0, 0, 0]) == sum(0b11111 << 7 * k for k in range(9))
    assert int(words[1, 0, 0, 0]) == 0b11111


@pytest.mark.parametrize(
    ("homes", "sites", "modes"), [([], [], 1), ([], [1], 1), ([0], [], 2), ([0], [1], 0)]
)
def test_a_territory_without_homes_sites_or_modes_has_empty_words(homes, sites, modes):
    tt = draw("A 8:00 > B 8:30")
    week = reach.site_week(tt, sites, [reach.Shift(9 * HOUR, 10 * HOUR)], week=MONDAY)
    words = week.words(homes, [reach.Commute()] * modes)
    assert words.shape == (modes, len(sites), len(homes))


def test_what_bulk_cannot_hold_is_refused():
    tt = draw("A 8:00 > B 8:30")
    shift = reach.Shift(9 * HOUR, 10 * HOUR)
    with pytest.raises(ValueError, match="254"):
        reach.site_week(tt, [1], [shift], week=MONDAY, longest=reach.Longest(255 * 60)).held(
            [0], []
        )
    week = reach.site_week(tt, [1], [shift], week=MONDAY, longest=reach.Longest(1800))
    with pytest.raises(ValueError, match="longer"):
        week.held([0], [reach.Commute()])
    with pytest.raises(ValueError, match="limits"):
        week.held([0], [reach.Commute(max_trip_s=60, limits=reach.Limits(max_rides=1))])
    with pytest.raises(ValueError, match="one of the two"):
        reach.day_classes(tt, [shift])
    period = reach.site_week(tt, [1], [shift], period=(MONDAY, MONDAY + timedelta(9)))
    with pytest.raises(ValueError, match="one week"):
        period.words([0], [reach.Commute()])


def test_many_places_are_tied_as_each_alone():
    """The boxes around places leave out no stop: places anywhere, all limits."""
    rng = np.random.default_rng(5)
    lat, lon = rng.uniform(40, 50, 3000), rng.uniform(-3, 9, 3000)
    streets = reach.DetourStreets(lat, lon)
    places = [reach.Point(*pair) for pair in rng.uniform((40, -3), (50, 9), (40, 2)).tolist()]
    from traitdunion.reach.places import great_circle_m
    from traitdunion.reach.streets.many import around_each, between_each

    for mode in (reach.WALK, reach.SCOOTER, reach.CAR, reach.Mode("bike", 13, max_m=2_000_000)):
        rows, many = around_each(streets, places, mode, asked=np.ones(3000, bool))
        for row, place in enumerate(places):
            alone = streets.stops_around(place, mode)
            metres = great_circle_m(*place, lat, lon) * mode.detour
            assert alone.stops.tolist() == np.flatnonzero(metres <= mode.max_m).tolist()
            for column, of_place in zip(many, alone, strict=True):
                assert column[rows == row].tolist() == of_place.tolist()
        seconds = between_each(streets, places[:9], places, mode)
        for a in range(9):
            for b, place in enumerate(places):
                way = streets.between(places[a], place, mode)
                assert seconds[a, b] == (reach.UNREACHED if way is None else way.seconds)


# -- changes -----------------------------------------------------------------------------------


@st.composite
def changes(draw_from, tt):
    """Trips taken away, added, moved; a stop closed; windows that open earlier or later."""
    n_trips, n_stops = len(tt.arrays["trip_pattern"]), tt.n_stops
    trips = draw_from(st.lists(st.integers(0, n_trips - 1), unique=True, max_size=2))
    gone = [trip for trip in trips if draw_from(st.booleans())]
    moves = st.integers(-6, 6).map(lambda tenth: tenth * 600)
    added = []
    if draw_from(st.booleans()):
        stops = draw_from(st.lists(st.integers(0, n_stops - 1), min_size=2, max_size=3))
        starts = draw_from(hours)
        times = tuple(starts + 900 * call for call in range(len(stops)))
        runs = frozenset(draw_from(st.sets(st.integers(-1, 7), min_size=1)))
        days = frozenset(MONDAY + timedelta(day) for day in runs)
        added.append(reach.AddedTrip(tuple(stops), times, times, days, draw_from(st.booleans())))
    windows = ()
    if draw_from(st.booleans()) and tt.on_demand:
        number = draw_from(st.integers(0, len(tt.on_demand.trips) - 1))
        windows = ((number, draw_from(moves), draw_from(moves)),)
    return reach.Change(
        removed=tuple(gone),
        moved=tuple((trip, draw_from(moves)) for trip in trips if trip not in gone),
        added=tuple(added),
        closed_stops=tuple(draw_from(st.sets(st.integers(0, n_stops - 1), max_size=1))),
        windows=windows,
    )


@examples(60)
@given(
    st.data(), roads(most_trips=12, asked=ASKED, bikes=range(0, 12, 2)), two_places, two_places,
    st.lists(st.tuples(hours, st.integers(1, 12)), min_size=1, max_size=2), few_limits,
)  # fmt: skip
def test_a_change_equals_everything_searched_again(data, road, homes, sites, spans, limits):
    """Four changes a world, 520 in all, the words and the seconds of each day."""
    tt = road[0]
    homes, sites = ([point(m) for m in places] for places in (homes, sites))
    days = frozenset({0, 3, 6})
    shifts = [reach.Shift(start_s, start_s + lasts * HOUR, days) for start_s, lasts in spans]
    modes = [*commutes(limits=limits), reach.Commute(limits=limits, on_demand=reach.OnDemand())]
    week = reach.site_week(tt, sites, shifts, week=MONDAY, limits=limits)
    words = week.words(homes, modes)
    before = week.seconds(homes, modes)
    for _ in range(4):
        change = data.draw(changes(tt))
        delta = week.changed(change)
        whole = reach.site_week(
            reach.changed_timetable(tt, change), sites, shifts, week=MONDAY, limits=limits
        )
        expected = whole.words(homes, modes)
        assert (delta.words(words, homes, modes) == expected).all(), change
        after = delta.week.seconds(homes, modes)
        all_after = whole.seconds(homes, modes)
        for k, d in zip(*np.nonzero(whole.classes.class_of >= 0), strict=True):
            c = whole.classes.class_of[k, d]
            for way in (0, 1):
                spent = before[way][week.classes.class_of[k, d]].copy()
                own = delta.week.classes.class_of[k, d]
                if own >= 0:
                    spent[delta.sites] = after[way][own]
                assert (spent == all_after[way][c]).all(), change


def test_a_change_is_searched_again_where_it_is_caught_alone():
    """From C nothing leads to the trip of A: the searches of that site are taken as they are."""
    tt = draw("A 8:00 > B 8:30", "B 10:00 > A 10:20", "C 8:00 > D 8:20", "D 10:00 > C 10:20")
    shift = reach.Shift(9 * HOUR, 9 * HOUR + 1800)
    week = reach.site_week(tt, [1, 3], [shift], week=MONDAY)
    before = week.words([0, 2], [reach.Commute()])
    delta = week.changed(reach.Change(removed=(0,)))
    assert delta.sites.tolist() == [0]
    after = delta.words(before, [0, 2], [reach.Commute()])
    assert before[0].tolist() == [[0b11111, 0], [0, 0b11111]]
    assert after[0].tolist() == [[0, 0], [0, 0b11111]]
    moved = week.changed(reach.Change(moved=((0, 1200),)))
    assert (moved.words(before, [0, 2], [reach.Commute()]) == before).all()
    late = week.changed(reach.Change(moved=((0, 1201),)))
    assert late.words(before, [0, 2], [reach.Commute()])[0].tolist() == [[0, 0], [0, 0b11111]]
    nothing = week.changed(reach.Change())
    assert (nothing.words(before, [0, 2], [reach.Commute()]) == before).all()


# -- waits and time away -----------------------------------------------------------------------


def all_ways(tt, a, b, on, latest_s, depth=2):
    """Every (departure, arrival) between two metres by lines and walks, `depth` rides at most.

    Plainly: each walk to a stop, each trip from there to each later stop, each walk between two
    stops, each walk to the end; the walk to the first stop ends as its trip leaves.
    """
    arrays = tt.arrays
    places = [round((lat - 45) * METRES_A_DEGREE / STEP_M) for lat in arrays["stop_lat"].tolist()]
    links = {}
    for here, there, seconds in zip(
        arrays["footpath_from"].tolist(),
        arrays["footpath_to"].tolist(),
        arrays["footpath_fixed_s"].tolist(),
        strict=True,
    ):
        links.setdefault(here, []).append((there, seconds))
    trips = list(naive.trips_of(tt, on))

    def walk(metre, stop):
        return WALK_S.get(abs(metre // STEP_M - places[stop]))

    def rides(stop, ready_s):
        for calls in trips:
            for i, (here, _, departure) in enumerate(calls[:-1]):
                if here == stop and departure is not None and departure >= ready_s:
                    for there, arrival, _ in calls[i + 1 :]:
                        if arrival is not None and arrival <= latest_s:
                            yield departure, there, arrival

    def onward(stop, arrival_s, left):
        on_foot = walk(b, stop)
        if on_foot is not None:
            yield arrival_s + on_foot
        if left:
            ready = [(stop, arrival_s), *((s, arrival_s + w) for s, w in links.get(stop, ()))]
            for here, ready_s in ready:
                for _, there, arrival in rides(here, ready_s):
                    yield from onward(there, arrival, left - 1)

    for stop in range(tt.n_stops):
        on_foot = walk(a, stop)
        if on_foot is None:
            continue
        for departure, there, arrival in rides(stop, -(10**9)):
            for end_s in onward(there, arrival, depth - 1):
                yield departure - on_foot, end_s


@examples(50)
@given(
    roads(most_trips=9), metres, metres, st.integers(6, 12), st.integers(1, 5),
    st.sampled_from([600, 900, 1800, 3600, None]), st.sampled_from([300, 900, 2400, None]),
    st.sampled_from([3, 5, 7, None]),
)  # fmt: skip
def test_limits_on_waiting_and_time_away_choose_among_all_ways(
    road, home, site, hour, lasts, before_s, after_s, away_hours
):
    """A way that leaves later but arrives too early is no way: a profile would keep it alone."""
    tt = road[0]
    shift = reach.Shift(hour * HOUR, (hour + lasts) * HOUR, frozenset({1}))
    limits = reach.Limits(max_rides=2)
    week = reach.site_week(
        tt, [point(site)], [shift], week=MONDAY, limits=limits,
        longest=reach.Longest(
            before=before_s, after=after_s, away=away_hours and away_hours * HOUR
        ),
    )  # fmt: skip
    commute = reach.Commute(limits=limits)
    out_s, back_s = (way[0, 0, 0, 0] for way in week.seconds([point(home)], [commute]))
    tuesday = MONDAY + timedelta(1)
    arrive_s, leave_s = shift.arrive_by_s, shift.leave_from_s
    straight = direct(home, site)
    outs = [(arrive_s - straight, arrive_s)] if straight is not None else []
    backs = [(leave_s, leave_s + straight)] if straight is not None else []
    outs += all_ways(tt, home, site, tuesday, arrive_s)
    backs += all_ways(tt, site, home, tuesday, leave_s + 2 * 7200)
    first_s = -(10**9) if before_s is None else shift.start_s - before_s
    last_s = 10**9 if after_s is None else shift.end_s + after_s
    left = [u for u, at_s in outs if first_s <= at_s <= arrive_s and u >= arrive_s - 7200]
    home_s = [v for at_s, v in backs if leave_s <= at_s <= last_s and v <= leave_s + 7200]
    expected = [
        arrive_s - max(left) if left else reach.UNREACHED,
        min(home_s) - leave_s if home_s else reach.UNREACHED,
    ]
    if away_hours and max(expected) != reach.UNREACHED:
        away_s = min(home_s) - max(left)
        expected = expected if away_s <= away_hours * HOUR else [reach.UNREACHED] * 2
    assert [out_s, back_s] == expected
    held = bool(week.words([point(home)], [commute])[0, 0, 0])
    assert held == (max(expected) != reach.UNREACHED)


def test_a_dominated_way_may_be_the_only_one_in_time():
    """At 8:00, waiting 15 minutes: the 7:00, there at 7:10, is too early, the 6:50 is not."""
    tt = draw("A 7:00 > B 7:10", "A 6:50 > B 7:48", "B 9:10 > A 9:20")
    shift = reach.Shift(8 * HOUR, 9 * HOUR, frozenset({0}))
    usual = reach.site_week(tt, [1], [shift], week=MONDAY)
    strict = reach.site_week(tt, [1], [shift], week=MONDAY, longest=reach.Longest(before=900))
    commute = [reach.Commute()]
    assert usual.held([0], commute).out[0, 0, 0, 0] == 50  # left at 7:00 for 7:50
    assert strict.held([0], commute).out[0, 0, 0, 0] == 60
    assert strict.held([0], commute).back[0, 0, 0, 0] == 15  # free at 9:05, home at 9:20
    none = reach.site_week(tt, [1], [shift], week=MONDAY, longest=reach.Longest(after=300))
    assert none.words([0], commute)[0, 0, 0] == 0  # the 9:10 leaves ten minutes after the end
    short = reach.site_week(
        tt, [1], [shift], week=MONDAY, longest=reach.Longest(away=2 * HOUR + 1200)
    )
    assert short.words([0], commute)[0, 0, 0] == 1  # from 7:00 to 9:20
    shorter = reach.site_week(
        tt, [1], [shift], week=MONDAY, longest=reach.Longest(away=2 * HOUR + 1199)
    )
    assert shorter.words([0], commute)[0, 0, 0] == 0
    with pytest.raises(ValueError, match="margin"):
        reach.site_week(tt, [1], [shift], week=MONDAY, longest=reach.Longest(before=599))


# -- searches kept with the timetable -----------------------------------------------------------

OUT_AND_BACK = "A 8:00 > B 8:30", "B 10:00 > A 10:20"


def kept(tt, streets, *, start_h=9, on=MONDAY, limits=USUAL_LIMITS):
    shift = reach.Shift(start_h * HOUR, start_h * HOUR + 1800)
    return reach.kept_site_week(tt, [1], [shift], streets=streets, limits=limits, week=on)


def test_a_site_is_searched_once_for_all_who_ask_and_their_places_are_not_kept():
    tt = draw(*OUT_AND_BACK)
    streets = default_streets(tt)
    first, modes = kept(tt, streets), [reach.Commute()]
    assert first.words([0], modes) == 0b11111
    second = kept(tt, streets, on=MONDAY + timedelta(4))
    assert second.searched() is first.searched()
    assert first.tied
    assert second.tied == {}
    alone = reach.site_week(tt, [1], [reach.Shift(9 * HOUR, 9 * HOUR + 1800)], week=MONDAY)
    assert (second.words([0], modes) == alone.words([0], modes)).all()


def test_a_search_is_kept_for_its_timetable_streets_limits_hours_and_days_alone():
    """Another version of the network is another timetable: its searches begin with nothing."""
    tt = draw(*OUT_AND_BACK)
    streets = default_streets(tt)
    first = kept(tt, streets)
    asked = [
        kept(tt, default_streets(draw(*OUT_AND_BACK))),
        kept(tt, streets, start_h=8),
        kept(tt, streets, on=MONDAY + timedelta(7)),
        kept(tt, streets, limits=replace(USUAL_LIMITS, max_rides=1)),
    ]
    assert all(other.known is not first.known for other in asked)
    later = draw("A 8:40 > B 9:10", "B 10:00 > A 10:20")
    changed = kept(later, default_streets(later))
    assert changed.words([0], [reach.Commute()]) == 0
    assert first.words([0], [reach.Commute()]) == 0b11111


def test_the_last_sites_asked_for_are_kept_and_no_more():
    tt = draw(*OUT_AND_BACK)
    streets = default_streets(tt)
    first = kept(tt, streets)
    for day in range(1, MAX_KEPT[SITES] + 1):
        kept(tt, streets, on=MONDAY + timedelta(7 * day))
    assert len(tt._kept[SITES]) == MAX_KEPT[SITES]
    assert kept(tt, streets).known is not first.known


def test_a_moment_of_asking_is_not_kept():
    tt = draw(*OUT_AND_BACK)
    dated = replace(USUAL_LIMITS, asked_at=datetime.fromisoformat("2025-03-02 18:00"))
    with pytest.raises(ValueError, match="moment of asking"):
        kept(tt, default_streets(tt), limits=dated)
