"""Command `traitdunion sync`: what it prints, and the code with which a scheduler is told."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import yaml
from django.utils import timezone
from drawn_feeds import Drawn, Runs
from misbehaving import LOOPBACK, misbehaving_site, status
from published_feeds import SHORT, Published

from traitdunion.sources.downloads import download, require_zip
from traitdunion.web import live_feeds
from traitdunion.web.command_line import main
from traitdunion.web.management.commands import sync

TODAY = timezone.localdate()
LONG = Drawn({"12": Runs(6, 6, 6)}, first=TODAY - timedelta(30), last=TODAY + timedelta(90))


def fetch_here(feed, into, known):
    return download(
        feed.url,
        into,
        called=feed.title,
        check=require_zip,
        known=known,
        network=LOOPBACK,
        limits=SHORT,
    )


@pytest.fixture
def published(tmp_path, settings, monkeypatch):
    """A list of two feeds published here, and a command that may download from here."""
    settings.TRAITDUNION_DATA_DIR = tmp_path / "data"
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
    assert "en service, 60 jours." in out
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
    assert ran("--etat")[0] == 2
    code, out, err = ran("--accepter", "cars")
    assert (code, err) == (0, "")
    assert "Acceptée sur demande" in out
    assert ran("--etat")[0] == 0


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
    code, out, err = ran("--etat")
    assert (code, err) == (0, "")
    assert "Flux cars" in out
    assert f"{LONG.last:%d/%m/%Y}" in out
    assert len(published.site.asked) == asked


def test_machines_are_told_the_same(published, ran):
    ran()
    published.publish("cars", replace(LONG, lines={"12": Runs(5, 6, 6)}))
    code, out, _ = ran("--json")
    told = json.loads(out)
    assert code == 0
    cars, trains = told["result"]["feeds"]
    assert (cars["outcome"], trains["outcome"]) == ("mis à jour", "inchangé")
    assert cars["changes"]["trips_before"] == [6, 6, 6]
    assert cars["changes"]["trips_after"] == [5, 6, 6]
    assert told["alerts"] == {}
    (status_, _) = json.loads(ran("--etat", "--json")[1])
    assert status_["edition"]["n_lines"] == 1
    assert status_["feed"]["licence"] == "ODbL"


def test_an_unknown_name_and_a_list_that_is_wrong_are_told(published, ran, settings):
    assert ran("--accepter", "bus") == (
        1,
        "",
        "Flux inconnu : « bus ». Flux de la liste : cars, trains.",
    )
    settings.TRAITDUNION_FEEDS.write_text("feeds: []")
    code, _, err = ran()
    assert code == 1
    assert "écrivez « title » et une liste « feeds »" in err


def test_without_the_allowance_of_tests_this_machine_is_refused(published, ran, monkeypatch):
    monkeypatch.setattr(sync, "synchronise", sync.synchronise.func)
    code, out, _ = ran()
    assert code == 1
    assert out.count("L'adresse de 127.0.0.1 n'est pas publique (127.0.0.1).") == 2
    assert published.site.asked == []
