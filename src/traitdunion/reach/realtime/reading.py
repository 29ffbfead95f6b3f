"""Reads a GTFS-Realtime message: trip updates and service alerts as plain values.

Source: GTFS Realtime reference, version 2.0, https://gtfs.org/documentation/realtime/reference/.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as pb

from .wire import WireError, fields

CANCELLED: Final = (pb.TripDescriptor.CANCELED, pb.TripDescriptor.DELETED)
SCHEDULED: Final = pb.TripDescriptor.SCHEDULED
LONGEST_TEXT: Final = 500
# A whole country has some ten thousand trips under way, of thirty stops each.
MAX_ENTITIES: Final = 200_000
MAX_STOPS: Final = 500_000
MAX_ENTITY: Final = 1_000_000


class RealtimeError(ValueError):
    """The message cannot be read; the French message gives the reason."""


@dataclass(frozen=True, slots=True)
class StopUpdate:
    """A call that differs: a delay in seconds, or a moment (epoch seconds), of either end.

    It is known by its `sequence` (stop_sequence) in the trip, by its `stop_id`, or by both.
    `skipped`: not served. `no_data`: as planned from here on.
    """

    stop_id: str
    arrival_delay_s: int | None = None
    arrival_at: int | None = None
    departure_delay_s: int | None = None
    departure_at: int | None = None
    skipped: bool = False
    no_data: bool = False
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class TripUpdate:
    """One run of a trip; `on` is its service day, None where the message leaves it out.

    `start_time` (HH:MM:SS) distinguishes runs by frequency. `kind` is "scheduled", "cancelled" or
    "other": a run the timetable does not have. `delay_s` is that of the whole run.
    """

    trip_id: str
    on: date | None
    start_time: str
    kind: str
    stops: tuple[StopUpdate, ...]
    delay_s: int | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A message to riders about lines and stops by their ids, between two moments."""

    header: str
    description: str
    url: str
    effect: str
    periods: tuple[tuple[datetime | None, datetime | None], ...]
    route_ids: frozenset[str]
    stop_ids: frozenset[str]
    trip_ids: frozenset[str]

    def active_at(self, moment: datetime) -> bool:
        """Return whether it holds at a moment; one without a period always does."""
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
    """Read a message (Protocol Buffers); raises RealtimeError where it is none, or too large."""
    try:
        return _snapshot(data)
    except (DecodeError, WireError) as wrong:
        raise RealtimeError("ce n'est pas un message GTFS-Realtime lisible") from wrong


def _snapshot(data: bytes) -> Snapshot:
    header, parts = _parts(data)
    if not header.gtfs_realtime_version:
        raise RealtimeError("ce n'est pas un message GTFS-Realtime (version absente)")
    # The behaviour of DIFFERENTIAL is unspecified (GTFS Realtime reference, FeedHeader).
    if header.incrementality != pb.FeedHeader.FULL_DATASET:
        raise RealtimeError("seuls les messages complets sont lus, celui-ci est différentiel")
    trips, alerts, stops = [], [], 0
    for begins, ends in parts:
        entity = pb.FeedEntity.FromString(data[begins:ends])
        if entity.is_deleted:
            continue
        if entity.HasField("trip_update"):
            trips.append(_trip(entity.trip_update))
            stops += len(trips[-1].stops)
        if entity.HasField("alert"):
            alerts.append(_alert(entity.alert))
        if stops > MAX_STOPS:
            raise _too_large(f"plus de {MAX_STOPS} arrêts")
    return Snapshot(_moment(header.timestamp), tuple(trips), tuple(alerts))


def _parts(data: bytes) -> tuple[pb.FeedHeader, list[tuple[int, int]]]:
    """Return the header, and where each entity stands in the bytes; nothing else is parsed yet."""
    header, parts = pb.FeedHeader(), []
    for count, (number, _, begins, ends) in enumerate(fields(data)):
        if count > MAX_ENTITIES:
            raise _too_large(f"plus de {MAX_ENTITIES} éléments")
        if ends - begins > MAX_ENTITY:
            raise _too_large(f"un élément de plus de {MAX_ENTITY // 1000} ko")
        if number == pb.FeedMessage.HEADER_FIELD_NUMBER:
            header.MergeFromString(data[begins:ends])
        elif number == pb.FeedMessage.ENTITY_FIELD_NUMBER:
            parts.append((begins, ends))
    return header, parts


def _too_large(what: str) -> RealtimeError:
    return RealtimeError(f"ce message GTFS-Realtime est démesuré ({what})")


def _trip(update: Any) -> TripUpdate:
    relation = update.trip.schedule_relationship
    kind = "other"
    if relation in CANCELLED:
        kind = "cancelled"
    elif relation == SCHEDULED:
        kind = "scheduled"
    return TripUpdate(
        trip_id=_text(update.trip.trip_id),
        on=_date_of(_text(update.trip.start_date)),
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
        sequence=int(stop.stop_sequence) if stop.HasField("stop_sequence") else None,
    )


def _optional(event: Any, name: str) -> int | None:
    # A delay of 0 is "on time", an absent one unknown: the bare value does not distinguish them.
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


def _ids(texts: Iterable[Any]) -> frozenset[str]:
    return frozenset(map(_text, texts)) - {""}


def _text(value: str | bytes) -> str:
    """Return a text of the message; the library gives bytes where it is not UTF-8."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _french(text: Any) -> str:
    """Return the French translation, else that without a language, else the first, cut."""
    translations = [
        (_text(t.language).split("-")[0].lower(), _text(t.text)) for t in text.translation
    ]
    # Reversed, so that the first of two translations in one language stays.
    by_language = dict(reversed(translations))
    text_shown = (
        by_language.get("fr") or by_language.get("") or (translations[0][1] if translations else "")
    )
    return " ".join(text_shown.split())[:LONGEST_TEXT]


def _moment(epoch_s: int) -> datetime | None:
    try:
        # 0 is the value Protocol Buffers give to an absent number.
        return datetime.fromtimestamp(epoch_s, UTC) if epoch_s else None
    except (OverflowError, ValueError, OSError):
        return None


def _date_of(text: str) -> date | None:
    try:
        # start_date is YYYYMMDD (GTFS Realtime reference, TripDescriptor).
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
