"""Loading, before a server answers, of what every answer reads, kept away from the collector.

Timetable, streets, rules, names of communes and libraries make some six hundred thousand objects
that live as long as the process. Left among the others, the collector walks through all of them
every five answers or so, and that answer takes twice its time.

Where several processes serve, `settle_before_fork` loads what they share: modules, compiled
kernels, names, streets. It leaves out the tables that polars reads: its threads start at the first
table, and a process forked from one that has them waits for them for ever. `settle` is then called
in each process.
"""

import gc
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.urls import get_resolver

from traitdunion.catalogue.rules.operations import rules_in_force
from traitdunion.desk import queries
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule
from traitdunion.networks.catalogue_trips import with_catalogue_trips
from traitdunion.networks.streets import streets_over
from traitdunion.reach import Shift, Timetable

EIGHT_S, SIXTEEN_S = 8 * 3600, 16 * 3600

COLLECTED_AFTER = (50_000, 20, 100)
"""Objects made before the young are collected, and collections before the older are.

An answer makes tens of thousands, nearly all freed without the collector: by default it walks
through them, and through what is kept between requests, dozens of times an answer.
"""

READ_BY_POLARS = ("fares", "on_demand")
"""Prefixes of the arrays of a timetable that hold whole tables."""


def settle(now: datetime) -> None:
    """Answer once with an empty catalogue, then freeze all objects.

    To be called once, before the first request: what is garbage by then is collected first. What
    is missing (no network, no database) is left to the pages, which explain it.
    """
    _settle(now, with_catalogue_trips)


def settle_before_fork(now: datetime) -> None:
    """Do the same with timetabled trips alone, which starts no thread."""
    _settle(now, _without_tables)


def _settle(now: datetime, prepared: Callable[[Timetable], Timetable]) -> None:
    get_resolver().url_patterns  # noqa: B018 - reading it imports every view
    try:
        queries.search_communes("Le Puy")
        network = queries.active_network()
        _answer_once(network, prepared(network.timetable), now)
    except (queries.NoNetworkError, DatabaseError):
        pass
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


def _without_tables(timetable: Timetable) -> Timetable:
    arrays = timetable.arrays.items()
    return Timetable(
        timetable.header,
        {name: array for name, array in arrays if not name.startswith(READ_BY_POLARS)},
    )


def _answer_once(network: Any, timetable: Timetable, now: datetime) -> None:
    """Answer from the first stop of the timetable to its last, in its first week."""
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
