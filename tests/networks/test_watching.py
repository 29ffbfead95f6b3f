"""Alerts on feeds: before they end, once they have, and when nothing is brought up to date."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from misbehaving import misbehaving_site, status
from published_feeds import CARS, NOW, Published

from traitdunion.networks.feeds.watching import Level, watch

THURSDAY = date(2026, 12, 31)
"""The last day of the feed."""


@pytest.fixture
def published(tmp_path):
    with misbehaving_site() as site:
        made = Published(site, tmp_path, names=("cars",))
        made.publish("cars", CARS)
        yield made


def alerts(published, today, **more) -> list[tuple[Level, str]]:
    (status_,) = watch(published.list, published.store, today=today, **more)
    return [(alert.level, alert.message) for alert in status_.alerts]


def fresh(published, on: date) -> None:
    """As if the feed had been found unchanged on that day."""
    state = published.store.state("cars")
    at = NOW + timedelta((on - NOW.date()).days)
    published.store.keep_state("cars", replace(state, checked_at=at, succeeded_at=at))


@pytest.mark.parametrize(
    ("days_left", "when"),
    [
        (14, None),
        (13, "dans 13 jours, le 31/12/2026"),
        (2, "dans 2 jours"),
        (1, "demain"),
        (0, "aujourd'hui"),
    ],
)
def test_the_end_of_a_feed_is_told_two_weeks_ahead(published, days_left, when):
    published.sync()
    today = THURSDAY - timedelta(days_left)
    fresh(published, today)
    raised = alerts(published, today)
    if when is None:
        assert raised == []
    else:
        ((level, message),) = raised
        assert level is Level.SOON
        assert when in message
        assert "la Région" in message


def test_a_feed_that_is_over_is_told_in_the_past(published):
    published.sync()
    fresh(published, THURSDAY + timedelta(1))
    ((level, message),) = alerts(published, THURSDAY + timedelta(1))
    assert level is Level.NOW
    assert message.startswith("Les horaires ont pris fin le 31/12/2026")


def test_a_feed_in_which_nothing_runs_is_told(published):
    published.sync()
    kept = published.store.edition("cars")
    path = published.store.path("cars", kept.edition).parent / "edition.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | {"first": None, "last": None}))
    ((level, message),) = alerts(published, NOW.date())
    assert level is Level.NOW
    assert message.startswith("Plus rien ne circule dans ces horaires")


def test_the_days_of_warning_are_chosen(published):
    published.sync()
    assert alerts(published, NOW.date(), alert_days=36) == []
    # From 25 November to 31 December there are 36 days.
    assert len(alerts(published, NOW.date(), alert_days=37)) == 1


def test_a_feed_never_had_is_told(published):
    assert alerts(published, NOW.date()) == [
        (Level.NOW, "Aucun horaire de ce flux n'est en service.")
    ]


def test_the_last_failure_is_told_and_forgotten_once_mended(published):
    published.sync()
    published.site.serve("/cars.zip", status(404))
    published.sync(days=1)
    ((level, message),) = alerts(published, NOW.date() + timedelta(1))
    assert level is Level.NOW
    assert message.startswith("Le fichier n'est plus à cette adresse")
    published.publish("cars", CARS)
    published.sync(days=2)
    assert alerts(published, NOW.date() + timedelta(2)) == []


def test_a_schedule_that_stopped_is_told(published):
    published.sync()
    assert alerts(published, NOW.date() + timedelta(7)) == []
    ((_, message),) = alerts(published, NOW.date() + timedelta(8))
    assert message.startswith("Aucune synchronisation depuis le 25/11/2026")


def test_the_status_says_until_when_the_feed_covers(published):
    published.sync()
    (alert,) = watch(published.list, published.store, today=NOW.date())
    assert alert.covers_until == THURSDAY
    assert alert.edition.n_lines == 2
    assert alert.edition.n_stops == 2
