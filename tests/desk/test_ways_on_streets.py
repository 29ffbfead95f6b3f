"""How the page tells ways computed on streets from those that are estimated."""

import json
import re

import pytest

pytestmark = pytest.mark.usefixtures("sampled")
QUESTION = (
    "/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&jours=lun&jours=mar"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)


def page(client) -> str:
    return client.get(QUESTION).content.decode().replace("\u00a0", " ")


def test_without_streets_every_way_is_estimated(client):
    text = page(client)
    assert "(estimé)" in text
    assert "calculé sur les rues" not in text.lower()
    assert "OpenStreetMap" not in text


def test_ways_on_streets_say_so_and_name_their_source(client, sampled, samples):
    sampled.answer = lambda situation: samples.on_streets(samples.sample_answer(situation))
    text = page(client)
    assert "(calculé sur les rues)" in text
    assert "(estimé)" not in text
    assert ">Estimé<" not in re.sub(r"<li id=\"estime\">.*?</li>", "", text, flags=re.DOTALL)
    assert "extrait haute-loire.osm.pbf importé le 25/11/2026, relief altitudes.tif" in text
    assert 'href="https://www.openstreetmap.org/copyright"' in text
    assert text.count("Rues © les contributeurs d&#x27;OpenStreetMap") + text.count(
        "Rues © les contributeurs d'OpenStreetMap"
    ) == text.count("data-canvas")


def test_the_line_of_a_ride_is_not_told_to_be_on_streets(client, sampled, samples):
    sampled.answer = lambda situation: samples.on_streets(samples.sample_answer(situation))
    rides = re.findall(r'<li class="step step--ride">.*?</li>', page(client), re.DOTALL)
    assert rides
    assert not any("sur les rues" in ride for ride in rides)


def test_the_map_is_given_the_bends_of_the_way(client, sampled, samples):
    answer = samples.on_streets(samples.sample_answer())
    sampled.answer = lambda situation: answer
    drawn = re.search(r'<script id="carte-1" type="application/json">(.*?)</script>', page(client))
    lines = json.loads(drawn[1])["lines"]["features"]
    first = answer.options[0].days[0].out[0]
    assert lines[0]["geometry"]["coordinates"] == [[lon, lat] for lat, lon in first.points]
    assert len(first.points) == 3
