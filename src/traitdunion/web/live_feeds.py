"""The feeds of this site as its settings place them: their list, their store, their state."""

from datetime import date
from pathlib import Path

from django.conf import settings

from traitdunion.matching.feeds.store import FeedStore
from traitdunion.matching.feeds.watching import FeedStatus, watch
from traitdunion.sources.feed_list import FeedList, read_feed_list


def listed() -> FeedList:
    """The feeds to download; raises FeedListError where the list is not sound."""
    return read_feed_list(settings.TRAITDUNION_FEEDS)


def store() -> FeedStore:
    """Where their editions are kept."""
    return FeedStore(settings.TRAITDUNION_DATA_DIR / "feeds")


def networks_root() -> Path:
    """Where the networks compiled from them are kept."""
    root: Path = settings.TRAITDUNION_DATA_DIR / "networks"
    return root


def watched(feeds: FeedList, today: date) -> list[FeedStatus]:
    """Where each feed stands."""
    return watch(feeds, store(), today=today, alert_days=settings.TRAITDUNION_FEED_ALERT_DAYS)
