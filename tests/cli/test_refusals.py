"""What the entry point refuses: one French line on the error output, exit code 1, no traceback."""

import json
import socket
from datetime import date

import pytest
from draw import draw

from traitdunion.catalogue.models import Solution
from traitdunion.territory.models import Commune, Departement, Region, TerritoryEdition
from traitdunion.web import arguments
from traitdunion.web.command_line import main
from traitdunion.web.rendering import iso

from .conftest import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.TRAITDUNION_DATA_DIR = tmp_path / "data"
    settings.TRAITDUNION_DATA_DIR.mkdir()


@pytest.fixture
def communes():
    """Langeac and Le Puy, by hand."""
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    haute_loire = Departement.objects.create(
        code="43", nom="Haute-Loire", nom_avec_charniere="de la Haute-Loire", region=region
    )
    places = [("43112", "Langeac", 45.10, 3.49), ("43157", "Le Puy-en-Velay", 45.04, 3.88)]
    for code, nom, lat, lon in places:
        Commune.objects.create(
            code_insee=code,
            nom=nom,
            nom_avec_charniere=nom,
            cle=nom.lower().replace("-", " "),
            departement=haute_loire,
            population=1000,
            codes_postaux=[code],
            lat=lat,
            lon=lon,
            point_source="mairie",
        )
    TerritoryEdition.objects.create(
        id=1, source="à la main", digest="d", population_year=2021, departements_with_boundaries=[]
    )


@pytest.fixture
def said(capsys):
    """Run the entry point on words that it refuses; gives its one line."""

    def call(*words):
        with pytest.raises(SystemExit) as ended:
            main(["traitdunion", *map(str, words)])
        shown = capsys.readouterr()
        assert ended.value.code == 1
        assert shown.out == ""
        assert shown.err.count("\n") == 1
        assert "Error" not in shown.err
        return shown.err.strip()

    return call


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["anser"], "Commande inconnue : « anser ». Essayez : answer"),
        (["timetable", "read"], "Commande inconnue : « read »."),
        (["answer", "--from", "Langeac"], "Il manque --to."),
        (["answer", "--form", "Langeac"], "Option inconnue : --form. Essayez : --from"),
        (["answer", "--from"], "Il manque la valeur de --from."),
        (["timetable", "compile"], "Il manque OUT."),
        (["timetable", "info", "a", "b"], "Argument en trop : b."),
        (["serve", "--port", "abc"], "« abc » (un nombre entier de 1 à 65535)"),
        (["serve", "--port", "99999"], "« 99999 » (un nombre entier de 1 à 65535)"),
        (
            ["answer", "--from", "a", "--to", "b", "--licence", "c1"],
            "Valeur refusée pour --licence : « c1 » (au choix : aucun, am, b, inconnu)",
        ),
    ],
)
def test_what_the_parser_refuses_is_told_in_french(said, words, message):
    assert message in said(*words)


def test_a_file_that_is_no_timetable_is_told(said, tmp_path, timetable):
    (tmp_path / "note.txt").write_text("ce n'est pas un horaire")
    assert "pas un horaire compilé" in said("timetable", "info", tmp_path / "note.txt")
    timetable.write_bytes(timetable.read_bytes()[:-100])
    assert "fichier tronqué" in said("timetable", "info", timetable)
    assert "c'est un dossier" in said("timetable", "info", tmp_path)


def test_feeds_that_cannot_be_read_are_told(said, tmp_path):
    words = ["timetable", "compile", tmp_path / "out.tdu", tmp_path / "absent.zip"]
    assert "absent.zip : fichier introuvable" in said(*words, "--start", MONDAY)
    assert "Date illisible" in said(*words, "--start", "9999-12-31")
    assert not (tmp_path / "out.tdu").exists()


def test_an_unknown_place_is_told_with_what_comes_near(said, tmp_path, communes):
    path = tmp_path / "towns.tdu"
    draw("Brioude 7:00 > Vichy 7:30", start=MONDAY).save(path)
    words = ["journeys", "--timetable", path, "--to", "Vichy", "--on", MONDAY, "--depart", "07:00"]
    line = said(*words, "--from", "Brioud")
    assert "essayez Brioude" in line
    assert "Vouliez-vous dire Langeac (43)" in said(*words, "--from", "Langea")


def test_a_commune_may_be_a_place_by_name_or_code(run, timetable, communes):
    words = ["journeys", "--timetable", timetable, "--to", "B", "--on", MONDAY, "--depart", "07:00"]
    for langeac in ("Langeac", "43112"):
        assert "Aucun itinéraire de Langeac" in run(*words, "--from", langeac)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--start", "22:00", "--end", "06:00"], "poste de nuit ? Écrivez alors --end 30:00."),
        (["--start", "08:00", "--end", "08:00"], "à la même heure (08:00)"),
        (["--start", "25:00", "--end", "29:00"], "commence avant minuit"),
        (["--start", "08:00", "--end", "33:00"], "24 heures au plus"),
        (["--periods", "17:00-20:00,06:00-09:00"], "se suivent"),
        (["--periods", "06:00"], "Heure illisible"),
        (["--days", ""], "Jours illisibles"),
        (["--week", "2026-13-01"], "Date illisible"),
    ],
)
def test_hours_and_days_that_make_no_sense_are_told(said, timetable, words, message):
    sound = ["--timetable", timetable, "--from", "A", "--to", "B", "--week", MONDAY]
    assert message in said("shift", *sound, *words)


def test_the_night_shift_proposed_is_accepted():
    shift = arguments.shift("22:00", "30:00", "lun-ven", margins_min=(10, 5))
    assert (shift.start_s, shift.end_s) == (22 * 3600, 30 * 3600)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("lun-ven", {0, 1, 2, 3, 4}),
        ("mon,wed", {0, 2}),
        ("Samedi", {5}),
        ("ven-lun", {4, 5, 6, 0}),
    ],
)
def test_days_are_read_in_french_and_in_english(text, days):
    assert arguments.weekdays(text) == days


def test_a_matrix_refused_leaves_nothing_behind(said, timetable, tmp_path):
    places = tmp_path / "places.csv"
    places.write_text("id,lat,lon\na,40,3\na,41,3\n")
    out = tmp_path / "out"
    words = ["matrix", "--timetable", timetable, "--from", places, "--to", places, "--on", MONDAY]
    words += ["--depart", "07:00"]
    assert "« a » est déjà pris" in said(*words, "-o", out / "m.csv")
    places.write_text("id,lat,lon\na,nan,3\n")
    assert "coordonnées impossibles" in said(*words, "-o", out / "m.csv")
    places.write_text("id,lat,lon\na,40,3\n")
    assert "finit par .parquet ou .csv" in said(*words, "-o", out / "m.xlsx")
    assert not list(out.glob("*"))


def test_a_version_that_is_not_kept_is_told(said):
    assert "Version de réseau inconnue : « x »" in said("network", "use", "x")


@pytest.fixture
def network(run, demo_feed):
    run("network", "import", demo_feed, "--start", MONDAY, "--days", 7, "--json")


def test_the_question_that_cannot_be_answered_is_told(said, network, communes):
    puy = ["--to", "Le Puy-en-Velay"]
    assert "Vouliez-vous dire Langeac (43)" in said("answer", "--from", "Langea", *puy)
    late = said("answer", "--from", "Langeac", *puy, "--week", "2030-01-01")
    assert "du 23/11/2026 au 29/11/2026" in late
    assert "--end 30:00" in said(
        "answer", "--from", "Langeac", *puy, "--start", "22:00", "--end", "06:00"
    )


def test_the_question_is_answered_by_the_entry_point(capsys, network, communes):
    words = ["traitdunion", "answer", "--from", "Langeac", "--to", "43157", "--no-licence"]
    capsys.readouterr()
    main([*words, "--week", str(MONDAY), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["situation"]["permis"] == "aucun"
    assert not Solution.objects.exists()
    (best,) = document["options"]
    plan = best["days"][0]
    assert (plan["on"], plan["feasible"], best["feasible_days"]) == ("2026-11-23", True, 5)
    # Paris is one hour ahead of Greenwich in November.
    assert plan["leave_at"].startswith("2026-11-23T0")
    assert plan["out"][0]["departure_at"].endswith("+01:00")
    (way,) = [
        alternative for alternative in document["alternatives"] if alternative["key"] == best["key"]
    ]
    assert (way["kept_days"], way["asked_days"], way["failing_days"]) == (5, 5, [])
    assert {
        "title", "kept_days", "asked_days", "failing_days", "minutes_out", "minutes_back",
        "monthly_cost_eur", "awards", "booking",
    } <= way.keys()  # fmt: skip
    # Ten tickets a week of 3.50 €, 52 weeks in 12 months.
    assert (way["monthly_cost_eur"], way["awards"]) == (151.67, ["cheapest", "fastest", "simplest"])
    main([*words, "--week", str(MONDAY)])
    assert "5/5" in capsys.readouterr().out


def test_one_commune_at_both_ends_is_answered(run, network, communes):
    words = ["answer", "--from", "Langeac", "--to", "43112", "--week", str(MONDAY)]
    output = run(*words, "--json")
    (walk,) = [option for option in output["options"] if option["key"] == "marche"]
    assert walk["feasible_days"] == 5
    assert any("une même commune" in reason for reason in walk["reasons"])


@pytest.mark.parametrize(
    ("seconds", "moment"),
    [
        (8 * 3600, "2025-03-30T08:00:00+02:00"),
        (25 * 3600, "2025-03-31T01:00:00+02:00"),
        # The clocks have not gone forward yet: 2:30 after "noon minus 12 h" is 1:30 in winter time.
        (9000, "2025-03-30T01:30:00+01:00"),
        (-3600, "2025-03-29T22:00:00+01:00"),
    ],
)
def test_moments_are_iso_even_on_the_day_clocks_go_forward(seconds, moment):
    assert iso(date(2025, 3, 30), seconds, "Europe/Paris") == moment


def test_a_port_that_is_taken_is_told_with_another(said):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Le port {port} de 127.0.0.1 n'est pas libre" in said("serve", "--port", port)
