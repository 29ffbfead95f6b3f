"""Figures of the site for Prometheus, in its text format, behind a secret of the settings.

They count messages, works and days: no figure is about people or what they ask.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public
from traitdunion.accounts.outbox import queries as outbox
from traitdunion.accounts.scheduled import queries as scheduled
from traitdunion.networks.feeds.listed import networks_root
from traitdunion.networks.versions import version_in_use

from ..health import SEVERITY, State, check_all, free_bytes

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Gauge(NamedTuple):
    """One figure: its name, what it is, and its values by label."""

    name: str
    meaning: str
    values: Iterable[tuple[str, float]]


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures to a reader that gives the secret; no such page to anybody else."""
    secret = settings.TRAITDUNION_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secret or not constant_time_compare(given, secret):
        raise Http404
    return HttpResponse(written(gauges(timezone.localtime())), content_type=CONTENT_TYPE)


def gauges(now: datetime) -> Iterator[Gauge]:
    """Yield the figures; those of the database are left out where it does not answer."""
    checks = check_all(now)
    yield Gauge(
        "traitdunion_info",
        "Version of the software, always 1.",
        [(f'version="{version("traitdunion")}"', 1)],
    )
    yield Gauge(
        "traitdunion_check",
        "State of each need: 0 fine, 1 to see to, 2 broken.",
        [(f'name="{check.name}"', SEVERITY[check.state]) for check in checks],
    )
    free = free_bytes(settings.TRAITDUNION_DATA_DIR)
    if free is not None:
        yield Gauge("traitdunion_disk_free_bytes", "Free bytes where data is kept.", [("", free)])
    network = version_in_use(networks_root())
    if network is not None:
        last = network.start + timedelta(network.days - 1)
        left = [("", (last - now.date()).days)]
        yield Gauge("traitdunion_timetables_days_left", "Days of timetables still to come.", left)
    if checks[0].state is not State.BROKEN:
        yield from _kept_in_the_database(now)


def _kept_in_the_database(now: datetime) -> Iterator[Gauge]:
    counted = outbox.counts(now=now)
    states = ("waiting", "late", "failed")
    yield Gauge(
        "traitdunion_messages",
        "Messages that wait, of them late by a quarter of an hour, and failed.",
        [(f'state="{state}"', getattr(counted, state)) for state in states],
    )
    works = {"late": scheduled.late(now), "failing": scheduled.failing()}
    yield Gauge(
        "traitdunion_scheduled_works",
        "Scheduled works that are late, or whose last run failed.",
        [(f'state="{state}"', len(names)) for state, names in works.items()],
    )


def written(figures: Iterable[Gauge]) -> str:
    """Return figures in the text format of Prometheus; labels hold no quote and no backslash."""
    lines = []
    for gauge in figures:
        lines += [f"# HELP {gauge.name} {gauge.meaning}", f"# TYPE {gauge.name} gauge"]
        for label, value in gauge.values:
            lines.append(f"{gauge.name}{{{label}}} {value}" if label else f"{gauge.name} {value}")
    return "\n".join(lines) + "\n"
