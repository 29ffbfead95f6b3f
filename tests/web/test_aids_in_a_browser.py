"""Aids as people meet them: asked without scripts, on a phone, with nothing in the address."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
QUESTION = (
    f"/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&{WEEK}"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)
AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"],
    }
}


def update(page):
    page.get_by_role("button", name="Mettre à jour les aides").click()
    page.wait_for_load_state("networkidle")


def check_with_axe(page, width):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    results = Axe().run(page, options=AXE_OPTIONS)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_answering_makes_an_aid_sure_and_the_address_says_nothing(site, open_page, scripts):
    page = open_page(site + QUESTION, scripts=scripts)
    aids = page.locator("#aides")
    expect(aids.get_by_label("Combien d'heures par semaine ?")).to_be_visible()
    aids.get_by_label("Combien d'heures par semaine ?").fill("35")
    aids.get_by_label("Quel est le contrat de travail ?").select_option("cdi")
    update(page)
    aids = page.locator("#aides")
    aids.get_by_label("L'employeur est-il privé ou public ?").select_option("prive")
    update(page)
    assert "35" not in page.url.partition("#")[0].replace("%3A", "")
    half = page.get_by_role("article").filter(has_text="Moitié de l'abonnement").first
    expect(half.get_by_text("Oui", exact=True)).to_be_visible()
    expect(page.get_by_text("Après les aides").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 320])
def test_je_ne_sais_pas_to_everything_still_leaves_aids_to_check(site, open_page, width):
    page = open_page(site + QUESTION, width=width)
    for _ in range(3):
        update(page)
    expect(page.get_by_role("heading", name="Vos réponses")).to_be_visible()
    assert page.get_by_text("Reste à vérifier").count() > 3
    check_with_axe(page, width)


def test_a_wrong_answer_is_told_beside_its_field(site, open_page):
    page = open_page(site + QUESTION, width=320)
    page.get_by_label("Combien d'heures par semaine ?").fill("beaucoup")
    update(page)
    expect(page.get_by_role("alert")).to_contain_text("« beaucoup » n'est pas un nombre")
    expect(page.get_by_label("Combien d'heures par semaine ?")).to_have_value("beaucoup")
    check_with_axe(page, 320)


def test_sources_and_disagreements_are_a_click_away(site, open_page):
    page = open_page(site + QUESTION)
    page.get_by_text("autres aides à vérifier").click()
    card = page.locator(".aid").filter(
        has=page.get_by_role("heading", name="Aide à la mobilité", exact=True)
    )
    card.locator("summary").click()
    expect(card.get_by_text("Délibération 2023-54")).to_be_visible()
    expect(card.get_by_text("28 jours de contrat")).to_be_visible()
