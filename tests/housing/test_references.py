"""Dated references: real files read twice, absent values left absent, ticks of an administrator."""

from collections import Counter
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from traitdunion.housing.enums import NatureReference
from traitdunion.housing.errors import HousingError
from traitdunion.housing.models import Reference, Verification
from traitdunion.housing.references.files import MIN_SALES, read_references
from traitdunion.housing.references.operations import import_rows, verify
from traitdunion.housing.references.queries import in_force, series
from traitdunion.sources.bounded import Unreadable

REAL = {
    "zones": "zonage_abc_43_juillet2024.csv",
    "ressources": "brs_plafonds_ressources.json",
    "prix": "series/plafonds_prix_psla_brs.csv",
    "irl": "series/irl_2022_2026.csv",
    "icc": "series/icc_2017_2021.csv",
    "livret-a": "series/livret_a.csv",
    "loyers": "loyers_m2_communes_43_2018_2022.csv",
    "lovac": "lovac_communes_43.json",
    "rpls": "rpls_2024_communes_43.csv",
    "dvf": "dvf_2024_dep54_sample.csv.gz",
}


@pytest.fixture
def real(shared):
    folder = shared / "housing"
    if not folder.is_dir():
        pytest.skip("the shared folder holds no housing file")
    return folder


@pytest.mark.django_db
@pytest.mark.parametrize("kind", REAL)
def test_a_real_file_twice_changes_nothing_the_second_time(real, kind, now):
    reading = read_references(kind, real / REAL[kind])
    first = import_rows(reading.rows, now=now)
    again = import_rows(reading.rows, now=now)
    assert first.written == Reference.objects.count() > 0
    assert (again.written, again.same) == (0, len(reading.rows))


def test_the_real_zones_of_the_departement(real):
    rows = read_references("zones", real / REAL["zones"]).rows
    assert Counter(row.valeur for row in rows) == {"C": 252, "B2": 5}
    assert {row.depuis for row in rows} == {date(2024, 7, 5)}


def test_a_secret_commune_and_an_absent_ceiling_give_no_row(real):
    lovac = read_references("lovac", real / REAL["lovac"])
    assert lovac.aside == {"commune couverte par le secret": 257 - len(lovac.rows)}
    prices = read_references("prix", real / REAL["prix"])
    assert max(row.depuis.year for row in prices.rows) == 2020
    assert prices.aside == {"valeur absente": 30}


def test_sales_are_grouped_and_those_set_aside_are_counted(real):
    reading = read_references("dvf", real / REAL["dvf"])
    assert all(int(row.note.split()[0]) >= MIN_SALES for row in reading.rows)
    assert all(row.cle.startswith("54") for row in reading.rows)
    assert reading.aside["autre chose qu'une vente"] > 0
    assert reading.aside["plusieurs logements à la fois"] > 0


DVF_HEAD = (
    "id_mutation,date_mutation,nature_mutation,valeur_fonciere,code_commune,type_local,"
    "surface_reelle_bati\n"
)


def test_a_value_repeated_on_each_line_of_a_mutation_counts_once(tmp_path):
    """Eleven houses of 100 m² at 100 000, 110 000 … 200 000 €: the median is 1 500 €/m²."""
    lines = []
    for n in range(11):
        price = 100_000 + 10_000 * n
        lines += [f"{n},2024-05-01,Vente,{price},43112,Maison,100"] * 2
        lines.append(f"{n},2024-05-01,Vente,{price},43112,Dépendance,")
    lines.append("20,2024-05-01,Vente,1,43112,Maison,100")
    lines.append("21,2024-05-01,Vente,300000,43112,Maison,90")
    lines.append("21,2024-05-01,Vente,300000,43112,Maison,110")
    lines.append("22,2024-05-01,Vente,90000,43112,Appartement,60")
    file = tmp_path / "dvf.csv"
    file.write_text(DVF_HEAD + "\n".join(lines), "utf-8")
    reading = read_references("dvf", file)
    assert [(row.nature, row.valeur, row.note) for row in reading.rows] == [
        ("prix_maison", "1500", "11 ventes")
    ]
    assert reading.aside == {
        "prix au m² hors bornes": 1,
        "plusieurs logements à la fois": 1,
        "ventes trop peu nombreuses pour une médiane": 1,
    }


@pytest.mark.parametrize(
    ("kind", "text"),
    [("zones", "a;b\n1;2"), ("irl", "year;quarter\n1;2"), ("lovac", "{"), ("nul", "")],
)
def test_a_file_of_another_kind_is_refused(tmp_path, kind, text):
    file = tmp_path / "x.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(Unreadable):
        read_references(kind, file)


IRL_FILE = "year;quarter;value;source;mark\n2026;1;146.60;INSEE;1 secondary source\n"


def imported(tmp_path, text, now):
    file = tmp_path / "irl.csv"
    file.write_text(text, "utf-8")
    return import_rows(read_references("irl", file).rows, now=now)


def test_a_value_that_changed_is_added_and_the_former_stays(ofs, tmp_path, now):
    imported(tmp_path, IRL_FILE, now)
    assert imported(tmp_path, IRL_FILE.replace("146.60", "146.61"), now).written == 1
    rows = Reference.objects.filter(nature="irl", cle="2026T1").order_by("pk")
    assert [row.valeur for row in rows] == ["146.60", "146.61"]
    value = series(NatureReference.IRL, ofs.organisation)["2026T1"]
    assert (str(value.figure), value.state) == ("146.61", "à vérifier")


def test_a_ceiling_serves_its_own_year_only(ofs):
    row = Reference.objects.create(
        nature=NatureReference.PLAFOND_PRIX, cle="C", depuis=date(2020, 1, 1), valeur="2263",
        source="BOI-BAREME-000016", confiance="lue", ecrite_le=ofs.now,
    )  # fmt: skip
    ask = {"organisation": ofs.organisation}
    verify(by=ofs.admin, reference=row, source="BOI-BAREME-000016", now=ofs.now, **ask)
    assert in_force(NatureReference.PLAFOND_PRIX, "C", on=date(2020, 6, 1), **ask).verified
    absent = in_force(NatureReference.PLAFOND_PRIX, "C", on=date(2026, 6, 1), **ask)
    assert (absent.figure, absent.state) == (None, "non renseigné")


def test_a_row_is_ticked_once_by_an_administrator_with_a_source(ofs):
    ofs.index()
    row = Reference.objects.first()
    ask = {"organisation": ofs.organisation, "reference": row, "now": ofs.now}
    with pytest.raises(PermissionDenied):
        verify(by=ofs.keeper, source="JO", **ask)
    with pytest.raises(HousingError, match="source"):
        verify(by=ofs.admin, source=" ", **ask)
    verify(by=ofs.admin, source="JO", **ask)
    with pytest.raises(HousingError, match="déjà vérifiée"):
        verify(by=ofs.admin, source="JO", **ask)
    assert Verification.objects.count() == 1
    # Ticked for one organisation, not for another.
    assert not in_force(row.nature, row.cle, on=date(2026, 11, 1), organisation=ofs.other).verified
