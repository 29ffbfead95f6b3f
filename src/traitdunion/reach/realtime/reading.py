"""Reads a GTFS-Realtime message: trip updates and service alerts as plain values.

Source: GTFS Realtime reference, version 2.0, https://gtfs.org/documentation/realtime/reference/.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as pb

CANCELLED: Final = (pb.TripDescriptor.CANCELED, pb.TripDescriptor.DELETED)
SCHEDULED: Final = pb.TripDescriptor.SCHEDULED
LONGEST_TEXT: Final = 500


class RealtimeError(ValueError):
    """The message cannot be read; the French message says why."""


@dataclass(frozen=True)
class StopUpdate:
    """A call that differs: a delay in seconds, or a moment (epoch seconds), of either end.

    `skipped`: not served. `no_data`: as the timetable says from here on.
    """

    stop_id: str
    arrival_delay_s: int | None = None
    arrival_at: int | None = None
    departure_delay_s: int | None = None
    departure_at: int | None = None
    skipped: bool = False
    no_data: bool = False


@dataclass(frozen=True)
class TripUpdate:
    """One run of a trip; `on` is its service day, None where the message leaves it out.

    `start_time` (HH:MM:SS) tells runs by frequency apart. `kind` is "scheduled", "cancelled" or
    "other": a run the timetable does not have. `delay_s` is that of the whole run.
    """

    trip_id: str
    on: date | None
    start_time: str
    kind: str
    stops: tuple[StopUpdate, ...]
    delay_s: int | None = None


@dataclass(frozen=True)
class Alert:
    """What riders are told, about lines and stops by their ids, between two moments."""

    header: str
    description: str
    url: str
    effect: str
    periods: tuple[tuple[datetime | None, datetime | None], ...]
    route_ids: frozenset[str]
    stop_ids: frozenset[str]
    trip_ids: frozenset[str]

    def active_at(self, moment: datetime) -> bool:
        """Whether it holds at a moment; one without a period always does."""
        return not self.periods or any(
            (begin is None or begin <= moment) and (end is None or moment < end)
            for begin, end in self.periods
        )


@dataclass(frozen=True)
class Snapshot:
    """One message; `made_at` is when its publisher made it, None where untold."""

    made_at: datetime | None
    trips: tuple[TripUpdate, ...]
    alerts: tuple[Alert, ...]


def read_realtime(data: bytes) -> Snapshot:
    """Read a message (Protocol Buffers); raises RealtimeError where it is none."""
    message = pb.FeedMessage()
    try:
        message.ParseFromString(data)
    except DecodeError as wrong:
        raise RealtimeError("ce n'est pas un message GTFS-Realtime lisible") from wrong
    if not message.header.gtfs_realtime_version:
        raise RealtimeError("ce n'est pas un message GTFS-Realtime (version absente)")
    if message.header.incrementality != pb.FeedHeader.FULL_DATASET:
        raise RealtimeError("seuls les messages complets sont lus, celui-ci est différentiel")
    entities = [entity for entity in message.entity if not entity.is_deleted]
    return Snapshot(
        made_at=_moment(message.header.timestamp),
        trips=tuple(_trip(e.trip_update) for e in entities if e.HasField("trip_update")),
        alerts=tuple(_alert(e.alert) for e in entities if e.HasField("alert")),
    )


def _trip(update: Any) -> TripUpdate:
    relation = update.trip.schedule_relationship
    kind = "other"
    if relation in CANCELLED:
        kind = "cancelled"
    elif relation == SCHEDULED:
        kind = "scheduled"
    return TripUpdate(
        trip_id=_text(update.trip.trip_id),
        on=_day(_text(update.trip.start_date)),
        start_time=_text(update.trip.start_time),
        kind=kind,
        stops=tuple(_stop(stop) for stop in update.stop_time_update),
        delay_s=update.delay if update.HasField("delay") else None,
    )


def _stop(stop: Any) -> StopUpdate:
    relation = pb.TripUpdate.StopTimeUpdate
    return StopUpdate(
        stop_id=_text(stop.stop_id),
        arrival_delay_s=_optional(stop.arrival, "delay"),
        arrival_at=_optional(stop.arrival, "time"),
        departure_delay_s=_optional(stop.departure, "delay"),
        departure_at=_optional(stop.departure, "time"),
        skipped=stop.schedule_relationship == relation.SKIPPED,
        no_data=stop.schedule_relationship == relation.NO_DATA,
    )


def _optional(event: Any, name: str) -> int | None:
    return int(getattr(event, name)) if event.HasField(name) else None


def _alert(alert: Any) -> Alert:
    named = alert.informed_entity
    return Alert(
        header=_french(alert.header_text),
        description=_french(alert.description_text),
        url=_french(alert.url),
        effect=pb.Alert.Effect.Name(alert.effect),
        periods=tuple((_moment(p.start), _moment(p.end)) for p in alert.active_period),
        route_ids=_ids(entity.route_id or entity.trip.route_id for entity in named),
        stop_ids=_ids(entity.stop_id for entity in named),
        trip_ids=_ids(entity.trip.trip_id for entity in named),
    )


def _ids(found: Iterable[Any]) -> frozenset[str]:
    return frozenset(map(_text, found)) - {""}


def _text(value: str | bytes) -> str:
    """The library gives bytes where a text is not UTF-8."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _french(text: Any) -> str:
    """The French translation, else the one without a language, else the first; cut if long."""
    told = [(_text(t.language).split("-")[0].lower(), _text(t.text)) for t in text.translation]
    by_language = dict(reversed(told))
    said = by_language.get("fr") or by_language.get("") or (told[0][1] if told else "")
    return " ".join(said.split())[:LONGEST_TEXT]


def _moment(epoch_s: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(epoch_s, UTC) if epoch_s else None
    except (OverflowError, ValueError, OSError):
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
