"""Encodings, quotes, spaces and line ends as found in real files."""

import re

import pytest

from traitdunion.reach.gtfs import FeedError
from traitdunion.reach.gtfs.tables import csv_text

from_sound = [
    ("out", "P", "8:00", "8:00"),
    ("out", "L", "8:10", "8:11"),
    ("out", "V", "8:20", "8:20"),
]
ONE_TRIP = "route_id,service_id,trip_id\nR,S,out\n"
STOP_TIMES = (
    "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "out,08:00:00,08:00:00,P,1\nout,08:10:00,08:11:00,L,2\nout,08:20:00,08:20:00,V,3\n"
)


def with_quotes(text, separator):
    lines = text.rstrip("\n").split("\n")
    return "".join('"' + line.replace(",", separator) + '"\n' for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"\xef\xbb\xbf" + STOP_TIMES.encode(), id="byte order mark"),
        pytest.param(STOP_TIMES.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(STOP_TIMES.replace("\n", "\r"), id="CR"),
        pytest.param(STOP_TIMES.replace(",", ", "), id="spaces after commas"),
        pytest.param(STOP_TIMES.replace(",", " ,"), id="spaces before commas"),
        pytest.param(STOP_TIMES.replace("\nout,08:1", "\rout,08:1"), id="CR and LF mixed"),
        pytest.param(STOP_TIMES + ",,,,\n,,,,\n", id="rows of commas at the end"),
        pytest.param(STOP_TIMES.rstrip("\n"), id="no last line end"),
        pytest.param(STOP_TIMES + "\n\n \n", id="blank lines at the end"),
        pytest.param(STOP_TIMES.replace("\nout,08:10", "\n\nout,08:10"), id="blank line inside"),
        pytest.param(with_quotes(STOP_TIMES, '","'), id="everything quoted"),
        pytest.param(with_quotes(STOP_TIMES, '", "'), id="spaces before quotes"),
        pytest.param(re.sub(r"([123])\n", r"\1,\n", STOP_TIMES), id="a comma too many"),
    ],
)  # fmt: skip
def test_these_ways_to_write_a_file_all_read_the_same(read, calls, text):
    feed = read(trips=ONE_TRIP, stop_times=text)
    assert calls(feed) == from_sound
    assert feed.report.findings == []


def test_utf_16_is_read_with_a_warning(read, calls, where):
    feed = read(trips=ONE_TRIP, stop_times=STOP_TIMES.encode("utf-16"))
    assert calls(feed) == from_sound
    assert where(feed, "encoding") == [("warning", "stop_times.txt", None, None, None)]


def test_cp1252_is_read_with_a_warning_at_the_first_bad_byte(read, where):
    text = "stop_id,stop_name,stop_lat,stop_lon\nP,Le Puy,45,3\nL,Lavoûte,45,3\nV,L’Été,45,3\n"
    feed = read(stops=text.encode("cp1252"))
    assert feed.stops["name"].to_list() == ["Le Puy", "Lavoûte", "L’Été"]
    # The û of Lavoûte is byte FB, on line 3.
    assert where(feed, "encoding") == [("warning", "stops.txt", 3, None, "0xfb")]
    assert "cp1252" in feed.report.warnings[0].message


def test_what_is_not_cp1252_either_is_read_as_latin_1(read, where):
    feed = read(stops=b"stop_id,stop_name,stop_lat,stop_lon\nP,\xe9\x81,45,3\nL,l,45,3\nV,v,45,3\n")
    assert feed.stops["name"][0] == "é\x81"
    assert where(feed, "encoding") == [("warning", "stops.txt", 2, None, "0xe9")]
    assert "latin-1" in feed.report.warnings[0].message


def test_quoted_fields_may_hold_commas_quotes_and_line_breaks(read, where):
    feed = read(
        stops="stop_id,stop_name,stop_lat,stop_lon\n"
        'P,"Le Puy, ""gare""",45,3\n'
        'L,"Lavoûte\nmairie",45,3\n'
        "V,Vorey,quarante,3\n"
    )
    assert feed.stops["name"].to_list() == ['Le Puy, "gare"', "Lavoûte\nmairie"]
    # The second stop takes lines 3 and 4: Vorey stands on line 5.
    assert where(feed, "bad_coordinates") == [("error", "stops.txt", 5, "stop_lat", "quarante")]


def test_a_row_with_too_many_fields_is_left_out(read, where):
    feed = read(
        stops="stop_id,stop_name,stop_lat,stop_lon\n"
        "P,Le Puy,45,3\nL,Lavoûte,45,3\nV,Vorey,45,3\nX,Rue, place,45,3\n"
    )
    assert feed.stops["stop_id"].to_list() == ["P", "L", "V"]
    assert where(feed, "long_row") == [("error", "stops.txt", 5, None, "X,Rue,place,45,3")]
    assert feed.report.left_out == {"stops.txt": 1}


def test_a_row_with_too_few_fields_is_completed_with_blanks(read, where):
    feed = read(
        trips="route_id,service_id,trip_id,trip_headsign,direction_id\nR,S,out\nR,S,back,Le Puy,1\n"
    )
    assert feed.trips["headsign"].to_list() == ["", "Le Puy"]
    assert where(feed, "short_row") == [("warning", "trips.txt", 2, None, None)]


STOPS_QUOTED = 'stop_id,stop_name,stop_lat,stop_lon\nP,"{}",45,3\nV,Vorey,45,3\n'


@pytest.mark.parametrize(("short", "is_refused"), [(3, False), (4, True)])
def test_a_file_of_little_but_short_rows_is_refused_with_its_lines(
    read, monkeypatch, short, is_refused
):
    monkeypatch.setattr(csv_text, "_FILLED_FIELDS", 12)  # four in each of three rows
    text = STOP_TIMES + "x\n" * short
    if is_refused:
        message = "dans stop_times.txt, à partir de la ligne 5, des lignes ont moins de 5 champs"
        with pytest.raises(FeedError, match=message):
            read(trips=ONE_TRIP, stop_times=text)
    else:
        feed = read(trips=ONE_TRIP, stop_times=text)
        assert feed.report.counts["warning", "short_row"] == 3


def test_line_ends_inside_quotes_are_no_short_rows(read, monkeypatch):
    monkeypatch.setattr(csv_text, "_FILLED_FIELDS", 12)
    stops = STOPS_QUOTED.format("Le Puy" + "\n" * 40)
    feed = read(stops=stops, trips=ONE_TRIP, stop_times=STOP_TIMES)
    assert feed.stops.height == 2
    assert "short_row" not in {code for _, code in feed.report.counts}


def test_a_quote_never_closed_loses_its_line_only(read, where):
    feed = read(
        stops='stop_id,stop_name,stop_lat,stop_lon\nP,Le Puy,45,3\nL,"Lavoûte,45,3\nV,Vorey,45,3\n',
        trips=ONE_TRIP,
        stop_times=STOP_TIMES,
    )
    assert feed.stops["stop_id"].to_list() == ["P", "V"]
    assert where(feed, "unreadable_row") == [("error", "stops.txt", 3, None, 'L,"Lavoûte,45,3')]
    assert where(feed, "unknown_stop") == [("error", "stop_times.txt", 3, "stop_id", "L")]


def test_a_quote_inside_an_unquoted_field_is_kept(read):
    feed = read(stops='stop_id,stop_name,stop_lat,stop_lon\nP,Le "Puy",45,3\nL,l,45,3\nV,v,45,3\n')
    assert feed.stops["name"][0] == 'Le "Puy"'


def test_a_field_without_end_stops_the_file_and_says_where(read, where):
    endless = '"' + "a" * 200_000 + '"'
    feed = read(
        stops="stop_id,stop_name,stop_lat,stop_lon\n"
        f"P,Le Puy,45,3\n\nL,{endless},45,3\nV,Vorey,45,3\n"
    )
    assert feed.stops["stop_id"].to_list() == ["P"]
    assert where(feed, "unreadable_row") == [("error", "stops.txt", 4, None, None)]
    assert feed.report.left_out["stops.txt"] == 2


def test_a_missing_column_is_refused_and_named(read):
    with pytest.raises(
        FeedError, match=r"dans stops.txt, il manque la colonne stop_lat\."
    ) as error:
        read(stops="stop_id,stop_name,stop_lon\nP,Le Puy,3\n")
    assert "feed : " in str(error.value)
    assert "stop_id, stop_name, stop_lon" in str(error.value)


def test_a_missing_column_of_an_optional_file_leaves_that_file_out(read, where):
    feed = read(transfers="from_stop_id,transfer_type\nP,0\n")
    assert where(feed, "missing_column") == [("error", "transfers.txt", 1, "to_stop_id", None)]
    assert feed.report.left_out == {"transfers.txt": 1}
    assert feed.trips.height == 2


def test_an_empty_required_file_is_refused(read):
    with pytest.raises(FeedError, match=r"dans trips.txt, il manque les colonnes route_id"):
        read(trips="")


def test_an_empty_optional_file_changes_nothing(read, where):
    feed = read(calendar_dates="\n")
    assert where(feed, "empty_file") == [("warning", "calendar_dates.txt", None, None, None)]
    assert feed.trips.height == 2
