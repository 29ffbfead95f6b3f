"""Each command on sound input, and the line it gives for input that is not."""

import csv
import os
import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings
from draw import draw
from draw_on_demand import Asked, Notice, OnDemandDrawing, stops
from pyarrow import parquet

pytestmark = pytest.mark.django_db
MONDAY = "2026-11-23"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.TRAITDUNION_DATA_DIR = tmp_path / "data"


def test_compile_and_info_tell_what_the_file_holds(run, demo_feed, tmp_path):
    out = tmp_path / "demo.tdu"
    made = run("timetable", "compile", out, demo_feed, "--start", MONDAY, "--days", 7, "--json")
    output = run("timetable", "info", out, "--json")
    assert (output["start"], output["end"]) == (MONDAY, "2026-11-29")
    assert output["trips"] == made["trips"] > 200
    assert made["report"]
    assert "du 23/11/2026 au 29/11/2026" in run("timetable", "info", out)


def test_journeys_between_two_stops(run, timetable):
    words = ["journeys", "--timetable", timetable, "--from", "A", "--to", "B", "--on", MONDAY]
    (journey,) = run(*words, "--arrive", "08:00", "--json")
    assert (journey["departure"], journey["arrival"], journey["rides"]) == ("07:00", "07:30", 1)
    window = run(*words, "--depart", "06:00", "--window", 240, "--json")
    assert [j["departure"] for j in window] == ["07:00", "09:00"]
    assert "07:00" in run(*words, "--arrive", "08:00")
    assert "(-1 j)" in run(*words, "--arrive", "06:00")  # the 9:00 of the day before
    there = [*words[:3], "--from", "B", "--to", "A", "--on", "2026-11-29"]
    assert "Aucun itinéraire" in run(*there, "--depart", "17:00", "--window", 60)


def test_journeys_with_services_on_demand(run, tmp_path):
    path = tmp_path / "asked.tdu"
    draw(
        places=stops(A=0, B=10_400),
        start=date(2026, 11, 23),
        asked=OnDemandDrawing(
            [Asked("pays 7:00-9:00 > pays 7:00-9:00", notice="veille")],
            {"pays": [(-1_000, 20_000)]},
            {},
            {"veille": Notice(days=1, until="17:00")},
        ),
    ).save(path)
    words = ["journeys", "--timetable", path, "--from", "A", "--to", "B", "--on", MONDAY]
    words += ["--depart", "07:30"]
    assert "Aucun itinéraire" in run(*words)
    output = run(*words, "--on-demand")
    assert "07:30–07:46 TAD A → B" in output
    assert "À réserver la veille avant 17\u00a0h" in output
    (journey,) = run(*words, "--asked-at", "2026-11-22T17:00", "--json")
    assert journey["legs"][0]["booking"]["book_by"] == "2026-11-22T17:00:00+01:00"
    late = run(*words, "--asked-at", "2026-11-22T17:01", "--json")
    assert [j["departure"] for j in late] == ["07:00 (+1 j)"]


def test_a_shift_over_the_week(run, timetable):
    words = ["shift", "--timetable", timetable, "--from", "A", "--to", "B", "--week", MONDAY]
    week = run(*words, "--json")
    assert (week["feasible_days"], week["asked_days"]) == (5, 5)
    assert week["days"][0]["out"]["departure"] == "07:00"
    assert "5 jour(s) sur 5" in run(*words)
    night = run(*words, "--start", "21:00", "--end", "29:00", "--days", "sam", "--json")
    assert [d["reason"] for d in night["days"]] == ["no_trip_out"]


def test_a_split_shift_tells_the_pause_at_home(run, tmp_path):
    path = tmp_path / "split.tdu"
    calls = ["A 5:00 > B 5:30", "B 9:30 > A 10:00", "A 16:00 > B 16:30", "B 20:30 > A 21:00"]
    draw(*calls, start=date(2026, 11, 23)).save(path)
    words = ["shift", "--timetable", path, "--from", "A", "--to", "B", "--week", MONDAY]
    words += ["--periods", "06:00-09:00,17:00-20:00", "--days", "lun"]
    (day,) = run(*words, "--json")["days"]
    assert [j["arrival"] for j in day["between"]] == ["10:00", "16:30"]
    # Away from 5:00 to 21:00.
    assert day["away_s"] == 16 * 3600
    assert "oui, chez soi de 10:00 à 16:00" in run(*words)


def test_the_engine_warms_up(run):
    assert run("warm-up", "--json")["seconds"] > 0
    assert "prêt" in run("warm-up")


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_matrix_goes_to_parquet_or_csv(run, timetable, tmp_path, suffix):
    (tmp_path / "from.csv").write_text("id,stop_id\nhome,A\n")
    (tmp_path / "to.csv").write_text("id,lat,lon\nwork,41.0,3.0\nhere,40.0,3.0\n")
    out = tmp_path / f"times.{suffix}"
    words = ["matrix", "--timetable", timetable, "--from", tmp_path / "from.csv"]
    words += ["--to", tmp_path / "to.csv", "--on", MONDAY, "--depart", "07:00-09:00"]
    output = run(*words, "--step", 60, "-o", out, "--json")
    assert output["rows"] == 6
    if suffix == "csv":
        with out.open() as file:
            rows = [{**row, "travel_s": int(row["travel_s"])} for row in csv.DictReader(file)]
    else:
        rows = parquet.read_table(out).to_pylist()
    # At 7:00 the coach leaves at once; at 8:00 one waits an hour for the 9:00, 20 minutes long.
    times = [row["travel_s"] for row in rows if row["to_id"] == "work"]
    assert times == [1800, 4800, 1200]
    assert {row["travel_s"] for row in rows if row["to_id"] == "here"} == {0}


def test_a_network_is_imported_listed_and_chosen_again(run, demo_feed):
    words = ["network", "import", demo_feed, "--start", MONDAY, "--days", 7, "--json"]
    first = run(*words, "--label", "Premier")
    second = run(*words, "--label", "Second")
    assert [v["current"] for v in run("network", "list", "--json")] == [True, False]
    assert run("network", "use", first["version"], "--json")["label"] == "Premier"
    current = [v["version"] for v in run("network", "list", "--json") if v["current"]]
    assert current == [first["version"]] != [second["version"]]


def test_an_import_tells_what_it_found_wrong(run, demo_feed):
    shown = run("network", "import", demo_feed, "--start", MONDAY, "--days", 7)
    assert "en service" in shown
    assert "Rien à signaler." in shown


def test_an_import_that_fails_keeps_the_network(run, refused, demo_feed, tmp_path):
    made = run("network", "import", demo_feed, "--start", MONDAY, "--days", 7, "--json")
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"not a zip")
    assert "n'a pas changé" in refused("network", "import", wrong)
    (kept,) = run("network", "list", "--json")
    assert (kept["version"], kept["current"]) == (made["version"], True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--depart", "7h"], "Heure illisible"),
        (["--depart", "31:00"], "Heure illisible"),
        ([], "--depart ou --arrive"),
        (["--depart", "07:00", "--on", "demain"], "Date illisible"),
        (["--depart", "07:00", "--on", "2030-01-01"], "du 23/11/2026 au 29/11/2026"),
        (["--depart", "07:00", "--from", "95,3"], "Coordonnées impossibles"),
        (["--depart", "07:00", "--timetable", "rien.tdu"], "n'existe pas"),
    ],
)
def test_bad_input_gets_one_line(refused, timetable, words, message):
    sound = ["--timetable", timetable, "--from", "A", "--to", "B", "--on", MONDAY]
    assert message in refused("journeys", *sound, *words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--start", "16:00", "--end", "08:00"], "poste de nuit ? Écrivez alors --end 32:00"),
        (["--days", "lundredi,xyz"], "Jours illisibles"),
        (["--week", "2027-05-03"], "n'est pas couvert"),
        (["--periods", "06:00-09:00,08:00-20:00"], "poste coupé se suivent"),
    ],
)
def test_a_shift_that_makes_no_sense_gets_one_line(refused, timetable, words, message):
    sound = ["--timetable", timetable, "--from", "A", "--to", "B", "--week", MONDAY]
    assert message in refused("shift", *sound, *words)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,lat,lon\nx,quarante,3\n", "ligne 2"),
        ("id,lat,lon\na,40,3\nx,99,3\n", "ligne 3"),
        ("id,stop_id\nx,ZZZ\n", "arrêt inconnu « ZZZ »"),
        ("nom\nx\n", "id,lat,lon"),
        ("id,lat,lon\n", "aucun lieu"),
    ],
)
def test_a_bad_list_of_places_is_told_with_its_line(refused, timetable, tmp_path, content, message):
    path = tmp_path / "places.csv"
    path.write_text(content)
    words = ["--timetable", timetable, "--from", path, "--to", path, "--on", MONDAY]
    assert message in refused("matrix", *words, "--depart", "07:00", "-o", tmp_path / "o.csv")


def test_an_answer_without_a_network_says_what_to_do(refused):
    assert "network import" in refused("answer", "--from", "Langeac", "--to", "Brioude")


def test_an_unknown_type_of_solution_is_told(refused):
    assert "Type inconnu" in refused("catalogue", "list", "--type", "fusée")


def test_the_entry_point_ends_in_one_line_and_code_1(tmp_path):
    environment = {**os.environ, "TRAITDUNION_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "traitdunion.web.command_line", "timetable", "info", "rien"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines() == ["rien : ce fichier ou ce dossier n'existe pas."]


def test_settings_give_commands_their_folder():
    assert settings.TRAITDUNION_DATA_DIR.name == "data"


def test_the_weight_of_a_finding_is_shown():
    """Its brackets are no colours of the terminal."""
    from io import StringIO

    from django.core.management.base import OutputWrapper

    from traitdunion.web.rendering import show

    page = StringIO()
    show(OutputWrapper(page), "[avertissement] cars.zip › stops.txt : un arrêt est loin.")
    assert page.getvalue() == "[avertissement] cars.zip › stops.txt : un arrêt est loin.\n"


def test_places_written_by_a_french_spreadsheet_are_read(refused, timetable, tmp_path):
    path = tmp_path / "places.csv"
    path.write_bytes("id;lat;lon\né;40;3\né;41;3\n".encode("cp1252"))
    words = ["--timetable", timetable, "--from", path, "--to", path, "--on", MONDAY]
    refusal = refused("matrix", *words, "--depart", "07:00", "-o", tmp_path / "o.csv")
    assert "ligne 3, champ id : « é » est déjà pris" in refusal


def test_places_that_are_no_csv_are_refused_in_one_line(refused, timetable, tmp_path):
    path = tmp_path / "places.csv"
    path.write_bytes(b"%PDF-1.4")
    words = ["--timetable", timetable, "--from", path, "--to", path, "--on", MONDAY]
    refusal = refused("matrix", *words, "--depart", "07:00", "-o", tmp_path / "o.csv")
    assert "places.csv" in refusal
    assert "Ce n'est pas un CSV" in refusal
