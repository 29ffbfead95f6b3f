"""The feeds of this site as its settings place them: their list, their store, their state."""

from datetime import date
from pathlib import Path
from statistics import median

from django.conf import settings
from django.db import DatabaseError

from traitdunion.reach import Point
from traitdunion.sources.feed_list import FeedList, read_feed_list
from traitdunion.territory.home import home_departement
from traitdunion.territory.models import Commune

from .store import FeedStore
from .watching import FeedStatus, watch


def listed() -> FeedList:
    """Return the feeds to download; raises FeedListError where the list is not sound."""
    return read_feed_list(settings.TRAITDUNION_FEEDS)


def store() -> FeedStore:
    """Return where their editions are kept."""
    return FeedStore(settings.TRAITDUNION_DATA_DIR / "feeds")


def territory_centre() -> Point | None:
    """Return the middle of the communes of the home département; None where none is loaded."""
    try:
        places = list(
            Commune.objects.filter(departement=home_departement()).values_list("lat", "lon")
        )
    except DatabaseError:  # timetables may be put in use before the database is made
        return None
    if not places:
        return None
    return Point(median(lat for lat, _ in places), median(lon for _, lon in places))


def networks_root() -> Path:
    """Return where the networks compiled from them are kept."""
    root: Path = settings.TRAITDUNION_DATA_DIR / "networks"
    return root


def watched(feeds: FeedList, today: date) -> list[FeedStatus]:
    """Return where each feed stands."""
    return watch(feeds, store(), today=today, alert_days=settings.TRAITDUNION_FEED_ALERT_DAYS)
