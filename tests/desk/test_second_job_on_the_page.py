"""Two employers in one day, typed on the page: the second place of work and its hours."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.cache import caches

from tests.desk.named_questions import NOW, haute_loire  # noqa: F401
from traitdunion.desk import queries

WEEK = "".join(f"&jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
FIRST = (
    "/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&debut=08:00&fin=12:00&permis=aucun" + WEEK
)
SECOND = FIRST + "&travail2=Yssingeaux+(43)&debut2=14:00&fin2=18:00"
H = 3600


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\u00a0", " ")


def test_nothing_of_it_is_open_until_it_is_asked_for(client, sampled):
    html = read(client, FIRST)
    assert '<details class="roster" id="deuxieme-employeur">' in html
    assert sampled.asked[-1].second_work is None
    assert sampled.asked[-1].shift.periods == ()


def test_the_day_has_two_places_and_what_gives_it_out_carries_it(client, sampled):
    html = read(client, SECOND)
    asked = sampled.asked[-1]
    assert (asked.work.code_insee, asked.second_work.code_insee) == ("43157", "43268")
    assert asked.shift.periods == ((8 * H, 12 * H), (14 * H, 18 * H))
    assert (asked.shift.start_s, asked.shift.end_s) == (8 * H, 18 * H)
    assert "8 h – 12 h, puis 14 h – 18 h à Yssingeaux" in html
    assert "Et si l'horaire bougeait" not in html, "each employer moves its own hours"
    for address in ("/fiche/", "/partager/", "/et-si/"):
        link = next(
            link for link in re.findall(r'href="([^"]*)"', html) if link.startswith(address)
        )
        query = parse_qs(urlsplit(link).query)
        assert query["travail2"] == ["Yssingeaux (43)"], address
        assert (query["debut2"], query["fin2"]) == (["14:00"], ["18:00"])
    moved = read(client, SECOND.replace("/?", "/et-si/?"))
    assert "8 h – 12 h, puis 14 h – 18 h" in moved
    assert "7 h 30" not in moved, "one employer does not move the hours of the other"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ("&debut2=14:00&fin2=18:00", "Indiquez où travaille le deuxième employeur."),
        ("&travail2=Yssingeaux", "Indiquez l'heure de début du deuxième poste."),
        ("&travail2=Yssingeaux&debut2=14:00", "Indiquez l'heure de fin du deuxième poste."),
        ("&travail2=Yssingeaux&debut2=11:00&fin2=18:00", "Le premier poste finit à 12 h."),
        ("&travail2=Yssingeaux&debut2=14:00&fin2=09:00", "doivent tenir en 24 heures."),
        ("&travail2=Nulle-Part&debut2=14:00&fin2=18:00", "Aucune commune ne s'appelle"),
        (
            "&travail2=Yssingeaux&debut2=14:00&fin2=18:00&roulement=2026-11-30;1|lun|05:00|13:00",
            "posez une question par employeur",
        ),
    ],
)
def test_a_mistake_is_named_beside_its_field(client, sampled, fields, sentence):
    html = read(client, FIRST + fields)
    assert sentence in html
    assert 'id="deuxieme-employeur" open' in html
    assert sampled.asked == []


def test_a_child_to_drop_is_refused_in_words_beside_two_employers(client, sampled):
    body = {"besoin-enfant": "Langeac", "besoin-ouvre": "07:00", "besoin-ferme": "18:00"}
    response = client.post(SECOND.replace("/?", "/aides/?"), body)
    assert "Avec deux employeurs, posez une question par employeur." in response.content.decode()
    assert sampled.asked[-1].needs.child is None


@pytest.fixture
def asked(haute_loire, settings, monkeypatch):  # noqa: F811
    """The answers found over the demonstration, as they are drawn."""
    settings.TRAITDUNION_DATA_DIR = haute_loire
    caches["memory"].clear()
    kept, find_answer = [], queries.find_answer

    def found(situation, network):
        kept.append(find_answer(situation, network))
        return kept[-1]

    monkeypatch.setattr(queries, "find_answer", found)
    return kept


@pytest.mark.django_db
def test_the_page_the_sheet_the_message_and_the_calendar_say_the_way_between(client, asked):
    question = FIRST + "&travail2=Brives-Charensac+(43)&debut2=14:00&fin2=16:00"
    with time_machine.travel(NOW, tick=True):
        html = read(client, question)
        option = next(option for option in asked[-1].options if option.key == "transports")
        sheet = read(client, f"{question}&option=transports".replace("/?", "/fiche/?"))
        response = client.get(f"{question}&option=transports".replace("/?", "/agenda/?"))
    day = option.days[0]
    onward = [step for step in day.onward if step.kind == "ride"]
    # The bus C of the demonstration, each half hour from the place du Breuil.
    assert [(step.label, step.departure_s, step.arrival_s) for step in onward] == [
        ("Bus C vers Blavozy bourg", 13 * H + 33 * 60, 13 * H + 44 * 60)
    ]
    assert day.back[0].from_name == "Deuxième lieu de travail, Brives-Charensac"
    assert day.leave_work_s >= 16 * H + 300
    assert "Vers le deuxième lieu de travail, départ à 13 h 29" in re.sub("<[^>]*>", "", html)
    words = re.sub("<[^>]*>", "", sheet)
    assert "Pour aller au deuxième travail" in words
    assert "Ensuite, vous travaillez à Brives-Charensac." in words
    assert "Puis 13h29, Bus C 13h33" in words
    assert response.content.count(b"BEGIN:VEVENT") == 15, "five days, three ways each"
