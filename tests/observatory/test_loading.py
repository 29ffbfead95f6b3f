"""Files of Insee: figures kept, secrets never 0, traps reported; a run after they came."""

import json

import numpy as np
import polars as pl
import pytest
from django.core.management import CommandError, call_command

from traitdunion.observatory import indicators
from traitdunion.observatory.models import CommuneBassin, CommuneFigure, CommuneFlow, InputFile
from traitdunion.observatory.running.ground import crow_km
from traitdunion.sources import insee_communes
from traitdunion.sources.bounded import Unreadable
from traitdunion.sources.carpool_register import read_shared_rides

CENSUS = (
    "CODGEO;P22_POP;P16_POP;P22_EMPLT;P22_POP1564;P22_CHOM1564;P22_ACT1564;P22_MEN;MED21\n"
    "43112;3700;3900;1500;2100;200;1400;1800;19000\n"
    "43157;19000;18000;16000;11000;1500;8000;10000;21000\n"
    "43062;400;410;60,5;240;15;180;190;s\n"
    "43132;90;80;s;50;2;40;45;20000\n"
)
FLOWS = "COMMUNE,DCLT,IPONDI\n43112,43157,4.5\n43112,43157,5.5\n43062,43112,3\n43062,99999,2\n"
BASINS = "CODGEO;BV2022\n43112;43112\n43157;43157\n43062;43112\n43132;43112\n"
CARS = "CODGEO,P22_RP,P22_RP_VOIT1P\n43112,1800,1500\n43157,10000,7000\n"
RIDES = "journey_start_insee;journey_start_date;journey_end_insee;has_incentive\n" + "".join(
    f"{start};2025-{month:02}-03;43157;{aided}\n"
    for start, month, aided, n in (
        ("43112", 1, "OUI", 120), ("43112", 2, "NON", 120), ("43062", 2, "NON", 20),
        ("", 2, "NON", 1),
    )
    for _ in range(n)
)  # fmt: skip


def test_a_secret_figure_is_unknown_and_the_last_year_is_read():
    read = insee_communes.read_census(CENSUS.encode())
    assert read.vintage == "2022"
    assert read.rows["43062"] == {
        "population": 400, "emplois": 60.5, "population_15_64": 240, "chomeurs": 15,
        "actifs": 180, "menages": 190, "revenu_median": None,
    }  # fmt: skip
    assert read.rows["43132"]["emplois"] is None
    notes = " ".join(read.notes)
    assert "emplois : 1 communes secrètes" in notes
    assert "1 communes de moins de 100 habitants" in notes
    assert "sens du recensement" in notes


def test_weighted_commuters_are_summed_and_absent_pairs_are_no_zeros():
    read = insee_communes.read_flows(FLOWS.encode())
    assert read.flows == {("43112", "43157"): 10, ("43062", "43112"): 3}
    assert "n'est pas un zéro" in " ".join(read.notes)
    assert "étranger" in " ".join(read.notes)


@pytest.mark.parametrize("name", ["census", "flows", "basins", "car_ownership"])
def test_a_file_of_another_kind_is_refused_with_where_to_find_the_right_one(name):
    with pytest.raises(Unreadable, match=r"Prenez|INSEE"):
        getattr(insee_communes, f"read_{name}")(b"CODGEO;rien\n43112;1\n")
    with pytest.raises(Unreadable):
        getattr(insee_communes, f"read_{name}")(b"")


@pytest.mark.django_db
def test_after_its_files_came_a_site_shows_jobs_equity_and_cars(site, tmp_path, capsys):
    def call(*words):
        call_command("observatory", *map(str, words), "--json")
        return json.loads(capsys.readouterr().out)

    for source, text in (
        ("recensement", CENSUS), ("flux", FLOWS), ("bassins", BASINS), ("equipement", CARS),
        ("covoiturage", RIDES),
    ):  # fmt: skip
        path = tmp_path / f"{source}.csv"
        path.write_text(text, "utf-8")
        loaded = call("load", source, path, "--vintage", "2022")
        publisher = "Insee" if source != "covoiturage" else "Registre de preuve de covoiturage"
        assert (loaded["publisher"], loaded["licence"]) == (publisher, "Licence Ouverte 2.0")
    waiting = {row["indicator"] for row in call("setup") if not row["ready"]}
    # What no importer reads yet, written here by hand.
    assert waiting == {"W6", "W6_PLANCHER", "W8", "W8_PERTE", "A7", "A8", "S7", "S7_KM",
                       "N10", "N12"}  # fmt: skip
    made = call("run")
    assert made["manifest"]["territoire"]["poles_par"] == "flux"
    assert {file["sha256"] for file in made["manifest"]["fichiers"]} == set(
        InputFile.objects.values_list("sha256", flat=True)
    )

    def value(indicator, code, shift="journee"):
        (row,) = call("show", made["run"], "--indicator", indicator, "--shift", shift,
                      "--territory", code)["rows"]  # fmt: skip
        return row["value"]

    # Those who live in Le Puy reach its 16,000 jobs at least.
    assert value("A2_60", "43157") >= 16_000
    assert value("A1_60", "43157") >= value("A1_30", "43157")
    assert value("S9", "43") == round(3_300 / 11_800, 2)
    # 260 rides leave Langeac and Chanteuges in two months, 120 of them aided.
    assert (value("S8", "43"), value("S8", "43112")) == (130, 120)
    assert value("S8_AIDES", "43") == round(120 / 260, 2)
    assert value("W1", "43112", "journee") in (0, 1)
    basin = CommuneBassin.objects.get(code_insee="43062")
    assert (basin.bassin, basin.nom) == ("43112", "Langeac")
    assert 0 <= value("W1", "bassin:43112") <= 1
    # A commune whose flows lead nowhere known has no pole: unknown, and not 0.
    with pytest.raises(CommandError, match="non renseigné"):
        call("show", made["run"], "--indicator", "W1", "--territory", "43157")

    again = call("load", "flux", tmp_path / "flux.csv")
    assert again["rows"] == 2
    assert CommuneFlow.objects.count() == 2
    assert CommuneFigure.objects.filter(value=None).count() == 2


def test_the_census_of_a_real_departement_is_read_whole(shared):
    content = (shared / "people" / "rp2022_communes_43.csv").read_bytes()
    read = insee_communes.read_census(content)
    assert len(read.rows) == 257
    secret = [row for row in read.rows.values() if row["revenu_median"] is None]
    assert len(secret) == 39
    reference = (shared / "territory" / "reference_communes_43.csv").read_bytes()
    assert len(insee_communes.read_basins(reference).basins) == 257
    assert len(insee_communes.read_car_ownership(reference).rows) == 257


MILLAU = {
    "12002", "12070", "12072", "12084", "12086", "12145", "12160", "12178", "12180", "12200",
    "12204", "12211", "12225", "12293", "48131",
}  # fmt: skip
"""The communes of the intercommunalité of Millau: all who live or work in one were observed."""


def test_a_model_of_flows_is_fitted_on_the_pairs_observed_of_real_commuters(shared):
    """Around Millau, up to 100 km, 2 km within a commune: the published fit, to the third digit.

    A pair with an end in the intercommunalité and no flow is a zero; the others were not observed.
    Left out too, those zeros give 0.203 and flatter the fit (CPC 0.933).
    """
    content = (shared / "jobs" / "mobpro2017_millau_individus.csv").read_bytes()
    flows = insee_communes.read_flows(content).flows
    assert all(MILLAU & set(pair) for pair in flows)
    places = pl.read_csv(
        shared / "territory" / "chefs_lieux_ign2023_france.csv", infer_schema=False
    )
    where = {
        row["insee"]: (float(row["lat_cheflieu"]), float(row["lon_cheflieu"]))
        for row in places.iter_rows(named=True)
    }
    pairs = {pair: n for pair, n in flows.items() if pair[0] in where and pair[1] in where}
    homes, works = (sorted({pair[end] for pair in pairs}) for end in (0, 1))
    # Great-circle kilometres come as (W, H).
    km = crow_km(np.array([where[c] for c in works]), np.array([where[c] for c in homes])).T
    km[np.array(homes)[:, None] == np.array(works)] = 2.0
    seen = np.zeros(km.shape)
    for (home, work), people in pairs.items():
        seen[homes.index(home), works.index(work)] = people
    seen[km > 100] = 0
    inside = np.isin(homes, list(MILLAU))[:, None] | np.isin(works, list(MILLAU))
    rows, columns = seen.sum(axis=1) > 0, seen.sum(axis=0) > 0
    seen, km, observed = (table[rows][:, columns] for table in (seen, km, inside & (km <= 100)))
    fit = indicators.fit_gravity(seen, km, observed)
    assert fit["beta"] == pytest.approx(0.195, abs=0.0005)
    assert fit["CPC"] == pytest.approx(0.889, abs=0.001)
    assert fit["SRMSE"] == pytest.approx(1.289, abs=0.005)
    assert fit["at_zero"]["CPC"] == pytest.approx(0.837, abs=0.001)
    # The whole matrix takes pairs that were not observed for zeros.
    assert indicators.fit_gravity(seen, km)["beta"] < 0.06


@pytest.mark.django_db
def test_a_file_of_another_departement_makes_nothing_ready_here(site, tmp_path, settings, capsys):
    path = tmp_path / "recensement.csv"
    path.write_text(CENSUS, "utf-8")
    call_command("observatory", "load", "recensement", str(path), "--json")
    call_command("observatory", "poles", "Langeac", "--json")
    settings.TRAITDUNION_DEPARTEMENT = "48"
    capsys.readouterr()
    call_command("observatory", "setup", "--json")
    assert not any(row["ready"] for row in json.loads(capsys.readouterr().out))


def test_shared_rides_are_counted_by_month_and_their_losses_named():
    read = read_shared_rides(RIDES.encode())
    assert read.vintage == "2025-01 à 2025-02"
    assert read.rows == {
        "43112": {"covoiturages": 120, "covoiturages_aides": 60},
        "43062": {"covoiturages": 10, "covoiturages_aides": 0},
    }
    assert any(note.startswith("1 lignes") for note in read.notes)
    before_2021 = RIDES.replace(";has_incentive", ";x").encode()
    assert read_shared_rides(before_2021).rows["43112"]["covoiturages_aides"] is None
    with pytest.raises(Unreadable, match="journey_start_insee"):
        read_shared_rides(b"CODGEO;x\n43112;1\n")


def test_a_code_that_lost_its_zero_is_read():
    """Tables written by spreadsheets drop the first zero of the codes of Ain, 01001."""
    read = read_shared_rides(b"journey_start_insee;journey_start_datetime\n1001;2025-03-01T08:00\n")
    assert list(read.rows) == ["01001"]
