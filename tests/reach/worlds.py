"""Small random worlds for Hypothesis: trips that loop, overtake, repeat a stop, one-way walks."""

from datetime import timedelta

from draw import MONDAY, draw
from hypothesis import strategies as st

STOPS = "ABCDEFG"


def clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@st.composite
def trips(draw_from):
    """One trip: 2 to 6 calls, zero-second hops and repeated stops allowed, up to 30 hours."""
    n = draw_from(st.integers(2, 6))
    stops = draw_from(st.lists(st.sampled_from(STOPS), min_size=n, max_size=n))
    now = draw_from(st.integers(0, 26 * 4)) * 900
    calls = []
    for stop in stops:
        arrival = now + draw_from(st.sampled_from([0, 60, 300, 600, 1800]))
        now = arrival + draw_from(st.sampled_from([0, 0, 60, 600]))
        mark = draw_from(st.sampled_from(["", "", "", "", "board", "alight"]))
        before, after = "-" * (mark == "board"), "-" * (mark == "alight")
        calls.append(f"{stop} {before}{clock(arrival)}/{clock(now)}{after}")
    return " > ".join(calls)


@st.composite
def worlds(draw_from):
    """A timetable of a week with 1 to 12 trips, some on some days only, and a few footpaths."""
    lines = draw_from(st.lists(trips(), min_size=1, max_size=12))
    week = [MONDAY + timedelta(d) for d in range(7)]
    running = {
        i: draw_from(st.sets(st.sampled_from(week)))
        for i in range(len(lines))
        if draw_from(st.booleans())
    }
    pairs = [a + b for a in STOPS for b in STOPS if a != b]
    walks = draw_from(st.dictionaries(st.sampled_from(pairs), st.integers(0, 1800), max_size=8))
    walks |= {"AG": 3600}
    return draw(*lines, walks=walks, running=running)
