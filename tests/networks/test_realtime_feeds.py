"""Today over the network in use: fresh messages count, old or broken ones never do."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from drawn_feeds import Drawn, Runs
from drawn_messages import message
from misbehaving import LOOPBACK, misbehaving_site, redirect, silent, status, whole
from published_feeds import CARS, NOW, Published

from traitdunion import reach
from traitdunion.networks import versions as networks
from traitdunion.networks.feeds import realtime
from traitdunion.networks.feeds.realtime import SERVICE_ALERTS, TRIP_UPDATES
from traitdunion.networks.feeds.store import AlreadyRunningError
from traitdunion.sources.downloads import download

THAT_DAY = reach.Limits(service_days=(0,))
TODAY = NOW.date()
SIX, SEVEN = 6 * 3600, 7 * 3600
DELAYED = message(made_at=NOW, on=TODAY, late_s={"12-week-0": ("langeac", 900)})
STRIKE = message(made_at=NOW, alerts=[("Grève", "Un car sur deux."), ("Grève", "Un car sur deux.")])


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    with misbehaving_site() as site:
        made = Published(site, tmp_path_factory.mktemp("first"), names=("cars",))
        made.publish("cars", CARS)
        made.sync()
        yield made


@pytest.fixture
def published(first_run, tmp_path):
    """One feed in use, with both kinds of messages."""
    site = first_run.site
    site.pages.clear()
    site.asked.clear()
    made = Published(site, tmp_path, names=("cars",))
    made.publish("cars", CARS)
    made.take_over(first_run)
    site.serve("/trips.pb", whole(DELAYED))
    site.serve("/alerts.pb", whole(STRIKE))
    return made


def feeds(published):
    (feed,) = published.list.feeds
    urls = {TRIP_UPDATES: "/trips.pb", SERVICE_ALERTS: "/alerts.pb"}
    fields = {kind: published.site.url(path) for kind, path in urls.items()}
    return replace(published.list, feeds=(replace(feed, **fields),))


def refresh(published) -> dict[str, str]:
    """What was wrong with each kind of message; the file is dated of NOW."""
    refreshed = realtime.refresh(
        feeds(published),
        store=published.store,
        now=NOW,
        fetch=lambda url, into, called: download(
            url,
            into,
            called=called,
            check=realtime.require_message,
            network=LOOPBACK,
            limits=published.limits,
        ),
    )
    for path in (published.store.root / "cars").glob("temps-reel/*.pb"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return {message.kind: message.wrong for message in refreshed}


def today(published, *, minutes: float = 0) -> realtime.Today:
    network = networks.current_network(published.networks)
    now = NOW + timedelta(minutes=minutes)
    return realtime.today(network, feeds(published), store=published.store, now=now)


def arrival(timetable: reach.Timetable, departure_s: int) -> int:
    """When one is at Le Puy, leaving Langeac then, by the runs of the day."""
    arrivals = reach.earliest_arrivals(
        timetable,
        timetable.stop_index("langeac"),
        departure_s,
        on=TODAY,
        limits=THAT_DAY,
    )
    return int(arrivals[timetable.stop_index("lepuy")])


def test_a_delay_counts_today_and_only_there(published):
    assert refresh(published) == {TRIP_UPDATES: "", SERVICE_ALERTS: ""}
    now = today(published)
    # Lines 12 and 14 both leave at 6:00, ride ten minutes; the 12 leaves at 6:15 today.
    planned = networks.current_network(published.networks).timetable
    assert arrival(planned, SIX + 300) == SEVEN + 600
    assert arrival(now.timetable, SIX + 300) == SIX + 900 + 600
    assert now.lines == ("Flux cars : 1 course à un autre horaire, 0 supprimée.",)


def test_an_old_message_is_not_believed(published):
    refresh(published)
    assert today(published, minutes=10).lines
    late = today(published, minutes=10.1)
    assert late.lines == ()
    assert late.timetable is networks.current_network(published.networks).timetable


def test_a_message_from_the_future_is_not_believed(published):
    published.site.serve("/trips.pb", whole(message(made_at=NOW + timedelta(hours=2))))
    refresh(published)
    assert today(published).lines == ()


def test_cancelled_and_unknown_runs_are_told(published):
    gone = message(made_at=NOW, on=TODAY, cancelled=["12-week-0", "14-week-0", "rien"])
    published.site.serve("/trips.pb", whole(gone))
    refresh(published)
    now = today(published)
    assert now.lines == (
        "Flux cars : 0 course à un autre horaire, 2 supprimées ; "
        "1 annonce laissée de côté (course inconnue ce jour).",
    )
    assert arrival(now.timetable, SIX) == SEVEN + 600


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (status(404), "Le fichier n'est plus à cette adresse"),
        (whole(b"<html>"), "Ce n'est pas un message GTFS-Realtime lisible"),
        (silent(60), "Le serveur ne répond plus"),
        (redirect("http://192.168.0.1/"), "n'est pas publique"),
    ],
    ids=["absent", "html", "silent", "private"],
)
def test_a_publisher_that_fails_leaves_the_last_message_until_it_is_old(published, page, message):
    refresh(published)
    published.site.serve("/trips.pb", page)
    if "répond plus" in message:
        published.limits = replace(published.limits, silence_s=2.0)
    wrong = refresh(published)
    assert message in wrong[TRIP_UPDATES]
    assert wrong[SERVICE_ALERTS] == ""
    assert len(today(published).lines) == 1
    assert today(published, minutes=11).lines == ()


def test_alerts_are_told_once_while_they_hold(published):
    refresh(published)
    (alert,) = realtime.active_alerts(published.store, "cars", now=NOW)
    assert (alert.header, alert.description) == ("Grève", "Un car sur deux.")
    assert realtime.active_alerts(published.store, "cars", now=NOW + timedelta(hours=7)) == []
    assert realtime.active_alerts(published.store, "trains", now=NOW) == []


def test_two_refreshes_are_one_and_a_synchronisation_is_not_stopped(published):
    with published.store.alone_in_real_time(NOW):
        with pytest.raises(AlreadyRunningError):
            refresh(published)
        assert published.sync(days=1).failure == ""
    with published.store.alone(NOW):
        assert refresh(published)[TRIP_UPDATES] == ""


def test_messages_are_no_edition_and_outlive_the_pruning(published):
    refresh(published)
    for turn in range(4):
        published.publish("cars", replace(CARS, last=CARS.last + timedelta(turn + 1)))
        published.sync(days=0.1 * (turn + 1), keep=2)
    assert published.store.realtime("cars", TRIP_UPDATES).is_file()
    editions = list((published.store.root / "cars").glob("*/edition.json"))
    assert len(editions) == 2


def test_what_a_killed_refresh_left_is_swept(published):
    left = published.store.realtime("cars", TRIP_UPDATES).with_name(".download-left")
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"half")
    refresh(published)
    assert not left.exists()


def test_a_message_of_one_feed_leaves_the_trips_of_the_other_alone(tmp_path):
    """Both feeds hold a trip 12-week-0 at 6:00, one each way; the trains' one is cancelled."""
    with misbehaving_site() as site:
        made = Published(site, tmp_path)
        made.publish("cars", CARS)
        made.publish("trains", Drawn({"12": Runs(6, agency="SNCF", calls=("lepuy", "langeac"))}))
        made.sync()
        body = message(made_at=NOW, on=TODAY, cancelled=["12-week-0"])
        path = made.store.realtime("trains", TRIP_UPDATES)
        path.parent.mkdir(parents=True)
        path.write_bytes(body)
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
        network = networks.current_network(made.networks)
        live = realtime.today(network, made.list, store=made.store, now=NOW)
    assert live.lines == ("Flux trains : 0 course à un autre horaire, 1 supprimée.",)
    # The car of 6:00 still leaves, and is at Le Puy at 6:10.
    assert arrival(live.timetable, SIX) == SIX + 600


def test_a_message_of_a_feed_that_is_not_in_use_is_left_aside(published):
    bus = replace(published.list.feeds[0], name="bus", title="Flux bus")
    both = replace(published.list, feeds=(*published.list.feeds, bus))
    path = published.store.realtime("bus", TRIP_UPDATES)
    path.parent.mkdir(parents=True)
    path.write_bytes(DELAYED)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    network = networks.current_network(published.networks)
    live = realtime.today(network, both, store=published.store, now=NOW)
    assert live.timetable is network.timetable
    assert live.lines == ("Flux bus : ses horaires ne sont pas dans le réseau en service.",)
