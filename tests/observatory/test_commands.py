"""The command `traitdunion observatory`, from an empty site to a package of open data."""

import csv
import json

import polars as pl
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from traitdunion.observatory.models import Run
from traitdunion.observatory.running import run as running

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(capsys):
    """Run a command of the observatory; gives its JSON."""

    def run(*words):
        call_command("observatory", *map(str, words), "--json")
        return json.loads(capsys.readouterr().out)

    return run


def refused(*words):
    with pytest.raises(CommandError) as mistake:
        call_command("observatory", *map(str, words))
    text = str(mistake.value)
    assert "\n" not in text
    return text


def test_day_one_gives_for_each_indicator_the_file_its_publisher_and_the_command(
    call, settings, tmp_path
):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    rows = {row["indicator"]: row for row in call("setup")}
    assert not any(row["ready"] for row in rows.values())
    for row in rows.values():
        assert all(m["what"] and m["publisher"] and m["command"] for m in row["missing"])
    commands = [m["command"] for m in rows["A2_60"]["missing"]]
    assert [command.split()[1] for command in commands] == ["territory", "network", "observatory",
                                                            "observatory"]  # fmt: skip
    assert "Aucun réseau" in refused("run")
    assert "Aucun calcul terminé" in refused("show", "dernier", "--indicator", "W1")


def test_with_communes_a_timetable_and_a_pole_some_figures_show_and_the_others_are_unknown(
    call, site, tmp_path
):
    assert "Aucun pôle d'emploi" in refused("run")
    assert "Aucune commune" in refused("poles", "Nulle part")
    assert call("poles", "Le Puy-en-Velay") == [{"code": "43157", "name": "Le Puy-en-Velay"}]
    ready = {row["indicator"] for row in call("setup") if row["ready"]}
    assert {"W1", "W2", "W3", "W4"} <= ready
    assert not {"A1_60", "E1", "S9"} & ready

    made = call("run")
    assert made["seconds"] < 60
    assert made["memory_mb"] > 0
    assert made["manifest"]["territoire"]["poles"] == ["Le Puy-en-Velay"]

    shown = call("show", made["run"], "--indicator", "W1", "--shift", "journee")
    values = {row["code"]: row["value"] for row in shown["rows"]}
    assert shown["unit"] == "part"
    assert all(row["estimation"] and row["people"] % 10 == 0 for row in shown["rows"])
    # The share of the département is that of its communes, by their people.
    people = {"43112": 3_700, "43157": 19_000, "43062": 400, "43132": 1_500}
    with_one = sum(n for code, n in people.items() if values[code])
    assert values["43"] == round(with_one / sum(people.values()), 2)
    assert values["43157"] == 1
    assert shown["parameters"]["semaine"] == made["week"]
    assert "non renseigné" in refused(
        "show", "dernier", "--indicator", "A1_60", "--territory", "43"
    )
    assert "Connus" in refused("show", "dernier", "--indicator", "Z9")
    assert "Connus" in refused("show", "dernier", "--indicator", "W1", "--shift", "aube")

    out = tmp_path / "publié"
    names = call("publish", "dernier", "-o", out)["files"]
    assert names == sorted(path.name for path in out.iterdir())
    _check_package(out, made)


def _check_package(out, made):
    described = json.loads((out / "datapackage.json").read_text("utf-8"))
    assert {resource["path"] for resource in described["resources"]} | {
        "datapackage.json", "LICENCES.md"
    } == {path.name for path in out.iterdir()}  # fmt: skip
    (table,) = (r for r in described["resources"] if r["path"] == "chiffres.csv")
    columns = [field["name"] for field in table["schema"]["fields"]]
    with (out / "chiffres.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == columns
    key = table["schema"]["primaryKey"]
    assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)
    assert pl.read_parquet(out / "chiffres.parquet").height == len(rows)
    assert described["empreinte"] == made["digest"]
    assert json.loads((out / "manifeste.json").read_text("utf-8")) == made["manifest"]
    places = json.loads((out / "communes.geojson").read_text("utf-8"))["features"]
    assert {place["properties"]["journee"] for place in places} <= {
        "deux",
        "une",
        "condition",
        "blanche",
    }
    assert "ODbL" in (out / "LICENCES.md").read_text("utf-8")


def test_a_run_is_reproduced_from_its_inputs_and_never_changes(call, site):
    call("poles", "Le Puy-en-Velay", "Langeac")
    first, second = call("run"), call("run")
    assert first["run"] != second["run"]
    assert first["digest"] == second["digest"]
    assert first["manifest"] == second["manifest"]
    run = Run.objects.get(pk=first["run"])
    run.digest = "0" * 64
    with pytest.raises(ValidationError, match="ne change plus"):
        run.save()
    call("poles", "Langeac")
    assert call("run")["manifest"] != first["manifest"]


def test_a_run_that_stops_is_marked_and_leaves_no_file(call, site, monkeypatch):
    call("poles", "Langeac")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "figures_of", stop)
    with pytest.raises(KeyboardInterrupt):
        call("run")
    assert Run.objects.get().etat == "echec"
    assert list((site / "observatory").iterdir()) == []


def test_every_fault_of_a_file_of_profiles_is_named(site, tmp_path):
    path = tmp_path / "profils.yaml"
    path.write_text(
        "- {code: a, nom: A, permis: z, vehicules: [fusée], faits: {rien: oui}, age: 3,\n"
        "   menage: {loyer: 3, charges_fixes_mois_eur: -1}}\n"
        "- {code: b, nom: B, faits: {minimas: [trésor]}}\n",
        "utf-8",
    )
    text = refused("run", "--profiles", path)
    for word in ("« z »", "« fusée »", "« rien »", "« age »", "trésor", "sans_permis",
                 "« loyer »", "-1"):  # fmt: skip
        assert word in text


def test_a_site_keeps_its_own_file_of_profiles(call, site):
    def awaited():
        (row,) = (row for row in call("setup") if row["indicator"] == "W6")
        return {missing["what"] for missing in row["missing"]}

    before = awaited()
    path = site / "profils.yaml"
    path.write_text(
        "- {code: sans_permis, nom: Sans permis, permis: aucun,\n"
        "   menage: {revenus_en_emploi_mois_eur: 1500, charges_fixes_mois_eur: 700}}\n",
        "utf-8",
    )
    (budget,) = before - awaited()
    assert budget.startswith("un budget type par profil")
    path.write_text("- {nom: A}\n", "utf-8")
    call("poles", "Langeac")
    assert "« code » et « nom » sont attendus" in refused("run")
