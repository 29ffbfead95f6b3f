"""What would unlock a job, over HTTP: asked for by the page of answers, or by its link."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from traitdunion.catalogue.rules.facts_form import ASKED
from traitdunion.desk import queries
from traitdunion.levers.changes import Lever, cost_of
from traitdunion.levers.enums import Acteur, Confiance, Nature
from traitdunion.matching.answer import Budget
from traitdunion.matching.needs import AgeBand
from traitdunion.rules import Month

QUESTION = (
    "domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29&jours=lun&jours=mar"
    "&debut=08%3A00&fin=16%3A00&permis=aucun&velo=inconnu"
)
PHRASE = "Si le poste commençait à 8 h 25."
pytestmark = pytest.mark.usefixtures("sampled")


@pytest.fixture
def refused(sampled, samples):
    """Nothing convenient is found."""
    sampled.answer = lambda asked: replace(samples.sample_answer(asked), options=())


@pytest.fixture
def searched(monkeypatch):
    """The situations for which levers are searched; each finds one."""
    asked = []

    def find(situation, network):
        asked.append(situation)
        lever = Lever("essai", Acteur.EMPLOYEUR, Nature.DECALER_POSTE, PHRASE,
                      cost_of(Nature.DECALER_POSTE, on=date(2026, 11, 30)), Confiance.SUR, 5,
                      25)  # fmt: skip
        return [lever]

    monkeypatch.setattr(queries, "find_levers", find)
    return asked


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("refused")
def test_the_answers_search_no_lever_and_link_to_them(client, searched):
    text = text_of(client.get(f"/?{QUESTION}"))
    assert searched == []
    link = re.search(r'<a [^>]*href="(/debloquer/[^"]+)"', text).group(1).replace("&amp;", "&")
    assert 'data-load="#leviers"' in text
    page_text = text_of(client.get(link))
    assert PHRASE in page_text
    assert '<div id="leviers"' in page_text
    assert len(searched) == 1


@pytest.mark.usefixtures("refused", "db")
def test_facts_and_needs_are_searched_with_and_stay_out_of_the_address(client, searched):
    fields = {ASKED: "qf_eur", "f-qf_eur": "640", "besoin-age": "16_17"}
    text = text_of(client.post(f"/aides/?{QUESTION}", fields))
    form = re.search(r'<form method="post" action="(/debloquer/[^"]+)">(.*?)</form>', text)
    action = form.group(1).replace("&amp;", "&")
    pairs = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form.group(2)))
    assert "640" not in action
    assert pairs == fields
    assert PHRASE in text_of(client.post(action, pairs))
    assert str(searched[0].facts["qf_eur"]) == "640"
    assert searched[0].needs.age is AgeBand.MINOR


def test_a_job_that_is_held_has_no_place_for_levers(client, searched):
    text = text_of(client.get(f"/?{QUESTION}"))
    assert "data-load" not in text
    assert "/debloquer/" not in text
    assert searched == []


@pytest.mark.parametrize(("left", "is_offered"), [("-20", True), ("0", False)])
def test_a_job_held_at_a_price_beyond_what_is_left_has_one(
    client, searched, sampled, samples, left, is_offered
):
    """What is left once charges are paid, less a month of 100 €."""
    month = Month(Decimal(100), Decimal(0), Decimal(100), Decimal(left))
    budget = Budget(month, month, Decimal(20), Decimal(0), ())

    def answer(asked):
        found = samples.sample_answer(asked)
        return replace(found, options=tuple(replace(o, budget=budget) for o in found.options))

    sampled.answer = answer
    assert ("/debloquer/" in text_of(client.get(f"/?{QUESTION}"))) == is_offered


def test_a_job_held_already_and_one_that_no_change_opens_are_told_apart(client, sampled, samples):
    held, none = "Le poste se tient déjà tous les jours", "Aucun changement seul ne suffit"
    text = text_of(client.get(f"/debloquer/?{QUESTION}"))
    assert (held in text, none in text) == (True, False)
    sampled.answer = lambda asked: replace(samples.sample_answer(asked), options=())
    text = text_of(client.get(f"/debloquer/?{QUESTION}"))
    assert (held in text, none in text) == (False, True)


def test_what_would_unlock_is_counted_as_no_search(client, sampled, searched, db):
    client.get(f"/debloquer/?{QUESTION}")
    assert (sampled.kept, sampled.asked, len(searched)) == ([], [], 1)


@pytest.mark.parametrize("query", ["", "domicile=Langeac", QUESTION.replace("08%3A00", "x")])
def test_without_a_sound_question_one_is_sent_back_to_mend_it(client, query):
    response = client.get(f"/debloquer/?{query}")
    assert response.status_code == 302
    assert response.url.startswith("/?")
