"""Draws GTFS-Realtime messages: delays of trips by their id, cancelled trips, alerts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from google.transit import gtfs_realtime_pb2 as pb


def message(
    *,
    made_at: datetime,
    on: date | None = None,
    late_s: Mapping[str, tuple[str | int, int]] | None = None,
    cancelled: Sequence[str] = (),
    alerts: Sequence[tuple[str, str]] = (),
) -> bytes:
    """`late_s`: (stop or rank of the call, seconds) of the departure by trip; `alerts`: header and
    description.
    """
    made = pb.FeedMessage()
    made.header.gtfs_realtime_version = "2.0"
    made.header.timestamp = int(made_at.timestamp())
    day = f"{on:%Y%m%d}" if on else ""
    for trip, (stop, seconds) in (late_s or {}).items():
        update = made.entity.add(id=f"late {trip}").trip_update
        update.trip.trip_id, update.trip.start_date = trip, day
        call = {"stop_sequence": stop} if isinstance(stop, int) else {"stop_id": stop}
        update.stop_time_update.add(**call).departure.delay = seconds
    for trip in cancelled:
        update = made.entity.add(id=f"gone {trip}").trip_update
        update.trip.trip_id, update.trip.start_date = trip, day
        update.trip.schedule_relationship = pb.TripDescriptor.CANCELED
    for number, (header, description) in enumerate(alerts):
        alert = made.entity.add(id=f"alert {number}").alert
        alert.header_text.translation.add(text=header, language="fr")
        alert.description_text.translation.add(text=description, language="fr")
    return made.SerializeToString()
