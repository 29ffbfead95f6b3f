"""One to all, to the second, against `cafein`: same origins, footpaths and number of rides."""

import random
import warnings
from datetime import date

import numpy as np
import pytest

from benchmarks.peer import CafeinNetwork
from traitdunion import reach

THAT_DAY = reach.Limits(service_days=(0,))
MORNING, NOON, EVENING = 8 * 3600, 12 * 3600 + 1_740, 17 * 3600 + 2_700
FEEDS = {
    "TER France": ("transit/sncf_ter_france_2025-01-22.zip", date(2025, 3, 4)),
    "Laurentides": ("transit/benchmark/laurentides_exo_2025.zip", date(2025, 10, 14)),
    "Porto Alegre": ("transit/benchmark/porto_alegre_eptc.zip", date(2019, 5, 14)),
}


@pytest.mark.parametrize("name", FEEDS)
def test_one_to_all_equals_cafein_to_the_second(shared, name):
    file, on = FEEDS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = CafeinNetwork(shared / file, on)
    rng = random.Random(43)
    served = np.unique(peer.timetable.arrays["pattern_stops"])
    origins = rng.sample(served.tolist(), 50)
    count = 0
    for depart_s in (MORNING, NOON, EVENING):
        for origin in origins:
            ours = reach.earliest_arrivals(peer.timetable, origin, depart_s, on=on, limits=THAT_DAY)
            theirs = peer.earliest_arrivals(origin, depart_s)
            np.testing.assert_array_equal(ours, theirs)
            count += int((ours != reach.UNREACHED).sum())
    assert count > 150 * 10, "the question was empty"
