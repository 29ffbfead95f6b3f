"""Which solutions of the catalogue are trips with hours, and on which days."""

from datetime import date

import pytest

from traitdunion import reach
from traitdunion.catalogue.exchange.yaml_file import CatalogueError
from traitdunion.catalogue.operations import load_catalogue
from traitdunion.catalogue.regular_trips import regular_trips

MONDAY = date(2026, 12, 7)
HEAD = """
structures:
  conducteurs: {nom: Conducteurs}
solutions:
"""
SOLUTION = """
  ligne:
    structure: conducteurs
    nom: Ligne du plateau
    description: Une ligne de covoiturage.
    type_solution: covoiturage
    statut: publie
    permis_requis: aucun
    zone_libre: true
    horaires_service: Mo-Fr 06:00-20:00; PH off
    detail: {forme: ligne, tolerance_min: 10, places: 3}
    arrets:
      - {ordre: 1, nom: Bourg, lat: 45.0, lon: 3.9, aller: "07:00", retour: "18:00"}
      - {ordre: 2, nom: Aire, lat: 45.1, lon: 3.9, retour: "17:45"}
      - {ordre: 3, nom: Ville, lat: 45.2, lon: 3.9, aller: "07:40", retour: "17:20"}
"""


@pytest.fixture
def trips(db, tmp_path):
    def read(text=SOLUTION, **changes):
        for before, after in changes.values():
            assert before in text
            text = text.replace(before, after)
        (tmp_path / "catalogue.yaml").write_text(HEAD + text)
        load_catalogue(tmp_path / "catalogue.yaml")
        return regular_trips(start=MONDAY, days=21)

    return read


def test_each_way_is_a_trip_through_the_places_that_have_its_hour(trips):
    out, back = trips()
    assert [(m.name, m.at_s) for m in out.meetings] == [("Bourg", 25_200), ("Ville", 27_600)]
    assert [(m.name, m.at_s) for m in back.meetings] == [
        ("Ville", 62_400), ("Aire", 63_900), ("Bourg", 64_800),
    ]  # fmt: skip
    assert (out.tolerance_s, out.route_type, out.operator) == (
        600,
        reach.CARPOOL,
        "Ligne du plateau",
    )


def test_it_runs_on_the_days_of_service_closures_and_holidays_left_out(trips):
    out, _ = trips(
        closed=("    detail:", "    fermetures: [{du: 2026-12-09, au: 2026-12-10}]\n    detail:")
    )
    assert date(2026, 12, 7) in out.runs
    assert not out.runs & {date(2026, 12, 9), date(2026, 12, 10)}
    assert not out.runs & {date(2026, 12, 12), date(2026, 12, 25)}  # a Saturday, Christmas


def test_it_runs_no_longer_than_it_is_valid(trips):
    out, _ = trips(
        valid=("    detail:", "    valide_du: 2026-12-07\n    valide_au: 2026-12-10\n    detail:")
    )
    assert out.runs == {date(2026, 12, day) for day in (7, 8, 9, 10)}


def test_a_night_shuttle_goes_on_past_midnight(trips):
    (out, _) = trips(
        kind=("type_solution: covoiturage", "type_solution: navette"),
        detail=("    detail: {forme: ligne, tolerance_min: 10, places: 3}\n", ""),
        late=('aller: "07:00"', 'aller: "23:50"'),
        arrive=('aller: "07:40"', 'aller: "00:20"'),
    )
    assert [m.at_s for m in out.meetings] == [85_800, 87_600]
    assert (out.tolerance_s, out.route_type) == (0, reach.SHUTTLE)


def test_an_hour_typed_too_early_is_a_mistake_and_not_the_next_day(trips):
    with pytest.raises(CatalogueError, match="les heures à l'aller reculent d'un arrêt au suivant"):
        trips(typo=('aller: "07:40"', 'aller: "06:40"'))


def test_hours_of_the_way_back_are_read_from_the_last_place(trips):
    with pytest.raises(CatalogueError, match="les heures au retour reculent"):
        trips(typo=('retour: "17:20"', 'retour: "19:20"'))


def test_a_trip_runs_within_its_dates_of_validity(trips):
    out, _ = trips(
        valid=("    horaires", "    valide_du: 2026-12-08\n    valide_au: 2026-12-10\n    horaires")
    )
    assert sorted(out.runs) == [date(2026, 12, day) for day in (8, 9, 10)]


def test_hitch_hiking_is_never_a_trip(trips):
    assert trips(kind=("forme: ligne", "forme: autostop")) == ()


def test_without_days_of_service_there_is_no_trip(trips):
    assert trips(hours=("    horaires_service: Mo-Fr 06:00-20:00; PH off\n", "")) == ()


def test_one_place_with_an_hour_is_no_trip(trips):
    (back,) = trips(one=(', aller: "07:40"', ""))
    assert back.trip_id == "ligne-retour"


def test_a_draft_is_not_on_the_road(trips):
    assert trips(state=("statut: publie", "statut: brouillon")) == ()
