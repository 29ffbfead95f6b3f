"""The timetable in use with the regular trips of the catalogue, made once while neither changes."""

import threading
from datetime import date

from traitdunion import reach
from traitdunion.catalogue.offers.version import Held

Made = tuple[reach.Timetable, tuple[reach.RegularTrip, ...], reach.Timetable]

_made: list[Made] = []
_making = threading.Lock()


def _read_trips(start: date, days: int) -> tuple[reach.RegularTrip, ...]:
    from traitdunion.catalogue.regular_trips import regular_trips

    return regular_trips(start=start, days=days)


_trips = Held(_read_trips)


def with_catalogue_trips(timetable: reach.Timetable) -> reach.Timetable:
    """Return the timetable, with the car-pool lines and shuttles published."""
    trips = _trips.get(timetable.start, timetable.days)
    if not trips:
        return timetable
    with _making:
        for known, its_trips, made in _made:
            if known is timetable and its_trips == trips:
                return made
        made = reach.with_regular_trips(timetable, trips)
        _made[:] = [(timetable, trips, made)]
    return made
