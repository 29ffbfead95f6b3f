"""stops.txt: what is wrong with a stop, and what becomes of it."""

HEADER = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
# The three stops the sound feed calls at.
CALLED = "P,Le Puy,45,3,,\nL,Lavoûte,45,3,,\nV,Vorey,45,3,,\n"


def test_a_stop_defined_twice_keeps_its_first_row(read, where):
    feed = read(stops=HEADER + CALLED + "P,Ailleurs,10,10,,\n")
    assert feed.stops.filter(stop_id="P").rows() == [("P", "Le Puy", 45, 3, -1, 0, 0)]
    assert where(feed, "duplicate_key") == [("error", "stops.txt", 5, "stop_id", "P")]
    assert feed.report.left_out == {"stops.txt": 1}


def test_a_stop_without_id_is_left_out(read, where):
    feed = read(stops=HEADER + CALLED + ",Nulle part,45,3,,\n")
    assert feed.stops["stop_id"].to_list() == ["P", "L", "V"]
    assert where(feed, "missing_value") == [("error", "stops.txt", 5, "stop_id", "")]


def test_stops_know_the_row_of_their_station(read):
    feed = read(stops=HEADER + "P,Le Puy,45,3,0,GARE\nL,L,45,3,,\nV,V,45,3,,\nGARE,Gare,45,3,1,\n")
    assert feed.stops["parent"].to_list() == [3, -1, -1, -1]
    assert feed.stops["location_type"].to_list() == [0, 0, 0, 1]
    assert feed.report.findings == []


def test_an_unknown_station_becomes_none(read, where):
    feed = read(stops=HEADER + "P,Le Puy,45,3,0,GARE\nL,L,45,3,,\nV,V,45,3,,\n")
    assert feed.stops["parent"].to_list() == [-1, -1, -1]
    assert where(feed, "unknown_parent") == [("error", "stops.txt", 2, "parent_station", "GARE")]
    assert feed.report.left_out == {}


def test_only_stations_can_have_stops(read, where):
    # P names a plain stop, the station GARE names itself: both lose it, so no loop is left.
    feed = read(stops=HEADER + "P,Le Puy,45,3,0,L\nL,L,45,3,,\nV,V,45,3,,\nGARE,Gare,45,3,1,GARE\n")
    assert feed.stops["parent"].to_list() == [-1, -1, -1, -1]
    assert where(feed, "odd_parent") == [
        ("warning", "stops.txt", 2, "parent_station", "L"),
        ("warning", "stops.txt", 5, "parent_station", "GARE"),
    ]


def test_a_kind_of_stop_that_does_not_exist_is_taken_for_a_stop(read, where):
    feed = read(stops=HEADER + CALLED + "X,X,45,3,9,\n")
    assert feed.stops["location_type"].to_list() == [0, 0, 0, 0]
    assert where(feed, "bad_value") == [("warning", "stops.txt", 5, "location_type", "9")]


def test_a_stop_without_coordinates_goes_with_the_calls_there(read, calls, where):
    feed = read(stops=HEADER + "P,Le Puy,45,3,,\nL,Lavoûte,,,,\nV,Vorey,45,3,,\n")
    assert feed.stops["stop_id"].to_list() == ["P", "V"]
    assert calls(feed) == [
        ("out", "P", "8:00", "8:00"),
        ("out", "V", "8:20", "8:20"),
        ("back", "V", "16:00", "16:00"),
        ("back", "P", "16:20", "16:20"),
    ]
    assert where(feed, "stop_without_coordinates") == [("error", "stops.txt", 3, "stop_id", "L")]
    assert "les 2 passages" in feed.report.errors[0].message
    assert feed.report.left_out == {"stops.txt": 1, "stop_times.txt": 2}


def test_a_stop_without_coordinates_that_nobody_uses_is_a_warning(read, where):
    feed = read(stops=HEADER + CALLED + "X,X,,3,,\n")
    assert feed.stops["stop_id"].to_list() == ["P", "L", "V"]
    assert where(feed, "unused_stop_without_coordinates") == [
        ("warning", "stops.txt", 5, "stop_id", "X")
    ]


def test_coordinates_that_are_no_degrees_place_nothing(read, where):
    feed = read(stops=HEADER + CALLED + 'W,W,91,3,,\nX,X,45,181,,\nY,Y,"45,1",3,,\nZ,Z,nan,inf,,\n')
    assert feed.stops["stop_id"].to_list() == ["P", "L", "V"]
    assert where(feed, "bad_coordinates") == [
        ("error", "stops.txt", 5, "stop_lat", "91"),
        ("error", "stops.txt", 7, "stop_lat", "45,1"),
        ("error", "stops.txt", 8, "stop_lat", "nan"),
        ("error", "stops.txt", 6, "stop_lon", "181"),
        ("error", "stops.txt", 8, "stop_lon", "inf"),
    ]
    assert feed.report.left_out == {"stops.txt": 4}


def test_a_stop_in_the_ocean_is_kept_with_a_warning(read, where):
    feed = read(stops=HEADER + CALLED + "X,X,0,0.0,,\n")
    assert feed.stops["stop_id"].to_list() == ["P", "L", "V", "X"]
    assert where(feed, "zero_coordinates") == [("warning", "stops.txt", 5, "stop_lat", "0")]


def test_generic_nodes_and_boarding_areas_stand_where_their_station_does(read):
    # QUAI's platform P has its own coordinates; AIRE stands on P; NOEUD stands on the station.
    feed = read(
        stops=HEADER
        + "P,Le Puy,45,3,0,GARE\nL,L,45,3,,\nV,V,45,3,,\nGARE,Gare,46,4,1,\n"
        + "NOEUD,,,,3,GARE\nAIRE,,,,4,P\n"
    )
    assert feed.stops.filter(stop_id="NOEUD").rows() == [("NOEUD", "Gare", 46, 4, 3, 3, 0)]
    assert feed.stops.filter(stop_id="AIRE").rows() == [("AIRE", "Le Puy", 45, 3, 0, 4, 0)]
    assert feed.report.findings == []


def test_a_station_without_coordinates_leaves_its_stops_alone(read, where):
    feed = read(stops=HEADER + "G,Gare,,,1,\nP,P,45,3,0,G\nL,L,45,3,,\nV,V,45,3,,\n")
    assert feed.stops["stop_id"].to_list() == ["P", "L", "V"]
    assert feed.stops["parent"].to_list() == [-1, -1, -1]
    assert where(feed, "unplaced_parent") == [("warning", "stops.txt", 3, "stop_id", "P")]


def test_rows_of_stations_follow_when_a_stop_is_left_out(read):
    feed = read(stops=HEADER + "X,X,,,0,\nG,Gare,45,3,1,\nP,P,45,3,0,G\nL,L,45,3,,\nV,V,45,3,,\n")
    # X is gone: G becomes row 0, P row 1.
    assert feed.stops["parent"].to_list() == [-1, 0, -1, -1]


def test_a_stop_without_name_takes_that_of_its_station_or_its_id(read, where):
    feed = read(stops=HEADER + "G,Gare,45,3,1,\nP,,45,3,0,G\nL,,45,3,,\nV,V,45,3,,\n")
    assert feed.stops["name"].to_list() == ["Gare", "Gare", "L", "V"]
    assert where(feed, "missing_name") == [
        ("warning", "stops.txt", 3, "stop_name", ""),
        ("warning", "stops.txt", 4, "stop_name", ""),
    ]
