"""Aids as people meet them: asked without scripts, on a phone, with nothing in the address."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import check_page, press, unfold

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
QUESTION = (
    f"/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&{WEEK}"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)


def aids_of(page):
    """Unfold the aids, which stand after the ways."""
    page.locator("#fold-aides > summary").click()
    return page.locator("#aides")


def update(page):
    press(page.get_by_role("button", name="Mettre à jour les aides"))


def check_unfolded(page):
    unfold(page)
    check_page(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_answering_makes_an_aid_sure_and_the_address_says_nothing(site, open_page, scripts):
    page = open_page(site + QUESTION, scripts=scripts)
    aids = aids_of(page)
    expect(aids.get_by_label("Combien d'heures par semaine ?")).to_be_visible()
    aids.get_by_label("Combien d'heures par semaine ?").fill("35")
    aids.get_by_label("L'employeur est-il privé ou public ?").select_option("prive")
    update(page)
    aids = page.locator("#aides")
    aids.get_by_label("Quel est le contrat de travail ?").select_option("cdi")
    update(page)
    # Values of the whole query, never a part of the address: its port is drawn at random.
    sent = parse_qsl(urlsplit(page.url).query)
    assert "35" not in [value for _, value in sent]
    half = page.get_by_role("article").filter(has_text="Abonnement payé en partie").first
    expect(half.get_by_text("Oui", exact=True)).to_be_visible()
    expect(page.get_by_text("par mois, après aides").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 320])
def test_je_ne_sais_pas_to_everything_still_leaves_aids_to_check(site, open_page, width):
    page = open_page(site + QUESTION, width=width)
    aids_of(page)
    for _ in range(3):
        update(page)
    expect(page.get_by_role("heading", name="Vos réponses")).to_be_visible()
    expect(page.get_by_text("Reste à vérifier").nth(3)).to_be_attached()  # four at least
    check_unfolded(page)


def test_a_wrong_answer_is_told_beside_its_field(site, open_page):
    page = open_page(site + QUESTION, width=320)
    aids_of(page)
    page.get_by_label("Combien d'heures par semaine ?").fill("beaucoup")
    update(page)
    expect(page.get_by_role("alert")).to_contain_text("« beaucoup » n'est pas un nombre")
    expect(page.get_by_label("Combien d'heures par semaine ?")).to_have_value("beaucoup")
    check_unfolded(page)


def test_sources_and_disagreements_are_a_click_away(site, open_page):
    page = open_page(site + QUESTION)
    aids_of(page)
    page.locator(".aids__more > summary").first.click()
    card = page.locator(".aid").filter(
        has=page.get_by_role("heading", name="Aide à la mobilité", exact=True)
    )
    card.locator("summary").click()
    expect(card.get_by_text("Délibération 2023-54")).to_be_visible()
    expect(card.get_by_text("28 jours de contrat")).to_be_visible()
