"""Today as it runs: the last GTFS-Realtime messages of the feeds, over the network in use.

The answers of the desk are about ordinary weeks and never use this: a bus that is late today
does not change next Monday.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from traitdunion import french, reach
from traitdunion.reach.realtime import (
    Alert,
    Applied,
    RealtimeError,
    Snapshot,
    read_realtime,
    with_updates,
)
from traitdunion.sources.downloads import DownloadError, Limits, WrongContent, download
from traitdunion.sources.feed_list import FeedList, ListedFeed

from ..versions import Network
from .store import FeedStore

TRIP_UPDATES, SERVICE_ALERTS = "trip_updates", "service_alerts"
KIND_NAMES = {TRIP_UPDATES: "retards", SERVICE_ALERTS: "alertes"}
KINDS = tuple(KIND_NAMES)
FRESH = {TRIP_UPDATES: timedelta(minutes=10), SERVICE_ALERTS: timedelta(hours=6)}
LIMITS = Limits(total_s=30.0, silence_s=10.0, size_bytes=64 << 20, pauses_s=(1.0,))

Fetch = Callable[[str, Path, str], object]


@dataclass(frozen=True)
class Refreshed:
    """What became of one message; `wrong` is a French sentence, empty where it was taken."""

    name: str
    title: str
    kind: str
    wrong: str = ""


@dataclass(frozen=True)
class Today:
    """The timetable as it runs; `lines` are French sentences on what was taken into account."""

    timetable: reach.Timetable
    lines: tuple[str, ...]


def fetch(url: str, into: Path, called: str) -> object:
    """Download a message from its publisher."""
    return download(url, into, called=called, check=require_message, limits=LIMITS)


def require_message(path: Path) -> None:
    """Refuse what is no GTFS-Realtime message."""
    try:
        read_realtime(path.read_bytes())
    except RealtimeError as wrong:
        raise WrongContent(str(wrong)) from wrong


def refresh(
    feeds: FeedList, *, store: FeedStore, now: datetime, fetch: Fetch = fetch
) -> list[Refreshed]:
    """Download the messages of all feeds that have some; one that fails keeps its last one.

    Raises `store.AlreadyRunningError` if another refresh is under way.
    """
    with store.alone_in_real_time(now):
        return [
            _refreshed(feed, kind, store, fetch)
            for feed in feeds.feeds
            for kind in KINDS
            if getattr(feed, kind)
        ]


def _refreshed(feed: ListedFeed, kind: str, store: FeedStore, fetch: Fetch) -> Refreshed:
    try:
        fetch(getattr(feed, kind), store.realtime(feed.name, kind), feed.title)
    except DownloadError as wrong:
        return Refreshed(feed.name, feed.title, kind, wrong.reason[:1].upper() + wrong.reason[1:])
    except OSError as wrong:
        return Refreshed(
            feed.name, feed.title, kind, f"Fichier impossible à écrire ({wrong.strerror})."
        )
    return Refreshed(feed.name, feed.title, kind)


def snapshot(store: FeedStore, feed: str, kind: str, *, now: datetime) -> Snapshot | None:
    """Return the last message of a feed; None where there is none, or it is too old."""
    path = store.realtime(feed, kind)
    try:
        read = read_realtime(path.read_bytes())
        came_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (FileNotFoundError, RealtimeError):
        return None
    made_at = read.made_at or came_at
    return read if abs(now - made_at) <= FRESH[kind] else None


def today(network: Network, feeds: FeedList, *, store: FeedStore, now: datetime) -> Today:
    """Return the network as it runs now; the same timetable where no message is fresh."""
    timetable, lines = network.timetable, []
    for feed in feeds.feeds:
        message = snapshot(store, feed.name, TRIP_UPDATES, now=now)
        if message is None:
            continue
        row = row_of(feed, network, alone=len(feeds.feeds) == 1)
        if row is None:
            lines.append(f"{feed.title} : ses horaires ne sont pas dans le réseau en service.")
            continue
        timetable, applied = with_updates(timetable, message.trips, today=now.date(), feed=row)
        lines.append(f"{feed.title} : {_summary(applied)}")
    return Today(timetable, tuple(lines))


def row_of(feed: ListedFeed, network: Network, *, alone: bool) -> int | None:
    """Return the row of a listed feed among those the network was compiled from.

    Editions are files named after their feed. A network of one file, imported by hand, is taken
    for a feed that is `alone` in the list, whatever its name.
    """
    names = [span.name for span in network.timetable.feeds]
    if f"{feed.name}.zip" in names:
        return names.index(f"{feed.name}.zip")
    return 0 if alone and len(names) <= 1 else None


def active_alerts(store: FeedStore, feed: str, *, now: datetime) -> list[Alert]:
    """Return the alerts to riders of a feed now, each text once."""
    last = snapshot(store, feed, SERVICE_ALERTS, now=now)
    active = [alert for alert in last.alerts if alert.active_at(now)] if last else []
    return list({(a.header, a.description): a for a in active if a.header}.values())


def _summary(applied: Applied) -> str:
    """Sum up what was taken into account, and what was not."""
    n_changed, skipped = applied.changed, applied.skipped_stops
    parts = [
        f"{n_changed} course{french.plural(n_changed)} à un autre horaire",
        f"{applied.cancelled} supprimée{french.plural(applied.cancelled)}",
    ]
    if skipped:
        parts.append(f"{skipped} passage{french.plural(skipped)} supprimé{french.plural(skipped)}")
    left = applied.unknown_trips + applied.other_days + applied.other_kinds + applied.by_frequency
    clauses = [", ".join(parts)]
    if left:
        ignored = french.counted(left, "annonce laissée", "annonces laissées")
        clauses.append(f"{ignored} de côté (course inconnue ce jour)")
    if applied.unknown_stops:
        ignored = french.counted(applied.unknown_stops, "passage inconnu", "passages inconnus")
        clauses.append(f"{ignored} de la course")
    return " ; ".join(clauses) + "."
