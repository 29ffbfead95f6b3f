"""`traitdunion territory load` and `search`, as typed in a terminal."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from traitdunion.territory.management.commands import territory as command
from traitdunion.territory.models import Commune
from traitdunion.territory.operations import load_territory

pytestmark = [
    pytest.mark.django_db,
    # django-typer hands typer an option that typer has given another name.
    pytest.mark.filterwarnings("ignore:In Typer, only the parameter:DeprecationWarning"),
]


@pytest.fixture
def wheel(monkeypatch, small_france):
    """A wheel of five communes."""
    monkeypatch.setattr(command, "read_territory", lambda: small_france)


@pytest.mark.usefixtures("wheel")
def test_load_says_what_it_changed(capsys):
    call_command("territory", "load", "--json")
    loaded = json.loads(capsys.readouterr().out)
    assert loaded["changes"]["communes"] == {
        "created": 5,
        "updated": 0,
        "deleted": 0,
        "unchanged": 0,
    }
    call_command("territory", "load")
    assert "Le territoire était à jour." in capsys.readouterr().out


@pytest.mark.usefixtures("wheel")
def test_load_keeps_the_boundaries_asked_for():
    call_command("territory", "load", "--departement", "42")
    assert Commune.objects.exclude(boundary=None).count() == 2
    call_command("territory", "load", "--all-boundaries")
    assert Commune.objects.exclude(boundary=None).count() == 5


@pytest.mark.usefixtures("wheel")
def test_an_unknown_departement_is_refused_in_one_line():
    with pytest.raises(CommandError, match=r"^Département inconnu : 99\. Donnez un code.*$"):
        call_command("territory", "load", "--departement", "99")


def test_search_prints_a_table_or_json(small_france, capsys):
    load_territory(france=small_france)
    call_command("territory", "search", "puy")
    assert "Le Puy-en-Velay (43)" in capsys.readouterr().out
    call_command("territory", "search", "saint aubin", "--near", "43", "--limit", "1", "--json")
    assert json.loads(capsys.readouterr().out) == [
        {
            "code_insee": "43200",
            "nom": "Saint-Aubin",
            "departement": "43",
            "epci": "200000001",
            "population": 800,
            "codes_postaux": ["43210"],
            "lat": 45.6,
            "lon": 0.6,
            "point_source": "mairie",
        }
    ]


def test_search_that_finds_nothing_says_so(small_france, capsys):
    load_territory(france=small_france)
    with pytest.raises(CommandError, match="Aucune commune ne répond à « xyzzy »"):
        call_command("territory", "search", "xyzzy")
    call_command("territory", "search", "xyzzy", "--json")
    assert json.loads(capsys.readouterr().out) == []


def test_search_prefers_haute_loire_unless_told_otherwise(small_france, capsys):
    load_territory(france=small_france)
    first = []
    for options in ([], ["--near", ""]):
        call_command("territory", "search", "saint aubin", "--json", *options)
        first.append(json.loads(capsys.readouterr().out)[0]["code_insee"])
    # Two homonyms: that of Loire has 900 inhabitants, that of Haute-Loire 800.
    assert first == ["43200", "42279"]


@pytest.mark.parametrize("asked", [["load"], ["search", "langeac"]])
def test_a_database_without_tables_is_told_in_one_line(monkeypatch, asked):
    def absent(*args, **options):
        raise OperationalError("no such table: territory_commune")

    monkeypatch.setattr(command, "load_territory", absent)
    monkeypatch.setattr(command, "check_loaded", absent)
    with pytest.raises(CommandError, match=r"no such table.*traitdunion migrate"):
        call_command("territory", *asked)


def test_search_in_an_empty_territory_says_how_to_load_it():
    with pytest.raises(CommandError, match="traitdunion territory load"):
        call_command("territory", "search", "langeac")
