"""The aids under the answers: told without anything in the address, precise as one answers."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils.html import escape

from traitdunion.catalogue.rules.facts_form import BUDGET, FactsForm
from traitdunion.desk.templatetags.desk_wording import MAX_CARDS, aid_card
from traitdunion.rules import NOT_YET, rule_book
from traitdunion.rules.durations import Duration

pytestmark = pytest.mark.usefixtures("sampled")
WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
QUESTION = (
    f"/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&{WEEK}"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)
AIDS = QUESTION.replace("/?", "/aides/?")
CRITERIA = rule_book().criteria


def text_of(response):
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def asked_in(html):
    # The form of the needs sends them again, before that of the facts.
    facts = html.split('aria-labelledby="titre-preciser"')[-1]
    return re.findall(r'name="vu" value="(\w+)"', facts)


def test_before_any_answer_aids_are_to_check_and_three_questions_are_put(client):
    html = text_of(client.get(QUESTION))
    assert "Abonnement payé en partie par l&#x27;employeur" in html
    assert len(asked_in(html)) == 3
    assert "autres aides à vérifier" in html
    assert "aides qui ne conviennent pas, et pourquoi" in html
    assert "Après les aides" not in html


def test_what_is_told_makes_the_aids_sure_and_the_cost_smaller(client, sampled):
    html = text_of(
        client.post(
            AIDS,
            {
                "vu": ["contrat", "employeur_secteur", "contrat_heures_semaine"],
                "f-contrat": "cdi",
                "f-employeur_secteur": "prive",
                "f-contrat_heures_semaine": "35",
                "f-ressources_mois_eur": "1 400,50".replace(" ", ""),
                "f-charges_mois_eur": "700",
            },
        )
    )
    facts = sampled.asked[-1].facts
    assert facts["contrat"] == "cdi"
    assert facts["ressources_mois_eur"] == Decimal("1400.50")
    assert "La moitié de l&#x27;abonnement : 23,25 € par mois" in html
    assert re.search(r"Après les aides</dt><dd>23,25 €", html)
    # 1400.50 − 700 − 23.25
    assert re.search(r"Reste à vivre <small>[^<]*</small></dt><dd>677,25 €", html)
    assert not set(asked_in(html)[3:]) & {"contrat", "employeur_secteur"}
    assert 'value="cdi" selected' in html


def test_what_the_budget_does_not_count_is_said(client):
    html = text_of(client.get(QUESTION))
    assert "au RSA, à la prime d'activité et à l'APL n'est pas calculé" in html


def test_je_ne_sais_pas_is_never_asked_again_and_eight_questions_end_it(client):
    asked: list[str] = []
    html = text_of(client.get(QUESTION))
    for _ in range(4):
        new = [name for name in asked_in(html) if name not in asked]
        asked = asked_in(html)
        if not new:
            break
        html = text_of(client.post(AIDS, {"vu": asked}))
    assert len(asked) == 8 == len(set(asked))
    assert "Vos réponses" in html
    assert "Reste à vérifier" in html


def test_nothing_of_the_person_is_in_an_address(client):
    html = text_of(client.post(AIDS, {"vu": ["age"], "f-age": "24"}))
    addresses = re.findall(r'(?:href|action|hx-get)="([^"]*)"', html)
    assert addresses
    assert not any("f-age" in address or "age=24" in address for address in addresses)


def test_a_wrong_answer_is_said_and_counts_as_unknown(client, sampled):
    html = text_of(client.post(AIDS, {"vu": ["age"], "f-age": "vieux"}))
    assert "« vieux » n&#x27;est pas un nombre" in html
    assert "age" not in sampled.asked[-1].facts
    assert "age" in sampled.asked[-1].skipped


def test_what_is_no_criterion_or_may_not_be_asked_is_left_out(client, sampled):
    text_of(
        client.post(
            AIDS,
            {
                "vu": ["permis_detention_judiciaire", "inconnu", "demande_le"],
                "f-permis_detention_judiciaire": "oui",
                "f-demande_le": "2020-01-01",
            },
        )
    )
    assert "permis_detention_judiciaire" not in sampled.asked[-1].facts
    assert sampled.asked[-1].skipped == frozenset()


def test_a_post_without_a_sound_question_shows_its_mistakes(client):
    assert "erreurs" in text_of(client.post("/aides/?domicile=Langac", {"vu": ["age"]}))


def test_the_page_of_aids_read_again_without_its_body_leads_to_the_question(client):
    response = client.get(AIDS)
    assert response.status_code == 302
    assert response.url.startswith("/?domicile=Langeac")


def test_telling_things_sets_no_cookie_and_asks_for_none(client):
    strict = client.__class__(enforce_csrf_checks=True)
    response = strict.post(AIDS, {"vu": ["age"], "f-age": "24"})
    assert response.status_code == 200
    assert not response.cookies


def form(asked, **given):
    data = QueryDict(mutable=True)
    for name, value in given.items():
        data.setlist(f"f-{name}", value if isinstance(value, list) else [value])
    made = FactsForm(data, criteria=CRITERIA, asked=asked)
    made.is_valid()
    return made


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("de_inscrit", "oui", True),
        ("de_inscrit", "non", False),
        ("age", "24", Decimal(24)),
        ("qf_eur", "749,50", Decimal("749.50")),
        ("contrat", "cdd", "cdd"),
        ("minimas", ["rsa", "aah"], frozenset({"rsa", "aah"})),
        ("minimas", ["rien"], frozenset()),
        ("contrat_debut", "2026-12-01", date(2026, 12, 1)),
        ("contrat_duree", "3 mois", Duration(3, "mois")),
    ],
)
def test_answers_become_facts(name, given, expected):
    assert form([name], **{name: given}).facts() == {name: expected}


def test_a_date_may_be_not_yet_set():
    made = form(["contrat_debut"], contrat_debut_pas_encore="on")
    assert made.facts() == {"contrat_debut": NOT_YET}


@pytest.mark.parametrize("name", [name for name, criterion in CRITERIA.items() if criterion.asked])
def test_every_criterion_may_be_left_unknown(name):
    made = form([name])
    assert made.errors == {}
    assert made.facts() == {}
    assert made.skipped() == {name}
    assert made.rows([name, *BUDGET])[0]["field"].label == CRITERIA[name].question


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("age", "vingt"), ("age", "1e999"), ("age", "NaN"), ("age", "9" * 50),
        ("contrat", "esclave"), ("minimas", ["rsa", "rien"]), ("minimas", ["or"]),
        ("contrat_debut", "demain"), ("contrat_duree", "longtemps"), ("de_inscrit", "peut-être"),
        ("age", "\0"),
    ],
)  # fmt: skip
def test_wrong_answers_are_told(name, given):
    made = form([name], **{name: given})
    assert list(made.errors) == [name]
    assert made.facts() == {}


def test_the_card_of_an_aid_is_written_once_and_again_once_anything_of_it_differs(samples):
    aid = samples.sample_answer(None).aids[0]
    aid_card.cache_clear()
    first = aid_card(aid)
    assert aid_card(replace(aid)) is first
    assert escape(aid.title) in first
    values = {"title": "Autre titre", "missing": ("un justificatif",), "sums": ("12 €",),
              "telephone": "04 71 00 00 99", "contact_name": "Autre guichet"}  # fmt: skip
    for name, value in values.items():
        text = value if isinstance(value, str) else value[0].capitalize()
        assert text in aid_card(replace(aid, **{name: value})), name
    assert aid_card.cache_info().maxsize == MAX_CARDS
