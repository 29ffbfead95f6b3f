"""The first page over HTTP: whole, in part, with answers, with mistakes, never a 500."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from traitdunion.desk import queries
from traitdunion.matching.answer import Filtre, Finding, Verdict

pytestmark = pytest.mark.usefixtures("sampled")
REAL_COVERED_DATES = queries.covered_dates
WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
QUESTION = (
    f"/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&{WEEK}"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)


class Outline(HTMLParser):
    """Headings, ids and references of a page, to check its structure."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in values:
            self.ids.append(values["id"])
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.references += (values.get(name) or "").split()
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not values.keys() & {"src", "type"}):
            self.inline.append(tag)


def page(client, url: str, **headers: str) -> str:
    """Text of a page that must be found, without its spaces that do not break."""
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def test_before_any_question_the_page_explains_and_gives_an_example_that_works(client):
    text = page(client, "/")
    assert "L'aller <em>et</em> le retour, à l'heure du poste" in text
    assert "erreurs" not in text
    example = re.search(r'href="(\?[^"]+)">Voir un exemple', text)[1].replace("&amp;", "&")
    assert "Oui : 3 solutions, aller et retour, et 1 à vérifier" in page(client, "/" + example)


def test_the_answers_are_told_in_full(client):
    text = page(client, QUESTION)
    for said in (
        "Train et marche",
        "5 jours sur 5",
        "4 jours sur 5",
        "sauf vendredi",
        "<strong>1 h 19</strong> aller",
        "<strong>1 h 30</strong> retour",
        "46,50 €",
        "par mois, sans aide",
        "Tout de suite",
        "Sous 14 jours",
        "Guichet de la gare de Langeac",
        'href="tel:0471000001"',
        "Acheter l'abonnement",
        "Pourquoi pas ?",
        "Transport à la demande du Haut-Allier",
        "Estimé",
        "réseau de démonstration de la Haute-Loire",
    ):
        assert said in text.replace("&#x27;", "'"), said


def test_what_serves_elsewhere_is_folded_and_counted(client, sampled, samples):
    answer = samples.sample_answer()
    zone = (Finding(Verdict.NON, "Domicile hors de la zone.", Filtre.ZONE),)
    far = [replace(option, checks=zone) for option in answer.excluded[:2]]
    near = answer.excluded[2]
    sampled.answer = lambda situation: replace(answer, excluded=(far[0], near, far[1]))
    text = page(client, QUESTION)
    assert (
        'Pourquoi pas les autres ? <span class="fold__count fold__count--long">3 écartées : '
        in text
    )
    shown, folded = text.split('<section class="excluded" id="ecartees"')[1].split("<details")[:2]
    assert near.title in shown
    assert "2 autres ne desservent pas ce trajet" in folded
    for option in far:
        assert option.title not in shown
        assert option.title in folded


def test_the_demonstration_is_said_on_every_page(client):
    said = "Réseau et catalogue de démonstration"
    assert said in page(client, "/")
    assert said in page(client, QUESTION)
    assert said in client.get("/nulle-part").content.decode()


def test_real_data_bears_no_banner(client, monkeypatch):
    monkeypatch.setattr(queries, "is_demonstration", lambda: False)
    assert "Réseau et catalogue de démonstration" not in page(client, "/")


@pytest.mark.parametrize("url", ["/", QUESTION, "/?domicile=Langac&travail=Saint-Julien"])
def test_every_page_is_well_built(client, url):
    outline = Outline(page(client, url))
    assert outline.headings.count(1) == 1  # RGAA 9.1
    assert all(
        after <= before + 1
        for before, after in zip(outline.headings, outline.headings[1:], strict=False)
    )
    assert len(set(outline.ids)) == len(outline.ids)  # RGAA 8.2
    assert set(outline.references) <= set(outline.ids), set(outline.references) - set(outline.ids)
    assert outline.inline == []  # a strict content policy would refuse them


def test_mistakes_stand_next_to_the_field_and_in_a_summary(client):
    text = page(client, "/?domicile=Langac&travail=&debut=21:00&fin=5h").replace("&#x27;", "'")
    assert "4 points à corriger" in text
    assert '<a href="#id_domicile">Domicile</a>' in text
    assert 'id="id_domicile_error"' in text
    assert 'aria-invalid="true"' in text
    assert "Est-ce un poste de nuit ?" in text
    assert "nuit=1" in text


def test_with_no_solution_the_page_says_what_blocks_and_what_to_do(client, sampled, samples):
    answer = samples.sample_answer()
    sampled.answer = lambda situation: replace(
        answer, options=(), excluded=(*answer.excluded, answer.options[2])
    )
    text = page(client, QUESTION).replace("&#x27;", "'")
    assert "Rien ne convient pour l'instant" in text
    assert "Ce qui bloque le plus souvent" in text
    assert "Commencer à 8 h 30" in text
    assert "debut=08%3A30" in text
    assert "Ne garder que ces jours" in text
    assert "jours=lun&amp;jours=mar&amp;jours=mer&amp;jours=jeu&amp;debut" in text


def test_with_nothing_at_all_the_page_still_stands(client, sampled, samples):
    sampled.answer = lambda situation: replace(samples.sample_answer(), options=(), excluded=())
    assert "Rien ne convient" in page(client, QUESTION)


def test_without_a_network_the_page_says_so(client, monkeypatch):
    def none():
        raise queries.NoNetworkError

    monkeypatch.setattr(queries, "active_network", none)
    assert "Aucun réseau de transport" in page(client, "/")
    assert "Aucun réseau de transport" in page(client, QUESTION)


@pytest.mark.parametrize(
    "query",
    [
        "domicile=%00&travail=%ff%fe&debut=%00&fin=99:99&semaine=0000-00-00&nuit=%00",
        "domicile=" + "é" * 20_000,
        "jours=lun&jours=lun&jours=lun&jours=zzz&permis=&permis=b&velo=1",
        "domicile[]=Langeac&travail[$ne]=1&debut=-1&fin=1e9",
        "semaine=9999-12-31&domicile=Langeac&travail=43157&jours=dim&debut=0:00&fin=23:59",
        "domicile=%F0%9F%9A%B2&travail=%7B%7Bconfig%7D%7D&debut=%25s",
        "domicile=Langeac&travail=43157&jours=lun&debut=8h&fin=16h&semaine=-1",
        "nuit=" + "1" * 5000,
    ],
)
def test_a_hostile_address_never_breaks_the_page(client, query):
    assert client.get("/?" + query).status_code == 200


def test_too_many_parameters_are_refused_politely(client):
    response = client.get("/?" + "&".join(["jours=lun"] * 2000))
    assert response.status_code == 400
    assert "illisible" in response.content.decode()


def test_what_is_typed_is_never_code(client):
    text = page(client, "/?domicile=" + quote("<script>alert(1)</script>"))
    assert "<script>alert" not in text


def test_an_address_of_the_catalogue_that_is_no_web_address_is_not_a_link(client, sampled, samples):
    answer = samples.sample_answer()
    bad = replace(answer.options[0], lien="javascript:alert(1)")
    sampled.answer = lambda situation: replace(answer, options=(bad,))
    assert "javascript:" not in page(client, QUESTION)


def test_pages_forbid_what_they_do_not_use(client):
    headers = client.get("/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "worker-src blob:" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert not client.get(QUESTION).cookies


def test_the_page_only_reads(client):
    assert client.post("/").status_code == 405


def test_communes_are_suggested_as_one_types(client):
    found = json.loads(client.get("/communes/?q=lan").content)["communes"]
    assert found[0] == {"label": "Langeac (43)", "code_insee": "43112"}
    assert json.loads(client.get("/communes/").content) == {"communes": []}


@pytest.mark.parametrize("text", ["%00", "x" * 20_000, "%ff", "%25"])
def test_hostile_suggestions_never_break(client, text):
    assert client.get("/communes/?q=" + text).status_code == 200


@pytest.mark.parametrize("query", ["", "code=43112&code=43157", "code=%00&code=zz", "code=" * 50])
def test_contours_are_geojson_whatever_is_asked(client, query):
    response = client.get("/contours/?" + query)
    assert json.loads(response.content)["type"] == "FeatureCollection"


def test_an_address_nobody_knows_gets_a_page_in_the_same_theme(client):
    response = client.get("/nulle-part")
    assert response.status_code == 404
    assert "Cette page n'existe pas" in response.content.decode()


def test_a_breakdown_gets_a_page_in_the_same_theme(client, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(queries, "find_answer", broken)
    client.raise_request_exception = False
    response = client.get(QUESTION)
    assert response.status_code == 500
    assert "Le site n'a pas pu répondre" in response.content.decode()


def test_the_covered_dates_are_the_first_and_the_last_day_of_the_timetable():
    timetable = SimpleNamespace(start=date(2026, 11, 2), days=7)
    network = SimpleNamespace(timetable=timetable)
    assert REAL_COVERED_DATES(network) == (date(2026, 11, 2), date(2026, 11, 8))


def test_options_that_are_all_to_check_are_not_called_ways_to_go(client, monkeypatch):
    told = queries.find_answer

    def unsure(situation, network):
        found = told(situation, network)
        options = tuple(replace(o, verdict=Verdict.A_VERIFIER) for o in found.options)
        return replace(found, options=options)

    monkeypatch.setattr(queries, "find_answer", unsure)
    title = page(client, QUESTION).split('id="titre-reponses"')[1].split("</h1>")[0]
    assert "Rien de sûr" in title
    assert "solution" not in title
