"""`traitdunion catalogue load` and `list`, as typed in a terminal."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from traitdunion.accounts.models import Organisation
from traitdunion.catalogue.management.commands import catalogue as command
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.demonstration import network as demo_network

pytestmark = [
    pytest.mark.django_db,
    # django-typer hands typer an option that typer has given another name.
    pytest.mark.filterwarnings("ignore:In Typer, only the parameter:DeprecationWarning"),
]
DEMO = str(demo_network.DEMO.with_name("catalogue.yaml"))


def test_load_says_what_it_changed(capsys):
    call_command("catalogue", "load", DEMO, "--json")
    loaded = json.loads(capsys.readouterr().out)
    assert loaded["created"] > 40
    assert (loaded["updated"], loaded["unchanged"]) == (0, 0)
    call_command("catalogue", "load", DEMO)
    message = (
        f"catalogue.yaml : 0 fiche(s) créée(s), 0 modifiée(s), {loaded['created']} inchangée(s)."
    )
    assert message in capsys.readouterr().out


def test_list_prints_a_table_or_json_of_one_type(capsys):
    call_command("catalogue", "load", DEMO)
    call_command("catalogue", "list")
    assert "Bilan de mobilité" in capsys.readouterr().out
    call_command("catalogue", "list", "--type", "diagnostic", "--json")
    (only,) = json.loads(capsys.readouterr().out)
    freshness = only.pop("fraicheur")
    assert freshness == Solution.objects.get(id=only["id"]).freshness(command.timezone.localdate())
    assert only == {
        "id": "bilan-mobilite",
        "nom": "Bilan de mobilité",
        "type_solution": "diagnostic",
        "famille": "accompagner",
        "structure": "Maison de la Mobilité Solidaire (démonstration)",
        "zone": ["43"],
        "zone_libre": False,
        "demonstration": True,
    }


def test_a_faulty_file_is_refused_in_one_line_and_nothing_is_stored(tmp_path):
    path = tmp_path / "fiches.yaml"
    path.write_text("structures: {mms: {nom: 3}}\nsolutions: {}", encoding="utf-8")
    with pytest.raises(CommandError, match=r"^fiches\.yaml, structure « mms », champ « nom »"):
        call_command("catalogue", "load", str(path))
    assert not Structure.objects.exists()


def test_each_of_several_faults_has_its_line(tmp_path, capsys):
    path = tmp_path / "fiches.yaml"
    path.write_text("solutions: {velo: {nom: Un vélo, mode: cheval}}", encoding="utf-8")
    # No structure, no type, and a vehicle that nobody lends.
    with pytest.raises(CommandError, match=r"^fiches\.yaml : 3 défauts, rien n'a été chargé\.$"):
        call_command("catalogue", "load", str(path))
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 3
    assert all("solution « velo », champ « " in line for line in err)


def test_an_unknown_type_is_refused_with_those_that_exist():
    with pytest.raises(CommandError, match=r"Type inconnu : « fusee »\. Types : tc_ligne, tad"):
        call_command("catalogue", "list", "--type", "fusee")


def test_an_empty_catalogue_says_how_to_load_one(capsys):
    with pytest.raises(CommandError, match="traitdunion catalogue load"):
        call_command("catalogue", "list")
    call_command("catalogue", "list", "--json")
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("asked", [["load", DEMO], ["list"]])
def test_a_database_without_tables_is_told_in_one_line(monkeypatch, asked):
    def absent(*args, **options):
        raise OperationalError("no such table: catalogue_solution")

    monkeypatch.setattr(command, "load_catalogue", absent)
    monkeypatch.setattr(command, "published", absent)
    with pytest.raises(CommandError, match=r"no such table.*traitdunion migrate"):
        call_command("catalogue", *asked)


def test_structures_are_entrusted_to_an_organisation(capsys):
    call_command("catalogue", "load", DEMO)
    with pytest.raises(CommandError, match="Organisation inconnue"):
        call_command("catalogue", "entrust", "ici")
    organisation = Organisation.objects.create(slug="ici", nom="Ici")
    with pytest.raises(CommandError, match="Structures inconnues : rien"):
        call_command("catalogue", "entrust", "ici", "rien")
    call_command("catalogue", "entrust", "ici", "garage-demo")
    assert [structure.pk for structure in organisation.structures.all()] == ["garage-demo"]
    call_command("catalogue", "entrust", "ici")
    assert not Structure.objects.filter(organisation=None).exists()
    # A file loaded again leaves who keeps what.
    call_command("catalogue", "load", DEMO)
    assert not Structure.objects.filter(organisation=None).exists()
