"""What is not had together, as people meet it: left out of a budget, of a combination, and why."""

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import check_page, unfold
from traitdunion.matching.answer import Filtre, Finding, Verdict
from traitdunion.matching.eligibility.aids import Eligibility
from traitdunion.matching.eligibility.exclusions import excludes_text
from traitdunion.rules import Source

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
QUESTION = (
    f"/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&{WEEK}"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)
ENTRY = Source("velo", "fiche « Prêt de vélo »", "", None, "B")


@pytest.fixture
def on_rsa(samples, sampled):
    """Answers to somebody of 20 on RSA, 40 € of trains a month, and a loan the line excludes."""

    def answered(situation):
        answer = samples.sample_answer(situation)
        facts = {**answer.situation.facts, "minimas": frozenset({"rsa"}), "age": Decimal(20)}
        eligibility = Eligibility(replace(answer.situation, facts=facts))
        train, *others = answer.options
        train = eligibility.with_aids(replace(train, rail_eur=Decimal(40)))
        loan = replace(
            train, key="solution:velo+transports-domicile", title="Vélo prêté, puis car",
            verdict=Verdict.NON, days=(), feasible_days=0, budget=None,
        )  # fmt: skip
        text = excludes_text("Abonnement de la ligne", "Prêt de vélo", ENTRY)
        loan = replace(
            loan,
            reasons=(text,),
            checks=(Finding(Verdict.NON, text, Filtre.ELIGIBILITE),),
        )
        return replace(
            answer,
            options=(train, *others),
            excluded=(loan, *answer.excluded),
            aids=eligibility.aids(train, ()),
        )

    sampled.answer = answered
    return answered


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (320, True)])
def test_what_is_not_had_together_is_left_out_and_explained(site, open_page, on_rsa, width, dark):
    """Three quarters of 40 € are 30 €, and of the other aid's half nothing is added."""
    page = open_page(site + QUESTION, width=width, dark=dark)
    card = page.locator(".way").filter(has_text="Aides non comptées ici").first
    page.get_by_role("link", name="Détails : Train et marche").click()
    expect(card).to_contain_text("16,50 €")  # 46.50 - 30
    left = card.locator(".check").filter(has_text="Aides non comptées ici")
    expect(left).to_contain_text("TER Illico Liberté Jeunes. Ne se cumule pas avec")
    expect(left.get_by_role("link", name="aides-jeunes")).to_have_attribute(
        "href", "https://github.com/betagouv/aides-jeunes"
    )
    page.locator("#fold-aides > summary").click()
    aid = page.locator(".aid").filter(has_text="TER Illico Solidaire").first
    expect(aid.locator(".aid__apart")).to_contain_text("TER Illico Liberté Jeunes")
    page.get_by_text("Pourquoi pas les autres").click()
    refused = page.locator("#ecartees li").filter(has_text="Vélo prêté, puis car")
    expect(refused).to_contain_text("Conditions")
    expect(refused).to_contain_text(
        "« Abonnement de la ligne » ne se cumule pas avec « Prêt de vélo » "
        "(fiche « Prêt de vélo »)."
    )
    unfold(page)
    check_page(page)


def test_without_scripts_it_is_told_the_same(site, open_page, on_rsa):
    page = open_page(site + QUESTION, scripts=False)
    page.locator("#facon-1 > summary").click()
    page.get_by_text("Pourquoi pas les autres").click()
    expect(page.get_by_text("Aides non comptées ici").first).to_be_visible()
    expect(page.get_by_text("« Abonnement de la ligne » ne se cumule pas")).to_be_visible()
