"""The timetable in use with the regular trips of the catalogue, made once while neither changes."""

import threading

from traitdunion import reach

Made = tuple[reach.Timetable, tuple[reach.RegularTrip, ...], reach.Timetable]

_made: list[Made] = []
_making = threading.Lock()


def with_catalogue_trips(timetable: reach.Timetable) -> reach.Timetable:
    """The timetable, with the car-pool lines and shuttles published."""
    from traitdunion.catalogue.regular_trips import regular_trips

    trips = regular_trips(start=timetable.start, days=timetable.days)
    if not trips:
        return timetable
    with _making:
        for known, its_trips, made in _made:
            if known is timetable and its_trips == trips:
                return made
        made = reach.with_regular_trips(timetable, trips)
        _made[:] = [(timetable, trips, made)]
    return made
