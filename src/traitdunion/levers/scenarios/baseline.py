"""The baseline of the site, searched once while network, catalogue and territory stay."""

import threading
from collections.abc import Hashable
from datetime import date
from typing import Any

from traitdunion.networks.catalogue_trips import with_catalogue_trips
from traitdunion.territory.queries import edition_digest

from ..profiles import PROFILES
from ..queries import territory
from .territory import Territory

_known: dict[str, tuple[Hashable, Territory]] = {}
_making = threading.Lock()


def baseline(network: Any, profile: str, *, on: date) -> Territory:
    """Return the territory for a profile, made again once what it stands on has changed."""
    timetable = with_catalogue_trips(network.timetable)
    key = id(timetable), network.version, on, edition_digest()
    with _making:
        kept = _known.get(profile)
        if kept is None or kept[0] != key or kept[1].timetable is not timetable:
            kept = key, territory(network, on=on, profile=PROFILES[profile])
            _known[profile] = kept
    return kept[1]
