"""GTFS-Realtime: what runs otherwise today than planned, and alerts to riders."""

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
