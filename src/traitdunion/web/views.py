"""Pages that belong to no single app: the state of the timetables in use."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.gates import public
from traitdunion.matching.feeds.watching import FeedStatus
from traitdunion.matching.networks import NetworkVersion, list_networks
from traitdunion.sources.feed_list import FeedListError

from . import live_feeds


@dataclass(frozen=True)
class FeedCard:
    """One feed as the page shows it; `tone` is that of a badge."""

    status: FeedStatus
    tone: str
    word: str


@public
@require_safe
def network(request: HttpRequest) -> HttpResponse:
    """Which timetables answer, where they come from, what changed, until when they run."""
    today = timezone.localdate()
    context = {"version": _version_in_use(), "cards": _cards(today)}
    return render(request, "web/network.html", context | _fate(context["version"], today))


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


def _cards(today: date) -> list[FeedCard]:
    """Feeds of the list; none where the list is not sound, which the command line tells."""
    try:
        feeds = live_feeds.listed()
    except FeedListError:
        return []
    return [_card(status, today) for status in live_feeds.watched(feeds, today)]


def _card(status: FeedStatus, today: date) -> FeedCard:
    if status.edition is None:
        return FeedCard(status, "plain", "Pas encore reçu")
    if status.covers_until is not None and status.covers_until < today:
        return FeedCard(status, "no", "Terminé")
    if status.alerts:
        return FeedCard(status, "maybe", "À surveiller")
    return FeedCard(status, "yes", "À jour")
