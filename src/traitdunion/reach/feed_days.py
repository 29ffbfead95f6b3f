"""Days on which the hours of each feed are known: past its last day, no trip is not a "no"."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np

from .gtfs import FeedSpan
from .places import Array, Point

NEAR_DEG = 0.2
"""About 20 km: a feed that comes so near the way between two places may serve it."""


def spans_of(header: dict[str, Any]) -> tuple[FeedSpan, ...]:
    """Return the feeds a timetable was compiled from, in the order of their rows."""
    return tuple(
        FeedSpan(
            name=feed["name"],
            trips=feed["trips"],
            stops=feed["stops"],
            first=feed["first"] and date.fromisoformat(feed["first"]),
            last=feed["last"] and date.fromisoformat(feed["last"]),
            covers=_days(feed["covers"]),
        )
        for feed in header.get("feeds", ())
    )


def _days(texts: Sequence[str] | None) -> tuple[date, date] | None:
    return (date.fromisoformat(texts[0]), date.fromisoformat(texts[1])) if texts else None


def unknown_on(
    spans: Sequence[FeedSpan], on: date, places: Iterable[Point], stop_lat: Array, stop_lon: Array
) -> list[FeedSpan]:
    """Return the feeds near the way between places whose hours do not cover a day."""
    if all(span.knows(on) for span in spans):
        return []
    lats, lons = zip(*places, strict=True)
    south, north = min(lats) - NEAR_DEG, max(lats) + NEAR_DEG
    # A degree of longitude is shorter than one of latitude: the margin is wider by as much.
    wider = NEAR_DEG / np.cos(np.radians(np.mean(lats)))
    west, east = min(lons) - wider, max(lons) + wider
    unknown = []
    begin = 0
    for span in spans:
        of_feed = slice(begin, begin + span.stops)
        begin += span.stops
        if span.knows(on):
            continue
        lat, lon = stop_lat[of_feed], stop_lon[of_feed]
        if ((lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)).any():
            unknown.append(span)
    return unknown
