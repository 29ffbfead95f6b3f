"""Six questions of the demonstration: what the page shows is what the engine answers."""

import csv
import re
from html import unescape
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import caches

from tests.desk.named_questions import NOW, QUESTIONS, address_of, haute_loire  # noqa: F401
from tests.territory.addresses.drawn_addresses import Address, write_ban
from traitdunion.desk import queries
from traitdunion.desk.question.verdicts import around_words
from traitdunion.french import arrival, clock, duration, price
from traitdunion.matching.answer import Verdict
from traitdunion.matching.around_centre import Around
from traitdunion.territory.addresses.index import FILE, import_addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(haute_loire, settings, monkeypatch):  # noqa: F811
    """Keep the answer that the page is drawn from."""
    settings.TRAITDUNION_DATA_DIR = haute_loire
    caches["memory"].clear()
    kept = []
    find_answer = queries.find_answer

    def found(situation, network):
        kept.append(find_answer(situation, network))
        return kept[-1]

    monkeypatch.setattr(queries, "find_answer", found)
    return kept


def read(client, name):
    return read_at(client, name, "/")


def read_at(client, name, page):
    with time_machine.travel(NOW, tick=True):
        response = client.get(page + address_of(name).removeprefix("/"))
    return unescape(response.content.decode()).replace("\u00a0", " ")


def spaced(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_figures_of_the_page_are_those_of_the_engine(client, asked, name):
    html = read(client, name)
    (answer,) = asked
    sure = [option for option in answer.options if option.verdict != Verdict.A_VERIFIER]
    title = re.search(r'id="titre-reponses"[^>]*>([^<]*)<', html)[1]
    assert f"{len(sure)} solution" in title if sure else "Rien" in title, title
    shown = re.findall(r'<details class="way__details".*?</summary>', html, re.S)
    assert len(shown) == len(answer.options)
    lines = {re.search(r'id="facon-(\d+)"', line)[1]: line for line in shown}
    choices = {choice.key: choice for choice in answer.alternatives}
    for rank, option in enumerate(answer.options, start=1):
        line = lines[str(rank)]
        assert option.title in line
        eur, budget = option.monthly_cost_eur, option.budget
        if budget is not None and budget.next.aids_eur:
            eur = budget.next.after_eur
            assert "après aides" in line
        elif eur:
            assert "sans aide" in line
        assert (spaced(price(eur)) if eur is not None else "Non renseigné") in line
        for award in option.awards:
            assert award.label in line
        choice = choices.get(option.key)
        if choice is not None and choice.minutes_out is not None:
            # Rounded up, as an hour of arrival is: at most a minute more than the engine's.
            for minutes, way in ((choice.minutes_out, "aller"), (choice.minutes_back, "retour")):
                said = re.search(rf"<strong>([^<]*)</strong> {way}", line)[1]
                assert said in {spaced(duration(minutes)), spaced(duration(minutes + 1))}, line
        if option.weeks:
            held = sum(week.held is True for week in option.weeks)
            assert re.search(rf"tient {held} semaines? sur {len(option.weeks)}", line)
    # Hours of a day, minutes and the moment one must be there agree to the minute.
    shift = answer.situation.shift
    for day in [option.days[0] for option in sure if option.days and option.days[0].feasible]:
        if not answer.situation.is_within_one_commune:
            for said in (clock(day.leave_s), arrival(day.home_s)):
                assert spaced(said).removesuffix(" (lendemain)") in html
            there = shift.start_s - shift.margin_before_s
            minutes = there // 60 - day.leave_s // 60
            assert spaced(duration(minutes)) in html
    awards = {award for option in answer.options for award in option.awards}
    assert html.count('class="award award--') == len(awards)
    assert not re.search(r"(?<![\d,  ])0 €", html.split('class="folds"')[0])


def rows_of_steps(html):
    """Return the label, the departure and the arrival of each step in the tables."""
    cells = r"<tr><th scope=\"row\">([^<]*)</th><td>[^<]*</td><td>[^<]*</td><td>([^<]*)</td>"
    return re.findall(cells + r"<td>([^<]*)</td></tr>", html)


@pytest.mark.parametrize("name", ["Langeac", "Saugues", "Monistrol"])
def test_the_table_of_a_way_ends_when_its_list_of_steps_does(client, asked, name):
    html = read(client, name)
    (answer,) = asked
    rows = rows_of_steps(html)
    assert rows
    for option in answer.options:
        plan = next((day for day in option.days if day.feasible), None)
        if plan is None or plan.back == ():
            continue
        last = plan.back[-1]
        ends = (last.label, spaced(clock(last.departure_s)), spaced(arrival(last.arrival_s)))
        assert ends in rows


@pytest.mark.parametrize("name", QUESTIONS)
def test_nothing_is_asked_twice_of_one_way(client, asked, name):
    html = read(client, name)
    for way in re.findall(r'<details class="way__details".*?</details>', html, re.S):
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", way))
        assert not ("à confirmer" in text and "Avoir le permis" in text)
        assert "temps estimés. Estimé" not in text
    assert "<small>gratuit</small>" not in html


def test_kilometres_inside_one_commune_are_not_free(client, asked):
    read(client, "within Le Puy")
    (answer,) = asked
    (car,) = [option for option in answer.options if option.title == "En voiture"]
    assert (car.monthly_cost_eur, car.cost_is_final) == (None, False)
    assert "kilomètres à mesurer" in car.cost_detail


def test_et_si_gives_the_minutes_and_the_euros_of_the_answers(client, asked):
    """By the car of Langeac one is away from 6:25 to 17:43, for a job from 8:00 to 16:00."""
    line = re.search(r'compared__asked">.*?</tr>', read_at(client, "Langeac", "/et-si/"), re.S)[0]
    cells = [text.strip() for text in re.findall(r"<td>([^<]*)</td>", line)]
    assert cells[-4:] == ["Car", "1 h 25", "1 h 38", "58 €"]


def test_a_name_takes_its_article(client, asked):
    assert "Calculé depuis le centre du Puy-en-Velay" in read(client, "within Le Puy")


def test_the_map_of_reach_counts_the_days_of_the_weeks_of_a_roster(client, haute_loire, settings):  # noqa: F811
    """From Langeac by the lines: no day of the week at 5:00, five of the week at 8:00."""
    settings.TRAITDUNION_DATA_DIR = haute_loire
    caches["memory"].clear()
    week = "lun,mar,mer,jeu,ven"
    query = urlencode({
        "domicile": "Langeac (43)", "permis": "aucun", "velo": "non",
        "roulement": f"2026-11-30;1|{week}|05:00|13:00;2|{week}|08:00|16:00",
    })  # fmt: skip
    with time_machine.travel(NOW, tick=True):
        html = spaced(unescape(client.get(f"/carte/?{query}").content.decode()))
        table = client.get(f"/carte/communes.csv?{query}").content.decode("utf-8-sig")
        features = client.get(f"/carte/communes.geojson?{query}").json()["features"]
    rows = {row["code_insee"]: row for row in csv.DictReader(table.splitlines(), delimiter=";")}
    le_puy = rows["43157"]
    assert (le_puy["jours_tenus"], le_puy["jours_demandes"]) == ("5", "10")
    known = {one["properties"]["code_insee"]: one["properties"] for one in features}["43157"]
    assert (known["jours_tenus"], known["jours_demandes"]) == (5, 10)
    assert re.search(r'<tr id="c-43157".*?<td>oui, 5 jours sur 10</td>', html)
    text = re.sub("<[^>]*>", "", html)
    assert "pour des horaires sur 2 semaines" in text
    assert "2 semaines du roulement, à partir du 30 novembre 2026" in text
    # Its answers have the same roster; the hours offered beside drop it.
    assert "roulement=2026-11-30" in re.search(r'href="(/\?[^"]*travail=43157[^"]*)"', html)[1]
    offered = re.search(r'<a href="([^"]*)">8 h – 16 h</a>', html)[1]
    assert "roulement=2026" not in offered


def test_a_commune_alone_says_from_which_share_of_its_addresses_the_answer_differs(
    client, haute_loire, settings, tmp_path_factory  # noqa: F811
):  # fmt: skip
    """Langeac: three addresses by the stop of its square, one out of reach of any line."""
    place = ("43300", "43112", "Langeac")
    rows = [
        Address(n, "", "Rue du Centre", *place, 45.0988, 3.4942 + n / 10_000) for n in (1, 2, 3)
    ]
    rows.append(Address(1, "", "Route Haute", *place, 45.1500, 3.5600))
    settings.TRAITDUNION_DATA_DIR = haute_loire
    file = write_ban(tmp_path_factory.mktemp("ban") / "43.csv", rows)
    import_addresses([file], haute_loire, on=NOW.date())
    try:
        caches["memory"].clear()
        text = re.sub("<[^>]*>", "", read(client, "Langeac"))
        said = "depuis 25 % de ses adresses, le poste ne tient pas sans prêt ni réservation"
        assert f"Calculé depuis le centre de Langeac ({said})" in text
        assert "de ses adresses" not in read(client, "Brives"), "no address of Brives is loaded"
        assert "de ses adresses" not in read(client, "within Le Puy")
    finally:
        (haute_loire / FILE).unlink()


NOT_HELD = "de ses adresses, le poste ne tient pas sans prêt ni réservation"
HELD = "de ses adresses, le poste tient sans prêt ni réservation"


@pytest.mark.parametrize(
    ("around", "words"),
    [
        (None, ""),
        (Around(True, 0.0), "même réponse depuis toutes ses adresses, prêts et réservations à "
                            "part"),
        (Around(True, 0.001), f"depuis 1 % {NOT_HELD}"),
        (Around(False, 0.999), f"depuis 99 % {HELD}"),
        (Around(False, 1.0), f"depuis 100 % {HELD}"),
    ],
)  # fmt: skip
def test_a_share_is_never_rounded_to_none_nor_to_all(around, words):
    assert spaced(around_words(around)) == words
