"""The first page as people meet it: by keyboard, on a phone, in the dark, on paper."""

import re
from dataclasses import replace
from urllib.parse import unquote_plus

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
PAGES = {
    "empty": "/",
    "answers": (
        f"/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&{WEEK}"
        "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
    ),
    "mistakes": "/?domicile=Langac&travail=Saint-Julien&debut=21:00&fin=05:00&semaine=2027-06-01",
    "unknown": "/nulle-part/",
}
PAGES["what if"] = PAGES["answers"].replace("/?", "/et-si/?")
PAGES["what if elsewhere"] = PAGES["what if"] + "&loyer0=420&ailleurs1=Yssingeaux+(43)&loyer1=500"
PAGES["what if mistaken"] = PAGES["what if"] + "&ailleurs2=Langac&loyer2=beaucoup"
AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"],
    }
}
FOCUSED = "document.activeElement.id || document.activeElement.textContent.trim()"


def open_details(page):
    """Unfold everything, so that nothing escapes the check."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    "name",
    ["empty", "answers", "mistakes", "what if", "what if elsewhere", "what if mistaken"],
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(site, open_page, name, width, dark):
    page = open_page(site + PAGES[name], width=width, dark=dark)
    open_details(page)
    page.wait_for_load_state("networkidle")
    results = Axe().run(page, options=AXE_OPTIONS)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_on_the_error_page(site, open_page):
    page = open_page(site + PAGES["unknown"], complains=False)
    assert page.get_by_role("heading", level=1).inner_text() == "Cette page n'existe pas"
    results = Axe().run(page, options=AXE_OPTIONS)
    assert results.violations_count == 0, results.generate_report()


def test_axe_finds_nothing_when_nothing_is_possible(site, open_page, sampled, samples):
    answer = samples.sample_answer()
    sampled.answer = lambda situation: replace(
        answer, options=(), excluded=(*answer.excluded, answer.options[2])
    )
    page = open_page(site + PAGES["answers"], width=320)
    results = Axe().run(page, options=AXE_OPTIONS)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_where_ways_follow_streets(site, open_page, sampled, samples, width):
    sampled.answer = lambda situation: samples.on_streets(samples.sample_answer(situation))
    page = open_page(site + PAGES["answers"], width=width)
    open_details(page)
    results = Axe().run(page, options=AXE_OPTIONS)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


def test_larger_letters_on_the_narrowest_screen_still_fit(site, open_page):
    page = open_page(site + PAGES["answers"], width=320)
    page.evaluate("document.documentElement.style.fontSize = '24px'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_whole_question_is_asked_by_keyboard(site, open_page):
    page = open_page(site + "/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Aller au contenu"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "id_domicile"

    page.keyboard.type("lange")
    home = page.locator("#id_domicile")
    page.wait_for_selector("#id_domicile_liste:not([hidden])")
    assert home.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert home.get_attribute("aria-activedescendant") == "id_domicile_liste_1"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert home.input_value() == "Langeac (43)"
    assert home.get_attribute("aria-expanded") == "false"

    page.keyboard.press("Tab")
    page.keyboard.type("le p")
    page.wait_for_selector("#id_travail_liste:not([hidden])")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")  # leaving the field takes the option one stands on
    assert page.locator("#id_travail").input_value() == "Le Puy-en-Velay (43)"
    assert page.evaluate(FOCUSED) == "id_jours_0"
    page.keyboard.press("Space")  # not on Mondays
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "submit":
            break
    page.keyboard.press("Enter")

    page.wait_for_selector("#titre-reponses")
    assert page.evaluate(FOCUSED) == "titre-reponses"
    assert "domicile=Langeac (43)&" in unquote_plus(page.url)
    assert "jours=lun" not in page.url
    assert "jours=mar" in page.url
    assert page.title() == "Langeac – Le Puy-en-Velay, aller et retour – Trait d'union"


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(site, open_page):
    page = open_page(site + "/")
    page.locator("#id_domicile").press_sequentially("lan")
    page.wait_for_selector("#id_domicile_liste:not([hidden])")
    assert Axe().run(page, options=AXE_OPTIONS).violations_count == 0
    page.keyboard.press("Escape")
    assert not page.locator("#id_domicile_liste").is_visible()
    assert page.locator("#id_domicile").input_value() == "lan"


def test_suggestions_can_be_taken_with_the_mouse(site, open_page):
    page = open_page(site + "/")
    page.locator("#id_travail").press_sequentially("yss")
    page.locator("#id_travail_liste li").first.click()
    assert page.locator("#id_travail").input_value() == "Yssingeaux (43)"


def test_mistakes_take_the_focus_and_lead_to_their_field(site, open_page):
    page = open_page(site + "/")
    page.locator("#id_domicile").fill("Langac")
    page.locator("#id_domicile").press("Escape")
    page.get_by_role("button", name="Chercher l'aller et le retour").click()
    page.wait_for_selector("#erreurs")
    assert page.evaluate("document.activeElement.id") == "erreurs"
    page.get_by_role("link", name="Lieu de travail").click()
    assert page.evaluate("document.activeElement.id") == "id_travail"
    page.get_by_role("link", name="Langeac (43)").click()
    assert page.locator("#id_domicile").input_value() == "Langeac (43)"


def test_the_back_button_returns_to_the_question(site, open_page):
    page = open_page(site + PAGES["answers"])
    page.locator("#id_debut").fill("09:00")
    page.get_by_role("button", name="Chercher l'aller et le retour").click()
    page.wait_for_url("**debut=09*")
    page.go_back()
    page.wait_for_url("**debut=08*")
    expect(page.locator("#id_debut")).to_have_value("08:00")


def test_without_scripts_the_question_is_asked_mended_and_answered(site, open_page):
    page = open_page(site + "/", scripts=False)
    page.locator("#id_domicile").fill("Langac")
    page.locator("#id_travail").fill("Le Puy-en-Velay")
    page.locator("#id_debut").fill("21:00")
    page.locator("#id_fin").fill("05:00")
    page.get_by_role("button", name="Chercher l'aller et le retour").click()
    page.get_by_role("link", name="Langeac (43)").click()
    page.get_by_role("link", name="Oui, la fin est le lendemain").click()
    assert page.get_by_role("heading", level=2).first.inner_text().startswith("4 façons")
    assert page.locator(".card").count() == 4
    page.locator("summary").nth(2).click()
    assert page.get_by_role("button", name="Imprimer la fiche").count() == 0


def test_the_map_has_a_table_that_says_the_same_with_or_without_webgl(site, open_page):
    page = open_page(site + PAGES["answers"])
    note = page.locator("[data-note]").first
    page.locator("[data-map]").first.scroll_into_view_if_needed()
    note.wait_for(state="visible")
    assert "tableau" in note.inner_text()
    page.get_by_text("Le trajet en tableau").first.click()
    table = page.locator(".map table").first
    assert table.locator("tbody tr").count() == 6  # three steps out, three back
    assert table.locator("th[scope=col]").count() == 5


def test_the_map_falls_back_on_its_table_when_its_script_cannot_load(site, open_page):
    page = open_page(site + "/")
    page.route("**/maplibre-gl.js", lambda route: route.fulfill(status=200, body=""))
    page.goto(site + PAGES["answers"])
    page.locator("[data-map]").first.scroll_into_view_if_needed()
    note = page.locator("[data-note]").first
    note.wait_for(state="visible")
    assert "ne peut pas s'afficher" in note.inner_text()
    assert not page.locator("[data-canvas]").first.is_visible()


@pytest.mark.parametrize("times", [1, 5])
def test_the_sheet_is_one_a4_page(site, open_page, sampled, samples, times):
    answer = samples.sample_answer()
    sampled.answer = lambda situation: replace(
        answer, options=answer.options * times, excluded=answer.excluded * times
    )
    page = open_page(site + PAGES["answers"])
    open_details(page)
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


def test_a_long_first_answer_still_prints_on_one_page(site, open_page, sampled, samples):
    answer = samples.sample_answer()
    coach = answer.options[2]  # two rides out, a day that fails, something to check
    days = tuple(replace(day, out=day.out * 2, back=day.back * 2) for day in coach.days)
    first = replace(coach, days=days)
    sampled.answer = lambda situation: replace(answer, options=(first, *answer.options))
    page = open_page(site + PAGES["answers"])
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


def test_what_has_the_focus_is_outlined(site, open_page):
    page = open_page(site + PAGES["answers"])
    page.wait_for_load_state("networkidle")
    outlines = []
    for _ in range(25):
        page.keyboard.press("Tab")
        # Titles that a script brings into focus, and the page itself past its end, have none.
        outlines += page.evaluate(
            """() => {
              const focused = document.activeElement;
              if (focused.matches('body, [tabindex="-1"]')) return [];
              const chip = focused.closest('.chip');
              const seen = chip ? chip.querySelector('.chip__text') : focused;
              const drawn = getComputedStyle(seen).outlineStyle;
              return [drawn === 'solid' ? drawn : seen.outerHTML.slice(0, 200)];
            }"""
        )
    assert len(outlines) > 20
    assert set(outlines) == {"solid"}


def test_from_the_answers_one_asks_what_if_and_comes_back(site, open_page):
    page = open_page(site + PAGES["answers"])
    page.get_by_role("link", name="Et si j'habitais ailleurs").click()
    page.locator("#id_ailleurs1").fill("yssing")
    page.get_by_role("option", name="Yssingeaux (43)").click()
    page.get_by_role("button", name="Comparer").click()
    table = page.get_by_role("table", name="Le même poste depuis d'autres logements")
    expect(table.get_by_role("row")).to_have_count(3)
    table.get_by_role("link", name="Yssingeaux").click()
    expect(page.locator("#id_domicile")).to_have_value("Yssingeaux (43)")
    page.get_by_role("link", name="Et si l'horaire bougeait").click()
    page.get_by_role("link", name="9 h – 17 h").click()
    expect(page.locator("#id_debut")).to_have_value("09:00")
    expect(page.locator("#id_domicile")).to_have_value("Yssingeaux (43)")


def test_a_breakdown_is_shown_not_swallowed(site, open_page, sampled):
    page = open_page(site + PAGES["answers"], complains=False)

    def broken(situation):
        raise RuntimeError

    sampled.answer = broken
    page.get_by_role("button", name="Chercher l'aller et le retour").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Le site n'a pas pu répondre")
    assert Axe().run(page, options=AXE_OPTIONS).violations_count == 0
