"""Service days and clocks: GTFS counts seconds from noon minus twelve hours, not from midnight.

The two differ on the days when the clocks change (GTFS Schedule reference, field type *Time*).
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from .places import Array

DAYS_KEPT = 2048
"""Days whose beginning is kept: a question asks for that of the same few, again and again."""


def origins_s(start: date, days: int, timezone: str) -> Array:
    """Return the epoch seconds (int64, (days + 2,)) at which each service day begins.

    The first is that of the day before `start`.
    """
    return np.array(
        [origin_s(start + timedelta(d - 1), timezone) for d in range(days + 2)], np.int64
    )


@lru_cache(DAYS_KEPT)
def origin_s(on: date, timezone: str) -> int:
    """Return the epoch seconds of noon minus twelve hours of the day, in the time zone."""
    # Clocks never change at noon, so that noon exists once on every day.
    noon = datetime.combine(on, time(12), ZoneInfo(timezone))
    return int(noon.timestamp()) - 12 * 3600


def service_s(moment: datetime, on: date, timezone: str) -> int:
    """Return the seconds of the service day `on` at a moment; a naive one is a clock reading."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return int(moment.timestamp()) - origin_s(on, timezone)


def clock(service_seconds: int, on: date, timezone: str) -> datetime:
    """Return the clock reading (aware datetime) at seconds of a service day."""
    epoch = origin_s(on, timezone) + service_seconds
    return datetime.fromtimestamp(epoch, UTC).astimezone(ZoneInfo(timezone))


def monday_of(day: date) -> date:
    """Return the Monday of the week that holds `day`."""
    return day - timedelta(days=day.weekday())
