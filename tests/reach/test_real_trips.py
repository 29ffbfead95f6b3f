"""Real timetables: the direct trips of an oracle, range and backward searches, compiled files."""

import csv
import random
from datetime import date

import numpy as np
import pytest
from draw import at

from traitdunion import reach

ON = date(2025, 3, 4)
ONE_RIDE = reach.Limits(max_rides=1)
AT_STOPS = reach.Modes(access=(), egress=())


@pytest.fixture(scope="module")
def ter(shared):
    feed = shared / "transit/sncf_ter_2025_subset_43.zip"
    return reach.Timetable.from_gtfs(feed, start=date(2025, 3, 3), days=7)


@pytest.fixture(scope="module")
def oracle(shared):
    with (shared / "transit/oracle_direct_trips_2025-03-04.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def stops_named(tt, name):
    return [i for i, other in enumerate(tt.stops["name"]) if other == name]


def twins(trip, oracle):
    """Ids of the trips of the oracle at the same times: some trains run under two numbers."""
    columns = ("origine", "destination", "depart", "arrivee")
    return {other["trip_id"] for other in oracle if all(other[k] == trip[k] for k in columns)}


def test_every_direct_trip_of_the_oracle_is_found_at_its_times(ter, oracle):
    assert len(oracle) == 82
    for trip in oracle:
        depart_s, arrive_s = at(trip["depart"]), at(trip["arrivee"])
        legs = [
            leg
            for a in stops_named(ter, trip["origine"])
            for b in stops_named(ter, trip["destination"])
            for journey in reach.journeys(
                ter,
                a,
                b,
                reach.When(ON, depart_s),
                modes=AT_STOPS,
                limits=ONE_RIDE,
            )
            for leg in journey.legs
            if leg.kind == "ride" and leg.trip_id in twins(trip, oracle)
        ]
        assert any((leg.departure_s, leg.arrival_s) == (depart_s, arrive_s) for leg in legs), trip


def test_a_range_equals_independent_searches_on_the_real_network(ter):
    departs = list(range(6 * 3600, 9 * 3600, 300))
    served = np.unique(ter.arrays["pattern_stops"])
    for origin in random.Random(7).sample(served.tolist(), 10):
        together = reach.profile(ter, origin, departs, on=ON)
        for depart_s, row in zip(departs, together, strict=True):
            alone = reach.earliest_arrivals(ter, origin, depart_s, on=ON)
            np.testing.assert_array_equal(row, alone)


def test_journeys_of_the_real_network_arrive_when_the_search_says(ter):
    served = np.unique(ter.arrays["pattern_stops"])
    pairs = random.Random(3).sample([(a, b) for a in served for b in served if a != b], 60)
    reached = 0
    for a, b in pairs:
        arrival = reach.earliest_arrivals(ter, int(a), at("7:00"), on=ON)[b]
        journeys = reach.journeys(ter, int(a), int(b), reach.When(ON, at("7:00")))
        if arrival != reach.UNREACHED:
            assert min(j.arrival_s for j in journeys) <= arrival
            reached += 1
    assert reached > 20


def test_a_saved_timetable_answers_as_the_compiled_one(ter, tmp_path):
    path = tmp_path / "ter.tdu"
    ter.save(path)
    loaded = reach.Timetable.load(path)
    assert loaded.stops.equals(ter.stops)
    served = np.unique(ter.arrays["pattern_stops"])
    for origin in served[:20]:
        np.testing.assert_array_equal(
            reach.earliest_arrivals(loaded, int(origin), at("7:00"), on=ON),
            reach.earliest_arrivals(ter, int(origin), at("7:00"), on=ON),
        )
