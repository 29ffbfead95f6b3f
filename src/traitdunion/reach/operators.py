"""Who runs the lines: searches by some operators only, and those that call near a place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from .packing import unpacked_texts
from .places import Array


@dataclass(frozen=True)
class Operators:
    """Operators by name; `of_trip` (int32 by trip) and the pairs (stop, operator) are their rows.

    A vehicle that changes line on its way is its first line's.
    """

    names: tuple[str, ...]
    of_trip: Array
    stops: Array
    at_stop: Array

    def runs(self, names: Collection[str]) -> Array:
        """Return which trips these operators run (bool by trip)."""
        rows = [row for row, name in enumerate(self.names) if name in names]
        return np.isin(self.of_trip, rows)

    def calling_at(self, stops: Array) -> frozenset[str]:
        """Return the operators with a trip, on whatever day, that calls at one of these stops."""
        rows = np.unique(self.at_stop[np.isin(self.stops, stops)])
        return frozenset(self.names[row] for row in rows.tolist())


def operators_of(arrays: Mapping[str, Array]) -> Operators:
    """Return the operators of the arrays of a timetable."""
    names, of_route = np.unique(
        np.array(unpacked_texts("route_agency", arrays), dtype=object).astype(str),
        return_inverse=True,
    )
    first_source = arrays["event_source"][arrays["trip_events"]]
    of_trip = of_route[arrays["trip_route"][first_source]].astype(np.int32)
    pattern = arrays["trip_pattern"].astype(np.int64)
    n_names = max(len(names), 1)
    runs = np.unique(pattern * n_names + of_trip)
    starts = arrays["pattern_starts"].astype(np.int64)
    lengths = np.diff(starts)[runs // n_names]
    operator = np.repeat(runs % n_names, lengths)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    stop = arrays["pattern_stops"][np.repeat(starts[:-1][runs // n_names], lengths) + within]
    pairs = np.unique(stop.astype(np.int64) * n_names + operator)
    return Operators(
        tuple(str(name) for name in names),
        of_trip,
        (pairs // n_names).astype(np.int32),
        (pairs % n_names).astype(np.int32),
    )
