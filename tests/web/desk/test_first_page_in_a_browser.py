"""The first page as people meet it: by keyboard, on a phone, in the dark, on paper."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import (
    check_axe,
    check_page,
    check_width,
    focused,
    n_printed_pages,
    unfold,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
WHOLE_FORM = "/?formulaire=complet"
PAGES = {
    "empty": "/",
    "whole form": WHOLE_FORM,
    "answers": (
        f"/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&{WEEK}"
        "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
    ),
    "mistakes": "/?domicile=Langac&travail=Saint-Julien&debut=21:00&fin=05:00&semaine=2027-06-01",
    "unknown": "/nulle-part/",
}
PAGES["shared"] = PAGES["answers"].replace("/?", "/partager/?")
PAGES["what if"] = PAGES["answers"].replace("/?", "/et-si/?")
PAGES["what if elsewhere"] = PAGES["what if"] + "&loyer0=420&ailleurs1=Yssingeaux+(43)&loyer1=500"
PAGES["what if mistaken"] = PAGES["what if"] + "&ailleurs2=Langac&loyer2=beaucoup"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    "name",
    [
        "empty",
        "whole form",
        "answers",
        "shared",
        "mistakes",
        "what if",
        "what if elsewhere",
        "what if mistaken",
    ],
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(site, open_page, name, width, dark):
    page = open_page(site + PAGES[name], width=width, dark=dark)
    unfold(page)
    page.wait_for_load_state("networkidle")  # maps in sight are drawn, or say that they cannot be
    check_page(page)


def test_axe_finds_nothing_on_the_error_page(site, open_page):
    page = open_page(site + PAGES["unknown"], complains=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n'existe pas")
    check_axe(page)


def test_axe_finds_nothing_when_nothing_is_possible(site, open_page, sampled, samples):
    answer = samples.sample_answer()
    sampled.answer = lambda situation: replace(
        answer, options=(), excluded=(*answer.excluded, answer.options[2])
    )
    page = open_page(site + PAGES["answers"], width=320)
    check_page(page)


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_where_ways_follow_streets(site, open_page, sampled, samples, width):
    sampled.answer = lambda situation: samples.on_streets(samples.sample_answer(situation))
    page = open_page(site + PAGES["answers"], width=width)
    unfold(page)
    check_page(page)
    assert n_printed_pages(page) == 1


def test_larger_letters_on_the_narrowest_screen_still_fit(site, open_page):
    page = open_page(site + PAGES["answers"], width=320)
    page.evaluate("document.documentElement.style.fontSize = '24px'")
    check_width(page)


def test_the_whole_question_is_asked_by_keyboard(site, open_page):
    page = open_page(site + WHOLE_FORM)
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_text("Aller au contenu")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    home, work = page.locator("#id_domicile"), page.locator("#id_travail")
    expect(home).to_be_focused()

    page.keyboard.insert_text("lange")
    expect(home).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#id_domicile_liste")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(home).to_have_attribute("aria-activedescendant", "id_domicile_liste_1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(home).to_have_value("Langeac (43)")
    expect(home).to_have_attribute("aria-expanded", "false")

    page.keyboard.press("Tab")
    expect(work).to_be_focused()
    page.keyboard.insert_text("le p")
    expect(page.locator("#id_travail_liste")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")  # leaving the field takes the option one stands on
    expect(work).to_have_value("Le Puy-en-Velay (43)")
    expect(page.locator("#id_jours_0")).to_be_focused()
    page.keyboard.press("Space")  # not on Mondays
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator("[type=submit]:focus").count():
            break
    page.keyboard.press("Enter")

    expect(page.locator("#titre-reponses")).to_be_focused()
    expect(page).to_have_title(re.compile("Langeac – Le Puy-en-Velay – Trait d'union$"))
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["domicile"] == ["Langeac (43)"]
    assert asked["jours"] == ["mar", "mer", "jeu", "ven"]


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(site, open_page):
    page = open_page(site + "/")
    page.locator("#id_domicile").press_sequentially("lan")
    expect(page.locator("#id_domicile_liste")).to_be_visible()
    check_axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("#id_domicile_liste")).to_be_hidden()
    expect(page.locator("#id_domicile")).to_have_value("lan")


def test_what_was_typed_before_the_script_came_is_suggested_too(site, open_page):
    page = open_page(site + WHOLE_FORM)
    waiting = []
    page.route("**/combobox*.js", lambda route: waiting.append(route))
    page.goto(site + WHOLE_FORM, wait_until="commit")
    page.locator("#id_travail").fill("yssing")
    expect(focused(page)).to_have_id("id_travail")
    for route in waiting:
        route.continue_()
    expect(page.get_by_role("option", name="Yssingeaux (43)")).to_be_visible()


def test_suggestions_can_be_taken_with_the_mouse(site, open_page):
    page = open_page(site + WHOLE_FORM)
    page.locator("#id_travail").press_sequentially("yss")
    page.locator("#id_travail_liste li").first.click()
    expect(page.locator("#id_travail")).to_have_value("Yssingeaux (43)")


def test_mistakes_take_the_focus_and_lead_to_their_field(site, open_page):
    page = open_page(site + WHOLE_FORM)
    page.locator("#id_domicile").fill("Langac")
    page.locator("#id_domicile").press("Escape")
    page.get_by_role("button", name="Chercher l'aller et le retour").click()
    expect(page.locator("#erreurs")).to_be_focused()
    page.get_by_role("link", name="Lieu de travail").click()
    expect(page.locator("#id_travail")).to_be_focused()
    page.get_by_role("link", name="Langeac (43)").click()
    expect(page.locator("#id_domicile")).to_have_value("Langeac (43)")


def test_the_back_button_returns_to_the_question(site, open_page):
    page = open_page(site + PAGES["answers"])
    page.get_by_role("link", name="Modifier la question").click()
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
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Oui.: 3 solutions"))
    expect(page.locator(".way")).to_have_count(4)
    page.locator("#facon-1 > summary").click()
    expect(page.locator("#facon-1 .way__inside")).to_be_visible()
    page.get_by_role("link", name="21 h – 5 h").click()
    expect(page.locator("#id_debut")).to_be_visible()
    expect(page.locator("#id_domicile")).to_be_hidden()


def test_the_map_has_a_table_that_says_the_same_with_or_without_webgl(site, open_page):
    page = open_page(site + PAGES["answers"])
    unfold(page)
    note = page.locator("[data-note]").first
    page.locator("[data-map]").first.scroll_into_view_if_needed()
    expect(note).to_be_visible()
    expect(note).to_contain_text("tableau")
    table = page.locator(".map table").first
    expect(table.locator("tbody tr")).to_have_count(6)  # three steps out, three back
    expect(table.locator("th[scope=col]")).to_have_count(5)


def test_the_map_falls_back_on_its_table_when_its_script_cannot_load(site, open_page):
    page = open_page(site + "/")
    page.route("**/maplibre-gl.js", lambda route: route.fulfill(status=200, body=""))
    page.goto(site + PAGES["answers"])
    unfold(page)
    page.locator("[data-map]").first.scroll_into_view_if_needed()
    note = page.locator("[data-note]").first
    expect(note).to_be_visible()
    expect(note).to_contain_text("ne peut pas s'afficher")
    expect(page.locator("[data-canvas]").first).to_be_hidden()


@pytest.mark.parametrize("times", [1, 5])
def test_the_sheet_is_one_a4_page(site, open_page, sampled, samples, times):
    answer = samples.sample_answer()
    sampled.answer = lambda situation: replace(
        answer, options=answer.options * times, excluded=answer.excluded * times
    )
    page = open_page(site + PAGES["answers"])
    unfold(page)
    assert n_printed_pages(page) == 1


def test_a_long_first_answer_still_prints_on_one_page(site, open_page, sampled, samples):
    answer = samples.sample_answer()
    coach = answer.options[2]  # two rides out, a day that fails, something to check
    days = tuple(replace(day, out=day.out * 2, back=day.back * 2) for day in coach.days)
    first = replace(coach, days=days)
    sampled.answer = lambda situation: replace(answer, options=(first, *answer.options))
    page = open_page(site + PAGES["answers"])
    assert n_printed_pages(page) == 1


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
    # The part named in the address takes the focus once the page is loaded.
    page.wait_for_url("**/et-si/**")
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
    page.get_by_role("link", name="Modifier la question").click()
    page.get_by_role("button", name="Chercher l'aller et le retour").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Le site n'a pas pu répondre")
    check_axe(page)
