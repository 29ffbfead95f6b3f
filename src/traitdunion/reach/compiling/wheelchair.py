"""Places for a wheelchair, in three values: of trips, of rides, and arrays without refusals.

0 is unknown, 1 yes, 2 no, as in GTFS (`wheelchair_boarding`, `wheelchair_accessible`).
"""

from collections.abc import Mapping

import numpy as np

from ..places import Array
from .events import CAN_ALIGHT, CAN_BOARD

UNKNOWN, YES, NO = 0, 1, 2
CALLS = CAN_BOARD | CAN_ALIGHT
_RANK = np.array([1, 0, 2], np.uint8)
"""From value to how bad it is, and back: yes, unknown, no."""


def wheelchair_of_trips(of_events: Array, starts: Array) -> Array:
    """Return the value of each trip (uint8), of those of the trips that make it.

    `of_events`: the value of the trip of each event; `starts`: first event of each trip.
    """
    if not len(starts):
        return np.zeros(0, np.uint8)
    worst: Array = _RANK[np.maximum.reduceat(_RANK[of_events], starts)]
    return worst


def wheelchair_of_ride(arrays: Mapping[str, Array], trip: int, board: int, alight: int) -> int:
    """Return the value of a ride: no where one of the three is, yes where all are.

    `trip` is a row of the compiled trips, `board` and `alight` are stops.
    """
    stops = arrays["stop_wheelchair"]
    values = arrays["trip_wheelchair"][trip], stops[board], stops[alight]
    return int(_RANK[max(int(_RANK[value]) for value in values)])


def without_inaccessible(
    arrays: Mapping[str, Array], left_out: tuple[int, ...] = (NO,)
) -> dict[str, Array]:
    """Return the arrays of a timetable that no ride without a place for a wheelchair stands in.

    Trips keep their rows but run on no day; stops stay, and nobody boards or alights there.
    `left_out`: the values of what goes.
    """
    refused = np.isin(arrays["trip_wheelchair"], left_out)
    service = np.where(refused, len(arrays["services"]), arrays["trip_service"])
    never = np.zeros((1, arrays["services"].shape[1]), arrays["services"].dtype)
    shut = np.isin(arrays["stop_wheelchair"][arrays["pattern_stops"]], left_out)
    flags = arrays["pattern_flags"]
    changed = {
        "trip_service": service,
        "services": np.vstack([arrays["services"], never]),
        "pattern_flags": np.where(shut, flags & np.uint8(~CALLS & 0xFF), flags),
    }
    out = dict(arrays)
    for name, values in changed.items():
        out[name] = np.ascontiguousarray(values.astype(arrays[name].dtype))
        # Read-only as what is mapped: of another type, kernels would be compiled again.
        out[name].setflags(write=arrays[name].flags.writeable)
    return out
