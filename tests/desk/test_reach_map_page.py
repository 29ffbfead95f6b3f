"""The map of reach over HTTP: the drawing, the list, the table and the files say the same."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from traitdunion.desk import queries
from traitdunion.desk.reach_map import jobs
from traitdunion.networks.basemap import TILES
from traitdunion.observatory.enums import Mesure, Source
from traitdunion.observatory.models import CommuneFigure, InputFile

QUESTION = (
    "domicile=Langeac+(43)&jours=lun&jours=mar&jours=mer&jours=jeu&jours=ven"
    "&debut=08:00&fin=16:00&permis=aucun&velo=non"
)
pytestmark = pytest.mark.usefixtures("sampled")


def page(client, query: str = QUESTION) -> str:
    response = client.get(f"/carte/?{query}")
    assert response.status_code == 200
    return plain(response.content.decode())


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("&nbsp;", " ").replace("&#x27;", "'")


def rows_of(client, query: str = QUESTION) -> dict[str, dict[str, str]]:
    response = client.get(f"/carte/communes.csv?{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode("utf-8-sig")
    return {row["code_insee"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


def test_the_sentence_counts_what_is_sure_and_what_is_to_check(client):
    text = re.sub(r"<.*?>", "", page(client))
    assert "4 communes sur 6 permettent l'aller et le retour, pour un poste de 8 h à 16 h" in text
    assert "1 autre est à vérifier." in text


def test_offers_are_unknown_and_never_zero(client):
    text = page(client)
    assert "Nombre d'offres inconnu" in text
    assert "0 offre" not in text


@pytest.mark.parametrize("couleur", ["cout", "minutes"])
def test_drawing_legend_table_csv_and_geojson_are_equal(client, couleur):
    query = f"{QUESTION}&couleur={couleur}"
    text, rows = page(client, query), rows_of(client, query)
    drawn = {
        code: kind for kind, code in re.findall(
            r'class="reach-commune reach-commune--([\w-]+)" data-code="(\d+)"', text)
    }  # fmt: skip
    # Brioude has no outline.
    assert drawn == {code: row["classe"] for code, row in rows.items() if code != "43040"}
    swatch = r'reach-commune--([\w-]+)" x="1".*?<span class="reach__count">(\d+)</span>'
    counted = re.findall(swatch, text)
    assert {kind: int(n) for kind, n in counted if int(n)} == {
        kind: [row["classe"] for row in rows.values()].count(kind)
        for kind in {row["classe"] for row in rows.values()}
    }
    table = dict(re.findall(r'<tr id="c-(\d+)".*?</th><td>(.*?)</td>', text))
    assert {code: words.split(",")[0] for code, words in table.items()} == {
        code: row["aller_et_retour"] for code, row in rows.items()
    }
    features = client.get(f"/carte/communes.geojson?{query}").json()["features"]
    for feature in features:
        known, row = feature["properties"], rows[feature["properties"]["code_insee"]]
        assert known["classe"] == row["classe"]
        assert (known["minutes_aller"] or "") == (
            row["minutes_aller"] and int(row["minutes_aller"])
        )
        assert (feature["geometry"] is None) == (known["code_insee"] == "43040")


JOBS = {"43157": 15_870, "43268": 4_210}


def test_the_jobs_of_each_commune_are_the_same_on_the_page_and_in_the_files(client, monkeypatch):
    monkeypatch.setattr(queries, "job_places", lambda: JOBS)
    text, rows = page(client), rows_of(client)
    assert len(rows) > len(JOBS)
    features = client.get(f"/carte/communes.geojson?{QUESTION}").json()["features"]
    given = {one["properties"]["code_insee"]: one["properties"]["emplois"] for one in features}
    shown = dict(re.findall(r'<tr id="c-(\d+)".*?<td>([^<]*)</td></tr>', text))
    for code, row in rows.items():
        known = JOBS.get(code)
        assert row["emplois"] == ("" if known is None else str(known)), "unknown is never zero"
        assert given[code] == known
        words = "emplois non renseignés" if known is None else f"{known:,} emplois"
        assert shown[code].replace("\u202f", " ") == words.replace(",", " ")
    sure = sum(JOBS[code] for code in JOBS if rows[code]["aller_et_retour"] == "oui")
    sentence = re.sub(r"<.*?>", "", text).replace("\u202f", " ")
    assert f"{sure:,} emplois".replace(",", " ") + " y sont comptés par le recensement" in sentence
    assert "15 870 emplois" in sentence


def test_without_a_census_no_number_of_jobs_is_said(client):
    assert "y sont comptés" not in page(client)
    assert {row["emplois"] for row in rows_of(client).values()} == {""}


@pytest.mark.django_db
def test_the_jobs_are_those_of_the_census_in_use():
    file = InputFile.objects.create(
        source=Source.RECENSEMENT, nom="recensement.csv", vintage="2022", n_rows=2,
        loaded_at=datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip
    for code, value in (("43157", 15_870.4), ("43268", None)):
        CommuneFigure.objects.create(file=file, code_insee=code, mesure=Mesure.EMPLOIS, value=value)
    assert jobs.jobs_by_commune() == {"43157": 15_870}


def test_what_is_not_known_is_empty_in_the_files_and_said_on_the_page(client):
    brioude = rows_of(client)["43040"]
    assert (brioude["cout_mois_aides_sures_deduites_eur"], brioude["classe"]) == ("", "sans-prix")
    assert rows_of(client)["43132"]["cout_mois_aides_sures_deduites_eur"] == "8,00"
    text = page(client)
    assert "<strong>coût non renseigné</strong> · 1 h 03 · 4 jours sur 5" in text
    assert "coût non renseigné</span>" in text


def test_the_cheapest_or_the_quickest_come_first_and_the_home_is_no_line(client):
    names = re.compile(r'class="reach__name">(.*?)<')
    assert names.findall(page(client)) == ["Mazeyrat-d'Allier", "Le Puy-en-Velay", "Brioude"]
    quickest = names.findall(page(client, QUESTION + "&couleur=minutes"))
    assert quickest == ["Brioude", "Le Puy-en-Velay", "Mazeyrat-d'Allier"]


def test_each_line_leads_to_the_answers_of_the_same_question(client):
    address = re.search(r'<a href="(/\?[^"]*43157[^"]*)"', page(client))[1].replace("&amp;", "&")
    text = plain(client.get(address.split("#")[0]).content.decode())
    assert "Le Puy-en-Velay" in text
    assert "8 h – 16 h" in text


def test_hours_offered_keep_the_rest_of_the_question(client):
    night = re.search(r'<a href="(\?[^"]*)">21 h – 5 h</a>', page(client))[1].replace("&amp;", "&")
    text = page(client, night.removeprefix("?"))
    assert "pour un poste de 21 h à 5 h" in re.sub(r"<.*?>", "", text)
    assert re.search(r'aria-current="true">21 h – 5 h<', text)


def test_without_a_question_the_page_asks_one(client):
    text = page(client, "")
    assert "Où peut-on travailler depuis chez soi" in text
    assert '<svg class="reach__drawing"' not in text


@pytest.mark.parametrize("file", ["communes.csv", "communes.geojson"])
def test_files_of_a_mistaken_question_lead_back_to_the_page(client, file):
    response = client.get(f"/carte/{file}?domicile=Langac&debut=08:00")
    assert response.status_code == 302
    text = page(client, response["Location"].split("?", 1)[1])
    assert "Un point à corriger" in text or "points à corriger" in text


def test_a_name_is_written_and_never_run(client, monkeypatch):
    find_reach = queries.find_reach

    def named(situation, network):
        first, second, *others = find_reach(situation, network)
        place = replace(second.place, label="=<b>Le Puy</b>")
        return [first, replace(second, place=place), *others]

    monkeypatch.setattr(queries, "find_reach", named)
    assert "<b>Le Puy</b>" not in page(client)
    assert rows_of(client)["43157"]["commune"].startswith("'=")


def test_a_ground_of_elsewhere_is_named_and_allowed_on_this_page_alone(client, settings):
    settings.TRAITDUNION_MAP_STYLE = "https://fond.exemple.fr/plan.json"
    response = client.get(f"/carte/?{QUESTION}")
    assert 'data-style="https://fond.exemple.fr/plan.json"' in response.content.decode()
    assert "vient de fond.exemple.fr" in plain(response.content.decode())
    assert "connect-src 'self' https://fond.exemple.fr;" in response["Content-Security-Policy"]
    assert "exemple" not in client.get("/")["Content-Security-Policy"]


def test_tiles_are_asked_for_at_their_address():
    address = reverse("basemap-tile", args=[8, 130, 91])
    assert TILES.format(z=8, x=130, y=91) == address
