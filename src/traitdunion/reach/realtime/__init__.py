"""GTFS-Realtime: what runs otherwise today than the timetable says, and what riders are told."""

from .applying import Applied, with_updates
from .reading import Alert, RealtimeError, Snapshot, StopUpdate, TripUpdate, read_realtime

__all__ = [
    "Alert",
    "Applied",
    "RealtimeError",
    "Snapshot",
    "StopUpdate",
    "TripUpdate",
    "read_realtime",
    "with_updates",
]
