"""Places for a wheelchair: what feeds say of stops and trips, and what searches make of it."""

from itertools import product

import numpy as np
import pytest
from draw import MONDAY, at, draw

from traitdunion import reach
from traitdunion.reach.storage import FORMAT_VERSION, TimetableFileError

VALUES = (0, 1, 2)
STOPS_HEAD = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,wheelchair_boarding"


def best(tt: reach.Timetable) -> reach.Leg | None:
    """Return the ride from A to B that arrives first."""
    rows = tt.stop_index("A"), tt.stop_index("B")
    journeys = reach.journeys(tt, *rows, reach.When(MONDAY, depart_s=at("6:00")))
    return journeys[0].legs[0] if journeys else None


@pytest.mark.parametrize(("boarding", "trip", "alighting"), list(product(VALUES, repeat=3)))
def test_a_ride_is_dropped_where_one_of_the_three_refuses(boarding, trip, alighting):
    tt = draw(
        "A 7:00 > B 7:30",
        trip_wheelchair={0: trip},
        stop_wheelchair={"A": boarding, "B": alighting},
    )
    values = boarding, trip, alighting
    ride = best(tt.for_wheelchair())
    assert (ride is None) is (2 in values)
    if ride is not None:
        assert ride.wheelchair == (1 if values == (1, 1, 1) else 0)
    everyone = best(tt)
    assert everyone is not None
    assert (everyone.wheelchair == 2) is (2 in values)


def test_a_stop_passed_by_refuses_nobody():
    tt = draw("A 7:00 > C 7:10 > B 7:30", stop_wheelchair={"A": 1, "C": 2, "B": 1},
              trip_wheelchair={0: 1})  # fmt: skip
    ride = best(tt.for_wheelchair())
    assert ride is not None
    assert ride.wheelchair == 1


def test_the_next_trip_that_takes_it_is_boarded():
    tt = draw("A 7:00 > B 7:30", "A 8:00 > B 8:30", trip_wheelchair={0: 2})
    ride = best(tt.for_wheelchair())
    assert ride is not None
    assert ride.departure_s == at("8:00")
    assert tt.for_wheelchair() is tt.for_wheelchair()


@pytest.mark.parametrize(
    ("first", "second", "joined"), [(1, 1, 1), (1, 0, 0), (0, 2, 2), (1, 2, 2)]
)
def test_riders_who_stay_seated_have_the_worst_of_both_trips(first, second, joined):
    tt = draw("A 7:00 > C 7:10", "C 7:15 > B 7:30", blocks={0: "x", 1: "x"},
              trip_wheelchair={0: first, 1: second})  # fmt: skip
    assert tt.arrays["trip_wheelchair"].tolist() == [joined]


def test_a_platform_says_what_its_station_says_where_it_says_nothing(tmp_path):
    files = {
        "agency.txt": "agency_name,agency_url,agency_timezone\nA,https://a.example,Europe/Paris\n",
        "stops.txt": f"{STOPS_HEAD}\nG,Gare,45,3,1,,1\nP,Quai,45,3,0,G,\nQ,Quai,45,3,0,G,0\n"
        "R,Quai,45,3,0,G,2\nS,Bourg,45.1,3,0,,\nT,Place,45.2,3,0,,oui\n",
        "routes.txt": "route_id,route_short_name,route_type\nL,1,3\n",
        "trips.txt": "route_id,service_id,trip_id,wheelchair_accessible\nL,W,t,1\n",
        "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
        "start_date,end_date\nW,1,1,1,1,1,1,1,20250101,20251231\n",
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t,7:00:00,7:00:00,P,1\nt,7:10:00,7:10:00,S,2\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    tt = reach.Timetable.from_gtfs(tmp_path, start=MONDAY, days=7)
    values = dict(zip(tt.stop_ids, tt.arrays["stop_wheelchair"].tolist(), strict=True))
    assert values == {"G": 1, "P": 1, "Q": 1, "R": 2, "S": 0, "T": 0}
    assert tt.arrays["stop_wheelchair"].dtype == tt.arrays["trip_wheelchair"].dtype == np.uint8
    assert tt.report is not None
    said = [(f.file, f.field, f.value) for f in tt.report.findings if f.code == "bad_value"]
    assert said == [("stops.txt", "wheelchair_boarding", "oui")]
    tt.save(tmp_path / "a.tdu")
    assert (
        reach.Timetable.load(tmp_path / "a.tdu").for_wheelchair().arrays["services"].shape[0] == 2
    )


def test_a_file_of_the_format_before_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "a.tdu"
    draw("A 7:00 > B 7:30").save(path)
    content = path.read_bytes()
    path.write_bytes(content[:8] + (FORMAT_VERSION - 1).to_bytes(4, "little") + content[12:])
    with pytest.raises(TimetableFileError, match="Compilez à nouveau"):
        reach.Timetable.load(path)
