"""Inhabited squares: read as Insee publishes them, shared out by commune, figures by hand."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from straight_road import place

from tests.observatory.test_worked_by_hand import GROUND, HOMES, QUESTION, value
from traitdunion.observatory.models import Carreau, InputFile
from traitdunion.observatory.running.computing import compute
from traitdunion.observatory.running.figures import figures_of, homes_frame
from traitdunion.observatory.running.gathering import gather, lived_in
from traitdunion.sources.bounded import Unreadable
from traitdunion.sources.insee_squares import degrees_of, read_squares

CORSICA = Path(__file__).parents[3] / "shared/data/people/carreaux_1km_corse_2015.gpkg"
# N and E of the south-west corner; 45.1004 N 3.4958 E is in the first, by Langeac.
HERE = ("CRS3035RES200mN2465400E3808800", "CRS3035RES200mN2465600E3808800")
CSV = "idcar_200m,i_est_200,lcog_geo,ind,men\n"


def test_the_centre_of_a_square_is_where_the_projection_says():
    """The worked example of IOGP's guidance note 7-2 for ETRS89-LAEA: 5° E, 50° N."""
    assert degrees_of(3_962_799.45, 2_999_718.85) == pytest.approx((50, 5), abs=1e-7)
    assert degrees_of(4_321_000, 3_210_000) == pytest.approx((52, 10), abs=1e-12)


def test_squares_of_a_csv_are_read_with_their_traps():
    """Fractions of people, imputed squares, empty ones, one given twice, one of no size we know."""
    rows = (
        f"{HERE[0]},0,43112,12.5,5\n{HERE[1]},1,43112,3,1\n{HERE[1]},1,43112,3,1\n"
        "CRS3035RES200mN2465800E3808800,0,43112,0,0\nCRS3035RES500mN1E1,0,43112,4,1\n"
    )
    read = read_squares((CSV + rows).encode())
    assert read.size_m == 200
    assert [(s.name, s.people, s.commune) for s in read.squares] == [
        (HERE[0], 12.5, "43112"), (HERE[1], 3, "43112")]  # fmt: skip
    notes = " ".join(read.notes)
    assert "1 lignes sans carreau" in notes
    assert "1 carreaux donnés deux fois" in notes
    assert "1 carreaux dont les habitants sont imputés" in notes


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"a,b\n1,2\n", "données carroyées"),
     ((CSV + f"{HERE[0]},0,,2,1\nCRS3035RES1000mN2455000E3809000,0,,2,1\n").encode(), "mêlés"),
     (b"SQLite format 3\0 cut", "GeoPackage")],
)  # fmt: skip
def test_another_file_is_refused_with_what_to_take(content, said):
    with pytest.raises(Unreadable, match=said):
        read_squares(content)


def test_a_geopackage_is_read_by_its_table_of_features(tmp_path):
    path = tmp_path / "carreaux.gpkg"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT)")
        made.execute("CREATE TABLE cars (fid INTEGER, geom BLOB, Idcar_200m TEXT(40), Ind REAL)")
        made.execute("CREATE VIEW trap AS SELECT * FROM cars")
        made.executemany("INSERT INTO gpkg_contents VALUES (?, 'features')", [("cars",), ("trap",)])
        made.execute("INSERT INTO cars VALUES (1, x'00', ?, 7.5)", [HERE[0]])
    made.close()
    (square,) = read_squares(path.read_bytes()).squares
    assert (square.name, square.people, square.commune) == (HERE[0], 7.5, "")


@pytest.mark.skipif(not CORSICA.exists(), reason="the squares of Corsica are not on this machine")
def test_the_squares_of_corsica_are_all_read():
    read = read_squares(CORSICA.read_bytes())
    assert (read.size_m, len(read.squares), sum(s.people for s in read.squares)) == (
        1000, 2994, 270_859)  # fmt: skip
    assert all(41.3 < s.lat < 43.1 and 8.5 < s.lon < 9.6 for s in read.squares)
    assert "2162 carreaux dont les habitants sont imputés" in " ".join(read.notes)


def test_the_people_of_a_commune_are_shared_out_over_its_squares():
    """40 people in squares of 30 and 10: three quarters and one; no square, the chef-lieu."""
    centres = [place(0, "Langeac", "43112"), place(20_500, "Le Puy", "43157")]
    cells = {"43112": [(45.0, 3.0, 30.0), (45.1, 3.1, 10.0)]}
    homes, commune_of, people = lived_in(centres, np.array([80.0, 7.0]), cells)
    assert [(home.lat, home.lon) for home in homes[:2]] == [(45.0, 3.0), (45.1, 3.1)]
    assert homes[2] == centres[1]
    assert commune_of.tolist() == [0, 0, 1]
    assert people.tolist() == [60, 20, 7]


def test_a_figure_by_squares_is_the_one_worked_by_hand():
    """Sixty of the hundred of Langeac live 500 m before stop A, forty 8 km before it: by day the
    bus serves the sixty, who reach the 1,000 jobs, and the three hundred of Le Puy are there.
    """
    far = place(-7_500, "Langeac", "43112")
    cells = {"43112": [(HOMES[0].lat, HOMES[0].lon, 30.0), (far.lat, far.lon, 20.0)]}
    homes, commune_of, people = lived_in(HOMES, np.array([100.0, 300, 50]), cells)
    ground = replace(GROUND, homes=homes, commune_of=commune_of, people=people, by_cells=True)
    question = replace(QUESTION, ground=ground)
    rows = slice(0, 4)
    frame = homes_frame(question, rows, compute(question, question.week_of_sites(), rows))
    figures = figures_of(frame, ground)
    assert value(figures, "W1", "journee") == pytest.approx(360 / 450)
    langeac = {"niveau": "commune", "code": "43112"}
    assert value(figures, "W1", "journee", **langeac) == pytest.approx(0.6)
    assert value(figures, "A2_60", "journee", **langeac) == pytest.approx(600)


def test_squares_are_loaded_by_outline_where_the_file_gives_no_commune(site, tmp_path):
    rows = f"{HERE[0]},0,,30,9\n{HERE[1]},0,43157,10,4\nCRS3035RES200mN1E1,0,,5,2\n"
    path = tmp_path / "carreaux.csv"
    path.write_text(CSV + rows)
    call_command("observatory", "load", "carreaux", str(path))
    squares = Carreau.objects.values_list("identifiant", "code_insee", "people")
    assert sorted(squares) == [(HERE[0], "43112", 30.0), (HERE[1], "43157", 10.0)]
    assert "1 carreaux hors des communes" in " ".join(InputFile.objects.get().faults)
    ground = gather("43", with_sites=False)
    assert ground.by_cells
    assert len(ground.homes) == 4
    assert ground.homes[ground.communes.index("43112")].lat == pytest.approx(45.1, abs=0.02)
