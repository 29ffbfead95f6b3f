"""Pages that belong to no single app: the timetables in use, requests that cannot be read."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public
from traitdunion.accounts.site import site_address
from traitdunion.networks.feeds import listed as live_feeds
from traitdunion.networks.feeds.realtime import active_alerts
from traitdunion.networks.feeds.watching import FeedStatus
from traitdunion.networks.versions import NetworkVersion, version_in_use
from traitdunion.reach.realtime import Alert
from traitdunion.sources.feed_list import FeedListError

from .health import State, check_all, worst
from .logs import LINKS

MAX_ALERTS = 20

SECURITY_TXT_VALID = timedelta(days=180)
CLOSED_TO_ROBOTS = ("compte", "mon-espace", "organisations", "parcours", "api")


@dataclass(frozen=True)
class FeedCard:
    """One feed as the page shows it; `tone` is that of a badge, `traffic` the alerts for riders."""

    status: FeedStatus
    tone: str
    word: str
    traffic: list[Alert]


@public
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Return whom to warn of a vulnerability (RFC 9116)."""
    expires = timezone.now() + SECURITY_TXT_VALID
    lines = [
        f"Contact: {settings.TRAITDUNION_SECURITY_CONTACT}",
        f"Expires: {expires.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {site_address(request)}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Return the paths that search engines leave alone: secret links, accounts, API."""
    closed = [f"Disallow: /{path}/" for path in (*LINKS, *CLOSED_TO_ROBOTS)]
    text = "\n".join(["User-agent: *", *closed]) + "\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@public
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer a probe that asks whether this process serves; nothing else is asked."""
    return HttpResponse("vivant\n", content_type="text/plain; charset=utf-8")


@public
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer a probe: 200 where pages can be answered, else 503, with the state of each need.

    Names and states alone: `traitdunion check` gives the lines, with folders and figures.
    """
    checks = check_all(timezone.localtime())
    state = worst(checks)
    return JsonResponse(
        {"etat": state, "controles": {check.name: check.state for check in checks}},
        status=503 if state is State.BROKEN else 200,
    )


@public
@require_safe
def network(request: HttpRequest) -> HttpResponse:
    """Show which timetables answer, where they come from, what changed, until when they run."""
    now = timezone.localtime()
    version = version_in_use(live_feeds.networks_root())
    context = {"version": version, "cards": _cards(now), **_fate(version, now.date())}
    return render(request, "web/network.html", context)


def _fate(version: NetworkVersion | None, today: date) -> dict[str, object]:
    """Return the last day of the network in use, whether it is past, whether feeds made it."""
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
    """Return the feeds of the list; none where the list is not sound, as `sync` reports."""
    try:
        feeds = live_feeds.listed()
    except FeedListError:
        return []
    return [_card(status, now) for status in live_feeds.watched(feeds, now.date())]


def _card(status: FeedStatus, now: datetime) -> FeedCard:
    traffic = active_alerts(live_feeds.store(), status.feed.name, now=now)[:MAX_ALERTS]
    return FeedCard(status, *_word(status, now.date()), traffic)


def _word(status: FeedStatus, today: date) -> tuple[str, str]:
    """Return the tone and word of a feed's badge."""
    if status.edition is None:
        return "plain", "Pas encore reçu"
    if status.covers_until is not None and status.covers_until < today:
        return "no", "Terminé"
    return ("maybe", "À surveiller") if status.alerts else ("yes", "À jour")
