"""Command `traitdunion sync`: what it prints, and the code with which a scheduler is told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import yaml
from django.utils import timezone
from drawn_feeds import Drawn, Runs
from drawn_messages import message
from misbehaving import LOOPBACK, misbehaving_site, status, whole
from published_feeds import PATIENT, Published

from traitdunion.networks.feeds import listed as live_feeds
from traitdunion.networks.feeds import realtime
from traitdunion.sources.downloads import download, require_zip
from traitdunion.web.command_line import main
from traitdunion.web.management.commands import sync

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
LONG = Drawn({"12": Runs(6, 6, 6)}, first=TODAY - timedelta(30), last=TODAY + timedelta(90))


def fetch_here(feed, into, known):
    return download(
        feed.url,
        into,
        called=feed.title,
        check=require_zip,
        known=known,
        network=LOOPBACK,
        limits=PATIENT,
    )


@pytest.fixture
def published(tmp_path, settings, monkeypatch, time_machine):
    """A list of two feeds published here, and a command that may download from here."""
    time_machine.move_to(NOW)
    settings.TRAITDUNION_DATA_DIR = tmp_path / "data"
    settings.TRAITDUNION_DATA_DIR.mkdir()
    settings.TRAITDUNION_FEEDS = tmp_path / "feeds.yaml"
    monkeypatch.setattr(sync, "synchronise", partial(sync.synchronise, fetch=fetch_here))
    with misbehaving_site() as site:
        made = Published(site, tmp_path)
        made.publish("cars", LONG)
        made.publish("trains", replace(LONG, lines={"P53": Runs(8, 8, 8)}))
        feeds = [
            {key: getattr(feed, key) for key in ("name", "title", "publisher", "licence", "url")}
            | {"why": feed.why}
            for feed in made.list.feeds
        ]
        settings.TRAITDUNION_FEEDS.write_text(yaml.safe_dump({"title": "Velay", "feeds": feeds}))
        yield made


@pytest.fixture
def ran(capsys):
    """Run the entry point; gives the code, what was printed and what was complained of."""

    def call(*words):
        code = 0
        try:
            main(["traitdunion", "sync", *words])
        except SystemExit as ended:
            code = ended.code
        shown = capsys.readouterr()
        return code or 0, shown.out, shown.err.strip()

    return call


def test_a_run_that_went_well_ends_with_zero(published, ran):
    code, out, err = ran()
    assert (code, err) == (0, "")
    assert "Flux cars : nouveau\n  - Première édition : 1 ligne, 2 arrêts, du " in out
    assert "en service, 60 jours.\n" in out
    # Both feeds are drawn with the same trips: what was found in the network is shown.
    assert "  - 0 erreur, " in out
    assert "d'un autre fichier : chacune est montrée une seule fois." in out
    code, out, _ = ran()
    assert code == 0
    assert "Flux cars : inchangé\nFlux trains : inchangé\nLe réseau en service est à jour." in out


def test_a_feed_refused_ends_with_two_and_is_taken_by_name(published, ran):
    ran()
    published.publish("cars", replace(LONG, lines={"12": Runs(1)}))
    code, out, err = ran()
    assert code == 2
    assert "Flux cars : refusé\n  - La nouvelle édition est refusée : " in out
    assert err == "1 flux sur 2 à voir : Flux cars."
    assert out.count("La nouvelle édition est refusée") == 1
    assert ran("--status")[0] == 2
    code, out, err = ran("--accept", "cars")
    assert (code, err) == (0, "")
    assert "Acceptée sur demande" in out
    assert ran("--status")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--status", "--accept", "cars"),
        ("--status", "--realtime"),
        ("--realtime", "--accept", "cars"),
    ],
)
def test_what_does_not_go_together_is_refused_and_nothing_is_done(published, ran, words):
    code, out, err = ran(*words)
    assert (code, out) == (1, "")
    assert (
        err
        == "--accept, --status, --realtime et --addresses ne vont pas ensemble : choisissez-en un."
    )
    assert live_feeds.store().edition("cars") is None


def test_nothing_to_put_in_use_ends_with_one(published, ran):
    for name in published.names:
        published.site.serve(f"/{name}.zip", status(404))
    code, out, err = ran()
    assert code == 1
    assert err == "Aucun flux n'a pu être mis en service : le réseau ne change pas."
    assert out.count("Le fichier n'est plus à cette adresse") == 2


def test_another_run_under_way_ends_with_three(published, ran):
    with live_feeds.store().alone(timezone.localtime()):
        code, out, err = ran()
    assert (code, out) == (3, "")
    assert "déjà en cours" in err


def test_a_feed_about_to_end_is_told_at_each_run(published, ran, settings):
    settings.TRAITDUNION_FEED_ALERT_DAYS = 91
    code, out, _ = ran()
    assert code == 2
    assert "À voir, Flux cars : Les horaires finissent dans 90 jours" in out


def test_the_state_is_told_without_any_download(published, ran):
    ran()
    asked = len(published.site.asked)
    code, out, err = ran("--status")
    assert (code, err) == (0, "")
    assert "Flux cars" in out
    assert f"{LONG.last:%d/%m/%Y}" in out
    assert len(published.site.asked) == asked


def test_machines_are_told_the_same(published, ran):
    ran()
    published.publish("cars", replace(LONG, lines={"12": Runs(5, 6, 6)}))
    code, out, _ = ran("--json")
    document = json.loads(out)
    assert code == 0
    cars, trains = document["result"]["feeds"]
    assert (cars["outcome"], trains["outcome"]) == ("mis à jour", "inchangé")
    assert cars["changes"]["trips_before"] == [6, 6, 6]
    assert cars["changes"]["trips_after"] == [5, 6, 6]
    assert document["alerts"] == {}
    (status_, _) = json.loads(ran("--status", "--json")[1])
    assert status_["edition"]["n_lines"] == 1
    assert status_["feed"]["licence"] == "ODbL"


def test_an_unknown_name_and_a_list_that_is_wrong_are_told(published, ran, settings):
    assert ran("--accept", "bus") == (
        1,
        "",
        "Flux inconnu : « bus ». Flux de la liste : cars, trains.",
    )
    settings.TRAITDUNION_FEEDS.write_text("feeds: []")
    code, _, err = ran()
    assert code == 1
    assert "écrivez « title » et une liste « feeds »" in err


@pytest.fixture
def in_real_time(published, settings, monkeypatch):
    """Messages of the feed `cars`, of which one run, now, leaves a quarter of an hour late."""
    now = timezone.localtime()
    late = {"12-week-0": ("langeac", 900), "12-sat-0": ("langeac", 900)}
    late |= {"12-sun-0": ("langeac", 900)}
    made = message(made_at=now, on=now.date(), late_s=late)
    alert = message(made_at=now, alerts=[("Grève jeudi", "Un car sur deux.")])
    urls = {
        "trip_updates": published.site.serve("/trips.pb", whole(made)),
        "service_alerts": published.site.serve("/alerts.pb", whole(alert)),
    }
    listed = yaml.safe_load(settings.TRAITDUNION_FEEDS.read_text())
    listed["feeds"][0] |= urls
    settings.TRAITDUNION_FEEDS.write_text(yaml.safe_dump(listed))

    def fetch(url, into, called):
        check = realtime.require_message
        return download(url, into, called=called, check=check, network=LOOPBACK, limits=PATIENT)

    refresh = partial(realtime.refresh, fetch=fetch)
    monkeypatch.setattr(realtime, "refresh", refresh)
    return published


def test_real_time_is_told_and_counts_in_journeys_of_today(in_real_time, ran, capsys):
    ran()
    code, out, err = ran("--realtime")
    assert (code, err) == (0, "")
    assert "Flux cars : 1 course à un autre horaire, 0 supprimée" in out
    assert "Flux cars, alerte : Grève jeudi" in out
    words = ["traitdunion", "journeys", "--from", "langeac", "--to", "lepuy", "--json"]
    words += ["--on", str(TODAY), "--depart", "06:01"]
    arrivals = []
    for more in ([], ["--realtime"]):
        main([*words, *more])
        (journey,) = json.loads(capsys.readouterr().out)
        arrivals.append(journey["legs"][-1]["arrival_s"])
    # One minute late for the 6:00: the next leave at 7:00, but today a 6:00 leaves at 6:15.
    assert arrivals == [7 * 3600 + 600, 6 * 3600 + 900 + 600]


def test_real_time_that_fails_ends_with_two(in_real_time, ran):
    ran()
    in_real_time.site.serve("/trips.pb", status(500))
    code, out, err = ran("--realtime")
    assert code == 2
    assert "Flux cars, retards : Le serveur a répondu 500" in out
    assert err == "1 message(s) de temps réel sur 2 en échec."


def test_real_time_is_of_the_network_in_use_alone(published, capsys, tmp_path):
    words = ["traitdunion", "journeys", "--from", "a", "--to", "b", "--on", str(TODAY)]
    words += ["--depart", "06:00", "--realtime", "--timetable", str(tmp_path / "x.tdu")]
    with pytest.raises(SystemExit):
        main(words)
    assert "ôtez --timetable" in capsys.readouterr().err


def test_without_the_allowance_of_tests_this_machine_is_refused(published, ran, monkeypatch):
    monkeypatch.setattr(sync, "synchronise", sync.synchronise.func)
    code, out, _ = ran()
    assert code == 1
    assert out.count("L'adresse de 127.0.0.1 n'est pas publique (127.0.0.1).") == 2
    assert published.site.asked == []
