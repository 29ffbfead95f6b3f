"""GTFS-Flex: what is read of services on demand, and what each fault says."""

import json
from datetime import date

import polars as pl
import pytest
import shapely

from traitdunion.reach.gtfs import read_gtfs

MONDAY = date(2025, 3, 3)

CALENDAR = (
    "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "S,1,1,1,1,1,0,0,20250101,20251231\n"
)
SQUARE = [[3.8, 45.0], [4.0, 45.0], [4.0, 45.1], [3.8, 45.1], [3.8, 45.0]]
FAR_SQUARE = [[4.2, 45.0], [4.3, 45.0], [4.3, 45.1], [4.2, 45.1], [4.2, 45.0]]

TRIPS = (
    "route_id,service_id,trip_id,safe_duration_factor,safe_duration_offset\n"
    "R,S,out,,\nR,S,back,,\nR,S,tad,1.5,300\n"
)
HEADER = (
    "trip_id,arrival_time,departure_time,stop_id,location_id,location_group_id,stop_sequence,"
    "start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_type,drop_off_type,"
    "pickup_booking_rule_id,drop_off_booking_rule_id\n"
)
FIXED = "out,08:00:00,08:00:00,P,,,1,,,,,,\nout,08:20:00,08:20:00,V,,,2,,,,,,\n"
ZONE_TO_ZONE = (
    "tad,,,,pays,,1,07:00:00,09:00:00,2,1,veille,\ntad,,,,pays,,2,07:00:00,09:00:00,1,2,veille,\n"
)
RULES = (
    "booking_rule_id,booking_type,prior_notice_last_day,prior_notice_last_time,phone_number,message\n"
    "veille,2,1,17:00:00,04 00 00 00 00,Appeler la veille\n"
)


def zone(zone_id="pays", rings=None, **changes):
    feature = {
        "type": "Feature",
        "id": zone_id,
        "properties": {"stop_name": "Le pays"},
        "geometry": {"type": "Polygon", "coordinates": rings or [SQUARE]},
    }
    return feature | changes


def geojson(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


@pytest.fixture
def read_flex(write_feed):
    """Read the sound feed with a service on demand; `zones` is the text of locations.geojson."""

    def read(zones=None, stop_times=FIXED + ZONE_TO_ZONE, rules=RULES, **files):
        files = {"trips": TRIPS, "stop_times": HEADER + stop_times, "booking_rules": rules} | files
        folder = write_feed(**files)
        if zones is not False:
            (folder / "locations.geojson").write_text(zones or geojson(zone()))
        return read_gtfs([folder], start=MONDAY, days=7)

    return read


def test_a_zone_its_window_and_its_notice_are_read(read_flex):
    feed = read_flex()
    assert feed.report.errors == []
    tables = feed.on_demand
    assert tables.places["place_id"].to_list() == ["pays"]
    assert tables.places["name"].to_list() == ["Le pays"]
    assert shapely.from_wkb(tables.places["wkb"][0]).equals(shapely.Polygon(SQUARE))
    assert tables.trips.rows() == [("tad", 0, 0, 1.5, 300.0)]
    windows = tables.calls.select(
        "trip", "place", "timed", "start_s", "end_s", "pickup", "drop_off"
    )
    assert windows.rows() == [
        (0, 0, False, 25_200, 32_400, True, False),
        (0, 0, False, 25_200, 32_400, False, True),
    ]
    assert tables.calls["pickup_rule"].to_list() == [0, 0]
    rule = tables.rules.row(0, named=True)
    assert (rule["type"], rule["last_day"], rule["last_time_s"]) == (2, 1, 17 * 3600)
    assert (rule["phone"], rule["message"]) == ("04 00 00 00 00", "Appeler la veille")


def test_the_trip_on_demand_is_not_among_those_at_an_hour(read_flex):
    feed = read_flex()
    assert feed.trips["trip_id"].to_list() == ["out"]
    assert feed.report.left_out == {"trips.txt": 1}  # "back" has no call here
    assert [f.code for f in feed.report.findings] == ["trip_too_short"]


def test_a_deviated_route_keeps_its_hours_and_gains_its_zone(read_flex):
    feed = read_flex(
        stop_times="tad,08:00:00,08:00:00,P,,,1,,,,,,\n"
        "tad,,,,pays,,2,08:00:00,08:20:00,2,2,veille,\n"
        "tad,08:30:00,08:31:00,V,,,3,,,,,,\n"
        "out,08:00:00,08:00:00,P,,,1,,,,,,\nout,08:20:00,08:20:00,V,,,2,,,,,,\n"
        "back,09:00:00,09:00:00,P,,,1,,,,,,\nback,09:20:00,09:20:00,V,,,2,,,,,,\n"
    )
    assert feed.report.findings == []
    assert feed.trips["trip_id"].to_list() == ["out", "back", "tad"]
    assert feed.stop_times.filter(pl.col("trip") == 2)["arrival_s"].to_list() == [28_800, 30_600]
    calls = feed.on_demand.calls.select("place", "timed", "start_s", "end_s").rows()
    assert calls == [
        (1, True, 28_800, 28_800),
        (0, False, 28_800, 30_000),
        (2, True, 30_600, 30_660),
    ]
    assert feed.on_demand.places["place_id"].to_list() == ["pays", "P", "V"]
    stop_of = dict(feed.on_demand.place_stops.iter_rows())
    assert {place: feed.stops["stop_id"][stop] for place, stop in stop_of.items()} == {
        1: "P",
        2: "V",
    }


def test_a_virtual_line_is_groups_of_stops(read_flex):
    feed = read_flex(
        zones=False,
        location_groups="location_group_id,location_group_name\nnord,Nord\nsud,Sud\n",
        location_group_stops="location_group_id,stop_id\nnord,V\nnord,L\nsud,P\n",
        stop_times=FIXED + "tad,,,,,nord,1,07:00:00,09:00:00,2,1,,\n"
        "tad,,,,,sud,2,07:00:00,10:00:00,1,2,,\n",
    )
    assert [f.code for f in feed.report.findings] == ["trip_too_short"]
    assert feed.on_demand.places["name"].to_list() == ["Nord", "Sud"]
    assert feed.on_demand.place_stops.rows() == [(0, 2), (0, 1), (1, 0)]
    assert feed.on_demand.calls["pickup_rule"].to_list() == [-1, -1]


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"zones": "{"}, "bad_geojson", ("error", "locations.geojson", None, None, None)),
        ({"zones": "[]"}, "bad_geojson", ("error", "locations.geojson", None, None, None)),
        ({"zones": "[" * 90_000}, "bad_geojson", ("error", "locations.geojson", None, None, None)),
        (
            {"zones": geojson(zone(), zone())},
            "duplicate_key",
            ("error", "locations.geojson", 2, "id", "pays"),
        ),
        (
            {"zones": geojson(zone(), zone(""))},
            "missing_value",
            ("error", "locations.geojson", 2, "id", ""),
        ),
        (
            {
                "zones": geojson(
                    zone(), zone("loin", [[[300, 95], [301, 95], [301, 96], [300, 95]]])
                )
            },
            "bad_geometry",
            ("error", "locations.geojson", 2, "geometry", "loin"),
        ),
        (
            {
                "zones": geojson(
                    zone(), zone("point", geometry={"type": "Point", "coordinates": [1, 2]})
                )
            },
            "bad_geometry",
            ("error", "locations.geojson", 2, "geometry", "point"),
        ),
        (
            {"zones": geojson(zone(), zone("vide", geometry=None))},
            "bad_geometry",
            ("error", "locations.geojson", 2, "geometry", "vide"),
        ),
        (
            {
                "zones": geojson(
                    zone(rings=[[[3.8, 45], [4, 45.1], [4, 45], [3.8, 45.1], [3.8, 45]]])
                )
            },
            "mended_geometry",
            ("warning", "locations.geojson", 1, "geometry", "pays"),
        ),
        (
            {"stop_times": FIXED + ZONE_TO_ZONE.replace(",pays,", ",nulle part,", 1)},
            "unknown_place",
            ("error", "stop_times.txt", 4, "location_id", "nulle part"),
        ),
        (
            {"stop_times": FIXED + ZONE_TO_ZONE.replace(",,pays,", ",P,pays,", 1)},
            "bad_place",
            ("error", "stop_times.txt", 4, "location_id", "pays"),
        ),
        (
            {"stop_times": FIXED + ZONE_TO_ZONE.replace("07:00:00", "", 1)},
            "missing_value",
            ("error", "stop_times.txt", 4, "start_pickup_drop_off_window", ""),
        ),
        (
            {"stop_times": FIXED + ZONE_TO_ZONE.replace("09:00:00", "9h", 1)},
            "bad_time",
            ("error", "stop_times.txt", 4, "end_pickup_drop_off_window", "9h"),
        ),
        (
            {"stop_times": FIXED + ZONE_TO_ZONE.replace("09:00:00", "06:00:00", 1)},
            "bad_window",
            ("error", "stop_times.txt", 4, "end_pickup_drop_off_window", "06:00:00"),
        ),
        (
            {"stop_times": FIXED + ZONE_TO_ZONE.replace("tad,,", "tad,07:00:00,", 1)},
            "time_beside_window",
            ("warning", "stop_times.txt", 4, "arrival_time", "07:00:00"),
        ),
        (
            {"stop_times": FIXED + ZONE_TO_ZONE.replace(",2,1,", ",0,1,", 1)},
            "bad_value",
            ("warning", "stop_times.txt", 4, "pickup_type", "0"),
        ),
        (
            {"stop_times": FIXED + ZONE_TO_ZONE.replace("veille", "demain", 1)},
            "unknown_rule",
            ("error", "stop_times.txt", 4, "pickup_booking_rule_id", "demain"),
        ),
        (
            {"stop_times": FIXED + ZONE_TO_ZONE.splitlines()[0] + "\n"},
            "no_ride",
            ("warning", "trips.txt", 4, "trip_id", "tad"),
        ),
        (
            {"trips": TRIPS.replace("1.5", "vite")},
            "bad_value",
            ("warning", "trips.txt", 4, "safe_duration_factor", "vite"),
        ),
        (
            {"rules": RULES.replace(",2,1,", ",4,1,")},
            "bad_value",
            ("error", "booking_rules.txt", 2, "booking_type", "4"),
        ),
        (
            {"rules": RULES.replace(",2,1,", ",2,,")},
            "missing_value",
            ("error", "booking_rules.txt", 2, "prior_notice_last_day", ""),
        ),
        (
            {"rules": RULES.replace("17:00:00", "17h")},
            "bad_value",
            ("error", "booking_rules.txt", 2, "prior_notice_last_time", "17h"),
        ),
        (
            {"rules": RULES.replace(",2,1,", ",2,367,")},
            "bad_value",
            ("error", "booking_rules.txt", 2, "prior_notice_last_day", "367"),
        ),
        (
            # A day too many to be counted back from any date.
            {"rules": RULES.replace(",2,1,", ",2,999999999,")},
            "bad_value",
            ("error", "booking_rules.txt", 2, "prior_notice_last_day", "999999999"),
        ),
    ],
)
def test_each_fault_is_told_where_it_is(read_flex, where, changes, code, place):
    assert where(read_flex(**changes), code) == [place]


def test_two_zones_told_badly_leave_the_sound_one(read_flex):
    crossed = [[3.8, 45], [4, 45.1], [4, 45], [3.8, 45.1], [3.8, 45]]
    feed = read_flex(zones=geojson(zone(), zone("loin", [FAR_SQUARE]), zone("noeud", [crossed])))
    assert feed.on_demand.places["place_id"].to_list() == ["pays", "loin", "noeud"]
    assert shapely.from_wkb(feed.on_demand.places["wkb"][2]).is_valid


def test_a_multipolygon_is_one_zone(read_flex):
    geometry = {"type": "MultiPolygon", "coordinates": [[SQUARE], [FAR_SQUARE]]}
    feed = read_flex(zones=geojson(zone(geometry=geometry)))
    shape = shapely.from_wkb(feed.on_demand.places["wkb"][0])
    assert [shape.covers(shapely.Point(lon, 45.05)) for lon in (3.9, 4.1, 4.25)] == [
        True,
        False,
        True,
    ]


def test_a_lost_zone_silences_the_rows_that_name_it(read_flex, where):
    feed = read_flex(zones=geojson(zone(geometry=None)))
    assert [f.code for f in feed.report.errors] == ["bad_geometry"]
    assert feed.report.left_out["stop_times.txt"] == 2
    assert not feed.on_demand


def test_services_of_notice_and_of_trips_on_demand_are_kept(read_flex):
    feed = read_flex(
        calendar=CALENDAR
        + "bureau,1,1,1,1,1,0,0,20250101,20251231\nperdu,1,0,0,0,0,0,0,20250101,20251231\n"
        + "nuit,0,0,0,0,0,1,0,20250101,20251231\n",
        trips=TRIPS.replace("R,S,tad", "R,nuit,tad"),
        rules=RULES.replace("booking_type,", "booking_type,prior_notice_service_id,").replace(
            "veille,2,", "veille,2,bureau,"
        ),
    )
    assert feed.service_ids == ["S", "bureau", "nuit"]
    assert feed.on_demand.trips["service"].to_list() == [2]
    assert feed.on_demand.rules["service"].to_list() == [1]
    assert feed.services[1].tolist() == [False, True, True, True, True, True, False, False, True]


def test_two_feeds_move_each_other_s_rows(read_flex, write_feed, tmp_path):
    read_flex()
    other = write_feed(
        name="other",
        trips=TRIPS,
        stop_times=HEADER + FIXED + ZONE_TO_ZONE,
        booking_rules=RULES,
        calendar=CALENDAR.replace("S,1", "S,0"),
    )
    (other / "locations.geojson").write_text(geojson(zone(rings=[FAR_SQUARE])))
    feed = read_gtfs([tmp_path / "feed", other], start=MONDAY, days=7)
    tables = feed.on_demand
    assert tables.calls["trip"].to_list() == [0, 0, 1, 1]
    assert tables.calls["place"].to_list() == [0, 0, 1, 1]
    assert tables.calls["pickup_rule"].to_list() == [0, 0, 1, 1]
    assert tables.trips["route"].to_list() == [0, 1]
    runs = feed.services[tables.trips["service"].to_numpy()]
    assert runs[:, 1].tolist() == [True, False]  # on Monday, the first only
    assert shapely.from_wkb(tables.places["wkb"][1]).equals(shapely.Polygon(FAR_SQUARE))


def test_a_feed_of_another_time_zone_comes_at_ours(read_flex, write_feed, tmp_path):
    read_flex()
    london = write_feed(
        name="london",
        agency="agency_id,agency_name,agency_url,agency_timezone\nA,Cars,https://example.org,Europe/London\n",
        trips=TRIPS,
        stop_times=HEADER + FIXED + ZONE_TO_ZONE,
        booking_rules=RULES,
    )
    (london / "locations.geojson").write_text(geojson(zone()))
    tables = read_gtfs([tmp_path / "feed", london], start=MONDAY, days=7).on_demand
    assert tables.calls["start_s"].to_list() == [25_200] * 2 + [28_800] * 2
    assert tables.rules["last_time_s"].to_list() == [17 * 3600, 18 * 3600]


def test_a_drawn_feed_of_the_draft_is_read(read_flex):
    feed = read_flex(
        stop_times=FIXED
        + "tad,,,pays,,,1,07:00:00,09:00:00,2,1,veille,\n"
        + "tad,,,pays,,,2,07:00:00,09:00:00,1,2,veille,\n"
    )
    (draft,) = [warning for warning in feed.report.warnings if warning.code == "draft_of_flex"]
    assert (draft.line, draft.field, draft.value) == (4, "stop_id", "pays")
    tables = feed.on_demand
    assert tables.calls.select("start_s", "end_s").unique().rows() == [(7 * 3600, 9 * 3600)]
    assert shapely.from_wkb(tables.places["wkb"][0]).equals(shapely.Polygon(SQUARE))


@pytest.mark.parametrize(
    ("name", "start", "codes"),
    [
        ("flex/FlexExample--on-demand-service.zip", date(2022, 11, 7), ["draft_of_flex"]),
        (
            "flex/aspen-flex-on-demand",
            date(2021, 11, 8),
            ["draft_of_flex", "duplicate_key"],
        ),
    ],
)
def test_real_feeds_of_the_draft_are_read(shared, name, start, codes):
    feed = read_gtfs([shared / name], start=start, days=7)
    assert feed.report.errors == []
    assert [f.code for f in feed.report.warnings] == codes
    tables = feed.on_demand
    assert tables.trips.select("factor", "offset_s").rows() == [(1.0, 1200.0)]  # 20 minutes
    assert tables.calls.select("start_s", "end_s").unique().rows() == [(11 * 3600, 23 * 3600)]
    assert feed.services.sum() == 9
    aspen = shapely.from_wkb(tables.places["wkb"][0])
    assert aspen.covers(shapely.Point(-106.8235, 39.1911))  # the town
    assert not aspen.covers(shapely.Point(-106.8689, 39.2232))  # its airport
