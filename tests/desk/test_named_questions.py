"""Six questions of the demonstration: what the page shows is what the engine answers."""

import re
from datetime import datetime
from html import unescape
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import caches

from traitdunion.catalogue.operations import load_catalogue
from traitdunion.demonstration.network import DEMO
from traitdunion.demonstration.set_up import import_demo_network
from traitdunion.desk import queries
from traitdunion.french import arrival, clock, duration, price
from traitdunion.matching.answer import Verdict
from traitdunion.reach.calendar_days import monday_of
from traitdunion.territory.models import Commune, Departement, Epci, Region

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))
COMMUNES = (
    ("42218", "Saint-Étienne", "saint etienne", "244200770", 45.439587, 4.387475),
    ("43040", "Brioude", "brioude", "200085728", 45.293811, 3.386036),
    ("43041", "Brives-Charensac", "brives charensac", "200073419", 45.046839, 3.926567),
    ("43051", "Le Chambon-sur-Lignon", "le chambon sur lignon", "244301107", 45.059322, 4.301174),
    ("43112", "Langeac", "langeac", "200073393", 45.098801, 3.49418),
    ("43137", "Monistrol-sur-Loire", "monistrol sur loire", "200073427", 45.291463, 4.171727),
    ("43157", "Le Puy-en-Velay", "le puy en velay", "200073419", 45.042935, 3.884622),
    ("43234", "Saugues", "saugues", "200073393", 44.960098, 3.54628),
    ("43268", "Yssingeaux", "yssingeaux", "244301016", 45.143046, 4.123511),
)
DAYS = ("lun", "mar", "mer", "jeu", "ven")
QUESTIONS = {
    "Langeac": ("Langeac (43)", "Le Puy-en-Velay (43)", "08:00", "16:00"),
    "Brives": ("Brives-Charensac (43)", "Le Puy-en-Velay (43)", "08:00", "16:00"),
    "within Le Puy": ("Le Puy-en-Velay (43)", "Le Puy-en-Velay (43)", "08:00", "16:00"),
    "Saugues": ("Saugues (43)", "Brioude (43)", "05:00", "13:00"),
    "by night": ("Le Chambon-sur-Lignon (43)", "Yssingeaux (43)", "21:00", "05:00"),
    "Monistrol": ("Monistrol-sur-Loire (43)", "Saint-Étienne (42)", "08:00", "16:00"),
}


@pytest.fixture(scope="module")
def haute_loire(kept_database, tmp_path_factory):
    """The demonstration network and catalogue, over the nine communes of the questions."""
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    for code, nom in (("43", "Haute-Loire"), ("42", "Loire")):
        Departement.objects.create(
            code=code, nom=nom, nom_avec_charniere=f"de la {nom}", region=region
        )
    for code, nom, cle, siren, lat, lon in COMMUNES:
        epci, _ = Epci.objects.get_or_create(siren=siren, defaults={"nom": siren, "type": "CC"})
        Commune.objects.create(
            code_insee=code, nom=nom, nom_avec_charniere=f"de {nom}", cle=cle, lat=lat, lon=lon,
            departement_id=code[:2], epci=epci, codes_postaux=[], point_source="mairie",
        )  # fmt: skip
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(NOW, tick=True):
        patch.setattr("django.conf.settings.TRAITDUNION_DATA_DIR", folder)
        import_demo_network(monday_of(NOW.date()), now=NOW)
        load_catalogue(DEMO.with_name("catalogue.yaml"), now=NOW)
        yield folder


@pytest.fixture
def asked(haute_loire, settings, monkeypatch):
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
    home, work, start, end = QUESTIONS[name]
    query = {"domicile": home, "travail": work, "jours": DAYS, "debut": start, "fin": end}
    if end < start:
        query["nuit"] = "1"
    with time_machine.travel(NOW, tick=True):
        response = client.get("/?" + urlencode(query, doseq=True))
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


def test_a_name_takes_its_article(client, asked):
    assert "Calculé depuis le centre du Puy-en-Velay" in read(client, "within Le Puy")
