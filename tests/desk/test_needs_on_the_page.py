"""Needs and dates of a contract on the page: out of sight until asked for, needs kept nowhere."""

import re
from datetime import date

import pytest

from traitdunion.matching.needs import NO_NEEDS, AgeBand, Needs, Without

WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
QUESTION = (
    f"/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&{WEEK}"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)
BODY = QUESTION.replace("/?", "/aides/?")
NEEDED = {
    "besoin-marche": "300", "besoin-allure": "3.0", "besoin-attente": "30",
    "besoin-sans": ["velo"], "besoin-il_faut": ["fauteuil"], "besoin-suspendu": "on",
    "besoin-age": "16_17",
}  # fmt: skip
GIVEN = Needs(
    300, 3.0, 30, frozenset({Without.VELO}), frozenset({"fauteuil"}), None, True, AgeBand.MINOR
)


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_nothing_is_on_screen_until_it_is_asked_for(client, sampled):
    html = text_of(client.get(QUESTION))
    assert '<details class="fold" id="fold-besoins">' in html, "folded"
    assert sampled.asked[-1].needs == NO_NEEDS
    assert sampled.asked[-1].period is None
    assert len(sampled.kept) == 1


def test_needs_reach_the_answer_by_the_body_alone_and_no_search_is_kept(client, sampled, caplog):
    html = text_of(client.post(BODY, NEEDED))
    assert sampled.asked[-1].needs == GIVEN
    assert sampled.kept == []
    addresses = re.findall(r'(?:href|action)="([^"]*)"', html)
    assert addresses
    assert not [address for address in addresses if "besoin-" in address]
    assert "fauteuil" not in caplog.text
    text_of(client.get(f"{QUESTION}&besoin-marche=300&besoin-il_faut=fauteuil"))
    assert sampled.asked[-1].needs == NO_NEEDS, "an address gives none"


def test_each_form_of_the_page_sends_again_what_the_others_gave(client, sampled):
    fields = {"vu": ["age"], "f-age": "24"}
    html = text_of(client.post(BODY, NEEDED | fields))
    forms = re.findall(r'<form class="panel facts-form".*?</form>', html, re.DOTALL)
    by_needs = next(form for form in forms if "titre-besoins" in form)
    by_facts = next(form for form in forms if "titre-preciser" in form)
    assert '<input type="hidden" name="f-age" value="24">' in by_needs
    assert '<input type="hidden" name="besoin-marche" value="300">' in by_facts
    text_of(client.post(BODY, fields | {"besoin-marche": "500"}))
    assert sampled.asked[-1].needs.walk_m == 500
    assert sampled.asked[-1].facts["age"] == 24


def test_a_child_has_a_place_and_hours(client, sampled):
    child = {"besoin-enfant": "Langeac", "besoin-ouvre": "07:00", "besoin-ferme": "18:00"}
    text_of(client.post(BODY, child))
    stop = sampled.asked[-1].needs.child
    assert (stop.place.code_insee, stop.opens_s, stop.closes_s) == ("43112", 25_200, 64_800)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"besoin-marche": "12"}, "Choisissez une des réponses proposées."),
        ({"besoin-enfant": "Nulle-Part-Ailleurs"}, "Lieu inconnu"),
        ({"besoin-enfant": "Langeac", "besoin-ouvre": "19:00"}, "L&#x27;heure de fermeture"),
    ],
)
def test_a_mistake_stands_by_its_field_and_counts_for_nothing(client, sampled, body, sentence):
    html = text_of(client.post(BODY, body))
    assert sentence in html
    assert '<details class="fold" id="fold-besoins" open>' in html
    assert sampled.asked[-1].needs == NO_NEEDS


def test_the_sheet_carries_the_needs(client, sampled):
    html = text_of(client.post(BODY, NEEDED))
    pairs = re.findall(r'<input type="hidden" name="(besoin-\w+)" value="([^"]*)">', html)
    assert ("besoin-marche", "300") in pairs


def test_the_dates_of_a_contract_are_in_the_address(client, sampled):
    html = text_of(client.get(f"{QUESTION}&du=2026-12-14&au=2027-01-15"))
    asked = sampled.asked[-1]
    assert asked.period == (date(2026, 12, 14), date(2027, 1, 15))
    assert "du=2026-12-14" in html
    assert "contrat du 14 décembre 2026 au 15 janvier 2027" in html


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ("du=2026-12-14&au=2026-12-01", "Le contrat finit avant de commencer."),
        ("du=2026-12-14&au=2028-12-14", "Au plus 400 jours."),
        ("du=2026-02-30", "Cette date n&#x27;existe pas."),
    ],
)
def test_dates_that_make_no_contract_are_refused(client, sampled, dates, sentence):
    html = text_of(client.get(f"{QUESTION}&{dates}"))
    assert sentence in html
    assert sampled.asked == []
    assert re.search(r'question__more"[^>]* open', html), "the details are shown"
