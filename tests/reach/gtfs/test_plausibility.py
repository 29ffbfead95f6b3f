"""What no vehicle and no walker does is said at import, with the line and what to do."""

import pytest
from le_puy_brioude import FILES, MONDAY, compiled, published, write

from traitdunion import reach
from traitdunion.reach.gtfs import read_gtfs

both = pytest.mark.parametrize("source", ["drawn", "published"])


def world(source, tmp_path, case, **files):
    if source == "published":
        return published(case)
    return write(tmp_path / "feed.zip", **files)


def findings(path, code):
    report = read_gtfs([path], start=MONDAY, days=7).report
    return [str(finding) for finding in report.findings if finding.code == code]


@both
def test_a_stop_in_another_country_is_told_by_the_speed_to_it(source, tmp_path):
    """Langeac geocoded near Brunswick: 930 km from Le Puy, to be done in 50 minutes."""
    stops = FILES["stops"].replace("45.1000,3.4960", "52.30,10.56")
    path = world(source, tmp_path, "one-stop-far", stops=stops)
    first = findings(path, "too_fast")[0]
    assert "de « Le Puy » à « Langeac » : 9" in first
    assert "km en 50 min" in first
    assert "producteur" in first


def test_a_stop_far_from_all_others_is_told_with_its_line(tmp_path):
    more = "".join(f"X{i},Arrêt {i},45.{i:02},3.5\n" for i in range(10))
    stops = FILES["stops"].replace("45.1000,3.4960", "52.30,10.56") + more
    (finding,) = findings(write(tmp_path / "feed.zip", stops=stops), "far_stop")
    assert "stops.txt, ligne 3" in finding
    assert "« Langeac » est à 9" in finding


def test_an_ordinary_feed_has_nothing_out_of_place(tmp_path):
    report = read_gtfs([write(tmp_path / "feed.zip")], start=MONDAY, days=7).report
    assert report.lines() == ["Rien à signaler."]


ZONE = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","id":"Z","properties":{},'
    '"geometry":{"type":"Polygon","coordinates":[[[45,3.8],[45.2,3.8],[45.2,4],[45,3.8]]]}}]}'
)


@both
def test_a_zone_with_its_axes_exchanged_is_told(source, tmp_path):
    path = world(
        source,
        tmp_path,
        "flex-swapped-axes",
        stop_times="trip_id,location_id,stop_id,stop_sequence,arrival_time,departure_time,"
        "start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_type,drop_off_type\n"
        "T1,,S1,1,08:00:00,08:00:00,,,0,0\nT1,,S3,2,09:20:00,09:20:00,,,0,0\n"
        "T2,Z,,1,,,07:00:00,19:00:00,2,1\nT2,Z,,2,,,07:00:00,19:00:00,1,2\n",
        **{"locations.geojson": ZONE},
    )
    (finding,) = findings(path, "far_zone")
    assert "latitude et longitude sont inversées" in finding


# -- changes on foot --------------------------------------------------------------------------

STATION = {
    "stops": "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    "A,A,45.00,3.80,0,\nP1,Quai 1,45.0400,3.9000,0,ST\nP2,Quai 2,45.0401,3.9001,0,ST\n"
    "ST,Gare,45.0400,3.9000,1,\nB,B,45.10,3.95,0,\nF,Loin,45.0700,3.9000,0,\n",
    "routes": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
    "R1,A,L1,x,3\nR2,A,L2,y,3\n",
    "trips": "route_id,service_id,trip_id\nR1,WK,T1\nR2,WK,T2\nR2,WK,T3\n",
}


def changes(at):
    """T1 is at platform 1 at 8:30; T2 and T3 leave the stop `at` for B at 8:34 and 9:34."""
    return (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "T1,08:00:00,08:00:00,A,1\nT1,08:30:00,08:30:00,P1,2\n"
        f"T2,08:34:00,08:34:00,{at},1\nT2,09:00:00,09:00:00,B,2\n"
        f"T3,09:34:00,09:34:00,{at},1\nT3,10:00:00,10:00:00,B,2\n"
    )


def transfers(*rows):
    header = "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id,to_route_id\n"
    return header + "".join(f"{row}\n" for row in rows)


def arrival(path, at="B"):
    """When one is at a stop, leaving A at 8:00 of the Tuesday, by the runs of that day."""
    tt = compiled(path)
    arrivals = reach.earliest_arrivals(
        tt, tt.stop_index("A"), 8 * 3600, on=MONDAY.replace(day=24),
        limits=reach.Limits(service_days=(0,)),
    )  # fmt: skip
    s = int(arrivals[tt.stop_index(at)])
    return None if s == reach.UNREACHED else f"{s // 3600}:{s // 60 % 60:02}"


@both
def test_a_change_at_a_run_is_told_and_not_promised(source, tmp_path):
    """3.3 km in 180 s, 67 km/h: on foot they are beyond what is walked, B is not reached."""
    path = world(
        source,
        tmp_path,
        "transfer-too-fast",
        **STATION,
        stop_times=changes("F"),
        transfers=transfers("P1,F,2,180,,"),
    )
    (finding,) = findings(path, "fast_transfer")
    assert "de « Quai 1 » à « Loin »" in finding
    assert "67 km/h" in finding
    assert arrival(path) is None


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("source", ["drawn", "published"])
def test_the_rule_of_platforms_wins_over_that_of_their_station(source, order, tmp_path):
    """Two minutes from platform to platform, whatever the ten of the station: 8:34 is caught."""
    rows = ("P1,P2,2,120,,", "ST,ST,2,600,,")[::order]
    path = world(
        source,
        tmp_path,
        "transfer-specificity",
        **STATION,
        stop_times=changes("P2"),
        transfers=transfers(*rows),
    )
    assert arrival(path) == "9:00"


def test_a_forbidden_station_does_not_close_a_pair_of_platforms_given_a_time(tmp_path):
    files = STATION | {
        "stop_times": changes("P2"),
        "transfers": transfers("P1,P2,2,120,,", "ST,ST,3,,,"),
    }
    assert arrival(write(tmp_path / "feed.zip", **files)) == "9:00"


# -- one vehicle, several trips ---------------------------------------------------------------

SPLIT = {
    "stops": STATION["stops"] + "C,C,45.2,3.7,0,\n",
    "routes": STATION["routes"],
    "trips": STATION["trips"],
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T1,08:00:00,08:00:00,A,1\nT1,08:30:00,08:30:00,P1,2\n"
    "T2,08:30:00,08:30:00,P1,1\nT2,09:00:00,09:00:00,B,2\n"
    "T3,08:30:00,08:30:00,P1,1\nT3,08:50:00,08:50:00,C,2\n",
    "transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id,"
    "to_trip_id\nP1,P1,4,,T1,T2\nP1,P1,4,,T1,T3\nP1,P1,2,600,,\n",
}


@both
def test_a_train_that_splits_takes_its_riders_both_ways(source, tmp_path):
    """Ten minutes are needed to change at platform 1: only those who stay seated go on."""
    path = world(source, tmp_path, "train-splits", **SPLIT)
    assert arrival(path, "B") == "9:00"
    assert arrival(path, "C") == "8:50"


def test_links_of_trips_need_no_stop(tmp_path):
    """A transfers.txt with the columns of trips alone; without a link the 8:30s are missed."""
    links = "transfer_type,from_trip_id,to_trip_id\n4,T1,T2\n"
    path = write(tmp_path / "feed.zip", **(SPLIT | {"transfers": links}))
    assert arrival(path, "B") == "9:00"
    assert findings(path, "missing_column") == []


def block(tmp_path, *, first_days="1,1,1,1,1,0,0", place="P2"):
    """T1 to platform 1 at 8:30, then T2 of the same vehicle from `place` at 8:31."""
    header = FILES["calendar"].splitlines()[0]
    return write(
        tmp_path / f"{place}-{first_days[-1]}.zip",
        **(
            STATION
            | {
                "trips": "route_id,service_id,trip_id,block_id\nR1,D1,T1,v\nR2,WK,T2,v\n",
                "calendar": f"{header}\nWK,1,1,1,1,1,0,0,20260101,20271231\n"
                f"D1,{first_days},20260101,20271231\n",
                "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                "T1,08:00:00,08:00:00,A,1\nT1,08:30:00,08:30:00,P1,2\n"
                f"T2,08:31:00,08:31:00,{place},1\nT2,09:00:00,09:00:00,B,2\n",
                "transfers": transfers("P1,P1,2,600,,", "P1,P2,2,600,,"),
            }
        ),
    )


@pytest.mark.parametrize("place", ["P1", "P2"])
@pytest.mark.parametrize("first_days", ["1,1,1,1,1,0,0", "1,1,1,1,1,1,1", "0,1,0,0,0,0,0"])
def test_a_vehicle_goes_on_whatever_its_platform_on_the_days_both_trips_run(
    tmp_path, place, first_days
):
    assert arrival(block(tmp_path, first_days=first_days, place=place)) == "9:00"


def test_each_trip_of_a_block_still_runs_alone_on_its_other_days(tmp_path):
    """T1 runs every day, T2 on weekdays: on Sunday one still gets to platform 1, and no further."""
    tt = compiled(block(tmp_path, first_days="1,1,1,1,1,1,1"))
    arrivals = reach.earliest_arrivals(
        tt, tt.stop_index("A"), 8 * 3600, on=MONDAY.replace(day=29),
        limits=reach.Limits(service_days=(0,)),
    )  # fmt: skip
    assert arrivals[tt.stop_index("P1")] == 8 * 3600 + 1800
    assert arrivals[tt.stop_index("B")] == reach.UNREACHED


# -- rules between lines, between trips -------------------------------------------------------


def with_rules(tmp_path, *rows, columns="from_route_id,to_route_id"):
    header = f"from_stop_id,to_stop_id,transfer_type,min_transfer_time,{columns}\n"
    return write(
        tmp_path / "feed.zip",
        **STATION,
        stop_times=changes("P2"),
        transfers=header + "".join(f"{row}\n" for row in rows),
    )


@both
def test_the_rule_of_two_lines_wins_over_that_of_their_platforms(source, tmp_path):
    """Two minutes in general, fifteen from L1 to L2: 8:34 is missed, 9:34 is had."""
    rows = ("P1,P2,2,120,,", "P1,P2,2,900,R1,R2")
    path = (
        published("transfer-trip-minimum") if source == "published" else with_rules(tmp_path, *rows)
    )
    assert arrival(path) == "10:00"
    assert findings(path, "transfer_of_trips_ignored") == []


def test_a_change_between_two_lines_may_be_forbidden(tmp_path):
    assert arrival(with_rules(tmp_path, "P1,P2,2,120,,", "P1,P2,3,,R1,R2")) is None


def test_a_rule_of_other_lines_leaves_these_alone(tmp_path):
    assert arrival(with_rules(tmp_path, "P1,P2,2,120,,", "P1,P2,3,,R2,R1")) == "9:00"


def test_a_rule_of_the_station_holds_for_the_lines_of_its_platforms(tmp_path):
    assert arrival(with_rules(tmp_path, "P1,P2,2,120,,", "ST,ST,2,900,R1,R2")) == "10:00"


def test_the_rule_of_two_trips_wins_over_that_of_their_lines(tmp_path):
    """Fifteen minutes between the lines, three from T1 to T2: 8:34 is caught."""
    path = with_rules(
        tmp_path,
        "P1,P2,2,900,R1,R2,,",
        "P1,P2,2,180,,,T1,T2",
        columns="from_route_id,to_route_id,from_trip_id,to_trip_id",
    )
    assert arrival(path) == "9:00"


def test_a_stop_parted_for_its_lines_is_still_one_stop_to_riders(tmp_path):
    """From platform 1 itself, and to platform 2 by L1: all lines are there."""
    tt = compiled(with_rules(tmp_path, "P1,P2,2,120,,", "P1,P2,2,900,R1,R2"))
    day = MONDAY.replace(day=24)
    limits = reach.Limits(service_days=(0,))
    arrivals = reach.earliest_arrivals(tt, tt.stop_index("P2"), 9 * 3600, on=day, limits=limits)
    assert arrivals[tt.stop_index("B")] == 10 * 3600
    arrivals = reach.earliest_arrivals(tt, tt.stop_index("A"), 8 * 3600, on=day, limits=limits)
    assert arrivals[tt.stop_index("P1")] == 8 * 3600 + 1800
    journeys = reach.journeys(
        tt, tt.stop_index("A"), tt.stop_index("B"), reach.When(day, depart_s=8 * 3600),
        limits=limits,
    )  # fmt: skip
    assert [leg.to_name for leg in journeys[0].legs if leg.kind == "ride"] == ["Quai 1", "B"]
