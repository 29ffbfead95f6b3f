"""agency.txt, routes.txt and trips.txt."""

AGENCY = "agency_id,agency_name,agency_url,agency_timezone\n"
ROUTES = "route_id,agency_id,route_short_name,route_type,route_color\n"
TRIPS = "route_id,service_id,trip_id,direction_id\n"


def test_a_zone_that_does_not_exist_gives_way_to_a_valid_one(read, where):
    feed = read(agency=AGENCY + "A,A,,Mars/Olympus\nB,B,,Indian/Reunion\n")
    assert feed.timezone == "Indian/Reunion"
    assert where(feed, "bad_timezone") == [
        ("error", "agency.txt", 2, "agency_timezone", "Mars/Olympus")
    ]


def test_without_any_valid_zone_paris_is_taken_and_said(read, where):
    feed = read(agency=AGENCY + "A,A,,\n")
    assert feed.timezone == "Europe/Paris"
    assert where(feed, "bad_timezone") == [("error", "agency.txt", 2, "agency_timezone", "")]
    assert "Europe/Paris est pris" in feed.report.errors[0].message


def test_an_agency_file_with_no_row_is_an_error(read, where):
    feed = read(agency=AGENCY)
    assert feed.timezone == "Europe/Paris"
    assert where(feed, "bad_timezone") == [("error", "agency.txt", None, None, None)]
    assert feed.routes["agency"].to_list() == [""]


def test_two_zones_in_one_feed_keep_the_first(read, where):
    feed = read(agency=AGENCY + "A,A,,Europe/Paris\nB,B,,Europe/London\n")
    assert feed.timezone == "Europe/Paris"
    assert where(feed, "several_timezones") == [
        ("warning", "agency.txt", 3, "agency_timezone", "Europe/London")
    ]


def test_a_route_without_agency_belongs_to_the_only_one(read):
    feed = read(routes=ROUTES + "R,,12,3,\n")
    assert feed.routes["agency"].to_list() == ["Cars du Velay"]


def test_a_route_of_an_unknown_agency_has_none(read, where):
    feed = read(routes=ROUTES + "R,Z,12,3,\n")
    assert feed.routes["agency"].to_list() == [""]
    assert where(feed, "unknown_agency") == [("warning", "routes.txt", 2, "agency_id", "Z")]
    assert feed.trips.height == 2


def test_a_route_defined_twice_keeps_its_first_row(read, where):
    feed = read(routes=ROUTES + "R,A,12,3,\nR,A,13,2,\n")
    assert feed.routes["short_name"].to_list() == ["12"]
    assert where(feed, "duplicate_key") == [("error", "routes.txt", 3, "route_id", "R")]


def test_a_route_type_that_is_no_number_is_taken_for_a_bus(read, where):
    feed = read(routes=ROUTES + "R,A,12,car,\n")
    assert feed.routes["route_type"].to_list() == [3]
    assert where(feed, "bad_value") == [("error", "routes.txt", 2, "route_type", "car")]


def test_a_route_type_outside_the_standard_is_kept_with_a_warning(read, where):
    feed = read(routes=ROUTES + "R,A,12,8,\nCOV,A,Covoiturage,1551,\nTRAIN,A,TER,106,\n")
    assert feed.routes["route_type"].to_list() == [8, 1551, 106]
    assert where(feed, "odd_route_type") == [("warning", "routes.txt", 2, "route_type", "8")]


def test_colors_are_written_one_way(read, where):
    feed = read(routes=ROUTES + "R,A,1,3,FFB900\nR2,A,2,3,#00ff00\nR3,A,3,3,0\nR4,A,4,3,\n")
    assert feed.routes["color"].to_list() == ["#ffb900", "#00ff00", "", ""]
    assert where(feed, "bad_color") == [("warning", "routes.txt", 4, "route_color", "0")]


def test_a_trip_of_an_unknown_route_is_left_out_with_its_calls(read, calls, where):
    feed = read(trips=TRIPS + "R,S,out,\nX,S,back,\n")
    assert feed.trips["trip_id"].to_list() == ["out"]
    assert {trip for trip, *_ in calls(feed)} == {"out"}
    assert where(feed, "unknown_route") == [("error", "trips.txt", 3, "route_id", "X")]
    # The three calls of "back" go too, without a finding each.
    assert feed.report.left_out == {"trips.txt": 1, "stop_times.txt": 3}
    assert len(feed.report.findings) == 1


def test_a_trip_of_an_unknown_service_is_left_out(read, where):
    feed = read(trips=TRIPS + "R,S,out,\nR,X,back,\n")
    assert feed.trips["trip_id"].to_list() == ["out"]
    assert where(feed, "unknown_service") == [("error", "trips.txt", 3, "service_id", "X")]
    assert feed.report.left_out == {"trips.txt": 1, "stop_times.txt": 3}


def test_a_trip_defined_twice_keeps_its_first_row(read, where):
    feed = read(trips=TRIPS + "R,S,out,0\nR,S,back,1\nR,S,out,1\n")
    assert feed.trips.select("trip_id", "direction").rows() == [("out", 0), ("back", 1)]
    assert where(feed, "duplicate_key") == [("error", "trips.txt", 4, "trip_id", "out")]


def test_a_direction_that_is_none_is_taken_for_zero(read, where):
    feed = read(trips=TRIPS + "R,S,out,A\nR,S,back,1\n")
    assert feed.trips["direction"].to_list() == [0, 1]
    assert where(feed, "bad_value") == [("warning", "trips.txt", 2, "direction_id", "A")]


def test_a_trip_with_fewer_than_two_calls_is_left_out(read, where):
    feed = read(
        trips=TRIPS + "R,S,out,\nR,S,back,\nR,S,never,\n",
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "out,8:00:00,8:00:00,P,1\nback,16:00:00,16:00:00,V,1\nback,16:20:00,16:20:00,P,2\n",
    )
    # "back" moves from row 1 to row 0, and its calls with it.
    assert feed.trips["trip_id"].to_list() == ["back"]
    assert feed.stop_times["trip"].to_list() == [0, 0]
    assert where(feed, "trip_too_short") == [
        ("warning", "trips.txt", 2, "trip_id", "out"),
        ("warning", "trips.txt", 4, "trip_id", "never"),
    ]
    assert feed.report.left_out == {"trips.txt": 2, "stop_times.txt": 1}


def test_whether_a_bicycle_comes_aboard_is_read(read, where):
    feed = read(trips="route_id,service_id,trip_id,bikes_allowed\nR,S,out,1\nR,S,back,peut-être\n")
    assert feed.trips["bikes"].to_list() == [1, 0]
    assert where(feed, "bad_value") == [
        ("warning", "trips.txt", 3, "bikes_allowed", "peut-être"),
    ]
