"""The dated examples of needs, week of 30 November 2026, as the page of answers shows them."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import caches

from tests.desk.named_questions import DAYS, NOW, haute_loire  # noqa: F401
from traitdunion.matching.answer import Verdict

pytestmark = pytest.mark.django_db
H, M = 3600, 60
CHILD = {"besoin-ouvre": "07:30", "besoin-ferme": "18:30"}


@pytest.fixture
def ask(client, haute_loire, settings):  # noqa: F811
    """Function that asks a question with needs, and returns the lines alone and what is shown."""
    settings.TRAITDUNION_DATA_DIR = haute_loire
    caches["memory"].clear()

    def asked(home, start, end, needs, key="transports", permis="aucun"):
        query = {
            "domicile": f"{home} (43)", "travail": "Le Puy-en-Velay (43)", "jours": DAYS,
            "debut": start, "fin": end, "permis": permis, "velo": "non", "semaine": "2026-11-30",
        }  # fmt: skip
        with time_machine.travel(NOW, tick=True):
            response = client.post("/aides/?" + urlencode(query, doseq=True), needs)
        answer = response.context["answer"]
        every = (*answer.options, *answer.excluded)
        option = next((option for option in every if option.key == key), None)
        html = unescape(response.content.decode()).replace("\u00a0", " ")
        return option, re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", html))

    return asked


def test_who_walks_300_m_reads_the_bus_near_home_and_its_price(ask):
    option, words = ask("Brives-Charensac", "08:00", "16:00", {"besoin-marche": "300"})
    assert option.verdict == Verdict.POSSIBLE
    assert option.monthly_cost_eur == 26
    assert "26 € par mois, sans aide" in words
    rides = [step for step in option.days[0].steps if step.kind == "ride"]
    for step in rides:
        assert f"{step.departure_s // 3600} h {step.departure_s % 3600 // 60:02d}" in words
        assert step.label in words
    walks = [step for step in option.days[0].steps if step.kind == "walk"]
    assert all((step.distance_m or 0) <= 300 for step in walks)


@pytest.mark.parametrize(
    ("home", "start", "end", "works"),
    [
        ("Langeac", "08:00", "16:00", False),
        ("Langeac", "10:30", "16:00", True),
        ("Langeac", "10:30", "18:00", False),
        ("Brives-Charensac", "08:00", "16:00", False),
        ("Brives-Charensac", "08:30", "17:00", True),
    ],
)
def test_a_child_is_dropped_and_fetched_while_the_nursery_is_open(ask, home, start, end, works):
    option, words = ask(home, start, end, {"besoin-enfant": f"{home} (43)", **CHILD})
    assert option.feasible_days == (5 if works else 0)
    reasons = (
        "Il faut partir avant que l'enfant puisse être déposé",
        "Le retour arrive trop tard pour reprendre l'enfant",
    )
    assert any(reason in words for reason in reasons) is not works


def test_the_page_shows_the_hours_of_the_example_and_that_needs_are_counted(ask):
    option, words = ask("Langeac", "10:30", "16:00", {"besoin-enfant": "Langeac (43)", **CHILD})
    rides = [
        (step.departure_s, step.arrival_s) for step in option.days[0].steps if step.kind == "ride"
    ]
    assert rides == [(9 * H + 18 * M, 10 * H + 11 * M), (16 * H + 49 * M, 17 * H + 42 * M)]
    assert "9 h 18" in words
    assert "16 h 49" in words
    assert "Besoins particuliers pris en compte" in words


@pytest.mark.parametrize(("age", "is_refused"), [("16_17", True), ("", False)])
def test_a_scooter_that_asks_18_is_refused_at_17_and_lent_at_18(ask, age, is_refused):
    option, words = ask("Brives-Charensac", "08:00", "16:00", {"besoin-age": age},
                        key="solution:scooter-velay", permis="am")  # fmt: skip
    assert (option.verdict == Verdict.NON) is is_refused
    assert (option.reasons == ("Il faut avoir 18 ans.",)) is is_refused
    assert ("Il faut avoir 18 ans." in words) is is_refused


def test_a_scooter_that_is_not_to_be_offered_is_nowhere_on_the_page(ask):
    option, words = ask("Brives-Charensac", "08:00", "16:00", {"besoin-sans": "scooter"},
                        key="solution:scooter-velay", permis="am")  # fmt: skip
    assert option is None
    assert "Prêt de scooter" not in words


@pytest.mark.parametrize(
    ("key", "verdict", "text"),
    [
        ("transports", Verdict.A_VERIFIER, "Accessibilité non renseignée"),
        ("solution:tad-agglo", Verdict.SOUS_CONDITION, "Chaque trajet est à réserver."),
        ("solution:navette-laprade", Verdict.NON, "Non accessible en fauteuil."),
        ("solution:velo-gare", Verdict.NON, "Non accessible en fauteuil."),
    ],
)
def test_a_wheelchair_has_its_answers_on_the_page(ask, key, verdict, text):
    """The feed says nothing of its buses; the catalogue says yes of the service on demand.

    It says no of the shuttle and of the bicycle.
    """
    option, words = ask("Brives-Charensac", "08:00", "16:00", {"besoin-il_faut": "fauteuil"}, key)
    assert option.verdict == verdict
    assert option.reasons[0].startswith(text)
    assert text in words
