"""What a page of answers promises: three screens of a phone, nothing that moves, little to load."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import check_page, check_width, focused, unfold

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
QUESTION = (
    f"/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&{WEEK}"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)
SCREEN_PX = 740
"""Height of a phone 360 px wide, between the bars of its browser."""
MAX_WIRE = 60_000
MAX_SHIFT = 0.001
SHIFTS = """new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) moved += one.value; })
    .observe({ type: 'layout-shift', buffered: true });
  document.fonts.ready.then(() => requestAnimationFrame(() => setTimeout(() => done(moved))));
})"""


def opened(open_page, url, width):
    """Open a page in a window of a common height."""
    page = open_page(url, width=width)
    page.set_viewport_size({"width": width, "height": SCREEN_PX if width < 600 else 800})
    page.reload()
    return page


def test_a_phone_reads_it_in_three_screens_and_sixty_kilobytes(site, open_page, client):
    page = opened(open_page, site + QUESTION, 360)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * SCREEN_PX
    asked = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    paths = [QUESTION, *(urlsplit(url).path for url in asked), "/static/web/icon.svg"]
    assert len(paths) >= 6, paths  # the page, two style sheets, scripts, the icon
    assert not [path for path in paths if "maplibre" in path or "htmx" in path]
    # The server of tests gives files out uncompressed: the whole stack is asked for each.
    sizes = {path: on_the_wire(client, path) for path in paths}
    assert sum(sizes.values()) < MAX_WIRE, sizes


def on_the_wire(client, path):
    """Return the length of a response as sent to a browser, its headers included."""
    response = client.get(path, headers={"accept-encoding": "gzip"})
    assert response.status_code == 200, path
    assert response.headers["Content-Encoding"] == "gzip", path
    return len(response.getvalue()) + sum(len(f"{a}: {b}") for a, b in response.items())


def test_the_first_way_is_whole_above_the_fold(site, open_page):
    page = opened(open_page, site + QUESTION, 1280)
    first = page.locator(".award-card").first
    box = first.bounding_box()
    assert box["y"] + box["height"] <= page.viewport_size["height"]
    for said in ("Le moins cher", "46,50 €", "par mois, sans aide", "Train et marche"):
        expect(first).to_contain_text(said)
    expect(first.get_by_role("link", name="04 71 00 00 01")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", [QUESTION, "/"], ids=["answers", "home"])
def test_nothing_moves_after_it_is_drawn(site, open_page, path, width):
    page = opened(open_page, site + path, width)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHIFTS) <= MAX_SHIFT


def test_one_way_that_holds_two_awards_has_one_card_with_both(site, open_page):
    page = open_page(site + QUESTION)
    names = [card.inner_text() for card in page.locator(".award-card__names").all()]
    said = re.findall(r"Le (?:moins cher|plus rapide|plus simple)", " ".join(names))
    assert sorted(said) == ["Le moins cher", "Le plus rapide", "Le plus simple"]
    assert len(names) == 2, names


def test_a_part_of_the_question_opens_its_editor_and_edit_opens_all(site, open_page):
    page = open_page(site + QUESTION)
    expect(page.locator("#editeur")).to_be_hidden()
    page.get_by_role("link", name="8 h – 16 h").click()
    expect(page.locator("#id_debut")).to_be_focused()
    expect(page.locator("#id_domicile")).to_be_hidden()
    page.get_by_role("link", name="Modifier la question").click()
    expect(page.locator("#id_domicile")).to_be_focused()
    expect(page.locator("#id_debut")).to_be_visible()
    check_page(page)


def test_a_stranger_is_asked_one_question_at_a_time(site, open_page):
    page = open_page(site + "/", width=360)
    expect(page.locator("#id_travail")).to_be_hidden()
    page.locator("#id_domicile").fill("Langeac (43)")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#id_travail")).to_be_focused()
    page.keyboard.insert_text("Le Puy-en-Velay (43)")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("button", name="Langeac (43) : changer")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Chercher l'aller et le retour").click()
    expect(page.locator("#titre-reponses")).to_be_focused()
    page.go_back()  # what was said is still there
    expect(page.locator("#id_domicile")).to_have_value("Langeac (43)")
    expect(page.get_by_role("button", name="Chercher l'aller et le retour")).to_be_visible()
    page.goto(site + "/")
    expect(page.get_by_role("heading", name="Mes dernières questions")).to_be_visible()
    expect(page.locator("[data-recent-list] a")).to_have_count(1)
    check_page(page)
    page.get_by_role("button", name="Effacer").click()
    expect(page.locator("[data-recent]")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_twice_larger_letters_and_the_colours_of_the_system_fit(site, open_page):
    page = open_page(site + QUESTION, width=640)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    check_width(page)
    unfold(page)
    check_width(page)
    # A verdict keeps its word where colours are those of the system.
    expect(page.locator(".badge").first).to_be_visible()


def test_details_of_a_way_open_from_its_card_by_keyboard(site, open_page):
    page = open_page(site + QUESTION, width=360)
    link = page.get_by_role("link", name=re.compile("^Détails")).first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[name=facon][open]")).to_have_count(1)
    expect(page.locator("details[open] .way__inside").first).to_be_visible()
    expect(focused(page)).to_contain_text("Train et marche")


ROSTER = "&roulement=2026-11-30;1|lun,mar|05:00|13:00;2|lun,mar|13:00|21:00"
SECOND = "&travail2=Yssingeaux+(43)&debut2=17:00&fin2=19:00"
STATES = {
    "two employers": QUESTION + SECOND,
    "two employers, edited": QUESTION + SECOND + "&modifier=horaires",
    "two employers, mistaken": QUESTION + SECOND.replace("17:00", "15:00"),
    "hours that differ": QUESTION + ROSTER,
    "hours that differ, mistaken": QUESTION + ROSTER.replace("13:00", "25:00"),
    "all edited": QUESTION + "&modifier=tout",
    "map by cost": QUESTION.replace("/?", "/carte/?"),
    "map by minutes": QUESTION.replace("/?", "/carte/?") + "&couleur=minutes",
    "map mistaken": QUESTION.replace("/?", "/carte/?").replace("Langeac", "Langac"),
}


@pytest.mark.parametrize("name", STATES)
def test_each_state_passes_axe_at_twice_the_letters_in_the_colours_of_the_system(
    site, open_page, name
):
    page = open_page(site + STATES[name], width=640)
    check_page(page)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    unfold(page)
    check_width(page)


def test_a_second_employer_is_asked_by_keyboard_alone(site, open_page, sampled):
    page = open_page(f"{site}{QUESTION}&modifier=horaires")
    page.locator("#deuxieme-employeur > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#id_travail2")).to_be_focused()
    page.keyboard.insert_text("Yssingeaux (43)")
    page.keyboard.press("Escape")
    page.locator("#id_debut2").fill("17:00")
    page.locator("#id_fin2").fill("19:00")
    page.locator("#id_fin2").press("Enter")
    expect(page.locator(".question-line")).to_contain_text("17 h – 19 h à Yssingeaux")
    assert sampled.asked[-1].second_work.code_insee == "43268"
