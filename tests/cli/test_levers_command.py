"""Command `traitdunion levers`: a person, a place of work, the territory, a scenario."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from traitdunion.catalogue.operations import load_catalogue
from traitdunion.demonstration.set_up import CATALOGUE, import_demo_network
from traitdunion.levers.models import RechercheTerritoire
from traitdunion.reach.calendar_days import monday_of
from traitdunion.territory.operations import load_territory

NOW = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def demonstration(db, settings, tmp_path):
    """The demonstration network and catalogue in a folder of their own."""
    settings.TRAITDUNION_DATA_DIR = tmp_path
    with time_machine.travel(NOW, tick=True):
        load_territory(progress=lambda _step, _share: None)
        import_demo_network(monday_of(NOW.date()), now=NOW)
        load_catalogue(CATALOGUE, now=NOW)
        yield tmp_path


@pytest.mark.usefixtures("demonstration")
def test_the_four_questions(run, refused, tmp_path):
    """One world for all: loading it is what takes time."""
    asked = ("--from", "Langeac", "--to", "Le Puy-en-Velay", "--start", "06:00", "--end", "14:00")
    person = run("levers", "person", *asked, "--json")
    actors = [lever["actor"] for lever in person["levers"]]
    assert {"employeur", "region"} <= set(actors)
    moved = next(lever for lever in person["levers"] if lever["kind"] == "decaler_poste")
    # The whole answer at the hours proposed is a yes.
    minutes = moved["change"]["move_shift_min"]
    hours = [f"{(h * 60 + minutes) // 60:02}:{(h * 60 + minutes) % 60:02}" for h in (6, 14)]
    again = run("levers", "person", *asked[:4], "--start", hours[0], "--end", hours[1], "--json")
    assert again["levers"] == []

    facts = tmp_path / "faits.yaml"
    facts.write_text("permis: b\nvehicule: [voiture]\n")
    assert run("levers", "person", *asked, "--facts", facts, "--json")["levers"] == []
    facts.write_text("taille: 3\n")
    assert "taille" in refused("levers", "person", *asked, "--facts", facts)

    scenario = tmp_path / "car.yaml"
    scenario.write_text("titre: Rien\nchangements: []\n")
    nothing = run("levers", "scenario", scenario, "--json")
    assert set(nothing) >= {"scenario", "gained", "lost", "cost", "equity"}
    assert (nothing["gained"]["pairs"], nothing["lost"]["pairs"]) == (0, 0)
    scenario.write_text("changements:\n  - {nature: tout_supprimer}\n")
    everything = run("levers", "scenario", scenario, "--json")
    assert everything["gained"]["pairs"] == 0
    assert everything["lost"]["pairs"] > 0
    scenario.write_text("changements:\n  - {nature: voler}\n")
    assert "voler" in refused("levers", "scenario", scenario)

    site = run("levers", "site", "Brioude", "--json")
    assert site["site"] == "Brioude"
    assert site["levers"]
    whole = run("levers", "territory", "--budget", "40000", "--keep", "--json")
    assert whole["candidates"] >= 2000
    assert whole["portfolio"]["gap"] == 0
    assert whole["portfolio"]["verified_people"] >= whole["portfolio"]["people"]
    assert whole["portfolio"]["cost_eur_year"] <= 40000
    assert RechercheTerritoire.objects.get().reseau
