"""Feeds read together: ids, rows, time zones."""

from datetime import date

import pytest

from traitdunion.reach.gtfs import FeedError, read_gtfs

MONDAY = date(2025, 3, 3)
TRANSFERS = (
    "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id\nP,L,0,,\nV,V,4,out,back\n"
)
FREQUENCIES = "trip_id,start_time,end_time,headway_secs\nback,6:00:00,9:00:00,600\n"


def agency(zone):
    return f"agency_id,agency_name,agency_timezone\nA,Cars,{zone}\n"


def test_rows_of_the_second_feed_follow_those_of_the_first(write_feed):
    first = write_feed("a", transfers=TRANSFERS, frequencies=FREQUENCIES)
    second = write_feed(
        "b",
        agency=agency("Europe/Paris").replace("Cars", "Autres cars"),
        transfers=TRANSFERS,
        frequencies=FREQUENCIES,
        stops="stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "G,Gare,45,3,1,\nP,P,45,3,0,G\nL,L,45,3,,\nV,V,45,3,,\n",
        calendar=None,
        calendar_dates="service_id,date,exception_type\nS,20250303,1\n",
    )
    feed = read_gtfs([first, second], start=MONDAY, days=1)
    assert feed.stops["stop_id"].to_list() == ["P", "L", "V", "G", "2:P", "2:L", "2:V"]
    assert feed.stops["parent"].to_list() == [-1, -1, -1, -1, 3, -1, -1]
    assert feed.routes["route_id"].to_list() == ["R", "2:R"]
    assert feed.routes["agency"].to_list() == ["Cars du Velay", "Autres cars"]
    assert feed.trips.select("trip_id", "route", "service", "block_id").rows() == [
        ("out", 0, 0, "b1"),
        ("back", 0, 0, "b1"),
        ("2:out", 1, 1, "2:b1"),
        ("2:back", 1, 1, "2:b1"),
    ]
    assert feed.service_ids == ["S", "2:S"]
    assert feed.services.tolist() == [[False, True, True], [False, True, False]]
    # The second feed's P, L, V are rows 4, 5, 6.
    assert feed.stop_times["stop"].to_list() == [0, 1, 2, 2, 1, 0, 4, 5, 6, 6, 5, 4]
    assert feed.stop_times["trip"].to_list() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert feed.frequencies["trip"].to_list() == [1, 3]
    assert feed.transfers.select("from_stop", "to_stop", "from_trip", "to_trip").rows() == [
        (0, 1, -1, -1),
        (2, 2, 0, 1),
        (4, 5, -1, -1),
        (6, 6, 2, 3),
    ]
    assert [name for name, _ in feed.inputs] == ["a", "b"]


def test_renamed_ids_are_told_once_per_file(write_feed, where):
    second = write_feed("b", agency=agency("Europe/Paris"))
    feed = read_gtfs([write_feed("a"), second], start=MONDAY, days=7)
    assert where(feed, "id_in_several_feeds") == [
        ("warning", "stops.txt", None, "stop_id", "L"),
        ("warning", "routes.txt", None, "route_id", "R"),
        ("warning", "trips.txt", None, "trip_id", "back"),
    ]
    assert [finding.count for finding in feed.report.findings] == [3, 1, 2]


def test_a_new_name_already_taken_is_made_longer(write_feed):
    stops = "stop_id,stop_name,stop_lat,stop_lon\nP,P,45,3\nL,L,45,3\nV,V,45,3\n2:P,autre,45,3\n"
    second = write_feed("b", agency=agency("Europe/Paris"))
    feed = read_gtfs([write_feed("a", stops=stops), second], start=MONDAY, days=7)
    assert feed.stops["stop_id"].to_list() == ["P", "L", "V", "2:P", "2:2:P", "2:L", "2:V"]


def test_the_same_feed_given_twice_is_read_once(write_feed, where):
    feed = read_gtfs([write_feed("a"), write_feed("b")], start=MONDAY, days=7)
    assert feed.trips.height == 2
    assert where(feed, "feed_given_twice") == [("warning", "b", None, None, None)]


def test_findings_say_which_feed_they_are_about(write_feed):
    second = write_feed("b", trips="route_id,service_id,trip_id\nR,S,out\nX,S,back\n")
    feed = read_gtfs([write_feed("a"), second], start=MONDAY, days=7)
    (error,) = feed.report.errors
    assert error.feed == "b"
    assert str(error).startswith("b › trips.txt, ligne 3, champ route_id : ")


def test_one_unusable_feed_refuses_the_whole_and_names_it(write_feed):
    with pytest.raises(FeedError, match=r"b : il manque stops\.txt"):
        read_gtfs([write_feed("a"), write_feed("b", stops=None)], start=MONDAY, days=7)


def test_a_feed_of_a_zone_behind_is_shifted_later(write_feed, where):
    # London is one hour behind Paris: 8:00 there is 9:00 in Paris.
    second = write_feed("b", agency=agency("Europe/London"), frequencies=FREQUENCIES)
    feed = read_gtfs([write_feed("a"), second], start=MONDAY, days=7)
    assert feed.timezone == "Europe/Paris"
    assert feed.stop_times.filter(trip=2)["departure_s"].to_list() == [32400, 33060, 33600]
    # "back" runs by frequency: its template stays, its period moves from 6:00-9:00 to 7:00-10:00.
    assert feed.stop_times.filter(trip=3)["departure_s"][0] == 57600
    assert feed.frequencies.rows() == [(3, 25200, 36000, 600, False)]
    assert where(feed, "other_timezone") == [
        ("warning", "agency.txt", None, "agency_timezone", "Europe/London")
    ]
    assert "décalées de +1 h." in feed.report.warnings[0].message


def test_a_trip_shifted_before_midnight_goes_to_the_day_before(write_feed, where):
    # 0:30 in Paris on Monday to Friday is 23:30 in London on Sunday to Thursday.
    second = write_feed(
        "b",
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "out,0:30:00,0:30:00,P,1\nout,1:30:00,1:30:00,V,2\n"
        "back,16:00:00,16:00:00,V,1\nback,17:00:00,17:00:00,P,2\n",
    )
    first = write_feed("a", agency=agency("Europe/London"))
    feed = read_gtfs([first, second], start=MONDAY, days=7)
    night, day = feed.trips.filter(trip_id="2:out"), feed.trips.filter(trip_id="2:back")
    # 23:30 = 84600 s; 24:30 = 88200 s; 16:00 - 1 h = 54000 s.
    assert feed.stop_times.filter(trip=2)["departure_s"].to_list() == [84600, 88200]
    assert feed.stop_times.filter(trip=3)["departure_s"].to_list() == [54000, 57600]
    # Sunday 2 | Monday 3 … Sunday 9 | Monday 10; the last column is known from Tuesday 11.
    runs = [[int(x) for x in row] for row in feed.services]
    assert runs[night["service"][0]] == [1, 1, 1, 1, 1, 0, 0, 1, 1]
    assert runs[day["service"][0]] == [0, 1, 1, 1, 1, 1, 0, 0, 1]
    assert "décalées de -1 h." in feed.report.warnings[0].message


def test_frequencies_shifted_before_midnight_go_to_the_day_before_too(write_feed):
    second = write_feed(
        "b", frequencies="trip_id,start_time,end_time,headway_secs\nout,0:30:00,2:00:00,600\n"
    )
    first = write_feed("a", agency=agency("Europe/London"))
    feed = read_gtfs([first, second], start=MONDAY, days=7)
    assert feed.frequencies.rows() == [(2, 84600, 90000, 600, False)]
    service = feed.trips["service"][2]
    assert [int(x) for x in feed.services[service]] == [1, 1, 1, 1, 1, 0, 0, 1, 1]


def test_a_shift_that_changes_within_the_period_is_told(write_feed):
    # Paris changes on 2025-03-30, La Réunion never does.
    second = write_feed("b", agency=agency("Indian/Reunion"))
    feed = read_gtfs([write_feed("a"), second], start=date(2025, 3, 28), days=7)
    (warning,) = [f for f in feed.report.warnings if f.code == "other_timezone"]
    assert "décalées de -3 h" in warning.message
    assert "Ce décalage change le 30/03/2025" in warning.message
    # Thursday 27 | Friday 28, Saturday, Sunday 30 … Thursday 3 | Friday 4: no wrong hour is kept.
    service = feed.trips.filter(trip_id="2:out")["service"][0]
    assert [int(x) for x in feed.services[service]] == [1, 1, 0, 0, 0, 0, 0, 0, 0]
    # Saturday's late hours may begin on a day that is left out: Friday is the last one known.
    assert [span.last for span in feed.spans] == [date(2025, 12, 31), date(2025, 3, 28)]


def test_a_feed_in_universal_time_ends_where_clocks_change(write_feed):
    """7:00 UTC is 8:00 in Paris until Saturday 29 March 2025, and 9:00 from the Sunday on."""
    feed = read_gtfs(
        [write_feed("a", agency=agency("Etc/UTC"))],
        start=date(2025, 3, 24), days=14, timezone="Europe/Paris",
    )  # fmt: skip
    assert feed.stop_times.filter(trip=0)["departure_s"][0] == 9 * 3600
    (span,) = feed.spans
    assert (span.knows(date(2025, 3, 28)), span.knows(date(2025, 3, 31))) == (True, False)
    assert not feed.services[:, 7:].any()
    after = read_gtfs(
        [write_feed("b", agency=agency("Etc/UTC"))],
        start=date(2025, 3, 31), days=14, timezone="Europe/Paris",
    )  # fmt: skip
    assert after.stop_times.filter(trip=0)["departure_s"][0] == 10 * 3600
    assert after.spans[0].knows(date(2025, 4, 4))


def test_zones_with_the_same_hours_need_no_shift(write_feed):
    second = write_feed("b", agency=agency("Europe/Berlin"))
    feed = read_gtfs([write_feed("a"), second], start=MONDAY, days=7)
    assert feed.stop_times.filter(trip=2)["departure_s"][0] == 28800
    assert feed.services.shape == (2, 9)
