"""Messages as publishers write them, and those that are none."""

import contextlib
from datetime import UTC, date, datetime

import pytest
from google.transit import gtfs_realtime_pb2 as pb
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.reach.realtime import RealtimeError, StopUpdate, read_realtime

NOON = int(datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp())


def message() -> pb.FeedMessage:
    made = pb.FeedMessage()
    made.header.gtfs_realtime_version = "2.0"
    made.header.timestamp = NOON
    return made


def add_trip(made: pb.FeedMessage, **trip: object) -> pb.TripUpdate:
    entity = made.entity.add()
    entity.id = str(len(made.entity))
    for name, value in trip.items():
        setattr(entity.trip_update.trip, name, value)
    return entity.trip_update


def test_trips_and_their_stops_are_read():
    made = message()
    update = add_trip(made, trip_id="t", start_date="20261125", start_time="07:00:00")
    stop = update.stop_time_update.add(stop_id="A")
    stop.departure.delay = 120
    stop = update.stop_time_update.add(stop_id="B")
    stop.arrival.time = NOON
    update.stop_time_update.add(stop_id="C", schedule_relationship=1)
    update.stop_time_update.add(stop_id="D", schedule_relationship=2)
    read = read_realtime(made.SerializeToString())
    assert read.made_at == datetime(2026, 11, 25, 12, tzinfo=UTC)
    (trip,) = read.trips
    assert (trip.trip_id, trip.on, trip.start_time, trip.kind) == (
        "t",
        date(2026, 11, 25),
        "07:00:00",
        "scheduled",
    )
    assert trip.stops == (
        StopUpdate("A", departure_delay_s=120),
        StopUpdate("B", arrival_at=NOON),
        StopUpdate("C", skipped=True),
        StopUpdate("D", no_data=True),
    )


@pytest.mark.parametrize(
    ("relation", "kind"),
    [("CANCELED", "cancelled"), ("DELETED", "cancelled"), ("ADDED", "other"), ("NEW", "other")],
)
def test_kinds_of_runs(relation, kind):
    made = message()
    add_trip(made, trip_id="t", schedule_relationship=relation)
    assert read_realtime(made.SerializeToString()).trips[0].kind == kind


def test_a_delay_of_nothing_is_a_delay_told():
    made = message()
    stop = add_trip(made, trip_id="t").stop_time_update.add(stop_id="A")
    stop.arrival.delay = 0
    (read,) = read_realtime(made.SerializeToString()).trips[0].stops
    assert (read.arrival_delay_s, read.departure_delay_s) == (0, None)


def test_alerts_are_read_in_french_first():
    made = message()
    entity = made.entity.add(id="a")
    for language, words in (("en", "Strike"), ("fr-FR", "Grève  jeudi")):
        entity.alert.header_text.translation.add(language=language, text=words)
    entity.alert.description_text.translation.add(text="Un train sur deux.")
    entity.alert.informed_entity.add(route_id="R1")
    entity.alert.informed_entity.add(stop_id="S1")
    entity.alert.active_period.add(start=NOON, end=NOON + 3600)
    entity.alert.effect = pb.Alert.REDUCED_SERVICE
    (alert,) = read_realtime(made.SerializeToString()).alerts
    assert (alert.header, alert.description) == ("Grève jeudi", "Un train sur deux.")
    assert (alert.route_ids, alert.stop_ids) == (frozenset({"R1"}), frozenset({"S1"}))
    assert alert.effect == "REDUCED_SERVICE"
    hours = [datetime(2026, 11, 25, hour, 30, tzinfo=UTC) for hour in (11, 12, 13)]
    assert [alert.active_at(hour) for hour in hours] == [False, True, False]


def test_what_is_no_message_is_told():
    with pytest.raises(RealtimeError, match="lisible"):
        read_realtime(b"<html>Maintenance</html>")
    with pytest.raises(RealtimeError, match="GTFS-Realtime"):
        read_realtime(b"")
    made = message()
    made.header.incrementality = pb.FeedHeader.DIFFERENTIAL
    with pytest.raises(RealtimeError, match="différentiel"):
        read_realtime(made.SerializeToString())


@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_a_told_error(data):
    with contextlib.suppress(RealtimeError):
        read_realtime(data)


@given(st.data())
def test_a_damaged_message_is_a_message_or_a_told_error(data):
    made = message()
    update = add_trip(made, trip_id="t", start_date="2026112", start_time="7")
    update.stop_time_update.add(stop_id="A").departure.time = 2**62
    made.entity.add(id="a").alert.active_period.add(start=2**63)
    whole = bytearray(made.SerializeToString())
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RealtimeError):
        read_realtime(bytes(whole))
