"""Service days and clocks: GTFS counts seconds from noon minus twelve hours, not from midnight.

The two differ on the days when the clocks change (GTFS Schedule reference, field type *Time*).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from .places import Array


def origins_s(start: date, days: int, timezone: str) -> Array:
    """Epoch seconds (int64, (days + 2,)) where each service day begins, the day before first."""
    return np.array(
        [origin_s(start + timedelta(d - 1), timezone) for d in range(days + 2)], np.int64
    )


def origin_s(on: date, timezone: str) -> int:
    """Epoch seconds of noon minus twelve hours of the day, in the time zone."""
    noon = datetime.combine(on, time(12), ZoneInfo(timezone))
    return int(noon.timestamp()) - 12 * 3600


def service_s(moment: datetime, on: date, timezone: str) -> int:
    """Seconds of the service day `on` at a moment; a naive moment is a clock reading there."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return int(moment.timestamp()) - origin_s(on, timezone)


def clock(service_seconds: int, on: date, timezone: str) -> datetime:
    """The clock reading (aware datetime) at seconds of a service day."""
    epoch = origin_s(on, timezone) + service_seconds
    return datetime.fromtimestamp(epoch, UTC).astimezone(ZoneInfo(timezone))
