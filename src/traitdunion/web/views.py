"""Pages that belong to no single app: the state of the timetables in use."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.gates import public
from traitdunion.matching.feeds.realtime import active_alerts
from traitdunion.matching.feeds.watching import FeedStatus
from traitdunion.matching.networks import NetworkVersion, list_networks
from traitdunion.reach.realtime import Alert
from traitdunion.sources.feed_list import FeedListError

from . import live_feeds

MOST_ALERTS = 20


@dataclass(frozen=True)
class FeedCard:
    """One feed as the page shows it; `tone` is that of a badge, `traffic` what riders are told."""

    status: FeedStatus
    tone: str
    word: str
    traffic: list[Alert]


@public
@require_safe
def network(request: HttpRequest) -> HttpResponse:
    """Which timetables answer, where they come from, what changed, until when they run."""
    now = timezone.localtime()
    version = _version_in_use()
    context = {"version": version, "cards": _cards(now), **_fate(version, now.date())}
    return render(request, "web/network.html", context)


def _version_in_use() -> NetworkVersion | None:
    versions = list_networks(live_feeds.networks_root())
    return next((version for version in versions if version.current), None)


def _fate(version: NetworkVersion | None, today: date) -> dict[str, object]:
    """Last day of the network in use, whether it is past, and whether it was made of the feeds."""
    if version is None:
        return {}
    end = version.start + timedelta(version.days - 1)
    made = live_feeds.store().compiled_from()
    return {
        "end": end,
        "over": end < today,
        "from_feeds": made is not None and made.version == version.version,
    }


def _cards(now: datetime) -> list[FeedCard]:
    """Feeds of the list; none where the list is not sound, which the command line tells."""
    try:
        feeds = live_feeds.listed()
    except FeedListError:
        return []
    return [_card(status, now) for status in live_feeds.watched(feeds, now.date())]


def _card(status: FeedStatus, now: datetime) -> FeedCard:
    traffic = active_alerts(live_feeds.store(), status.feed.name, now=now)[:MOST_ALERTS]
    return FeedCard(status, *_word(status, now.date()), traffic)


def _word(status: FeedStatus, today: date) -> tuple[str, str]:
    """Tone and word of a feed's badge."""
    if status.edition is None:
        return "plain", "Pas encore reçu"
    if status.covers_until is not None and status.covers_until < today:
        return "no", "Terminé"
    return ("maybe", "À surveiller") if status.alerts else ("yes", "À jour")
