"""Sites of employers: read from a file by the line, seen from the homes by the engine."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from tests.employers.conftest import FILE
from traitdunion import reach
from traitdunion.employers.operations import import_sites
from traitdunion.employers.siret import is_siret
from traitdunion.employers.site_files import read_sites
from traitdunion.employers.site_reach import LINES, seen_from_homes
from traitdunion.employers.site_sheet import rows_of, site_json
from traitdunion.observatory.running.run import prepare
from traitdunion.sources.bounded.faults import Unreadable
from traitdunion.territory.models import Equipe, Site

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "is_one"),
    [
        ("73282932000074", True),
        ("73282932000075", False),
        ("35600000000048", True),  # La Poste, its seat
        ("35600000049837", True),  # La Poste: the sum of its digits is a multiple of five
        ("00000000000000", False),
        ("７３２８２９３２００００７４", False),
        ("7328293200007", False),
    ],
)
def test_a_siret_has_its_key(number, is_one):
    assert is_siret(number) is is_one


def test_sound_rows_are_read_and_the_others_named_by_line_and_column():
    rows, faults = read_sites(FILE.encode())
    assert [(row.site, row.team, row.days) for row in rows] == [
        ("Usine", "journée", (0, 1, 2, 3, 4)), ("Usine", "nuit", (0, 1)),
        ("Quai", "matin", (0, 1, 2, 3, 4)),
    ]  # fmt: skip
    assert (rows[1].start_s, rows[1].end_s) == (75_600, 104_400)  # ends the next day
    assert (rows[0].people, rows[1].people, rows[1].movable_min) == (40, None, None)
    assert [fault.where for fault in faults] == [
        "ligne 5, colonne « siret »", "ligne 6, colonne « jours »",
        "ligne 6, colonne « debut »", "ligne 6, colonne « personnes »",
    ]  # fmt: skip


def test_another_table_is_refused_with_the_columns_wanted():
    with pytest.raises(Unreadable, match="la colonne « jours »"):
        read_sites(b"employeur;site;commune;equipe;debut;fin\n")


def test_the_same_file_twice_writes_nothing_more(imported):
    assert (imported.sites, imported.teams) == (1, 2)
    assert next(str(fault) for fault in imported.faults).startswith("Ligne 4, colonne « commune »")
    rows, _ = read_sites(FILE.encode())
    again = import_sites(rows=rows)
    assert (again.sites, again.teams) == (0, 0)
    later = read_sites(FILE.replace("8h;16h", "9h;17h").encode())[0]
    assert (import_sites(rows=later).teams, Equipe.objects.count()) == (1, 2)


def test_the_site_is_seen_as_single_searches_see_it(imported):
    factory = Site.objects.get(nom="Usine")
    reached = seen_from_homes(factory, now=NOW)
    day, night = reached.teams
    assert (day.team.nom, night.team.nom) == ("journée", "nuit")
    held_at = {}
    question = prepare(now=NOW, with_sites=False).question
    for team in reached.teams:
        for seen in (team.today, *team.moved):
            shift = reach.Shift(seen.start_s, seen.end_s, days=frozenset(team.team.jours))
            for row, home in enumerate(reached.ground.homes):
                verdict = reach.there_and_back(
                    question.timetable,
                    reach.Point(home.lat, home.lon),
                    reach.Point(factory.lat, factory.lon),
                    shift,
                    week=question.week,
                    streets=question.streets,
                )
                held = all(day.feasible for day in verdict.days)
                held_at[team.team.nom, seen.moved_min, row] = held
                assert held is (row in seen.by_kind.get(LINES, frozenset())), (home, shift)
    assert {True, False} <= set(held_at.values())


def test_the_sheet_and_the_json_give_the_same_people(imported):
    reached = seen_from_homes(Site.objects.get(nom="Usine"), now=NOW)
    rows, data = rows_of(reached), site_json(reached)
    assert [row.name for row in rows] == [shift["team"] for shift in data["shifts"]]
    for row, shift in zip(rows, data["shifts"], strict=True):
        assert row.n_people.replace("\u202f", "").replace("\xa0", "") in (
            str(shift["people"]["residents"]),
            "moins de 10",
        )
        assert len(row.bars) == 1 + len(shift["changes"])
        assert shift["people"]["job_seekers"] is None  # no file of job-seekers is loaded
        assert row.job_seekers == "non renseigné"
        for change in shift["changes"]:
            gained = set(change["communes"]) - set(shift["communes"])
            assert bool(gained) or not change["opened"]["residents"]


def test_the_command_imports_then_shows(site, tmp_path, capsys):
    path = tmp_path / "sites.csv"
    path.write_text(FILE)
    call_command("employers", "import", str(path), "--json")
    assert json.loads(capsys.readouterr().out)["sites"] == 1
    code = Site.objects.get().code
    call_command("employers", "site", code, "--json")
    assert json.loads(capsys.readouterr().out)["site"] == code
    with pytest.raises(CommandError, match="Site inconnu"):
        call_command("employers", "site", "nulle-part")
