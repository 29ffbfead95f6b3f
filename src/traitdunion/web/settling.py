"""What a server does once before it answers: load what every answer reads, and set it apart.

Timetable, streets, rules, names of communes and libraries make some six hundred thousand objects
that live as long as the process. Left among the others, the collector walks through all of them
every five answers or so, and that answer takes twice its time.
"""

import gc
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.urls import get_resolver

from traitdunion.catalogue.local_rules import rules_in_force
from traitdunion.desk import queries
from traitdunion.matching.answering import answer
from traitdunion.matching.regular_trips import with_catalogue_trips
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule
from traitdunion.matching.street_maps import streets_over
from traitdunion.reach import Shift

EIGHT_S, SIXTEEN_S = 8 * 3600, 16 * 3600


def settle(now: datetime) -> None:
    """Answer once with an empty catalogue, then freeze all that is there.

    To be called once, before the first request: what is garbage by then is collected first. What
    is not there yet (no network, no database) is loaded, or told to be missing, by who asks for it.
    """
    get_resolver().url_patterns  # noqa: B018 - reading it imports every view
    try:
        queries.search_communes("Le Puy")
        _answer_once(queries.active_network(), now)
    except (queries.NoNetworkError, DatabaseError):
        pass
    gc.collect()
    gc.freeze()


def _answer_once(network: Any, now: datetime) -> None:
    """From the first stop of the timetable to its last, in its first week."""
    timetable = with_catalogue_trips(network.timetable)
    lat, lon = timetable.arrays["stop_lat"], timetable.arrays["stop_lon"]
    home, work = (Place("", float(lat[stop]), float(lon[stop])) for stop in (0, -1))
    shift = Shift(start_s=EIGHT_S, end_s=SIXTEEN_S)
    answer(
        Situation(home, work, shift, timetable.start, Permis.INCONNU, Vehicule.INCONNU, now),
        timetable=timetable,
        solutions=(),
        network=network,
        streets=streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
        book=rules_in_force(),
    )
