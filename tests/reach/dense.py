"""Random worlds along one road where much is a walk away, so that many journeys compete."""

from draw import draw
from draw_on_demand import point
from hypothesis import strategies as st
from worlds import clock

STEP_M = 650  # 676 s on foot; two steps are walked, three are not
NAMES = "ABCDEF"
WALK_S = {0: 0, 1: 676, 2: 1352}
metres = st.integers(0, 12).map(lambda step: step * STEP_M)
moments = st.integers(5 * 6, 12 * 6).map(lambda tenth: tenth * 600)


@st.composite
def timed_trips(draw_from):
    """A trip through two to four stops, some legs taking no time."""
    now = draw_from(moments)
    calls = []
    for name in draw_from(st.permutations(NAMES))[: draw_from(st.integers(2, 4))]:
        calls.append(f"{name} {clock(now)}")
        now += draw_from(st.integers(0, 6)) * 300
    return " > ".join(calls)


@st.composite
def roads(draw_from, *, most_trips=8, **drawing):
    """A timetable, and the metres of its stops by their rows."""
    places = {name: draw_from(metres) for name in NAMES}
    pairs = [a + b for a in NAMES for b in NAMES if a != b]
    walks = draw_from(
        st.dictionaries(st.sampled_from(pairs), st.sampled_from([60, 300, 900]), max_size=6)
    )
    tt = draw(
        *draw_from(st.lists(timed_trips(), min_size=1, max_size=most_trips)),
        places={name: tuple(point(m)) for name, m in places.items()},
        walks=walks,
        **drawing,
    )
    return tt, list(places.values())


def on_foot(stops, place):
    """{row of a stop: seconds} of the stops within walking distance of a metre."""
    steps = {row: abs(metre - place) // STEP_M for row, metre in enumerate(stops)}
    return {row: WALK_S[step] for row, step in steps.items() if step in WALK_S}


def direct(a, b):
    """Seconds on foot between two metres, None where it is too far."""
    return WALK_S.get(abs(a - b) // STEP_M)
